"""Names, numbers, signs and polynomials as MathML.

Names are set as in LaTeX (:mod:`linad.derive.symbolic.writing.lettering`): a letter in italics, that of a Greek
letter as the letter, a word upright. The tangent of L is dL with an upright d, its cotangent has a bar, the part of
the tangent within the structure of L a hat; the conjugate has a star.
"""

from __future__ import annotations

import unicodedata
from fractions import Fraction

from linad.derive.symbolic.algebra.rational import Polynomial
from linad.derive.symbolic.writing.formulas import Factor
from linad.derive.symbolic.writing.lettering import GREEK, NAME
from linad.derive.symbolic.writing.markup import Markup, element
from linad.derive.symbolic.writing.text import ordered
from linad.derive.symbolic.writing.typeset import led

THIN = element("mspace", width="0.17em")  # between the factors of a product
_STAR, _MINUS = "*", "\N{MINUS SIGN}"


def sign_math(sign: str, form: str = "infix") -> Markup:
    """A sign; a parenthesis keeps its size, and none takes its form from where it stands."""
    return element("mo", sign, stretchy="false") if sign in "()" else element("mo", sign, form=form)


def number_math(c: Fraction) -> Markup:
    """A number that is not negative."""
    if c.denominator == 1:
        return element("mn", str(c))
    return element("mfrac", element("mn", str(c.numerator)), element("mn", str(c.denominator)))


# -- names -------------------------------------------------------------------------------------------------------


def _letters(word: str) -> Markup:
    if word not in GREEK:
        return element("mi", word)
    size = "CAPITAL" if word[0].isupper() else "SMALL"
    return element("mi", unicodedata.lookup(f"GREEK {size} LETTER {word.upper().replace('LAMBDA', 'LAMDA')}"))


def _parts(name: str, index: str) -> tuple[Markup, list[Markup]]:
    """What stands on the line, and what below it."""
    found = NAME.fullmatch(name)
    letters, digits, rest = found.groups() if found else (name, "", "")
    below = [element("mn", digits)] if digits else []
    if rest:
        below.append(element("mn", rest) if rest.isdigit() else name_math(rest))
    return _letters(letters), [
        *below,
        *([element("mrow", *(element("mi", c) for c in index))] if index else []),
    ]


def _set(base: Markup, below: list[Markup], above: Markup | None = None) -> Markup:
    """A base with what stands below and above the line."""
    under = [below[0] if len(below) == 1 else element("mrow", *_listed(below))] if below else []
    if above is not None:
        return element("msubsup" if under else "msup", base, *under, above)
    return element("msub", base, *under) if under else base


def _listed(pieces: list[Markup]) -> list[Markup]:
    return [made for i, piece in enumerate(pieces) for made in ((sign_math(","), piece) if i else (piece,))]


def name_math(name: str, index: str = "") -> Markup:
    """A name, with an index below the line."""
    return _set(*_parts(name, index))


def value_math(factor: Factor) -> Markup:
    """A matrix or a value, with an operation and a power."""
    lead, name = led(factor)
    base, below = _parts(name, "")
    exponent = _exponent(factor.op, factor.power)
    if lead == "g":
        return _set(element("mover", base, element("mo", "\N{OVERLINE}"), accent="true"), below, exponent)
    d = element("mi", "d", mathvariant="normal")
    if lead == "p":
        part = element("mrow", d, _set(base, below))
        return _set(element("mover", part, element("mo", "^"), accent="true"), [], exponent)
    whole = _set(base, below, exponent)
    return element("mrow", d, whole) if lead == "d" else whole


# -- powers ------------------------------------------------------------------------------------------------------


def _exponent(op: str, power: int) -> Markup | None:
    letter = [element("mo", _STAR)] if op == "C" else [element("mi", op, mathvariant="normal")] if op else []
    number = [element("mn", str(abs(power)))] if abs(power) != 1 or (power < 0 and not letter) else []
    made = [*([element("mo", _MINUS)] if power < 0 else []), *letter, *number]
    return (made[0] if len(made) == 1 else element("mrow", *made)) if made else None


def scripted(operand: Markup, op: str, power: int = 1) -> Markup:
    """An operand with an operation (T, H, or C for the conjugate) and a power."""
    exponent = _exponent(op, power)
    return operand if exponent is None else element("msup", operand, exponent)


# -- polynomials -------------------------------------------------------------------------------------------------


def polynomial_math(polynomial: Polynomial) -> Markup:
    """A polynomial of the entries of diagonal matrices, or of dimensions."""
    made: list[Markup] = []
    for m, c in ordered(polynomial):
        if c < 0 or made:
            made.append(sign_math(_MINUS if c < 0 else "+", "infix" if made else "prefix"))
        factors = [entry_math(name, side, p) for (name, side), p in m]
        if abs(c) != 1 or not factors:
            factors.insert(0, number_math(abs(c)))
        made += [piece for i, f in enumerate(factors) for piece in ((THIN, f) if i else (f,))]
    return element("mrow", *(made or [element("mn", "0")]))


def entry_math(name: str, side: str, power: int = 1) -> Markup:
    """The entry of a diagonal matrix at the row, ``r``, or at the column, or a dimension; to a power."""
    own = name.removesuffix("_conj") if side else name
    return _set(*_parts(own, side), _exponent("C" if own != name else "", power))
