"""Graphs as text: a listing, Graphviz' language, Mermaid's language; dead branches marked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from linad.core import tree
from linad.core.forward import ancestors
from linad.core.space import Lettered, Unknown, shape_of
from linad.core.traced import Array, innermost


class Graph:
    """A recorded function: its inputs, its nodes in the order of recording, its outputs.

    ``str(graph)`` is a listing; :meth:`dot` and :meth:`mermaid` draw it. Nodes that do not lead to an output
    are marked dead.
    """

    def __init__(self, inputs: Sequence[Any], nodes: Sequence[Any], outputs: Any) -> None:
        self.inputs, self.nodes, self.outputs = list(inputs), list(nodes), outputs
        self.level = self.inputs[0].level if self.inputs else None
        ends = [part for _, part in tree.leaves(outputs) if is_node(part, self.level)]
        self.live = {node.index for node in ancestors(ends)}
        self.names: dict[int, str] = {}
        for node in self.nodes:
            self.names[node.index] = node.name or f"v{len(self.names)}"

    def _argument(self, a: Any) -> str:
        if is_node(a, self.level):
            return self.names[a.index]
        return constant_text(a)

    def _formula(self, node: Any) -> str:
        if node.primitive is None:
            return f"{self._argument(node.args[0])}[{node.args[1]}]" if node.args else "input"
        return f"{node.primitive.name}({', '.join(self._argument(a) for a in node.args)})"

    def __str__(self) -> str:
        rows = [(self.names[n.index], self._formula(n), space_text(n.value)) for n in self.nodes]
        a, b, c = (max((len(row[i]) for row in rows), default=0) for i in range(3))
        lines = [
            f"{name:{a}} = {formula:{b}}  {space:{c}}".rstrip()
            + ("" if node.index in self.live else "  # dead")
            for node, (name, formula, space) in zip(self.nodes, rows, strict=True)
        ]
        ends = [self._argument(part) for _, part in tree.leaves(self.outputs)]
        return "\n".join([*lines, f"return {', '.join(ends)}"])

    __repr__ = __str__

    def _label(self, node: Any, line_break: str) -> str:
        text = f"{self.names[node.index]} = {self._formula(node)}{line_break}{space_text(node.value)}"
        return text.replace('"', "'")

    def _edges(self) -> list[tuple[str, str]]:
        return [
            (self.names[a.index], self.names[node.index])
            for node in self.nodes
            for a in node.args
            if is_node(a, self.level)
        ]

    def dot(self) -> str:
        """The graph in Graphviz' language; dead nodes are dashed."""
        lines = ["digraph linad {"]
        for node in self.nodes:
            label = self._label(node, "\\n")
            style = "" if node.index in self.live else ", style=dashed"
            lines.append(f'  {self.names[node.index]} [label="{label}"{style}];')
        lines += [f"  {a} -> {b};" for a, b in self._edges()]
        return "\n".join([*lines, "}"])

    def mermaid(self) -> str:
        """The graph in Mermaid's language; dead nodes are dashed."""
        lines = ["graph TD"]
        for node in self.nodes:
            label = self._label(node, "<br/>")
            lines.append(f'  {self.names[node.index]}["{label}"]')
        lines += [f"  {a} --> {b}" for a, b in self._edges()]
        dead = [self.names[node.index] for node in self.nodes if node.index not in self.live]
        if dead:
            lines += ["  classDef dead stroke-dasharray: 4", f"  class {','.join(dead)} dead"]
        return "\n".join(lines)


def is_node(a: Any, level: Any) -> bool:
    """Whether an argument of a node is a node itself, and not a constant."""
    return isinstance(a, Array) and a.level is level


def constant_text(a: Any) -> str:
    """A constant in a listing: numbers as they are, arrays by shape."""
    if isinstance(a, np.generic):
        a = a.item()
    if isinstance(a, np.ndarray) and a.size > 4:
        return f"<{space_text(a)}>"
    if isinstance(a, np.ndarray):
        return repr(a.tolist())
    return repr(a)


def space_text(value: Any) -> str:
    """The shape and dtype of a node."""
    value = innermost(value)
    if isinstance(value, Lettered):
        return f"({', '.join(value.letters)}{',' * (len(value.letters) == 1)})"
    if isinstance(value, Unknown):
        return "?"
    try:
        return f"{shape_of(value)} {np.asarray(value).dtype if not hasattr(value, 'dtype') else value.dtype}"
    except ValueError:
        return type(value).__name__
