"""Expressions cut into tokens, and the spelling that they are in.

Python's spelling has ``@ .T **``, and its ``*`` is entry by entry; that of matrixcalculus.org has ``' .* ./ .^ ^``, and
its ``*`` is the product of matrices.
"""

from __future__ import annotations

import re
import unicodedata

from linad.derive.symbolic.parsing.tokens import DEPTH, LENGTH, EquationError, Token

PYTHON, COLUMNS = "python", "matrixcalculus"
SPELLINGS = (PYTHON, COLUMNS)
MARKS = {
    **dict.fromkeys(("@", ".T", "**"), PYTHON),
    **dict.fromkeys(("'", ".*", "./", ".^", "^"), COLUMNS),
}
DIGITS = 40  # of a number

_TOKEN = re.compile(
    r"""(?P<blank>\s+)
    |(?P<subscripts>(?P<quote>['"])[A-Za-z]+(?:\s*,\s*[A-Za-z]+)*\s*->\s*[A-Za-z]*(?P=quote))
    |(?P<number>(?:[0-9]+(?:\.(?![*/^T])[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]{1,2}(?![0-9]))?)
    |(?P<name>[^\W\d]\w*)
    |(?P<sign>\.T(?!\w)|\*\*|\.\*|\./|\.\^|[-+*/@^'()\[\],.])
    |(?P<unknown>.)""",
    re.VERBOSE | re.DOTALL,
)


def as_python_reads(name: str) -> str:
    """A name in the form that Python gives to names: the micro sign is the letter mu."""
    return unicodedata.normalize("NFKC", name)


def scan(text: str) -> list[Token]:
    """The tokens of a text whose parentheses are balanced; the last is of kind ``end``."""
    if len(text) > LENGTH:
        raise EquationError(text, LENGTH, f"The text has {len(text)} characters; {LENGTH} are allowed.")
    tokens: list[Token] = []
    opened: list[Token] = []
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or "unknown"
        token = Token("subscripts" if match.group("subscripts") else kind, match.group(), match.start())
        if kind == "blank":
            continue
        if kind == "name":
            if not token.text.isidentifier():
                raise EquationError(
                    text, token.start, "A name has letters and digits alone.", len(token.text)
                )
            token = token._replace(text=as_python_reads(token.text))
        if token.kind == "unknown":
            fact = f"Unknown character {token.text!r} (U+{ord(token.text):04X})."
            raise EquationError(text, token.start, fact)
        if token.kind == "number" and (len(token.text) > DIGITS or _runs_on(tokens, token)):
            raise EquationError(text, token.start, "A number is such as 2, 0.5 or 1e-3.", len(token.text))
        if token.text in "([":
            opened.append(token)
            if len(opened) > DEPTH:
                raise EquationError(text, token.start, f"More than {DEPTH} parentheses inside one another.")
        elif token.text in ")]" and (not opened or opened.pop().text + token.text not in ("()", "[]")):
            raise EquationError(text, token.start, "This parenthesis closes nothing.")
        tokens.append(token)
    if opened:
        raise EquationError(text, opened[-1].start, "This parenthesis is never closed.")
    if not tokens:
        raise EquationError(text, 0, "The expression is empty.")
    tokens.append(Token("end", "", len(text.rstrip())))
    return tokens


def _runs_on(tokens: list[Token], token: Token) -> bool:
    return bool(tokens) and tokens[-1].kind == "number" and tokens[-1].stop == token.start


def spelling_of(text: str, tokens: list[Token], asked: str | None = None) -> str:
    """The spelling that a text is in, by its signs; where none tells, that of matrixcalculus.org."""
    found, first = asked, ""
    for token in tokens:
        own = MARKS.get(token.text) if token.kind == "sign" else None
        if own is None:
            continue
        if found is None:
            found, first = own, token.text
        elif own != found:
            fact = f"{token.text} belongs to the spelling {own!r}, " + (
                f"{first} before it to {found!r}." if first else f"and {found!r} was asked for."
            )
            raise EquationError(text, token.start, fact, len(token.text))
    return found or COLUMNS
