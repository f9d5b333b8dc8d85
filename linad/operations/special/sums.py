"""Sums of exponentials along axes.

logsumexp     dy = sum(w da), w = exp(a - y); with weights b, dy = sum(exp(a - y) (b da + db)),
              times the sign of the sum where y is the logarithm of its absolute value
softmax       dy = y da - y sum(y da)
log_softmax   dy = da - sum(exp(y) da)

Where all entries that count are equal and infinite, w shares equally among them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import scipy.special

from linad.core.kinds import Sample, custom, discrete
from linad.core.space import conj, shape_of
from linad.operations.elementwise import exp
from linad.operations.reductions import Axes, kept, sum
from linad.operations.shape import reshape

_SAMPLES = tuple(
    Sample((shape,), (axes,), f"{'x'.join(map(str, shape)) or 'scalar'}-{axes}")
    for shape, axes in [((), None), ((3,), None), ((2, 3), (1,)), ((2, 3, 2), (0, 2)), ((0, 3), (1,))]
)


def _shares(a: Any, axes: Axes) -> Any:
    """exp(a - log sum exp a)."""
    with np.errstate(all="ignore"):
        top = np.max(np.real(a), axis=axes, keepdims=True, initial=-np.inf)
        infinite = np.isinf(top)
        finite = np.exp(a - np.where(infinite, 0, top))
        share = np.where(infinite, np.equal(np.real(a), top), finite)
        return (share / np.sum(share, axis=axes, keepdims=True)).astype(
            np.result_type(np.asarray(a), np.float16)
        )[()]


def _normalised(name: str, numeric: Callable[..., Any], dtypes: str) -> Callable[..., Any]:
    def tangent(tangents: Sequence[Any], y: Any, a: Any, axes: Axes) -> Any:
        t = y * tangents[0]
        return t - y * sum(t, axes, True)

    def cotangent(g: Any, y: Any, wanted: Sequence[int], a: Any, axes: Axes) -> list[Any]:
        y = conj(y)
        return [y * (g - sum(y * g, axes, True))]

    return custom(name, numeric, tangent, cotangent, samples=_SAMPLES, dtypes=dtypes)


shares = _normalised("special.shares", _shares, "fc")
softmax = _normalised("special.softmax", lambda a, axes: scipy.special.softmax(a, axis=axes), "fc")

log_softmax = custom(
    "special.log_softmax",
    lambda a, axes: scipy.special.log_softmax(a, axis=axes),
    lambda tangents, y, a, axes: tangents[0] - sum(exp(y) * tangents[0], axes, True),
    lambda g, y, wanted, a, axes: [g - conj(exp(y)) * sum(g, axes, True)],
    samples=_SAMPLES,
)


def _spread(g: Any, a: Any, axes: Axes) -> Any:
    """A reduced result with its axes kept."""
    return reshape(g, kept(shape_of(a), axes))


def _dropping(samples: tuple[Sample, ...]) -> tuple[Sample, ...]:
    """Axes kept, and dropped by turns."""
    return tuple(
        Sample(sample.shapes, (*sample.parameters, i % 2 == 0), sample.name)
        for i, sample in enumerate(samples)
    )


logsumexp = custom(
    "special.logsumexp",
    lambda a, axes, keepdims: scipy.special.logsumexp(a, axis=axes, keepdims=keepdims),
    lambda tangents, y, a, axes, keepdims: sum(shares(a, axes) * tangents[0], axes, keepdims),
    lambda g, y, wanted, a, axes, keepdims: [conj(shares(a, axes)) * _spread(g, a, axes)],
    samples=_dropping(_SAMPLES[:-1]),
)

# -- with weights; where the sum is negative and no sign is asked for, NaN ---------------------------------------

_WEIGHTED = _dropping(
    tuple(
        Sample(shapes, (axes,), f"{label}-{axes}")
        for shapes, axes, label in [
            (((3,), (3,)), None, "vectors"),
            (((2, 3), (2, 3)), (1,), "matrices"),
            (((), ()), None, "numbers"),
        ]
    )
)


def _weighted(a: Any, b: Any, axes: Axes, keepdims: bool) -> tuple[Any, Any]:
    return scipy.special.logsumexp(a, axis=axes, b=b, keepdims=keepdims, return_sign=True)


sum_sign = discrete(
    "special.sum_sign",
    lambda a, b, axes, keepdims: _weighted(a, b, axes, keepdims)[1],
    last=2,
    samples=_WEIGHTED,
    dtypes="f",
)


def _share(signed: bool, y: Any, a: Any, b: Any, axes: Axes) -> Any:
    """The slope in a weight, of the logarithm or of that of the absolute value."""
    share = exp(a - _spread(y, a, axes))
    return sum_sign(a, b, axes, True) * share if signed else share


def _with_weights(name: str, numeric: Callable[..., Any], signed: bool, dtypes: str) -> Callable[..., Any]:
    def tangent(tangents: Sequence[Any], y: Any, a: Any, b: Any, axes: Axes, keepdims: bool) -> Any:
        t = [scale * t for scale, t in zip((b, 1), tangents, strict=False) if t is not None]
        return sum(_share(signed, y, a, b, axes) * (t[0] if len(t) == 1 else t[0] + t[1]), axes, keepdims)

    def cotangent(
        g: Any, y: Any, wanted: Sequence[int], a: Any, b: Any, axes: Axes, keepdims: bool
    ) -> list[Any]:
        g = conj(_share(signed, y, a, b, axes)) * _spread(g, a, axes)
        return [g * conj(b) if i == 0 else g for i in wanted]

    return custom(
        name,
        numeric,
        tangent,
        cotangent,
        last=2,
        domain=("real", "positive"),
        samples=_WEIGHTED,
        dtypes=dtypes,
    )


weighted_logsumexp = _with_weights(
    "special.weighted_logsumexp",
    lambda a, b, axes, keepdims: scipy.special.logsumexp(a, axis=axes, b=b, keepdims=keepdims),
    False,
    "fc",
)
absolute_logsumexp = _with_weights("special.absolute_logsumexp", lambda *args: _weighted(*args)[0], True, "f")
