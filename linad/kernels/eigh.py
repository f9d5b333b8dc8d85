"""Eigenvalues and eigenvectors of a large Hermitian matrix, by the steps of LAPACK's syevd, in one BLAS.

A = Q T Q^H with T real and tridiagonal, T = Z diag(w) Z^T by divide and conquer, V = Q Z. LAPACK spends a third of its
time in the last product; here it is made of blocks of reflectors.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.linalg import lapack

from linad.kernels.reflectors import turn

Array = np.ndarray[Any, Any]

# Double precision only: in single, the signs of some vectors would not be NumPy's.
_REDUCE = {"d": lapack.dsytrd, "D": lapack.zhetrd}
_LEAST = 256  # the order from which on this is quicker; measured
_BLOCK = 64  # columns that LAPACK takes at once, at most


def eigh(A: Array) -> tuple[Array, Array] | None:
    """w, ascending, and V in C order, by the lower triangle of A; None for what is small, or needs to be scaled.

    Raises
    ------
    numpy.linalg.LinAlgError
        where the iteration does not converge.
    """
    n, code = A.shape[-1], A.dtype.char
    if A.ndim != 2 or n < _LEAST or code not in _REDUCE:
        return None
    info = np.finfo(A.dtype)
    if not float(info.tiny) ** 0.4 < float(np.abs(A).max()) < float(info.max) ** 0.4:
        return None
    packed, d, e, tau, _ = _REDUCE[code](np.array(A, order="F"), lower=1, lwork=n * _BLOCK, overwrite_a=1)
    w, Z, failed = lapack.dstevd(d, e, overwrite_d=1, overwrite_e=1)
    if failed:
        raise np.linalg.LinAlgError("Eigenvalues did not converge")
    V = np.array(Z, A.dtype, order="C")
    turn(packed[1:], tau, V[1:])
    return w, V
