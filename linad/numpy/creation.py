"""Arrays made from traced ones, and what a traced array answers about itself."""

from __future__ import annotations

from typing import Any

import numpy as np

from linad.core.dispatch import door
from linad.core.traced import Array, flatten, innermost
from linad.errors import ArgumentError
from linad.numpy.axes import as_operand, cast, with_dtype
from linad.operations.shape import broadcast_to, reshape, stack


def array(object: Any, dtype: Any = None, **options: Any) -> Any:
    """An array; nested lists may hold traced arrays, which ``numpy.array`` cannot join.

    Examples
    --------
    >>> import linad as ln, linad.numpy as lnp
    >>> ln.jacobian(lambda x: lnp.array([[x, 2 * x], [0, x * x]]))(3.0)
    array([[1., 2.],
           [0., 6.]])
    """
    whole = _joined(object)
    if whole is None:
        return np.array(object, dtype, **options)
    return _with_options("array", whole, dtype, **options)


def asarray(a: Any, dtype: Any = None, order: Any = None, **options: Any) -> Any:
    """A traced array as it is, and lists of them joined; anything else as ``numpy.asarray`` has it."""
    whole = _joined(a)
    if whole is None:
        return np.asarray(a, dtype, order, **options)
    return _with_options("asarray", whole, dtype, order=order, **options)


def asanyarray(a: Any, dtype: Any = None, order: Any = None, **options: Any) -> Any:
    """As :func:`asarray`; subclasses of arrays pass through."""
    whole = _joined(a)
    if whole is None:
        return np.asanyarray(a, dtype, order, **options)
    return _with_options("asanyarray", whole, dtype, order=order, **options)


def _joined(x: Any) -> Any:
    """One traced array from what holds some; None where nothing is traced."""
    if isinstance(x, Array):
        return as_operand(x, "array")
    if not isinstance(x, (list, tuple)) or not any(isinstance(part, Array) for part in flatten(x)):
        return None
    joined: list[Any] = [_joined(part) for part in x]
    parts = [
        as_operand(part, "array") if whole is None else whole for whole, part in zip(joined, x, strict=True)
    ]
    if any(part.shape != parts[0].shape for part in parts):
        shapes = ", ".join(str(part.shape) for part in parts)
        raise ValueError(f"array: the parts have shapes {shapes}; they must be equal")
    return stack(0, *parts)


def _with_options(
    name: str, x: Array, dtype: Any, *, copy: Any = True, order: Any = None, subok: bool = False, ndmin:
    int = 0, device: Any = None, like: Any = None, ndmax: int = 0,
) -> Any:  # fmt: skip
    if order not in (None, "K", "A", "C", "F"):
        raise ValueError(f"{name}: order must be one of 'C', 'F', 'A', or 'K' (got {order!r})")
    if device not in (None, "cpu"):
        raise ValueError(f'{name}: device must be "cpu", not {device!r}')
    if like is not None and not isinstance(like, (Array, np.ndarray)):
        raise ArgumentError(name, "like= names another array library.", "Leave it out.")
    x = with_dtype(x, dtype)
    return reshape(x, (1,) * (ndmin - x.ndim) + x.shape) if x.ndim < ndmin else x


@door(np.copy)
def copy(a: Any, order: Any = "K", subok: bool = False) -> Any:
    """The array itself: a traced array is never changed, and needs no copy."""
    return as_operand(a, "numpy.copy")


@door(np.astype)
def astype(x: Any, dtype: Any, /, *, copy: bool = True, device: Any = None) -> Any:
    """The array in another dtype."""
    if device not in (None, "cpu"):
        raise ValueError(f'Device not understood. Only "cpu" is allowed, but received: {device}')
    return cast(as_operand(x, "numpy.astype"), np.dtype(dtype))


def _constant_like(original: Any) -> Any:
    @door(original)
    def filled(
        a: Any,
        dtype: Any = None,
        order: Any = "K",
        subok: bool = True,
        shape: Any = None,
        *,
        device: Any = None,
    ) -> Any:
        """A plain array of the shape and dtype of a traced one: it is constant."""
        whole = a.shape if shape is None else shape
        made = getattr(np, original.__name__.removesuffix("_like"))
        return made(whole, a.dtype if dtype is None else dtype, "F" if order == "F" else "C", device=device)

    return filled


zeros_like = _constant_like(np.zeros_like)
ones_like = _constant_like(np.ones_like)


@door(np.empty_like)
def empty_like(
    prototype: Any, /, dtype: Any = None, order: Any = "K", subok: bool = True, shape: Any = None, *,
    device: Any = None
) -> Any:  # fmt: skip
    """A plain array of the shape and dtype of a traced one."""
    whole = prototype.shape if shape is None else shape
    return np.empty(
        whole, prototype.dtype if dtype is None else dtype, "F" if order == "F" else "C", device=device
    )


@door(np.full_like)
def full_like(
    a: Any, fill_value: Any, dtype: Any = None, order: Any = "K", subok: bool = True, shape: Any = None,
    *, device: Any = None
) -> Any:  # fmt: skip
    """An array filled with a number, which may be traced."""
    whole = (a.shape if isinstance(a, Array) else np.shape(a)) if shape is None else shape
    dtype = (a.dtype if isinstance(a, Array) else np.asarray(a).dtype) if dtype is None else np.dtype(dtype)
    if not isinstance(fill_value, Array):
        return np.full(whole, fill_value, dtype, "F" if order == "F" else "C", device=device)
    whole = tuple(whole) if np.iterable(whole) else (whole,)
    return broadcast_to(cast(as_operand(fill_value, "numpy.full_like"), dtype), whole)


@door(np.shape)
def shape(a: Any) -> Any:
    """The shape."""
    return a.shape


@door(np.ndim)
def ndim(a: Any) -> Any:
    """The number of axes."""
    return a.ndim


@door(np.size)
def size(a: Any, axis: Any = None) -> Any:
    """The number of entries, of all or along axes."""
    return np.size(np.broadcast_to(0, a.shape), axis)


@door(np.isscalar)
def isscalar(element: Any) -> Any:
    """Whether it is a number and not an array; NumPy itself never asks a traced number."""
    return not isinstance(innermost(element), np.ndarray)


@door(np.result_type)
def result_type(*arrays_and_dtypes: Any) -> Any:
    """The dtype that arrays promote to."""
    parts = [innermost(x) if isinstance(x, Array) else x for x in arrays_and_dtypes]
    return np.result_type(*[x if isinstance(x, type) else getattr(x, "dtype", x) for x in parts])


@door(np.common_type)
def common_type(*arrays: Any) -> Any:
    """The type of floating numbers that arrays promote to."""
    return np.common_type(*[np.empty(0, x.dtype) for x in arrays])


__all__ = [
    "array", "asanyarray", "asarray", "astype", "common_type", "copy", "empty_like", "full_like",
    "isscalar", "ndim", "ones_like", "result_type", "shape", "size", "zeros_like",
]  # fmt: skip
