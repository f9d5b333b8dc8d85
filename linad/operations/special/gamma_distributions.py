"""Distribution functions of the gamma distribution, their complements and inverses.

Tangent     the density in the variable; that of :mod:`linad.kernels.incomplete` in the shape; of an inverse
            both over the density, at the result
Refused     counts
Undefined   inverses where the density is zero
"""

from __future__ import annotations

from typing import Any

from linad.kernels import incomplete as kernels
from linad.operations.elementwise import exp, floor
from linad.operations.special.declaring import function
from linad.operations.special.entropies import xlogy
from linad.operations.special.gammas import gammaln, polygamma, psi

_SHAPES = ((0.7,), (1,), (2.5,))
_POSITIVE, _AND_FRACTION = ("positive", "positive"), ("positive", "fraction")


def gamma_density(a: Any, x: Any) -> Any:
    return exp(xlogy(a - 1, x) - x - gammaln(a))


def _moved_density(m: int, a: Any, x: Any) -> Any:
    """The m-th derivative of the density in a."""

    def times(y: Any, p: int, _: int) -> Any:
        return xlogy(y, x) - y * psi(a) if p == 1 else -y * polygamma(p - 1, a)

    return kernels.bell(m, 0, gamma_density(a, x), times)


gammainc_slope = function(
    "gammainc_slope",
    "the order m",
    lambda m, a, x, y: gammainc_slope(m + 1, a, x),
    lambda m, a, x, y: _moved_density(m, a, x),
    numeric=kernels.gammainc_slope,
    domain=_POSITIVE,
    at=((1,), (2,)),
)


def _shape_at(a: Any, x: Any) -> Any:
    """The slope of x in a, where P(a, x) is held."""
    return -gammainc_slope(1, a, x) / gamma_density(a, x)


gammainc = function(
    "gammainc",
    lambda a, x, y: gammainc_slope(1, a, x),
    lambda a, x, y: gamma_density(a, x),
    domain=_POSITIVE,
)
gammaincc = function(
    "gammaincc",
    lambda a, x, y: -gammainc_slope(1, a, x),
    lambda a, x, y: -gamma_density(a, x),
    domain=_POSITIVE,
)
gammaincinv = function(
    "gammaincinv",
    lambda a, p, y: _shape_at(a, y),
    lambda a, p, y: 1 / gamma_density(a, y),
    domain=_AND_FRACTION,
)
gammainccinv = function(
    "gammainccinv",
    lambda a, p, y: _shape_at(a, y),
    lambda a, p, y: -1 / gamma_density(a, y),
    domain=_AND_FRACTION,
)
chdtr = function(
    "chdtr",
    lambda v, x, y: gammainc_slope(1, 0.5 * v, 0.5 * x) / 2,
    lambda v, x, y: gamma_density(0.5 * v, 0.5 * x) / 2,
    domain=_POSITIVE,
)
chdtrc = function(
    "chdtrc",
    lambda v, x, y: -gammainc_slope(1, 0.5 * v, 0.5 * x) / 2,
    lambda v, x, y: -gamma_density(0.5 * v, 0.5 * x) / 2,
    domain=_POSITIVE,
)
chdtri = function(
    "chdtri",
    lambda v, p, y: _shape_at(0.5 * v, 0.5 * y),
    lambda v, p, y: -2 / gamma_density(0.5 * v, 0.5 * y),
    domain=_AND_FRACTION,
)
gdtr = function(
    "gdtr",
    lambda a, b, x, y: x * gamma_density(b, a * x),
    lambda a, b, x, y: gammainc_slope(1, b, a * x),
    lambda a, b, x, y: a * gamma_density(b, a * x),
    domain=(*_POSITIVE, "positive"),
)
gdtrc = function(
    "gdtrc",
    lambda a, b, x, y: -x * gamma_density(b, a * x),
    lambda a, b, x, y: -gammainc_slope(1, b, a * x),
    lambda a, b, x, y: -a * gamma_density(b, a * x),
    domain=(*_POSITIVE, "positive"),
)
gdtria = function(
    "gdtria",
    lambda p, b, x, y: 1 / (x * gamma_density(b, y * x)),
    lambda p, b, x, y: _shape_at(b, y * x) / x,
    lambda p, b, x, y: -y / x,
    domain=("fraction", *_POSITIVE),
)
gdtrix = function(
    "gdtrix",
    lambda a, b, p, y: -y / a,
    lambda a, b, p, y: _shape_at(b, a * y) / a,
    lambda a, b, p, y: 1 / (a * gamma_density(b, a * y)),
    domain=(*_POSITIVE, "fraction"),
)
pdtr = function(
    "pdtr", "the count k", lambda k, m, y: -gamma_density(floor(k) + 1, m), domain=("positive",), at=_SHAPES
)
pdtrc = function(
    "pdtrc", "the count k", lambda k, m, y: gamma_density(floor(k) + 1, m), domain=("positive",), at=_SHAPES
)
pdtri = function(
    "pdtri",
    "the count k",
    lambda k, p, y: -1 / gamma_density(k + 1, y),
    domain=("fraction",),
    at=((0,), (1,), (3,)),
)
chdtriv = function(
    "chdtriv",
    lambda p, x, y: 2 / gammainc_slope(1, 0.5 * y, 0.5 * x),
    lambda p, x, y: -gamma_density(0.5 * y, 0.5 * x) / gammainc_slope(1, 0.5 * y, 0.5 * x),
    domain=("fraction", "positive"),
)
gdtrib = function(
    "gdtrib",
    lambda a, p, x, y: -x * gamma_density(y, a * x) / gammainc_slope(1, y, a * x),
    lambda a, p, x, y: 1 / gammainc_slope(1, y, a * x),
    lambda a, p, x, y: -a * gamma_density(y, a * x) / gammainc_slope(1, y, a * x),
    domain=("positive", "fraction", "positive"),
)
