"""Finite differences that know their own error.

Central differences are taken at steps that shrink fourfold and extrapolated (Richardson; the tableau is
Ridders'). Every entry of the tableau has an error: how far it is from its two parents, plus what rounding
of the function amounts to at its step. For each component the entry of least error is taken. So steps that
cross a kink or a jump are recognised by their neighbours and left, unless all do.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from linad.core import tree

Array = np.ndarray[Any, Any]

ROWS = 8
SHRINK = 4.0
REACH = 0.1  # the first step, relative to the size of the point, or to 1 where it is smaller


def flat(out: Any) -> Array:
    """All numbers of an output, of its containers and arrays, as one vector."""
    parts = [np.asarray(part).ravel() for _, part in tree.leaves(out)]
    return np.concatenate(parts) if parts else np.zeros(0)


def coarsest(out: Any) -> float:
    """The largest eps among the floating arrays of an output."""
    dtypes = [np.asarray(part).dtype for _, part in tree.leaves(out)]
    return float(max((np.finfo(dtype).eps for dtype in dtypes if dtype.kind in "fc"), default=0.0))


def derivative(phi: Callable[[float], Any], step: float) -> tuple[Array, Array]:
    """The derivative at 0 of a vector-valued function of a number, and the error of each of its entries.

    Parameters
    ----------
    phi
        Returns arrays, or containers of them.
    step
        The largest step at which ``phi`` is defined and smooth.
    """
    best = error = np.zeros(0)
    above: list[Array] = []
    for i in range(ROWS):
        h = step / SHRINK**i
        right, left = phi(h), phi(-h)
        high, low = flat(right), flat(left)
        largest = float(np.max(np.abs([high, low]), initial=0))
        noise = 2 * coarsest(right) * largest / h  # a few roundings of the largest numbers that occur
        row = [(high - low) / (2 * h)]
        if i == 0:
            best, error = row[0], np.full(high.shape, np.inf)
        for j, parent in enumerate(above, start=1):
            weight = SHRINK ** (2 * j)
            row.append((weight * row[-1] - parent) / (weight - 1))
            apart = np.maximum(np.abs(row[j] - row[j - 1]), np.abs(row[j] - parent)) + noise
            better = apart < error
            best, error = np.where(better, row[j], best), np.where(better, apart, error)
        above = row
    return best, error


def directional(f: Callable[..., Any], point: Sequence[Any], direction: Sequence[Any]) -> tuple[Array, Array]:
    """The derivative of f at a point along a direction, as one vector, and the error of each entry."""
    size = max([1.0, *(float(np.max(np.abs(x), initial=0)) for x in point)])
    length = max((float(np.max(np.abs(d), initial=0)) for d in direction), default=0) or 1.0

    def phi(t: float) -> Any:
        return f(*[x + np.asarray(t * d, d.dtype) for x, d in zip(point, direction, strict=True)])

    return derivative(phi, REACH * size / length)
