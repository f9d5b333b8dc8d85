"""Derivatives of zeta functions in their exponent, by Taylor series; plain real arrays in, plain arrays out.

A series in ds is an array with its coefficients along the first axis: those of z^-s are z^-s (-log z)^j / j!. Hurwitz's
zeta function is summed as in :func:`linad.kernels.special.hurwitz`; left of 0 Riemann's is turned,

    zeta(s) = 2 sin(pi s / 2) exp(log Gamma(1 - s) + (s - 1) log(2 pi)) zeta(1 - s)
"""

from __future__ import annotations

from math import factorial
from typing import Any

import numpy as np
import scipy.special

from linad.kernels.special import BERNOULLI

Array = np.ndarray[Any, Any]
_FAR = 20  # where the summation of Euler and Maclaurin begins


def _times(a: Array, b: Array) -> Array:
    """The product of two series."""
    return np.stack([sum(a[i] * b[j - i] for i in range(j + 1)) for j in range(len(a))])


def _power(z: Array, s: Array, m: int) -> Array:
    """z^-s."""
    factors = [z**-s]
    for j in range(1, m + 1):
        factors.append(factors[-1] * -np.log(z) / j)
    return np.stack(factors)


def _shifted(a: Array, c: Array) -> Array:
    """a (ds + c)."""
    moved = a * c
    moved[1:] += a[:-1]
    return moved


def _hurwitz(m: int, s: Array, z: Array) -> Array:
    total = np.zeros((m + 1, *s.shape))
    for _ in range(max(0, int(np.ceil(_FAR - np.min(z, initial=_FAR))))):
        below = z < _FAR
        total += np.where(below, _power(np.where(below, z, 1), s, m), 0)
        z = np.where(below, z + 1, z)
    power = _power(z, s, m)
    pole = np.stack([(-1) ** j / (s - 1) ** (j + 1) for j in range(m + 1)])
    total += z * _times(power, pole) + power / 2
    term = _shifted(power, s) / (2 * z)
    for j, number in enumerate(BERNOULLI, start=1):
        total += number * term
        term = _shifted(_shifted(term, s + 2 * j - 1), s + 2 * j) / ((2 * j + 1) * (2 * j + 2) * z * z)
    return total


def _turned(m: int, s: Array) -> Array:
    """Riemann's, left of 0."""
    sine = np.stack(
        [(np.pi / 2) ** j * scipy.special.sindg(90 * (s + j)) / factorial(j) for j in range(m + 1)]
    )
    slope = np.log(2 * np.pi) - scipy.special.psi(1 - s)
    rates = [slope, *[(-1) ** j * scipy.special.polygamma(j - 1, 1 - s) for j in range(2, m + 1)]]
    grown = [2 * np.exp(scipy.special.gammaln(1 - s) + (s - 1) * np.log(2 * np.pi))]
    for j in range(1, m + 1):
        grown.append(sum(rates[i] / factorial(i) * grown[j - 1 - i] for i in range(j)) / j)
    signs = np.array([(-1.0) ** j for j in range(m + 1)]).reshape(-1, *[1] * s.ndim)
    return _times(_times(sine, np.stack(grown)), signs * _hurwitz(m, 1 - s, np.ones_like(s)))


@np.errstate(all="ignore")
def hurwitz_slope(m: int, s: Any, q: Any) -> Any:
    """The m-th derivative of zeta(s, q) in s; NaN where SciPy has no values: for s below 1, and q not above 0."""
    s, q = np.broadcast_arrays(s, q)
    dtype = np.result_type(s, q, np.float32)
    known = (s >= 1) & (q > 0)
    found = _hurwitz(m, np.where(known, s, 2.0), np.where(known, q, 1.0))[m]
    return np.where(known, factorial(m) * found, np.nan).astype(dtype)[()]


@np.errstate(all="ignore")
def riemann_slope(m: int, s: Any) -> Any:
    """The m-th derivative of zeta(s)."""
    s = np.asarray(s)
    left, wide = s < 0, s.astype(float)
    right = _hurwitz(m, np.where(left, 2.0, wide), np.ones(s.shape))[m]
    found = np.where(left, _turned(m, np.where(left, wide, -1.0))[m], right)
    return (factorial(m) * found).astype(np.result_type(s, np.float32))[()]
