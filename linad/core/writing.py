"""Expressions as one writes them: operators between their operands, with the parentheses that are needed."""

from __future__ import annotations

from typing import Any

from linad.core.forward import ancestors
from linad.core.listing import Graph, constant_text, is_node

_LONGEST = 2000  # letters of an expression in one line; beyond, its nodes are named
_BINDING = {"+": 1, "-": 1, "*": 2, "/": 2, "@": 2, "**": 4}
_UNARY = 3
_ATOM = 5


def write(c: Any) -> str:
    """An expression as one writes it; long ones as a listing."""
    texts: dict[int, tuple[str, int]] = {}
    nodes = ancestors([c])
    for node in nodes:
        if node.primitive is None:
            whole = f"{texts[node.args[0].index][0]}[{node.args[1]}]" if node.args else str(node.name)
            texts[node.index] = (whole, _ATOM)
            continue
        args = [texts[a.index] if is_node(a, node.level) else (constant_text(a), _ATOM) for a in node.args]
        text, strength = _written(node.primitive, args)
        if len(text) > _LONGEST:
            return str(Graph([n for n in nodes if n.primitive is None and not n.args], nodes, c))
        texts[node.index] = (text, strength)
    return texts[c.index][0]


def _written(primitive: Any, args: list[tuple[str, int]]) -> tuple[str, int]:
    if hasattr(primitive, "text"):  # a node that writes itself
        return primitive.text(), _ATOM
    sign = primitive.symbol
    if sign is not None and len(args) == 1:
        text, strength = args[0]
        return sign + (text if strength >= _UNARY else f"({text})"), _UNARY
    if sign is not None and len(args) == 2:
        own = _BINDING[sign]
        (left, a), (right, b) = args
        if left.startswith("-"):
            a = min(a, _UNARY)
        if right.startswith("-"):
            b = 0
        left = left if a > own or (a == own and sign != "**") else f"({left})"
        right = right if b > own or (b == own and sign == "+") else f"({right})"
        space = " " if own == 1 or sign == "@" else ""
        return f"{left}{space}{sign}{space}{right}", own
    return f"{primitive.name}({', '.join(text for text, _ in args)})", _ATOM
