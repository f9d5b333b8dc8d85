"""Distributions of positive definite matrices: Wishart's and its inverse.

With A = scale and k the dimension,

wishart       2 log p = (df - k - 1) log det X - tr(A^-1 X) - df k log 2 - df log det A - 2 log Gamma_k(df / 2)
invwishart    2 log p = df log det A - tr(A X^-1) - df k log 2 - (df + k + 1) log det X - 2 log Gamma_k(df / 2)
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import scipy.stats as st

import linad.numpy as np
from linad.core.traced import Array
from linad.errors import ShapeError
from linad.linalg import factor
from linad.operations.hermitian import hermitian
from linad.special import multigammaln
from linad.stats.mirrored import number, signature
from linad.stats.multivariate import Density

_LOG_2 = math.log(2)


class OfMatrices(Density):
    """A distribution of matrices along the first two axes."""

    def __init__(self, original: Any, name: str, twice: Callable[..., Any]) -> None:
        super().__init__(original, name, signature("", df=None, scale=None, seed=None))
        self.twice = twice

    def logarithm(self, name: str, x: Any, parameters: dict[str, Any]) -> Any:
        A, df = _scale(name, parameters["scale"]), parameters["df"]
        k = A.shape[0]
        df = number(k if df is None else df, name)
        if df.ndim:
            raise ShapeError(f"scipy.stats.{name}", f"df has shape {df.shape}; it must be a number.")
        if df <= k - 1:
            raise ValueError("Degrees of freedom must be greater than the dimension of scale matrix minus 1.")
        X, A = _symmetric(_matrices(name, x, k)), _symmetric(A)
        y = self.twice(X, A, factor(X, assume_a="pos"), factor(A, assume_a="pos"), df, k)
        return 0.5 * (y - df * k * _LOG_2) - multigammaln(0.5 * df, k)


def _symmetric(A: Any) -> Any:
    """SciPy reads the lower triangle; a traced matrix must be symmetric."""
    return A if isinstance(A, Array) else hermitian(A)


def _scale(name: str, scale: Any) -> Any:
    A = number(1.0 if scale is None else scale, name)
    if A.ndim > 2:
        raise ValueError(f"Array 'scale' must be at most two-dimensional, but scale.ndim = {A.ndim}")
    if A.ndim < 2:
        return A.reshape(1, 1) if A.ndim == 0 else np.diag(A)
    if A.shape[0] != A.shape[1]:
        raise ValueError(
            f"Array 'scale' must be square if it is two dimensional, but scale.shape = {A.shape}."
        )
    return A


def _matrices(name: str, x: Any, k: int) -> Any:
    """One matrix, or several in a row, which SciPy takes along a third axis."""
    x = number(x, name)
    if x.ndim == 0:
        return x * np.eye(k)
    if x.ndim == 1:
        x = x.reshape(1, 1, -1) if k == 1 else np.diag(x)
    if x.ndim not in (2, 3) or x.shape[:2] != (k, k):
        raise ValueError(
            f"Quantiles must have the shape {(k, k)} or {(k, k)} and one more axis, but have {x.shape}."
        )
    return x if x.ndim == 2 else np.moveaxis(x, -1, 0)


def _trace(A: Any) -> Any:
    return np.trace(A, axis1=-2, axis2=-1)


wishart = OfMatrices(
    st.wishart,
    "wishart",
    lambda X, A, of_X, of_A, df, k: (df - k - 1) * of_X.logdet() - _trace(of_A.solve(X)) - df * of_A.logdet(),
)
invwishart = OfMatrices(
    st.invwishart,
    "invwishart",
    lambda X, A, of_X, of_A, df, k: df * of_A.logdet() - _trace(of_X.solve(A)) - (df + k + 1) * of_X.logdet(),
)

__all__ = ["invwishart", "wishart"]
