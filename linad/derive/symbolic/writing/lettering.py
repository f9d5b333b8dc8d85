r"""Names, numbers and polynomials as LaTeX, in math mode; words as LaTeX, escaped.

A name of one letter is italic, that of a Greek letter is the letter, another one upright; its digits and what stands
behind an underscore are a subscript.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

from linad.derive.symbolic.algebra.rational import Polynomial
from linad.derive.symbolic.writing.text import ordered

_SPECIAL = {c: f"\\{c}" for c in "&%$#_{}"} | {
    c: rf"\text{name}{{}}"
    for c, name in [
        ("\\", "backslash"),
        ("~", "asciitilde"),
        ("^", "asciicircum"),
        ("<", "less"),
        (">", "greater"),
        ("|", "bar"),
    ]
}
_NAMES = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon phi chi psi "
    "omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega"
)
GREEK = frozenset(_NAMES.split())
NAME = re.compile(r"([^\W\d_]+)(\d*)(?:_(\w+))?")  # its letters, and what stands below the line


def escaped(text: str) -> str:
    """Words, with the characters that LaTeX minds escaped, and by their number those that it lacks."""
    return "".join(_SPECIAL.get(c, c) if c < "\x7f" else _letter(c, text=True) for c in text)


def _letter(c: str, text: bool = False) -> str:
    """A letter: a Greek one by its name, others that are not in ASCII as text."""
    if c.isascii():
        return c
    found = re.fullmatch(r"GREEK (SMALL|CAPITAL) LETTER ([A-Z]+)", unicodedata.name(c, ""))
    if found is not None:
        word = found[2].replace("LAMDA", "LAMBDA")
        word = word.lower() if found[1] == "SMALL" else word.capitalize()
        if word in GREEK:
            return rf"\ensuremath{{\{word}}}" if text else rf"{{\{word}}}"
    known = c if "\xc0" <= c <= "\xff" and c not in "\xd7\xf7" else f"U+{ord(c):04X}"
    return known if text else rf"\text{{{known}}}"


def _letters(word: str) -> str:
    """A letter in italics, the name of a Greek one as that letter, a word upright."""
    if len(word) == 1:
        return _letter(word)
    return rf"{{\{word}}}" if word in GREEK else rf"\mathrm{{{''.join(map(_letter, word))}}}"


def name_latex(name: str, index: str = "", accent: str = "") -> str:
    """A name, with an index below the line, and with an accent above its letters."""
    found = NAME.fullmatch(name)
    if found is None:
        base, below = rf"\mathrm{{{escaped(name)}}}", [index]
    else:
        letters, digits, rest = found.groups()
        base = _letters(letters)
        below = [digits, rest if not rest or rest.isdigit() else name_latex(rest), index]
    mark = ",".join(part for part in below if part)
    base = f"{accent}{{{base}}}" if accent else base
    return f"{base}_{{{mark}}}" if mark else base


def operation_latex(text: str, op: str, power: int = 1) -> str:
    """A matrix with an operation (T, H, or C for the conjugate) and a power."""
    if op == "C":
        text, op = rf"\overline{{{text}}}", ""
    text += "{}" if text.startswith((r"\overline", r"\widehat")) and (op or power != 1) else ""
    letter = rf"\mathsf{{{op}}}" if op else ""
    if abs(power) == 1:
        mark = f"-{letter or 1}" if power < 0 else letter
    else:
        text, mark = rf"({text}^{{{letter}}})" if op else text, str(power)
    return rf"{text}^{{{mark}}}" if mark else text


def number_latex(c: Fraction) -> str:
    """A number that is not negative."""
    return str(c) if c.denominator == 1 else rf"\tfrac{{{c.numerator}}}{{{c.denominator}}}"


def polynomial_latex(polynomial: Polynomial) -> str:
    """A polynomial of the entries of diagonal matrices, or of dimensions."""
    text = ""
    for m, c in ordered(polynomial):
        factors = [_variable(name, side) + (f"^{{{p}}}" if p != 1 else "") for (name, side), p in m]
        if abs(c) != 1 or not factors:
            factors.insert(0, number_latex(abs(c)))
        sign = ("-" if c < 0 else "") if not text else (" - " if c < 0 else " + ")
        text += sign + " ".join(factors)
    return text or "0"


def _variable(name: str, side: str) -> str:
    entry = name_latex(name.removesuffix("_conj") if side else name, side)
    return rf"\overline{{{entry}}}" if side and name.endswith("_conj") else entry


def product_latex(words: Sequence[str]) -> str:
    """Factors side by side; names in upright letters keep a distance."""
    text = "".join(words[:1])
    for before, word in pairwise(words):
        text += (r"\, " if word.startswith(r"\mathrm") or before.startswith(r"\mathrm") else " ") + word
    return text
