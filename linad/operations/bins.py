"""Bins of histograms: which of them each point falls into. Discrete, as counts are."""

from __future__ import annotations

from typing import Any

import numpy as np

from linad.core.kinds import Sample, discrete
from linad.operations.integers import of_integers


def _slots(axes: int, *arrays: Any) -> Any:
    """The number of the bin of each point, bins of several axes in a row; one past the last for points outside."""
    points, edges = arrays[:axes], arrays[axes:]
    slots, inside, total = np.zeros(points[0].shape, np.intp), np.ones(points[0].shape, bool), 1
    for x, e in zip(points, edges, strict=True):
        bins = len(e) - 1
        place = np.searchsorted(e, x, side="right") - 1
        place[x == e[-1]] -= 1  # the last bin has its right edge
        inside &= (place >= 0) & (place < bins)
        slots, total = slots * bins + place, total * bins
    return np.where(inside, slots, total)


def _bins_of(x: Any, method: str, low: Any, high: Any) -> Any:
    return np.intp(len(np.histogram_bin_edges(x, method, (low, high))) - 1)


_AXIS = np.array([-3.0, -1.0, 0.5, 3.0])
slots = discrete(
    "histogram_slots",
    _slots,
    first=1,
    last=2,
    samples=(Sample(((4,),), (1, _AXIS)),),
    dtypes="f",
)
counts = of_integers(
    discrete(
        "histogram_counts",
        lambda slots, total: np.bincount(slots, minlength=total + 1)[:total],
        domain=("positive",),
        samples=(Sample(((5,),), (2,)), Sample(((0,),), (3,))),
        dtypes="f",
    )
)
bins_of = discrete("histogram_bins", _bins_of, samples=(Sample(((5,),), ("sturges", -3.0, 3.0)),), dtypes="f")
spaced = discrete(
    "evenly_spaced",
    lambda low, high, count, dtype: np.linspace(low, high, count, dtype=dtype),
    last=2,
    samples=(Sample(((), ()), (4, np.dtype(float))),),
    dtypes="f",
)
