"""Hermitian positive definite matrices: Cholesky factors that answer what LU factors answer, at half of the work."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from linad.kernels import batch_rules
from linad.kernels import cholesky as kernels
from linad.kernels.counters import count
from linad.kernels.inverses import invert_definite
from linad.kernels.turning import is_hermitian, mirror

Array = np.ndarray[Any, Any]
PAYS = 32  # the order from which on half of a factorization costs more than a look at whether it can be saved


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
        return np.asarray(self.C.diagonal(0, -2, -1).real ** 2)

    @property
    def exchanges(self) -> Array:
        return np.ones(self.shape[:-2])

    def slogdet(self) -> tuple[Array, Array]:
        """The signs of the determinants, and the logarithms of their absolute values; in double precision."""
        d = self.C.diagonal(0, -2, -1).real.astype(float, copy=False)
        return np.ones(self.shape[:-2]), 2 * np.log(d).sum(axis=-1)

    @property
    def spread(self) -> float:
        """The least pivot by the largest one of the same matrix."""
        d = self.diagonal
        return float((np.minimum.reduce(d, -1) / np.maximum.reduce(d, -1)).min()) if d.size else 1.0

    def apply(self, B: Array, trans: str) -> Array:
        """A^-1 B; A is its own adjoint, and its transpose its conjugate."""
        C = self.C.conj() if trans == "T" and self.dtype.kind == "c" else self.C
        if B.ndim == 1:
            return kernels.apply_inverse(C, B[:, None])[:, 0]
        return kernels.apply_inverse(C, B)

    def inverse(self) -> Array:
        """A^-1; both triangles are filled."""
        if batch_rules.served(self.C):
            count("potri", prod(self.shape[:-2]), self.shape[-1])
            return batch_rules.definite_inverse(self.C)
        X = np.empty(self.shape, self.dtype)
        for i in np.ndindex(self.shape[:-2]):
            np.copyto(X[i], self.C[i])
            invert_definite(X[i], lower=True)
            mirror(X[i])
        return X

    inverse_adjoint = inverse


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
    d = A.diagonal(0, -2, -1)
    return bool((d.real > 0).all()) and is_hermitian(A)
