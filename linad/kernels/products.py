"""Matrix products.

Large ones run in SciPy's BLAS, as the factorizations do: two libraries in turn would fight for the cores.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.linalg import blas

from linad.kernels.dtypes import LETTERS

Array = np.ndarray[Any, Any]

_SMALL = 64  # below, NumPy's call is quicker and runs in one thread
_GEMM = {np.dtype(code): getattr(blas, f"{letter}gemm") for code, letter in zip("fdFD", LETTERS, strict=True)}


def matmul(A: Array, B: Array) -> Array:
    """A B, as ``numpy.matmul``."""
    if A.ndim == 2 and B.ndim == 2:
        n = A.shape[0]
        if n <= 1 and B.shape[1] <= 1:
            return np.matmul(A, B)
        if n < _SMALL or B.shape[0] < _SMALL or B.shape[1] < _SMALL:
            return A.dot(B)
        gemm = _GEMM.get(A.dtype)
        if gemm is not None and B.dtype == A.dtype and A.shape[1] == B.shape[0]:
            a, ta = _without_copy(A)
            b, tb = _without_copy(B)
            return gemm(1.0, b, a, trans_a=tb, trans_b=ta).T  # the transposed product, in C order
    return np.matmul(A, B)


def _without_copy(A: Array) -> tuple[Array, int]:
    """A matrix in Fortran order that is the transpose of A, or its transpose, and whether BLAS must transpose it."""
    return (A, 1) if A.flags.f_contiguous else (A.T, 0)


def outer(x: Array, y: Array) -> Array:
    """The matrices x y^T of vectors in the last axis."""
    if x.ndim == 1 and y.ndim == 1:
        return x.reshape(-1, 1).dot(y.reshape(1, -1))
    return np.multiply(x[..., :, None], y[..., None, :])
