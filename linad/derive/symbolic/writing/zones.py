"""Kernels taken apart: into projections with names, and rational functions into numbers, monomials and a core."""

from __future__ import annotations

from collections.abc import Collection
from fractions import Fraction
from functools import reduce
from math import gcd, lcm

from linad.derive.symbolic.algebra.rational import Monomial, Polynomial, Rational
from linad.derive.symbolic.programs.program import Kernel

_HALF = Fraction(1, 2)

# Projections that have a name: the kernel below, on and above the diagonal.
PROJECTIONS: dict[str, tuple[int | Fraction, int | Fraction, int | Fraction]] = {
    "strict_tril": (1, 0, 0),
    "tril": (1, 1, 0),
    "half_tril": (1, _HALF, 0),
    "strict_triu": (0, 0, 1),
    "triu": (0, 1, 1),
    "half_triu": (0, _HALF, 1),
    "diag": (0, 1, 0),
    "half_diag": (0, _HALF, 0),
}

Core = tuple[Polynomial, Polynomial]
Side = tuple[tuple[str, str, int], ...]  # names of diagonal matrices, operations, powers

_ZERO, _UNIT = Rational.number(0), Polynomial.number(1)


def projection(kernel: Kernel) -> tuple[str, str] | None:
    """The sign and the name of a kernel that is a projection."""
    zones = (kernel.below, kernel.on, kernel.above)
    for name, flags in PROJECTIONS.items():
        for sign, unit in (("", 1), ("-", -1)):
            if all(zone == Rational.number(unit * flag) for zone, flag in zip(zones, flags, strict=True)):
                return sign, name
    return None


def split(kernel: Kernel) -> list[tuple[str, Rational]]:
    """A kernel as a sum of projections, each times one function for all its zones; ``off_diag`` is one of them."""
    if not kernel:
        return []
    for name, (below, on, above) in {"": (1, 1, 1), **PROJECTIONS, "off_diag": (1, 0, 1)}.items():
        r = kernel.below if below else kernel.above if above else kernel.on
        if not r or kernel.below != r * Rational.number(below) or kernel.above != r * Rational.number(above):
            continue
        try:
            diagonal = r.on_diagonal() if on else _ZERO
        except ZeroDivisionError:
            continue
        if kernel.on == diagonal * Rational.number(on):
            return [(name, r)]
    if kernel.on:
        return [*split(Kernel(kernel.below, _ZERO, kernel.above)), ("diag", kernel.on.on_diagonal())]
    return [("strict_tril", kernel.below), ("strict_triu", kernel.above)]


def factored(r: Rational) -> tuple[Fraction, Side, Side, Core | None]:
    """A number, powers at the row and at the column, and what is left: a quotient of two sums, or nothing."""
    c, powers, above = _content(r.above)
    d, under, below = _content(r.below)
    for variable, p in under:
        powers = (*powers, (variable, -p))
    left, right = (
        tuple(
            (name.removesuffix("_conj"), "C" if name.endswith("_conj") else "", p)
            for (name, side), p in powers
            if (side == "c") == at_column
        )
        for at_column in (False, True)
    )
    return c / d, left, right, None if above == below == _UNIT else (above, below)


def _content(p: Polynomial) -> tuple[Fraction, Monomial, Polynomial]:
    """A polynomial as a number times a monomial times one with coprime integers, the leading one positive."""
    common = dict(next(iter(p.terms)))
    for m in p.terms:
        common = {v: min(power, dict(m).get(v, 0)) for v, power in common.items()}
    monomial: Monomial = tuple((v, power) for v, power in sorted(common.items()) if power)
    coefficients = list(p.terms.values())
    number = Fraction(
        gcd(*(c.numerator for c in coefficients)), reduce(lcm, (c.denominator for c in coefficients))
    )
    number = -number if p.leading()[1] < 0 else number
    return number, monomial, p.divided_by(Polynomial({monomial: number})) or _UNIT


def vanishes(core: Core) -> bool:
    """Whether the denominator is zero on the diagonal."""
    return not core[1].on_diagonal()


def operated(core: Core, op: str, conjugates: Collection[str]) -> tuple[int, Core]:
    """A core with rows and columns exchanged, or conjugated; the sign that makes it one of :func:`factored`."""
    polynomials = list(core)
    if op in ("C", "H"):
        names = {name.removesuffix("_conj") for p in core for m in p.terms for (name, _), _ in m}
        polynomials = [p.conjugated(frozenset(names - set(conjugates))) for p in polynomials]
    if op in ("T", "H"):
        polynomials = [p.mirrored() for p in polynomials]
    signs = [-1 if p.leading()[1] < 0 else 1 for p in polynomials]
    above, below = (p * Polynomial.number(sign) for p, sign in zip(polynomials, signs, strict=True))
    return signs[0] * signs[1], (above, below)
