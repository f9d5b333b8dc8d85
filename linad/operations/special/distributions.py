"""Distribution functions but those of the gamma distribution, their complements and inverses.

Tangent     the density in the variable; in an inverse its reciprocal, at the result
Refused     shapes of beta distributions, degrees of freedom of t and F, and counts
Undefined   inverses where the density is zero
"""

from __future__ import annotations

from typing import Any

import numpy as np

from linad.operations.elementwise import exp, floor, less, sqrt, where
from linad.operations.special.bessel import ive
from linad.operations.special.declaring import function
from linad.operations.special.entropies import xlog1py, xlogy
from linad.operations.special.gamma_distributions import gamma_density
from linad.operations.special.gammas import betaln
from linad.operations.special.hypergeometric import hyp0f1

_SHAPES = ((0.7,), (1,), (2.5,))
_PAIRS = ((0.7, 1.5), (2, 3), (2.5, 1))
_COUNTS = tuple((np.int64(k), np.int64(n)) for k, n in [(1, 4), (0, 3), (2, 5)])

# -- beta --------------------------------------------------------------------------------------------------------


def _beta_density(a: Any, b: Any, x: Any) -> Any:
    return exp(xlogy(a - 1, x) + xlog1py(b - 1, -x) - betaln(a, b))


betainc = function(
    "betainc", "a", "b", lambda a, b, x, y: _beta_density(a, b, x), domain=("fraction",), at=_PAIRS
)
betaincc = function(
    "betaincc", "a", "b", lambda a, b, x, y: -_beta_density(a, b, x), domain=("fraction",), at=_PAIRS
)
betaincinv = function(
    "betaincinv", "a", "b", lambda a, b, p, y: 1 / _beta_density(a, b, y), domain=("fraction",), at=_PAIRS
)
betainccinv = function(
    "betainccinv", "a", "b", lambda a, b, p, y: -1 / _beta_density(a, b, y), domain=("fraction",), at=_PAIRS
)


def _binomial_density(k: Any, n: Any, p: Any) -> Any:
    """Minus the slope of the probability of at most k successes in n."""
    k = floor(k)
    return _beta_density(k + 1, n - k, p)


bdtr = function(
    "bdtr",
    "the count k",
    "the count n",
    lambda k, n, p, y: -_binomial_density(k, n, p),
    domain=("fraction",),
    at=_COUNTS,
)
bdtrc = function(
    "bdtrc",
    "the count k",
    "the count n",
    lambda k, n, p, y: _binomial_density(k, n, p),
    domain=("fraction",),
    at=_COUNTS,
)
bdtri = function(
    "bdtri",
    "the count k",
    "the count n",
    lambda k, n, q, y: -1 / _binomial_density(k, n, y),
    domain=("fraction",),
    at=_COUNTS,
)
nbdtr = function(
    "nbdtr",
    "the count k",
    "the count n",
    lambda k, n, p, y: _beta_density(n, floor(k) + 1, p),
    domain=("fraction",),
    at=_COUNTS,
)
nbdtrc = function(
    "nbdtrc",
    "the count k",
    "the count n",
    lambda k, n, p, y: -_beta_density(n, floor(k) + 1, p),
    domain=("fraction",),
    at=_COUNTS,
)
nbdtri = function(
    "nbdtri",
    "the count k",
    "the count n",
    lambda k, n, q, y: 1 / _beta_density(n, floor(k) + 1, y),
    domain=("fraction",),
    at=_COUNTS,
)


def _student_density(df: Any, t: Any) -> Any:
    return exp(xlog1py(-0.5 * (df + 1), t * t / df) - 0.5 * np.log(df) - betaln(0.5, 0.5 * df))


def _fisher_density(m: Any, n: Any, x: Any) -> Any:
    """With u = m x / (m x + n): F's own variable in the beta distribution."""
    ratio = m / n
    return ratio * exp(
        xlogy(0.5 * m - 1, ratio * x) - 0.5 * (m + n) * xlog1py(1.0, ratio * x) - betaln(0.5 * m, 0.5 * n)
    )


stdtr = function("stdtr", "the degrees of freedom df", lambda df, t, y: _student_density(df, t), at=_SHAPES)
stdtrit = function(
    "stdtrit",
    "the degrees of freedom df",
    lambda df, p, y: 1 / _student_density(df, y),
    domain=("fraction",),
    at=((8,), (12.5,), (20,)),
)
fdtr = function(
    "fdtr", "dfn", "dfd", lambda m, n, x, y: _fisher_density(m, n, x), domain=("positive",), at=_PAIRS
)
fdtrc = function(
    "fdtrc", "dfn", "dfd", lambda m, n, x, y: -_fisher_density(m, n, x), domain=("positive",), at=_PAIRS
)
fdtri = function(
    "fdtri",
    "dfn",
    "dfd",
    lambda m, n, p, y: 1 / _fisher_density(m, n, y),
    domain=("fraction",),
    at=((2, 3), (2.5, 4), (4, 6)),
)

# -- noncentral chi-square ---------------------------------------------------------------------------------------


def _chi_density(x: Any, df: Any, nc: Any) -> Any:
    """By 0F1 where nc x is small; else by the scaled Bessel function, which does not overflow."""
    small = less(nc * x, 1)
    lam, u = where(small, nc, 0), where(small, x, 1)
    near = exp(-0.5 * lam) * gamma_density(0.5 * df, 0.5 * u) * hyp0f1(0.5 * df, 0.25 * lam * u) / 2
    lam, u = where(small, 1, nc), where(small, 1, x)
    off = sqrt(u) - sqrt(lam)
    far = exp(-0.5 * off * off) * (u / lam) ** (0.25 * df - 0.5) * ive(0.5 * df - 1, sqrt(lam * u)) / 2
    return where(small, near, far)


chndtr = function(
    "chndtr",
    lambda x, df, nc, y: _chi_density(x, df, nc),
    "the degrees of freedom df",
    lambda x, df, nc, y: -_chi_density(x, df + 2, nc),
    domain=("positive", "positive"),
    at=((1.5,), (2,), (5.3,)),
)
chndtrix = function(
    "chndtrix",
    lambda p, df, nc, y: 1 / _chi_density(y, df, nc),
    "the degrees of freedom df",
    lambda p, df, nc, y: _chi_density(y, df + 2, nc) / _chi_density(y, df, nc),
    domain=("fraction", "positive"),
    at=((2.5,), (3,), (5.3,)),
)

# -- Tukey's lambda: the inverse is (p^lambda - (1 - p)^lambda) / lambda ---------------------------------------------

tklmbda = function(
    "tklmbda",
    lambda x, shape, p: 1 / (p ** (shape - 1) + (1 - p) ** (shape - 1)),
    "the shape lambda",
    domain=("unit",),
    at=((0.5,), (1.0,), (0.2,)),
)
