"""Hypergeometric functions, Lambert's and Wright's.

Tangent     the same function with larger parameters
Refused     parameters
"""

from __future__ import annotations

from typing import Any

import scipy.special

from linad.operations.elementwise import exp
from linad.operations.special.declaring import function

hyp0f1 = function(
    "hyp0f1",
    "the parameter v",
    lambda v, z, y: hyp0f1(v + 1, z) / v,
    at=((0.5,), (2,), (1.3,)),
    dtypes="fc",
)
hyp1f1 = function(
    "hyp1f1",
    "the parameter a",
    "the parameter b",
    lambda a, b, z, y: a * hyp1f1(a + 1, b + 1, z) / b,
    at=((0.5, 1.5), (2, 3), (-1, 0.7)),
    dtypes="fc",
)
hyp2f1 = function(
    "hyp2f1",
    "the parameter a",
    "the parameter b",
    "the parameter c",
    lambda a, b, c, z, y: a * b * hyp2f1(a + 1, b + 1, c + 1, z) / c,
    domain=("unit",),
    at=((0.5, 0.7, 1.5), (1, 1, 2), (-2, 0.5, 0.7)),
    dtypes="fc",
)
hyperu = function(
    "hyperu",
    "the parameter a",
    "the parameter b",
    lambda a, b, x, y: -a * hyperu(a + 1, b + 1, x),
    domain=("positive",),
    at=((0.5, 1.5), (2, 3), (1, 0.7)),
)
wright_bessel = function(
    "wright_bessel",
    "the parameter a",
    "the parameter b",
    lambda a, b, x, y: wright_bessel(a, a + b, x),
    domain=("positive",),
    at=((0.5, 1.5), (2, 3), (1, 0.7)),
)
log_wright_bessel = function(
    "log_wright_bessel",
    "the parameter a",
    "the parameter b",
    lambda a, b, x, y: exp(log_wright_bessel(a, a + b, x) - y),
    domain=("positive",),
    at=((0.5, 1.5), (2, 3), (1, 0.7)),
)


def _lambertw(k: Any, tol: Any, z: Any) -> Any:
    return scipy.special.lambertw(z, k, tol)


lambertw = function(  # w e^w = z; e^-w / (1 + w) has no quotient of zeros at z = 0
    "lambertw",
    "the branch k",
    "the tolerance tol",
    lambda k, tol, z, w: exp(-w) / (1 + w),
    numeric=_lambertw,
    domain=("first quadrant",),
    at=((0, 1e-8), (1, 1e-8), (-1, 1e-8)),
    dtypes="fc",
)
wrightomega = function("wrightomega", lambda z, w: w / (1 + w), domain=("positive",), dtypes="fc")
