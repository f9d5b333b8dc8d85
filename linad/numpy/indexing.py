"""Indexing of every kind, and writing by index without changing the array."""

from __future__ import annotations

import math
import operator
from typing import Any

import numpy as np

from linad.core.dispatch import door, refuse_out
from linad.core.kinds import steady
from linad.core.space import Space, dtype_of, retype
from linad.core.traced import Array, innermost, operand
from linad.errors import ArgumentError, SymbolError
from linad.numpy.axes import as_operand, plain, single
from linad.numpy.order import along
from linad.operations import elementwise
from linad.operations import indexing as ops
from linad.operations.shape import broadcast_to, reshape

_BASIC = frozenset((int, slice, type(None), type(Ellipsis)))


def pattern_of(key: Any) -> tuple[tuple[Any, ...], list[Any]]:
    """An index as NumPy takes it, as a pattern and the arrays in it."""
    pattern: list[Any] = []
    arrays: list[Any] = []
    for part in key if isinstance(key, tuple) else (key,):
        if type(part) in _BASIC:
            pattern.append(part)
        elif isinstance(part, Array):
            if part.dtype.kind not in "biu":
                raise ArgumentError(
                    "index",
                    f"a traced array of dtype {part.dtype} is not an index.",
                    "An index is discrete: take it from linad.value(x).",
                )
            if part.dtype == bool:
                steady(np.count_nonzero, part)  # the shape of the result
            pattern.append(ops.HOLE)
            arrays.append(part)
        elif isinstance(part, (np.ndarray, bool, np.bool_)):
            pattern.append(ops.HOLE)
            arrays.append(part)
        elif isinstance(part, np.integer):
            pattern.append(int(part))
        elif isinstance(part, str):
            raise IndexError(f"a traced array has no fields: {part!r} is not an index")
        elif isinstance(part, (list, tuple, range)) or hasattr(part, "__array__"):
            given = np.asarray(part)
            pattern.append(ops.HOLE)
            arrays.append(given if given.size else given.astype(np.intp))
        else:
            pattern.append(_integer(part))
    return tuple(pattern), arrays


def _integer(part: Any) -> int:
    try:
        return operator.index(part)
    except TypeError as error:
        raise IndexError(
            "only integers, slices (`:`), ellipsis (`...`), numpy.newaxis (`None`) and integer or boolean "
            f"arrays are valid indices, not {type(part).__name__}"
        ) from error


def getitem(x: Any, key: Any) -> Any:
    pattern, arrays = pattern_of(key)
    return ops.index(x, pattern, *arrays)


def _places(where: str, a: Any) -> Any:
    """The numbers of an index, as far as they decide a shape."""
    numbers = innermost(a)
    if not isinstance(numbers, Space):
        return numbers
    if numbers.dtype == bool:
        raise SymbolError(
            where,
            "how many entries a mask picks is not known before data is bound.",
            "Write numpy.where(mask, v, x).",
        )
    return np.zeros(numbers.shape, numbers.dtype)


def _written(x: Any, key: Any, v: Any, where: str) -> tuple[Any, Any, tuple[Any, ...], list[Any]]:
    """The array, the value broadcast as an assignment does it, and the index."""
    pattern, arrays = pattern_of(key)
    x, v = as_operand(x, where), operand(v, where)
    if dtype_of(v).kind == "c" and dtype_of(x).kind != "c":
        raise ArgumentError(
            where, "a complex value does not fit a real array.", "Make it complex first: x + 0j."
        )
    inside = np.broadcast_to(0, x.shape)[
        ops._index(pattern, tuple([_places(where, a) for a in arrays]))
    ].shape
    v = as_operand(v, where)
    surplus = v.ndim - len(inside)  # an assignment drops leading axes of length one
    if surplus > 0 and v.shape[:surplus] == (1,) * surplus:
        v = reshape(v, v.shape[surplus:])
    if v.shape != inside:
        if np.broadcast_shapes(v.shape, inside) != inside:
            raise ValueError(f"{where}: a value of shape {v.shape} does not fit the indexed shape {inside}")
        v = broadcast_to(v, inside)
    return x, v, pattern, arrays


def index_set(x: Any, key: Any, v: Any) -> Any:
    """A copy of x in which ``x[key] = v``: the functional form of assignment.

    Examples
    --------
    >>> import numpy as np, linad.numpy as lnp
    >>> lnp.index_set(np.zeros(3), 1, 5.0)
    array([0., 5., 0.])
    """
    x, v, pattern, arrays = _written(x, key, v, "index_set")
    if x.dtype.kind not in "fc" and dtype_of(v).kind in "fc":
        if isinstance(v, Array):
            raise ArgumentError(
                "index_set",
                f"an array of dtype {x.dtype} cannot hold a traced number.",
                "Make it floating first: x.astype(float).",
            )
        v = v.astype(x.dtype)
    return ops.index_set(x, v, pattern, *arrays)


