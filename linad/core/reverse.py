"""Reverse mode: records, and the walk back over them.

A record holds the value, the primitive and the arguments it was called with. The walk back starts at the output
and takes records in the order of decreasing creation number, from a heap that holds only those a cotangent has
reached: branches that do not lead to the output are never visited, nothing is sorted, and nothing recurses.
"""

from __future__ import annotations

from collections.abc import Iterable
from heapq import heappop, heappush
from typing import Any

import numpy as np

from linad.core import site
from linad.core.copies import added, copied
from linad.core.level import Level, floor
from linad.core.primitive import Primitive
from linad.core.site import Site, user_site
from linad.core.space import Pieces
from linad.core.traced import Array, operand, sealed
from linad.errors import FreedGraphError

_ndarray = np.ndarray


class Record(Array):
    """A traced array that remembers the operation it came from.

    ``args`` are the arguments of the operation, ``values`` the same one level down, ``live`` the positions of
    those that belong to this level. Plain arrays among them are kept as copies that nobody can write to.
    """

    __slots__ = ("args", "index", "live", "primitive", "site", "values")

    primitive: Primitive | None
    args: tuple[Any, ...]
    values: tuple[Any, ...]
    live: tuple[int, ...]
    index: int
    site: Site | None

    def __init__(
        self,
        value: Any,
        primitive: Primitive | None,
        args: tuple[Any, ...],
        values: tuple[Any, ...],
        live: tuple[int, ...],
        level: Level,
        site: Site | None,
    ) -> None:
        self.index = level.tick()
        self.value = value
        self.primitive = primitive
        self.args = args
        self.values = values
        self.live = live
        self.level = level
        self.site = site
        self.memo = None

    def apply(self, primitive: Primitive, args: tuple[Any, ...]) -> Any:
        level = self.level
        live: list[int] = []
        values: list[Any] = []
        run = primitive.numeric
        constants = False
        for i, a in enumerate(args):
            if isinstance(a, Array):
                if a.level is level:
                    live.append(i)
                    a = a.value
                    if isinstance(a, Array):
                        run = primitive.call
                elif a.level > level:
                    return a.apply(primitive, args)
                else:
                    run = primitive.call
            elif type(a) is _ndarray:
                constants = True
            values.append(a)
        out = run(*values)
        if primitive.pull is None or _floor() >= level:
            return out if primitive.pull is None else sealed(out)
        if constants and primitive.reads:
            kept = list(args)
            for i, a in enumerate(args):
                if type(a) is _ndarray:
                    kept[i] = values[i] = private(a)
            args = tuple(kept)
        here = user_site()
        whole = Record(out, primitive, args, tuple(values), tuple(live), level, here)
        if primitive.outputs is None:
            return whole
        return tuple([pick(whole, i, here) for i in range(len(out))])

    # The three cases of one and of two operands, spelled out: most records of most programs are made here.

    def apply1(self, primitive: Primitive) -> Any:
        value = self.value
        out = primitive.call(value) if isinstance(value, Array) else primitive.numeric(value)
        level = self.level
        if _floor() >= level:
            return out
        return Record(out, primitive, (self,), (value,), _LEFT, level, user_site())

    def apply_both(self, primitive: Primitive, y: Any) -> Any:
        a, b = self.value, y.value
        out = (
            primitive.call(a, b) if isinstance(a, Array) or isinstance(b, Array) else primitive.numeric(a, b)
        )
        level = self.level
        if _floor() >= level:
            return out
        return Record(out, primitive, (self, y), (a, b), _BOTH, level, user_site())

    def apply_left(self, primitive: Primitive, y: Any) -> Any:
        a = self.value
        out = (
            primitive.call(a, y) if isinstance(a, Array) or isinstance(y, Array) else primitive.numeric(a, y)
        )
        level = self.level
        if _floor() >= level:
            return out
        if type(y) is _ndarray and primitive.reads:
            y = private(y)
        return Record(out, primitive, (self, y), (a, y), _LEFT, level, user_site())

    def apply_right(self, primitive: Primitive, x: Any) -> Any:
        b = self.value
        out = (
            primitive.call(x, b) if isinstance(x, Array) or isinstance(b, Array) else primitive.numeric(x, b)
        )
        level = self.level
        if _floor() >= level:
            return out
        if type(x) is _ndarray and primitive.reads:
            x = private(x)
        return Record(out, primitive, (x, self), (x, b), _RIGHT, level, user_site())


