"""Names for what occurs several times in an expression and is long."""

from __future__ import annotations

from collections.abc import Sequence

from linad.derive.symbolic.calculus.nodes import Node, ordered

_LONG = 3  # operations, from which a repeated part is named
_LIGHT = ("symbol", "number", "eye", "T")


def shared(x: Node, taken: Sequence[str]) -> dict[Node, str]:
    """Names for what occurs several times and is long, in the order of computation."""
    counts: dict[Node, int] = {}
    nodes = ordered([x])
    for node in nodes:
        for arg in node.args:
            counts[arg] = counts.get(arg, 0) + 1
    weight: dict[Node, int] = {}
    free = (own for i in range(len(nodes) + len(taken)) if (own := f"t{i}") not in taken)
    found: dict[Node, str] = {}
    for node in nodes:
        weight[node] = (node.op not in _LIGHT) + sum(weight[arg] for arg in node.args)
        if counts.get(node, 0) > 1 and weight[node] >= _LONG and not node.is_row:
            found[node] = next(free)
            weight[node] = 0
    return found
