"""Rounding: locally constant, so its results are constants."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from linad.core.dispatch import door, refuse_out
from linad.numpy.axes import as_operand
from linad.operations import elementwise


def _rounded(a: Any, decimals: Any, name: str) -> Any:
    a, decimals = as_operand(a, f"numpy.{name}"), operator.index(decimals)
    if a.dtype.kind in "iu" and decimals >= 0:
        return a
    if decimals == 0:
        return elementwise.rint(a)
    power = a.dtype.type(10.0 ** abs(decimals))
    if decimals > 0:
        return elementwise.rint(a * power) / power
    return elementwise.rint(a / power) * power


@door(np.round)
def round(a: Any, decimals: Any = 0, out: Any = None) -> Any:
    """Entries rounded to decimals: discrete."""
    refuse_out("round", out)
    return _rounded(a, decimals, "round")


@door(np.around)
def around(a: Any, decimals: Any = 0, out: Any = None) -> Any:
    """Entries rounded to decimals: discrete."""
    refuse_out("around", out)
    return _rounded(a, decimals, "around")


@door(np.fix)
def fix(x: Any, out: Any = None) -> Any:
    """Entries rounded towards zero: discrete."""
    refuse_out("fix", out)
    return elementwise.trunc(as_operand(x, "numpy.fix"))


__all__ = ["around", "fix", "round"]
