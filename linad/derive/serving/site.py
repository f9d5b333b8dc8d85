"""What the server sends by GET: the page with the form, its style, its script."""

from __future__ import annotations

import json
from pathlib import Path

from linad.derive.catalogue import ENTRIES
from linad.derive.page.file import CONVENTIONS, COPY, STYLE
from linad.derive.symbolic.algebra.structures import structures
from linad.derive.symbolic.writing.markup import Markup, element, joined
from linad.operations.equations import Entry

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)
_FOLDER = Path(__file__).parent


def _structures() -> Markup:
    return joined(
        element("option", name.replace("hermitian", "Hermitian"), value=name) for name in structures
    )


def _examples() -> Markup:
    """A button for each operation of the catalogue; it carries what it fills into the form."""
    buttons = (
        element("button", name, type="button", class_="example", data_form=json.dumps(_form(name, entry)))
        for name, entry in ENTRIES.items()
    )
    return joined(buttons, " ")


def _form(name: str, entry: Entry) -> dict[str, object]:
    matrices = []
    for given, declared in ((True, entry.inputs), (False, entry.outputs)):
        for matrix, text in declared.items():
            rows, columns, *words = text.split()
            structure = " ".join(words) or "general"
            matrices.append(
                {"name": matrix, "rows": rows, "columns": columns, "structure": structure, "given": given}
            )
    equations = "\n".join(entry.equations)
    return {"name": name.replace("-", "_"), "equations": equations, "matrices": matrices}


def _index() -> bytes:
    text = (_FOLDER / "index.html").read_text(encoding="ascii")
    for mark, filling in (
        ("<!-- structures -->", _structures()),
        ("<!-- examples -->", _examples()),
        ("<!-- conventions -->", CONVENTIONS),
    ):
        text = text.replace(mark, filling)
    return text.encode("ascii", "xmlcharrefreplace")


def _files() -> dict[str, tuple[str, bytes]]:
    style = STYLE + (_FOLDER / "form.css").read_text(encoding="ascii")
    script = COPY + (_FOLDER / "form.js").read_text(encoding="ascii")
    return {
        "/": ("text/html; charset=utf-8", _index()),
        "/style.css": ("text/css; charset=utf-8", style.encode("ascii")),
        "/script.js": ("text/javascript; charset=utf-8", script.encode("ascii")),
    }


FILES = _files()
