"""Derivatives of incomplete gamma functions in the shape: means of polynomials in log t, by quadrature.

With f the density of the gamma distribution of shape a, the m-th derivative of f in a is f(t) B_m(log t), where B_m are
the complete Bell polynomials of k_1 = log t - psi(a) and k_j = -psi^(j-1)(a). So that of P(a, x) is, of the two,

    P E[B_m(log t) | t < x],   x < a;        -Q E[B_m(log t) | t > x],   x >= a

which have the smaller of P and Q as a factor, and no cancellation at m = 1. Densities fall from x on, so means are
taken by the rule y = c exp(w - exp(-w)), trapezoidal in w: the double exponential one for a half line. Below a = 1,
near the pole of psi, P(a, x) = P(a + 1, x) + x^a exp(-x) / Gamma(a + 1) is differentiated.
"""

from __future__ import annotations

from collections.abc import Callable
from math import comb
from typing import Any

import numpy as np
import scipy.special

Array = np.ndarray[Any, Any]
_STEP = 0.06
_LOW, _END = -4.4, 60.0  # exp(w - exp(-w)) is below the smallest part there; densities are exp(-60)
AT_ONCE = 1 << 10  # numbers for which all nodes are held


def bell(i: int, j: int, start: Any, times: Callable[[Any, int, int], Any]) -> Any:
    """The product of ``start`` and B_ij, the Bell polynomial of i and j; times(y, p, q) is y k_pq."""
    found = {(0, 0): start}
    for p in range(i + 1):
        for q in range(j + 1):
            u, v = (1, 0) if p else (0, 1)  # the direction of the last derivative
            terms = [
                comb(p - u, r) * comb(q - v, s) * times(found[p - u - r, q - v - s], r + u, s + v)
                for r in range(p - u + 1)
                for s in range(q - v + 1)
                if p + q
            ]
            if terms:
                found[p, q] = sum(terms[1:], terms[0])
    return found[i, j]


def _bell(m: int, first: Any, a: Any) -> Any:
    """B_m, from k_1 and a."""
    rates = [first, *[-scipy.special.polygamma(j, a) for j in range(1, m)]]
    return bell(m, 0, np.ones_like(first), lambda y, p, _: y * rates[p - 1])


@np.errstate(all="ignore")
def gammainc_slope(m: int, a: Any, x: Any) -> Any:
    """The m-th derivative of P(a, x) in a, m > 0; NaN where a is not above 0 or x below 0."""
    a, x = np.broadcast_arrays(a, x)
    dtype = np.result_type(a, x, np.float32)
    shapes, points = (np.ravel(z).astype(np.result_type(dtype, np.float64)) for z in (a, x))
    raised = np.where(shapes < 1, shapes + 1, shapes)
    found = np.empty(shapes.shape)
    for left in (True, False):
        here = np.flatnonzero((points < raised) == left)
        for start in range(0, here.size, AT_ONCE):
            own = here[start : start + AT_ONCE]
            found[own] = _one_side(m, raised[own], points[own], left)
    log = np.log(points)
    below = np.exp(shapes * log - points - scipy.special.gammaln(raised))
    found += np.where(shapes < 1, below * _bell(m, log - scipy.special.psi(raised), raised), 0)
    found[(points == 0) | np.isinf(points)] = 0
    found[~((shapes > 0) & (points >= 0))] = np.nan
    return found.reshape(a.shape).astype(dtype)[()]


def nodes(scale: Array, rate: Array) -> tuple[Array, Array]:
    """Points y along the last axis for densities of one scale that end like exp(-rate y), and their weights."""
    top = np.log(_END / np.minimum(rate * scale, 1))
    w = np.arange(_LOW, np.max(top, where=np.isfinite(top), initial=np.log(_END)), _STEP)
    y = scale * np.exp(w - np.exp(-w))
    return y, y * (1 + np.exp(-w))


def _one_side(m: int, a: Array, x: Array, left: bool) -> Array:
    a, x = a[:, None], x[:, None]
    scale, rate = (1 / (a - x + np.sqrt(a)), a) if left else (1 / (x - a + 1 + np.sqrt(a)), x)
    y, weight = nodes(scale, rate)
    if left:  # t = x exp(-y)
        factor, ratio = scipy.special.gammainc(a, x), -y
        density = np.exp(-a * y - x * np.expm1(-y))
    else:  # t = x (1 + y)
        factor, ratio = -scipy.special.gammaincc(a, x), np.log1p(y)
        density = np.exp((a - 1) * ratio - x * y)
    weight = weight * density
    values = _bell(m, np.log(x) + ratio - scipy.special.psi(a), a)
    mean = np.sum(values * weight, axis=-1) / np.sum(weight, axis=-1)
    return np.where(factor[:, 0] == 0, 0.0, factor[:, 0] * mean)
