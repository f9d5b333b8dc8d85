"""The test-tensor argument, written out: the parts, z = <gY, Y>, what each part sends back, the gradient collected."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from linad.derive.symbolic.calculus.differentiate import backward, symmetric_part
from linad.derive.symbolic.calculus.nodes import ONE, Node, ordered, symbol
from linad.derive.symbolic.calculus.rebuilding import replaced
from linad.derive.symbolic.calculus.sums import plus


class Line(NamedTuple):
    """``name = value``, under a label; without a name, words."""

    label: str
    name: str
    value: Node | str


def derivation(
    y: Node, test: Node | None, wrt: Node, gradient: Node, jacobian: Node | None
) -> Iterator[Line]:
    """The lines of an argument, in order; with a test tensor, also the matrix of the map, if it has one."""
    order = [node for node in ordered([y]) if _depends(node, wrt)]
    taken = {node.data[0] for node in ordered([y]) if node.op == "symbol"}
    named = [node for node in order if node.op not in ("symbol", "T") and node != y]
    free = (f"v{i}" for i in range(1, len(named) + len(taken) + 2))
    letters = (letter for letter in free if letter not in taken)
    own = {node: symbol(next(letters), node.shape) for node in named}
    general = symbol(wrt.data[0], wrt.shape)  # as if it were not symmetric: that comes last
    local = {node: _local(node, own, wrt, general) for node in (*named, y)}
    for node in named:
        yield Line("parts", own[node].data[0], local[node])
    yield Line("parts", "Y", local[y])
    g = {y: ONE if test is None else test}
    said = "z = Y, so gY = 1" if test is None else f"z = <{test.data[0]}, Y> for any {test.data[0]}"
    yield Line("test tensor", "", said)
    for target in (*reversed(named), wrt):
        here = own.get(target, general)
        sent = [
            backward(local[node], g[node], here)
            for node in (*named, y)
            if node in g and here in ordered([local[node]])
        ]
        g[target] = symbol(f"g{here.data[0]}", target.shape)
        yield Line("walk back", g[target].data[0], plus(*reversed(sent)))
    if wrt.data[1]:
        whole = symbol(f"g{wrt.data[0]}", wrt.shape)
        yield Line("symmetric", whole.data[0], symmetric_part(whole))
    yield Line("collect", f"g{wrt.data[0]}", gradient)
    if test is not None and jacobian is not None:
        yield Line("jacobian", f"dY/d{wrt.data[0]}", jacobian)


def _depends(node: Node, wrt: Node) -> bool:
    return wrt in ordered([node])


def _local(node: Node, own: dict[Node, Node], wrt: Node, general: Node) -> Node:
    """A part in terms of the parts before it."""
    return replaced(node, {wrt: general, **{part: name for part, name in own.items() if part != node}})
