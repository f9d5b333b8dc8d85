"""Order statistics: what stands at a place among sorted entries of columns, along the first axis.

ranked       y = sort(x)[k]      dy = the mean of dx over the entries equal to y
tie_means    y_k = mean of v over the entries of x equal to number k; tie_spread is its adjoint

A sort holds its permutation fixed, so that of two equal entries it prefers one. The k-th smallest entry does not:
entries that tie for it share its derivative equally, as those of max and min do. Where a NaN propagates, so does
its derivative.

bracket, weighted_place      where a quantile stands among sorted entries: discrete
argpartition, lexsort        permutations: discrete
extent                       the first and last entries that are not zero: discrete
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from linad.core.constants import stop_gradient
from linad.core.errstate import asked, report
from linad.core.kinds import Sample, custom, discrete, linear

# Hyndman and Fan (1996), Sample quantiles in statistical packages: among n entries, counted from zero, q stands at
# n q + a + q (1 - a - b) - 1.
CONTINUOUS = {
    "interpolated_inverted_cdf": (0.0, 1.0),
    "hazen": (0.5, 0.5),
    "weibull": (0.0, 0.0),
    "linear": (1.0, 1.0),
    "median_unbiased": (1 / 3.0, 1 / 3.0),
    "normal_unbiased": (3 / 8.0, 3 / 8.0),
}


def place(q: Any, n: Any, method: str) -> Any:
    """The place of a quantile among n sorted entries, which need not be an integer; for q traced or plain."""
    if method == "linear":
        return (n - 1) * q
    if method in CONTINUOUS:
        a, b = CONTINUOUS[method]
        return n * q + (a + q * (1 - a - b)) - 1
    if method == "midpoint":
        return 0.5 * (np.floor((n - 1) * q) + np.ceil((n - 1) * q))
    return n * q - 1  # averaged_inverted_cdf


def _rank(q: Any, n: Any, method: str) -> Any:
    """The one entry that a method without interpolation takes."""
    if method in _ROUNDED:
        return _ROUNDED[method]((n - 1) * q)
    at = n * q - 1 if method == "inverted_cdf" else n * q - 1 - 0.5
    below = np.floor(at)
    stays = (at == below) & ((method == "inverted_cdf") | (below % 2 == 1))
    return np.maximum(np.where(stays, below, below + 1), 0)


_ROUNDED: dict[str, Callable[..., Any]] = {"lower": np.floor, "higher": np.ceil, "nearest": np.around}
STEPS = ("inverted_cdf", "closest_observation", *_ROUNDED)
METHODS = (*CONTINUOUS, *STEPS, "midpoint", "averaged_inverted_cdf")


def _fraction(at: Any, below: Any, method: str) -> Any:
    if method == "midpoint":
        return np.where(at % 1 == 0, 0.0, 0.5)
    return np.where(at == below, 0.5, 1.0) if method == "averaged_inverted_cdf" else at - below


def _bracket(q: Any, n: Any, method: str, part: str) -> Any:
    """One part of where a quantile stands.

    y = x[before] + (x[after] - x[before]) fraction. As the place moves, y moves by (x[upper] - x[lower]) rate: at an
    entry, where the slopes on both sides differ, by their mean.
    """
    last = np.maximum(n - 1, 0)
    if method in STEPS:
        return np.minimum(_rank(q, n, method), last).astype(np.intp)
    at = np.asarray(place(q, n, method))
    below = np.floor(at)
    if part in ("upper", "lower", "rate"):
        upper, lower = np.clip(below + 1, 0, last), np.clip(np.ceil(at) - 1, 0, last)
        if part == "rate":
            return np.where((at >= 0) & (at <= last), 1 / np.maximum(upper - lower, 1), 0).astype(at.dtype)
        return (upper if part == "upper" else lower).astype(np.intp)
    before, after = np.clip(below, 0, last), np.clip(below + 1, 0, last)
    before = np.where(at >= last, last, before)
    after = np.where(at < 0, 0, after)
    if part == "fraction":
        return np.asarray(_fraction(at, below, method)).astype(at.dtype)
    return (before if part == "before" else after).astype(np.intp)


bracket = discrete(
    "quantile_place",
    _bracket,
    domain=("unit",),
    samples=(Sample(((3,),), (5, "linear", "fraction")), Sample(((),), (4, "hazen", "rate"), "scalar-rate")),
    dtypes="f",
)


def _weighted_place(w: Any, q: Any) -> Any:
    """The first place at which the share of the weights so far reaches q; w in the order of the sorted entries."""
    n = w.shape[0]
    cdf = np.cumsum(w, axis=0, dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        cdf /= cdf[-1]
    if np.isnan(cdf[-1]).any():
        raise ValueError("Weights included NaN, inf or were all zero.")
    if np.asarray(q).dtype.kind == "f":
        cdf = cdf.astype(np.asarray(q).dtype)
    cdf[cdf == 0] = -1  # an entry of no weight is not the first
    columns = cdf.reshape(n, -1).T
    found = [np.minimum(np.searchsorted(column, q), n - 1) for column in columns]
    whole = np.array(found, np.intp).reshape((*cdf.shape[1:], *np.shape(q)))
    return np.moveaxis(whole, range(whole.ndim)[cdf.ndim - 1 :], range(np.ndim(q)))


weighted_place = discrete(
    "weighted_quantile_place",
    _weighted_place,
    last=2,
    domain=("positive", "unit"),
    samples=(Sample(((4,), (3,))), Sample(((3, 2), ()))),
    dtypes="f",
)


def _ranked(x: Any, places: Any, propagate: bool) -> Any:
    if places.ndim > 1:  # places of its own for each column
        y = np.take_along_axis(np.sort(x, axis=0), places, axis=0)
        return np.where(np.isnan(x).any(axis=0), np.asarray(np.nan, y.dtype), y) if propagate else y
    part = np.partition(x, [*set(places.tolist()), -1], axis=0)
    y = part[places]
    if propagate and x.dtype.kind in "fc":
        y = np.where(np.isnan(part[-1]), part[-1], y)
    return y


def _ties(x: Any, y: Any) -> Any:
    """Which entries of the columns are equal to a number of theirs, or NaN as it is; and how many are."""
    tied = x == y
    if np.isnan(y).any():
        tied |= np.isnan(x) & np.isnan(y)
    count = np.count_nonzero(tied, axis=0)
    if asked("tie") and np.any(count > 1):
        report(
            "tie",
            "median, quantile",
            f"{np.count_nonzero(count > 1)} of {np.size(count)} ranks are tied for.",
        )
    return tied, np.maximum(count, 1)


def _tie_means(v: Any, x: Any, y: Any) -> Any:
    means = np.empty(y.shape, v.dtype)
    for k, number in enumerate(y):
        tied, count = _ties(x, number)
        means[k] = np.add.reduce(np.where(tied, v, 0), axis=0) / count
    return means


def _tie_spread(g: Any, x: Any, y: Any) -> Any:
    spread = np.zeros(x.shape, g.dtype)
    for k, number in enumerate(y):
        tied, count = _ties(x, number)
        spread += np.where(tied, (g[k] / count).astype(g.dtype), 0)
    return spread


_COLUMNS = (np.array([[1.0, 0.5], [1.0, 2.0], [3.0, 0.5]]), np.array([[1.0, 0.5], [3.0, 2.0]]))
_ROW = (np.array([2.0, 1.0, 2.0, 0.0]), np.array([2.0]))
_EMPTY = (np.zeros((3, 0)), np.zeros((1, 0)))
tie_means = linear(
    "tie_means",
    _tie_means,
    lambda g, space, x, y: tie_spread(g, x, y),
    reads=True,
    samples=(
        Sample(((4,),), _ROW, "row"),
        Sample(((3, 2),), _COLUMNS, "columns"),
        Sample(((3, 0),), _EMPTY, "empty"),
    ),
)
tie_spread = linear(
    "tie_spread",
    _tie_spread,
    lambda g, space, x, y: tie_means(g, x, y),
    reads=True,
    samples=(
        Sample(((1,),), _ROW, "row"),
        Sample(((2, 2),), _COLUMNS, "columns"),
        Sample(((1, 0),), _EMPTY, "empty"),
    ),
)


def _ranked_tangent(tangents: Sequence[Any], y: Any, x: Any, places: Any, propagate: bool) -> Any:
    return tie_means(tangents[0], stop_gradient(x), stop_gradient(y))


def _ranked_cotangent(
    g: Any, y: Any, wanted: Sequence[int], x: Any, places: Any, propagate: bool
) -> list[Any]:
    return [tie_spread(g, stop_gradient(x), stop_gradient(y))]


ranked = custom(
    "ranked",
    _ranked,
    _ranked_tangent,
    _ranked_cotangent,
    samples=(
        Sample(((5,),), (np.array([0, 3, 3]), True), "row"),
        Sample(((4, 2),), (np.array([-1]), False), "columns"),
        Sample(((3, 2),), (np.array([[0, 2], [1, 1]]), False), "places-by-column"),
    ),
)


def _extent(x: Any) -> Any:
    """Along each axis, where the entries that are not zero begin and end."""
    places = np.argwhere(x)
    if not len(places):
        return np.zeros((2, np.ndim(x)), np.intp)
    return np.stack([places.min(axis=0), places.max(axis=0) + 1])


extent = discrete("extent", _extent, samples=(Sample(((4,),)), Sample(((2, 3),)), Sample(((0,),))))
argpartition = discrete(
    "argpartition",
    lambda x, kth, axis, kind: np.argpartition(x, kth, axis, kind),
    samples=(
        Sample(((4,),), (2, 0, "introselect")),
        Sample(((2, 3),), ((0, 1), 1, "introselect"), "2x3-both"),
    ),
    dtypes="f",
)
lexsort = discrete("lexsort", np.lexsort, samples=(Sample(((2, 4),), (0,)),), dtypes="f")
