"""The derivatives of x^y, of every order, as one function: they end in no 0 times infinity.

Equation    d^m/dx^m d^n/dy^n x^y  =  x^(y-m)  sum over j of  (n! / j!) t_(n-j) log(x)^j
            t_k the k-th coefficient of  (y + s) (y - 1 + s) ... (y - m + 1 + s)  in powers of s
Tangent     that with m + 1 times dx, and that with n + 1 times dy
At x = 0    the limit from the right: 0 where y > m; 0 where all t are, as for d/dx x^0; else t_0, or infinite
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from linad.core.kinds import BINARY, Sample, bilinear, custom
from linad.core.space import conj


def _vanishing(x: Any, y: Any) -> Any:
    with np.errstate(invalid="ignore"):
        return np.where((x == 0) | (y == 0), 0, np.multiply(x, y))[()]


vanishing_product = bilinear(  # x y, and 0 where either is, be the other infinite
    "vanishing_product",
    _vanishing,
    left=lambda g, y: vanishing_product(g, conj(y)),
    right=lambda g, x: vanishing_product(g, conj(x)),
    samples=BINARY,
)


def _coefficients(y: Any, m: int, n: int) -> list[Any]:
    """t_0 ... t_n: Taylor coefficients of the product of m factors, each y less an integer; numbers where constant."""
    t: list[Any] = [y, 1.0, *[0.0] * n][: n + 1] if m else [1.0] + [0.0] * n
    for i in range(1, m):
        t = [t[k] * (y - i) + (t[k - 1] if k else 0.0) for k in range(n + 1)]
    return t


def _factor(terms: list[Any], x: Any) -> Any:
    """The sum of terms times powers of log(x): 0 times infinity is 0, and nothing is multiplied by 1."""
    factor = terms[0]
    with np.errstate(divide="ignore"):
        logarithm: Any = np.log(x) if len(terms) > 1 else None
    for j, c in enumerate(terms[1:], 1):
        L = logarithm if j == 1 else logarithm**j
        if type(c) is not float:
            L = c * L if c.all() else np.where(c == 0, 0, np.where(c == 0, 1, c) * L)
        elif c != 1:
            L = c * L if c else 0.0
        factor = L if type(factor) is float and factor == 0 else factor + L
    return factor


def _at_zero(terms: list[Any], y: Any, m: int) -> Any:
    """The factor of x^(y-m) at x = 0: of what is there, the highest power of the logarithm outweighs the rest."""
    factor = np.zeros_like(y)
    with np.errstate(invalid="ignore"):
        for j, c in enumerate(terms):
            factor = np.where(c == 0, factor, c * (-np.inf) ** j)
    return np.where(y.real > m, 0, factor)


def _numeric(x: Any, y: Any, m: int, n: int) -> Any:
    dtype = np.result_type(x, y)
    dtype = dtype if dtype.kind in "fc" else np.dtype(np.float64)
    x, y = np.asarray(x, dtype), np.asarray(y, dtype)
    t = _coefficients(y, m, n)
    ratios = [math.factorial(n) / math.factorial(j) for j in range(n + 1)]
    terms = [t[n - j] if ratio == 1 else t[n - j] * ratio for j, ratio in enumerate(ratios)]
    factor = _factor(terms, x)
    if not x.all():
        factor = np.where(x == 0, _at_zero(terms, y, m), factor)
    exponent = y - m if m else y
    if not np.all(factor):
        exponent = np.where(factor == 0, 1, exponent)
    return np.asarray(factor * x**exponent, dtype)[()]


def _tangent(tangents: Sequence[Any], out: Any, x: Any, y: Any, m: int, n: int) -> Any:
    orders = ((m + 1, n), (m, n + 1))
    along = [
        vanishing_product(t, power_derivative(x, y, *order))
        for t, order in zip(tangents, orders, strict=False)
        if t is not None
    ]
    return along[0] + along[1] if len(along) == 2 else along[0]


def _cotangent(g: Any, out: Any, wanted: Sequence[int], x: Any, y: Any, m: int, n: int) -> list[Any]:
    return [vanishing_product(g, conj(power_derivative(x, y, m + 1 - i, n + i))) for i in wanted]


power_derivative = custom(
    "power_derivative",
    _numeric,
    _tangent,
    _cotangent,
    last=2,
    domain=("positive", "real"),
    samples=tuple(
        Sample(sample.shapes, orders, f"{sample.name}-{orders[0]}{orders[1]}")
        for sample, orders in zip(BINARY, [(1, 0), (0, 1), (1, 1), (2, 1), (0, 2), (3, 0)], strict=True)
    ),
)
