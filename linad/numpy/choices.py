"""Choosing entries: where, clip."""

from __future__ import annotations

from typing import Any

import numpy as np

from linad.core.dispatch import door, refuse_out
from linad.core.traced import operand
from linad.errors import ArgumentError
from linad.operations import elementwise, reductions


@door(np.where)
def where(condition: Any, x: Any = None, y: Any = None, /) -> Any:
    if x is None or y is None:
        raise ArgumentError(
            "numpy.where",
            "with a condition alone it is nonzero, which is discrete.",
            "Write numpy.nonzero(linad.value(condition)).",
        )
    return elementwise.where(
        elementwise.not_equal(condition, 0), operand(x, "numpy.where"), operand(y, "numpy.where")
    )


@door(np.clip)
def clip(
    a: Any, a_min: Any = None, a_max: Any = None, out: Any = None, *, min: Any = None, max: Any = None
) -> Any:
    """Entries limited to an interval; at a limit the derivative is shared equally."""
    refuse_out("clip", out)
    low, high = (a_min if min is None else min), (a_max if max is None else max)
    a = operand(a, "numpy.clip")
    if low is not None:
        a = elementwise.maximum(a, low)
    return a if high is None else elementwise.minimum(a, high)


@door(np.searchsorted)
def searchsorted(a: Any, v: Any, side: str = "left", sorter: Any = None) -> Any:
    return reductions.searchsorted(a, v, side, sorter)


__all__ = ["clip", "searchsorted", "where"]
