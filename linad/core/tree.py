"""Containers: nested tuples, lists, dicts, named tuples and dataclasses, with arrays as their leaves."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from typing import Any

from linad.errors import StructureError

Tree = Any


def children(node: Tree) -> list[tuple[str, Tree]] | None:
    """The parts of a container with the text that reaches each; None for a leaf."""
    if isinstance(node, (tuple, list)):
        names = getattr(node, "_fields", None)
        if names is not None:
            return [(f".{name}", part) for name, part in zip(names, node, strict=True)]
        return [(f"[{i}]", part) for i, part in enumerate(node)]
    if isinstance(node, dict):
        return [(f"[{key!r}]", part) for key, part in node.items()]
    if dataclasses.is_dataclass(node) and not isinstance(node, type):
        return [(f".{field.name}", getattr(node, field.name)) for field in dataclasses.fields(node)]
    return None


def rebuild(node: Tree, parts: list[Tree]) -> Tree:
    """A container like ``node`` with other parts, in the order of :func:`children`."""
    kind = type(node)
    if isinstance(node, tuple) and hasattr(node, "_fields"):
        return kind(*parts)
    if isinstance(node, (tuple, list)):
        return kind(parts)
    if isinstance(node, dict):
        copy = node.copy()  # keeps the class and what it carries (a default factory, an order)
        copy.update(zip(node, parts, strict=True))
        return copy
    copy = object.__new__(kind)
    if hasattr(node, "__dict__"):  # absent with slots
        copy.__dict__.update(node.__dict__)
    for field, part in zip(dataclasses.fields(node), parts, strict=True):
        object.__setattr__(copy, field.name, part)
    return copy


def leaves(node: Tree, path: str = "") -> Iterator[tuple[str, Tree]]:
    """Every leaf with its path, in order. None is an empty container."""
    parts = children(node)
    if parts is None:
        if node is not None:
            yield path, node
    else:
        for name, part in parts:
            yield from leaves(part, path + name)


def map_leaves(function: Callable[[str, Tree], Tree], node: Tree, path: str = "") -> Tree:
    """The same containers with ``function(path, leaf)`` in the place of each leaf."""
    parts = children(node)
    if parts is None:
        return None if node is None else function(path, node)
    return rebuild(node, [map_leaves(function, part, path + name) for name, part in parts])


def pair(where: str, what: str, like: Tree, other: Tree, path: str = "") -> Iterator[tuple[str, Tree, Tree]]:
    """Leaves of ``like`` with what stands at their place in ``other``; None there stands for a whole absent part.

    Raises
    ------
    StructureError
        where the two are nested differently.
    """
    if other is None:
        for name, leaf in leaves(like, path):
            yield name, leaf, None
        return
    parts = children(like)
    if parts is None:
        if children(other) is not None and like is not None:
            raise StructureError(where, f"{what}{path} is {_kind(other)} in the place of an array.")
        if like is None:
            raise StructureError(where, f"{what}{path} is {_kind(other)} in the place of None.")
        yield path, like, other
        return
    others = children(other)
    if others is None or isinstance(like, dict) != isinstance(other, dict):
        raise StructureError(where, f"{what}{path} is {_kind(other)}, expected {_kind(like)}.")
    if isinstance(like, dict):
        if like.keys() != other.keys():
            raise StructureError(where, f"{what}{path} has the keys {list(other)}, expected {list(like)}.")
        others = [(f"[{key!r}]", other[key]) for key in like]
    elif len(others) != len(parts):
        raise StructureError(where, f"{what}{path} has {len(others)} parts, expected {len(parts)}.")
    for (name, part), (_, counterpart) in zip(parts, others, strict=True):
        yield from pair(where, what, part, counterpart, path + name)


def _kind(node: Tree) -> str:
    parts = children(node)
    return f"a {type(node).__name__}" + ("" if parts is None else f" of {len(parts)}")
