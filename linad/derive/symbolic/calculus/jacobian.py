"""Jacobians as matrices: the map that takes the test tensor to the gradient, where it is a product with one matrix.

Numerator layout: dY = J dX, output axes first.
"""

from __future__ import annotations

from linad.derive.symbolic.calculus.differentiate import backward
from linad.derive.symbolic.calculus.nodes import ONE, Node, apart, eye, number, ordered, scalars_first
from linad.derive.symbolic.calculus.products import product, transpose
from linad.derive.symbolic.calculus.rebuilding import tidy
from linad.derive.symbolic.calculus.reductions import diag
from linad.derive.symbolic.calculus.sums import mul, plus


def jacobian(gradient: Node, test: Node | None, wrt: Node) -> Node | None:
    """The derivative as one array: by a scalar, of a scalar, of a vector by a vector; else None."""
    if test is None:
        return gradient
    if not wrt.shape:
        return tidy(backward(gradient, ONE, test))
    if len(wrt.shape) != 1 or len(test.shape) != 1:
        return None
    turned = _matrix(gradient, test)
    return None if turned is None else tidy(transpose(turned))


def _matrix(g: Node, test: Node) -> Node | None:
    """M with g = M test, for a vector g that is linear in a vector."""
    if g == test:
        return eye(test.rows)
    if g.number == 0:
        return number(0, (g.rows, test.rows))
    if g.op == "plus":
        parts = [_matrix(part, test) for part in g.args]
        found = [part for part in parts if part is not None]
        return plus(*found) if len(found) == len(parts) else None
    holds = [part for part in g.args if test in ordered([part])]
    if g.op not in ("mul", "chain") or len(holds) != 1:
        return None
    (part,) = holds
    if g.op == "mul":
        return _of_product(g, part, test)
    i = g.args.index(part)
    if i == len(g.args) - 1:
        last = _matrix(part, test)
        return None if last is None else product(*g.args[:-1], last)
    if part.op == "plus":
        return _matrix(plus(*[product(*g.args[:i], term, *g.args[i + 1 :]) for term in part.args]), test)
    return None


def _of_product(g: Node, part: Node, test: Node) -> Node | None:
    others = [other for other in g.args if other != part]
    if not part.shape:  # a vector times a scalar that is linear in the test vector
        return product(mul(*others), transpose(backward(part, ONE, test)))
    scalars, arrays = scalars_first(others)
    inner = _matrix(part, test)
    if inner is None:
        return None
    if not arrays:
        return mul(*scalars, inner)
    front, terms = _sum_of(inner)
    return mul(*scalars, *front, plus(*[product(diag(mul(*arrays)), term) for term in terms]))


def _sum_of(x: Node) -> tuple[list[Node], tuple[Node, ...]]:
    """The scalars before a sum, and its terms."""
    scalars, arrays = apart(x)
    whole = mul(*arrays)
    return scalars, whole.args if whole.op == "plus" else (whole,)
