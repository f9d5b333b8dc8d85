"""Sets of arrays that are curved: the directions that stay in them at a point, and curves along those.

Each curve starts at x in the direction d (P.-A. Absil, R. Mahony, R. Sepulchre, Optimization Algorithms on Matrix
Manifolds, 2008, chapter 4): so a difference along it is the derivative along d.
"""

from __future__ import annotations

import numpy as np

from linad.check.matrices import hermitian_part
from linad.check.numbers import Array


def H(X: Array) -> Array:
    return np.asarray(X.swapaxes(-1, -2).conj())


# -- orthonormal columns: X^H dX is skew -------------------------------------------------------------------------


def orthonormal_directions(X: Array, d: Array) -> Array:
    return np.asarray(d - X @ hermitian_part(H(X) @ d))


def nearest_orthonormal(X: Array, d: Array) -> Array:
    """The polar factor of X + d."""
    U, _, Vh = np.linalg.svd(X + d, full_matrices=False)
    return np.asarray(U @ Vh)


# -- matrices of fixed rank: no part of dX joins the two null spaces -----------------------------------------------


def rank_of(X: Array) -> int:
    return int(np.max(np.linalg.matrix_rank(X), initial=0)) if X.size else 0


def fixed_rank_directions(X: Array, d: Array) -> Array:
    k = rank_of(X)
    U, _, Vh = np.linalg.svd(X, full_matrices=False)
    U, Vh = U[..., :k], Vh[..., :k, :]
    rest = d - U @ (H(U) @ d)
    return np.asarray(d - (rest - (rest @ H(Vh)) @ Vh))


def nearest_of_rank(X: Array, d: Array) -> Array:
    """The best approximation of X + d of the rank of X."""
    k = rank_of(X)
    U, s, Vh = np.linalg.svd(X + d, full_matrices=False)
    return np.asarray((U[..., :k] * s[..., None, :k]) @ Vh[..., :k, :])


# -- positive definite matrices, positive numbers, intervals, the simplex -------------------------------------------


def definite_curve(A: Array, d: Array) -> Array:
    """A + d + d A^-1 d / 2, which is positive definite for every Hermitian d."""
    return np.asarray(A + d + hermitian_part(d @ np.linalg.solve(A, d)) / 2)


def positive_curve(x: Array, d: Array) -> Array:
    return np.asarray(x * np.exp(d / x) if not np.iscomplexobj(x) else x + d)


def interval_curve(x: Array, d: Array, low: float, high: float) -> Array:
    """In the coordinate log((x - low) / (high - x)) a straight line."""
    below, above = x - low, high - x
    turned = above / below * np.exp(-d * (high - low) / (below * above))
    return np.asarray(low + (high - low) / (1 + turned))


def simplex_directions(x: Array, d: Array) -> Array:
    return np.asarray(d - np.mean(d, axis=-1, keepdims=True))


def simplex_curve(x: Array, d: Array) -> Array:
    moved = x * np.exp(d / x)
    return np.asarray(moved / np.sum(moved, axis=-1, keepdims=True))


# -- whether an array is a member ------------------------------------------------------------------------------------


def close(X: Array, Y: Array) -> bool:
    """Whether two arrays agree to a hundred thousand roundings of the first."""
    eps = np.finfo(X.dtype).eps if X.dtype.kind in "fc" else 0
    return bool(np.max(np.abs(X - Y), initial=0) <= 1e5 * eps * (np.max(np.abs(X), initial=0)))


def is_definite(A: Array) -> bool:
    return close(A, hermitian_part(A)) and bool(np.all(np.linalg.eigvalsh(A) > 0))


def is_orthonormal(X: Array) -> bool:
    return close(
        np.broadcast_to(np.eye(X.shape[-1], dtype=X.dtype), (*X.shape[:-2], X.shape[-1], X.shape[-1])),
        H(X) @ X,
    )


def is_simplex(x: Array) -> bool:
    return bool(np.all(x > 0)) and close(np.ones_like(x[..., 0]), np.sum(x, axis=-1))
