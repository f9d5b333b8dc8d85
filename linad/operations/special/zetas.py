"""Zeta functions, and their derivatives in the exponent.

Tangent     of zeta(x, q) in q: -x zeta(x + 1, q);  in x: a series of its own, of any order m
Undefined   at the pole x = 1
"""

from __future__ import annotations

from typing import Any

import scipy.special

from linad.kernels import zeta as kernels
from linad.operations.special.declaring import function

_ORDERS = ((1,), (2,))

hurwitz_slope = function(
    "zeta_slope",
    "the order m",
    lambda m, x, q, y: hurwitz_slope(m + 1, x, q),
    lambda m, x, q, y: -x * _by_order(m, x + 1, q) - m * _by_order(m - 1, x + 1, q),
    numeric=kernels.hurwitz_slope,
    domain=("above one", "positive"),
    at=_ORDERS,
)
riemann_slope = function(
    "riemann_slope",
    "the order m",
    lambda m, x, y: riemann_slope(m + 1, x),
    numeric=kernels.riemann_slope,
    domain=("above one",),
    at=_ORDERS,
)
zeta = function(
    "zeta",
    lambda x, q, y: hurwitz_slope(1, x, q),
    lambda x, q, y: -x * zeta(x + 1, q),
    domain=("above one", "positive"),
)
riemann = function(
    "riemann", lambda x, y: riemann_slope(1, x), numeric=scipy.special.zeta, domain=("above one",)
)
zetac = function("zetac", lambda x, y: riemann_slope(1, x), domain=("above one",))


def _by_order(m: int, x: Any, q: Any) -> Any:
    return hurwitz_slope(m, x, q) if m > 0 else zeta(x, q)
