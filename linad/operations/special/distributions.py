"""Distribution functions but those of the gamma distribution, their complements and inverses.

Tangent     the density in the variable, in an inverse its reciprocal, at the result; that of
            :mod:`linad.kernels.incomplete_beta` in shapes of beta distributions
Refused     degrees of freedom of t and F, and counts
Undefined   inverses where the density is zero
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from linad.kernels import incomplete_beta as kernels
from linad.kernels.incomplete import bell
from linad.operations.elementwise import exp, floor, less, sqrt, where
from linad.operations.special.bessel import ive
from linad.operations.special.declaring import function
from linad.operations.special.entropies import xlog1py, xlogy
from linad.operations.special.gamma_distributions import gamma_density
from linad.operations.special.gammas import betaln, polygamma, psi
from linad.operations.special.hypergeometric import hyp0f1

_SHAPES = ((0.7,), (1,), (2.5,))
_SHAPES_AND_FRACTION = ("positive", "positive", "fraction")
_PAIRS = ((0.7, 1.5), (2, 3), (2.5, 1))
_COUNTS = tuple((np.int64(k), np.int64(n)) for k, n in [(1, 4), (0, 3), (2, 5)])

# -- beta --------------------------------------------------------------------------------------------------------


def _beta_density(a: Any, b: Any, x: Any) -> Any:
    return exp(xlogy(a - 1, x) + xlog1py(b - 1, -x) - betaln(a, b))


def _moved_density(i: int, j: int, a: Any, b: Any, x: Any) -> Any:
    """The derivative of the density of orders i in a and j in b."""

    def times(y: Any, p: int, q: int) -> Any:
        order = p + q - 1
        slope = partial(polygamma, order) if order else psi
        found = y * (slope(a + b) - (slope(a) if q == 0 else slope(b) if p == 0 else 0))
        return found if order else found + (xlogy(y, x) if p else xlog1py(y, -x))

    return bell(i, j, _beta_density(a, b, x), times)


betainc_slope = function(
    "betainc_slope",
    "the order i",
    "the order j",
    lambda i, j, a, b, x, y: betainc_slope(i + 1, j, a, b, x),
    lambda i, j, a, b, x, y: betainc_slope(i, j + 1, a, b, x),
    lambda i, j, a, b, x, y: _moved_density(i, j, a, b, x),
    numeric=kernels.betainc_slope,
    domain=_SHAPES_AND_FRACTION,
    at=((1, 0), (0, 1), (1, 1)),
)


def _shape_at(i: int, j: int, a: Any, b: Any, x: Any) -> Any:
    """The slope of x in a shape, where I is held."""
    return -betainc_slope(i, j, a, b, x) / _beta_density(a, b, x)


betainc = function(
    "betainc",
    lambda a, b, x, y: betainc_slope(1, 0, a, b, x),
    lambda a, b, x, y: betainc_slope(0, 1, a, b, x),
    lambda a, b, x, y: _beta_density(a, b, x),
    domain=_SHAPES_AND_FRACTION,
)
betaincc = function(
    "betaincc",
    lambda a, b, x, y: -betainc_slope(1, 0, a, b, x),
    lambda a, b, x, y: -betainc_slope(0, 1, a, b, x),
    lambda a, b, x, y: -_beta_density(a, b, x),
    domain=_SHAPES_AND_FRACTION,
)
betaincinv = function(
    "betaincinv",
    lambda a, b, p, y: _shape_at(1, 0, a, b, y),
    lambda a, b, p, y: _shape_at(0, 1, a, b, y),
    lambda a, b, p, y: 1 / _beta_density(a, b, y),
    domain=_SHAPES_AND_FRACTION,
)
betainccinv = function(
    "betainccinv",
    lambda a, b, p, y: _shape_at(1, 0, a, b, y),
    lambda a, b, p, y: _shape_at(0, 1, a, b, y),
    lambda a, b, p, y: -1 / _beta_density(a, b, y),
    domain=_SHAPES_AND_FRACTION,
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
