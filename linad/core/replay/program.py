"""Programs: the steps of a tape that lead to an output, each computed once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from linad.core import tree
from linad.core.expression import Expression, Tape
from linad.core.kinds.steps import LOOK

_SMALL = 512  # bytes of a constant that is compared by its numbers


@dataclass(frozen=True, slots=True)
class Program:
    """Nodes in the order in which they run, with the truth values that each must have for the rest to hold."""

    inputs: list[Expression]
    steps: list[Expression]
    guards: dict[int, bool]  # by creation number
    outputs: Any
    blocks: dict[int, Any]  # of errstate, in which nodes were made, by creation number


def program(tape: Tape, inputs: list[Expression], outputs: Any) -> Program:
    """Without what leads nowhere, and with equal steps once.

    What leads somewhere leads to an output, to a truth value, or to a look.
    """
    first: dict[int, Expression] = {}  # of equal nodes, by creation number
    known: dict[Any, Expression] = {}

    def canonical(x: Any) -> Any:
        if isinstance(x, Expression):
            return first[x.index]
        return type(x)([canonical(part) for part in x]) if type(x) in (tuple, list) else x

    for node in tape.nodes:
        node.args = tuple([canonical(a) for a in node.args])
        key = (node.primitive, tuple(map(_key, node.args)), repr(tape.blocks.get(node.index)))
        first[node.index] = known.setdefault(key, node) if node.args else node
    outputs = tree.map_leaves(lambda _, part: canonical(part), outputs)
    guards = {first[node.index].index: outcome for node, outcome in tape.guards}
    ends = [part for _, part in tree.leaves(outputs) if isinstance(part, Expression)]
    ends += [node for node in tape.nodes if node.index in guards or _is_look(node)]
    live = _leading_to(ends)
    steps = [node for node in tape.nodes if node.args and node.index in live and first[node.index] is node]
    return Program(inputs, steps, guards, outputs, tape.blocks)


def _is_look(node: Expression) -> bool:
    return node.primitive is not None and node.primitive.kind == LOOK


def _leading_to(ends: Sequence[Expression]) -> set[int]:
    live = {node.index for node in ends}
    stack = list(ends)
    while stack:
        for node in nodes_in(stack.pop().args):
            if node.index not in live:
                live.add(node.index)
                stack.append(node)
    return live


def nodes_in(x: Any) -> Iterator[Expression]:
    """Every node in an argument, in lists and tuples too."""
    if isinstance(x, Expression):
        yield x
    elif isinstance(x, (tuple, list)):
        for part in x:
            yield from nodes_in(part)


def _key(x: Any) -> Any:
    """Equal for arguments that are the same; constants are, if small, where their numbers are."""
    if isinstance(x, Expression):
        return x.index
    if isinstance(x, (tuple, list)):
        return type(x), tuple(map(_key, x))
    if isinstance(x, (np.ndarray, np.generic)) and x.nbytes <= _SMALL and x.dtype.kind in "biufc":
        return "array", type(x), x.dtype.str, x.shape, x.tobytes()
    if isinstance(x, (bool, int, float, complex, str, type(None))):
        return type(x), repr(x)  # 0.0 is not -0.0, and 1 is not True
    return "object", id(x)
