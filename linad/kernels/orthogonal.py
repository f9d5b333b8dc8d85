"""Cotangents of QR and of Hermitian eigenvectors of large matrices: products by BLAS, half of those that are Hermitian.

    QR      gA = (gQ - Q sym(K)) R^-H,                 K = gQ^H Q - R gR^H, m >= n
    eigh    gA = V (diag(gw) + (M + M^H) / 2) V^H,     M_ij = (V^H gV)_ij / (w_j - w_i)

where sym(K) is the Hermitian matrix with the lower triangle of K and the real part of its diagonal. A kernel gives None
where a guard of the rule could have something to say: then the program serves.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from linad.kernels.blas import gemm, trsm
from linad.kernels.counters import count
from linad.kernels.definite import mirror
from linad.kernels.pointers import KINDS
from linad.kernels.triangles import multiply

Array = np.ndarray[Any, Any]
_HALF = 0.5  # the power of eps that guards look at
_SAFETY = 1e2


def single(A: Any) -> bool:
    """Whether it is one matrix, and not a batch or empty."""
    return len(A.shape) == 2 and 0 not in A.shape


def _served(A: Array, *others: Array | None) -> bool:
    return A.dtype in KINDS and all(
        x is None or (type(x) is np.ndarray and x.dtype == A.dtype) for x in others
    )


def least(dtype: np.dtype[Any]) -> float:
    """What is less, of the largest, a guard may report."""
    return float(_SAFETY * np.finfo(dtype).eps ** _HALF)


def qr(Q: Array, R: Array, gQ: Array | None, gR: Array | None) -> Array | None:
    """Of the factors of a square or tall matrix whose pivots are far from zero."""
    n = len(R)
    if n == 0 or R.shape != (n, n) or Q.shape[1] != n or not _served(R, Q, gQ, gR):
        return None
    pivots = np.abs(np.diagonal(R))
    if not pivots.min() > least(R.dtype) * pivots.max():
        return None
    K = np.zeros((n, n), R.dtype)
    if gQ is not None:
        multiply(K, gQ, Q, zone="lower", trans_a="H", fresh=True)
    if gR is not None:
        multiply(K, R, gR, -1, zone="lower", left="upper", right="upper", trans_b="H")
    mirror(K)
    if K.dtype.kind == "c":
        np.einsum("ii->i", K).imag = 0
    X = np.empty(Q.shape, Q.dtype) if gQ is None else gQ.copy("K")
    gemm(Q, K, X, -1, 0 if gQ is None else 1)
    trsm(R, X, side="R", lower=False, trans="H")
    count("trtrs")
    return X


def eigh(w: Array, V: Array, gw: Array | None, gV: Array | None) -> Array | None:
    """Of real eigenvalues, all of them far apart, and vectors; phases of complex ones a guard looks at."""
    n = len(w)
    if n == 0 or V.shape != (n, n) or V.dtype.kind == "c" or not _served(V, w, gw, gV):
        return None
    ordered = np.sort(w)
    if n > 1 and not np.diff(ordered).min() > least(w.dtype) * max(-ordered[0], ordered[-1]):
        return None
    if gV is None:
        if gw is None:
            return None
        W = V * gw
    else:
        M = np.empty((n, n), V.dtype)
        gemm(V, gV, M, 1, 0, "T", "N")
        gaps = w - w[:, None]
        np.einsum("ii->i", gaps)[...] = 1
        M /= gaps
        M = M + M.T
        M *= 0.5
        np.einsum("ii->i", M)[...] = 0 if gw is None else gw
        W = np.empty((n, n), V.dtype)
        gemm(V, M, W, 1, 0)
    X = np.empty((n, n), V.dtype)
    multiply(X, W, V, zone="lower", trans_b="T", fresh=True)
    mirror(X)
    return X
