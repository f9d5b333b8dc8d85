"""A page in one file: its style and its script are in it, and it may ask for nothing else."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from pathlib import Path

from linad.derive.page.article import Article
from linad.derive.symbolic.writing.markup import Markup, element

_FOLDER = Path(__file__).parent
STYLE = (_FOLDER / "page.css").read_text(encoding="ascii")
COPY = (_FOLDER / "copy.js").read_text(encoding="ascii")  # what the buttons beside code do

CONVENTIONS = """<footer class="conventions"><p>
d<i>X</i> is the tangent of <i>X</i>, <math><mover accent="true"><mrow><mi mathvariant="normal">d</mi><mi>X</mi></mrow>\
<mo>^</mo></mover></math> its part within the structure of <i>X</i>, \
<math><mover accent="true"><mi>X</mi><mo>&#8254;</mo></mover></math> the cotangent: d<i>z</i> = Re tr(\
<math><msup><mover accent="true"><mi>X</mi><mo>&#8254;</mo></mover><mi mathvariant="normal">H</mi></msup></math> \
d<i>X</i>). In code they are <code>dX</code>, <code>pX</code> and <code>gX</code>.
An inverse is a solve. tril, triu and diag keep a triangle or the diagonal; stril and striu without the diagonal, htril,
htriu and hdiag with half of it. <math><mi>E</mi><mo>&#8728;</mo><mi>X</mi></math> multiplies entry by entry; \
<i>w<sub>r</sub></i> and <i>w<sub>c</sub></i> are the entries of a diagonal matrix at the row and at the column.
</p></footer>"""


def page(article: Article) -> str:
    """A document about one thing, in characters that any encoding has."""
    policy = f"default-src 'none'; style-src '{_hash(STYLE)}'; script-src '{_hash(COPY)}'; base-uri 'none'"
    head = element(
        "head",
        Markup('<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'),
        Markup(f'<meta http-equiv="Content-Security-Policy" content="{policy}">'),
        element("title", f"{article.title} \N{MIDDLE DOT} derivation"),
        element("style", Markup(STYLE)),
    )
    main = element("main", article.html(), Markup(CONVENTIONS), class_="page")
    html = element("html", head, element("body", main, element("script", Markup(COPY))), lang="en")
    return f"<!DOCTYPE html>\n{html.encode('ascii', 'xmlcharrefreplace').decode('ascii')}\n"


def _hash(text: str) -> str:
    return f"sha256-{b64encode(sha256(text.encode('ascii')).digest()).decode('ascii')}"
