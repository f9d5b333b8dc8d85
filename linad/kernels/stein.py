"""Stein equations X - A X B = C: by columns, in the bases of complex Schur forms of the two coefficients.

Each column is a solve with a triangular matrix, once the columns before it are known (Kitagawa, Int. J. Control 25,
1977).
"""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np
from scipy.linalg import blas, lapack

from linad.kernels.counters import count
from linad.kernels.products import matmul
from linad.kernels.schur import Schur
from linad.kernels.sylvester import H

Array = np.ndarray[Any, Any]

_GEMV = {"F": blas.cgemv, "D": blas.zgemv}
_TRTRS = {"F": lapack.ctrtrs, "D": lapack.ztrtrs}
_CODES = {"N": 0, "H": 2}


def solve(A: Schur, B: Schur, C: Array, trans: str, regular: bool = False) -> Array:
    """X of X - op(A) X op(B) = C by complex forms, where two letters name the two ops, N or H; batches broadcast.

    ``regular`` says that an equation with these forms was solved.

    Raises
    ------
    numpy.linalg.LinAlgError
        where an eigenvalue of op(A) is the reciprocal of one of op(B), to working precision.
    """
    ZA, ZB = A.Z, B.Z
    F = matmul(matmul(H(ZA), C.astype(ZA.dtype, copy=False)), ZB)
    batch = F.shape[:-2]
    S, T = A.T, B.T
    if F.size > 0:
        if not regular:
            _require_regular(S, T, trans)
        count("stein", prod(batch))
        if batch:
            S, T = (np.broadcast_to(X, batch + X.shape[-2:]) for X in (S, T))
            F = np.stack([_columns(S[i], T[i], F[i], trans) for i in np.ndindex(batch)]).reshape(F.shape)
        else:
            F = _columns(S, T, F, trans)
    return matmul(matmul(ZA, F), H(ZB))


def _columns(S: Array, T: Array, F: Array, trans: str) -> Array:
    """X of X - op(S) X op(T) = F for upper triangular coefficients."""
    gemv, trtrs = _GEMV[F.dtype.char], _TRTRS[F.dtype.char]
    code = _CODES[trans[0]]
    S = np.asfortranarray(S)
    P = np.asfortranarray(T) if trans[1] == "N" else T.conj().T
    n = len(P)
    factors = (P if code == 0 else P.conj()).diagonal().tolist()
    K = np.empty_like(S)  # I - p S
    diagonal = K.T.reshape(-1)[:: len(S) + 1]
    X, SX = (np.empty(F.shape, F.dtype, order="F") for _ in range(2))
    for j in range(n) if trans[1] == "N" else reversed(range(n)):
        known = slice(0, j) if trans[1] == "N" else slice(j + 1, n)
        right = F[:, j]
        if known.start < known.stop:
            right = gemv(1, SX[:, known], P[known, j], 1, right)
        np.multiply(S, -factors[j], out=K)
        diagonal += 1
        X[:, j] = x = trtrs(K, right, trans=code)[0]
        SX[:, j] = gemv(1, S, x, trans=code)
    return X


def _require_regular(S: Array, T: Array, trans: str) -> None:
    v, w = np.diagonal(S, 0, -2, -1), np.diagonal(T, 0, -2, -1)
    products = (
        v[..., :, None] * (w if trans[0] == trans[1] else w.conj())[..., None, :]
    )  # or their conjugates
    close = np.abs(1 - products) <= np.finfo(v.real.dtype).eps * np.abs(products)
    if not close.any():
        return
    singular = np.any(close, (-1, -2))
    where = tuple(int(i) for i in np.argwhere(singular)[0])
    element = f" {where} of the batch" if where else ""
    raise np.linalg.LinAlgError(
        f"Singular matrix: solve_discrete_lyapunov: equation{element} has no unique solution: "
        "the product of two eigenvalues is 1 to working precision."
    )
