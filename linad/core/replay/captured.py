"""What a function reads besides its arguments: whether it is still what it was when the function was recorded."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import BuiltinFunctionType, CellType, FunctionType, MethodType, ModuleType
from typing import Any

import numpy as np

_STEADY = (ModuleType, BuiltinFunctionType, type, np.ufunc)
_VALUES = (bool, int, float, complex, str, type(None))
_LIBRARIES = ("linad", "numpy", "scipy", "builtins")

Captured = tuple[Any, ...]


def captured(f: Callable[..., Any]) -> Callable[[], Captured]:
    """A function that gives the objects which a function closes over, and the globals that it names.

    Functions among them are looked into; modules, classes and what belongs to NumPy, SciPy and linad are taken as
    they are. Writing into an array or a list is not seen: it stays the same object.
    """
    cells: list[CellType] = []
    names: list[tuple[dict[str, Any], str]] = []
    seen: set[int] = set()
    stack: list[Any] = [f]
    while stack:
        g = stack.pop()
        if id(g) in seen:
            continue
        seen.add(id(g))
        stack += [part for part in (getattr(g, "__wrapped__", None), getattr(g, "__func__", None)) if part]
        if not isinstance(g, FunctionType) or _of_library(g):
            continue
        for cell in g.__closure__ or ():
            inner = _content(cell)
            if isinstance(inner, (FunctionType, MethodType)):
                stack.append(inner)
            elif not isinstance(inner, _STEADY):
                cells.append(cell)
        for name in g.__code__.co_names:
            value = g.__globals__.get(name, f)
            if isinstance(value, FunctionType):
                stack.append(value)
            elif value is not f and not isinstance(value, _STEADY) and not _of_library(value):
                names.append((g.__globals__, name))
    if not cells and not names:
        return lambda: ()

    def look() -> Captured:
        try:
            found = [cell.cell_contents for cell in cells]
        except ValueError:  # a name that is not bound yet
            found = [*map(_content, cells)]
        return tuple(found + [space.get(name) for space, name in names])

    return look


def identities(objects: Captured) -> Iterator[Any]:
    """What tells objects apart: numbers and strings by value, all else by identity."""
    return (x if isinstance(x, _VALUES) else id(x) for x in objects)


def _content(cell: CellType) -> Any:
    try:
        return cell.cell_contents
    except ValueError:  # a name that is not bound yet
        return None


def _of_library(x: Any) -> bool:
    return (getattr(x, "__module__", None) or "").partition(".")[0] in _LIBRARIES
