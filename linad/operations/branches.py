"""Guards of functions with a branch cut along the negative real axis, or the imaginary one.

Where an eigenvalue is zero, or on the cut, to rounding, there is no derivative: beyond the cut the function has other
values. Of a real matrix with a simple negative eigenvalue the formula, with which errstate can go on, is the
derivative among real matrices, whose eigenvalue cannot leave the axis.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from linad.core.errstate import asked, report
from linad.errors import DegenerateError
from linad.operations.ties import numbers

_ROUNDING = 8.0  # of an eigenvalue, in units of n eps of the largest


def _scaled(w: Any) -> tuple[Any, float, float]:
    """Eigenvalues in units of the largest of their matrix, what is rounding among them, and the square root of eps."""
    largest = np.max(np.abs(w), axis=-1, keepdims=True, initial=0)
    eps = float(np.finfo(w.dtype).eps)
    return w / np.where(largest == 0, 1, largest), _ROUNDING * max(w.shape[-1], 1) * eps, eps**0.5


def _where(found: Any) -> str:
    *at, i = (int(k) for k in np.argwhere(found)[0])
    return f"eigenvalue {i}{f' of matrix {tuple(at)} in the batch' if at else ''}"


def off_the_negative_axis(where: str, w: Any, nearby: str) -> None:
    """Report eigenvalues that are zero, or negative real numbers; ``nearby`` is the nearest thing that works."""
    w = numbers(w)
    if w is None or w.size == 0:
        return
    z, rounding, half = _scaled(w)
    zero = np.abs(z) <= rounding
    if zero.any():
        raise DegenerateError(  # whatever errstate says: there are no numbers to go on with
            where,
            f"{_where(zero)} is zero to rounding, and {where} has no derivative at a singular matrix.",
            nearby,
        )
    cut = (z.real < 0) & (np.abs(z.imag) <= rounding)
    if cut.any():
        report(
            "degenerate",
            where,
            f"{_where(cut)} is on the negative real axis, the branch cut, where {where} has no derivative.",
            nearby,
            'linad.errstate(degenerate="warn") continues with that of the branch on which the value is: right for '
            "changes that keep the eigenvalue on the axis.",
        )
    _require_digits(where, np.abs(z), half)


def off_the_imaginary_axis(where: str, w: Any) -> None:
    """Report eigenvalues whose real part is zero."""
    w = numbers(w)
    if w is None or w.size == 0:
        return
    z, rounding, half = _scaled(w)
    cut = np.abs(z.real) <= rounding
    if cut.any():
        raise DegenerateError(
            where,
            f"{_where(cut)} is on the imaginary axis to rounding, where {where} jumps and has no derivative.",
            "Away from the axis: signm(A + c I).",
        )
    _require_digits(where, np.abs(z.real), half)


def _require_digits(where: str, distance: Any, half: float) -> None:
    near = distance < half
    if asked("conditioning") and near.any():
        least = float(np.min(distance[near]))
        report(
            "conditioning",
            where,
            f"{_where(near)} is at {least:.1e} of the largest from where there is no derivative: half of the digits, "
            "or more, are lost.",
            'linad.errstate(conditioning="ignore") continues without a word.',
        )
