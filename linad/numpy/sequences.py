"""Differences with ends, and angles without jumps."""

from __future__ import annotations

from typing import Any

import numpy as np

from linad.core.dispatch import door
from linad.core.space import retype
from linad.numpy.axes import as_operand, single, with_dtype
from linad.numpy.reductions import cumsum, diff
from linad.operations import elementwise
from linad.operations.shape import concatenate, reshape


@door(np.ediff1d)
def ediff1d(ary: Any, to_end: Any = None, to_begin: Any = None) -> Any:
    """Differences of neighbours among all entries, with numbers before and behind."""
    a = as_operand(ary, "numpy.ediff1d")
    a = reshape(a, (a.size,))
    parts = [a[1:] - a[:-1]]
    for name, end in (("to_begin", to_begin), ("to_end", to_end)):
        if end is None:
            continue
        end = as_operand(end, "numpy.ediff1d")
        if not np.can_cast(end.dtype, a.dtype, casting="same_kind"):
            raise TypeError(
                f"dtype of `{name}` must be compatible with input `ary` under the `same_kind` rule."
            )
        end = with_dtype(reshape(end, (end.size,)), a.dtype)
        parts = [end, *parts] if name == "to_begin" else [*parts, end]
    return concatenate(0, *parts) if len(parts) > 1 else parts[0]


@door(np.unwrap)
def unwrap(p: Any, discont: Any = None, axis: Any = -1, *, period: Any = 2 * np.pi) -> Any:
    """Angles from which jumps are taken out by whole periods; how many is discrete, the period is not."""
    p = as_operand(p, "numpy.unwrap")
    axis, steps = single(axis, p.ndim), diff(p, axis=axis)
    discont = period / 2 if discont is None else discont
    half = period / 2
    inside = elementwise.remainder(steps + half, period) - half
    at_edge = elementwise.logical_and(elementwise.equal(inside, -half), elementwise.greater(steps, 0))
    inside = elementwise.where(at_edge, half, inside)
    turns = elementwise.rint((inside - steps) / period)
    small = elementwise.less(elementwise.absolute(steps), discont)
    correction = elementwise.where(small, 0, turns * period)
    before = [slice(None)] * axis
    start, rest = p[(*before, slice(0, 1))], p[(*before, slice(1, None))]
    rest = rest + cumsum(correction, axis)
    return concatenate(axis, retype(start, rest.dtype), rest)


__all__ = ["ediff1d", "unwrap"]
