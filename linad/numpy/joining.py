"""Joining arrays, taking them apart, and repeating them."""

from __future__ import annotations

import math
import operator
from collections.abc import Iterable
from typing import Any

import numpy as np

from linad.core.dispatch import door, refuse_out
from linad.numpy.axes import as_operand, flat_or, single, with_dtype
from linad.operations import indexing
from linad.operations import shape as ops


def _parts(arrays: Any, name: str, dtype: Any, casting: Any) -> list[Any]:
    if not isinstance(arrays, Iterable):
        raise TypeError(f"{name}: the arrays must be given as a sequence")
    parts = [with_dtype(as_operand(x, f"numpy.{name}"), dtype, casting) for x in arrays]
    if not parts:
        raise ValueError(f"need at least one array to {name}")
    return parts


@door(np.concatenate)
def concatenate(
    arrays: Any, /, axis: Any = 0, out: Any = None, *, dtype: Any = None, casting: Any = "same_kind"
) -> Any:
    """Arrays joined along an axis they have."""
    refuse_out("concatenate", out)
    parts = _parts(arrays, "concatenate", dtype, casting)
    if axis is None:
        parts, axis = [ops.reshape(x, (x.size,)) for x in parts], 0
    if parts[0].ndim == 0:
        raise ValueError("zero-dimensional arrays cannot be concatenated")
    return ops.concatenate(single(axis, parts[0].ndim), *parts)


concat = concatenate


@door(np.stack)
def stack(
    arrays: Any, axis: Any = 0, out: Any = None, *, dtype: Any = None, casting: Any = "same_kind"
) -> Any:
    """Arrays of one shape joined along a new axis."""
    refuse_out("stack", out)
    parts = _parts(arrays, "stack", dtype, casting)
    if any(x.shape != parts[0].shape for x in parts):
        raise ValueError("all input arrays must have the same shape")
    return ops.stack(single(axis, parts[0].ndim + 1), *parts)


def _at_least(x: Any, ndim: int) -> Any:
    """An array with axes of length one where NumPy's atleast functions put them."""
    if x.ndim >= ndim:
        return x
    if ndim < 3:
        return ops.reshape(x, (1,) * (ndim - x.ndim) + x.shape)
    return ops.reshape(x, {0: (1, 1, 1), 1: (1, *x.shape, 1), 2: (*x.shape, 1)}[x.ndim])


def _atleast(original: Any, ndim: int) -> Any:
    @door(original)
    def atleast(*arys: Any) -> Any:
        """Arrays with as many axes as asked for, or more."""
        parts = tuple([_at_least(as_operand(x, f"numpy.{original.__name__}"), ndim) for x in arys])
        return parts[0] if len(parts) == 1 else parts

    return atleast


atleast_1d = _atleast(np.atleast_1d, 1)
atleast_2d = _atleast(np.atleast_2d, 2)
atleast_3d = _atleast(np.atleast_3d, 3)


@door(np.hstack)
def hstack(tup: Any, *, dtype: Any = None, casting: Any = "same_kind") -> Any:
    """Arrays side by side."""
    parts = [_at_least(x, 1) for x in _parts(tup, "concatenate", dtype, casting)]
    return ops.concatenate(0 if parts[0].ndim == 1 else 1, *parts)


@door(np.vstack)
def vstack(tup: Any, *, dtype: Any = None, casting: Any = "same_kind") -> Any:
    """Arrays one below the other."""
    return ops.concatenate(0, *[_at_least(x, 2) for x in _parts(tup, "concatenate", dtype, casting)])


@door(np.dstack)
def dstack(tup: Any) -> Any:
    """Arrays one behind the other."""
    return ops.concatenate(2, *[_at_least(x, 3) for x in _parts(tup, "concatenate", None, None)])


@door(np.column_stack)
def column_stack(tup: Any) -> Any:
    """Vectors as the columns of a matrix; matrices side by side."""
    parts = _parts(tup, "concatenate", None, None)
    return ops.concatenate(1, *[x if x.ndim > 1 else ops.reshape(x, (x.size, 1)) for x in parts])


