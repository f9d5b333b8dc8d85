"""Rational functions of a few variables, exactly: the coefficients of projection kernels.

A variable is the entry of a diagonal matrix at the row or at the column of an entry: ``("w", "r")`` and ``("w", "c")``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

Variable = tuple[str, str]
Monomial = tuple[tuple[Variable, int], ...]


class Polynomial:
    """A polynomial with rational coefficients; immutable."""

    __slots__ = ("terms",)

    def __init__(self, terms: Mapping[Monomial, Fraction]) -> None:
        self.terms = {m: c for m, c in sorted(terms.items()) if c}

    @staticmethod
    def number(value: int | Fraction) -> Polynomial:
        return Polynomial({(): Fraction(value)})

    @staticmethod
    def variable(name: Variable, power: int = 1) -> Polynomial:
        return Polynomial({((name, power),): Fraction(1)})

    def __add__(self, other: Polynomial) -> Polynomial:
        total = dict(self.terms)
        for m, c in other.terms.items():
            total[m] = total.get(m, Fraction(0)) + c
        return Polynomial(total)

    def __neg__(self) -> Polynomial:
        return Polynomial({m: -c for m, c in self.terms.items()})

    def __sub__(self, other: Polynomial) -> Polynomial:
        return self + -other

    def __mul__(self, other: Polynomial) -> Polynomial:
        total: dict[Monomial, Fraction] = {}
        for m, c in self.terms.items():
            for n, d in other.terms.items():
                key = _times(m, n)
                total[key] = total.get(key, Fraction(0)) + c * d
        return Polynomial(total)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Polynomial) and self.terms == other.terms

    def __hash__(self) -> int:
        return hash(tuple(self.terms.items()))

    def __bool__(self) -> bool:
        return bool(self.terms)

    def leading(self) -> tuple[Monomial, Fraction]:
        """The largest term: of the highest degree, then lexicographically, columns before rows."""
        return max(self.terms.items(), key=lambda term: _rank(term[0]))

    def divided_by(self, other: Polynomial) -> Polynomial | None:
        """The quotient, if the division leaves nothing."""
        rest, quotient = self, Polynomial({})
        lead, coefficient = other.leading()
        while rest:
            m, c = rest.leading()
            n = _over(m, lead)
            if n is None:
                return None
            step = Polynomial({n: c / coefficient})
            quotient, rest = quotient + step, rest - step * other
        return quotient

    def factors(self) -> list[Polynomial]:
        """Of a difference of squares its factors, each taken apart in its turn; of any other polynomial itself."""
        (m, c), (n, d) = sorted([*self.terms.items(), ((), Fraction(0))][:2], key=lambda term: -term[1])
        if len(self.terms) != 2 or c != -d or any(p % 2 for k in (m, n) for _, p in k):
            return [self]
        x, y = (Polynomial({_sorted([(v, p // 2) for v, p in k]): Fraction(1)}) for k in (m, n))
        return [*(Polynomial.number(c) * (x - y)).factors(), x + y]

    def mirrored(self) -> Polynomial:
        """Rows and columns exchanged."""
        swap = {"r": "c", "c": "r"}
        total = Polynomial({})
        for m, c in self.terms.items():
            total = total + Polynomial({_sorted([((name, swap[side]), p) for (name, side), p in m]): c})
        return total

    def conjugated(self, real: frozenset[str]) -> Polynomial:
        """Variables replaced by their conjugates, but for those of real matrices."""
        total = Polynomial({})
        for m, c in self.terms.items():
            total = total + Polynomial(
                {_sorted([((conjugate(name, real), side), p) for (name, side), p in m]): c}
            )
        return total

    def on_diagonal(self) -> Polynomial:
        """Row and column coincide."""
        total = Polynomial({})
        for m, c in self.terms.items():
            powers: dict[Variable, int] = {}
            for (name, _), p in m:
                powers[name, "r"] = powers.get((name, "r"), 0) + p
            total = total + Polynomial({_sorted(powers.items()): c})
        return total

    def text(self) -> str:
        """As Python writes it: variables are ``w_r`` and ``w_c``."""
        if not self.terms:
            return "0"
        parts = []
        for m, c in sorted(self.terms.items(), key=lambda term: (-term[1] > 0, term[0])):
            factors = [
                (f"{name}_{side}" if side else name) + (f"**{p}" if p != 1 else "") for (name, side), p in m
            ]
            size = abs(c)
            if size != 1 or not factors:
                factors.insert(0, str(size) if size.denominator == 1 else f"({size})")
            parts.append(("-" if c < 0 else "+", "*".join(factors)))
        text = "".join(f" {sign} {part}" for sign, part in parts)
        return text[3:] if text.startswith(" + ") else "-" + text[3:]


def _rank(m: Monomial) -> tuple[int, list[tuple[str, bool, int]]]:
    order = sorted(((name, side == "c", p) for (name, side), p in m), reverse=True)
    return sum(p for _, p in m), order


_CONJUGATE = "_conj"


def conjugate(name: str, real: frozenset[str]) -> str:
    """The name of the conjugate of a diagonal matrix."""
    if name in real:
        return name
    return name.removesuffix(_CONJUGATE) if name.endswith(_CONJUGATE) else name + _CONJUGATE


def _sorted(powers: Iterable[tuple[Variable, int]]) -> Monomial:
    return tuple(sorted((v, p) for v, p in powers if p))


def _times(m: Monomial, n: Monomial) -> Monomial:
    powers = dict(m)
    for v, p in n:
        powers[v] = powers.get(v, 0) + p
    return _sorted(powers.items())


def _over(m: Monomial, n: Monomial) -> Monomial | None:
    powers = dict(m)
    for v, p in n:
        if powers.get(v, 0) < p:
            return None
        powers[v] -= p
    return _sorted(powers.items())


class Rational:
    """A quotient of polynomials, reduced by whole division and by common monomials; the denominator is monic."""

    __slots__ = ("above", "below")

    def __init__(self, above: Polynomial, below: Polynomial) -> None:
        if not below:
            raise ZeroDivisionError("a rational function with the denominator 0")
        quotient = above.divided_by(below)
        if quotient is not None:
            above, below = quotient, Polynomial.number(1)
        elif (inverse := below.divided_by(above)) is not None:
            above, below = Polynomial.number(1), inverse
        else:
            common = _common_monomial(above, below)
            above, below = above.divided_by(common) or above, below.divided_by(common) or below
        _, scale = below.leading()
        unit = Polynomial.number(1 / scale)
        self.above, self.below = above * unit, below * unit

    @staticmethod
    def number(value: int | Fraction) -> Rational:
        return Rational(Polynomial.number(value), Polynomial.number(1))

    def __add__(self, other: Rational) -> Rational:
        if self.below == other.below:
            return Rational(self.above + other.above, self.below)
        return Rational(self.above * other.below + other.above * self.below, self.below * other.below)

    def __neg__(self) -> Rational:
        return Rational(-self.above, self.below)

    def __sub__(self, other: Rational) -> Rational:
        return self + -other

    def __mul__(self, other: Rational) -> Rational:
        return Rational(self.above * other.above, self.below * other.below)

    def __truediv__(self, other: Rational) -> Rational:
        return Rational(self.above * other.below, self.below * other.above)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Rational) and not (self.above * other.below - other.above * self.below)

    def __hash__(self) -> int:
        return hash((self.above, self.below))

    def __bool__(self) -> bool:
        return bool(self.above)

    def mirrored(self) -> Rational:
        return Rational(self.above.mirrored(), self.below.mirrored())

    def conjugated(self, real: frozenset[str]) -> Rational:
        return Rational(self.above.conjugated(real), self.below.conjugated(real))

    def on_diagonal(self) -> Rational:
        return Rational(self.above.on_diagonal(), self.below.on_diagonal())

    def text(self) -> str:
        """As Python writes it."""
        if self.below == Polynomial.number(1):
            return self.above.text()
        above, below = self.above.text(), self.below.text()
        above = f"({above})" if len(self.above.terms) > 1 else above
        return f"{above}/({below})"

    __repr__ = text


def _common_monomial(*polynomials: Polynomial) -> Polynomial:
    """The largest monomial that divides every term."""
    powers: dict[Variable, int] | None = None
    for polynomial in polynomials:
        for m in polynomial.terms:
            mine = dict(m)
            powers = mine if powers is None else {v: min(p, mine.get(v, 0)) for v, p in powers.items()}
    return Polynomial({_sorted((powers or {}).items()): Fraction(1)})


@dataclass(frozen=True, slots=True)
class Solved:
    """A linear system solved: its unknowns by the right-hand sides, and what is left of it.

    ``solution[i][j]`` is what unknown i has of right-hand side j, zero for the free unknowns. ``null[f]`` is the
    direction along which the free unknown f moves. ``conditions`` are sums of right-hand sides that must vanish.
    """

    solution: list[list[Rational]]
    null: dict[int, list[Rational]]
    conditions: list[list[Rational]]


def solve(rows: list[list[Rational]], right: list[list[Rational]]) -> Solved:
    """Solve a linear system exactly, by elimination with any nonzero pivot."""
    rows, right = [list(row) for row in rows], [list(row) for row in right]
    width = len(rows[0]) if rows else 0
    pivots: dict[int, int] = {}
    at = 0
    for column in range(width):
        pivot = next((i for i in range(at, len(rows)) if rows[i][column]), None)
        if pivot is None:
            continue
        rows[at], rows[pivot], right[at], right[pivot] = rows[pivot], rows[at], right[pivot], right[at]
        scale = rows[at][column]
        rows[at], right[at] = [x / scale for x in rows[at]], [x / scale for x in right[at]]
        for i in range(len(rows)):
            factor = rows[i][column]
            if i != at and factor:
                rows[i] = [x - factor * y for x, y in zip(rows[i], rows[at], strict=True)]
                right[i] = [x - factor * y for x, y in zip(right[i], right[at], strict=True)]
        pivots[column] = at
        at += 1
    zero, one = Rational.number(0), Rational.number(1)
    nothing = [zero] * (len(right[0]) if right else 0)
    null = {
        free: [
            one if column == free else -rows[pivots[column]][free] if column in pivots else zero
            for column in range(width)
        ]
        for free in range(width)
        if free not in pivots
    }
    solution = [right[pivots[column]] if column in pivots else nothing for column in range(width)]
    return Solved(solution, null, [row for row in right[at:] if any(row)])
