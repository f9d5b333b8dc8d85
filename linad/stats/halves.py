"""Distributions on the half-line and on the unit interval: gamma and its kin, Weibull, beta, uniform."""

from __future__ import annotations

import math

import scipy.stats as st

import linad.numpy as np
from linad.special import (
    betainc,
    betaincc,
    betainccinv,
    betaincinv,
    betaln,
    chdtr,
    chdtrc,
    chdtri,
    expm1,
    gammainc,
    gammaincc,
    gammainccinv,
    gammaincinv,
    gammaln,
    log1p,
)
from linad.stats.continuous import POSITIVE, UNIT, Continuous
from linad.stats.pieces import of_powers

gamma = Continuous(
    st.gamma,
    "a",
    support=POSITIVE,
    **of_powers("pdf", lambda z, a: [(a - 1, z, False)], lambda z, a: -z - gammaln(a)),
    cdf=lambda z, a: gammainc(a, z),
    sf=lambda z, a: gammaincc(a, z),
    ppf=lambda q, a: gammaincinv(a, q),
    isf=lambda q, a: gammainccinv(a, q),
)
chi2 = Continuous(
    st.chi2,
    "df",
    support=POSITIVE,
    **of_powers(
        "pdf",
        lambda z, df: [(0.5 * df - 1, z, False)],
        lambda z, df: -0.5 * z - gammaln(0.5 * df) - 0.5 * math.log(2) * df,
    ),
    cdf=lambda z, df: chdtr(df, z),
    sf=lambda z, df: chdtrc(df, z),
    ppf=lambda q, df: 2 * gammaincinv(0.5 * df, q),
    isf=lambda q, df: chdtri(df, q),
)
expon = Continuous(
    st.expon,
    support=POSITIVE,
    pdf=lambda z: np.exp(-z),
    logpdf=lambda z: -z,
    cdf=lambda z: -expm1(-z),
    sf=lambda z: np.exp(-z),
    logsf=lambda z: -z,
    ppf=lambda q: -log1p(-q),
    isf=lambda q: -np.log(q),
)
weibull_min = Continuous(
    st.weibull_min,
    "c",
    support=POSITIVE,
    **of_powers("pdf", lambda z, c: [(c - 1, z, False)], lambda z, c: np.log(c) - z**c),
    cdf=lambda z, c: -expm1(-(z**c)),
    sf=lambda z, c: np.exp(-(z**c)),
    logsf=lambda z, c: -(z**c),
    ppf=lambda q, c: (-log1p(-q)) ** (1 / c),
    isf=lambda q, c: (-np.log(q)) ** (1 / c),
)
beta = Continuous(
    st.beta,
    "a b",
    support=UNIT,
    **of_powers(
        "pdf",
        lambda z, a, b: [(b - 1, -z, True), (a - 1, z, False)],
        lambda z, a, b: -betaln(a, b),
    ),
    cdf=lambda z, a, b: betainc(a, b, z),
    sf=lambda z, a, b: betaincc(a, b, z),
    ppf=lambda q, a, b: betaincinv(a, b, q),
    isf=lambda q, a, b: betainccinv(a, b, q),
)
uniform = Continuous(
    st.uniform,
    support=UNIT,
    pdf=lambda z: 1 + 0 * z,
    logpdf=lambda z: 0 * z,
    cdf=lambda z: z,
    sf=lambda z: 1 - z,
    logcdf=np.log,
    logsf=lambda z: log1p(-z),
    ppf=lambda q: q,
    isf=lambda q: 1 - q,
)

__all__ = ["beta", "chi2", "expon", "gamma", "uniform", "weibull_min"]
