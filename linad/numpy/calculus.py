"""Slopes of sampled functions, and the lines between their samples."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple

from linad.core.dispatch import door
from linad.core.space import is_complex, retype
from linad.core.traced import Array, operand
from linad.numpy.axes import as_operand, with_dtype
from linad.operations import elementwise, indexing, reductions
from linad.operations.shape import broadcast_to, concatenate, reshape


def _steps(given: Any, n: int) -> Any:
    """The spacing along an axis of n samples: one number, or the distances between neighbours."""
    x = operand(given, "numpy.gradient")
    if np.ndim(x) == 0:
        return x
    if x.ndim != 1:
        raise ValueError("distances must be either scalars or 1d")
    if x.shape[0] != n:
        raise ValueError("when 1d, distances must match the length of the corresponding dimension")
    x = x if x.dtype.kind in "fc" else retype(x, np.dtype(np.float64))
    steps = x[1:] - x[:-1]
    if not isinstance(steps, Array) and (steps == steps[0]).all():
        return steps[0]
    return steps


def _stencils(h: Any, edge_order: int) -> tuple[Any, Any, Any]:
    """Weights of three neighbours: at the first of them, in their middle, and at the last."""
    if np.ndim(h) == 0:
        first, last = (-1.5 / h, 2.0 / h, -0.5 / h), (0.5 / h, -2.0 / h, 1.5 / h)
        return first, None, last
    left, right = h[:-1], h[1:]
    both = left + right
    middle = (-right / (left * both), (right - left) / (left * right), left / (right * both))
    if edge_order == 1:
        return None, middle, None
    p, q, r, s = h[0], h[1], h[-2], h[-1]
    first = (-(2.0 * p + q) / (p * (p + q)), (p + q) / (p * q), -p / (q * (p + q)))
    last = (s / (r * (r + s)), -(r + s) / (r * s), (2.0 * s + r) / (s * (r + s)))
    return first, middle, last


def _slopes(f: Any, h: Any, axis: int, edge_order: int) -> Any:
    def part(start: Any, stop: Any) -> Any:
        return f[(*[slice(None)] * axis, slice(start, stop))]

    def weighted(weights: Any, *parts: Any) -> Any:
        total = 0.0
        for weight, x in zip(weights, parts, strict=True):
            shaped = reshape(weight, (-1,) + (1,) * (f.ndim - axis - 1)) if np.ndim(weight) else weight
            total = total + shaped * x
        return total

    even = np.ndim(h) == 0
    if even and edge_order == 1:
        first = middle = last = None
    else:
        first, middle, last = _stencils(h, edge_order)
    if even:
        inside = (part(2, None) - part(None, -2)) / (2.0 * h)
    else:
        inside = weighted(middle, part(None, -2), part(1, -1), part(2, None))
    if edge_order == 1:
        h0, h1 = (h, h) if even else (h[0], h[-1])
        begin, end = (part(1, 2) - part(0, 1)) / h0, (part(-1, None) - part(-2, -1)) / h1
    else:
        begin = weighted(first, part(0, 1), part(1, 2), part(2, 3))
        end = weighted(last, part(-3, -2), part(-2, -1), part(-1, None))
    return concatenate(axis, begin, inside, end)


@door(np.gradient)
def gradient(f: Any, *varargs: Any, axis: Any = None, edge_order: Any = 1) -> Any:
    """Slopes of samples by differences; the spacings may be traced too."""
    f = as_operand(f, "numpy.gradient")
    axes = tuple(range(f.ndim)) if axis is None else normalize_axis_tuple(axis, f.ndim)
    if not varargs:
        spacings: list[Any] = [1.0] * len(axes)
    elif len(varargs) == 1 and np.ndim(varargs[0]) == 0:
        spacings = [operand(varargs[0], "numpy.gradient")] * len(axes)
    elif len(varargs) == len(axes):
        spacings = [_steps(x, f.shape[i]) for x, i in zip(varargs, axes, strict=True)]
    else:
        raise TypeError("invalid number of arguments")
    if edge_order > 2:
        raise ValueError("'edge_order' greater than 2 not supported")
    f = f if f.dtype.kind in "fc" else retype(f, np.dtype(np.float64))
    found = []
    for i, h in zip(axes, spacings, strict=True):
        if f.shape[i] < edge_order + 1:
            raise ValueError(
                "Shape of array too small to calculate a numerical gradient, "
                "at least (edge_order + 1) elements are required."
            )
        found.append(with_dtype(_slopes(f, h, i, edge_order), f.dtype))
    return found[0] if len(found) == 1 else tuple(found)


_DOUBLE = np.dtype(np.float64)


def _periodic(x: Any, xp: Any, fp: Any, period: Any) -> tuple[Any, Any, Any]:
    """Samples of one period in order, with the last one before and the first one after them."""
    if period == 0:
        raise ValueError("period must be a non-zero value")
    period = elementwise.absolute(operand(period, "numpy.interp"))
    x, xp = elementwise.remainder(x, period), elementwise.remainder(xp, period)
    places = reductions.argsort(xp, 0, None)
    xp, fp = (indexing.index(v, (indexing.HOLE,), places) for v in (xp, fp))
    return x, concatenate(0, xp[-1:] - period, xp, xp[:1] + period), concatenate(0, fp[-1:], fp, fp[:1])


@door(np.interp)
def interp(x: Any, xp: Any, fp: Any, left: Any = None, right: Any = None, period: Any = None) -> Any:
    """The line between the samples on either side of x; at a sample its slope is that of the line that begins there."""
    x, xp, fp = (as_operand(v, "numpy.interp") for v in (x, xp, fp))
    if xp.ndim != 1 or fp.ndim != 1:
        raise ValueError("Data points must be 1-D sequences")
    if xp.shape != fp.shape:
        raise ValueError("fp and xp are not of the same length.")
    if xp.shape[0] == 0:
        raise ValueError("array of sample points is empty")
    x, xp = with_dtype(x, _DOUBLE, "safe"), with_dtype(xp, _DOUBLE, "safe")
    fp = with_dtype(fp, np.dtype(np.complex128) if is_complex(fp) else _DOUBLE, "safe")
    if period is not None:
        (x, xp, fp), left, right = _periodic(x, xp, fp, period), None, None
    left = fp[0] if left is None else operand(left, "numpy.interp")
    right = fp[-1] if right is None else operand(right, "numpy.interp")
    y = broadcast_to(fp[0], x.shape) if xp.shape[0] == 1 else _between(x, xp, fp)
    y = elementwise.where(elementwise.less(x, xp[0]), left, y)
    return retype(elementwise.where(elementwise.greater(x, xp[-1]), right, y), fp.dtype)


def _between(x: Any, xp: Any, fp: Any) -> Any:
    """The line whose ends are the samples next to x, or at the ends of the samples the first or last line."""
    i = reductions.searchsorted(xp, x, "right", None) - 1
    i = elementwise.minimum(elementwise.maximum(i, 0), xp.shape[0] - 2)
    a, b = (indexing.index(xp, (indexing.HOLE,), k) for k in (i, i + 1))
    fa, fb = (indexing.index(fp, (indexing.HOLE,), k) for k in (i, i + 1))
    width = b - a  # 0 only where the last samples coincide
    slope = (fb - fa) / elementwise.where(elementwise.equal(width, 0), 1.0, width)
    low, high = fa + slope * (x - a), fb + slope * (x - b)
    last = elementwise.equal(x, b)
    y = elementwise.where(elementwise.logical_or(last, elementwise.isnan(low)), high, low)
    # next to an infinite sample: at a sample that sample, and between equal ones either
    flat = elementwise.logical_or(elementwise.equal(x, a), elementwise.equal(fa, fb))
    known = elementwise.logical_and(elementwise.isnan(y), elementwise.logical_or(last, flat))
    return elementwise.where(known, elementwise.where(last, fb, fa), y)


__all__ = ["gradient", "interp"]
