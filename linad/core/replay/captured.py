"""What a function reads besides its arguments: whether it is still what it was when the function was recorded."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from types import BuiltinFunctionType, CellType, CodeType, FunctionType, MethodType, ModuleType
from typing import Any

import numpy as np

_STEADY = (ModuleType, BuiltinFunctionType, type, np.ufunc)
_VALUES = (bool, int, float, complex, str, type(None))
_WHOLE = frozenset((*_VALUES, np.ndarray, FunctionType, CodeType))
_AROUND = (
    "__wrapped__",
    "__func__",
    "func",
)  # of what holds a function: decorators, methods, functools.partial
_LIBRARIES = ("linad", "numpy", "scipy", "builtins")
_OF_FUNCTIONS = ("__code__", "__defaults__", "__kwdefaults__")

Objects = tuple[Any, ...]


class Captured:
    """The objects that a function closes over, the globals that it names, and what makes its functions up.

    Functions among them are looked into, and so are the items of containers and the attributes of objects; modules,
    classes and what belongs to NumPy, SciPy and linad are taken as they are. Writing into an array is not seen, nor
    what changes deeper inside.
    """

    def __init__(self, f: Callable[..., Any]) -> None:
        self._cells: list[CellType] = []
        self._names: list[tuple[dict[str, Any], str]] = []
        self._functions: list[FunctionType] = []
        self._objects: list[Any] = []
        seen: set[int] = set()
        stack: list[Any] = [f]
        while stack:
            g = stack.pop()
            if id(g) not in seen:
                seen.add(id(g))
                stack += self._looked_into(g)

    def _looked_into(self, g: Any) -> Iterator[Any]:
        """Note what an object reads; what is to be looked into next comes back."""
        yield from [part for name in _AROUND if (part := getattr(g, name, None)) is not None]
        if _of_library(g):
            return
        if not isinstance(g, FunctionType):
            if not isinstance(g, _STEADY) and not hasattr(g, "__wrapped__"):
                self._objects.append(getattr(g, "__self__", g))
                for kind in type(g).__mro__:
                    if isinstance(call := vars(kind).get("__call__"), FunctionType):
                        yield call
            return
        inner = [(cell, content(cell)) for cell in g.__closure__ or ()]
        yield from [x for _, x in inner if _is_function(x)]
        if _is_linads(g):  # nobody binds its variables anew
            self._objects += [x for _, x in inner if not _is_whole(x)]
            return
        self._functions.append(g)
        self._objects += [*(g.__defaults__ or ()), *(g.__kwdefaults__ or {}).values()]
        self._cells += [cell for cell, _ in inner]
        for name in dict.fromkeys(_names(g.__code__)):
            if name in g.__globals__:
                self._names.append((g.__globals__, name))
                if _is_function(g.__globals__[name]):
                    yield g.__globals__[name]

    def __call__(self) -> Objects:
        """The objects as they are now."""
        try:
            found = [cell.cell_contents for cell in self._cells]
        except ValueError:  # a name that is not bound yet
            found = [*map(content, self._cells)]
        found += [space.get(name) for space, name in self._names]
        for g in self._functions:
            found += (g.__code__, g.__defaults__, g.__kwdefaults__)
        found += self._objects
        inside = [part for x in found if not _is_whole(x) for part in _parts(x)]
        return (*found, *inside, len(inside))

    def conditions(self, names: dict[str, Any]) -> list[str] | None:
        """Expressions that say whether the objects are those of now, or raise; None where parts are to be looked at."""
        now = self()
        if now[-1] or not all(map(_is_whole, now)):
            return None
        looks = [f"{_given(names, cell)}.cell_contents" for cell in self._cells]
        looks += [f"{_given(names, space)}.get({name!r})" for space, name in self._names]
        looks += [f"{_given(names, g)}.{part}" for g in self._functions for part in _OF_FUNCTIONS]
        return [f"{text} is {_given(names, x)}" for text, x in zip(looks, now, strict=False)]


def identities(objects: Objects) -> Iterator[Any]:
    """What tells objects apart: numbers and strings by value, all else by identity."""
    return ((type(x), repr(x)) if isinstance(x, _VALUES) else id(x) for x in objects)


def _given(names: dict[str, Any], x: Any) -> str:
    """A name for an object."""
    name = f"k{len(names)}"
    names[name] = x
    return name


def _is_whole(x: Any) -> bool:
    """Whether there is nothing inside an object that is looked at."""
    if type(x) in _WHOLE or isinstance(x, _STEADY) or _is_function(x):
        return True
    return all(map(_is_whole, x)) if type(x) is tuple else _of_library(x)


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
    return () if isinstance(x, _VALUES) else getattr(x, "__dict__", {}).values()


def content(cell: CellType) -> Any:
    """What is in a cell; None where nothing is."""
    try:
        return cell.cell_contents
    except ValueError:  # a name that is not bound yet
        return None


def _of_library(x: Any) -> bool:
    return (getattr(x, "__module__", None) or "").partition(".")[0] in _LIBRARIES


def _is_linads(g: FunctionType) -> bool:
    """Whether the code of a function is linad's own; wraps() makes its module that of what is wrapped."""
    return str(g.__globals__.get("__name__")).partition(".")[0] == "linad"
