"""What every operation sends back: for z = <G, Y>, the gradients of z by the arguments of Y, in closed form."""

from __future__ import annotations

from collections.abc import Callable

from linad.derive.symbolic.calculus.factorizations import factor_adjoint
from linad.derive.symbolic.calculus.functions import FUNCTIONS, fn
from linad.derive.symbolic.calculus.nodes import Node, Shape, eye, number, ones
from linad.derive.symbolic.calculus.products import MIRRORED, inverse, product, total, transpose
from linad.derive.symbolic.calculus.reductions import diag, diagonal
from linad.derive.symbolic.calculus.sums import minus, mul, plus, power
from linad.derive.symbolic.calculus.tensors import einsum_adjoint
from linad.derive.symbolic.calculus.triangles import part

# gradient(Y, G, i) is that by argument i of Y
Adjoint = Callable[[Node, Node, int], Node]


def fit(g: Node, shape: Shape) -> Node:
    """A gradient in the shape of what it belongs to: summed where a scalar stood for an array."""
    if g.shape == shape:
        return g
    return mul(g, ones(shape)) if shape else total(g)


def _mul(y: Node, g: Node, i: int) -> Node:
    return mul(g, *y.args[:i], *y.args[i + 1 :])


def _power(y: Node, g: Node, i: int) -> Node:
    base, e = y.args
    if i == 0:
        return mul(g, e, power(base, plus(e, number(-1))))
    return mul(g, fn("log", base), y)


def _chain(y: Node, g: Node, i: int) -> Node:
    left = [transpose(part) for part in reversed(y.args[:i])]
    right = [transpose(part) for part in reversed(y.args[i + 1 :])]
    return product(*left, g, *right)


def _inv(y: Node, g: Node, i: int) -> Node:
    turned = transpose(y)
    return minus(product(turned, g, turned))


def _fn(y: Node, g: Node, i: int) -> Node:
    return mul(g, FUNCTIONS[y.data].derivative(y.args[0], y))


ADJOINTS: dict[str, Adjoint] = {
    "plus": lambda y, g, i: g,
    "mul": _mul,
    "power": _power,
    "chain": _chain,
    "T": lambda y, g, i: transpose(g),
    "inv": _inv,
    "det": lambda y, g, i: mul(g, y, transpose(inverse(y.args[0]))),
    "logdet": lambda y, g, i: mul(g, transpose(inverse(y.args[0]))),
    "trace": lambda y, g, i: mul(g, eye(y.args[0].rows)),
    "sum": lambda y, g, i: mul(g, ones(y.args[0].shape)),
    "norm2": lambda y, g, i: mul(g, y.args[0], power(y, number(-1))),
    "diag": lambda y, g, i: diagonal(g),
    "diagonal": lambda y, g, i: diag(g),
    "fn": _fn,
    "factor": lambda y, g, i: factor_adjoint(y, g),
    "einsum": einsum_adjoint,
    **{name: (lambda y, g, i: part(y.op, g)) for name in MIRRORED},
}
