"""No link leads nowhere: python tools/lint_links.py.

Reads README.md, CHANGELOG.md and docs/: what a relative link names is there, and so is the heading of its anchor. Every
page of docs/ has a place in the navigation of mkdocs.yml.
"""

import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

FENCE = re.compile(r"^(```+)[^\n]*\n.*?^\1$", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`[^`\n]*`")
LINK = re.compile(r"\]\(([^)\s]+)\)")
ENTRY = re.compile(r"^ +- [^:#]+: (\S+)$", re.MULTILINE)


def dead(root: Path) -> Iterator[str]:
    """A line about each link that leads nowhere, and each page that nothing leads to."""
    pages = sorted((root / "docs").rglob("*.md"))
    for path in [root / "README.md", root / "CHANGELOG.md", *pages]:
        for link in LINK.findall(CODE.sub("", prose(path))):
            if not re.match(r"[a-z]+:", link) and (why := missing(path, link)):
                yield f"{path.relative_to(root)}: {link}: {why}"
    entries = ENTRY.findall((root / "mkdocs.yml").read_text(encoding="utf-8"))
    folders = tuple(entry for entry in entries if entry.endswith("/"))
    for place in (path.relative_to(root / "docs").as_posix() for path in pages):
        if place not in entries and not place.startswith(folders):
            yield f"mkdocs.yml: docs/{place} has no place in the navigation"


def missing(page: Path, link: str) -> str:
    """What a link of a page lacks, or the empty string."""
    place, _, anchor = link.partition("#")
    target = page.parent / place if place else page
    if not target.exists():
        return "no such file"
    return f"no such heading: {anchor}" if anchor and anchor not in anchors(target) else ""


@cache
def prose(page: Path) -> str:
    """A page without its code."""
    return FENCE.sub("", page.read_text(encoding="utf-8"))


@cache
def anchors(page: Path) -> set[str]:
    """The anchors of the headings of a page."""
    titles = re.findall(r"^#+ +(.+)$", prose(page), re.MULTILINE)
    return {re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", title).strip().lower()) for title in titles}


def main(root: Path) -> int:
    found = list(dead(root))
    print("\n".join(found) or "links: all lead somewhere")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(Path(__file__).parents[1]))
