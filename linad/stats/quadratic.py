"""Quadratic forms d^T A^-1 d and log det A of what several variables share: a location, and a matrix.

A traced matrix is factored once, by Cholesky, and the factor is remembered with it: by all that uses the matrix, here
and in linad.linalg, and by all derivatives. A plain one is SciPy's, which may be singular.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import scipy.stats as st

import linad.numpy as np
from linad.core.constants import value
from linad.core.kinds import look
from linad.core.space import shape_of
from linad.core.traced import Array, innermost
from linad.kernels import condition
from linad.linalg.factored import Factored
from linad.linalg.systems import factored
from linad.stats.mirrored import number, refuse

_NEARLY_SINGULAR = 1e-8  # well above the 1e6 eps below which SciPy takes an eigenvalue for zero


class Quadratic(NamedTuple):
    """The form of each point, the logarithm of the (pseudo-)determinant, the rank, where there is no density."""

    form: Any
    logdet: Any
    rank: int
    outside: Any


def located(name: str, label: str, location: Any, matrix: Any) -> tuple[Any, Any]:
    """The location and the matrix as arrays, with SciPy's defaults and errors."""
    A = np.asarray(1.0) if matrix is None else number(matrix, name)
    if location is None:
        location = np.zeros(A.shape[0] if A.ndim >= 2 else 1)
    m = number(location, name)
    dim = m.size
    if dim == 1:
        m, A = m.reshape(1), A.reshape(1, 1)
    if m.ndim != 1:
        raise ValueError(f"Array '{label}' must be a vector of length {dim}.")
    if A.ndim == 0:
        A = A * np.eye(dim)
    elif A.ndim == 1:
        A = np.diag(A)
    if A.ndim > 2:
        raise ValueError(f"Array 'cov' must be at most two-dimensional, but cov.ndim = {A.ndim}")
    if A.shape != (dim, dim):
        fact = "must be square if it is two dimensional"
        if A.shape[0] == A.shape[1]:
            fact = f"must fit '{label}', a vector of length {dim}"
        raise ValueError(f"Array 'cov' {fact}, but cov.shape = {A.shape}.")
    return m, A


def points(name: str, x: Any, dim: int) -> Any:
    """Points along the last axis."""
    x = number(x, name)
    if x.ndim == 0:
        return x.reshape(1)
    return x.reshape((-1, 1) if dim == 1 else (1, -1)) if x.ndim == 1 else x


def quadratic(name: str, x: Any, location: Any, A: Any, allow_singular: bool) -> Quadratic:
    """Of the points less the location."""
    return (_of_traced if isinstance(A, Array) else _of_constant)(name, x, location, A, allow_singular)


def _of_traced(name: str, x: Any, location: Any, A: Any, allow_singular: bool) -> Quadratic:
    n = A.shape[-1]
    try:
        A, factors = factored(A, "definite", name)
    except np.linalg.LinAlgError:
        _require_full_rank(name, innermost(A), allow_singular)
        raise
    _nearly_singular_or_not(name, A, factors, allow_singular)
    F = Factored(A, factors)
    d = np.broadcast_to(x - location, np.broadcast_shapes(x.shape, (n,)))
    D = d.reshape(-1, n).T
    return Quadratic(np.sum(D * F.solve(D), axis=0).reshape(d.shape[:-1]), F.logdet(), n, None)


@look
def _nearly_singular_or_not(name: str, A: Any, factors: Any, allow_singular: bool) -> None:
    """SciPy's verdict, which takes eigenvalues, is asked for where it may be another; a symbol has no numbers."""
    plain = innermost(A)
    if isinstance(plain, np.ndarray) and not condition.of_factors(plain, factors) > _NEARLY_SINGULAR:
        _require_full_rank(name, plain, allow_singular)


def _require_full_rank(name: str, A: Any, allow_singular: bool) -> None:
    rank, n = st.multivariate_normal(None, A, allow_singular).cov_object.rank, A.shape[-1]
    if rank < n:
        refuse(
            name,
            f"a traced matrix has rank {rank} of {n}, and its density lives on a subspace that turns with it.",
            "Of a constant matrix of any rank it is differentiable: linad.value(cov).",
            "Or write the density of the coordinates in the subspace.",
        )


def _of_constant(name: str, x: Any, location: Any, A: Any, allow_singular: bool) -> Quadratic:
    frozen = st.multivariate_normal(None, A, allow_singular)
    found, d = frozen.cov_object, x - location
    form = np.sum(np.square(d @ found.whiten(np.eye(found.shape[-1]))), axis=-1)
    outside = None
    if found.rank < found.shape[-1]:
        outside = np.isneginf(frozen.logpdf(value(d))).reshape(shape_of(form))
    return Quadratic(form, found.log_pdet, found.rank, outside)
