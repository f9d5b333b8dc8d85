"""A function as a graph: recorded on data, everything it computes and whatever of it leads nowhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from linad.core import tree
from linad.core.boundary import admit, held
from linad.core.expression import Expression, Recording
from linad.core.forward import ancestors
from linad.core.listing import Graph
from linad.errors import ArgumentError


def graph(f: Callable[..., Any], *args: Any) -> Graph:
    """Record a function on arguments, or take the graph of an expression of symbols.

    Examples
    --------
    >>> import numpy as np, linad as ln
    >>> def f(x):
    ...     unused = np.cos(x)
    ...     return np.sin(x) * 2
    >>> print(ln.graph(f, 1.0))
    x0 = input             () float64
    v1 = cos(x0)           () float64  # dead
    v2 = sin(x0)           () float64
    v3 = multiply(v2, 2)   () float64
    return v3
    """
    if isinstance(f, Expression):
        nodes = ancestors([f])
        return Graph([node for node in nodes if node.primitive is None and not node.args], nodes, f)
    if not callable(f):
        raise ArgumentError(
            "graph", f"the first argument must be a function or an expression, not {type(f).__name__}."
        )
    level = Recording("graph")
    inputs: list[Expression] = []

    def enter(path: str, part: Any) -> Expression:
        x = Expression(held(admit("graph", path, part)), None, (), level, f"x{len(inputs)}")
        inputs.append(x)
        return x

    try:
        outputs = f(*[tree.map_leaves(enter, x, f"argument {i}") for i, x in enumerate(args)])
    finally:
        level.close()
    recorded = Graph(inputs, level.nodes, outputs)
    level.nodes = []  # the graph holds them now
    return recorded
