"""Triangles of matrices: parts of them, and what is known to be triangular, of which they are all or nothing."""

from __future__ import annotations

from linad.derive.symbolic.calculus.nodes import Node, apart, number
from linad.derive.symbolic.calculus.reductions import diag, diagonal
from linad.derive.symbolic.calculus.sums import mul, plus, power

LOWER, UPPER = frozenset({"lower"}), frozenset({"upper"})
_OF_PART = {"tril": LOWER, "stril": LOWER, "triu": UPPER, "striu": UPPER}
_TURNED = {"lower": "upper", "upper": "lower"}


def triangles(x: Node) -> frozenset[str]:
    """Which triangles a square matrix lies in: both, if it is diagonal."""
    if x.op in ("diag", "eye"):
        return LOWER | UPPER
    if x.op in _OF_PART:
        return _OF_PART[x.op] | triangles(x.args[0])
    if x.op == "factor":
        return frozenset({x.data[2]}) & (LOWER | UPPER)
    if x.op == "T":
        return frozenset(_TURNED[side] for side in triangles(x.args[0]))
    if x.op == "inv":
        return triangles(x.args[0])
    own = [triangles(part) for part in x.args if part.shape]
    if x.op == "mul" and own:
        return frozenset().union(*own)
    if x.op in ("plus", "chain") and own and x.rows == x.columns:
        return frozenset.intersection(*own)
    return frozenset()


def part(name: str, x: Node) -> Node:
    """``tril``, ``stril``, ``triu`` or ``striu`` of a square matrix."""
    own, side = triangles(x), next(iter(_OF_PART[name]))
    strict = name.startswith("s")
    scalars, arrays = apart(x)
    if scalars:
        return mul(*scalars, part(name, mul(*arrays)))
    if _TURNED[side] in own:  # of the other triangle the diagonal alone is left
        return number(0, x.shape) if strict else diag(diagonal_of(x))
    if side in own and not strict:
        return x
    return number(0, x.shape) if x.number == 0 else Node(name, (x,), x.shape)


def diagonal_of(x: Node) -> Node:
    """The diagonal; of a product of matrices of one triangle the product of theirs."""
    if x.op == "inv" and triangles(x):
        return power(diagonal_of(x.args[0]), number(-1))
    if x.op == "chain" and triangles(x):
        return mul(*map(diagonal_of, x.args))
    if x.op == "T":
        return diagonal_of(x.args[0])
    if x.op in ("tril", "triu"):
        return diagonal_of(x.args[0])
    if x.op in ("stril", "striu"):
        return number(0, x.shape[:1])
    return diagonal(x)


def zones(x: Node, below: Node, on: Node, above: Node) -> Node:
    """x with its entries below, on and above the diagonal multiplied by numbers or matrices; ``on``, by a vector."""
    numbers = [c.number if not c.shape else None for c in (below, on, above)]
    if None not in numbers and numbers[0] == numbers[1] == numbers[2]:
        return mul(below, x)
    lower, upper = (_zone(name, x, c) for name, c in (("stril", below), ("striu", above)))
    if numbers[0] is not None and numbers[0] == numbers[1]:
        return plus(_zone("tril", x, below), upper)
    if numbers[2] is not None and numbers[2] == numbers[1]:
        return plus(lower, _zone("triu", x, above))
    return plus(lower, diag(mul(on, diagonal_of(x))), upper)


def _zone(name: str, x: Node, c: Node) -> Node:
    return mul(c, part(name, x)) if not c.shape else part(name, mul(c, x))
