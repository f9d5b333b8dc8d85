"""Sums and extrema along axes.

sum      dy = sum(dx)         gx = gy, broadcast
cumsum   dy = cumsum(dx)      gx = reversed cumsum of gy
max      dy = sum(w dx)       gx = w gy, where w shares equally among the entries that attain the maximum
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from linad.core.errstate import asked, report
from linad.core.kinds import Sample, custom, discrete, linear
from linad.core.space import Space, expand
from linad.operations.shape import flip, reshape

Axes = tuple[int, ...] | None


def kept(shape: tuple[int, ...], axes: Axes) -> tuple[int, ...]:
    """The shape of a reduction that keeps its axes."""
    return tuple(1 if axes is None or i in axes else n for i, n in enumerate(shape))


def _sum_adjoint(g: Any, space: Space, axes: Axes, keepdims: bool) -> Any:
    if type(g) is float or getattr(g, "shape", ()) == ():
        return g  # lazy: one number for an array filled with it
    return expand(reshape(g, kept(space.shape, axes)), space.shape)


_REDUCED = tuple(
    Sample(
        (shape,),
        (axes, keepdims),
        f"{'x'.join(map(str, shape)) or 'scalar'}-{axes}-{'kept' if keepdims else 'dropped'}",
    )
    for shape, axes, keepdims in [
        ((), None, False),
        ((3,), None, False),
        ((2, 3), (1,), True),
        ((2, 3, 2), (0, 2), False),
        ((2, 3), None, True),
    ]
)
_EMPTY = (
    Sample(((0, 3),), (None, False), "0x3-None-dropped"),
    Sample(((2, 0),), ((0,), False), "2x0-0-dropped"),
)

sum = linear(
    "sum",
    lambda x, axes, keepdims: np.add.reduce(x, axis=axes, keepdims=keepdims),
    _sum_adjoint,
    lazy=True,
    samples=_REDUCED + _EMPTY,
)
cumsum = linear(
    "cumsum",
    lambda x, axis: np.add.accumulate(x, axis=axis),
    lambda g, space, axis: flip(cumsum(flip(g, (axis,)), axis), (axis,)),
    samples=(Sample(((4,),), (0,)), Sample(((2, 3),), (1,)), Sample(((0, 2),), (1,))),
)


def _shares(x: Any, best: Any, axes: Axes) -> Any:
    """Equal weights on the entries of x that attain the extremum: a NaN where there is one."""
    best = np.reshape(best, kept(np.shape(x), axes))
    attains = (np.equal(x, best) | (np.isnan(x) & np.isnan(best))).astype(np.asarray(x).dtype)
    count = np.add.reduce(attains, axis=axes, keepdims=True)
    if asked("tie") and np.any(count > 1):
        report(
            "tie",
            "max, min",
            f"{np.count_nonzero(count > 1)} of {count.size} extrema are attained more than once.",
        )
    return (attains / count)[()]


shares = discrete("shares", _shares, samples=_REDUCED, dtypes="f")


def _extremum(name: str, ufunc: np.ufunc) -> Any:
    def tangent(tangents: Sequence[Any], out: Any, x: Any, axes: Axes, keepdims: bool) -> Any:
        return sum(shares(x, out, axes) * tangents[0], axes, keepdims)

    def cotangent(g: Any, out: Any, wanted: Sequence[int], x: Any, axes: Axes, keepdims: bool) -> list[Any]:
        return [shares(x, out, axes) * reshape(g, kept(x.shape if hasattr(x, "shape") else (), axes))]

    return custom(
        name,
        lambda x, axes, keepdims: ufunc.reduce(x, axis=axes, keepdims=keepdims),
        tangent,
        cotangent,
        samples=_REDUCED,
        dtypes="f",
    )


max = _extremum("max", np.maximum)
min = _extremum("min", np.minimum)
nanmax = _extremum("nanmax", np.fmax)
nanmin = _extremum("nanmin", np.fmin)
shares.primitive.entry = lambda x, axes, keepdims: shares(x, max(x, axes, keepdims), axes)  # type: ignore[attr-defined]  # functions of primitives carry them

_ARG = (
    Sample(((3,),), (0, False)),
    Sample(((2, 3),), (1, True)),
    Sample(((2, 3),), (None, False), "2x3-flat"),
)
argmax = discrete(
    "argmax", lambda x, axis, keepdims: np.argmax(x, axis, keepdims=keepdims), samples=_ARG, dtypes="f"
)
argmin = discrete(
    "argmin", lambda x, axis, keepdims: np.argmin(x, axis, keepdims=keepdims), samples=_ARG, dtypes="f"
)
argsort = discrete(
    "argsort",
    lambda x, axis, kind: np.argsort(x, axis=axis, kind=kind),
    samples=(Sample(((4,),), (0, "stable")), Sample(((2, 3),), (0, "stable"))),
    dtypes="f",
)
all = discrete(
    "all", lambda x, axes, keepdims: np.all(x, axis=axes, keepdims=keepdims), samples=_REDUCED + _EMPTY
)
any = discrete(
    "any", lambda x, axes, keepdims: np.any(x, axis=axes, keepdims=keepdims), samples=_REDUCED + _EMPTY
)
count_nonzero = discrete(
    "count_nonzero",
    lambda x, axes, keepdims: np.count_nonzero(x, axis=axes, keepdims=keepdims),
    samples=_REDUCED + _EMPTY,
)
searchsorted = discrete(
    "searchsorted",
    np.searchsorted,
    last=2,
    domain=("sorted", "real"),
    samples=(Sample(((4,), (3,)), ("left",)), Sample(((3,), ()), ("right",))),
    dtypes="f",
)
