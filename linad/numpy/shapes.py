"""Shapes: reshaping, axes, joining, splitting, triangles, diagonals."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from linad.core.dispatch import door, refuse_out
from linad.core.space import retype
from linad.core.traced import Array, flatten
from linad.errors import OptionError
from linad.numpy.axes import as_operand, several, single
from linad.operations import reductions
from linad.operations import shape as ops


@door(np.reshape)
def reshape(a: Any, /, shape: Any, order: str = "C", *, copy: Any = None) -> Any:
    a = as_operand(a, "numpy.reshape")
    if order not in ("C", "F"):
        raise OptionError(
            "numpy.reshape", f"order={order!r} depends on the memory of an array.", "Use order='C' or 'F'."
        )
    shape = (
        (operator.index(shape),)
        if not isinstance(shape, (tuple, list))
        else tuple(operator.index(n) for n in shape)
    )
    if -1 in shape:
        known = -int(np.prod(shape, dtype=np.int64))
        if known <= 0 or a.size % known:
            raise ValueError(f"cannot reshape array of size {a.size} into shape {shape}")
        shape = tuple(a.size // known if n == -1 else n for n in shape)
    return ops.reshape(a, shape, order) if order == "F" else ops.reshape(a, shape)


@door(np.ravel)
def ravel(a: Any, order: str = "C") -> Any:
    a = as_operand(a, "numpy.ravel")
    return reshape(a, (a.size,), "C" if order in ("K", "A") else order)


@door(np.transpose)
def transpose(a: Any, axes: Any = None) -> Any:
    a = as_operand(a, "numpy.transpose")
    if axes is None:
        axes = tuple(range(a.ndim))[::-1]
    axes = tuple(single(i, a.ndim) for i in axes)
    if sorted(axes) != list(range(a.ndim)):
        raise ValueError("axes don't match array")
    return ops.transpose(a, axes)


@door(np.matrix_transpose)
def matrix_transpose(x: Any, /) -> Any:
    return swapaxes(x, -1, -2)


@door(np.swapaxes)
def swapaxes(a: Any, axis1: Any, axis2: Any) -> Any:
    a = as_operand(a, "numpy.swapaxes")
    i, j = single(axis1, a.ndim), single(axis2, a.ndim)
    axes = list(range(a.ndim))
    axes[i], axes[j] = j, i
    return ops.transpose(a, tuple(axes))


@door(np.moveaxis)
def moveaxis(a: Any, source: Any, destination: Any) -> Any:
    a = as_operand(a, "numpy.moveaxis")
    source = np.lib.array_utils.normalize_axis_tuple(source, a.ndim, "source")
    destination = np.lib.array_utils.normalize_axis_tuple(destination, a.ndim, "destination")
    if len(source) != len(destination):
        raise ValueError("`source` and `destination` arguments must have the same number of elements")
    axes = [i for i in range(a.ndim) if i not in source]
    for place, axis in sorted(zip(destination, source, strict=True)):
        axes.insert(place, axis)
    return ops.transpose(a, tuple(axes))


@door(np.expand_dims)
def expand_dims(a: Any, axis: Any) -> Any:
    a = as_operand(a, "numpy.expand_dims")
    return ops.reshape(a, np.expand_dims(np.broadcast_to(0, a.shape), axis).shape)


@door(np.squeeze)
def squeeze(a: Any, axis: Any = None) -> Any:
    a = as_operand(a, "numpy.squeeze")
    return ops.reshape(a, np.squeeze(np.broadcast_to(0, a.shape), axis).shape)


@door(np.broadcast_to)
def broadcast_to(array: Any, shape: Any, subok: bool = False) -> Any:
    return ops.broadcast_to(array, (shape,) if isinstance(shape, int) else tuple(shape))


@door(np.concatenate)
def concatenate(
    arrays: Any, /, axis: Any = 0, out: Any = None, *, dtype: Any = None, casting: str = "same_kind"
) -> Any:
    refuse_out("concatenate", out)
    return _joined("concatenate", arrays, axis, dtype)


def _joined(name: str, arrays: Any, axis: Any, dtype: Any) -> Any:
    parts = [as_operand(x, f"numpy.{name}") for x in arrays]
    if not parts:
        raise ValueError("need at least one array to " + name)
    if name == "concatenate":
        if axis is None:
            parts, axis = [ops.reshape(x, (x.size,)) for x in parts], 0
        if parts[0].ndim == 0:
            raise ValueError("zero-dimensional arrays cannot be concatenated")
        axis = single(axis, parts[0].ndim)
    else:
        axis = single(axis, parts[0].ndim + 1)
    if dtype is not None:
        parts = [retype(x, np.dtype(dtype)) for x in parts]
    return getattr(ops, name)(axis, *parts)


@door(np.stack)
def stack(
    arrays: Any, axis: Any = 0, out: Any = None, *, dtype: Any = None, casting: str = "same_kind"
) -> Any:
    refuse_out("stack", out)
    return _joined("stack", arrays, axis, dtype)


@door(np.hstack)
def hstack(tup: Any, *, dtype: Any = None, casting: str = "same_kind") -> Any:
    parts = [_at_least(x, 1) for x in tup]
    return _joined("concatenate", parts, 0 if parts and parts[0].ndim == 1 else 1, dtype)


@door(np.vstack)
def vstack(tup: Any, *, dtype: Any = None, casting: str = "same_kind") -> Any:
    return _joined("concatenate", [_at_least(x, 2) for x in tup], 0, dtype)


def _at_least(x: Any, ndim: int) -> Any:
    x = as_operand(x, "numpy.stack")
    return x if x.ndim >= ndim else ops.reshape(x, (1,) * (ndim - x.ndim) + x.shape)


def array(object: Any, dtype: Any = None, **options: Any) -> Any:
    """An array; nested lists may hold traced arrays, which ``numpy.array`` cannot join.

    Examples
    --------
    >>> import linad as ln, linad.numpy as lnp
    >>> ln.jacobian(lambda x: lnp.array([[x, 2 * x], [0, x * x]]))(3.0)
    array([[1., 2.],
           [0., 6.]])
    """
    if isinstance(object, Array):
        return object if dtype is None else retype(object, np.dtype(dtype))
    if not isinstance(object, (list, tuple)) or not any(isinstance(x, Array) for x in flatten(object)):
        return np.array(object, dtype, **options)
    whole = _joined("stack", [array(part) for part in object], 0, None)
    return whole if dtype is None else retype(whole, np.dtype(dtype))


@door(np.split)
def split(ary: Any, indices_or_sections: Any, axis: Any = 0) -> Any:
    ary = as_operand(ary, "numpy.split")
    axis = single(axis, ary.ndim)
    places = np.split(np.arange(ary.shape[axis]), indices_or_sections)
    return [
        ary[(*[slice(None)] * axis, slice(int(part[0]), int(part[-1]) + 1) if len(part) else slice(0, 0))]
        for part in places
    ]


@door(np.flip)
def flip(m: Any, axis: Any = None) -> Any:
    m = as_operand(m, "numpy.flip")
    axes = several(axis, m.ndim)
    return ops.flip(m, tuple(range(m.ndim)) if axes is None else axes)


@door(np.tril)
def tril(m: Any, k: int = 0) -> Any:
    return ops.tril(m, k)


@door(np.triu)
def triu(m: Any, k: int = 0) -> Any:
    return ops.triu(m, k)


def _diagonal(a: Any, offset: int, axis1: int, axis2: int) -> Any:
    a = as_operand(a, "numpy.diagonal")
    if a.ndim < 2:
        raise ValueError("diag requires an array of at least two dimensions")
    return ops.diagonal(moveaxis(a, (axis1, axis2), (-2, -1)), offset)


@door(np.diagonal)
def diagonal(a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    return _diagonal(a, offset, axis1, axis2)


@door(np.trace)
def trace(a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1, dtype: Any = None, out: Any = None) -> Any:
    refuse_out("trace", out)
    d = _diagonal(a, offset, axis1, axis2)
    return reductions.sum(d if dtype is None else retype(d, np.dtype(dtype)), (d.ndim - 1,), False)


@door(np.diag)
def diag(v: Any, k: int = 0) -> Any:
    if v.ndim == 1:
        n = v.shape[0] + abs(k)
        return ops.from_diagonal(v, k, (n, n))
    if v.ndim == 2:
        return ops.diagonal(v, k)
    raise ValueError("Input must be 1- or 2-d.")


__all__ = [
    "array", "broadcast_to", "concatenate", "diag", "diagonal", "expand_dims", "flip", "hstack", "matrix_transpose",
    "moveaxis", "ravel", "reshape", "split", "squeeze", "stack", "swapaxes", "trace", "transpose", "tril", "triu", "vstack",
]  # fmt: skip
