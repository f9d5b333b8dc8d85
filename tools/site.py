"""What the documentation site adds to docs/: MkDocs calls these hooks, which mkdocs.yml names.

The pages stay plain Markdown that reads well where the repository is read. README.md becomes the front page,
CHANGELOG.md a page, and the reference is made from docstrings. A folder in the navigation stands for the pages in it.
"""

import re
import sys
from html import escape, unescape
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))  # the tree, not an installed copy

from tools.reference import MODULES, pages

ROOT = Path(__file__).parents[1]
OUTSIDE = {
    "CHANGELOG.md": "changelog.md",
    "LICENSE": "licence.md",
}  # of docs/, and the pages that they become
WIDE = ("derivations/", "matrix.md")  # long lines, or a table of many columns
PROMPTED = re.compile(r'<div class="language-(?:pycon|console) highlight">(.*?)</div>', re.DOTALL)
LINK = re.compile(r"(?<=\]\()(?![a-z]+:)[^)\s]+(?=\))")


def on_config(config: Any) -> Any:
    """Folders in the navigation become their pages; a folder that is not there is left out."""
    config.nav = [entry for entry in map(unfolded, config.nav) if entry]
    return config


def unfolded(entry: dict[str, Any]) -> dict[str, Any]:
    """An entry of the navigation with the pages of its folder, if it is one."""
    ((title, place),) = entry.items()
    if isinstance(place, list):
        return {title: [inside for inside in map(unfolded, place) if inside]}
    if not place.endswith("/"):
        return entry
    if place == "reference/":
        return {title: [f"{place}index.md", *({name: f"{place}{name}.md"} for name in MODULES)]}
    if not (ROOT / "docs" / place).is_dir():
        return {}
    found = sorted(path.stem for path in (ROOT / "docs" / place).glob("*.md") if path.name != "index.md")
    return {
        title: [f"{place}index.md", *(f"{place}{name}.md" for name in found)] if found else f"{place}index.md"
    }


def on_files(files: Any, config: Any) -> Any:
    """Pages that docs/ does not hold are added."""
    from mkdocs.structure.files import File

    for place, text in made().items():
        if not files.get_file_from_path(place):
            files.append(File.generated(config, place, content=text))
    return files


def made() -> dict[str, str]:
    """Each page that is made while the site is built, by its path under docs/."""
    readme, changes, licence = ((ROOT / name).read_text(encoding="utf-8") for name in ("README.md", *OUTSIDE))
    return {
        "index.md": LINK.sub(from_the_front, readme),
        OUTSIDE["CHANGELOG.md"]: changes,
        OUTSIDE["LICENSE"]: f"# Licence\n\n```text\n{licence}```\n",
        "derivations/index.md": derivations(),
        **pages(),
    }


def from_the_front(link: re.Match[str]) -> str:
    """A link of README.md as one of the front page."""
    return OUTSIDE.get(link[0]) or link[0].removeprefix("docs/")


def derivations() -> str:
    """The first page of the folder: every operation with its equation."""
    from linad.derive.catalogue import ENTRIES

    rows = (f"| [{name}]({name}.md) | `{'; '.join(entry.equations)}` |" for name, entry in ENTRIES.items())
    head = [
        "# Derivations",
        "",
        "[How a rule is derived](../deriving.md), and what came out, operation by operation.",
        "",
    ]
    return "\n".join([*head, "| operation | defining equation |", "|---|---|", *rows, ""])


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """The text of a page, with its links and its examples as the site wants them; wide pages get room."""
    if page.file.src_uri.startswith(WIDE):
        page.meta["hide"] = ["toc"]
    return sited(markdown, page.file.src_uri)


def sited(markdown: str, place: str) -> str:
    """Links to folders lead to their first pages, what is outside of docs/ is named only, prompts are coloured."""
    upwards = "../" * (place.count("/") + 1)
    markdown = re.sub(rf"\[([^\]]+)\]\({re.escape(upwards)}[^)]*\)", r"\1", markdown)
    markdown = re.sub(r"(?<=\]\()([\w./-]*/)(?=\))", r"\1index.md", markdown)
    markdown = re.sub(r"^<BLANKLINE>$", "", markdown, flags=re.MULTILINE)
    return re.sub(r"^```python\n(?=>>>)", "```pycon\n", markdown, flags=re.MULTILINE)


def on_page_content(html: str, **_: Any) -> str:
    """Of an example with prompts, what was typed is what its button copies; an option stays on its line."""
    html = re.sub(r"<code>(?=-[\w=-]+( \w+)?</code>)", '<code class="option">', html)
    return PROMPTED.sub(copied, html)


def copied(block: re.Match[str]) -> str:
    text = escape(typed(unescape(re.sub("<[^>]+>", "", block[1]))))
    return block[0].replace(' highlight">', f' highlight" data-copy="{text}">', 1)


def typed(example: str) -> str:
    r"""The lines after prompts; one that is empty ends an indented block, as it does where they are pasted.

    >>> print(typed(">>> for i in range(2):\n...     print(i)\n0\n1\n>>> i\n1"))
    for i in range(2):
        print(i)
    <BLANKLINE>
    i
    """
    lines: list[str] = []
    before = ""
    for prompt, line in re.findall(r"^(>>>|\.\.\.|\$) (.*)$", example, re.MULTILINE):
        lines += [""] if (before, prompt) == ("...", ">>>") else []
        lines.append(line)
        before = prompt
    return "\n".join(lines)
