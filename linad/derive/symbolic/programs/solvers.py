"""Instructions that solve an equation for a value; the adjoint of each is of the same kind.

sylvester   s of  A s + s B = x             A and B sums of words
products    s of  A s B + C s D = x         all four sums of words
turn        s of  s T - T s = x             strictly below the diagonal, T upper triangular, s skew-Hermitian;
            its adjoint is s of  s T^H - T^H s = x  in what is skew-Hermitian off the diagonal, s strictly lower
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

from linad.derive.symbolic.algebra.words import Algebra, Atom, Word
from linad.derive.symbolic.programs.auxiliaries import Sum

_ADJOINT = {"N": "H", "H": "N"}


@dataclass(frozen=True, slots=True)
class Sylvester:
    """The solution of A s + s B = x; A and B are sums of words, as items of expressions."""

    result: str
    left: Sum
    right: Sum
    value: str


@dataclass(frozen=True, slots=True)
class Products:
    """The solution of A s B + C s D = x, of two pairs of sums."""

    result: str
    pairs: tuple[tuple[Sum, Sum], tuple[Sum, Sum]]
    value: str


@dataclass(frozen=True, slots=True)
class Turn:
    """The turn that takes x away below the diagonal, or with ``trans`` H what is adjoint to it.

    The triangle is upper: of a lower triangular matrix the atom of its adjoint.
    """

    result: str
    triangle: Atom
    trans: str
    value: str


Solver = Sylvester | Products | Turn


def words_of(instruction: Solver) -> list[Word]:
    """The products in the coefficients."""
    if isinstance(instruction, Turn):
        return [(instruction.triangle,)]
    if isinstance(instruction, Sylvester):
        sums = [instruction.left, instruction.right]
    else:
        sums = [words for pair in instruction.pairs for words in pair]
    return [word for words in sums for word, _ in words]


def adjoint_solver(instruction: Solver, result: str, value: str, algebra: Algebra) -> Solver:
    """The instruction that is adjoint over the reals, under another name and of another value."""
    if isinstance(instruction, Turn):
        return replace(instruction, result=result, value=value, trans=_ADJOINT[instruction.trans])
    if isinstance(instruction, Sylvester):
        left, right = (adjoint_sum(words, algebra) for words in (instruction.left, instruction.right))
        return Sylvester(result, left, right, value)
    first, second = ((adjoint_sum(a, algebra), adjoint_sum(b, algebra)) for a, b in instruction.pairs)
    return Products(result, (first, second), value)


def adjoint_sum(words: Sum, algebra: Algebra) -> Sum:
    """The coefficient of the adjoint equation."""
    return tuple((algebra.apply("H", word), c) for word, c in words)


def multiple(words: Sum) -> Fraction | None:
    """The number c of a sum that is c I."""
    return words[0][1] if len(words) == 1 and words[0][0] == () else None


def scaled(words: Sum, factor: Fraction) -> Sum:
    return tuple((word, c * factor) for word, c in words)


def stein(instruction: Products) -> tuple[Fraction, Sum, Sum] | None:
    """The number c and the A and B of c (s - A s B) = x, if the equation is of that form."""
    for (a, b), (left, right) in (instruction.pairs, instruction.pairs[::-1]):
        first, second = multiple(a), multiple(b)
        if first is not None and second is not None:
            c = first * second
            return c, scaled(left, -1 / c), right
    return None