_floor = floor.get
_LEFT, _RIGHT, _BOTH = (0,), (1,), (0, 1)


def pick(whole: Record, i: int, here: Site | None) -> Any:
    """Output ``i`` of a record with several; discrete outputs are constants."""
    part = whole.value[i]
    if type(part) is not float:
        dtype = getattr(part, "dtype", None)
        if not isinstance(part, complex) if dtype is None else dtype.kind not in "fc":
            return part
    return Record(part, None, (whole, i), (), (), whole.level, here)


def private(a: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """The array itself if nobody can write to it, else a read-only copy."""
    if a.dtype.kind == "O":
        operand(a, "an operation")  # raises
    base: Any = a
    while isinstance(base, _ndarray):
        if base.flags.writeable:
            return copied(a)
        if base.base is None:
            return a
        base = base.base
    return a if isinstance(base, bytes) else private(a.copy())


def leaf(value: Any, level: Level) -> Record:
    """A record that nothing made: an argument of a derivative."""
    return Record(value, None, (), (), (), level, None)


def walk_back(seeds: Iterable[tuple[Record, Any]], free: bool = False) -> dict[int, tuple[Record, Any]]:
    """The leaves that are reached, by creation number, with their cotangents, from cotangents of outputs.

    With ``free``, each record passed lets go of what it holds, so that memory falls as the walk proceeds.
    """
    waiting: dict[int, list[Any]] = {}  # records with their cotangents, by creation number, negative
    order: list[int] = []
    found: dict[int, list[Any]] = {}  # the same of leaves
    for record, g in seeds:
        _send(record, g, waiting, order, found)
    here: list[Site | None] = [None]
    token = site.current.set(here)
    try:
        while order:
            record, g = waiting.pop(heappop(order))
            if type(g) is Pieces:
                g = g.whole()
            primitive = record.primitive
            if primitive is None:  # the whole of several outputs
                raise _freed()
            here[0] = record.site
            args = record.args
            live = record.live
            cotangents = primitive.pull(record.values, record.value, g, live)
            for i, c in zip(live, cotangents):  # noqa: B905  # a strict zip costs a tenth of a small record
                if c is None:
                    continue
                x = args[i]
                if x.primitive is None:
                    if x.args:
                        _send(x, c, waiting, order, found)
                        continue
                    key, at = x.index, found
                else:
                    key, at = -x.index, waiting
                entry = at.get(key)
                if entry is None:
                    at[key] = [x, c]
                    if at is waiting:
                        heappush(order, key)
                else:
                    have = entry[1]
                    if type(c) is Pieces and type(have) is not Pieces:
                        entry[1] = c + have
                    elif type(have) is _ndarray:
                        entry[1] = None
                        entry[1] = added(have, c)
                    else:
                        entry[1] = have + c
            if free:
                record.args = _FREED
                record.values = ()
                record.primitive = None
    except Exception as error:
        site.blame(error, here[0])
        raise
    finally:
        site.current.reset(token)
    for entry in found.values():
        if type(entry[1]) is Pieces:
            entry[1] = entry[1].whole()
    return found  # type: ignore[return-value]  # pairs, as lists


def _send(
    x: Record, c: Any, waiting: dict[int, list[Any]], order: list[int], found: dict[int, list[Any]]
) -> None:
    """Add a cotangent to what a record has received: a leaf, an output of several, or an output of the walk."""
    i = None
    if x.primitive is None and x.args:
        if x.args is _FREED:
            raise _freed()
        x, i = x.args
        if type(c) is Pieces:
            c = c.whole()
    leaf = x.primitive is None and not x.args
    at, key = (found, x.index) if leaf else (waiting, -x.index)
    entry = at.get(key)
    if entry is None:
        entry = at[key] = [x, None if i is None else [None] * len(x.value)]
        if not leaf:
            heappush(order, key)
    if i is None:
        have = entry[1]
        if have is None:
            entry[1] = c
        else:
            entry[1] = c + have if type(c) is Pieces and type(have) is not Pieces else have + c
    else:
        parts = entry[1]
        parts[i] = c if parts[i] is None else parts[i] + c


_FREED: tuple[Any, ...] = ("freed",)


def _freed() -> FreedGraphError:
    return FreedGraphError(
        "backward",
        "this part of the graph was freed by an earlier backward pass.",
        "Pass retain_graph=True to the earlier backward.",
        "Or compute the output again.",
    )
