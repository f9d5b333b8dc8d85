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
    for last in (True, False):
        groups: dict[Node, list[Node]] = {}
        for term in x.args:
            _, factors = _factors(term)
            end = factors[-1 if last else 0] if len(factors) > 1 else term  # a term of one factor stays
            groups.setdefault(end, []).append(term)
        if len(groups) < len(x.args):
            made = [_joined(terms, end, last) for end, terms in groups.items()]
            return plus(*made) if len(made) > 1 else made[0]
    return _shared_factor(x)


def _joined(terms: list[Node], end: Node, last: bool) -> Node:
    """Terms with a common end, as one product."""
    rest = []
    for term in terms:
        scalars, factors = _factors(term)
        rest.append(product(*scalars, *(factors[:-1] if last else factors[1:])))
    if len(terms) == 1 or not rest[0].shape or any(part.shape != rest[0].shape for part in rest):
        return plus(*terms)
    inside = _taken_out(plus(*rest))
    return product(inside, end) if last else product(end, inside)


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
