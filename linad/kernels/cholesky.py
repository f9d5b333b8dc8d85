"""Cholesky factors by LAPACK's potrf, one call for each matrix of a batch."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np
from scipy.linalg import lapack

from linad.kernels.counters import count
from linad.kernels.dtypes import LETTERS, lapack_type

Array = np.ndarray[Any, Any]

_POTRF = {letter: getattr(lapack, f"{letter}potrf") for letter in LETTERS}


def cholesky(A: Array, lower: bool) -> Array:
    """C of A = C C^H, lower or upper triangular with a positive diagonal; only that triangle of A is read.

    Raises
    ------
    numpy.linalg.LinAlgError
        where a matrix is not positive definite.
    """
    letter, dtype = lapack_type(A)
    potrf = _POTRF[letter]
    A = A.astype(dtype, copy=False)
    batch = A.shape[:-2]
    C = np.empty(A.shape, dtype)
    if A.size > 0:
        for i in np.ndindex(batch):
            C[i] = _factored(potrf, A[i], lower, i)
        count("potrf", prod(batch))
    return C


def _factored(potrf: Any, A: Array, lower: bool, where: tuple[int, ...]) -> Array:
    """With J, which reverses the order, J A J = L L^H gives A = (J L J) (J L J)^H, where J L J is upper."""
    if not lower:
        return _factored_lower(potrf, A[::-1, ::-1], where, "trailing")[::-1, ::-1]
    return _factored_lower(potrf, A, where, "leading")


def _factored_lower(potrf: Any, A: Array, where: tuple[int, ...], which: str) -> Array:
    U, info = potrf(A.T, lower=False, clean=True)  # A^T = conj(A) = U^H U, so that A = U^T conj(U)
    if info > 0:
        element = f" {where} of the batch" if where else ""
        raise np.linalg.LinAlgError(
            f"cholesky: matrix{element} is not positive definite: its {which} minor of order {info} is not positive."
        )
    return U.T
