"""Medians, percentiles and quantiles: entries in order, or between two of them.

Entries that tie for a place share its derivative equally. Methods that interpolate are piecewise linear in q, and have
a derivative there too: where it jumps, the mean of both sides. The other methods are constant in q; all of them are
in the weights.
"""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple

from linad.core.constants import stop_gradient
from linad.core.dispatch import door, refuse_out
from linad.core.space import is_complex, retype
from linad.core.traced import Array, innermost
from linad.errors import ArgumentError
from linad.numpy.axes import NO, as_operand
from linad.numpy.nans import nanmean
from linad.numpy.order import along
from linad.numpy.reductions import keep
from linad.numpy.statistics import mean
from linad.operations import elementwise, ranks, reductions
from linad.operations.shape import broadcast_to, reshape, stack, transpose


def _first(a: Any, axis: Any) -> tuple[Any, tuple[int, ...]]:
    """The axes merged into one that stands first, and the shape of the reduction that keeps them."""
    axes = tuple(range(a.ndim)) if axis is None else normalize_axis_tuple(axis, a.ndim)
    kept = reductions.kept(a.shape, axes)
    inside = sorted(axes)
    rest = [i for i in range(a.ndim) if i not in axes]
    a = transpose(a, (*inside, *rest))
    return reshape(a, (math.prod(a.shape[: len(inside)]), *a.shape[len(inside) :])), kept


def _counted(a: Any, skip: bool) -> Any:
    """How many entries stand in each column; where NaN are skipped, an array."""
    if not skip:
        return a.shape[0]
    counts = reductions.sum(elementwise.logical_not(elementwise.isnan(a)), (0,), False)
    found = innermost(counts)
    if isinstance(found, (np.ndarray, np.generic)) and np.any(found == 0):
        warnings.warn("All-NaN slice encountered", RuntimeWarning, stacklevel=4)
    return counts


def _taken(columns: Any, places: Any, lead: int, skip: bool) -> Any:
    """The entries at places among the sorted ones: the same for every column, or with an axis for each."""
    places = as_operand(places, "numpy.quantile")
    flat = reshape(places, (math.prod(places.shape[:lead]), *places.shape[lead:]))
    y = ranks.ranked(columns, flat, not skip)
    return reshape(y, (*places.shape[:lead], *columns.shape[1:]))


def _weighted(columns: Any, w: Any, q: Any, skip: bool) -> Any:
    permutation = reductions.argsort(columns, 0, "stable")
    w = along(stop_gradient(w), permutation, 0)
    if skip:
        w = elementwise.where(elementwise.isnan(along(stop_gradient(columns), permutation, 0)), 0, w)
    return _taken(columns, ranks.weighted_place(w, stop_gradient(q)), q.ndim, skip)


def _interpolated(columns: Any, n: Any, q: Any, method: str, weak: bool, skip: bool) -> Any:
    """Quantiles of columns of n entries each, n a number or one for each column."""
    lead, dtype = q.ndim, columns.dtype
    if not isinstance(n, int):
        q = reshape(q, q.shape + (1,) * n.ndim)
        n = retype(n, q.dtype) if q.dtype.kind == "f" else n  # weak, as one number is

    def part(name: str) -> Any:
        return as_operand(ranks.bracket(stop_gradient(q), n, method, name), "numpy.quantile")

    if method in ranks.STEPS or (method == "linear" and q.dtype.kind in "biu"):
        return _taken(columns, part("before"), lead, skip)
    fraction = part("fraction")
    precision = dtype if weak and dtype.kind == "f" else np.result_type(dtype, fraction.dtype)

    def widened(x: Any) -> Any:  # over the columns, where one place serves all
        x = retype(x, precision)
        return x if not isinstance(n, int) else reshape(x, x.shape + (1,) * (columns.ndim - 1))

    def pair(first: str, second: str) -> Any:
        return _taken(columns, stack(0, part(first), part(second)), lead + 1, skip)

    before, after = pair("before", "after")
    upper_half = elementwise.greater_equal(fraction, 0.5)
    y = elementwise.where(widened(upper_half) != 0, after, before)
    y = y + (after - before) * widened(fraction - upper_half)
    if isinstance(q, Array) and method in ranks.CONTINUOUS:
        at = ranks.place(q, n, method)
        upper, lower = pair("upper", "lower")
        y = y + (upper - lower) * widened(part("rate")) * widened(at - stop_gradient(at))
    return y


