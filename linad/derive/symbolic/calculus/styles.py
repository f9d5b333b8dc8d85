"""The styles in which expressions are written: both spellings, and LaTeX."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from linad.derive.symbolic.writing.lettering import name_latex

SUM, PRODUCT, SIGN, POWER, ATOM = range(1, 6)  # how strongly a text holds together


class Text(NamedTuple):
    """A text, and how strongly it holds together."""

    text: str
    strength: int


@dataclass(frozen=True, slots=True)
class Style:
    """How things are written; templates take texts in the order of reading."""

    name: str
    scalars: str
    arrays: str
    chain: str
    scalar_power: str
    array_power: str
    transpose: str
    parentheses: str = "({})"
    scalar_quotient: str = "{}/{}"
    array_quotient: str = "{}/{}"


PYTHON = Style("python", "*", "*", " @ ", "{}**{}", "{}**{}", "{}.T")
COLUMNS = Style("matrixcalculus", "*", ".*", "*", "{}^{}", "{}.^{}", "{}'", array_quotient="{}./{}")
LATEX = Style(
    "latex",
    " ",
    r" \odot ",
    " ",
    "{}^{{{}}}",
    r"{}^{{\odot {}}}",
    r"{}^\top",
    r"\left({}\right)",
    r"\frac{{{}}}{{{}}}",
    r"{} \oslash {}",
)
STYLES = {style.name: style for style in (PYTHON, COLUMNS, LATEX)}


def name(text: str, style: Style) -> str:
    """A name; in LaTeX that of a gradient, gY, is the letter with a bar."""
    if style is not LATEX:
        return text
    if found := re.fullmatch(r"g([A-Za-z]\d*)", text):
        return name_latex(found.group(1), accent=r"\bar")
    return name_latex(text)


def decimal(c: Fraction) -> str | None:
    """A number with few digits, as one writes it; None if it has more."""
    if c.denominator == 1:
        return str(c.numerator)
    text = f"{float(c):.12g}"
    return text if "e" not in text and Fraction(text) == c else None
