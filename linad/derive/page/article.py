"""Articles and what they are made of, as HTML: parts with titles, rows of formulas, sentences, code to be copied."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from linad.derive.symbolic.writing.formulas import Factor
from linad.derive.symbolic.writing.markup import Markup, element, joined
from linad.derive.symbolic.writing.mathml import Row, math
from linad.derive.symbolic.writing.signs import entry_math, value_math

_POWER = r"(?:\^(-?)([A-Z*+]|\d+)(?!\w))?"
_ABOVE = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True, slots=True)
class Part:
    """A part of an article: its title and its body, and what is said beside the title."""

    title: str
    body: Markup
    beside: str = ""

    def html(self) -> Markup:
        beside = [" ", element("small", self.beside)] if self.beside else []
        return element(
            "section", element("h2", self.title, *beside), self.body, class_=f"part {_slug(self.title)}"
        )


@dataclass(frozen=True, slots=True)
class Article:
    """What is told of one thing: its title, what it is, and the parts."""

    title: str
    lead: Markup
    parts: Sequence[Part]

    def html(self) -> Markup:
        parts = [part.html() for part in self.parts]
        return element("article", element("h1", self.title), self.lead, *parts)


def _slug(title: str) -> str:
    return re.sub(r"[^a-z]+", "-", title.lower()).strip("-")


# -- formulas ----------------------------------------------------------------------------------------------------


def row_html(row: Row, remark: str = "") -> Markup:
    """A formula on a line, which is broken where it must be; a remark beside it, or below."""
    beside = [" ", element("span", remark, class_="remark")] if remark else []
    left = element("span", joined(row.left, "<wbr/>"), class_="left")
    right = element("span", Markup("<wbr/>"), joined(row.right, "<wbr/>"), *beside, class_="right")
    return element("div", left, right, class_="row")


def rows_html(rows: Iterable[Markup], class_: str = "rows") -> Markup:
    """Rows below one another, aligned."""
    return element("div", *rows, class_=class_)


# -- words -------------------------------------------------------------------------------------------------------


def sentence(text: str, names: Collection[str]) -> Markup:
    """Words in which the names of matrices, and of what belongs to them, are set as in formulas.

    ``dL``, ``gL``, ``S_L``, ``w_c`` belong to matrices; a power may follow: ``U^-1``, ``Q^+``.
    """
    return joined(_pieces(text, names))


def _pieces(text: str, names: Collection[str]) -> Iterator[str]:
    every = "|".join(sorted(map(re.escape, names), key=len, reverse=True))
    found = re.compile(rf"(?<![\w^'])(?:r != c|([dg]|[SNTG]_)?({every})(_[rc])?{_POWER}(?!\w))")
    end = 0
    for match in found.finditer(text) if names else ():
        yield _words(text[end : match.start()])
        end = match.end()
        yield math(_unequal() if match[0] == "r != c" else _named(*match.groups("")))
    yield _words(text[end:])


def _named(lead: str, name: str, side: str, minus: str, power: str) -> Markup:
    is_number = power.isdigit()
    exponent = (int(power) if is_number else 1) * (-1 if minus else 1)
    op = "" if is_number or power == "+" else power.replace("*", "C")
    if side:
        return entry_math(name + "_conj" * (op == "C"), side[1:], exponent)
    made = value_math(Factor(lead + name, op, exponent, value=lead in ("d", "g")))
    return element("msup", made, element("mo", "+")) if power == "+" else made


def _unequal() -> Markup:
    return element("mrow", element("mi", "r"), element("mo", "\N{NOT EQUAL TO}"), element("mi", "c"))


def _words(text: str) -> str:
    text = re.sub(r"\b1e(-?)0*(\d+)", lambda power: f"10{(power[1] + power[2]).translate(_ABOVE)}", text)
    return re.sub(r"(?<= )-(?= )", "\N{MINUS SIGN}", text)


def number(x: float) -> str:
    """A number to two digits, with its power of ten."""
    mantissa, _, power = f"{x:.1e}".partition("e")
    if x == 0 or not power or -2 <= int(power) <= 2:  # zero, near one, or no number
        return f"{x:.2g}"
    digits = "" if mantissa == "1.0" else f"{mantissa} \N{MULTIPLICATION SIGN} "
    return f"{digits}10{str(int(power)).translate(_ABOVE)}"


# -- code --------------------------------------------------------------------------------------------------------


def code_html(source: str) -> Markup:
    """Code, with a button that copies it."""
    button = element("button", "Copy", type="button", class_="copy", aria_label="Copy the code")
    return element("div", button, element("pre", element("code", source), tabindex="0"), class_="code")
