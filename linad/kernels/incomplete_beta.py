"""Derivatives of the incomplete beta function in its shapes: means of polynomials in logarithms, by quadrature.

With f the density of the beta distribution, its derivative of orders i, j in a, b is f(t) B_ij, where B_ij are the Bell
polynomials of the derivatives k_pq of log f in a and b, of which k_10 = log t - psi(a) + psi(a + b) and
k_01 = log(1 - t) - psi(b) + psi(a + b) depend on t. So that of I is I E[B_ij | t < x], taken below the mean, and
else by I(a, b, x) = 1 - I(b, a, 1 - x). Where a or b is below 1, and means of what has a pole at 0 would cancel,

    I(a, b, x) = I(a + 1, b, x) + h(a, b) / a = I(a, b + 1, x) - h(a, b) / b,     h = x^a (1 - x)^b / B(a, b)

are differentiated. The mean is taken as in :mod:`linad.kernels.incomplete`.
"""

from __future__ import annotations

from functools import cache, partial
from typing import Any

import numpy as np
import scipy.special

from linad.kernels.incomplete import AT_ONCE, bell, nodes

Array = np.ndarray[Any, Any]


def _bell(i: int, j: int, logs: tuple[Any, Any], a: Any, b: Any, total: Any) -> Any:
    """B_ij, where log f is a logs[0] + b logs[1] + log Gamma(total) - log Gamma(a) - log Gamma(b)."""
    slopes = [scipy.special.psi, *[partial(scipy.special.polygamma, n) for n in range(1, i + j)]]

    @cache
    def rate(p: int, q: int) -> Any:
        slope = slopes[p + q - 1]
        found = slope(total) - (slope(a) if q == 0 else slope(b) if p == 0 else 0)
        return found + (logs[0] if (p, q) == (1, 0) else logs[1] if (p, q) == (0, 1) else 0)

    return bell(i, j, np.ones_like(logs[0]), lambda y, p, q: y * rate(p, q))


@np.errstate(all="ignore")
def betainc_slope(i: int, j: int, a: Any, b: Any, x: Any) -> Any:
    """The derivative of I of orders i in a and j in b, i + j > 0; NaN outside a, b > 0 and 0 <= x <= 1."""
    a, b, x = np.broadcast_arrays(a, b, x)
    dtype = np.result_type(a, b, x, np.float32)
    A, B, X = (np.ravel(z).astype(np.result_type(dtype, np.float64)) for z in (a, b, x))
    left = X * (A + B) < A
    found = np.empty(A.shape)
    for side in (True, False):
        here = np.flatnonzero(left == side)
        for start in range(0, here.size, AT_ONCE):
            own = here[start : start + AT_ONCE]
            if side:
                found[own] = _left(i, j, A[own], B[own], X[own], 1 - X[own])
            else:
                found[own] = -_left(j, i, B[own], A[own], 1 - X[own], X[own])
    found[(X == 0) | (X == 1)] = 0
    found[~((A > 0) & (B > 0) & (X >= 0) & (X <= 1))] = np.nan
    return found.reshape(a.shape).astype(dtype)[()]


def _left(i: int, j: int, a: Array, b: Array, x: Array, rest: Array) -> Array:
    """For x below the mean; ``rest`` is 1 - x."""
    low_a, low_b = (a < 1) & (i > 0), (b < 1) & (j > 1)  # where means would cancel
    A = np.where(low_a, a + 1, a)
    found = _mean(i, j, A, np.where(low_b, b + 1, b), x, rest)
    logs = np.log(x), np.log1p(-x)
    log_h = a * logs[0] + b * logs[1] + scipy.special.gammaln(a + b)
    by_a = np.exp(log_h - scipy.special.gammaln(a + 1) - scipy.special.gammaln(b))
    found += np.where(low_a, by_a * _bell(i, j, logs, a + 1, b, a + b), 0)
    log_h = A * logs[0] + b * logs[1] + scipy.special.gammaln(A + b)
    by_b = np.exp(log_h - scipy.special.gammaln(A) - scipy.special.gammaln(b + 1))
    found -= np.where(low_b, by_b * _bell(i, j, logs, A, b + 1, A + b), 0)
    return found


def _mean(i: int, j: int, a: Array, b: Array, x: Array, rest: Array) -> Array:
    """I E[B_ij | t < x], with t = x exp(-y)."""
    factor = scipy.special.betainc(a, b, x)
    a, b, x, rest = (z[:, None] for z in (a, b, x, rest))
    slope, bend = a - (b - 1) * x / rest, a + np.maximum(b - 1, 0) * x / rest**2
    y, weight = nodes(1 / (np.maximum(slope, 0) + np.sqrt(bend)), a)
    ratio = np.log1p(-x * np.expm1(-y) / rest)  # of 1 - t to 1 - x
    density = np.exp(-a * y + (b - 1) * ratio)
    values = _bell(i, j, (np.log(x) - y, np.log(rest) + ratio), a, b, a + b)
    weight = weight * density
    mean = np.sum(values * weight, axis=-1) / np.sum(weight, axis=-1)
    return np.where(factor == 0, 0.0, factor * mean)
