"""What a function returns, as one vector."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from linad.check.numbers import Array
from linad.core import tree
from linad.errors import DtypeError


def flat(out: Any) -> Array:
    """All numbers of an output, of its containers and arrays, as one vector."""
    parts = [np.asarray(part).ravel() for _, part in tree.leaves(out)]
    return np.concatenate(parts) if parts else np.zeros(0)


def coarsest(out: Any) -> float:
    """The largest eps among the floating arrays of an output."""
    dtypes = [np.asarray(part).dtype for _, part in tree.leaves(out)]
    return float(max((np.finfo(dtype).eps for dtype in dtypes if dtype.kind in "fc"), default=0.0))


def numbers_at(phi: Callable[[float], Any], t: float, like: Array) -> Array:
    """The function as a vector; NaN where it has no value: a step may lead out of where it is defined, or real."""
    try:
        out = flat(phi(t))
    except (ArithmeticError, ValueError, DtypeError):  # LinAlgError is a ValueError
        return np.full_like(like, np.nan)
    return out if out.shape == like.shape else np.full_like(like, np.nan)
