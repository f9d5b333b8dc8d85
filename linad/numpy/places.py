"""Where entries stand and how many there are: constants, but for the weights of a count."""

from __future__ import annotations

from typing import Any

import numpy as np

from linad.core.dispatch import door
from linad.core.kinds import steady
from linad.core.space import retype
from linad.core.traced import Array, innermost
from linad.numpy.axes import as_operand
from linad.operations import elementwise, indexing, reductions
from linad.operations import places as ops


def _rows(a: Any) -> Any:
    found = ops.argwhere(a)
    steady(np.shape, found)
    return found


@door(np.argwhere)
def argwhere(a: Any) -> Any:
    """The indices of the entries that are not zero, one a row: discrete."""
    return _rows(as_operand(a, "numpy.argwhere"))


@door(np.nonzero)
def nonzero(a: Any) -> Any:
    """The indices of the entries that are not zero, an array for each axis: discrete."""
    a = as_operand(a, "numpy.nonzero")
    if a.ndim == 0:
        raise ValueError("Calling nonzero on 0d arrays is not allowed. Use np.atleast_1d(scalar).nonzero().")
    rows = _rows(a)
    return tuple([rows[:, i] for i in range(a.ndim)])


@door(np.flatnonzero)
def flatnonzero(a: Any) -> Any:
    """The places of the entries that are not zero, in the array laid out in a row: discrete."""
    a = as_operand(a, "numpy.flatnonzero")
    return _rows(a.reshape((a.size,)))[:, 0]


@door(np.digitize)
def digitize(x: Any, bins: Any, right: bool = False) -> Any:
    """The numbers of the bins in which entries lie: discrete."""
    return ops.digitize(as_operand(x, "numpy.digitize"), as_operand(bins, "numpy.digitize"), right)


@door(np.bincount)
def bincount(x: Any, /, weights: Any = None, minlength: Any = 0) -> Any:
    """How often each whole number occurs: discrete; or the sum of the weights with which it does: linear."""
    x = x if isinstance(x, Array) else np.asarray(x)
    counts = ops.bincount(x, minlength)
    steady(np.shape, counts)
    if weights is None or x.size == 0:  # NumPy's sum of no weights is whole
        return counts
    weights = as_operand(weights, "numpy.bincount")
    if weights.shape != x.shape:
        raise ValueError("The weights and list don't have the same length.")
    if weights.dtype.kind == "c":
        raise TypeError(
            f"Cannot cast array data from {weights.dtype!r} to dtype('float64') according to 'safe'"
        )
    largest = reductions.max(x, None, False)
    if isinstance(
        largest, Array
    ):  # the length of the result depends on it: a recorded graph guards that it stays
        bool(elementwise.equal(largest, innermost(largest)))
    weights = retype(weights, np.dtype(np.float64))
    return indexing.scatter(weights, counts.shape, (indexing.HOLE,), x)


__all__ = ["argwhere", "bincount", "digitize", "flatnonzero", "nonzero"]
