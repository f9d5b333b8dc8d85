"""Entire functions that NumPy has, with their derivatives of every order: each family is closed.

Bessel    I_n(x), modified, n whole                 dI_n/dx = (I_(n-1) + I_(n+1)) / 2
sinc      f_n(x), the n-th derivative of            df_n/dx = f_(n+1)
          sin(pi x) / (pi x)

With t = pi x, f_n = pi^n times the integral over s from 0 to 1 of s^n cos(t s + n pi / 2). Near 0 Gauss's
quadrature takes it, at t = 0 exactly; away from 0 the recurrence f_n = (sin(t + n pi / 2) - n f_(n-1)) / t, in
units where the factor pi^n is left out, does not amplify errors.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import scipy  # scipy.special is loaded when a function of it is first called

from linad.core.kinds import Sample, custom
from linad.core.space import conj

_ORDERS = (
    *(Sample((shape,), (0,)) for shape in [(), (3,), (2, 3), (0, 2)]),
    Sample(((3,),), (1,), "3-first"),
    Sample(((2, 1),), (4,), "2x1-fourth"),
)


def _family(name: str, numeric: Callable[..., Any], slope: Callable[..., Any], **declared: Any) -> Any:
    """A function with a whole order as its parameter, whose derivative has other orders."""

    def tangent(tangents: Sequence[Any], out: Any, x: Any, n: int) -> Any:
        return slope(x, n) * tangents[0]

    def cotangent(g: Any, out: Any, wanted: Sequence[int], x: Any, n: int) -> list[Any]:
        return [conj(slope(x, n)) * g]

    return custom(name, numeric, tangent, cotangent, samples=_ORDERS, **declared)


def _bessel_i(x: Any, n: int) -> Any:
    return np.i0(x) if n == 0 else scipy.special.iv(n, x)


bessel_i = _family(
    "bessel_i",
    _bessel_i,
    lambda x, n: bessel_i(x, 1) if n == 0 else 0.5 * (bessel_i(x, n - 1) + bessel_i(x, n + 1)),
    dtypes="f",
)

# sin and its derivatives, by order modulo four
_TURNS: tuple[Callable[[Any], Any], ...] = (np.sin, np.cos, lambda t: -np.sin(t), lambda t: -np.cos(t))


@lru_cache(maxsize=16)
def _nodes(n: int) -> tuple[Any, Any]:
    """Points and weights of Gauss's quadrature between 0 and 1."""
    s, w = np.polynomial.legendre.leggauss(n)
    return (s + 1) / 2, w / 2


def _sinc(x: Any, n: int) -> Any:
    if n == 0:
        return np.sinc(x)
    t = np.pi * np.asarray(x, np.result_type(x, np.float64))
    near = np.abs(t) < n + 2
    s, w = _nodes(24 + n)
    inside = _TURNS[(n + 1) % 4](np.where(near, t, 0)[..., None] * s) @ (w * s**n)
    t = np.where(near, 1, t)
    outside = np.sin(t) / t
    for k in range(1, n + 1):
        outside = (_TURNS[k % 4](t) - k * outside) / t
    return (np.pi**n * np.where(near, inside, outside)).astype(np.result_type(x, np.float16))[()]


sinc = _family("sinc", _sinc, lambda x, n: sinc(x, n + 1))
