"""Gradients by the test-tensor argument: z = <G, Y>, walked back from Y to a symbol, term by term.

For a scalar Y the test tensor is 1. For anything else it is a symbol of Y's shape, and the gradient of z is the
product of the transposed Jacobian with it.
"""

from __future__ import annotations

from fractions import Fraction

from linad.derive.symbolic.calculus.adjoints import ADJOINTS, fit
from linad.derive.symbolic.calculus.nodes import Node, is_zero, number, ordered
from linad.derive.symbolic.calculus.products import transpose
from linad.derive.symbolic.calculus.sums import mul, plus


def backward(y: Node, seed: Node, wrt: Node) -> Node:
    """The gradient of <seed, y> by a symbol."""
    order = ordered([y])
    reaching: set[Node] = set()
    for node in order:
        if node == wrt or any(arg in reaching for arg in node.args):
            reaching.add(node)
    found: dict[Node, list[Node]] = {y: [seed]}
    for node in reversed(order):
        if node not in reaching or node not in found or node == wrt:
            continue
        g = plus(*reversed(found[node]))
        if is_zero(g):
            continue
        for i, arg in enumerate(node.args):
            if arg in reaching:
                found.setdefault(arg, []).append(fit(ADJOINTS[node.op](node, g, i), arg.shape))
    g = plus(*reversed(found[wrt])) if wrt in found else number(0, wrt.shape)
    return symmetric_part(g) if wrt.data[1] else g


def symmetric_part(g: Node) -> Node:
    """The part of a gradient that moves within symmetric matrices."""
    return mul(number(Fraction(1, 2)), plus(g, transpose(g)))
