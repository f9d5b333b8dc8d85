"""Derivatives of incomplete gamma functions in the shape: means of polynomials in log t, by quadrature.

With f the density of the gamma distribution of shape a, the m-th derivative of f in a is f(t) B_m(log t), where B_m are
the complete Bell polynomials of k_1 = log t - psi(a) and k_j = -psi^(j-1)(a). So that of P(a, x) is, of the two,

    P E[B_m(log t) | t < x],   x < a;        -Q E[B_m(log t) | t > x],   x >= a

which have the smaller of P and Q as a factor, and no cancellation at m = 1. Densities fall from x on, so means are taken
by the rule y = c exp(w - exp(-w)), trapezoidal in w: the double exponential one for a half line.
"""

from __future__ import annotations

from math import comb
from typing import Any

import numpy as np
import scipy.special

Array = np.ndarray[Any, Any]
_STEP = 0.06
_LOW, _END = -4.4, 60.0  # exp(w - exp(-w)) is below the smallest part there; densities are exp(-60)
_AT_ONCE = 1 << 10  # numbers for which all nodes are held


@np.errstate(all="ignore")
def gammainc_slope(m: int, a: Any, x: Any) -> Any:
    """The m-th derivative of P(a, x) in a, m > 0; NaN where a is not above 0 or x below 0."""
    a, x = np.broadcast_arrays(a, x)
    dtype = np.result_type(a, x, np.float32)
    shapes, points = (np.ravel(z).astype(np.result_type(dtype, np.float64)) for z in (a, x))
    found = np.empty(shapes.shape)
    for left in (True, False):
        for start in range(0, shapes.size, _AT_ONCE):
            own = np.arange(start, min(start + _AT_ONCE, shapes.size))
            own = own[(points[own] < shapes[own]) == left]
            if own.size:
                found[own] = _one_side(m, shapes[own], points[own], left)
    found[~((shapes > 0) & (points >= 0))] = np.nan
    return found.reshape(a.shape).astype(dtype)[()]


def _one_side(m: int, a: Array, x: Array, left: bool) -> Array:
    outside = scipy.special.gammainc(a, x) if left else -scipy.special.gammaincc(a, x)
    if left:  # t = x exp(-y)
        scale, rate = 1 / (a - x + np.sqrt(a)), a
    else:  # t = x (1 + y)
        scale, rate = 1 / (x - a + 1 + np.sqrt(a)), x
    top = np.log(_END / np.minimum(rate * scale, 1))
    top = np.max(top, where=np.isfinite(top), initial=np.log(_END))
    w = np.arange(_LOW, top, _STEP)
    y = scale[:, None] * np.exp(w - np.exp(-w))
    a, x = a[:, None], x[:, None]
    if left:
        ratio = -y
        density = np.exp(-a * y - x * np.expm1(-y))
    else:
        ratio = np.log1p(y)
        density = np.exp((a - 1) * ratio - x * y)
    weight = density * y * (1 + np.exp(-w))
    polynomials = [np.ones_like(y)]
    rates = [np.log(x) + ratio - scipy.special.psi(a), *[-scipy.special.polygamma(j, a) for j in range(1, m)]]
    for n in range(m):
        polynomials.append(sum(comb(n, j) * polynomials[n - j] * rates[j] for j in range(n + 1)))
    mean = np.sum(polynomials[m] * weight, axis=-1) / np.sum(weight, axis=-1)
    return np.where(outside == 0, 0.0, outside * mean)
