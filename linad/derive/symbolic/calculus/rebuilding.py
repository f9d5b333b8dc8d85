"""Nodes made anew from other arguments, and sums with common factors taken out."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from linad.derive.symbolic.calculus.factorizations import part_of
from linad.derive.symbolic.calculus.functions import fn
from linad.derive.symbolic.calculus.nodes import Node, ordered
from linad.derive.symbolic.calculus.products import MIRRORED, inverse, product, total, transpose
from linad.derive.symbolic.calculus.reductions import determinant, diag, logarithm_of_determinant, trace
from linad.derive.symbolic.calculus.sums import mul, plus, power
from linad.derive.symbolic.calculus.tensors import einsum
from linad.derive.symbolic.calculus.triangles import diagonal_of, part

_MAKERS: dict[str, Callable[..., Node]] = {
    "plus": plus,
    "mul": mul,
    "power": power,
    "chain": product,
    "T": transpose,
    "inv": inverse,
    "det": determinant,
    "logdet": logarithm_of_determinant,
    "trace": trace,
    "sum": total,
    "diag": diag,
    "diagonal": diagonal_of,
}


def rebuilt(node: Node, args: tuple[Node, ...]) -> Node:
    """The same operation on other arguments."""
    if args == node.args:
        return node
    if node.op == "fn":
        return fn(node.data, *args)
    if node.op == "einsum":
        return einsum(node.data, *args)
    if node.op == "factor":
        return part_of(*node.data[:2], *args)
    if node.op in MIRRORED:
        return part(node.op, *args)
    if node.op in _MAKERS:
        return _MAKERS[node.op](*args)
    return Node(node.op, args, node.shape, node.data)


def replaced(x: Node, found: Mapping[Node, Node], then: Callable[[Node], Node] = lambda node: node) -> Node:
    """x with nodes replaced by others; ``then`` is applied to every node that is made."""
    made = dict(found)
    for node in ordered([x]):
        if node not in made:
            made[node] = then(rebuilt(node, tuple(made[arg] for arg in node.args)))
    return made[x]


def tidy(x: Node) -> Node:
    """Sums of products with what all terms have in common taken out: (A + A^T) x."""
    return replaced(x, {}, _taken_out)


def _taken_out(x: Node) -> Node:
    if x.op != "plus" or not x.shape:
        return x
    split = [_factors(term) for term in x.args]
    for last in (True, False):
        ends = {factors[-1 if last else 0] for _, factors in split if factors}
        if len(ends) != 1 or any(len(factors) < 2 for _, factors in split):
            continue
        rest = [product(*scalars, *(factors[:-1] if last else factors[1:])) for scalars, factors in split]
        if not rest[0].shape or any(part.shape != rest[0].shape for part in rest):
            continue
        common = ends.pop()
        inside = _taken_out(plus(*rest))
        return product(inside, common) if last else product(common, inside)
    return _shared_factor(x)


def _factors(term: Node) -> tuple[list[Node], tuple[Node, ...]]:
    """The scalars and the matrix factors of a term."""
    if term.op == "chain":
        return [], term.args
    if term.op == "mul" and sum(1 for part in term.args if part.shape) == 1:
        *scalars, array = term.args
        return scalars, array.args if array.op == "chain" else (array,)
    return [], (term,)


def _shared_factor(x: Node) -> Node:
    """Entrywise factors that all terms have: x (a + b)."""
    bags = [term.args if term.op == "mul" else (term,) for term in x.args]
    common = [part for part in bags[0] if part.number is None and all(part in bag for bag in bags[1:])]
    if not common:
        return x
    rest = [mul(*[part for part in bag if part not in common]) for bag in bags]
    return mul(*common, plus(*rest))
