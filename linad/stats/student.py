"""The logarithm of Student's density of k variables, which keeps its digits however many degrees of freedom.

With m = |z|^2, u = m / df and h = df / 2,

log p    = g(h) - (k / 2) log(2 pi) - (m L(u) + k log(1 + u)) / 2,  L(u) = log(1 + u) / u
g(h)     = log Gamma(h + k / 2) - log Gamma(h) - (k / 2) log h
         = sum of log(1 + i / h),  i = 0, 1 ... k / 2 - 1,                     where k is even
         = sum of log(1 + i / h),  i = 1/2, 3/2 ... k / 2 - 1,  + g_1(h)       where k is odd
g_1(h)   = -1 / (8 h) + 1 / (192 h^3) - ...                                    for large h

The Bernoulli numbers of the series are those of Stirling's (Tricomi and Erdelyi 1951). df = infinity is the normal
distribution, in which nothing needs a case of its own.
"""

from __future__ import annotations

import math
from functools import partial
from typing import Any

import linad.numpy as np
from linad.core.traced import Array
from linad.operations.special.integrals import log_ratio
from linad.special import betaln
from linad.stats.pieces import either

_LARGE = 16.0  # from here the series, of which the first term left out is 3e-18
_SERIES = (-1 / 8, 1 / 192, -1 / 640, 17 / 14336, -31 / 18432, 691 / 180224)  # of 1 / h, 1 / h^3 ...
_HALF_LOG_PI = 0.5 * math.log(math.pi)
_HALF_LOG_2_PI = 0.5 * math.log(2 * math.pi)


def _series(h: Any) -> Any:
    r = 1 / h
    square, total = r * r, _SERIES[-1]
    for c in reversed(_SERIES[:-1]):
        total = total * square + c
    return total * r


def _ratio_of_gammas(h: Any, k: int) -> Any:
    """g."""
    offsets = np.arange(k % 2 / 2, k / 2)
    total = np.sum(np.log1p(offsets / h)) if k > 1 else 0.0
    if k % 2 == 0:
        return total
    return total + either(
        h >= _LARGE,
        _series,
        lambda h: _HALF_LOG_PI - betaln(0.5, h) - 0.5 * np.log(h),
        (h, _LARGE, 1.0),
    )


def _near(k: int, m: Any, df: Any, u: Any) -> Any:
    return m * log_ratio(0, u) + k * np.log1p(u)


def _far(k: int, m: Any, df: Any, u: Any) -> Any:
    return (df + k) * np.log1p(u)


def log_density(m: Any, df: Any, k: int) -> Any:
    """Of k standard variables whose squares sum to m; df is a number, or broadcasts with m where k is 1."""
    u = m / df
    if isinstance(df, Array):
        fall = either(
            u < 1,
            partial(_near, k),
            partial(_far, k),
            (m, 0.0, 1.0),
            (df, 1.0, 1.0),
            (u, 0.0, 1.0),
        )
    else:
        fall = either(
            np.isinf(df),
            lambda m, df, u: m,
            partial(_far, k),
            (m, 0.0, 0.0),
            (df, 1.0, 1.0),
            (u, 0.0, 0.0),
        )
    return _ratio_of_gammas(0.5 * df, k) - k * _HALF_LOG_2_PI - 0.5 * fall
