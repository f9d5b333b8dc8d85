"""Functions of the user's, applied to slices."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from linad.core.dispatch import door
from linad.numpy.axes import as_operand, single
from linad.operations import shape as ops


@door(np.apply_along_axis)
def apply_along_axis(func1d: Callable[..., Any], axis: Any, arr: Any, *args: Any, **kwargs: Any) -> Any:
    """A function of vectors, applied to each vector along an axis."""
    arr = as_operand(arr, "numpy.apply_along_axis")
    axis = single(axis, arr.ndim)
    rest = [i for i in range(arr.ndim) if i != axis]
    rows = ops.transpose(arr, (*rest, axis))
    around = rows.shape[:-1]
    if 0 in around:
        raise ValueError("Cannot apply_along_axis when any iteration dimensions are 0")
    results = [
        as_operand(func1d(rows[place], *args, **kwargs), "numpy.apply_along_axis")
        for place in np.ndindex(around)
    ]
    inner = results[0].shape
    if any(x.shape != inner for x in results):
        raise ValueError(f"apply_along_axis: the function gave shapes {sorted({x.shape for x in results})}")
    whole = ops.reshape(ops.stack(0, *results), around + inner)
    order = list(range(whole.ndim))
    return ops.transpose(whole, (*order[:axis], *order[len(around) :], *order[axis : len(around)]))


@door(np.apply_over_axes)
def apply_over_axes(func: Callable[..., Any], a: Any, axes: Any) -> Any:
    """A function of an array and an axis, applied for one axis after the other."""
    a = as_operand(a, "numpy.apply_over_axes")
    for axis in (axes,) if np.ndim(axes) == 0 else axes:
        axis = axis + a.ndim if axis < 0 else axis
        result = as_operand(func(a, axis), "numpy.apply_over_axes")
        if result.ndim == a.ndim - 1:
            axis = single(axis, a.ndim)
            result = ops.reshape(result, (*result.shape[:axis], 1, *result.shape[axis:]))
        if result.ndim != a.ndim:
            raise ValueError("function is not returning an array of the correct shape")
        a = result
    return a


__all__ = ["apply_along_axis", "apply_over_axes"]
