"""Reverse mode: records, and the walk back over them.

A record holds the value, the primitive and the arguments it was called with. The walk back starts at the output and takes
records in the order of decreasing creation number, from a heap that holds only those a cotangent has
reached: branches that do not lead to the output are never visited, nothing is sorted, and nothing recurses.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from heapq import heappop, heappush
from typing import Any

import numpy as np

from linad.core import site
from linad.core.level import Level, floor
from linad.core.primitive import Primitive
from linad.core.site import Site, user_site
from linad.core.traced import Array
from linad.errors import FreedGraphError

_ndarray = np.ndarray


class Record(Array):
    """A traced array that remembers the operation it came from."""

    __slots__ = ("args", "index", "primitive", "site")

    primitive: Primitive | None
    args: tuple[Any, ...]
    index: int
    site: Site | None

    def __init__(
        self, value: Any, primitive: Primitive | None, args: tuple[Any, ...], level: Level, site: Site | None
    ) -> None:
        self.index = level.tick()
        self.value = value
        self.primitive = primitive
        self.args = args
        self.level = level
        self.site = site
        self.memo = None

    def apply(self, primitive: Primitive, args: tuple[Any, ...]) -> Any:
        level = self.level
        values = [a.value if isinstance(a, Array) and a.level is level else a for a in args]
        out = primitive.call(*values)
        if primitive.pull is None or level <= floor.get():
            return out
        if primitive.reads:
            for a in args:
                if type(a) is _ndarray:
                    args = tuple([private(a) if type(a) is _ndarray else a for a in args])
                    break
        here = user_site()
        if primitive.outputs is None:
            return Record(out, primitive, args, level, here)
        whole = Record(out, primitive, args, level, here)
        return tuple([pick(whole, i, here) for i in range(len(out))])


def pick(whole: Record, i: int, here: Site | None) -> Any:
    """Output ``i`` of a record with several; discrete outputs are constants."""
    part = whole.value[i]
    dtype = getattr(part, "dtype", None)
    if not isinstance(part, (Array, float, complex)) and (dtype is None or dtype.kind not in "fc"):
        return part
    if isinstance(part, Array) and part.dtype.kind not in "fc":
        return part
    return Record(part, None, (whole, i), whole.level, here)


def private(a: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """The array itself if nobody can write to it, else a read-only copy."""
    base: Any = a
    while isinstance(base, _ndarray):
        if base.flags.writeable:
            copy = a.copy()
            copy.flags.writeable = False
            return copy
        if base.base is None:
            return a
        base = base.base
    return a if isinstance(base, bytes) else private(a.copy())


def leaf(value: Any, level: Level) -> Record:
    """A record that nothing made: an argument of a derivative."""
    return Record(value, None, (), level, None)


def walk_back(seeds: Iterable[tuple[Record, Any]], free: bool = False) -> dict[int, tuple[Record, Any]]:
    """The leaves that are reached, by creation number, with their cotangents, from cotangents of outputs.

    With ``free``, each record passed lets go of what it holds, so that memory falls as the walk proceeds.
    """
    pending: dict[int, list[Any]] = {}
    order: list[int] = []
    found: dict[int, tuple[Record, Any]] = {}
    for record, g in seeds:
        _send(record, g, pending, order)
    token = site.current.set(None)
    try:
        while order:
            index = -heappop(order)
            record, g = pending.pop(index)
            primitive = record.primitive
            if primitive is None:
                if record.args:
                    raise _freed(record)
                found[index] = (record, g)
                continue
            level = record.level
            args = record.args
            values: list[Any] = []
            live: list[int] = []
            for i, a in enumerate(args):
                if isinstance(a, Array) and a.level is level:
                    live.append(i)
                    values.append(a.value)
                else:
                    values.append(a)
            site.current.set(record.site)
            try:
                cotangents = primitive.pull(values, record.value, g, live)  # type: ignore[misc]  # recorded: it has one
            except Exception as error:
                site.blame(error, record.site)
                raise
            for i, c in zip(live, cotangents, strict=True):
                if c is not None:
                    _send(args[i], c, pending, order)
            if free:
                record.args = (_FREED,)
                record.primitive = None
    finally:
        site.current.reset(token)
    return found


_FREED = object()


def _send(record: Record, g: Any, pending: dict[int, list[Any]], order: list[int]) -> None:
    """Add a cotangent to what a record has received; an output of several goes to its place in the whole."""
    if record.primitive is None and record.args:
        if record.args[0] is _FREED:
            raise _freed(record)
        whole, i = record.args
        entry = pending.get(whole.index)
        if entry is None:
            entry = pending[whole.index] = [whole, [None] * len(whole.value)]
            heappush(order, -whole.index)
        parts = entry[1]
        parts[i] = g if parts[i] is None else parts[i] + g
        return
    index = record.index
    entry = pending.get(index)
    if entry is None:
        pending[index] = [record, g]
        heappush(order, -index)
    else:
        entry[1] = entry[1] + g


def _freed(record: Record) -> FreedGraphError:
    return FreedGraphError(
        "backward",
        "this part of the graph was freed by an earlier backward pass.",
        "Pass retain_graph=True to the earlier backward.",
        "Or compute the output again.",
    )
