"""Hermitian positive definite matrices: Cholesky factors that answer what LU factors answer, at half of the work."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np
from scipy.linalg import lapack

from linad.kernels import batch_rules
from linad.kernels import cholesky as kernels
from linad.kernels.counters import count
from linad.kernels.dtypes import LETTERS, lapack_type

Array = np.ndarray[Any, Any]
_TILE = 128  # rows and columns that are looked at together: two tiles stay in the cache
PAYS = 32  # the order from which on half of a factorization costs more than a look at whether it can be saved
_POTRI = {letter: getattr(lapack, f"{letter}potri") for letter in LETTERS}


class Definite:
    """The Cholesky factors C of a batch in one of their forms; immutable. Those of the form ``lower`` can solve."""

    __slots__ = ("C", "dtype", "shape", "singular")

    def __init__(self, C: Array) -> None:
        self.C, self.shape, self.dtype = C, C.shape, C.dtype
        self.singular = None

    def require_regular(self, where: str) -> None:
        """It is."""

    @property
    def diagonal(self) -> Array:
        """Numbers whose product is the determinant."""
        return np.asarray(np.diagonal(self.C, 0, -2, -1).real ** 2)

    @property
    def exchanges(self) -> Array:
        return np.ones(self.shape[:-2])

    def slogdet(self) -> tuple[Array, Array]:
        """The signs of the determinants, and the logarithms of their absolute values; in double precision."""
        d = np.diagonal(self.C, 0, -2, -1).real.astype(float, copy=False)
        return np.ones(self.shape[:-2]), 2 * np.sum(np.log(d), axis=-1)

    @property
    def spread(self) -> float:
        """The least pivot by the largest one of the same matrix."""
        d = self.diagonal
        return float(np.min(np.min(d, -1) / np.max(d, -1))) if d.size else 1.0

    def apply(self, B: Array, trans: str) -> Array:
        """A^-1 B; A is its own adjoint, and its transpose its conjugate."""
        C = self.C.conj() if trans == "T" and self.dtype.kind == "c" else self.C
        if B.ndim == 1:
            return kernels.apply_inverse(C, B[:, None])[:, 0]
        return kernels.apply_inverse(C, B)

    def inverse(self) -> Array:
        """A^-1, by potri; both triangles are filled."""
        if 0 in self.shape:
            return np.empty(self.shape, self.dtype)
        potri = _POTRI[lapack_type(self.C)[0]]
        count("potri", prod(self.shape[:-2]))
        if len(self.shape) == 2:
            return _inverse(potri, self.C)
        if batch_rules.served(self.C):
            return batch_rules.definite_inverse(self.C)
        X = np.empty(self.shape, self.dtype)
        for i in np.ndindex(self.shape[:-2]):
            X[i] = _inverse(potri, self.C[i])
        return X


def _inverse(potri: Any, C: Array) -> Array:
    """The inverse of C C^H: LAPACK is given C^T, in its own order, and the inverse of conj(A) comes, transposed."""
    X = np.asarray(potri(C.T, lower=False)[0]).T
    mirror(X)
    return X


def mirror(X: Array) -> None:
    """Fill the upper triangle of a Hermitian matrix from the lower one, by tiles, in place."""
    n = X.shape[-1]
    for i in range(0, n, _TILE):
        j = min(i + _TILE, n)
        tile = np.tril(X[i:j, i:j], -1)
        X[i:j, i:j] = tile + tile.conj().T + np.diag(np.diagonal(X[i:j, i:j]))
        X[i:j, j:] = X[j:, i:j].conj().T


def factor(A: Array, form: str) -> Definite:
    """The Cholesky factors of matrices in the last two axes, in one of their forms.

    Raises
    ------
    numpy.linalg.LinAlgError
        where a matrix is not positive definite.
    """
    return Definite(kernels.cholesky(A, form))


def plausible(A: Array) -> bool:
    """Whether matrices are exactly Hermitian, with positive diagonals."""
    d = np.diagonal(A, 0, -2, -1)
    return bool(np.all(d.real > 0)) and is_hermitian(A)


def is_hermitian(A: Array) -> bool:
    """Whether matrices are Hermitian to the last bit; most that are not, the first row and column tell."""
    adjoint = A.swapaxes(-1, -2)
    starts = range(0, A.shape[-1], _TILE)
    return all(
        np.array_equal(A[..., rows, i:], adjoint[..., rows, i:].conj())
        for rows, i in [(slice(0, 1), 0), *((slice(i, i + _TILE), i) for i in starts)]
    )
