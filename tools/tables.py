"""Tables of generated pages."""

from collections.abc import Iterator


def table(head: list[str], rows: list[list[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    numbers = "---:" if head[0] == "law" else ":-:"
    yield f"|{'|'.join(['---', *('---' if title == 'claim' else numbers for title in head[1:])])}|"
    for row in rows:
        yield f"| {' | '.join(row)} |"


def letter(i: int) -> str:
    """What stands for the reason of number i in a cell: (a) to (z), then (aa), (ab) and so on."""
    before, last = divmod(i, 26)
    return f"({chr(ord('a') + before - 1) if before else ''}{chr(ord('a') + last)})"
