"""Hermitian positive definite matrices that are found out to be: Cholesky factors in the place of LU factors.

What is detected changes no derivative; it halves the work. A matrix is tried if it is exactly Hermitian, with a
positive diagonal, and large enough for half of a factorization to cost more than the look.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.linalg import lapack

from linad.kernels import cholesky as kernels
from linad.kernels.counters import count
from linad.kernels.dtypes import LETTERS, lapack_type

Array = np.ndarray[Any, Any]
PAYS = 32  # from this order on
_POTRI = {letter: getattr(lapack, f"{letter}potri") for letter in LETTERS}


class Definite:
    """The Cholesky factors of a batch, with what LU factors answer; immutable."""

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

    def apply(self, B: Array, trans: str) -> Array:
        """A^-1 B; A is its own adjoint, and its transpose its conjugate."""
        if trans == "T":
            return np.asarray(kernels.apply_inverse(self.C.conj(), B, "lower"))
        if B.ndim == 1:
            return kernels.apply_inverse(self.C, B[:, None], "lower")[:, 0]
        return kernels.apply_inverse(self.C, B, "lower")

    def inverse(self) -> Array:
        """A^-1, by potri; both triangles are filled."""
        potri = _POTRI[lapack_type(self.C)[0]]
        X = np.empty(self.shape, self.dtype)
        for i in np.ndindex(self.shape[:-2]):
            half = np.tril(potri(self.C[i], lower=True)[0])
            X[i] = half + np.tril(half, -1).conj().T
        count("potri", int(np.prod(self.shape[:-2])))
        return X


def definite(A: Array) -> Definite | bool:
    """The factors of matrices that are all positive definite; False where one is not."""
    d = np.diagonal(A, 0, -2, -1)
    if not np.all(d.real > 0) or not np.array_equal(A, A.swapaxes(-1, -2).conj()):
        return False
    try:
        return Definite(kernels.cholesky(A, "lower"))
    except np.linalg.LinAlgError:
        count("potrf in vain")
        return False