@door(np.append)
def append(arr: Any, values: Any, axis: Any = None) -> Any:
    """An array with more entries at its end."""
    return concatenate((as_operand(arr, "numpy.append"), as_operand(values, "numpy.append")), axis)


def _split(ary: Any, indices_or_sections: Any, axis: Any, name: str, original: Any) -> list[Any]:
    """The pieces, cut where NumPy cuts the row of positions."""
    ary = as_operand(ary, f"numpy.{name}")
    if ary.ndim == 0:
        raise IndexError(f"numpy.{name}: a 0-d array has no axis to split")
    axis = single(axis, ary.ndim)
    places = original(np.arange(ary.shape[axis]), indices_or_sections)
    bounds = [(int(part[0]), int(part[-1]) + 1) if part.size else (0, 0) for part in places]
    return [ary[(*[slice(None)] * axis, slice(*bound))] for bound in bounds]


@door(np.split)
def split(ary: Any, indices_or_sections: Any, axis: Any = 0) -> Any:
    """Equal pieces along an axis, or pieces cut at given places."""
    return _split(ary, indices_or_sections, axis, "split", np.split)


@door(np.array_split)
def array_split(ary: Any, indices_or_sections: Any, axis: Any = 0) -> Any:
    """Pieces along an axis, as equal as can be."""
    return _split(ary, indices_or_sections, axis, "array_split", np.array_split)


def _split_along(original: Any, axis: int, least: int) -> Any:
    name = original.__name__

    @door(original)
    def pieces(ary: Any, indices_or_sections: Any) -> Any:
        """Pieces along one axis."""
        ary = as_operand(ary, f"numpy.{name}")
        if ary.ndim < least:
            raise ValueError(f"{name} only works on arrays of {least} or more dimensions")
        return _split(ary, indices_or_sections, min(axis, ary.ndim - 1), name, np.split)

    return pieces


hsplit, vsplit, dsplit = (
    _split_along(np.hsplit, 1, 1),
    _split_along(np.vsplit, 0, 2),
    _split_along(np.dsplit, 2, 3),
)


@door(np.unstack)
def unstack(x: Any, /, *, axis: Any = 0) -> Any:
    """The slices along an axis, as a tuple."""
    x = as_operand(x, "numpy.unstack")
    if x.ndim == 0:
        raise ValueError("Input array must be at least 1-d.")
    axis = single(axis, x.ndim)
    return tuple([x[(*[slice(None)] * axis, i)] for i in range(x.shape[axis])])


@door(np.repeat)
def repeat(a: Any, repeats: Any, axis: Any = None) -> Any:
    """Each entry repeated, all equally often or each as often as told."""
    a = as_operand(a, "numpy.repeat")
    a, axis = flat_or(a, axis)
    places = np.repeat(np.arange(a.shape[axis]), repeats)
    return indexing.index(a, (*[slice(None)] * axis, indexing.HOLE), places)


@door(np.tile)
def tile(A: Any, reps: Any) -> Any:
    """The whole array repeated along axes."""
    A = as_operand(A, "numpy.tile")
    times = tuple(map(operator.index, reps)) if np.iterable(reps) else (operator.index(reps),)
    if any(n < 0 for n in times):
        raise ValueError(f"numpy.tile: repeats must not be negative, but are {times}")
    times = (1,) * (A.ndim - len(times)) + times
    shape = (1,) * (len(times) - A.ndim) + A.shape
    spread = ops.reshape(A, tuple([n for pair in shape for n in (1, pair)]))
    whole = tuple([n for pair in zip(times, shape, strict=True) for n in pair])
    return ops.reshape(
        ops.broadcast_to(spread, whole), tuple([math.prod(pair) for pair in zip(times, shape, strict=True)])
    )


__all__ = [
    "append", "array_split", "atleast_1d", "atleast_2d", "atleast_3d", "column_stack", "concat",
    "concatenate", "dsplit", "dstack", "hsplit", "hstack", "repeat", "split", "stack", "tile", "unstack",
    "vsplit", "vstack",
]  # fmt: skip
