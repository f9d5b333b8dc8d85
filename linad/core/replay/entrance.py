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


def entrance(args: Sequence[Any], kwargs: dict[str, Any], captured: Captured) -> Callable[[Any], bool]:
    """A quick look at whether positional arguments, and what is captured, are of the kind of those of now.

    It may say no where a thorough look says yes.
    """
    names: dict[str, Any] = {"ndarray": _ndarray, "state": state, "now": state()}
    tests = [f"len(args) == {len(args)}", "state() is now"]
    for i, x in enumerate(args):
        if kwargs or not is_dynamic(x) or (isinstance(x, _ndarray) and type(x) is not _ndarray):
            return lambda args: False
        names[f"type{i}"] = type(x)
        tests.append(f"type(x := args[{i}]) is type{i}")
        if type(x) is _ndarray:
            names[f"dtype{i}"] = x.dtype
            tests.append(f"x.dtype is dtype{i} and x.shape == {x.shape!r}")
    found = captured.conditions(names)
    if found is None:
        names |= {"is_": is_, "captured": captured, "kept": captured()}
        found = ["all(map(is_, captured(), kept))"]
    source = f"def fits(args):\n    return {' and '.join([*tests, *found])}\n"
    exec(source, names)  # of names, literals and shapes alone
    fits: Callable[[Any], bool] = names["fits"]
    return fits
