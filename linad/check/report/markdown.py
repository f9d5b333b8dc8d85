"""Reports as Markdown: for a page or a comment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from linad.check.finding import Finding
from linad.check.report.gathered import Report, command, numbers, rows, worst


def markdown(report: Report) -> str:
    """What failed, a row for each law, and a row for each operation with the finding closest to its bound."""
    lines = ["# linad check", "", f"{report.totals}.", ""]
    for title, findings in (("Failures", report.failures), ("Undecided", report.undecided)):
        if findings:
            lines += [f"## {title}", "", *[line for finding in findings for line in _item(finding)], ""]
    lines += ["## Laws", ""]
    lines += _table(
        ["law", "claim", "findings", "worst", "bound", "at", ""],
        (
            [
                row.law,
                row.sentence,
                str(row.count),
                *_numbers(row.worst),
                f"`{row.worst.point.name}`",
                row.verdict,
            ]
            for row in rows(report.findings)
        ),
    )
    lines += ["", "## Operations", ""]
    found = {primitive: own for primitive, own in report.by_operation().items() if own}
    lines += _table(
        ["operation", "kind", "points", "closest to its bound", "worst", "bound"],
        (
            [f"`{p.name}`", p.kind, str(len(report.points_of(p))), worst(own).law, *_numbers(worst(own))]
            for p, own in found.items()
        ),
    )
    for why, names in report.untried_by_reason.items():
        lines += ["", f"Not tried, {why}: {', '.join(f'`{name}`' for name in names)}."]
    return "\n".join(lines)


def _numbers(finding: Finding) -> tuple[str, str]:
    return f"{finding.error:.2g}", f"{finding.bound:.2g}"


def _table(head: list[str], body: Iterable[list[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for cells in body:
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _item(finding: Finding) -> Iterator[str]:
    yield f"- {finding}"
    if both := numbers(finding):
        yield f"  - {both}"
    yield f"  - `{command(finding)}`"
