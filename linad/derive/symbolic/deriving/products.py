"""One unknown in a sum of products c L S R: how many pairs A S B of sums of words that is, and whether they are solved.

One pair is two solves, two are an equation of Sylvester, Stein, or both; three and more are solved by no factorization.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from linad.derive.symbolic.algebra.rational import Rational
from linad.derive.symbolic.algebra.structures import FREE
from linad.derive.symbolic.algebra.words import Algebra, Word, reverses
from linad.derive.symbolic.deriving.cores import Condition
from linad.derive.symbolic.deriving.tangents import UnderivableError, Unknown, mirror
from linad.derive.symbolic.programs.auxiliaries import Sum
from linad.derive.symbolic.programs.program import Term, composed
from linad.derive.symbolic.programs.solvers import Products, Sylvester, multiple, scaled

Pair = tuple[Sum, Sum]


def pairs_of(core: Sequence[Term]) -> list[Pair]:
    """The fewest pairs of sums whose products are the sum: a factorization of the matrix of coefficients."""
    table = _table(core)
    left, right = (sorted(dict.fromkeys(key[i] for key in table), key=bool) for i in (0, 1))
    rows = [[table.get((a, b), Fraction(0)) for b in right] for a in left]
    reduced, pivots = _reduced(rows)
    return [
        (
            tuple((a, row[pivot]) for a, row in zip(left, rows, strict=True) if row[pivot]),
            tuple((b, c) for b, c in zip(right, own, strict=True) if c),
        )
        for own, pivot in zip(reduced, pivots, strict=True)
    ]


def _reduced(rows: Sequence[Sequence[Fraction]]) -> tuple[list[list[Fraction]], list[int]]:
    """The rows that are not zero of the reduced echelon form, and their pivots."""
    work, pivots = [list(row) for row in rows], list[int]()
    for column in range(len(work[0]) if work else 0):
        at = len(pivots)
        pivot = next((i for i in range(at, len(work)) if work[i][column]), None)
        if pivot is None:
            continue
        work[at], work[pivot] = work[pivot], work[at]
        scale = work[at][column]
        work[at] = [x / scale for x in work[at]]
        for i in range(len(work)):
            if i != at and work[i][column]:
                factor = work[i][column]
                work[i] = [x - factor * y for x, y in zip(work[i], work[at], strict=True)]
        pivots.append(column)
    return work[: len(pivots)], pivots


def unknown_of(core: Sequence[Term]) -> tuple[str, str]:
    """The one unknown that is left, and the operation with which it stands everywhere."""
    names, ops = {t.value for t in core}, {t.op for t in core}
    if len(names) != 1:
        raise UnderivableError("more than one unknown is left")
    if len(ops) != 1:
        raise UnderivableError("the unknown stands beside its own adjoint, transpose or conjugate")
    return names.pop(), ops.pop()


def solver(
    algebra: Algebra, unknown: Unknown, core: Sequence[Term], value: str
) -> tuple[Sylvester | Products, list[Condition]]:
    """The instruction that solves for an unknown, and what must hold for the solution to have its pattern."""
    pairs = pairs_of(core)
    if not pairs:
        raise UnderivableError("the unknown cancels")
    for pair in pairs:
        for words, letter in zip(pair, unknown.shape, strict=True):
            _require_square(algebra, words, letter)
    if len(pairs) > 2:
        raise UnderivableError(
            f"{len(pairs)} products, of which none is a sum of others, stand around one unknown: factorizations solve "
            "equations of two, A S B + C S D"
        )
    if len(pairs) == 1:
        raise UnderivableError("what stands beside the unknown has no inverse")
    conditions = _conditions(algebra, unknown, core)
    first, second = pairs
    for (a, b), (c, d) in ((first, second), (second, first)):
        one, other = multiple(b), multiple(c)
        if one is not None and other is not None:
            return Sylvester(unknown.name, scaled(a, one), scaled(d, other), value), conditions
    return Products(unknown.name, (first, second), value), conditions


def _require_square(algebra: Algebra, words: Sum, letter: str) -> None:
    for word, _ in words:
        if word and algebra.ends(word) != (letter, letter):
            rows, columns = algebra.ends(word)
            raise UnderivableError(f"what stands beside the unknown is {rows} x {columns}, not square")


def _conditions(algebra: Algebra, unknown: Unknown, core: Sequence[Term]) -> list[Condition]:
    """The right-hand side must be as the unknown is, and so must the equation."""
    if unknown.pattern == FREE:
        return []
    mirrored = mirror(unknown.pattern)
    fact = f"the solution of the equation need not be as {unknown.name} is declared"
    if mirrored is None:
        raise UnderivableError(fact)
    op, sign = mirrored
    images = [replace(composed(op, t, algebra), op="") for t in core]
    if not reverses(op) or _table(images) != _table(core):
        raise UnderivableError(fact)
    sides = {(0, ""): Rational.number(1), (0, op): Rational.number(-sign)}
    return [Condition("everywhere", sides, "the right-hand side is not as the unknown is declared")]


def _table(core: Sequence[Term]) -> dict[tuple[Word, Word], Fraction]:
    """The coefficients of the products, without those that are zero."""
    table: dict[tuple[Word, Word], Fraction] = {}
    for t in core:
        key = (t.left, t.right)
        table[key] = table.get(key, Fraction(0)) + t.coefficient
    return {key: c for key, c in table.items() if c}
