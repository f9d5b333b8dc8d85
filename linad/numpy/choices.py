"""Choosing entries: where, clip, searchsorted, and putting numbers in the place of NaN."""

from __future__ import annotations

from typing import Any

import numpy as np

from linad.core.dispatch import door, refuse_out
from linad.core.space import is_complex
from linad.core.traced import Array, operand
from linad.errors import NoRuleError
from linad.numpy.axes import NO, as_operand
from linad.numpy.places import nonzero
from linad.operations import elementwise, reductions


@door(np.where)
def where(condition: Any, x: Any = None, y: Any = None, /) -> Any:
    """Entries of x where the condition holds, of y elsewhere; only the chosen entry has a derivative."""
    if x is None or y is None:
        if x is not y:
            raise ValueError("either both or neither of x and y should be given")
        return nonzero(condition)
    x, y = operand(x, "numpy.where"), operand(y, "numpy.where")
    if isinstance(condition, Array):
        mask = condition if condition.dtype.kind == "b" else elementwise.not_equal(condition, 0)
    else:
        mask = np.asarray(condition)
        mask = mask if mask.dtype == bool else mask.astype(bool)
    return elementwise.where(mask, x, y)


@door(np.clip)
def clip(
    a: Any, a_min: Any = NO, a_max: Any = NO, out: Any = None, *, min: Any = NO, max: Any = NO, **options: Any
) -> Any:
    """Entries limited to an interval; at a limit the derivative is shared equally."""
    if a_min is NO and a_max is NO:
        a_min, a_max = (None if min is NO else min), (None if max is NO else max)
    elif a_min is NO or a_max is NO:
        raise TypeError(
            f"clip() missing 1 required positional argument: 'a_{'min' if a_min is NO else 'max'}'"
        )
    elif min is not NO or max is not NO:
        raise ValueError(
            "Passing `min` or `max` keyword argument when `a_min` and `a_max` are provided is forbidden."
        )
    refuse_out("clip", out)
    if options:
        raise NoRuleError(
            "numpy.clip",
            f"with {', '.join(options)}= it is not differentiated.",
            "Write numpy.minimum(numpy.maximum(x, low), high, ...).",
        )
    a = as_operand(a, "numpy.clip")
    if a_min is not None:
        a = elementwise.maximum(a, operand(a_min, "numpy.clip"))
    return a if a_max is None else elementwise.minimum(a, operand(a_max, "numpy.clip"))


@door(np.nan_to_num)
def nan_to_num(x: Any, copy: bool = True, nan: Any = 0.0, posinf: Any = None, neginf: Any = None) -> Any:
    """Numbers in the place of NaN and infinities; those are constants."""
    x = as_operand(x, "numpy.nan_to_num")
    if is_complex(x):
        return nan_to_num(x.real, copy, nan, posinf, neginf) + 1j * nan_to_num(
            x.imag, copy, nan, posinf, neginf
        )
    if x.dtype.kind != "f":
        return x
    limits = np.finfo(x.dtype)
    x = elementwise.where(elementwise.isnan(x), nan, x)
    x = elementwise.where(elementwise.equal(x, np.inf), limits.max if posinf is None else posinf, x)
    return elementwise.where(elementwise.equal(x, -np.inf), limits.min if neginf is None else neginf, x)


@door(np.searchsorted)
def searchsorted(a: Any, v: Any, side: Any = "left", sorter: Any = None) -> Any:
    """Places where numbers belong in a sorted array: discrete."""
    a, v = as_operand(a, "numpy.searchsorted"), as_operand(v, "numpy.searchsorted")
    return reductions.searchsorted(a, v, side, sorter)


__all__ = ["clip", "nan_to_num", "searchsorted", "where"]
