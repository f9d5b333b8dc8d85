"""Estimates of reciprocal condition numbers, from factors: LAPACK's gecon, pocon and trcon."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.linalg import lapack

from linad.kernels import batch_rules
from linad.kernels.batch_factors import BatchFactors
from linad.kernels.definite import Definite
from linad.kernels.dtypes import LETTERS, lapack_type
from linad.kernels.lu import AnyFactors
from linad.kernels.turned import Turned, turned

Array = np.ndarray[Any, Any]

_GECON, _POCON, _TRCON = (
    {letter: getattr(lapack, f"{letter}{name}") for letter in LETTERS} for name in ("gecon", "pocon", "trcon")
)


def of_factors(A: Array, factors: AnyFactors | Definite | Turned) -> Array:
    """Of matrices with their factors, in the 1-norm, or where they are turned in that of the matrix factored."""
    if isinstance(factors, Turned):
        return of_factors(turned(A, factors.op), factors.of)
    if isinstance(factors, Definite):
        return of_definite(A, factors.C)
    gecon, norms = _GECON[factors.letter], _norms(A)
    if isinstance(factors, BatchFactors):
        inverses = None if factors.singular else lambda: factors.inverse_norms
        return _each(lambda i: gecon(factors.packed_at(i), norms[i])[0], norms, inverses)
    parts = [gecon(pair[0], norm)[0] for pair, norm in zip(factors.pairs, norms.ravel(), strict=True)]
    return np.array(parts).reshape(norms.shape)


def of_definite(A: Array, C: Array) -> Array:
    """Of positive definite matrices with their lower Cholesky factors."""
    norms = _norms(A)
    pocon = _POCON[lapack_type(C)[0]]
    inverses = (lambda: _norms(batch_rules.definite_inverse(C))) if batch_rules.served(C) else None
    return _each(lambda i: pocon(C[i], norms[i], uplo="L")[0], norms, inverses)


def of_triangular(T: Array, lower: bool) -> Array:
    """Of triangular matrices."""
    trcon = _TRCON[lapack_type(T)[0]]
    return _each(lambda i: trcon(T[i], uplo="L" if lower else "U")[0], _norms(T))


def of_diagonal(d: Array) -> Array:
    """Of diagonal matrices, exactly."""
    size = np.abs(d)
    return np.asarray(np.min(size, axis=-1) / np.max(size, axis=-1))


def _norms(A: Array) -> Array:
    return np.asarray(np.max(np.sum(np.abs(A), axis=-2), axis=-1))


def _each(
    estimate: Callable[[tuple[int, ...]], float], norms: Array, inverses: Callable[[], Array] | None = None
) -> Array:
    """Estimates for each matrix; where the norm of the inverse is known, and leaves half of the digits, by that."""
    found, doubtful = np.empty(norms.shape), np.ones(norms.shape, bool)
    if inverses is not None:
        with np.errstate(all="ignore"):
            found[...] = 1 / (norms * inverses())
        doubtful = ~(found > float(np.finfo(norms.dtype).eps) ** 0.5)
    for i in map(tuple, np.argwhere(doubtful)):
        found[i] = estimate(i)
    return found
