"""Histograms. Counts are discrete; sums of weights are linear in the weights.

Edges that follow the range of the data move with its smallest and its largest entry, and edges from ``range=`` with its
ends; how many there are is discrete. A density divides by the widths of the bins, and so depends on the edges.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Sequence
from typing import Any

import numpy as np

from linad.core.constants import stop_gradient
from linad.core.dispatch import door
from linad.core.space import shape_of
from linad.core.traced import Array
from linad.numpy.axes import as_operand, settled, with_dtype
from linad.numpy.creation import result_type
from linad.numpy.joining import unstack
from linad.numpy.reductions import diff, max, min
from linad.numpy.spacing import linspace
from linad.operations import bins as ops
from linad.operations import elementwise, indexing, reductions
from linad.operations.shape import reshape, stack


def _ends(a: Any, between: Any) -> tuple[Any, Any]:
    """The first and the last edge: those given, or the extreme entries."""
    if between is not None:
        low, high = between
        if low > high:
            raise ValueError("max must be larger than min in range parameter.")
        kind = "supplied"
    elif a.size == 0:
        return 0, 1
    else:
        low, high, kind = min(a), max(a), "autodetected"
    if not (np.isfinite(low) and np.isfinite(high)):
        raise ValueError(f"{kind} range of [{low}, {high}] is not finite")
    if low == high:  # one point: a bin around it
        return low - 0.5, high + 0.5
    return low, high


def _even(low: Any, high: Any, count: int, dtype: Any) -> tuple[Any, Any]:
    """Evenly spaced edges that move with their ends, and their numbers exactly as NumPy has them."""
    exact = ops.spaced(low, high, count + 1, dtype)
    if isinstance(low, Array) or isinstance(high, Array):
        return with_dtype(linspace(low, high, count + 1), exact.dtype), exact
    return exact, exact


def _given(bins: Any, what: str) -> tuple[Any, Any]:
    edges = as_operand(bins, "numpy.histogram")
    if reductions.any(elementwise.greater(edges[:-1], edges[1:]), None, False):
        raise ValueError(f"{what} must increase monotonically, when an array")
    return edges, stop_gradient(edges)


def _edges(a: Any, bins: Any, between: Any, weighted: bool) -> tuple[Any, Any]:
    """The edges of bins along one axis, and their numbers without derivative."""
    if not isinstance(bins, str):
        depth = len(shape_of(bins)) if isinstance(bins, Array) else np.ndim(bins)
        if depth > 1:
            raise ValueError("`bins` must be 1d, when an array")
        if depth == 1:
            return _given(bins, "`bins`")
        try:
            count = operator.index(bins)
        except TypeError as error:
            raise TypeError("`bins` must be an integer, a string, or an array") from error
        if count < 1:
            raise ValueError("`bins` must be positive, when an integer")
        low, high = _ends(a, between)
    elif weighted:
        raise TypeError("Automated estimation of the number of bins is not supported for weighted data")
    else:
        low, high = _ends(a, between)
        count = int(settled(ops.bins_of(a, bins, stop_gradient(low), stop_gradient(high))))
    dtype = result_type(low, high, a)
    edges, exact = _even(low, high, count, dtype if dtype.kind == "f" else np.dtype(float))
    if reductions.any(elementwise.greater_equal(exact[:-1], exact[1:]), None, False):
        raise ValueError(f"Too many bins for data range. Cannot create {count} finite-sized bins.")
    return edges, exact


def _points(a: Any, weights: Any) -> tuple[Any, Any]:
    a = as_operand(a, "numpy.histogram")
    if weights is not None:
        weights = as_operand(weights, "numpy.histogram")
        if weights.shape != a.shape:
            raise ValueError("weights should have the same shape as a.")
        weights = reshape(weights, (weights.size,))
    return reshape(a, (a.size,)), weights


def _sums(points: Sequence[Any], edges: Sequence[Any], weights: Any) -> Any:
    """How many points are in each bin, or the sums of their weights."""
    shape = tuple([len(e) - 1 for e in edges])
    total = math.prod(shape)
    slots = ops.slots(len(points), *points, *edges)
    if weights is None:
        return reshape(ops.counts(slots, total), shape)
    return reshape(indexing.scatter(weights, (total + 1,), (indexing.HOLE,), slots)[:total], shape)


@door(np.histogram)
def histogram(a: Any, bins: Any = 10, range: Any = None, density: Any = None, weights: Any = None) -> Any:
    """How many entries are in each bin, or the sums of their weights; and the edges of the bins."""
    a, weights = _points(a, weights)
    edges, exact = _edges(a, bins, range, weights is not None)
    n = _sums([a], [exact], weights)
    if not density:
        return n, edges
    return n / with_dtype(diff(edges), np.dtype(float)) / reductions.sum(n, None, False), edges


@door(np.histogram_bin_edges)
def histogram_bin_edges(a: Any, bins: Any = 10, range: Any = None, weights: Any = None) -> Any:
    """The edges of the bins of a histogram."""
    a, weights = _points(a, weights)
    return _edges(a, bins, range, weights is not None)[0]


def _columns(sample: Any) -> Any:
    """The points as a matrix, from one or from their coordinates."""
    if isinstance(sample, (list, tuple)):
        sample = stack(1, *[as_operand(x, "numpy.histogramdd") for x in sample])
    sample = as_operand(sample, "numpy.histogramdd")
    return sample if sample.ndim == 2 else reshape(sample, (sample.size, 1))


def _axis_edges(x: Any, bins: Any, between: Any, i: int) -> tuple[Any, Any]:
    depth = len(shape_of(bins)) if isinstance(bins, Array) else np.ndim(bins)
    if depth == 1:
        return _given(bins, f"`bins[{i}]`")
    if depth > 1:
        raise ValueError(f"`bins[{i}]` must be a scalar or 1d array")
    if bins < 1:
        raise ValueError(f"`bins[{i}]` must be positive, when an integer")
    try:
        count = operator.index(bins)
    except TypeError as error:
        raise TypeError(f"`bins[{i}]` must be an integer, when a scalar") from error
    return _even(*_ends(x, between), count, None)


@door(np.histogramdd)
def histogramdd(
    sample: Any, bins: Any = 10, range: Any = None, density: Any = None, weights: Any = None
) -> Any:
    """How many points are in each box of a grid, or the sums of their weights; and the edges along each axis."""
    points = _columns(sample)
    axes = list(unstack(points, axis=1))
    several: Any = bins if np.iterable(bins) else [bins] * len(axes)
    if len(several) != len(axes):
        raise ValueError("The dimension of bins must be equal to the dimension of the sample x.")
    between = [None] * len(axes) if range is None else range
    if len(between) != len(axes):
        raise ValueError("range argument must have one entry per dimension")
    pairs = [_axis_edges(x, several[i], between[i], i) for i, x in enumerate(axes)]
    if weights is not None:
        weights = with_dtype(as_operand(weights, "numpy.histogramdd"), np.dtype(float), "safe")
        if weights.shape != (points.shape[0],):
            raise ValueError("The weights and list don't have the same length.")
    n = _sums(axes, [exact for _, exact in pairs], weights)
    n = with_dtype(n, np.dtype(float))
    edges = [edge for edge, _ in pairs]
    if density:
        total = reductions.sum(n, None, False)
        for i, edge in enumerate(edges):
            n = n / reshape(diff(edge), (1,) * i + (len(edge) - 1,) + (1,) * (len(edges) - i - 1))
        n = n / total
    return n, edges


@door(np.histogram2d)
def histogram2d(
    x: Any, y: Any, bins: Any = 10, range: Any = None, density: Any = None, weights: Any = None
) -> Any:
    """How many points are in each rectangle of a grid, and the edges along both axes."""
    if len(x) != len(y):
        raise ValueError("x and y must have the same length.")
    if hasattr(bins, "__len__") and len(bins) not in (1, 2):
        bins = [bins, bins]
    n, edges = histogramdd.traced([x, y], bins, range, density, weights)  # type: ignore[attr-defined]  # doors carry their traced side
    return n, edges[0], edges[1]


__all__ = ["histogram", "histogram2d", "histogram_bin_edges", "histogramdd"]
