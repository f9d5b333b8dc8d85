"""Normalising of the arguments of scipy.special's functions, with SciPy's errors."""

from __future__ import annotations

from typing import Any, NoReturn

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple

from linad.core.traced import PYTHON, Array, innermost, operand
from linad.errors import InPlaceError, NoRuleError
from linad.operations.shape import astype


def refuse(name: str, fact: str, remedy: str) -> NoReturn:
    raise NoRuleError(f"scipy.special.{name}", f"{fact}.", remedy)


def without_out(name: str, out: Any) -> None:
    if out is not None:
        raise InPlaceError(
            f"scipy.special.{name}",
            "out= would write a traced result into an array, and the derivative would be lost.",
            "Use the returned value.",
        )


def floating(x: Any, name: str) -> Any:
    """A traced array, or a plain one; integers in double precision."""
    x = operand(x, f"scipy.special.{name}")
    if not isinstance(x, Array):
        x = np.asarray(x)
    elif type(innermost(x)) in PYTHON:
        x = astype(x, x.dtype)
    return x if x.dtype.kind in "fc" else astype(x, np.dtype(np.float64))


def axes_of(axis: Any, ndim: int) -> tuple[int, ...] | None:
    """An axis argument as a tuple of non-negative axes; None for all."""
    if axis is None:
        return None
    return tuple(sorted(normalize_axis_tuple(axis, ndim, "axis"))) if ndim else ()
