"""Equations A X B + C X D = E: by columns, in the bases of complex generalized Schur forms of (A, C) and (B, D).

Each column is a solve with a triangular matrix, once the columns before it are known (Gardiner, Laub, Amato, Moler,
ACM Trans. Math. Softw. 18, 1992). No matrix is inverted: any of the four may be singular.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
import scipy.linalg
from scipy.linalg import blas, lapack

from linad.kernels.counters import count
from linad.kernels.products import matmul
from linad.kernels.sylvester import H

Array = np.ndarray[Any, Any]

_GEMV = {"F": blas.cgemv, "D": blas.zgemv}
_TRTRS = {"F": lapack.ctrtrs, "D": lapack.ztrtrs}


@dataclass(frozen=True, slots=True, eq=False)
class Forms:
    """A = Q S Z^H and B = Q T Z^H for each pair of a batch, S and T upper triangular."""

    S: Array
    T: Array
    Q: Array
    Z: Array


def forms(A: Array, B: Array, dtype: np.dtype[Any]) -> Forms:
    """The forms of pairs of square matrices in the last two axes, computed in a complex dtype."""
    batch = np.broadcast_shapes(A.shape[:-2], B.shape[:-2])
    A, B = (np.broadcast_to(X, batch + X.shape[-2:]).astype(dtype, copy=False) for X in (A, B))
    parts = [np.empty(A.shape, dtype) for _ in range(4)]
    if A.size > 0:
        for i in np.ndindex(batch):
            for part, found in zip(parts, scipy.linalg.qz(A[i], B[i], "complex"), strict=True):
                part[i] = found
        count("gges", prod(batch))
    return Forms(*parts)


def solve(left: Forms, right: Forms, E: Array, trans: str) -> Array:
    """X of A X B + C X D = E by the forms of (A, C) and (B, D); with trans H of the equation of the adjoints.

    Raises
    ------
    numpy.linalg.LinAlgError
        where the equation has no unique solution, to working precision.
    """
    before, after = (left.Q, right.Z) if trans == "N" else (left.Z, right.Q)
    F = matmul(matmul(H(before), E.astype(before.dtype, copy=False)), after)
    batch = F.shape[:-2]
    S, T, P, R = (np.broadcast_to(X, batch + X.shape[-2:]) for X in (left.S, left.T, right.S, right.T))
    X = np.empty_like(F)
    if F.size > 0:
        _require_regular(S, T, P, R)
        for i in np.ndindex(batch):
            X[i] = _columns(S[i], T[i], P[i], R[i], F[i], trans)
        count("generalized sylvester", prod(batch))
    before, after = (left.Z, right.Q) if trans == "N" else (left.Q, right.Z)
    return matmul(matmul(before, X), H(after))


def _columns(S: Array, T: Array, P: Array, R: Array, F: Array, trans: str) -> Array:
    """X of S X P + T X R = F for upper triangular coefficients, or of the equation of their adjoints."""
    gemv, trtrs = _GEMV[F.dtype.char], _TRTRS[F.dtype.char]
    code = 0 if trans == "N" else 2
    S, T = np.asfortranarray(S), np.asfortranarray(T)
    if trans == "H":
        P, R = P.conj().T, R.conj().T
    n = len(P)
    X, SX, TX = (np.empty(F.shape, F.dtype, order="F") for _ in range(3))
    for j in range(n) if trans == "N" else reversed(range(n)):
        known = slice(0, j) if trans == "N" else slice(j + 1, n)
        right = F[:, j]
        if known.start < known.stop:
            for Y, W in ((SX, P), (TX, R)):
                right = gemv(-1, Y[:, known], np.ascontiguousarray(W[known, j]), 1, right)
        p, r = (P[j, j], R[j, j]) if trans == "N" else (P[j, j].conj(), R[j, j].conj())
        X[:, j] = trtrs(S * p + T * r, right, trans=code)[0]
        SX[:, j], TX[:, j] = (gemv(1, Y, X[:, j], trans=code) for Y in (S, T))
    return X


def _require_regular(S: Array, T: Array, P: Array, R: Array) -> None:
    s, t, p, r = (np.diagonal(X, 0, -2, -1) for X in (S, T, P, R))
    first, second = s[..., :, None] * p[..., None, :], t[..., :, None] * r[..., None, :]
    close = np.abs(first + second) <= np.finfo(s.real.dtype).eps * (np.abs(first) + np.abs(second))
    if not close.any():
        return
    where = tuple(int(i) for i in np.argwhere(np.any(close, (-1, -2)))[0])
    element = f" {where} of the batch" if where else ""
    raise np.linalg.LinAlgError(
        f"Singular matrix: A X B + C X D = E: equation{element} has no unique solution: an eigenvalue of the pencil "
        "(A, C) and one of (D, B) are opposite to working precision, or a pencil is singular."
    )
