"""Distributions on the whole line, and those that are their images: normal, lognormal, Student, Cauchy, Laplace."""

from __future__ import annotations

import math
from typing import Any

import scipy.stats as st

import linad.numpy as np
from linad.special import log_ndtr, ndtr, ndtri, stdtr, stdtrit
from linad.stats import student
from linad.stats.continuous import POSITIVE, REALS, Continuous
from linad.stats.pieces import either

_LOG_ROOT = 0.5 * math.log(2 * math.pi)
_LOG_2, _LOG_PI = math.log(2), math.log(math.pi)

norm = Continuous(
    st.norm,
    support=REALS,
    logpdf=lambda z: -0.5 * np.square(z) - _LOG_ROOT,
    cdf=ndtr,
    sf=lambda z: ndtr(-z),
    logcdf=log_ndtr,
    logsf=lambda z: log_ndtr(-z),
    ppf=ndtri,
    isf=lambda q: -ndtri(q),
)
lognorm = Continuous(
    st.lognorm,
    "s",
    support=POSITIVE,
    closed=False,
    logpdf=lambda z, s: -0.5 * np.square(np.log(z) / s) - np.log(s * z) - _LOG_ROOT,
    cdf=lambda z, s: ndtr(np.log(z) / s),
    sf=lambda z, s: ndtr(-np.log(z) / s),
    logcdf=lambda z, s: log_ndtr(np.log(z) / s),
    logsf=lambda z, s: log_ndtr(-np.log(z) / s),
    ppf=lambda q, s: np.exp(s * ndtri(q)),
    isf=lambda q, s: np.exp(-s * ndtri(q)),
)

# -- Student: with infinitely many degrees of freedom the normal distribution --------------------------------------


def _student_cdf(z: Any, df: Any) -> Any:
    return either(np.isinf(df), lambda df, z: ndtr(z), stdtr, (df, 1.0, 1.0), (z, 0.0, 0.0))


def _student_ppf(q: Any, df: Any) -> Any:
    return either(np.isinf(df), lambda df, q: ndtri(q), stdtrit, (df, 1.0, 1.0), (q, 0.5, 0.5))


t = Continuous(
    st.t,
    "df",
    support=REALS,
    logpdf=lambda z, df: student.log_density(z * z, df, 1),
    cdf=_student_cdf,
    sf=lambda z, df: _student_cdf(-z, df),
    ppf=_student_ppf,
    isf=lambda q, df: -_student_ppf(q, df),
)

# -- Cauchy: the root of 1 + z^2, whose square may overflow ---------------------------------------------------------


def _cauchy_ppf(q: Any) -> Any:
    return either(
        q <= 0.5,
        lambda q: -1 / np.tan(math.pi * q),
        lambda q: 1 / np.tan(math.pi * (1 - q)),
        (q, 0.5, 0.75),
    )


cauchy = Continuous(
    st.cauchy,
    support=REALS,
    pdf=lambda z: 1 / math.pi / (1 + z * z),
    logpdf=lambda z: -_LOG_PI - 2 * np.log(np.hypot(1.0, z)),
    cdf=lambda z: np.arctan2(1.0, -z) / math.pi,
    sf=lambda z: np.arctan2(1.0, z) / math.pi,
    ppf=_cauchy_ppf,
    isf=lambda q: -_cauchy_ppf(q),
)

# -- Laplace: two exponentials, joined at 0 with one slope ----------------------------------------------------------


def _laplace_cdf(z: Any) -> Any:
    return either(z > 0, lambda z: 1 - 0.5 * np.exp(-z), lambda z: 0.5 * np.exp(z), (z, 0.0, 0.0))


def _laplace_logcdf(z: Any) -> Any:
    return either(z > 0, lambda z: np.log1p(-0.5 * np.exp(-z)), lambda z: z - _LOG_2, (z, 0.0, 0.0))


def _laplace_ppf(q: Any) -> Any:
    return either(q > 0.5, lambda q: -np.log(2 * (1 - q)), lambda q: np.log(2 * q), (q, 0.5, 0.5))


laplace = Continuous(
    st.laplace,
    support=REALS,
    logpdf=lambda z: -np.abs(z) - _LOG_2,
    cdf=_laplace_cdf,
    sf=lambda z: _laplace_cdf(-z),
    logcdf=_laplace_logcdf,
    logsf=lambda z: _laplace_logcdf(-z),
    ppf=_laplace_ppf,
    isf=lambda q: -_laplace_ppf(q),
)

__all__ = ["cauchy", "laplace", "lognorm", "norm", "t"]
