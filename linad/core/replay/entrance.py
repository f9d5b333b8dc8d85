"""Which program data are for: all that it depends on, as a key, and for the usual arguments as one expression."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import is_
from typing import Any

import numpy as np

from linad.core import tree
from linad.core.errstate import state
from linad.core.replay.captured import Captured
from linad.core.replay.recording import is_dynamic
from linad.core.traced import Array

_ndarray = np.ndarray


def kind_of(x: Any, data: list[Any], key: list[Any]) -> bool:
    """Add the data in containers, and what else they are made of, to lists; False where something is traced."""
    if isinstance(x, Array):
        return False
    parts = tree.children(x)
    if parts is not None:
        key += (type(x), len(parts))
        if isinstance(x, dict):
            key += [part for name in x for part in (type(name), name)]
        return all(kind_of(part, data, key) for _, part in parts)
    if is_dynamic(x):
        data.append(x)
        key += (type(x), getattr(x, "dtype", None), getattr(x, "shape", None))
    else:
        key += (type(x), x if _is_plain(x) else _Same(x))
    return True


def _is_plain(x: Any) -> bool:
    return isinstance(x, (bool, int, str, bytes, type(None), np.integer, np.bool_, type))


class _Same:
    """What is equal to itself alone, and is kept alive for that."""

    __slots__ = ("x",)

    def __init__(self, x: Any) -> None:
        self.x = x

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.x is other.x

    def __hash__(self) -> int:
        return id(self.x)


class _UnusualError(Exception):
    """Arguments that only a thorough look can tell."""


def entrance(args: Sequence[Any], kwargs: dict[str, Any], captured: Captured) -> Callable[..., Any]:
    """``enter(args, kwargs)`` gives the data among arguments of the kind of those of now, else None.

    It is straight-line code, and may give None where a thorough look finds that they are of that kind.
    """
    return _Entrance(args, kwargs, captured).enter


class _Entrance:
    """The code of an entrance, and the names in it."""

    def __init__(self, args: Sequence[Any], kwargs: dict[str, Any], captured: Captured) -> None:
        self.names: dict[str, Any] = {"ndarray": _ndarray, "state": state, "now": state()}
        self.tests = [f"len(args) == {len(args)}", "state() is now"]
        self.data: list[str] = []
        self.parts = 0
        try:
            for i, x in enumerate(args):
                self._look(f"args[{i}]", x)
            self.tests.append(f"tuple(kwargs) == {tuple(kwargs)!r}" if kwargs else "not kwargs")
            for name, x in kwargs.items():
                self._look(f"kwargs[{name!r}]", x)
        except _UnusualError:
            self.tests = ["False"]
        whole = self.data == [f"x{i}" for i in range(len(args))] and not kwargs
        found = captured.conditions(self.names)
        if found is None:
            self.names |= {"is_": is_, "captured": captured, "kept": captured()}
            found = ["all(map(is_, captured(), kept))"]
        data = "args" if whole else "(" + "".join([f"{text}, " for text in self.data]) + ")"
        tests = " and ".join([*self.tests, *found])
        source = f"def enter(args, kwargs):\n    if {tests}: return {data}\n    return None\n"
        exec(source, self.names)  # of names, literals and shapes alone
        self.enter: Callable[..., Any] = self.names["enter"]

    def _look(self, text: str, x: Any) -> None:
        """Test what is reached by a text against what is there now."""
        name = f"x{self.parts}"
        self.parts += 1
        self.tests.append(f"type({name} := {text}) is {self._name(type(x))}")
        parts = tree.children(x)
        if parts is not None:
            if isinstance(x, dict):
                if not all([type(key) is str for key in x]):
                    raise _UnusualError
                self.tests.append(f"tuple({name}) == {tuple(x)!r}")
            elif isinstance(x, (tuple, list)):
                self.tests.append(f"len({name}) == {len(x)}")
                parts = [(f"[{i}]", part) for i, (_, part) in enumerate(parts)]
            for path, part in parts:
                self._look(f"{name}{path}", part)
        elif not is_dynamic(x):
            test = f"{name} == {self._name(x)}" if _is_plain(x) else f"{name} is {self._name(x)}"
            self.tests.append(test)
        elif type(x) is _ndarray:
            self.tests.append(f"{name}.dtype is {self._name(x.dtype)} and {name}.shape == {x.shape!r}")
            self.data.append(name)
        elif isinstance(x, _ndarray):
            raise _UnusualError
        else:
            self.data.append(name)

    def _name(self, x: Any) -> str:
        name = f"k{len(self.names)}"
        self.names[name] = x
        return name
