"""Entries put in and taken out, arrays joined by blocks, turned and refilled."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple

from linad.core.dispatch import door, has_traced
from linad.errors import NoRuleError
from linad.numpy.axes import as_operand, plain, settled, single, with_dtype
from linad.numpy.creation import array as joined
from linad.operations import indexing, ranks
from linad.operations.shape import broadcast_to, concatenate, flip, reshape, transpose


def _picked(a: Any, places: Any, axis: int) -> Any:
    return indexing.index(a, (*[slice(None)] * axis, indexing.HOLE), places)


def _on_axis(arr: Any, axis: Any, name: str) -> tuple[Any, int]:
    """The array and the axis that is edited; without one all entries in a row."""
    a = as_operand(arr, name)
    if axis is None:
        return (a, 0) if a.ndim == 1 else (reshape(a, (a.size,)), 0)
    return a, single(axis, a.ndim)


def _insertions(obj: Any, n: int) -> Any:
    """The places before which entries are inserted, as integers."""
    if isinstance(obj, slice):
        return np.arange(*obj.indices(n))
    places = np.asarray(plain(obj, "numpy.insert", "obj"))
    if places.dtype == bool:
        if places.ndim != 1:
            raise ValueError("boolean array argument obj to insert must be one dimensional")
        return np.flatnonzero(places)
    if places.ndim > 1:
        raise ValueError("index array argument obj to insert must be one dimensional or scalar")
    return places if places.size else places.astype(np.intp)


@door(np.insert)
def insert(arr: Any, obj: Any, values: Any, axis: Any = None) -> Any:
    """The array with entries put in before given places."""
    a, axis = _on_axis(arr, axis, "numpy.insert")
    n = a.shape[axis]
    places = _insertions(obj, n)
    v = as_operand(joined(values) if isinstance(values, (list, tuple)) else values, "numpy.insert")
    v = with_dtype(v, a.dtype)
    if places.size == 1:
        v = reshape(v, (1,) * (a.ndim - v.ndim) + v.shape)
        if places.ndim == 0:  # one place, as a number: the first axis of the values runs along the axis
            v = transpose(v, (*range(1, axis + 1), 0, *range(axis + 1, v.ndim)))
        count, places = v.shape[axis], places.reshape(())
    else:
        count = len(places)
        surplus = max(v.ndim - a.ndim, 0)  # an assignment drops leading axes of length one
        v = reshape(v, v.shape[surplus:]) if v.shape[:surplus] == (1,) * surplus else v
    order = np.insert(np.arange(n), places, np.arange(n, n + count))
    v = broadcast_to(v, (*a.shape[:axis], count, *a.shape[axis + 1 :]))
    return _picked(concatenate(axis, a, v), order, axis)


@door(np.delete)
def delete(arr: Any, obj: Any, axis: Any = None) -> Any:
    """The array without the entries at given places."""
    a, axis = _on_axis(arr, axis, "numpy.delete")
    return _picked(a, np.delete(np.arange(a.shape[axis]), plain(obj, "numpy.delete", "obj")), axis)


@door(np.resize)
def resize(a: Any, new_shape: Any) -> Any:
    """The entries over and over, until a shape is full."""
    a = as_operand(a, "numpy.resize")
    places = np.resize(np.arange(a.size), plain(new_shape, "numpy.resize", "new_shape"))
    if a.size == 0:
        return np.zeros(places.shape, a.dtype)
    return indexing.index(reshape(a, (a.size,)), (indexing.HOLE,), places)


@door(np.trim_zeros)
def trim_zeros(filt: Any, trim: Any = "fb", axis: Any = None) -> Any:
    """The array without the zeros at its ends; how many there are is discrete."""
    a, trim = as_operand(filt, "numpy.trim_zeros"), trim.lower()
    if trim not in ("fb", "bf", "f", "b"):
        raise ValueError(f"unexpected character(s) in `trim`: {trim!r}")
    axes = range(a.ndim) if axis is None else normalize_axis_tuple(axis, a.ndim, "axis")
    bounds = settled(ranks.extent(a))
    part = [slice(None)] * a.ndim
    for i in axes:
        start, stop = int(bounds[0, i]), int(bounds[1, i])
        empty = start == stop  # nothing but zeros: nothing is left, whatever is trimmed
        part[i] = slice(start if "f" in trim or empty else None, stop if "b" in trim or empty else None)
    return a[tuple(part)] if axes else a


@door(np.rot90)
def rot90(m: Any, k: Any = 1, axes: Any = (0, 1)) -> Any:
    """The array turned by right angles in the plane of two axes."""
    m, axes = as_operand(m, "numpy.rot90"), tuple(axes)
    if len(axes) != 2:
        raise ValueError("len(axes) must be 2.")
    if axes[0] == axes[1] or abs(axes[0] - axes[1]) == m.ndim:
        raise ValueError("Axes must be different.")
    if not all(-m.ndim <= i < m.ndim for i in axes):
        raise ValueError(f"Axes={axes} out of range for array of ndim={m.ndim}.")
    i, j = (axis % m.ndim for axis in axes)
    order = list(range(m.ndim))
    order[i], order[j] = j, i
    match operator.index(k) % 4:
        case 0:
            return m
        case 1:
            return transpose(flip(m, (j,)), tuple(order))
        case 2:
            return flip(m, (i, j))
        case _:
            return flip(transpose(m, tuple(order)), (j,))


def _depth(arrays: Any) -> int:
    """How deep the lists of blocks are nested, the same everywhere."""
    if isinstance(arrays, tuple):
        raise TypeError(
            "a tuple stands among the blocks. Only lists can be used to arrange blocks, and np.block does not "
            "allow implicit conversion from tuple to ndarray."
        )
    if not isinstance(arrays, list):
        return 0
    if not arrays:
        raise ValueError("a list of blocks cannot be empty")
    depths = {_depth(part) for part in arrays}
    if len(depths) > 1:
        raise ValueError(f"List depths are mismatched: {sorted(depths)}")
    return depths.pop() + 1


def _most_axes(arrays: Any) -> int:
    if isinstance(arrays, list):
        return max(map(_most_axes, arrays))
    return int(as_operand(arrays, "numpy.block").ndim)


def _blocks(arrays: Any, depth: int, ndim: int) -> Any:
    if depth:
        return concatenate(ndim - depth, *[_blocks(part, depth - 1, ndim) for part in arrays])
    x = as_operand(arrays, "numpy.block")
    return reshape(x, (1,) * (ndim - x.ndim) + x.shape)


@door(np.block)
def block(arrays: Any) -> Any:
    """Arrays joined as nested lists arrange them: the innermost along the last axis."""
    depth = _depth(arrays)
    return _blocks(arrays, depth, max(depth, _most_axes(arrays)))


def bmat(obj: Any, ldict: Any = None, gdict: Any = None) -> Any:
    """As ``numpy.bmat``; traced blocks are refused, since a ``numpy.matrix`` cannot hold them."""
    if has_traced((obj, *(ldict or {}).values(), *(gdict or {}).values())):
        raise NoRuleError(
            "numpy.bmat", "its result is a numpy.matrix.", "Write numpy.block([[A, B], [C, D]])."
        )
    return np.bmat(obj, ldict, gdict)


__all__ = ["block", "bmat", "delete", "insert", "resize", "rot90", "trim_zeros"]
