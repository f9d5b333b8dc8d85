"""What a function reads besides its arguments: whether it is still what it was when the function was recorded."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from types import BuiltinFunctionType, CellType, CodeType, FunctionType, MethodType, ModuleType
from typing import Any

import numpy as np

_STEADY = (ModuleType, BuiltinFunctionType, type, np.ufunc)
_VALUES = (bool, int, float, complex, str, type(None))
_WHOLE = frozenset((*_VALUES, np.ndarray, FunctionType))
_AROUND = (
    "__wrapped__",
    "__func__",
    "func",
)  # of what holds a function: decorators, methods, functools.partial
_LIBRARIES = ("linad", "numpy", "scipy", "builtins")

Captured = tuple[Any, ...]


def captured(f: Callable[..., Any]) -> Callable[[], Captured]:
    """A function that gives the objects which a function closes over, and the globals that it names.

    Functions among them are looked into, and so are the items of containers and the attributes of objects; modules,
    classes and what belongs to NumPy, SciPy and linad are taken as they are. Writing into an array is not seen, nor
    what changes deeper inside.
    """
    cells: list[CellType] = []
    objects: list[Any] = []
    names: list[tuple[dict[str, Any], str]] = []
    seen: set[int] = set()
    stack: list[Any] = [f]
    while stack:
        g = stack.pop()
        if id(g) in seen:
            continue
        seen.add(id(g))
        stack += [part for name in _AROUND if (part := getattr(g, name, None)) is not None]
        if _of_library(g):
            continue
        if not isinstance(g, FunctionType):
            if not isinstance(g, _STEADY) and not hasattr(g, "__wrapped__"):
                objects.append(getattr(g, "__self__", g))
                stack += [
                    call
                    for kind in type(g).__mro__
                    if isinstance(call := vars(kind).get("__call__"), FunctionType)
                ]
            continue
        objects += [*(g.__defaults__ or ()), *(g.__kwdefaults__ or {}).values()]
        for cell in g.__closure__ or ():
            inner = _content(cell)
            if not isinstance(inner, _STEADY):
                cells.append(cell)
            if _is_function(inner):
                stack.append(inner)
        for name in _names(g.__code__):
            value = g.__globals__.get(name, f)
            if value is not f and not isinstance(value, _STEADY) and not _of_library(value):
                names.append((g.__globals__, name))
                stack += [value] if _is_function(value) else []
    if not cells and not names and not objects:
        return lambda: ()

    def look() -> Captured:
        try:
            found = [cell.cell_contents for cell in cells]
        except ValueError:  # a name that is not bound yet
            found = [*map(_content, cells)]
        found += [space.get(name) for space, name in names]
        found += objects
        inside = [part for x in found if type(x) not in _WHOLE for part in _parts(x)]
        return (*found, *inside, len(inside))

    return look


def identities(objects: Captured) -> Iterator[Any]:
    """What tells objects apart: numbers and strings by value, all else by identity."""
    return ((type(x), repr(x)) if isinstance(x, _VALUES) else id(x) for x in objects)


def _is_function(x: Any) -> bool:
    return isinstance(x, (FunctionType, MethodType)) or hasattr(x, "__wrapped__")


def _names(code: CodeType) -> list[str]:
    """The names in a function, and in the functions and comprehensions inside it."""
    inner = [name for part in code.co_consts if isinstance(part, CodeType) for name in _names(part)]
    return [*code.co_names, *inner]


def _parts(x: Any) -> Iterable[Any]:
    """The items of a container, the attributes of an object."""
    if isinstance(x, (list, tuple, set, frozenset)):
        return x
    if isinstance(x, dict):
        return (*x, *x.values())
    if isinstance(x, _VALUES) or _is_function(x):
        return ()
    return getattr(x, "__dict__", {}).values()


def _content(cell: CellType) -> Any:
    try:
        return cell.cell_contents
    except ValueError:  # a name that is not bound yet
        return None


def _of_library(x: Any) -> bool:
    return (getattr(x, "__module__", None) or "").partition(".")[0] in _LIBRARIES
