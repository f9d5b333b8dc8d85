"""NumPy's ways of asking for an array with properties: a traced array has no memory, and is taken as it is.

NumPy does not dispatch these: they serve where linad.numpy is imported.
"""

from __future__ import annotations

from functools import wraps
from typing import Any

import numpy as np

from linad.core.dispatch import has_traced
from linad.errors import NoRuleError
from linad.numpy.creation import asarray

_FLAGS = ("C", "F", "A", "W", "O", "E")
_LONG = {
    "C_CONTIGUOUS": "C", "CONTIGUOUS": "C", "F_CONTIGUOUS": "F", "FORTRAN": "F", "ALIGNED": "A", "WRITEABLE": "W",
    "OWNDATA": "O", "ENSUREARRAY": "E",
}  # fmt: skip


def _of_memory(original: Any, order: str) -> Any:
    name = original.__name__

    @wraps(original)
    def with_an_axis(a: Any, dtype: Any = None, *, like: Any = None) -> Any:
        if not has_traced((a,)):
            return original(a, dtype, like=like)
        x = asarray(a, dtype, order=order)
        return x if x.ndim else x.reshape((1,))

    with_an_axis.__doc__ = f"As ``numpy.{name}``; traced: the array, with at least one axis."
    return with_an_axis


ascontiguousarray = _of_memory(np.ascontiguousarray, "C")
asfortranarray = _of_memory(np.asfortranarray, "F")


def asarray_chkfinite(a: Any, dtype: Any = None, order: Any = None) -> Any:
    """As ``numpy.asarray_chkfinite``: an array without NaN and infinity, or a ValueError."""
    if not has_traced((a,)):
        return np.asarray_chkfinite(a, dtype, order)
    x = asarray(a, dtype, order=order)
    if not np.isfinite(x).all():
        raise ValueError("array must not contain infs or NaNs")
    return x


def require(a: Any, dtype: Any = None, requirements: Any = None, *, like: Any = None) -> Any:
    """As ``numpy.require``; traced: whatever speaks of memory holds, but nothing can be written."""
    if not has_traced((a,)):
        return np.require(a, dtype, requirements, like=like)
    asked = {_LONG.get(flag.upper(), flag.upper()) for flag in requirements or ()}
    for flag in asked - set(_FLAGS):
        raise KeyError(flag)
    if {"C", "F"} <= asked:
        raise ValueError('Cannot specify both "C" and "F" order')
    if "W" in asked:
        raise NoRuleError(
            "numpy.require", "a traced array is never writeable.", "Write x = linad.numpy.index_set(x, i, v)."
        )
    return asarray(a, dtype)


__all__ = ["asarray_chkfinite", "ascontiguousarray", "asfortranarray", "require"]
