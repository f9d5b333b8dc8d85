"""Markup, for HTML and MathML: elements whose text cannot be taken for markup, whoever wrote it.

>>> element("p", "1 < 2, ", element("b", "so there"), class_="remark")
'<p class="remark">1 &lt; 2, <b>so there</b></p>'
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape


class Markup(str):
    """Text that is markup already: it is not escaped again."""

    __slots__ = ()


def element(name: str, *content: str, **attributes: str) -> Markup:
    """An element; ``class_`` is the attribute class, ``aria_label`` the attribute aria-label."""
    own = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(value)}"' for key, value in attributes.items()
    )
    return Markup(f"<{name}{own}>{joined(content)}</{name}>")


def joined(content: Iterable[str], between: str = "") -> Markup:
    """Pieces side by side; those that are no markup are escaped."""
    marked = [piece if isinstance(piece, Markup) else escape(piece) for piece in content]
    return Markup(between.join(marked))
