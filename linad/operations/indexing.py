"""Reading and functional writing by index.

An index is a pattern and arrays: the pattern is the tuple that NumPy takes, with HOLE wherever an array stands.
So arrays are arguments of their own, and a recorded computation may compute them.

index       y = x[i]                    gx = scatter(gy); for a basic index, a piece of it
assemble    y = 0; y[i] += x, ...       gx = gy[i], ...
scatter     y = 0; y[i] += x            gx = gy[i]
index_set   y = x; y[i] = v             gx = gy with 0 at i;  gv = gy[i] where the entry was the last one written
"""

from __future__ import annotations

from typing import Any

import numpy as np

from linad.core.kinds import Sample, discrete, linear
from linad.core.space import Pieces, Space, dtype_of
from linad.operations.integers import of_integers


class _Hole:
    """The place of an array in an index pattern."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "HOLE"


HOLE = _Hole()
Pattern = tuple[Any, ...]


def _index(pattern: Pattern, arrays: tuple[Any, ...]) -> tuple[Any, ...]:
    if not arrays:
        return pattern
    given = iter(arrays)
    return tuple([next(given) if part is HOLE else part for part in pattern])


def _scatter(v: Any, shape: tuple[int, ...], pattern: Pattern, *arrays: Any) -> Any:
    out = np.zeros(shape, np.asarray(v).dtype)
    if any(np.asarray(a).dtype.kind in "iu" for a in arrays):
        np.add.at(out, _index(pattern, arrays), v)  # an entry may be read several times
    else:
        out[_index(pattern, arrays)] = v
    return out


def _write(x: Any, v: Any, pattern: Pattern, *arrays: Any) -> Any:
    out = np.array(x)
    if np.iscomplexobj(v) and not np.iscomplexobj(out):
        out = out.astype(np.result_type(out, v))
    out[_index(pattern, arrays)] = v
    return out


def _winners(shape: tuple[int, ...], pattern: Pattern, *arrays: Any) -> Any:
    """Which entries written by an index are not overwritten by a later one of the same assignment."""
    where = _index(pattern, arrays)
    order = np.zeros(shape, np.int64)
    numbers = np.arange(order[where].size).reshape(order[where].shape)
    order[where] = numbers
    return order[where] == numbers


_SAMPLES = (
    Sample(((3, 4),), ((1,),), "row"),
    Sample(((3, 4),), ((slice(None, None, -2), slice(1, 3)),), "slices"),
    Sample(((3, 4),), ((..., None, 0),), "new-axis"),
    Sample(((5,),), ((HOLE,), np.array([0, 0, 3])), "repeated"),
    Sample(((3, 4),), ((HOLE, HOLE), np.array([[0], [2]]), np.array([1, 1])), "broadcast-arrays"),
    Sample(((3, 2),), ((HOLE,), np.array([True, False, True])), "mask"),
    Sample(((0, 2),), ((slice(None), 1),), "empty"),
)


def _index_adjoint(g: Any, space: Space, pattern: Pattern, *arrays: Any) -> Any:
    if not arrays:
        return Pieces(g, space.shape, dtype_of(g), pattern)
    return scatter(g, space.shape, pattern, *arrays)


def _assemble(shape: tuple[int, ...], patterns: tuple[Pattern, ...], *parts: Any) -> Any:
    out = np.zeros(shape, np.result_type(*parts))
    for pattern, part in zip(patterns, parts, strict=True):
        out[pattern] += part
    return out


index = linear(
    "index",
    lambda x, pattern, *arrays: x[_index(pattern, arrays)],
    _index_adjoint,
    reads=True,
    samples=_SAMPLES,
)
scatter = linear(
    "scatter",
    _scatter,
    lambda g, space, shape, pattern, *arrays: index(g, pattern, *arrays),
    reads=True,
    samples=(
        Sample(((2,),), ((4,), (slice(1, 3),)), "slice"),
        Sample(((3,),), ((5,), (HOLE,), np.array([0, 0, 3])), "repeated"),
        Sample(((2, 2),), ((3, 2), (HOLE,), np.array([True, False, True])), "mask"),
        Sample(((),), ((2, 2), (0, 1)), "entry"),
    ),
)
assemble = linear(
    "assemble",
    _assemble,
    lambda g, spaces, shape, patterns: [index(g, pattern) for pattern in patterns],
    first=2,
    last=None,
    samples=(
        Sample(((), (2,)), ((3,), ((0,), (slice(None, 2),))), "overlapping"),
        Sample(((4,),), ((3, 4), ((1,),)), "row"),
        Sample(((0, 2),), ((0, 2), ((slice(None),),)), "empty"),
    ),
)
winners = of_integers(
    discrete(
        "winners",
        _winners,
        first=2,
        last=None,
        samples=(
            Sample(((4,),), ((3,), (HOLE,)), "vector"),
            Sample(((2, 1), (3,)), ((3, 4), (HOLE, HOLE)), "broadcast"),
            Sample(((0,),), ((3,), (HOLE,)), "empty"),
        ),
        domain=("positive", "positive"),
        dtypes="f",
    ),
    first=2,
)


def _index_set_adjoint(g: Any, spaces: list[Any], pattern: Pattern, *arrays: Any) -> list[Any]:
    picked = index(g, pattern, *arrays)
    if any(dtype_of(a).kind in "iu" for a in arrays):
        picked = picked * winners(spaces[0].shape, pattern, *arrays)
    return [index_set(g, 0.0, pattern, *arrays), picked]


index_set = linear(
    "index_set",
    _write,
    _index_set_adjoint,
    last=2,
    reads=True,
    samples=(
        Sample(((3,), ()), ((1,),), "entry"),
        Sample(((3, 4), (4,)), ((slice(0, 2),),), "broadcast-rows"),
        Sample(((5,), (3,)), ((HOLE,), np.array([0, 0, 3])), "repeated"),
        Sample(((3, 2), (2, 2)), ((HOLE,), np.array([True, False, True])), "mask"),
    ),
)
