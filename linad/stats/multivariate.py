"""Distributions of vectors: normal, Student, Dirichlet."""

from __future__ import annotations

import math
from typing import Any

import scipy.stats as st

import linad.numpy as np
from linad.core.dispatch import has_traced
from linad.core.kinds import look
from linad.core.traced import innermost
from linad.errors import ShapeError
from linad.special import gammaln
from linad.stats import student
from linad.stats.mirrored import Mirrored, method, number, signature
from linad.stats.pieces import logarithm, split
from linad.stats.quadratic import located, points, quadratic

_LOG_2_PI = math.log(2 * math.pi)


class Density(Mirrored):
    """A distribution with a density, whose logarithm is given: ``logarithm(name, x, parameters)``."""

    logpdf = method("logpdf", "x")
    pdf = method("pdf", "x")

    def traced(self, method: str, x: Any, parameters: dict[str, Any]) -> Any:
        y = self.logarithm(f"{self.name}.{method}", x, parameters)
        return np.squeeze(np.exp(y) if method == "pdf" else y)

    def logarithm(self, name: str, x: Any, parameters: dict[str, Any]) -> Any:
        raise NotImplementedError


class MultivariateNormal(Density):
    """The normal distribution of vectors."""

    def logarithm(self, name: str, x: Any, parameters: dict[str, Any]) -> Any:
        mean, cov = parameters["mean"], parameters["cov"]
        if isinstance(cov, st.Covariance):
            dim = cov.shape[-1]
            mean = np.broadcast_to(number(0.0 if mean is None else mean, name), (dim,))
        else:
            mean, cov = located(name, "mean", mean, cov)
        x = points(name, x, mean.size)
        found = quadratic(name, x, mean, cov, parameters["allow_singular"])
        y = -0.5 * (found.rank * _LOG_2_PI + found.logdet + found.form)
        return y if found.outside is None else np.where(found.outside, -math.inf, y)


class MultivariateStudent(Density):
    """Student's distribution of vectors."""

    def answer(self, method: str, x: Any, args: Any, kwds: Any) -> Any:
        """SciPy's logpdf allows of a singular matrix, and has no option."""
        if method == "logpdf" and has_traced((x, *args, *kwds.values())):
            return self.traced(method, x, {**self.bound(args, kwds), "allow_singular": True})
        return super().answer(method, x, args, kwds)

    def logarithm(self, name: str, x: Any, parameters: dict[str, Any]) -> Any:
        loc, A = located(name, "loc", parameters["loc"], parameters["shape"])
        df = number(1 if parameters["df"] is None else parameters["df"], name)
        if df.ndim:
            raise ShapeError(f"scipy.stats.{name}", f"df has shape {df.shape}; it must be a number.")
        if df <= 0:
            raise ValueError("'df' must be greater than zero.")
        if np.isnan(df):
            raise ValueError("'df' is 'nan' but must be greater than zero or 'np.inf'.")
        x = points(name, x, loc.size)
        found = quadratic(name, x, loc, A, parameters["allow_singular"])
        k = found.rank if np.isinf(df) else loc.size
        return student.log_density(found.form, df, int(k)) - 0.5 * found.logdet


@look
def _on_the_simplex_or_not(x: Any, alpha: Any) -> None:
    """SciPy's errors; a symbol has no numbers."""
    plain = innermost(x), innermost(alpha)
    if all(isinstance(part, np.ndarray) for part in plain):
        with np.errstate(divide="ignore", invalid="ignore"):
            st.dirichlet.logpdf(*plain)


class Dirichlet(Density):
    """The Dirichlet distribution, of vectors that sum to one; entries are differentiated as if they were free."""

    def traced(self, method: str, x: Any, parameters: dict[str, Any]) -> Any:
        name = f"{self.name}.{method}"
        x, alpha = number(x, name), number(parameters["alpha"], name)
        _on_the_simplex_or_not(x, alpha)
        if len(x) < len(alpha):
            x = np.concatenate([x, (1 - np.sum(x, 0)).reshape((1, *x.shape[1:]))])
        constant = gammaln(np.sum(alpha)) - np.sum(gammaln(alpha))
        power = (alpha - 1).reshape((-1,) + (1,) * (x.ndim - 1)), x, False
        if method == "logpdf":
            return np.squeeze(np.sum(logarithm(power), 0) + constant)
        logarithms, factor = split(power)
        y = np.exp(np.sum(logarithms, 0) + constant)
        return np.squeeze(y if factor is None else y * np.prod(factor, 0))


multivariate_normal = MultivariateNormal(
    st.multivariate_normal,
    "multivariate_normal",
    signature("", mean=None, cov=1, allow_singular=False, seed=None, maxpts=None, abseps=1e-5, releps=1e-5),
)
multivariate_t = MultivariateStudent(
    st.multivariate_t,
    "multivariate_t",
    signature("", loc=None, shape=1, df=1, allow_singular=False, seed=None),
)
dirichlet = Dirichlet(st.dirichlet, "dirichlet", signature("alpha", seed=None))

__all__ = ["dirichlet", "multivariate_normal", "multivariate_t"]
