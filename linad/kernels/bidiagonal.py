"""Singular value decompositions of large matrices by SciPy's LAPACK, and of the largest by the steps of its gesdd.

A = Q B P^H with B real and bidiagonal, B = X diag(s) Y^T by divide and conquer, U = Q X, Vh = Y^T P^H. LAPACK spends a
third of its time in the last two products; here they are made of blocks of reflectors. SciPy has no wrappers of these
steps: they are called by the pointers that it exports, in memory that is made here.

As with eigenvectors, signs are a matter of rounding: this serves where SciPy's LAPACK is NumPy's to the last bit.
"""

from __future__ import annotations

from ctypes import byref, c_int
from functools import lru_cache
from typing import Any

import numpy as np
from scipy.linalg import lapack

from linad.kernels.eigh import PROBE, needs_no_scale
from linad.kernels.pointers import CHARACTERS, INTEGERS, KINDS, Routine, optional, pointer
from linad.kernels.reflectors import turn

Array = np.ndarray[Any, Any]

_REDUCE = {"d": optional("dgebrd", "iididddddii"), "D": optional("zgebrd", "iiziddzzzii")}
_SOLVE = optional("dbdsdc", "ttidddidididii")
_DRIVERS = {"d": lapack.dgesdd, "D": lapack.zgesdd}
_BLOCK = 64  # columns that LAPACK takes at once, at most
_LEAST = 64  # the order from which on products run in SciPy's library: the decomposition had better, too
_LARGE = 384  # the order from which on blocks are quicker; measured


def svd(A: Array) -> tuple[Array, Array, Array] | None:
    """U, s and Vh, economic; None for what is small, or a batch, or needs to be scaled, or might not be NumPy's.

    Raises
    ------
    numpy.linalg.LinAlgError
        where the iteration does not converge.
    """
    code = A.dtype.char
    if A.ndim != 2 or min(A.shape) < _LEAST or A.dtype not in KINDS or code not in _DRIVERS:
        return None
    if not needs_no_scale(A) or not _is_numpys(code):
        return None
    m, n = A.shape
    reduce = _REDUCE[code] if _LARGE <= n <= m < n * 5 / 3 else None
    if reduce is not None and _SOLVE is not None:
        return _by_blocks(A, reduce, _SOLVE)
    U, s, Vh, info = _DRIVERS[code](A, full_matrices=0)
    _require(info)
    return np.array(U, order="C"), s, np.array(Vh, order="C")


def _by_blocks(A: Array, reduce: Routine, solve: Routine) -> tuple[Array, Array, Array]:
    m, n = A.shape
    packed, i, info = np.array(A, order="F"), INTEGERS, c_int()
    s, e = np.empty(n), np.empty(n)
    left, right, work = (np.empty(size, A.dtype) for size in (n, n, (m + n) * _BLOCK))
    reduce(
        i[m], i[n], pointer(packed), i[m], pointer(s), pointer(e), pointer(left), pointer(right), pointer(work),
        i[work.size], byref(info),
    )  # fmt: skip
    X, Yt = np.empty((n, n), order="F"), np.empty((n, n), order="F")
    work, integers, unused = np.empty(3 * n * n + 4 * n), np.empty(8 * n, np.intc), np.empty(1)
    solve(
        CHARACTERS["U"], CHARACTERS["I"], i[n], pointer(s), pointer(e), pointer(X), i[n], pointer(Yt), i[n],
        pointer(unused), pointer(integers), pointer(work), pointer(integers), byref(info),
    )  # fmt: skip
    _require(info.value)
    U, V = np.zeros((m, n), A.dtype), np.array(Yt.T, A.dtype, order="C")
    U[:n] = X
    turn(np.array(packed[: n - 1, 1:].T.conj(), order="C"), right[: n - 1], V[1:])
    turn(packed, left, U)
    return U, s, np.array(V.T.conj(), order="C")


def _require(info: int) -> None:
    if info:
        raise np.linalg.LinAlgError("SVD did not converge")


@lru_cache
def _is_numpys(code: str) -> bool:
    """Whether SciPy's LAPACK gives what NumPy's does, to the last bit."""
    i = np.arange(PROBE)
    A = np.exp(np.cos(np.outer(i, i) + 1.0) + (1j * i if code == "D" else 0)).astype(code)
    return all(map(np.array_equal, _DRIVERS[code](A)[:3], np.linalg.svd(A)))
