"""The arguments of a call whose traced arrays are operands of an operation, filled in again whenever it runs."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from linad.core import tree
from linad.core.boundary import held
from linad.core.traced import Array

_TRACED = object()


class Arguments:
    """Arguments in their containers with the traced arrays taken out; plain arrays are copies.

    ``traced`` holds what was taken out, in order, until it is handed to the operation.
    """

    __slots__ = ("fixed", "traced")

    def __init__(self, args: Sequence[Any], kwargs: dict[str, Any]) -> None:
        self.fixed = tree.map_leaves(_kept, (tuple(args), kwargs))
        self.traced = tuple([part for _, part in tree.leaves((args, kwargs)) if isinstance(part, Array)])

    def filled(self, values: Sequence[Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Arguments and keyword arguments with values in the places of the traced arrays."""
        given = iter(values)
        args, kwargs = tree.map_leaves(lambda _, part: next(given) if part is _TRACED else part, self.fixed)
        return args, kwargs


def _kept(_: str, part: Any) -> Any:
    """What stays of an argument until it is filled in again."""
    return _TRACED if isinstance(part, Array) else held(part)


def closed_over(f: Callable[..., Any]) -> Iterator[str]:
    """The names of traced arrays that a function has without being passed them: in its closure, defaults, partials."""
    waiting: list[Any] = [f]
    seen: set[int] = set()
    while waiting:
        g = waiting.pop()
        if id(g) in seen:
            continue
        seen.add(id(g))
        if isinstance(g, functools.partial):
            waiting.append(g.func)
        for name, x in _carried(g):
            for path, part in tree.leaves(x, name):
                if isinstance(part, Array):
                    yield path
                elif callable(part) and not isinstance(part, type):
                    waiting.append(part)


def _carried(f: Any) -> Iterator[tuple[str, Any]]:
    """What a function carries along, with the names that it has there."""
    if isinstance(f, functools.partial):
        yield "args", f.args
        yield from f.keywords.items()
    code, cells = getattr(f, "__code__", None), getattr(f, "__closure__", None) or ()
    for name, cell in zip(code.co_freevars if code else (), cells, strict=False):
        try:
            yield name, cell.cell_contents
        except ValueError:  # not yet filled
            continue
    yield "defaults", getattr(f, "__defaults__", None)
    yield "defaults", getattr(f, "__kwdefaults__", None)
    yield "self", getattr(f, "__self__", None)