def _weights_for(a: Any, weights: Any, axis: Any, method: str) -> Any:
    if method != "inverted_cdf":
        raise ValueError(f"Only method 'inverted_cdf' supports weights. Got: {method}.")
    weights = as_operand(weights, "numpy.quantile")
    axes = None if axis is None else normalize_axis_tuple(axis, a.ndim, "axis")
    if weights.shape != a.shape:
        if axes is None:
            raise TypeError("Axis must be specified when shapes of a and weights differ.")
        if weights.shape != tuple(a.shape[i] for i in axes):
            raise ValueError("Shape of weights must be consistent with shape of a along specified axis.")
        order = tuple(int(i) for i in np.argsort(axes))
        shape = tuple(n if i in axes else 1 for i, n in enumerate(a.shape))
        weights = broadcast_to(reshape(transpose(weights, order), shape), a.shape)
    if reductions.any(elementwise.less(weights, 0), None, False):
        raise ValueError("Weights must be non-negative.")
    return weights


def _nothing(a: Any, axis: Any, keepdims: Any, quiet: bool) -> Any:
    """Of no entries: NaN and a warning, as the mean gives them."""
    own = nanmean if quiet else mean
    return own.traced(a, axis, keepdims=keepdims)  # type: ignore[attr-defined]  # doors carry their traced side


def _of_quantiles(original: Any, skip: bool) -> Any:
    name, absent = original.__name__, NO if skip else False
    percent = name.endswith("percentile")
    where = f"numpy.{name}"

    @door(original)
    def quantiles(
        a: Any, q: Any, axis: Any = None, out: Any = None, overwrite_input: bool = False, method: Any =
        "linear", keepdims: Any = absent, *, weights: Any = None,
    ) -> Any:  # fmt: skip
        """Entries at shares of the way through the sorted ones, or between two; ties share equally."""
        refuse_out(name, out)
        a, weak = as_operand(a, where), type(innermost(q)) in (int, float)
        if is_complex(a):
            raise TypeError("a must be an array of real numbers")
        q = as_operand(q, where)
        q = as_operand(q / 100, where) if percent else q
        _check(q, method, percent)
        if skip and q.ndim == 2 and isinstance(axis, tuple) and 1 < len(axis) < a.ndim:
            raise ArgumentError(
                where,
                "of a two-dimensional q and several axes NumPy puts the axes of q in other places than the first.",
                "Write q.ravel(), and reshape the result.",
            )
        if skip and a.size == 0:
            return _nothing(a, axis, keepdims, True)
        columns, kept = _first(a, axis)
        n = _counted(columns, skip)
        if weights is None:
            y = _interpolated(columns, n, q, method, weak, skip)
        else:
            y = _weighted(columns, _first(_weights_for(a, weights, axis, method), axis)[0], q, skip)
        return reshape(y, q.shape + kept) if keep(keepdims) else y

    return quantiles


def _check(q: Any, method: Any, percent: bool) -> None:
    if not reductions.all(elementwise.logical_and(q >= 0, q <= 1), None, False):
        named = ("Percentiles", "[0, 100]") if percent else ("Quantiles", "[0, 1]")
        raise ValueError("{} must be in the range {}".format(*named))
    if q.ndim > 2:
        raise ValueError("q must be a scalar or 1d")
    if method not in ranks.METHODS:
        raise ValueError(f"{method!r} is not a valid method. Use one of: {', '.join(ranks.METHODS)}")


quantile, nanquantile = _of_quantiles(np.quantile, False), _of_quantiles(np.nanquantile, True)
percentile, nanpercentile = _of_quantiles(np.percentile, False), _of_quantiles(np.nanpercentile, True)


def _of_medians(original: Any, skip: bool) -> Any:
    name, absent = original.__name__, NO if skip else False

    @door(original)
    def middle(
        a: Any, axis: Any = None, out: Any = None, overwrite_input: bool = False, keepdims: Any = absent
    ) -> Any:
        """The entry in the middle of the sorted ones, or the mean of two; ties share equally."""
        refuse_out(name, out)
        a = as_operand(a, f"numpy.{name}")
        columns, kept = _first(a, axis)
        if columns.shape[0] == 0 or (skip and a.size == 0):
            return _nothing(a, axis, keepdims, skip)
        n = _counted(columns, skip)
        half = np.full((1,) * (0 if isinstance(n, int) else n.ndim), 0.5)
        middles = [as_operand(ranks.bracket(half, n, step, "before"), name) for step in ("lower", "higher")]
        below, above = _taken(columns, stack(0, *middles), 1, skip)
        if below.dtype.kind in "biu":  # whose sum would wrap around
            below, above = retype(below, np.dtype(float)), retype(above, np.dtype(float))
        y = elementwise.divide(below + above, 2)
        return reshape(y, kept) if keep(keepdims) else y

    return middle


median, nanmedian = _of_medians(np.median, False), _of_medians(np.nanmedian, True)

__all__ = ["median", "nanmedian", "nanpercentile", "nanquantile", "percentile", "quantile"]
