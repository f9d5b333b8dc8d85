"""Indexing of every kind, and writing by index without changing the array."""

from __future__ import annotations

from typing import Any

import numpy as np

from linad.core.dispatch import door
from linad.core.space import dtype_of, retype
from linad.core.traced import Array, innermost, operand
from linad.errors import ArgumentError
from linad.numpy.axes import as_operand, single
from linad.numpy.reductions import along
from linad.operations import indexing as ops


def pattern_of(key: Any) -> tuple[tuple[Any, ...], list[Any]]:
    """An index as NumPy takes it, as a pattern and the arrays in it."""
    pattern, arrays = [], []
    for part in key if isinstance(key, tuple) else (key,):
        if isinstance(part, (list, np.ndarray, bool, np.bool_)) or (
            isinstance(part, Array) and part.dtype.kind in "biu"
        ):
            pattern.append(ops.HOLE)
            arrays.append(
                np.asarray(part, dtype=np.intp if isinstance(part, list) and not part else None)
                if isinstance(part, list)
                else part
            )
        elif isinstance(part, Array):
            raise ArgumentError(
                "index",
                "a traced array of floating dtype is not an index.",
                "An index is discrete: take it from linad.value(x).",
            )
        else:
            pattern.append(int(part) if isinstance(part, np.integer) else part)
    return tuple(pattern), arrays


def _getitem(x: Array, key: Any) -> Any:
    pattern, arrays = pattern_of(key)
    return ops.index(x, pattern, *arrays)


def index_set(x: Any, key: Any, v: Any) -> Any:
    """A copy of x in which ``x[key] = v``: the functional form of assignment.

    Examples
    --------
    >>> import numpy as np, linad.numpy as lnp
    >>> lnp.index_set(np.zeros(3), 1, 5.0)
    array([0., 5., 0.])
    """
    pattern, arrays = pattern_of(key)
    x, v = as_operand(x, "index_set"), operand(v, "index_set")
    if dtype_of(v).kind == "c" and dtype_of(x).kind != "c":
        raise ArgumentError(
            "index_set", "a complex value does not fit a real array.", "Make it complex first: x + 0j."
        )
    whole = x.shape
    inside = np.broadcast_to(0, whole)[ops._index(pattern, tuple(innermost(a) for a in arrays))].shape
    if isinstance(v, Array) or np.ndim(v):
        v = np.broadcast_to(v, inside) if v.shape != inside else v
    return ops.index_set(x, v, pattern, *arrays)


def index_add(x: Any, key: Any, v: Any) -> Any:
    """A copy of x in which v is added at an index; an entry that the index names twice receives both.

    Examples
    --------
    >>> import numpy as np, linad.numpy as lnp
    >>> lnp.index_add(np.zeros(3), [1, 1], 5.0)
    array([ 0., 10.,  0.])
    """
    pattern, arrays = pattern_of(key)
    x, v = as_operand(x, "index_add"), operand(v, "index_add")
    inside = np.broadcast_to(0, x.shape)[ops._index(pattern, tuple(innermost(a) for a in arrays))].shape
    v = retype(np.broadcast_to(v, inside), np.result_type(x.dtype, dtype_of(v)))
    return x + ops.scatter(v, x.shape, pattern, *arrays)


@door(np.take_along_axis)
def take_along_axis(arr: Any, indices: Any, axis: Any = -1) -> Any:
    arr = as_operand(arr, "numpy.take_along_axis")
    if axis is None:
        arr, axis = arr.reshape((arr.size,)), 0
    if np.ndim(indices) != arr.ndim:
        raise ValueError("`indices` and `arr` must have the same number of dimensions")
    return along(arr, indices, single(axis, arr.ndim))


@door(np.take)
def take(a: Any, indices: Any, axis: Any = None, out: Any = None, mode: str = "raise") -> Any:
    a = as_operand(a, "numpy.take")
    if axis is None:
        a, axis = a.reshape((a.size,)), 0
    axis = single(axis, a.ndim)
    indices = np.asarray(indices)
    n = a.shape[axis]
    if mode != "raise":
        indices = indices % n if mode == "wrap" else np.clip(indices, 0, n - 1)
    return ops.index(a, (*[slice(None)] * axis, ops.HOLE), indices)


__all__ = ["index_add", "index_set", "take", "take_along_axis"]
