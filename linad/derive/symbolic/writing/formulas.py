"""Formulas as one writes them on a board, as data: sums of products, in parentheses where need be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from linad.derive.symbolic.algebra.words import Word
from linad.derive.symbolic.programs.auxiliaries import Auxiliary, Made, Place, Sum
from linad.derive.symbolic.programs.program import Term

IDENTITY = "I"
_ONE = Fraction(1)


@dataclass(frozen=True, slots=True)
class Factor:
    """A matrix, or a ``value``, with an operation and a power."""

    name: str
    op: str = ""
    power: int = 1
    value: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """A sum in parentheses, to which a kernel is applied entry by entry, and then a function; or neither."""

    total: Total
    function: str = ""
    kernel: Factor | None = None


@dataclass(frozen=True, slots=True)
class Blocks:
    """A matrix of blocks, row by row; an empty sum is zero."""

    rows: tuple[tuple[Total, ...], ...]


Factors = tuple[Factor | Group | Blocks, ...]
Item = tuple[Fraction, Factors]
Total = tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Formula:
    """Two sums that are equal; ``unknown`` is the value for which that is to be solved, if it is."""

    left: Total
    right: Total
    unknown: str = ""


def single(name: str, value: bool = False) -> Total:
    return ((_ONE, (Factor(name, value=value),)),)


def atoms(word: Word) -> Factors:
    return tuple(Factor(atom.name, atom.op, -1 if atom.inverted else 1) for atom in word)


def product(t: Term, names: Mapping[str, str], sums: Mapping[str, Total]) -> Item:
    """A term; a sum stands in the place of its value, and nothing in the place of the identity."""
    c, inner, name = t.coefficient, sums.get(t.value), names.get(t.value, t.value)
    if inner is not None:
        sign, total = common(list(inner))
        c, factors = c * sign, total[0][1] if len(total) == 1 else (Group(total),)
    elif name == IDENTITY and (t.left or t.right):
        factors = ()
    else:
        factors = (Factor(name, t.op, value=True),)
    return c, (*atoms(t.left), *factors, *atoms(t.right))


def beside(words: Sum, x: Factor, left: bool) -> Iterator[Item]:
    """The product of a sum of words and a value."""
    c, factors = bracketed(words)
    yield c, (*factors, x) if left else (x, *factors)


def bracketed(words: Sum) -> Item:
    """A sum of words as one item: several are put in parentheses."""
    items: list[Item] = list(total_of(words))
    if len(items) == 1:
        return items[0]
    number, total = common(items)
    return number, (Group(total),)


def total_of(words: Sum) -> Total:
    return tuple((c, atoms(word)) for word, c in words)


def made_total(made: Made) -> Total:
    """What a matrix is that a program computes before it begins."""
    if isinstance(made, Auxiliary):
        return ((_ONE, (Group(single(made.of), made.function),)),)
    if isinstance(made, Place):
        rows = tuple((((_ONE, ()),) if i == made.at else (),) for i in range(len(made.sizes)))
        return ((_ONE, (Blocks(rows),)),)
    if not made.sizes:
        return total_of(made.blocks[0][0])
    return ((_ONE, (Blocks(tuple(tuple(map(total_of, row)) for row in made.blocks)),)),)


def around(left: Factors, right: Factors, items: list[Item]) -> list[Item]:
    """The products of items with factors on both sides; several are put in parentheses."""
    if len(items) == 1 or not (left or right):
        return [(c, (*left, *factors, *right)) for c, factors in items]
    c, total = common(items)
    return [(c, (*left, Group(total), *right))]


def common(items: list[Item]) -> tuple[Fraction, Total]:
    """A number taken out of a sum, positive terms first."""
    first = next((i for i, (c, _) in enumerate(items) if c > 0), None)
    if first:
        items = [items[first], *items[:first], *items[first + 1 :]]
    c = abs(items[0][0]) if len({abs(c) for c, _ in items}) == 1 else _ONE
    c = -c if first is None else c
    return c, tuple((own / c, factors) for own, factors in items)


def added(items: list[Item]) -> Total:
    """A sum as it is shown: a number that all terms share stands before it."""
    if len(items) < 2:
        return tuple(items)
    c, total = common(items)
    return ((c, (Group(total),)),) if abs(c) != 1 else tuple((c * own, factors) for own, factors in total)


def depth(total: Total) -> int:
    """How many parentheses stand inside one another."""
    inner = [factor.total for _, factors in total for factor in factors if isinstance(factor, Group)]
    return 1 + max(map(depth, inner)) if inner else 0
