"""What every operation sends back: for z = <G, Y>, the gradients of z by the arguments of Y, in closed form."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from linad.derive.symbolic.calculus.functions import FUNCTIONS, fn
from linad.derive.symbolic.calculus.nodes import Node, Shape, eye, number, ones
from linad.derive.symbolic.calculus.products import (
    MIRRORED,
    determinant,
    diag,
    diagonal,
    inverse,
    product,
    total,
    transpose,
)
from linad.derive.symbolic.calculus.sums import minus, mul, plus, power
from linad.derive.symbolic.calculus.tensors import einsum_adjoint

Adjoint = Callable[[Node, Node], Sequence[Node]]


def fit(g: Node, shape: Shape) -> Node:
    """A gradient in the shape of what it belongs to: summed where a scalar stood for an array."""
    if g.shape == shape:
        return g
    return mul(g, ones(shape)) if shape else total(g)


def _plus(y: Node, g: Node) -> Sequence[Node]:
    return [g for _ in y.args]


def _mul(y: Node, g: Node) -> Sequence[Node]:
    return [mul(g, *y.args[:i], *y.args[i + 1 :]) for i in range(len(y.args))]


def _power(y: Node, g: Node) -> Sequence[Node]:
    base, e = y.args
    by_base = mul(g, e, power(base, plus(e, number(-1))))
    return [by_base, mul(g, fn("log", base), y) if e.number is None else number(0)]


def _chain(y: Node, g: Node) -> Sequence[Node]:
    found = []
    for i in range(len(y.args)):
        left = [transpose(part) for part in reversed(y.args[:i])]
        right = [transpose(part) for part in reversed(y.args[i + 1 :])]
        found.append(product(*left, g, *right))
    return found


def _inv(y: Node, g: Node) -> Sequence[Node]:
    turned = transpose(y)
    return [minus(product(turned, g, turned))]


def _fn(y: Node, g: Node) -> Sequence[Node]:
    (x,) = y.args
    return [mul(g, FUNCTIONS[y.data].derivative(x, y))]


def _det(y: Node, g: Node) -> Sequence[Node]:
    (x,) = y.args
    return [mul(g, determinant(x), transpose(inverse(x)))]


def _einsum(y: Node, g: Node) -> Sequence[Node]:
    return [einsum_adjoint(y, g, i) for i in range(len(y.args))]


def _norm2(y: Node, g: Node) -> Sequence[Node]:
    return [mul(g, y.args[0], power(y, number(-1)))]


ADJOINTS: dict[str, Adjoint] = {
    "plus": _plus,
    "mul": _mul,
    "power": _power,
    "chain": _chain,
    "T": lambda y, g: [transpose(g)],
    "inv": _inv,
    "det": _det,
    "logdet": lambda y, g: [mul(g, transpose(inverse(y.args[0])))],
    "trace": lambda y, g: [mul(g, eye(y.args[0].rows))],
    "sum": lambda y, g: [mul(g, ones(y.args[0].shape))],
    "norm2": _norm2,
    "diag": lambda y, g: [diagonal(g)],
    "diagonal": lambda y, g: [diag(g)],
    "fn": _fn,
    "einsum": _einsum,
    **{name: (lambda y, g: [Node(y.op, (g,), y.shape)]) for name in MIRRORED},
}
