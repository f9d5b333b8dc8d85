"""Numbers between two ends, which may be traced: evenly spaced, or in a constant ratio."""

from __future__ import annotations

from typing import Any

import numpy as np

from linad.core.dispatch import door
from linad.core.traced import Array, operand
from linad.numpy.axes import as_operand, single, with_dtype
from linad.numpy.creation import result_type
from linad.numpy.elements import sign
from linad.operations import elementwise
from linad.operations.shape import concatenate, reshape, transpose


def _first_axis_to(points: Any, axis: Any) -> Any:
    axis = single(axis, points.ndim)
    return transpose(points, (*range(1, axis + 1), 0, *range(axis + 1, points.ndim))) if axis else points


@door(np.linspace)
def linspace(
    start: Any, stop: Any, num: Any = 50, endpoint: bool = True, retstep: bool = False, dtype: Any = None,
    axis: Any = 0, *, device: Any = None,
) -> Any:  # fmt: skip
    """Evenly spaced numbers between two ends."""
    places = np.linspace(0, 1, num, endpoint, device=device)
    common = result_type(
        *[x if isinstance(x, Array) or np.isscalar(x) else np.asarray(x) for x in (start, stop)]
    )
    common = common if common.kind in "fc" else np.dtype(np.float64)
    start, stop = as_operand(start, "numpy.linspace"), as_operand(stop, "numpy.linspace")
    start, stop = with_dtype(start, common), with_dtype(stop, common)
    weights = places.astype(np.finfo(common).dtype)
    weights = weights.reshape((-1,) + (1,) * len(np.broadcast_shapes(start.shape, stop.shape)))
    # Both ends exactly: the first weight is 0, and the last one 1.
    points = with_dtype(_first_axis_to(start * (1 - weights) + stop * weights, axis), dtype)
    if not retstep:
        return points
    parts = len(places) - 1 if endpoint else len(places)
    return points, (stop - start) / parts if parts > 0 else np.nan


@door(np.logspace)
def logspace(
    start: Any, stop: Any, num: Any = 50, endpoint: Any = True, base: Any = 10.0, dtype: Any = None, axis:
    Any = 0
) -> Any:  # fmt: skip
    """Powers of a base, whose exponents are evenly spaced."""
    base = operand(base, "numpy.logspace")
    if np.ndim(base):
        start, stop = as_operand(start, "numpy.logspace"), as_operand(stop, "numpy.logspace")
        n = max(x.ndim for x in (start, stop, base))
        start, stop, base = (reshape(x, (1,) * (n - x.ndim) + x.shape) for x in (start, stop, base))
        axis = single(axis, n + 1)
        base = reshape(base, (*base.shape[:axis], 1, *base.shape[axis:]))
    return with_dtype(elementwise.power(base, linspace(start, stop, num, endpoint, axis=axis)), dtype)


@door(np.geomspace)
def geomspace(
    start: Any, stop: Any, num: Any = 50, endpoint: Any = True, dtype: Any = None, axis: Any = 0
) -> Any:
    """Numbers in a constant ratio; complex ones lie on a spiral."""
    start, stop = as_operand(start, "numpy.geomspace"), as_operand(stop, "numpy.geomspace")
    if (start == 0).any() or (stop == 0).any():
        raise ValueError("Geometric sequence cannot include zero")
    common = result_type(start, stop, np.float64, np.dtype(dtype))
    start, stop = with_dtype(start, common), with_dtype(stop, common)
    turn = sign(start)
    start, stop = start / turn, stop / turn
    points = logspace(elementwise.log10(start), elementwise.log10(stop), num, endpoint)
    shape = (1, *points.shape[1:])
    first, last = (elementwise.add(x, np.zeros(shape, common)) for x in (start, stop))
    n = points.shape[0]
    if n > 1 and endpoint:  # the ends as they were given
        points = concatenate(0, first, points[1:-1], last)
    elif n > 0:
        points = concatenate(0, first, points[1:])
    return with_dtype(_first_axis_to(points * turn, axis), dtype)


__all__ = ["geomspace", "linspace", "logspace"]
