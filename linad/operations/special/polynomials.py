"""Orthogonal polynomials of any degree, and Legendre functions.

Tangent     the derivative of a classical polynomial is one of degree n - 1 with larger parameters: nothing cancels
            at the ends of the interval
Refused     degrees, orders and parameters
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from linad.operations.elementwise import equal, maximum, where
from linad.operations.special.declaring import function

_N = "the degree n"
_DEGREES = ((0,), (3,), (1.5,))
_WHOLE = ((0,), (1,), (4,))


def lower(n: Any, slope: Callable[[Any], Any]) -> Any:
    """A slope that a polynomial of degree n - 1 gives; 0 for constants."""
    constant = equal(n, 0)
    return where(constant, 0, slope(where(constant, n + 1, n)))


eval_legendre = function(
    "eval_legendre",
    _N,
    lambda n, x, y: lower(n, lambda n: (n + 1) / 2 * eval_jacobi(n - 1, 1.0, 1.0, x)),
    domain=("unit",),
    at=_DEGREES,
    dtypes="fc",
)
eval_chebyt = function(
    "eval_chebyt",
    _N,
    lambda n, x, y: lower(n, lambda n: n * eval_chebyu(n - 1, x)),
    domain=("unit",),
    at=_DEGREES,
    dtypes="fc",
)
eval_chebyu = function(
    "eval_chebyu",
    _N,
    lambda n, x, y: lower(n, lambda n: 2 * eval_gegenbauer(n - 1, 2.0, x)),
    domain=("unit",),
    at=_DEGREES,
    dtypes="fc",
)
eval_chebyc = function(
    "eval_chebyc",
    _N,
    lambda n, x, y: lower(n, lambda n: n * eval_chebys(n - 1, x)),
    domain=("unit",),
    at=_DEGREES,
    dtypes="fc",
)
eval_chebys = function(
    "eval_chebys",
    _N,
    lambda n, x, y: lower(n, lambda n: eval_gegenbauer(n - 1, 2.0, x / 2)),
    domain=("unit",),
    at=_DEGREES,
    dtypes="fc",
)
eval_sh_legendre = function(
    "eval_sh_legendre",
    _N,
    lambda n, x, y: lower(n, lambda n: (n + 1) * eval_jacobi(n - 1, 1.0, 1.0, 2 * x - 1)),
    domain=("fraction",),
    at=_DEGREES,
    dtypes="fc",
)
eval_sh_chebyt = function(
    "eval_sh_chebyt",
    _N,
    lambda n, x, y: lower(n, lambda n: 2 * n * eval_sh_chebyu(n - 1, x)),
    domain=("fraction",),
    at=_DEGREES,
    dtypes="fc",
)
eval_sh_chebyu = function(
    "eval_sh_chebyu",
    _N,
    lambda n, x, y: lower(n, lambda n: 4 * eval_gegenbauer(n - 1, 2.0, 2 * x - 1)),
    domain=("fraction",),
    at=_DEGREES,
    dtypes="fc",
)
eval_gegenbauer = function(
    "eval_gegenbauer",
    _N,
    "alpha",
    lambda n, a, x, y: lower(n, lambda n: 2 * a * eval_gegenbauer(n - 1, a + 1, x)),
    domain=("unit",),
    at=((0, 0.5), (3, 0.7), (1.5, 2.0)),
    dtypes="fc",
)
eval_jacobi = function(
    "eval_jacobi",
    _N,
    "alpha",
    "beta",
    lambda n, a, b, x, y: lower(n, lambda n: (n + a + b + 1) / 2 * eval_jacobi(n - 1, a + 1, b + 1, x)),
    domain=("unit",),
    at=((0, 0.5, 0.2), (3, 0.7, 1.0), (1.5, 0.3, 0.4)),
    dtypes="fc",
)
eval_sh_jacobi = function(
    "eval_sh_jacobi",
    _N,
    "p",
    "q",
    lambda n, p, q, x, y: lower(n, lambda n: n * eval_sh_jacobi(n - 1, p + 2, q + 1, x)),
    domain=("fraction",),
    at=((0, 1.5, 0.8), (3, 2.0, 1.0), (1.5, 1.3, 0.7)),
    dtypes="fc",
)
eval_laguerre = function(
    "eval_laguerre",
    _N,
    lambda n, x, y: lower(n, lambda n: -eval_genlaguerre(n - 1, 1.0, x)),
    domain=("positive",),
    at=_DEGREES,
    dtypes="fc",
)
eval_genlaguerre = function(
    "eval_genlaguerre",
    _N,
    "alpha",
    lambda n, a, x, y: lower(n, lambda n: -eval_genlaguerre(n - 1, a + 1, x)),
    domain=("positive",),
    at=((0, 0.5), (3, 0.7), (1.5, 2.0)),
    dtypes="fc",
)
eval_hermite = function(
    "eval_hermite", _N, lambda n, x, y: 2 * n * eval_hermite(maximum(n - 1, 0), x), at=_WHOLE
)
eval_hermitenorm = function(
    "eval_hermitenorm", _N, lambda n, x, y: n * eval_hermitenorm(maximum(n - 1, 0), x), at=_WHOLE
)
