"""Discrete distributions, differentiable in their parameters: Poisson, binomial, negative binomial.

What counts is discrete: k, loc and the number of trials are held fixed, and a traced one is refused. The same holds of
quantiles, which are whole numbers.
"""

from __future__ import annotations

from typing import Any

import scipy.stats as st

import linad.numpy as np
from linad.core.dispatch import has_traced
from linad.special import betainc, betaincc, gammaln, pdtr, pdtrc
from linad.stats.mirrored import everywhere, method, number, refuse, signature
from linad.stats.pieces import of_powers
from linad.stats.univariate import Function, Univariate, all_of


class Discrete(Univariate):
    """A discrete distribution on 0, 1, 2 ... up to ``last(shapes)``.

    ``valid`` tells of shapes whether they are parameters, ``safe`` holds some that are, ``whole`` names those that
    count.
    """

    density = "pmf"
    pmf = method("pmf", "k")
    logpmf = method("logpmf", "k")
    cdf = method("cdf", "k")
    sf = method("sf", "k")
    logcdf = method("logcdf", "k")
    logsf = method("logsf", "k")
    ppf = method("ppf", "q")
    isf = method("isf", "q")

    def __init__(
        self,
        original: Any,
        shapes: str,
        *,
        valid: tuple[Function, ...],
        safe: tuple[float, ...],
        last: Function = lambda *shapes: float("inf"),
        whole: tuple[str, ...] = (),
        **formulas: Function,
    ) -> None:
        super().__init__(original, signature(shapes, loc=0), formulas)
        self.valid, self.safe, self.last, self.whole = valid, safe, last, whole

    def traced(self, method: str, k: Any, parameters: dict[str, Any]) -> Any:
        name = f"{self.name}.{method}"
        if method in ("ppf", "isf"):
            refuse(
                name,
                "quantiles are whole numbers, locally constant.",
                "Pass linad.value(x) of what is traced.",
            )
        for label, x in {"k": k, **parameters}.items():
            if label in ("k", "loc", *self.whole) and has_traced((x,)):
                refuse(
                    name,
                    f"{label} is traced; it counts, and has no derivative.",
                    f"Pass linad.value({label}).",
                )
        k, *shapes, loc = (number(x, name) for x in (k, *parameters.values()))
        return self._at(method, k - loc, shapes)

    def _at(self, method: str, k: Any, shapes: list[Any]) -> Any:
        last = self.last(*shapes)
        own = [k <= last, np.floor(k) == k] if method in ("pmf", "logpmf") else [k < last]
        inside = all_of(k >= 0, np.isfinite(k), *own)
        valid = [holds(shape) for holds, shape in zip(self.valid, shapes, strict=True)]
        good = all_of(inside, *valid)
        if everywhere(good):
            return self.formula(method, np.floor(k), *shapes)
        outside = self.outside(method, k < 0, all_of(k == k, *valid), *shapes)
        rows = zip(valid, shapes, self.safe, strict=True)
        shapes = [np.where(all_of(inside, holds), shape, safe) for holds, shape, safe in rows]
        return np.where(good, self.formula(method, np.floor(np.where(inside, k, 0.0)), *shapes), outside)


poisson = Discrete(
    st.poisson,
    "mu",
    valid=(lambda mu: mu >= 0,),
    safe=(1.0,),
    **of_powers("pmf", lambda k, mu: [(k, mu, False)], lambda k, mu: -gammaln(k + 1) - mu),
    cdf=pdtr,
    sf=pdtrc,
)
binom = Discrete(
    st.binom,
    "n p",
    valid=(lambda n: all_of(n >= 0, np.floor(n) == n), lambda p: all_of(p >= 0, p <= 1)),
    safe=(1.0, 0.5),
    last=lambda n, p: n,
    whole=("n",),
    **of_powers(
        "pmf",
        lambda k, n, p: [(k, p, False), (n - k, -p, True)],
        lambda k, n, p: gammaln(n + 1) - (gammaln(k + 1) + gammaln(n - k + 1)),
    ),
    cdf=lambda k, n, p: betaincc(k + 1, n - k, p),
    sf=lambda k, n, p: betainc(k + 1, n - k, p),
)
nbinom = Discrete(
    st.nbinom,
    "n p",
    valid=(lambda n: n > 0, lambda p: all_of(p > 0, p <= 1)),
    safe=(1.0, 0.5),
    **of_powers(
        "pmf",
        lambda k, n, p: [(n, p, False), (k, -p, True)],
        lambda k, n, p: gammaln(n + k) - gammaln(k + 1) - gammaln(n),
    ),
    cdf=lambda k, n, p: betainc(n, k + 1, p),
    sf=lambda k, n, p: betaincc(n, k + 1, p),
)

__all__ = ["binom", "nbinom", "poisson"]
