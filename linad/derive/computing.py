"""Expressions of matrix calculus as graphs of :func:`linad.symbol`'s kind, over linad's operations."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from linad.core.expression import Expression
from linad.core.primitive import primitives
from linad.core.space import Lettered, shape_of
from linad.core.symbols import SYMBOLS, symbol
from linad.derive.symbolic.calculus.factorizations import FACTORIZATIONS
from linad.derive.symbolic.calculus.nodes import Node, ordered
from linad.derive.symbolic.calculus.planning import planned
from linad.derive.symbolic.calculus.source import places
from linad.derive.vocabulary import permute_left
from linad.errors import ShapeError
from linad.operations import (
    cholesky,
    determinants,
    eigh,
    elementwise,
    inverse,
    lu,
    qr,
    reductions,
    shape,
    solve,
    svd,
)
from linad.operations.contractions import swap
from linad.operations.floats import heaviside
from linad.operations.triangular import solve_triangular


class Operation:
    """What a node asks of a primitive: an operation that is made of several."""

    __slots__ = ("call", "name")
    outputs = symbol = None
    kind = "composed"

    def __init__(self, name: str, call: Callable[..., Any]) -> None:
        self.name, self.call = name, call


class Constant(Operation):
    """An array of constants, whose sizes are those of other arrays."""

    __slots__ = ()

    def text(self) -> str:
        return str(self.name)


def _outer(x: Any, y: Any) -> Any:
    return shape.reshape(x, (-1, 1)) * shape.reshape(y, (1, -1))


def _scale_rows(d: Any, A: Any) -> Any:
    return shape.reshape(d, (-1, 1)) * A


def _norm(x: Any) -> Any:
    return elementwise.length(reductions.sum(x * x, None, False))


def _diag(d: Any) -> Any:
    return shape.from_diagonal(d, 0, (shape_of(d)[0],) * 2)


def _diagonal(A: Any) -> Any:
    return shape.diagonal(A, 0)


def _filled(c: float, axes: Sequence[int], *arrays: Any) -> Any:
    return np.full([shape_of(x)[axis] for x, axis in zip(arrays, axes, strict=True)], c)


def _identity(axis: int, x: Any) -> Any:
    return np.eye(shape_of(x)[axis])


def _lu(A: Any) -> tuple[Any, Any, Any]:
    L, U = lu.lu(A)
    perm = lu.permutation(solve.lu_factors(A))
    return permute_left(perm, np.eye(shape_of(A)[-1]), False), L, U


def _not_wide(name: str, A: Any) -> Any:
    m, n = shape_of(A)
    if m < n:
        raise ShapeError(
            name,
            f"the matrix has the shape ({m}, {n}); here it has at least as many rows as columns.",
            "Factor its transpose.",
        )
    return A


def _svd(A: Any) -> tuple[Any, Any, Any]:
    return svd.svd(_not_wide("svd", A))


_WHOLE: dict[str, Callable[[Any], Sequence[Any]]] = {
    "cholesky": lambda A: (cholesky.cholesky(A),),
    "lu": _lu,
    "qr": lambda A: qr.qr(_not_wide("qr", A))[:2],
    "eigh": lambda A: eigh.eigh(A),
    "svd": _svd,
}


def _part(name: str, i: int, A: Any) -> Any:
    return _WHOLE[name](A)[i]


_COMPOSED: dict[str, Callable[..., Any]] = {
    "outer": _outer,
    "solve": solve.solve,
    "solve_lower": lambda A, B: solve_triangular(A, B, True, "N", False),
    "solve_upper": lambda A, B: solve_triangular(A, B, False, "N", False),
    "inv": inverse.inv,
    "swap": swap,
    "det": determinants.det,
    "logdet": lambda A: determinants.slogdet(A)[1],
    "trace": lambda A: reductions.sum(_diagonal(A), None, False),
    "sum": lambda x: reductions.sum(x, None, False),
    "norm2": _norm,
    "diag": _diag,
    "diagonal": _diagonal,
    "scale_rows": _scale_rows,
    "scale_columns": elementwise.multiply,
    "tril": lambda A: shape.tril(A, 0),
    "triu": lambda A: shape.triu(A, 0),
    "stril": lambda A: shape.tril(A, -1),
    "striu": lambda A: shape.triu(A, 1),
    "relu": lambda x: elementwise.maximum(x, 0.0),
    "step": lambda x: heaviside(x, 0.5),
}
OPERATIONS = {name: Operation(name, call) for name, call in _COMPOSED.items()}
_OTHERWISE = {"abs": "absolute"}  # names that linad's operations have


def graph_of(x: Node, symbols: Sequence[Node]) -> tuple[list[Expression], Any]:
    """The symbols as inputs, and the expression of them; a number is its own."""
    inputs = [symbol(s.data[0], " ".join(s.shape)) for s in symbols]
    made: dict[Node, Any] = dict(zip(symbols, inputs, strict=True))
    named = {a.name: a for a in inputs}
    where = places(symbols)
    plan = planned(x)
    for node in ordered([plan]):
        if node not in made:
            made[node] = _expression(node, made, named, where)
    return inputs, made[plan]


def _expression(
    node: Node,
    made: Mapping[Node, Any],
    named: Mapping[str | None, Any],
    where: Mapping[str, tuple[str, int]],
) -> Any:
    space = Lettered(node.op, node.shape)
    if node.op in ("number", "eye"):
        if not node.shape:
            return float(node.data)
        found = [where[letter] for letter in node.shape]
        arrays, axes = [named[name] for name, _ in found], [axis for _, axis in found]
        if node.op == "eye":
            return _node(space, Constant(f"eye({node.rows})", partial(_identity, axes[0])), arrays[:1])
        c, text = float(node.data), f"ones({', '.join(node.shape)})"
        constant = Constant(text if c == 1 else f"{c:g}*{text}", partial(_filled, c, axes))
        return _node(space, constant, arrays)
    args = [made[arg] for arg in node.args]
    if node.op == "einsum":
        return _node(space, primitives["einsum"], [node.data, *args])
    if node.op == "factor":
        name, part, _ = node.data
        i = list(FACTORIZATIONS[name].parts).index(part)
        return _node(space, Operation(f"{name}_{part}", partial(_part, name, i)), args)
    name = node.data if node.op == "fn" else node.op
    if not any(isinstance(arg, Expression) for arg in args):  # numbers alone
        return _operation(name).call(*args)
    return _node(space, _operation(name), args)


def _operation(name: str) -> Any:
    return OPERATIONS.get(name) or primitives[_OTHERWISE.get(name, name)]


def _node(space: Lettered, operation: Any, args: Sequence[Any]) -> Expression:
    return Expression(space, operation, tuple(args), SYMBOLS)
