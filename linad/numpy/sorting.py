"""Partial orders, orders by several keys, and of complex numbers; permutations are held fixed."""

from __future__ import annotations

from typing import Any

import numpy as np

from linad.core.dispatch import door
from linad.errors import OptionError
from linad.numpy.axes import as_operand, cast, flat_or, plain, single
from linad.numpy.order import along, sort
from linad.operations import ranks
from linad.operations.shape import stack


def _partitioned(a: Any, kth: Any, axis: Any, kind: Any, order: Any, name: str) -> tuple[Any, Any, int]:
    """The array, the permutation that partitions it, and the axis."""
    if order is not None:
        raise OptionError(name, "order= is for structured arrays, which have no derivative.")
    a = as_operand(a, name)
    a, axis = flat_or(a, axis)
    return a, ranks.argpartition(a, plain(kth, name, "kth"), axis, kind), axis


@door(np.partition)
def partition(a: Any, kth: Any, axis: Any = -1, kind: Any = "introselect", order: Any = None) -> Any:
    """The k-th entries at their places, smaller ones before and larger ones behind."""
    if axis is not None:
        single(axis, np.ndim(a))  # a number has no axis here, as it has in argpartition
    return along(*_partitioned(a, kth, axis, kind, order, "numpy.partition"))


@door(np.argpartition)
def argpartition(a: Any, kth: Any, axis: Any = -1, kind: Any = "introselect", order: Any = None) -> Any:
    """The permutation that partitions: discrete."""
    return _partitioned(a, kth, axis, kind, order, "numpy.argpartition")[1]


@door(np.lexsort)
def lexsort(keys: Any, axis: Any = -1) -> Any:
    """The permutation that sorts by the last key, then by the one before: discrete."""
    if isinstance(keys, (list, tuple)):
        keys = stack(0, *[as_operand(x, "numpy.lexsort") for x in keys])
    return ranks.lexsort(as_operand(keys, "numpy.lexsort"), axis)


@door(np.sort_complex)
def sort_complex(a: Any) -> Any:
    """The entries in order, by their real parts and then by the imaginary ones, as complex numbers."""
    a = sort(as_operand(a, "numpy.sort_complex"))
    if a.dtype.kind == "c":
        return a
    return cast(a, np.dtype(np.complex64 if a.dtype.char in "bhBH" else np.complex128))


__all__ = ["argpartition", "lexsort", "partition", "sort_complex"]
