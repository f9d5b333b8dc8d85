"""Exponential, trigonometric and other integrals of known functions.

Tangent     the integrand; sin(x) / x and sinh(x) / x are spherical Bessel functions of order 0, and log(x) / (x - 1)
            the ratio of linad.kernels.special, which have their limits at 0.
Refused     the order of expn
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.special

from linad.core.kinds import elementwise
from linad.core.primitive import Sample
from linad.kernels import special as kernels
from linad.operations.elementwise import cos, cosh, exp
from linad.operations.special.bessel import i0, j0, k0, modstruve, spherical_in, spherical_jn, struve, y0
from linad.operations.special.declaring import function, output

_ORDERED = tuple(Sample((shape,), (n,)) for shape, n in [((), 0), ((2, 3), 1), ((0,), 2)])

exp1 = function("exp1", lambda z, y: -exp(-z) / z, domain=("positive",), dtypes="fc")
expi = function("expi", lambda z, y: exp(z) / z, domain=("first quadrant",), dtypes="fc")


def _any_order(n: Any, x: Any) -> Any:
    """E_n(x) of negative orders too: (-n)! Q(1 - n, x) / x^(1 - n)."""
    n = np.asarray(n)
    m = np.where(n < 0, 1.0 - n, 1.0)
    with np.errstate(all="ignore"):
        below = scipy.special.gamma(m) * scipy.special.gammaincc(m, x) / np.asarray(x) ** m
    return np.where(n < 0, below, scipy.special.expn(np.maximum(n, 0), x)).astype(
        np.result_type(np.asarray(x), np.float32)
    )[()]


expn_any = function(
    "expn_any",
    "the order n",
    lambda n, x, y: -expn_any(n - 1, x),
    numeric=_any_order,
    domain=("positive",),
    at=((-2,), (0,), (1,)),
)
expn = function(
    "expn",
    "the order n",
    lambda n, x, y: -expn_any(n - 1, x),
    domain=("positive",),
    at=((0,), (1,), (3,)),
)
sici_s = function(
    "sici_s",
    lambda z, y: spherical_jn(0, z),
    numeric=output(scipy.special.sici, 0),
    domain=("positive",),
    dtypes="fc",
)
sici_c = function(
    "sici_c",
    lambda z, y: cos(z) / z,
    numeric=output(scipy.special.sici, 1),
    domain=("positive",),
    dtypes="fc",
)
shichi_s = function(
    "shichi_s",
    lambda z, y: spherical_in(0, z),
    numeric=output(scipy.special.shichi, 0),
    domain=("positive",),
    dtypes="fc",
)
shichi_c = function(
    "shichi_c",
    lambda z, y: cosh(z) / z,
    numeric=output(scipy.special.shichi, 1),
    domain=("positive",),
    dtypes="fc",
)
log_ratio = elementwise(
    "special.log_ratio",
    kernels.log_ratio,
    None,
    lambda n, u, y: log_ratio(n + 1, u),
    first=1,
    domain=("unit",),
    samples=_ORDERED,
)
spence = function("spence", lambda z, y: -log_ratio(0, z - 1), domain=("positive",), dtypes="fc")
dirichlet = elementwise(
    "special.dirichlet",
    kernels.dirichlet,
    None,
    None,
    lambda n, order, x, y: dirichlet(n, order + 1, x),
    first=2,
    samples=tuple(Sample((shape,), (n, k)) for shape, n, k in [((), 3, 0), ((2, 3), 4, 1), ((0,), 1, 0)]),
    dtypes="f",
)
diric = function(
    "diric",
    "n",
    lambda n, x, y: dirichlet(n, 1, x),
    numeric=lambda n, x: scipy.special.diric(x, n),
    at=((3,), (4,), (1,)),
)

# -- integrals of Bessel and Struve functions; the second pair of each, and it2struve0, of divided ones --------------

itj0y0_j = function(
    "itj0y0_j", lambda x, y: j0(x), numeric=output(scipy.special.itj0y0, 0), domain=("positive",)
)
itj0y0_y = function(
    "itj0y0_y", lambda x, y: y0(x), numeric=output(scipy.special.itj0y0, 1), domain=("positive",)
)
it2j0y0_j = function(
    "it2j0y0_j",
    lambda x, y: (1 - j0(x)) / x,
    numeric=output(scipy.special.it2j0y0, 0),
    domain=("positive",),
)
it2j0y0_y = function(
    "it2j0y0_y", lambda x, y: -y0(x) / x, numeric=output(scipy.special.it2j0y0, 1), domain=("positive",)
)
iti0k0_i = function(
    "iti0k0_i", lambda x, y: i0(x), numeric=output(scipy.special.iti0k0, 0), domain=("positive",)
)
iti0k0_k = function(
    "iti0k0_k", lambda x, y: k0(x), numeric=output(scipy.special.iti0k0, 1), domain=("positive",)
)
it2i0k0_i = function(
    "it2i0k0_i",
    lambda x, y: (i0(x) - 1) / x,
    numeric=output(scipy.special.it2i0k0, 0),
    domain=("positive",),
)
it2i0k0_k = function(
    "it2i0k0_k", lambda x, y: -k0(x) / x, numeric=output(scipy.special.it2i0k0, 1), domain=("positive",)
)
itstruve0 = function("itstruve0", lambda x, y: struve(0, x), domain=("positive",))
it2struve0 = function("it2struve0", lambda x, y: -struve(0, x) / x, domain=("positive",))
itmodstruve0 = function("itmodstruve0", lambda x, y: modstruve(0, x), domain=("positive",))