def index_add(x: Any, key: Any, v: Any) -> Any:
    """A copy of x in which v is added at an index; an entry that the index names twice receives both.

    Examples
    --------
    >>> import numpy as np, linad.numpy as lnp
    >>> lnp.index_add(np.zeros(3), [1, 1], 5.0)
    array([ 0., 10.,  0.])
    """
    x, v, pattern, arrays = _written(x, key, v, "index_add")
    if isinstance(v, Array) or v.dtype.kind in "fc":
        v = retype(v, np.result_type(x.dtype if x.dtype.kind in "fc" else np.float64, v.dtype))
        v = retype(v, x.dtype) if x.dtype.kind in "fc" else v
    return x + ops.scatter(v, x.shape, pattern, *arrays)


@door(np.take_along_axis)
def take_along_axis(arr: Any, indices: Any, axis: Any = -1) -> Any:
    """Entries along an axis, at places of their own for each position of the other axes."""
    arr = as_operand(arr, "numpy.take_along_axis")
    indices = indices if isinstance(indices, Array) else np.asarray(indices)
    if axis is None:
        if indices.ndim != 1:
            raise ValueError("when axis=None, `indices` must have a single dimension.")
        arr, axis = arr.reshape((arr.size,)), 0
    axis = single(axis, arr.ndim)
    if indices.dtype.kind not in "iu":
        raise IndexError("`indices` must be an integer array")
    if indices.ndim != arr.ndim:
        raise ValueError("`indices` and `arr` must have the same number of dimensions")
    return along(arr, indices, axis)


@door(np.take)
def take(a: Any, indices: Any, axis: Any = None, out: Any = None, mode: Any = "raise") -> Any:
    """Entries, or slices along an axis, at given places."""
    refuse_out("take", out)
    a = as_operand(a, "numpy.take")
    if axis is None or a.ndim == 0:
        a, axis = a.reshape((a.size,)), 0 if axis is None else axis
    axis = single(axis, a.ndim)
    if not isinstance(indices, (Array, np.ndarray, np.generic)):
        indices = np.asarray(indices).astype(np.intp)  # of lists, what is not an integer is made one
    if not np.can_cast(indices.dtype, np.intp, "same_kind"):
        raise TypeError(f"numpy.take: places of dtype {indices.dtype} are not integers")
    indices = indices.astype(np.intp) if indices.dtype == bool else indices
    if 0 in a.shape[:axis]:  # nothing is picked, and NumPy looks at no place
        return a.reshape((*a.shape[:axis], *indices.shape, *a.shape[axis + 1 :]))
    return ops.index(a, (*[slice(None)] * axis, ops.HOLE), within(indices, a.shape[axis], mode))


def within(places: Any, n: int, mode: Any) -> Any:
    """Places among n as ``mode=`` brings them inside."""
    if mode not in ("raise", "wrap", "clip"):
        raise ValueError(f"clipmode must be one of 'clip', 'raise', or 'wrap' (got {mode!r})")
    if mode != "raise" and n == 0 and math.prod(places.shape):
        raise IndexError("cannot do a non-empty take from an empty axes.")
    if mode == "wrap":
        return elementwise.remainder(places, n)
    return elementwise.minimum(elementwise.maximum(places, 0), n - 1) if mode == "clip" else places


@door(np.compress)
def compress(condition: Any, a: Any, axis: Any = None, out: Any = None) -> Any:
    """Entries, or slices along an axis, where a row of conditions holds."""
    refuse_out("compress", out)
    if np.ndim(plain(condition, "numpy.compress", "the condition")) != 1:
        raise ValueError("condition must be a 1-d array")
    return take(a, np.flatnonzero(condition), axis)


@door(np.extract)
def extract(condition: Any, arr: Any) -> Any:
    """Entries where a condition of the same size holds."""
    arr, condition = as_operand(arr, "numpy.extract"), as_operand(condition, "numpy.extract")
    arr, condition = arr.reshape((arr.size,)), condition.reshape((condition.size,))
    if isinstance(condition, Array) and condition.size == arr.size:  # recorded: the mask is part of the graph
        return arr[condition if condition.dtype == bool else elementwise.not_equal(condition, 0)]
    return compress(condition, arr)


__all__ = ["compress", "extract", "index_add", "index_set", "take", "take_along_axis"]
