"""Large arrays that need not be made anew: private copies that records keep, and sums that nobody else holds."""

from __future__ import annotations

import sys
from typing import Any
from weakref import WeakValueDictionary

import numpy as np

Array = np.ndarray[Any, Any]

_LARGE = 1 << 15  # bytes from which on a look at both costs less than new memory
_PIECE = 1 << 13  # words that are compared at a time
_WORD = np.dtype(np.int64)
# By the identity of what was copied; another array may have it by now, so what is found is compared.
_copies: WeakValueDictionary[int, Array] = WeakValueDictionary()


def copied(a: Array) -> Array:
    """A read-only copy; of a large array that is used again, and is the same still, the one that there is."""
    if a.nbytes < _LARGE:
        return _sealed(a.copy("K"))
    found = _copies.get(id(a))
    if found is None or not _same(a, found):
        found = _copies[id(a)] = _sealed(a.copy("K"))
    return found


def _sealed(copy: Array) -> Array:
    copy.flags.writeable = False
    return copy


def _same(a: Array, copy: Array) -> bool:
    """Whether two arrays in one block each are the same to the last bit, signs of zeros included."""
    if (a.shape, a.strides, a.dtype) != (copy.shape, copy.strides, copy.dtype) or a.nbytes % _WORD.itemsize:
        return False
    if not (a.flags.c_contiguous or a.flags.f_contiguous):
        return False
    x, y = (z.ravel("K").view(_WORD) for z in (a, copy))
    pieces = range(0, x.size, _PIECE)
    return all(bool((x[i : i + _PIECE] == y[i : i + _PIECE]).all()) for i in pieces)


def added(have: Any, c: Any) -> Any:
    """have + c, in the memory of ``have`` where that is large and the caller's one variable alone holds it."""
    if (
        type(have) is type(c) is np.ndarray
        and have.nbytes >= _LARGE
        and sys.getrefcount(have) <= _ALONE
        and have.base is None
        and have.flags.writeable
        and have.shape == c.shape
        and have.dtype == c.dtype
    ):
        have += c
        return have
    return have + c


def _references_of_one_variable() -> int:
    def count(x: Array) -> int:
        return sys.getrefcount(x)

    x = np.empty(1)
    return count(x)


# Where references are counted otherwise than by CPython with its lock, nothing can be told from them.
_ALONE = _references_of_one_variable() if getattr(sys, "_is_gil_enabled", lambda: True)() else 0
