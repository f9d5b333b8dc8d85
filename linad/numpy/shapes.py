"""Shapes: reshaping, moving axes, broadcasting, flipping, rolling, triangles, diagonals."""

from __future__ import annotations

import math
import operator
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple

from linad.core.dispatch import door, refuse_out
from linad.errors import OptionError
from linad.numpy.axes import as_operand, several, single, with_dtype
from linad.operations import reductions
from linad.operations import shape as ops


def _order(order: Any, name: str) -> str:
    """Orders that speak of memory are those of a C-ordered array: traced arrays have no memory."""
    if order == "K":
        raise OptionError(name, "order='K' depends on the memory of an array.", "Use order='C' or 'F'.")
    if order not in ("C", "F", "A"):
        raise ValueError(f"order must be one of 'C', 'F' or 'A' (got {order!r})")
    return "F" if order == "F" else "C"


@door(np.reshape)
def reshape(a: Any, /, shape: Any, order: Any = "C", *, copy: Any = None) -> Any:
    """The same entries in another shape."""
    a = as_operand(a, "numpy.reshape")
    order = _order(order, "numpy.reshape")
    whole = (
        tuple(map(operator.index, shape)) if isinstance(shape, (tuple, list)) else (operator.index(shape),)
    )
    if -1 in whole:
        if whole.count(-1) > 1:
            raise ValueError("can only specify one unknown dimension")
        known = -math.prod(whole)
        if known <= 0 or a.size % known:
            raise ValueError(f"cannot reshape array of size {a.size} into shape {whole}")
        whole = tuple([a.size // known if n == -1 else n for n in whole])
    return ops.reshape(a, whole, order) if order == "F" else ops.reshape(a, whole)


@door(np.ravel)
def ravel(a: Any, order: Any = "C") -> Any:
    """All entries in a row."""
    a = as_operand(a, "numpy.ravel")
    return ops.reshape(a, (a.size,), _order("C" if order == "K" else order, "numpy.ravel"))


@door(np.transpose)
def transpose(a: Any, axes: Any = None) -> Any:
    """The axes in another order; reversed by default."""
    a = as_operand(a, "numpy.transpose")
    if axes is None:
        return ops.transpose(a, tuple(range(a.ndim))[::-1])
    axes = tuple([single(i, a.ndim) for i in ((axes,) if isinstance(axes, int) else axes)])
    if len(axes) != a.ndim:
        raise ValueError("axes don't match array")
    if len(set(axes)) != a.ndim:
        raise ValueError("repeated axis in transpose")
    return ops.transpose(a, axes)


permute_dims = transpose


@door(np.matrix_transpose)
def matrix_transpose(x: Any, /) -> Any:
    """The transposes of matrices in the last two axes."""
    x = as_operand(x, "numpy.matrix_transpose")
    if x.ndim < 2:
        raise ValueError(f"Input array must be at least 2-dimensional, but it is {x.ndim}")
    return swapaxes(x, -1, -2)


@door(np.swapaxes)
def swapaxes(a: Any, axis1: Any, axis2: Any) -> Any:
    """Two axes exchanged."""
    a = as_operand(a, "numpy.swapaxes")
    i, j = single(axis1, a.ndim), single(axis2, a.ndim)
    axes = list(range(a.ndim))
    axes[i], axes[j] = j, i
    return ops.transpose(a, tuple(axes))


@door(np.moveaxis)
def moveaxis(a: Any, source: Any, destination: Any) -> Any:
    """Axes moved to other places, the rest in order."""
    a = as_operand(a, "numpy.moveaxis")
    source = normalize_axis_tuple(source, a.ndim, "source")
    destination = normalize_axis_tuple(destination, a.ndim, "destination")
    if len(source) != len(destination):
        raise ValueError("`source` and `destination` arguments must have the same number of elements")
    axes = [i for i in range(a.ndim) if i not in source]
    for place, axis in sorted(zip(destination, source, strict=True)):
        axes.insert(place, axis)
    return ops.transpose(a, tuple(axes))


@door(np.rollaxis)
def rollaxis(a: Any, axis: Any, start: Any = 0) -> Any:
    """An axis moved to stand before another."""
    a = as_operand(a, "numpy.rollaxis")
    order = np.rollaxis(np.empty([1] * a.ndim), axis, start)  # its errors
    axis, start = single(axis, a.ndim), start + order.ndim if start < 0 else start
    return moveaxis(a, axis, start - 1 if axis < start else start)


def _reshaped_as(original: Any, name: str) -> Any:
    """A function that only changes the shape: NumPy is asked for it on an array that takes no memory."""

    @door(original)
    def change(a: Any, axis: Any = None) -> Any:
        """The same entries, with axes of length one."""
        a = as_operand(a, f"numpy.{name}")
        return ops.reshape(a, original(np.broadcast_to(0, a.shape), axis).shape)

    return change


squeeze = _reshaped_as(np.squeeze, "squeeze")


@door(np.expand_dims)
def expand_dims(a: Any, axis: Any) -> Any:
    """The same entries, with new axes of length one."""
    a = as_operand(a, "numpy.expand_dims")
    return ops.reshape(a, np.expand_dims(np.broadcast_to(0, a.shape), axis).shape)


@door(np.broadcast_to)
def broadcast_to(array: Any, shape: Any, subok: bool = False) -> Any:
    """The array repeated to a shape."""
    whole = tuple(map(operator.index, shape)) if np.iterable(shape) else (operator.index(shape),)
    return ops.broadcast_to(as_operand(array, "numpy.broadcast_to"), whole)


@door(np.broadcast_arrays)
def broadcast_arrays(*args: Any, subok: bool = False) -> Any:
    """Arrays repeated to their common shape."""
    arrays = [as_operand(x, "numpy.broadcast_arrays") for x in args]
    shape = np.broadcast_shapes(*[x.shape for x in arrays])
    return tuple([ops.broadcast_to(x, shape) if x.shape != shape else x for x in arrays])


@door(np.flip)
def flip(m: Any, axis: Any = None) -> Any:
    """The entries in reverse order along axes."""
    m = as_operand(m, "numpy.flip")
    axes = several(axis if axis is None or isinstance(axis, tuple) else (axis,), m.ndim)
    return ops.flip(m, tuple(range(m.ndim)) if axes is None else axes)


def _flip_of(original: Any, axis: int) -> Any:
    @door(original)
    def flipped(m: Any) -> Any:
        """The entries in reverse order along one axis."""
        m = as_operand(m, f"numpy.{original.__name__}")
        if m.ndim <= axis:
            raise ValueError(f"Input must be >= {axis + 1}-d.")
        return ops.flip(m, (axis,))

    return flipped


flipud = _flip_of(np.flipud, 0)
fliplr = _flip_of(np.fliplr, 1)


@door(np.roll)
def roll(a: Any, shift: Any, axis: Any = None) -> Any:
    """The entries moved along axes; those that leave come back at the other end."""
    a = as_operand(a, "numpy.roll")
    if axis is None:
        return ops.reshape(roll(ops.reshape(a, (a.size,)), shift, 0), a.shape)
    axes = normalize_axis_tuple(axis, a.ndim, "axis", allow_duplicate=True)
    if a.ndim == 0:
        raise ValueError("numpy.roll: a number has no axis to be rolled along")
    pairs = np.broadcast(shift, axes)
    if pairs.ndim > 1:
        raise ValueError("'shift' and 'axis' should be scalars or 1D sequences")
    for by, i in pairs:
        n = a.shape[i]
        if n and (by := operator.index(by) % n):
            before = [slice(None)] * i
            a = ops.concatenate(i, a[(*before, slice(n - by, None))], a[(*before, slice(0, n - by))])
    return a


def _triangle(original: Any, operation: Any) -> Any:
    @door(original)
    def triangle(m: Any, k: Any = 0) -> Any:
        """Matrices with zeros outside a triangle."""
        m = as_operand(m, f"numpy.{original.__name__}")
        if m.ndim == 0:
            raise TypeError(f"numpy.{original.__name__} needs an array of at least one dimension")
        return operation(m if m.ndim > 1 else ops.broadcast_to(m, (m.size, m.size)), operator.index(k))

    return triangle


tril = _triangle(np.tril, ops.tril)
triu = _triangle(np.triu, ops.triu)


def _diagonal(a: Any, offset: Any, axis1: Any, axis2: Any, name: str) -> Any:
    a = as_operand(a, name)
    if a.ndim < 2:
        raise ValueError("diag requires an array of at least two dimensions")
    if single(axis1, a.ndim) == single(axis2, a.ndim):
        raise ValueError("axis1 and axis2 cannot be the same")
    return ops.diagonal(moveaxis(a, (axis1, axis2), (-2, -1)), operator.index(offset))


@door(np.diagonal)
def diagonal(a: Any, offset: Any = 0, axis1: Any = 0, axis2: Any = 1) -> Any:
    """The diagonals of matrices in two axes."""
    return _diagonal(a, offset, axis1, axis2, "numpy.diagonal")


@door(np.trace)
def trace(a: Any, offset: Any = 0, axis1: Any = 0, axis2: Any = 1, dtype: Any = None, out: Any = None) -> Any:
    """The sums of the diagonals of matrices in two axes."""
    refuse_out("trace", out)
    d = with_dtype(_diagonal(a, offset, axis1, axis2, "numpy.trace"), dtype)
    return reductions.sum(d, (d.ndim - 1,), False)


@door(np.diag)
def diag(v: Any, k: Any = 0) -> Any:
    """The diagonal of a matrix, or the matrix with a diagonal."""
    v, k = as_operand(v, "numpy.diag"), operator.index(k)
    if v.ndim == 1:
        n = v.shape[0] + abs(k)
        return ops.from_diagonal(v, k, (n, n))
    if v.ndim == 2:
        return ops.diagonal(v, k)
    raise ValueError("Input must be 1- or 2-d.")


__all__ = [
    "broadcast_arrays", "broadcast_to", "diag", "diagonal", "expand_dims", "flip", "fliplr", "flipud",
    "matrix_transpose", "moveaxis", "permute_dims", "ravel", "reshape", "roll", "rollaxis", "squeeze",
    "swapaxes", "trace", "transpose", "tril", "triu",
]  # fmt: skip
