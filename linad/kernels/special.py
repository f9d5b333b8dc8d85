"""Special functions that SciPy lacks and derivatives of its own lead to; plain arrays in, plain arrays out.

hurwitz            zeta(s, z) = sum (k + z)^-s, of complex z too
power_integral     integral over t > 0 of t^q prod (t + z_j)^-a_j
log_ratio          derivatives of log(1 + u) / u
mills              derivatives of exp(x^2) erfc(x)
dirichlet          derivatives of sin(n x / 2) / (n sin(x / 2))
"""

from __future__ import annotations

from math import factorial
from typing import Any

import numpy as np
import scipy.special


def _wide(x: Any) -> tuple[Any, np.dtype[Any]]:
    """x in double precision, and the dtype of the result."""
    x = np.asarray(x)
    dtype = np.result_type(x, np.float32)
    return x.astype(np.result_type(dtype, np.float64)), dtype


BERNOULLI = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510)


def hurwitz(s: Any, z: Any) -> Any:
    """The zeta function of Hurwitz by the summation of Euler and Maclaurin, from where Re z is above 20."""
    s, z = np.broadcast_arrays(np.asarray(s, float), np.asarray(z))
    dtype = np.result_type(z, np.complex64)
    z = z.astype(complex)
    total = np.zeros(z.shape, complex)
    for _ in range(max(0, int(np.ceil(20 - np.min(z.real, initial=20))))):
        below = z.real < 20
        total[below] += z[below] ** -s[below]
        z = np.where(below, z + 1, z)
    total += z ** (1 - s) / (s - 1) + 0.5 * z**-s
    term = s * z ** (-s - 1) / 2
    for j, number in enumerate(BERNOULLI, start=1):
        total += number * term
        term = term * (s + 2 * j - 1) * (s + 2 * j) / ((2 * j + 1) * (2 * j + 2) * z * z)
    return total.astype(dtype)[()]


_DIGITS = 50.0  # what is left out is exp(-50) of the integral, more where many poles coincide


def power_integral(given: tuple[float, ...], *operands: Any) -> Any:
    """With q and the exponents a_j of the operands z_j.

    With t = exp(s) the integrand is analytic for |Im s| < pi - |arg z_j|, so that the trapezoidal rule converges
    exponentially. Real operands below zero, where a pole lies on the path, give NaN; one may be zero.
    """
    q, *exponents = given
    given_z = np.broadcast_arrays(*operands)
    dtype = np.result_type(*given_z, np.float32)
    z: list[Any] = [np.asarray(part, np.result_type(dtype, np.float64))[..., None] for part in given_z]
    if z[0].size == 0:
        return np.zeros(z[0].shape[:-1], dtype)
    largest = max(float(np.max(np.abs(part))) for part in z)
    if not (0 < largest < np.inf):
        return np.full(z[0].shape[:-1], np.nan, dtype)[()]
    z = [part / largest for part in z]  # so that nodes round least where the integrand is largest
    sizes = [np.abs(part) for part in z]
    turned = max(float(np.max(np.where(part.imag == 0, 0, np.abs(np.angle(part))))) for part in z)
    step = max(2 * np.pi / _DIGITS * (np.pi - turned), 0.02)
    below = q + 1 - sum(a for a, size in zip(exponents, sizes, strict=True) if np.any(size == 0))
    above = sum(exponents) - q - 1
    low = np.log(min(float(np.min(size[size > 0], initial=1.0)) for size in sizes)) - _DIGITS / below
    s = step * np.arange(np.floor(low / step), np.ceil(_DIGITS / above / step))
    t = np.exp(s)
    with np.errstate(all="ignore"):  # in logarithms: products of powers overflow before they meet
        exponent = (q + 1) * s - sum(a * np.log(t + part) for a, part in zip(exponents, z, strict=True) if a)
        total = largest**-above * step * np.sum(np.exp(exponent), axis=-1)
    outside = np.logical_or.reduce([(part.real < 0) & (part.imag == 0) for part in z])[..., 0]
    return np.where(outside, np.nan, total).astype(dtype)[()]


def log_ratio(n: int, u: Any) -> Any:
    """The n-th derivative of log(1 + u) / u: its series near 0; else f_n = (h_n - n f_(n-1)) / u, h_n of log(1 + u)."""
    u, dtype = _wide(u)
    near = np.abs(u) < 0.5
    v = np.where(near, u, 0)
    inside = np.zeros_like(v)
    for k in range(60 + 2 * n, n - 1, -1):  # u^k (-1)^k / (k + 1), differentiated n times
        inside = inside * v + (-1) ** k / (k + 1) * (factorial(k) / factorial(k - n))
    v = np.where(near, 1, u)
    with np.errstate(all="ignore"):
        outside = np.log1p(v) / v if v.dtype.kind != "c" else scipy.special.log1p(v) / v
        for k in range(1, n + 1):
            outside = ((-1) ** (k - 1) * factorial(k - 1) / (1 + v) ** k - k * outside) / v
    return np.where(near, inside, outside).astype(dtype)[()]


_RATIOS = 250  # where the continued fraction is begun: for x > 1 what is left out is below 1e-16


def mills(n: int, x: Any) -> Any:
    """The n-th derivative of y = exp(x^2) erfc(x).

    y_n = 2 x y_(n-1) + 2 (n - 1) y_(n-2), y_1 = 2 x y - 2 / sqrt(pi). To the right of 1, where that cancels, the ratios
    of successive repeated integrals of erfc are a continued fraction, r_k = 1 / (2 x + 2 (k + 1) r_(k+1)), and
    y_n = (-2)^n n! r_1 ... r_n y (Gautschi 1961).
    """
    x, dtype = _wide(x)
    value = scipy.special.erfcx(x)
    before, y = -2 / np.sqrt(np.pi), value
    for k in range(1, n + 1):
        before, y = y, 2 * x * y + (before if k == 1 else 2 * (k - 1) * before)
    right = (x.real > 1) & (x.imag == 0)
    if n > 0 and np.any(right):
        z = np.where(right, x, 2)
        ratio, product = np.zeros_like(z), np.ones_like(z)
        for k in range(_RATIOS + n, 0, -1):
            ratio = 1 / (2 * z + 2 * (k + 1) * ratio)
            if k <= n:
                product = product * ratio
        y = np.where(right, (-2) ** n * factorial(n) * product * value, y)
    return np.asarray(y).astype(dtype)[()]


def dirichlet(n: Any, order: int, x: Any) -> Any:
    """A derivative of (1 / n) sum exp(i c x), c from -(n - 1) / 2 to (n - 1) / 2 in steps of one."""
    x, n = np.broadcast_arrays(x, n)
    dtype = np.result_type(x, np.float16)
    out = np.zeros(x.shape)
    for count in np.unique(n):
        here = n == count
        if count < 1 or count != np.floor(count):
            out[here] = np.nan
            continue
        c = np.arange(count) - (count - 1) / 2
        waves = np.cos(np.asarray(x[here], float)[:, None] * c + order * np.pi / 2)
        out[here] = waves @ (c**order) / count
    return out.astype(dtype)[()]
