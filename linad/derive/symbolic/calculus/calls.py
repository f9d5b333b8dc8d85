"""Named functions of expressions: what each takes and gives, and what it is made of. One row each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from linad.derive.symbolic.calculus.dimensions import Dimension, Kind, join, turned
from linad.derive.symbolic.calculus.functions import ALIASES, FUNCTIONS, fn
from linad.derive.symbolic.calculus.nodes import Node, Shape, eye, ones
from linad.derive.symbolic.calculus.products import MIRRORED, inverse, product, total, transpose
from linad.derive.symbolic.calculus.reductions import determinant, diag, logarithm_of_determinant, trace
from linad.derive.symbolic.calculus.triangles import diagonal_of, part

SCALAR = Kind()


class Unfit(Exception):  # noqa: N818  # caught where the place in the text is known
    """What does not fit; ``argument`` says which part."""

    def __init__(self, fact: str, argument: int = 0) -> None:
        super().__init__(fact)
        self.fact, self.argument = fact, argument


@dataclass(frozen=True, slots=True)
class Call:
    """A function: the kind of its value from the kinds of its arguments, and its value."""

    arguments: int
    kind: Callable[[Sequence[Kind]], Kind]
    value: Callable[[Sequence[Node], Shape], Node]


def _square(kinds: Sequence[Kind]) -> Kind:
    (kind,) = kinds
    if kind.rank == 1 or kind.rank > 2:
        raise Unfit(f"it needs a square matrix, and this is {kind.words}")
    if kind.rank == 2 and not join(*kind.dimensions):
        raise Unfit(f"it needs a square matrix, and this is {kind.words}")
    return kind


def _of_square(kinds: Sequence[Kind]) -> Kind:
    _square(kinds)
    return SCALAR


def _of_vector(kinds: Sequence[Kind]) -> Kind:
    if kinds[0].rank != 1:
        raise Unfit(f"it needs a vector, and this is {kinds[0].words}")
    return SCALAR


def _of_any(kinds: Sequence[Kind]) -> Kind:
    return SCALAR


def _same(kinds: Sequence[Kind]) -> Kind:
    return kinds[0]


def _diag(kinds: Sequence[Kind]) -> Kind:
    (kind,) = kinds
    if kind.rank == 1:
        return Kind((kind.dimensions[0],) * 2)
    if kind.rank == 0:
        raise Unfit("it needs a vector or a square matrix, and this is a scalar")
    return Kind(_square(kinds).dimensions[:1])


def _vectors(kinds: Sequence[Kind]) -> tuple[Dimension, Dimension]:
    for i, kind in enumerate(kinds):
        if kind.rank != 1:
            raise Unfit(f"it needs vectors, and this is {kind.words}", i)
    return kinds[0].dimensions[0], kinds[1].dimensions[0]


def _outer(kinds: Sequence[Kind]) -> Kind:
    return Kind(_vectors(kinds))


def _dot(kinds: Sequence[Kind]) -> Kind:
    if not join(*_vectors(kinds)):
        raise Unfit(f"it needs vectors of one length, and these are {kinds[0].words} and {kinds[1].words}")
    return SCALAR


def _turned(kinds: Sequence[Kind]) -> Kind:
    if kinds[0].rank > 2:
        raise Unfit(f"it needs a vector or a matrix, and this is {kinds[0].words}")
    return turned(kinds[0])


def column(x: Node) -> Node:
    """A vector that may be a row, as a column."""
    return transpose(x) if x.is_row else x


def _triangle(name: str) -> Call:
    return Call(1, _square, lambda x, shape: part(name, x[0]))


def entrywise(name: str, x: Node) -> Node:
    """A function of every entry, of a row too."""
    return transpose(fn(name, transpose(x))) if x.is_row else fn(name, x)


def _entrywise(name: str) -> Call:
    return Call(1, _same, lambda x, shape: entrywise(name, x[0]))


def norm2(x: Node) -> Node:
    return entrywise("abs", x) if not x.shape else Node("norm2", (column(x),), ())


def _diagonal_or_matrix(x: Sequence[Node], shape: Shape) -> Node:
    return diag(column(x[0])) if len(shape) == 2 else diagonal_of(x[0])


_trace = Call(1, _of_square, lambda x, shape: trace(x[0]))
_norm = Call(1, _of_any, lambda x, shape: norm2(x[0]))
CALLS: dict[str, Call] = {
    **{name: _entrywise(name) for name in FUNCTIONS},
    **{alias: _entrywise(name) for alias, name in ALIASES.items()},
    **{name: _triangle(name) for name in MIRRORED},
    "trace": _trace,
    "tr": _trace,
    "det": Call(1, _of_square, lambda x, shape: determinant(x[0])),
    "logdet": Call(1, _of_square, lambda x, shape: logarithm_of_determinant(x[0])),
    "inv": Call(1, _square, lambda x, shape: inverse(x[0])),
    "transpose": Call(1, _turned, lambda x, shape: transpose(x[0])),
    "norm1": Call(1, _of_vector, lambda x, shape: total(entrywise("abs", x[0]))),
    "norm2": Call(1, _of_vector, lambda x, shape: norm2(x[0])),
    "norm": _norm,
    "normF": _norm,
    "sum": Call(1, _of_any, lambda x, shape: total(x[0])),
    "diag": Call(1, _diag, _diagonal_or_matrix),
    "outer": Call(2, _outer, lambda x, shape: product(column(x[0]), transpose(column(x[1])))),
    "dot": Call(2, _dot, lambda x, shape: product(transpose(column(x[0])), column(x[1]))),
}
# Arrays of constants, by the number of their axes: vector(1) and ones(n) are the same.
FILLED = {"vector": 1, "matrix": 2}


def constant(name: str, shape: Shape) -> Node:
    """The identity, or ones."""
    return eye(shape[0]) if name in ("eye", "I") else ones(shape)
