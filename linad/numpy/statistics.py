"""Means and variances, by NumPy's formulas."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple

from linad.core.dispatch import door, refuse_out
from linad.core.kinds import look
from linad.core.space import is_complex, retype
from linad.core.traced import innermost
from linad.numpy.axes import NO, as_operand, check_mask, several, single, with_dtype
from linad.numpy.reductions import given, keep, masked
from linad.operations import elementwise, reductions
from linad.operations.shape import broadcast_to, reshape, transpose


def _averaged(a: Any, axis: Any, dtype: Any, where: Any) -> tuple[Any, tuple[int, ...] | None, Any]:
    """The array and its axes, in the dtype in which NumPy averages it, and the dtype of the result."""
    if not isinstance(axis, tuple) and axis is not None and (where is NO or where is True):
        axis = (axis,)  # a number has no axis, though NumPy gives it one where a mask is given
    axes = several(axis, a.ndim)
    result = a.dtype if a.dtype.kind in "fc" else np.dtype(np.float64)
    if dtype is None:
        return retype(a, np.dtype(np.float32) if result == np.float16 else result), axes, result
    return with_dtype(a, dtype), axes, np.dtype(dtype)


def _count(a: Any, axes: Any, kept: bool, where: Any, dtype: np.dtype[Any]) -> Any:
    """How many entries are averaged: a number, or with where= an array, in the real dtype of the data."""
    if where is NO or where is True:
        entries = math.prod(n for i, n in enumerate(a.shape) if axes is None or i in axes)
        return np.finfo(dtype).dtype.type(entries)
    mask = check_mask(where, a.shape)
    counted = reductions.sum(broadcast_to(mask, a.shape), axes, kept)
    return retype(counted, np.finfo(dtype).dtype)


@look
def _warn_if(outcome: Any, text: str) -> None:
    numbers = innermost(outcome)
    if isinstance(numbers, (np.ndarray, np.bool_)) and np.any(numbers):  # a symbol has none yet
        warnings.warn(text, RuntimeWarning, stacklevel=5)


def _mean_of(a: Any, axes: Any, kept: bool, where: Any) -> Any:
    total = reductions.sum(masked(a, where, 0), axes, kept)
    return elementwise.divide(total, _count(a, axes, kept, where, a.dtype))


@door(np.mean)
def mean(
    a: Any, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: Any = NO, *, where: Any = NO
) -> Any:
    """The mean of entries."""
    refuse_out("mean", out)
    a, axes, result = _averaged(as_operand(a, "numpy.mean"), axis, dtype, where)
    _warn_if(_count(a, axes, False, where, a.dtype) == 0, "Mean of empty slice")
    return retype(_mean_of(a, axes, keep(keepdims), where), result)


@door(np.var)
def var(
    a: Any, axis: Any = None, dtype: Any = None, out: Any = None, ddof: Any = 0, keepdims: Any = NO, *,
    where: Any = NO, mean: Any = NO, correction: Any = NO,
) -> Any:  # fmt: skip
    """The variance; of complex entries that of their moduli."""
    refuse_out("var", out)
    if correction is not NO:
        if ddof != 0:
            raise ValueError("ddof and correction can't be provided simultaneously.")
        ddof = correction
    a = as_operand(a, "numpy.var")
    paired = is_complex(a)
    a, axes, result = _averaged(a, axis, dtype, where)
    count = _count(a, axes, keep(keepdims), where, a.dtype)
    _warn_if(ddof >= count, "Degrees of freedom <= 0 for slice")
    centre = mean if given(mean) else _mean_of(a, axes, True, where)
    deviation = masked(
        a - centre, where, 0
    )  # before the square: a NaN left out must not reach the derivative
    if paired:
        squares = elementwise.real(deviation * elementwise.conjugate(deviation))
        result = np.finfo(result).dtype if dtype is None else result
    else:
        squares = elementwise.square(deviation)
    total = reductions.sum(squares, axes, keep(keepdims))
    return retype(elementwise.divide(total, elementwise.maximum(count - ddof, 0)), result)


@door(np.std)
def std(
    a: Any, axis: Any = None, dtype: Any = None, out: Any = None, ddof: Any = 0, keepdims: Any = NO, *,
    where: Any = NO, mean: Any = NO, correction: Any = NO,
) -> Any:  # fmt: skip
    """The standard deviation, a length: where it is 0 its subgradient is 0."""
    refuse_out("std", out)
    return elementwise.length(
        var.traced(a, axis, dtype, None, ddof, keepdims, where=where, mean=mean, correction=correction)  # type: ignore[attr-defined]  # doors carry their traced side
    )


@door(np.average)
def average(
    a: Any, axis: Any = None, weights: Any = None, returned: bool = False, *, keepdims: Any = NO
) -> Any:
    """The weighted mean."""
    a = as_operand(a, "numpy.average")
    axes = None if axis is None else normalize_axis_tuple(axis, a.ndim, "axis")
    kept = keep(keepdims)
    if weights is None:
        value = mean(a, axes, keepdims=kept)
        scale = value.dtype.type(a.size / value.size if value.size else 0)
    else:
        weights = as_operand(weights, "numpy.average")
        if weights.shape != a.shape:
            if axis is None:
                raise TypeError("Axis must be specified when shapes of a and weights differ.")
            given_axes = [single(i, a.ndim) for i in (axis if isinstance(axis, tuple) else (axis,))]
            if weights.shape != tuple(a.shape[i] for i in given_axes):
                raise ValueError("Shape of weights must be consistent with shape of a along specified axis.")
            order = tuple(int(i) for i in np.argsort(given_axes))
            weights = reshape(
                transpose(weights, order), tuple(n if i in given_axes else 1 for i, n in enumerate(a.shape))
            )
        dtype = np.result_type(a.dtype, weights.dtype, *([] if a.dtype.kind in "fc" else [np.float64]))
        a, weights = retype(a, dtype), retype(weights, dtype)
        total = reductions.sum(broadcast_to(weights, a.shape), axes, kept)
        if (total == 0).any():
            raise ZeroDivisionError("Weights sum to zero, can't be normalized")
        value = reductions.sum(a * weights, axes, kept) / total
        scale = retype(total, value.dtype)
    return (value, np.broadcast_to(scale, value.shape)) if returned else value


__all__ = ["average", "mean", "std", "var"]
