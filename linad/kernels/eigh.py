"""Eigenvalues and eigenvectors of a Hermitian matrix, as NumPy gives them, by SciPy's LAPACK.

A = Q T Q^H with T real and tridiagonal, T = Z diag(w) Z^T by divide and conquer, V = Q Z: the steps of syevd. It spends
a third of its time in the last product of large matrices; here that is made of blocks of reflectors.

The signs of vectors are a matter of rounding. So SciPy's LAPACK serves where it is NumPy's to the last bit, as it is
where both are the same library; then also products are in one library with those of the derivatives.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from scipy.linalg import lapack

from linad.kernels.pointers import KINDS
from linad.kernels.reflectors import turn

Array = np.ndarray[Any, Any]

_DRIVERS = {"f": lapack.ssyevd, "d": lapack.dsyevd, "F": lapack.cheevd, "D": lapack.zheevd}
_REDUCE = {"d": lapack.dsytrd, "D": lapack.zhetrd}
_BLOCK = 64  # columns that LAPACK takes at once, at most
_LARGE = 256  # the order from which on blocks are quicker; measured
_C_ORDER = 32  # the order from which on what is done with V is quicker in the order of other arrays
PROBE = 64  # an order at which LAPACK goes all of its ways


def eigh(A: Array) -> tuple[Array, Array] | None:
    """w, ascending, and V, by the lower triangle of A; None for a batch, or where the signs might not be NumPy's.

    Raises
    ------
    numpy.linalg.LinAlgError
        where the iteration does not converge.
    """
    code = A.dtype.char
    if A.ndim != 2 or A.dtype not in KINDS or A.size == 0 or not _is_numpys(code):
        return None
    n = len(A)
    if n >= _LARGE and code in _REDUCE and needs_no_scale(A):
        return _by_blocks(A)
    w, V, info = _DRIVERS[code](A, lower=1)
    _require(info)
    return w, V if n < _C_ORDER else np.array(V, order="C")


def _by_blocks(A: Array) -> tuple[Array, Array]:
    lwork = len(A) * _BLOCK
    packed, d, e, tau, _ = _REDUCE[A.dtype.char](np.array(A, order="F"), lower=1, lwork=lwork, overwrite_a=1)
    w, Z, info = lapack.dstevd(d, e, overwrite_d=1, overwrite_e=1)
    _require(info)
    V = np.array(Z, A.dtype, order="C")
    turn(packed[1:], tau, V[1:])
    return w, V


def _require(info: int) -> None:
    if info:
        raise np.linalg.LinAlgError("Eigenvalues did not converge")


def needs_no_scale(A: Array) -> bool:
    """Whether squares of entries, and all of them, are numbers: else syevd scales the matrix."""
    info = np.finfo(A.dtype)
    return bool(float(info.tiny) ** 0.4 < float(np.abs(A).max()) < float(info.max) ** 0.4)


@lru_cache
def _is_numpys(code: str) -> bool:
    """Whether SciPy's LAPACK gives what NumPy's does, to the last bit."""
    i = np.arange(PROBE)
    A = np.cos(np.outer(i, i) + 1.0).astype(code)
    if A.dtype.kind == "c":
        A = A + 1j * (np.sin(i - i[:, None])).astype(A.real.dtype)
    return all(map(np.array_equal, _DRIVERS[code](A, lower=1)[:2], np.linalg.eigh(A)))
