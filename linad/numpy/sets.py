"""Sets: which entries differ, and which of one array are in another.

Values are picked from the arrays, and the derivative follows the picked entries. Of entries that are equal the
first is picked. Places, counts and memberships are discrete.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from linad.core.dispatch import door
from linad.core.kinds import steady
from linad.numpy.axes import as_operand, single
from linad.numpy.indexing import getitem, take
from linad.numpy.joining import concatenate
from linad.numpy.order import sort
from linad.operations import elementwise
from linad.operations import places as ops


def _parts(a: Any, equal_nan: bool, axis: Any, *parts: str) -> list[Any]:
    """The different entries, or slices along an axis, and what else numpy.unique is asked for."""
    places = ops.unique(a, "index", axis, equal_nan)
    steady(np.shape, places)
    facts = [places if part == "index" else ops.unique(a, part, axis, equal_nan) for part in parts]
    return [take(a, places, axis), *facts]


def _as_they_come(a: Any, equal_nan: bool) -> Any:
    """The different entries, in the order in which NumPy finds them."""
    places = ops.unsorted_places(a, equal_nan)
    steady(np.shape, places)
    return take(a, places)


@door(np.unique)
def unique(
    ar: Any, return_index: bool = False, return_inverse: bool = False, return_counts: bool = False,
    axis: Any = None, *, equal_nan: bool = True, sorted: bool = True,
) -> Any:  # fmt: skip
    """The different entries, or slices along an axis, each picked where it first occurs."""
    a = as_operand(ar, "numpy.unique")
    axis = None if axis is None else single(axis, a.ndim)
    asked = {"index": return_index, "inverse": return_inverse, "counts": return_counts}
    parts = [part for part, wanted in asked.items() if wanted]
    if not parts and not sorted and (axis is None or a.ndim == 1):
        return _as_they_come(a, equal_nan)
    found = _parts(a, equal_nan, axis, *parts)
    return tuple(found) if parts else found[0]


def _record(original: Any, *parts: str) -> Any:
    """A function of the array standard, which returns a named tuple."""
    kind = type(original(np.zeros(1)))

    @door(original)
    def named(x: Any) -> Any:
        """The different entries, and facts about them that are discrete."""
        return kind(*_parts(as_operand(x, f"numpy.{original.__name__}"), False, None, *parts))

    return named


unique_all = _record(np.unique_all, "index", "inverse", "counts")
unique_counts = _record(np.unique_counts, "counts")
unique_inverse = _record(np.unique_inverse, "inverse")


@door(np.unique_values)
def unique_values(x: Any) -> Any:
    """The different entries, in any order."""
    return _as_they_come(as_operand(x, "numpy.unique_values"), False)


def _flat(a: Any, name: str, assume_unique: bool) -> Any:
    """The entries in a row, each once."""
    a = as_operand(a, f"numpy.{name}")
    return a.reshape((a.size,)) if assume_unique else unique(a)


@door(np.isin)
def isin(
    element: Any, test_elements: Any, assume_unique: bool = False, invert: bool = False, *, kind: Any = None
) -> Any:
    """Whether entries are among others: discrete."""
    element, tests = as_operand(element, "numpy.isin"), as_operand(test_elements, "numpy.isin")
    return ops.isin(element, tests, assume_unique, invert, kind)


@door(np.union1d)
def union1d(ar1: Any, ar2: Any) -> Any:
    """The entries of either array, each once."""
    return unique(concatenate((as_operand(ar1, "numpy.union1d"), as_operand(ar2, "numpy.union1d")), None))


@door(np.intersect1d)
def intersect1d(ar1: Any, ar2: Any, assume_unique: bool = False, return_indices: bool = False) -> Any:
    """The entries of both arrays, each once, picked from the first."""
    a, b = as_operand(ar1, "numpy.intersect1d"), as_operand(ar2, "numpy.intersect1d")
    first = ops.common_places(a, b, assume_unique, 0)
    steady(np.shape, first)
    values = take(concatenate((a, b), None), first)  # of entries said to differ that do not, also from b
    return (values, first, ops.common_places(a, b, assume_unique, 1)) if return_indices else values


@door(np.setdiff1d)
def setdiff1d(ar1: Any, ar2: Any, assume_unique: bool = False) -> Any:
    """The entries of the first array that are not in the second."""
    a = _flat(ar1, "setdiff1d", assume_unique)
    return getitem(a, ops.isin(a, as_operand(ar2, "numpy.setdiff1d"), False, True, None))


@door(np.setxor1d)
def setxor1d(ar1: Any, ar2: Any, assume_unique: bool = False) -> Any:
    """The entries of one array and not of the other."""
    whole = sort(concatenate([_flat(a, "setxor1d", assume_unique) for a in (ar1, ar2)]))
    if whole.size == 0:
        return whole
    ends = np.ones(1, bool)
    differs = concatenate([ends, elementwise.not_equal(whole[1:], whole[:-1]), ends])
    return whole[elementwise.logical_and(differs[1:], differs[:-1])]


__all__ = [
    "intersect1d", "isin", "setdiff1d", "setxor1d", "union1d", "unique", "unique_all", "unique_counts",
    "unique_inverse", "unique_values",
]  # fmt: skip
