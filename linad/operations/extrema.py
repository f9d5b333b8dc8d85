"""The larger of two numbers without regard to NaN, its smooth relative, and extrema of the entries so far.

fmax, fmin      dz = w dx + (1 - w) dy        w = 1 where x is chosen, a half at a tie
logaddexp2      z = log2(2^x + 2^y)           dz = 2^(x - z) dx + 2^(y - z) dy, halves at two equal infinities
running_max     y_i = max(x_0 ... x_i)        dy_i = the mean of the dx_j, j <= i, with x_j = y_i
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from linad.core.errstate import asked, report
from linad.core.kinds import BINARY, Sample, custom, discrete, elementwise, linear
from linad.operations.elementwise import _LOG2, precedence, share

# -- of two numbers ------------------------------------------------------------------------------------------


def _preference(x: Any, y: Any, larger: bool) -> Any:
    """As precedence, of the larger or of the smaller, but a number goes before NaN."""
    weight = precedence(x, y) if larger else precedence(y, x)
    return np.where(np.isnan(x) != np.isnan(y), np.isnan(y), weight)[()]


preference = discrete(
    "preference",
    _preference,
    last=2,
    samples=tuple(
        Sample(sample.shapes, (larger,), f"{sample.name}-{'larger' if larger else 'smaller'}")
        for sample in BINARY[:3]
        for larger in (True, False)
    ),
    dtypes="f",
)
fmax = elementwise(
    "fmax",
    np.fmax,
    lambda x, y, z: preference(x, y, True),
    lambda x, y, z: preference(y, x, True),
    dtypes="f",
)
fmin = elementwise(
    "fmin",
    np.fmin,
    lambda x, y, z: preference(x, y, False),
    lambda x, y, z: preference(y, x, False),
    dtypes="f",
)
logaddexp2 = elementwise(
    "logaddexp2",
    np.logaddexp2,
    lambda x, y, z: share(_LOG2 * x, _LOG2 * y),
    lambda x, y, z: share(_LOG2 * y, _LOG2 * x),
    dtypes="f",
)

# -- of the entries so far -----------------------------------------------------------------------------------

_ALONG = (
    Sample(((5,),), (0,)),
    Sample(((2, 3),), (1,)),
    Sample(((3, 2),), (0,)),
    Sample(((0, 2),), (0,)),
    Sample(((2, 0),), (0,), "2x0-0"),
)


def _same(x: Any, y: Any) -> Any:
    return np.equal(x, y) | (np.isnan(x) & np.isnan(y))


def _records(x: Any, y: Any, axis: int) -> Any:
    """2 where an entry of x makes a new extremum y of the entries so far, 1 where it ties with it, else 0."""
    x, y = np.moveaxis(x, axis, 0), np.moveaxis(y, axis, 0)
    marks = _same(x, y).astype(np.int8)
    marks[:1] = 2
    marks[1:][~_same(y[1:], y[:-1])] = 2
    if asked("tie") and np.any(marks == 1):
        report(
            "tie", "accumulated max, min", f"{np.count_nonzero(marks == 1)} entries tie with an earlier one."
        )
    return np.moveaxis(marks, 0, axis)


def _running_mean(v: Any, marks: Any, axis: int, back: bool) -> Any:
    """The mean of the marked entries since the last 2; backwards its adjoint."""
    v, marks = np.moveaxis(np.asarray(v), axis, 0), np.moveaxis(marks, axis, 0)
    out = np.zeros(v.shape, v.dtype)
    count = np.zeros(marks.shape, v.dtype)
    for i, mark in enumerate(marks):
        count[i] = np.where(mark == 2, 1, count[i - 1] + mark)
    total = np.zeros(v.shape[1:], v.dtype)
    for i in range(len(v))[:: -1 if back else 1]:
        mark = marks[i]
        if back:
            total = total + v[i] / count[i]
            out[i] = np.where(mark > 0, total, 0)
            total = np.where(mark == 2, 0, total)
        else:
            total = np.where(mark == 2, 0, total) + np.where(mark > 0, v[i], 0)
            out[i] = total / count[i]
    return np.moveaxis(out, 0, axis)


records = discrete("records", _records, last=2, samples=_ALONG, dtypes="f")
records.primitive.entry = lambda x, axis: records(x, running_max(x, axis), axis)  # type: ignore[attr-defined]  # functions of primitives carry them
running_mean = linear(
    "running_mean",
    _running_mean,
    lambda g, space, marks, axis, back: running_mean(g, marks, axis, not back),
    reads=True,
    samples=(
        Sample(((5,),), (np.array([2, 1, 0, 2, 1]), 0, False), "5"),
        Sample(((2, 3),), (np.array([[2, 0, 1], [2, 2, 1]]), 1, False), "2x3"),
        Sample(((3, 1),), (np.array([[2], [1], [1]]), 0, True), "3x1-back"),
        Sample(((0,),), (np.zeros(0, int), 0, False), "0"),
    ),
)


def _running(name: str, ufunc: np.ufunc) -> Any:
    def tangent(tangents: Sequence[Any], out: Any, x: Any, axis: int) -> Any:
        return running_mean(tangents[0], records(x, out, axis), axis, False)

    def cotangent(g: Any, out: Any, wanted: Sequence[int], x: Any, axis: int) -> list[Any]:
        return [running_mean(g, records(x, out, axis), axis, True)]

    return custom(
        name, lambda x, axis: ufunc.accumulate(x, axis=axis), tangent, cotangent, samples=_ALONG, dtypes="f"
    )


running_max = _running("running_max", np.maximum)
running_min = _running("running_min", np.minimum)
running_fmax = _running("running_fmax", np.fmax)
running_fmin = _running("running_fmin", np.fmin)
