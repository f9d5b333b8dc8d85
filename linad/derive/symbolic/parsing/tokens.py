"""Equations as text, cut into tokens; errors that point at a place in the text.

A token is a number, a name, a call (a name directly before a parenthesis), a power (``^-1``, ``**2``, ``^H``), an
operation (``.H``), or a sign. Here is found whatever needs no grammar: unknown characters, unbalanced parentheses.
"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

LENGTH = 4000  # characters of an equation
DEPTH = 50  # parentheses inside one another: the parser recurses only there

FUNCTIONS = {"inv": "inverse", "adjoint": "H", "H": "H", "transpose": "T", "conj": "C"}
OPERATIONS = {"H": "H", "'": "H", "T": "T", "conj": "C"}

_BODY = r"-?\s*(?:(?:[0-9]+|[HT])(?!\w|\.[0-9])|\*)"
_TOKEN = re.compile(
    rf"""(?P<blank>\s+)
    |(?P<wrong_number>[0-9.]+(?:[eE][-+]?[0-9]+|[ijJ](?!\w)))
    |(?P<number>[0-9]+(?:\.[0-9]+)?|\.[0-9]+)
    |(?P<call>[^\W\d]\w*(?=\())
    |(?P<name>[^\W\d]\w*)
    |(?P<power>(?:\^|\*\*(?!\s*[({{]?\s*-?\s*\*))\s*(?:{_BODY}|\(\s*{_BODY}\s*\)|\{{\s*{_BODY}\s*\}}))
    |(?P<wrong_power>(?:\^|\*\*)[-+({{\w.*]*)
    |(?P<operation>\.\s*(?:H|T|conj(?:\(\))?)(?!\w|\()|')
    |(?P<wrong_operation>\.\s*\w*)
    |(?P<sign>[-+*/@()=])
    |(?P<unknown>.)""",
    re.VERBOSE | re.DOTALL,
)


class EquationError(ValueError):
    """Text that is no equation.

    Attributes
    ----------
    text, position, length
        The text, and the place in it: the index of its first character, and how many there are.
    fact
        What is wrong, in one sentence.
    """

    def __init__(self, text: str, position: int, fact: str, length: int = 1) -> None:
        super().__init__(text, position, fact, length)
        self.text, self.position, self.fact, self.length = text, position, fact, max(length, 1)

    def __str__(self) -> str:
        first = max(0, self.position - 60)
        line = "".join(_printable(c) for c in self.text[first : first + 100])
        lead = "..." if first else ""
        room = max(1, min(self.length, len(line) - (self.position - first)))
        marks = " " * (len(lead) + self.position - first) + "^" + "~" * (room - 1)
        return f"{self.fact}\n  {lead}{line}{'...' if len(self.text) > first + 100 else ''}\n  {marks}"


def _printable(character: str) -> str:
    if character.isspace():
        return " "
    return character if character.isprintable() else "\N{REPLACEMENT CHARACTER}"


class Token(NamedTuple):
    """A piece of the text. The last token of a text is an empty one of kind ``end``."""

    kind: str
    text: str
    start: int

    @property
    def stop(self) -> int:
        return self.start + len(self.text)


def scan(text: str) -> list[Token]:
    """The tokens of a text whose parentheses are balanced."""
    if len(text) > LENGTH:
        raise EquationError(text, LENGTH, f"The text has {len(text)} characters; {LENGTH} are allowed.")
    tokens: list[Token] = []
    opened: list[Token] = []
    for match in _TOKEN.finditer(text):
        token = Token(match.lastgroup or "unknown", match.group(), match.start())
        if token.kind == "blank":
            continue
        _refuse(text, token)
        tokens.append(token)
        if token.text == "(":
            opened.append(token)
            if len(opened) > DEPTH:
                raise EquationError(text, token.start, f"More than {DEPTH} parentheses inside one another.")
        elif token.text == ")":
            if not opened:
                raise EquationError(text, token.start, "This parenthesis closes nothing.")
            opened.pop()
        elif token.text == "=" and opened:
            break
    if opened:
        raise EquationError(text, opened[-1].start, "This parenthesis is never closed.")
    tokens.append(Token("end", "", len(text.rstrip())))
    return tokens


def _refuse(text: str, token: Token) -> None:
    """Raise for a token that is none, or a call of what is no function."""
    fact = ""
    start, length = token.start, len(token.text)
    if token.kind in ("name", "call"):
        for i, c in enumerate(token.text):
            if not (c == "_" or c in "0123456789" or unicodedata.category(c) in ("Lu", "Ll", "Lt", "Lo")):
                token, start, length = Token("unknown", c, start + i), start + i, 1
                break
    if token.kind == "unknown":
        fact = f"Unknown character {token.text!r} (U+{ord(token.text):04X})."
    elif token.kind == "wrong_number":
        fact = "A coefficient is a number such as 2, 1/2 or 0.5; before a symbol it has a blank."
    elif token.kind == "wrong_power":
        fact = "A power is an integer, H, T or *, with - before it for the inverse: X^2, X^-1, X^H, X^-T."
    elif token.kind == "wrong_operation":
        fact = "After a dot stands H, T or conj; a product is written with @, * or a blank."
    elif token.kind == "call" and token.text not in FUNCTIONS:
        name = quote(token.text)
        fact = (
            f"{name} is no function (those are {', '.join(FUNCTIONS)}); a product has a blank: {name} (...)."
        )
    if fact:
        raise EquationError(text, start, fact, length)


def quote(text: str) -> str:
    """A part of a text for a message: on one line, and short."""
    line = " ".join(text.split())
    return line if len(line) <= 40 else f"{line[:37]}..."


def names(text: str) -> list[str]:
    """The names of the symbols in an equation, in order of appearance; without functions and the identity I."""
    reserved = {"I", *FUNCTIONS} - {"H"}
    found = (token.text for token in scan(text) if token.kind == "name")
    return [name for name in dict.fromkeys(found) if name not in reserved]
