"""Cholesky factors, by LAPACK's potrf or, for batches of small matrices, NumPy's loop over it."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np
from scipy.linalg import blas, lapack

from linad.kernels import batch_rules, batches
from linad.kernels.counters import count
from linad.kernels.dtypes import LETTERS, lapack_type

Array = np.ndarray[Any, Any]

_POTRF = {letter: getattr(lapack, f"{letter}potrf") for letter in LETTERS}
_POTRS = {letter: getattr(lapack, f"{letter}potrs") for letter in LETTERS}
_TRSV = {letter: getattr(blas, f"{letter}trsv") for letter in LETTERS}
_VECTOR = 64  # the order from which on a vector is solved for by itself
_SMALL = 48  # up to this order NumPy's loop over a batch is quicker than one call of LAPACK for each matrix


def cholesky(A: Array, form: str) -> Array:
    """C of A = C C^H, ``lower`` or ``reversed`` (upper), or of A = C^H C, ``upper``; read-only.

    The diagonal is positive; only the triangle of A that C has is read.

    Raises
    ------
    numpy.linalg.LinAlgError
        where a matrix is not positive definite.
    """
    _, dtype = lapack_type(A)
    if A.dtype != dtype:
        A = A.astype(dtype)
    if form == "upper":  # A^T = conj(A) = C^T conj(C)
        C = _lower(A.swapaxes(-1, -2), "leading").swapaxes(-1, -2)
    elif form == "reversed":  # with J, which reverses the order, J A J = L L^H gives C = J L J
        C = _lower(A[..., ::-1, ::-1], "trailing")[..., ::-1, ::-1]
    else:
        C = _lower(A, "leading")
    memory: Any = C
    while isinstance(memory, np.ndarray):  # also what C is a view of: so records need no copy of it
        memory.flags.writeable = False
        memory = memory.base
    return C


def _lower(A: Array, which: str) -> Array:
    """L of A = L L^H for each matrix of a batch; the lower triangle is read."""
    batch = A.shape[:-2]
    count("potrf", prod(batch) if A.size > 0 else 0, A.shape[-1])
    if batch_rules.served(A):
        L = batch_rules.cholesky_factor(A)
        if L is not None:
            return L
    if batch and A.shape[-1] <= _SMALL and A.dtype.char in "dD":  # it computes in double precision
        try:
            return np.asarray(np.linalg.cholesky(A))
        except np.linalg.LinAlgError:
            pass  # which one of the batch it is, the other way tells
    if A.size == 0:
        return np.empty(A.shape, A.dtype)
    potrf = _POTRF[lapack_type(A)[0]]
    if not batch:
        return _factored(potrf, A, (), which)
    L = np.empty(A.shape, A.dtype)
    for i in np.ndindex(batch):
        L[i] = _factored(potrf, A[i], i, which)
    return L


def _factored(potrf: Any, A: Array, where: tuple[int, ...], which: str) -> Array:
    U, info = potrf(A.T, lower=False, clean=True)  # A^T = conj(A) = U^H U, so that A = U^T conj(U)
    if info > 0:
        element = f" {where} of the batch" if where else ""
        raise np.linalg.LinAlgError(
            f"cholesky: matrix{element} is not positive definite but singular or indefinite: its {which} minor of "
            f"order {info} is not positive."
        )
    return U.T


def apply_inverse(C: Array, B: Array) -> Array:
    """A^-1 B for A = C C^H, C lower triangular; batches broadcast."""
    letter, dtype = lapack_type(C, B)
    potrs = _POTRS[letter]
    C, B = C.astype(dtype, copy=False), B.astype(dtype, copy=False)
    batch = np.broadcast_shapes(C.shape[:-2], B.shape[:-2])
    if B.size == 0 or prod(batch) == 0:
        return np.zeros((*batch, *B.shape[-2:]), dtype)
    count("potrs", prod(batch), *B.shape[-2:])
    if not batch:
        return _applied(potrs, C, B)
    if batches.pays(batch, C.shape[-1]):
        T, X = batches.last(C, batch), batches.last(B, batch)
        batches.forward(T, X, False)
        batches.backward(T.swapaxes(0, 1).conj(), X, False)
        return batches.first(X, batch)
    X = np.empty(batch + B.shape[-2:], dtype)
    C, B = np.broadcast_to(C, batch + C.shape[-2:]), np.broadcast_to(B, X.shape)
    for i in np.ndindex(batch):
        X[i] = _applied(potrs, C[i], B[i])
    return X


def _applied(potrs: Any, C: Array, B: Array) -> Array:
    if B.shape[1] == 1 and len(C) >= _VECTOR:
        return _applied_to_vector(C, B[:, 0])[:, None]
    if C.flags.c_contiguous and not C.flags.f_contiguous and C.dtype.kind == "f":
        return potrs(C.T, B, lower=False)[0]  # the transpose in place of a copy
    return potrs(C, B, lower=True)[0]


def _applied_to_vector(C: Array, b: Array) -> Array:
    """What potrs makes of one column as if there were many, reading C many times."""
    trsv = _TRSV[lapack_type(C)[0]]
    if C.flags.f_contiguous or not C.flags.c_contiguous:
        return np.asarray(trsv(C, trsv(C, b, lower=True), lower=True, trans=2, overwrite_x=True))
    x = trsv(C.T, b, lower=False, trans=1)  # C^-1 b; C^H is the conjugate of what LAPACK sees
    x = trsv(C.T, x.conj(), lower=False, overwrite_x=True)
    return np.asarray(x.conj() if C.dtype.kind == "c" else x)
