"""The error function and its relatives: erf, Dawson, Faddeeva, Fresnel, Voigt, the normal distribution.

mills(n, x) is the n-th derivative of exp(x^2) erfc(x), which keeps its digits to the right; wofz(z) = mills(0, -i z).
The derivatives of dawsn and wofz are differences that cancel for large arguments: absolute, not relative digits.
Undefined    erfinv, erfcinv, ndtri at the ends of their intervals, infinite there
"""

from __future__ import annotations

import math
from typing import Any

import scipy.special

from linad.core.kinds import Sample, elementwise
from linad.kernels import special as kernels
from linad.operations.elementwise import cos, exp, imag, real, sin
from linad.operations.special.declaring import function, output

_ROOT = math.sqrt(math.pi)
_NORMAL = 1 / math.sqrt(2 * math.pi)

mills = elementwise(
    "special.mills",
    kernels.mills,
    None,
    lambda n, x, y: mills(n + 1, x),
    first=1,
    samples=tuple(Sample((shape,), (n,)) for shape, n in [((), 0), ((2, 3), 1), ((0,), 2)]),
)
erf = function("erf", lambda x, y: 2 / _ROOT * exp(-x * x), dtypes="fc")
erfc = function("erfc", lambda x, y: -2 / _ROOT * exp(-x * x), dtypes="fc")
erfcx = function("erfcx", lambda x, y: mills(1, x), dtypes="fc")
erfi = function("erfi", lambda x, y: 2 / _ROOT * exp(x * x), domain=("unit",), dtypes="fc")
erfinv = function("erfinv", lambda x, y: _ROOT / 2 * exp(y * y), domain=("unit",))
erfcinv = function("erfcinv", lambda x, y: -_ROOT / 2 * exp(y * y), domain=("fraction",))
dawsn = function("dawsn", lambda x, y: 1 - 2 * x * y, dtypes="fc")
wofz = function("wofz", lambda z, y: 2j / _ROOT - 2 * z * y, domain=("positive",), dtypes="c")

# -- Fresnel's integrals, as they are and from x to infinity, where SciPy's are right for x > 0 only -----------------

_EIGHTH = complex(math.sqrt(0.5), math.sqrt(0.5)) / _ROOT
fresnel_s = function(
    "fresnel_s",
    lambda z, y: sin(math.pi / 2 * z * z),
    numeric=output(scipy.special.fresnel, 0),
    domain=("unit",),
    dtypes="fc",
)
fresnel_c = function(
    "fresnel_c",
    lambda z, y: cos(math.pi / 2 * z * z),
    numeric=output(scipy.special.fresnel, 1),
    domain=("unit",),
    dtypes="fc",
)
modfresnelp_f = function(
    "modfresnelp_f",
    lambda x, y: -exp(1j * x * x),
    numeric=output(scipy.special.modfresnelp, 0),
    domain=("positive",),
)
modfresnelp_k = function(
    "modfresnelp_k",
    lambda x, y: -2j * x * y - _EIGHTH.conjugate(),
    numeric=output(scipy.special.modfresnelp, 1),
    domain=("positive",),
)
modfresnelm_f = function(
    "modfresnelm_f",
    lambda x, y: -exp(-1j * x * x),
    numeric=output(scipy.special.modfresnelm, 0),
    domain=("positive",),
)
modfresnelm_k = function(
    "modfresnelm_k",
    lambda x, y: 2j * x * y - _EIGHTH,
    numeric=output(scipy.special.modfresnelm, 1),
    domain=("positive",),
)

# -- Voigt: Re w(z) / (sigma sqrt(2 pi)), z = (x + i gamma) / (sigma sqrt 2) -------------------------------------


def _faddeeva_slope(x: Any, sigma: Any, gamma: Any) -> tuple[Any, Any]:
    """z and w'(z)."""
    z = (x + 1j * gamma) / (math.sqrt(2) * sigma)
    return z, 2j / _ROOT - 2 * z * wofz(z)


def _scaling(z: Any, slope: Any) -> Any:
    """The slope along z, as all of z grows."""
    return z * slope


voigt_profile = function(
    "voigt_profile",
    lambda x, sigma, gamma, y: real(_faddeeva_slope(x, sigma, gamma)[1]) / (2 * _ROOT * sigma * sigma),
    lambda x, sigma, gamma, y: (
        -y / sigma - real(_scaling(*_faddeeva_slope(x, sigma, gamma))) * _NORMAL / (sigma * sigma)
    ),
    lambda x, sigma, gamma, y: -imag(_faddeeva_slope(x, sigma, gamma)[1]) / (2 * _ROOT * sigma * sigma),
    domain=("real", "positive", "positive"),
)


# -- the normal distribution -------------------------------------------------------------------------------------

ndtr = function("ndtr", lambda x, y: _NORMAL * exp(-0.5 * x * x), dtypes="fc")
log_ndtr = function(
    "log_ndtr", lambda x, y: 2 * _NORMAL / mills(0, -math.sqrt(0.5) * x), domain=("unit",), dtypes="fc"
)
ndtri = function("ndtri", lambda p, y: exp(0.5 * y * y) / _NORMAL, domain=("fraction",))
ndtri_exp = function(
    "ndtri_exp", lambda p, y: mills(0, -math.sqrt(0.5) * y) / (2 * _NORMAL), domain=("below zero",)
)
owens_t = function(
    "owens_t",
    lambda h, a, y: -0.5 * _NORMAL * exp(-0.5 * h * h) * erf(math.sqrt(0.5) * a * h),
    lambda h, a, y: exp(-0.5 * h * h * (1 + a * a)) / (2 * math.pi * (1 + a * a)),
)
nrdtrimn = function(
    "nrdtrimn",
    lambda p, std, x, y: -std * exp(0.5 * ndtri(p) * ndtri(p)) / _NORMAL,
    lambda p, std, x, y: -ndtri(p),
    lambda p, std, x, y: 1 + 0 * x,
    domain=("fraction", "positive", "real"),
)


nrdtrisd = function(
    "nrdtrisd",
    lambda mn, p, x, y: -1 / ndtri(p),
    lambda mn, p, x, y: -y / ndtri(p) * exp(0.5 * ndtri(p) * ndtri(p)) / _NORMAL,
    lambda mn, p, x, y: 1 / ndtri(p),
    domain=("real", "fraction", "real"),
)
