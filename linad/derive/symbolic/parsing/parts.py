"""Parts of an equation while it is read: their terms, their shapes, and arithmetic that refuses what does not fit.

A shape is two letters, those of the symbols; equal letters are equal dimensions. A number and a multiple of the
identity have none and take that of what stands beside them. The work of multiplying out is counted and bounded.
"""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

from linad.derive.symbolic.algebra.words import Algebra, Expression, add, reverses
from linad.derive.symbolic.parsing.tokens import EquationError, Token, quote

WORK = 100_000  # atoms written while an equation is multiplied out
BITS = 1024  # of a coefficient's numerator or denominator
POWER = 64


class Part(NamedTuple):
    """A part of the text and what it is. Without a shape it is a number or a multiple of the identity."""

    terms: Expression
    start: int
    stop: int
    shape: tuple[str, str] | None = None
    number: bool = False


class Arithmetic:
    """Sums, products, operations and inverses of the parts of one text."""

    def __init__(self, text: str, algebra: Algebra) -> None:
        self.text, self.algebra, self.work = text, algebra, 0

    def part(
        self,
        terms: Expression,
        start: int,
        stop: int,
        shape: tuple[str, str] | None = None,
        number: bool = False,
    ) -> Part:
        """A part whose size was counted; words with coefficient zero are dropped."""
        self.spend(sum(len(word) + 1 for word in terms), start, stop)
        if any(max(abs(c.numerator), c.denominator) >> BITS for c in terms.values()):
            raise EquationError(self.text, start, "A coefficient has too many digits.", stop - start)
        return Part({word: c for word, c in terms.items() if c}, start, stop, shape, number)

    def spend(self, atoms: int, start: int, stop: int) -> None:
        self.work += atoms
        if self.work > WORK:
            raise EquationError(self.text, start, "Multiplied out, the equation is too long.", stop - start)

    def finished(self, part: Part) -> Expression:
        if part.terms and not part.shape:
            fact = "is a number, no matrix" if part.number else "has no shape: I takes it from other terms"
            raise self.error(f"{self.quoted(part)} {fact}.", part)
        return part.terms

    def quoted(self, part: Part) -> str:
        return quote(self.text[part.start : part.stop])

    def shaped(self, part: Part) -> str:
        return f"{self.quoted(part)} is {' x '.join(part.shape or ())}"

    def error(self, fact: str, place: Part | Token) -> EquationError:
        return EquationError(self.text, place.start, fact, place.stop - place.start)

    def sum(self, parts: list[Part]) -> Part:
        shaped = next((part for part in parts if part.shape), None)
        number = all(part.number for part in parts)
        for part in parts:
            if part.number and part.terms and not number:
                fact = f"{self.quoted(part)} is a number, no matrix: write it times I."
                raise self.error(fact, part)
            if shaped and part.shape and part.shape != shaped.shape:
                raise self.error(f"{self.shaped(part)}, but {self.shaped(shaped)}.", part)
            if shaped and shaped.shape and not part.shape and not part.number and len({*shaped.shape}) > 1:
                raise self.error(f"{self.quoted(part)} is square, but {self.shaped(shaped)}.", part)
        terms = add(*(part.terms for part in parts))
        shape = shaped.shape if shaped else None
        return self.part(terms, parts[0].start, parts[-1].stop, shape, number)

    def times(self, a: Part, b: Part) -> Part:
        if a.shape and b.shape and a.shape[1] != b.shape[0]:
            fact = f"{self.shaped(a)} and {self.shaped(b)}: in their product {a.shape[1]} meets {b.shape[0]}."
            raise self.error(fact, b)
        shape = (a.shape[0], b.shape[1]) if a.shape and b.shape else a.shape or b.shape
        n, m = len(a.terms), len(b.terms)
        self.spend(n * m + m * sum(map(len, a.terms)) + n * sum(map(len, b.terms)), a.start, b.stop)
        products = (
            {self.algebra.product(v, w): c * d} for v, c in a.terms.items() for w, d in b.terms.items()
        )
        return self.part(add(*products), a.start, b.stop, shape, a.number and b.number)

    def scaled(self, part: Part, c: Fraction) -> Part:
        return part._replace(terms={word: c * d for word, d in part.terms.items()})

    def applied(self, op: str, part: Part) -> Part:
        terms = add(*({self.algebra.apply(op, word): c} for word, c in part.terms.items()))
        shape = part.shape[::-1] if part.shape and reverses(op) else part.shape
        return self.part(terms, part.start, part.stop, shape, part.number)

    def power(self, part: Part, exponent: str, token: Token) -> Part:
        k = int(exponent)
        if k > POWER:
            raise self.error(f"The power {quote(exponent)} is above {POWER}.", token)
        if k == 1:
            return part
        if part.shape and part.shape[0] != part.shape[1]:
            raise self.error(f"{self.shaped(part)}: only a square matrix has powers.", part)
        result = part._replace(terms={(): Fraction(1)})
        for _ in range(k):
            result = self.times(result, part)
        return result

    def inverse_number(self, part: Part) -> Part:
        if not part.number:
            fact = f"{self.quoted(part)} is no number: divide by numbers, write inv(...) on the side of a matrix."
            raise self.error(fact, part)
        return self.inverse(part)

    def inverse(self, part: Part) -> Part:
        symbols = [self.algebra.symbols[atom.name] for word in part.terms for atom in word]
        auxiliary = f"introduce an auxiliary symbol, equal to {self.quoted(part)}."
        fact = ""
        if not part.terms:
            fact = "Zero has no inverse."
        elif part.shape and part.shape[0] != part.shape[1]:
            fact = f"{self.shaped(part)}: only a square matrix has an inverse."
            if len(symbols) == 1 and symbols[0].structure.adjoint_is_inverse:
                name = symbols[0].name
                fact = f"{fact[:-1]}; for orthonormal columns or rows write {name}.H."
        elif len(part.terms) > 1:
            fact = f"The inverse of a sum: {auxiliary}"
        elif any(not symbol.square for symbol in symbols):
            other = next(symbol for symbol in symbols if not symbol.square)
            shape = f"{other.rows} x {other.columns}"
            fact = f"The inverse of a product in which {other.name} is {shape}, not square: {auxiliary}"
        elif singular := next((s for s in symbols if not s.structure.invertible), None):
            fact = f"{singular.name} is {singular.structure.name}: it has no inverse."
        if fact:
            raise self.error(fact, part)
        ((word, c),) = part.terms.items()
        inverse = self.algebra.product(self.algebra.inverse(word))
        return self.part({inverse: 1 / c}, part.start, part.stop, part.shape, part.number)
