"""Gamma and beta functions.

Derivatives are polygamma functions; those, of complex numbers too, are Hurwitz's zeta function. Left of 1/2 the
derivative of 1 / Gamma is that of sin(pi x) Gamma(1 - x) / pi, which has no poles to cancel.
Refused     the order of polygamma
Undefined   at the poles
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.special

from linad.core.kinds import discrete
from linad.core.kinds.elementwise import UNARY
from linad.core.space import is_complex
from linad.kernels import special as kernels
from linad.operations.elementwise import (
    cos,
    equal,
    less,
    less_equal,
    logical_and,
    logical_or,
    real,
    rint,
    sin,
    where,
)
from linad.operations.special.declaring import function

# -- one argument --------------------------------------------------------------------------------------------


def _polygamma(n: Any, x: Any) -> Any:
    """SciPy's, and for complex numbers, which SciPy does not take, (-1)^(n+1) n! zeta(n + 1, x)."""
    if not np.iscomplexobj(x):
        return scipy.special.polygamma(n, x)
    n = np.asarray(n)
    sign = np.where(n % 2 == 0, -1.0, 1.0)
    return (sign * scipy.special.gamma(n + 1.0) * kernels.hurwitz(n + 1, x))[()]


polygamma = function(
    "polygamma",
    "the order n",
    lambda n, x, y: polygamma(n + 1, x),
    numeric=_polygamma,
    domain=("positive",),
    at=((1,), (2,), (3,)),
    dtypes="fc",
)
psi = function("psi", lambda x, y: polygamma(1, x), domain=("positive",), dtypes="fc")
gamma = function("gamma", lambda x, y: y * psi(x), domain=("positive",), dtypes="fc")
gammaln = function("gammaln", lambda x, y: psi(x), domain=("positive",))
loggamma = function("loggamma", lambda x, y: psi(x), domain=("positive",), dtypes="fc")


def rgamma_slope(x: Any, y: Any) -> Any:
    left = less(real(x) if is_complex(x) else x, 0.5)
    a, b = where(left, x, 0), where(left, 1, x)
    turn = np.pi * a
    reflected = gamma(1 - a) * (cos(turn) - sin(turn) / np.pi * psi(1 - a))
    return where(left, reflected, -psi(b) * rgamma(b))


rgamma = function("rgamma", rgamma_slope, domain=("real",), dtypes="fc")
gammasgn = discrete("special.gammasgn", scipy.special.gammasgn, samples=UNARY, dtypes="f")

# -- several arguments ---------------------------------------------------------------------------------------


def _is_pole(x: Any) -> Any:
    return logical_and(less_equal(x, 0), equal(x, rint(x)))


def _at_a_pole(n: Any, k: Any) -> Any:
    """Where 1 / (k! (n - k)!) is zero because a factor is at a pole of Gamma: its slope is what remains."""
    return logical_or(_is_pole(k + 1), _is_pole(n - k + 1))


def _binom_by_n(n: Any, k: Any, y: Any) -> Any:
    bare = _at_a_pole(n, k)
    usual = y * (psi(where(bare, 1, n + 1)) - psi(where(bare, 1, n - k + 1)))
    n, k = where(bare, n, 0), where(bare, k, 0)
    return where(bare, gamma(n + 1) * rgamma(k + 1) * rgamma_slope(n - k + 1, None), usual)


def _binom_by_k(n: Any, k: Any, y: Any) -> Any:
    bare = _at_a_pole(n, k)
    usual = y * (psi(where(bare, 1, n - k + 1)) - psi(where(bare, 1, k + 1)))
    n, k = where(bare, n, 0), where(bare, k, 0)
    a, b = k + 1, n - k + 1
    change = rgamma_slope(a, None) * rgamma(b) - rgamma(a) * rgamma_slope(b, None)
    return where(bare, gamma(n + 1) * change, usual)


binom = function(
    "binom",
    _binom_by_n,
    _binom_by_k,
    domain=("above one", "unit"),
)
poch = function(
    "poch",
    lambda z, m, y: y * (psi(z + m) - psi(z)),
    lambda z, m, y: y * psi(z + m),
    domain=("positive", "positive"),
)
beta = function(
    "beta",
    lambda a, b, y: y * (psi(a) - psi(a + b)),
    lambda a, b, y: y * (psi(b) - psi(a + b)),
    domain=("positive", "positive"),
)
betaln = function(
    "betaln",
    lambda a, b, y: psi(a) - psi(a + b),
    lambda a, b, y: psi(b) - psi(a + b),
    domain=("positive", "positive"),
)


def _multigammaln_slope(d: int, a: Any, y: Any) -> Any:
    total = psi(a)
    for j in range(1, int(d)):
        total = total + psi(a - 0.5 * j)
    return total


multigammaln = function(
    "multigammaln",
    "the dimension d",
    _multigammaln_slope,
    numeric=lambda d, a: scipy.special.multigammaln(a, d),
    domain=("above one",),
    at=((1,), (2,), (3,)),
)
