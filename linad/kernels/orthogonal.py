"""Cotangents of QR factors and of Hermitian eigenvectors; of what is Hermitian, half is computed.

    QR      gA = (gQ - Q sym(gQ^H Q - R gR^H)) R^-H                          m >= n
            gA = Q (T + [half_tril(K - K^H) R_1^-H, 0]),  K = Q^H gQ - T R^H   m < n; R_1 is m x m
    eigh    gA = V (diag(gw) + (M + M^H) / 2) V^H,        M_ij = (V^H gV)_ij / (w_j - w_i)

where sym(K) is the Hermitian matrix with the lower triangle of K and the real part of its diagonal, and T is gR above
the diagonal and the real part of it. A kernel gives None where a guard of the rule could have something to say: then
the program serves.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
from scipy.linalg import lapack

from linad.kernels.blas import gemm, trsm
from linad.kernels.counters import count
from linad.kernels.dtypes import LETTERS
from linad.kernels.products import SMALL, adjoint, product
from linad.kernels.small import GAP, PIVOT, hermitian, triangle
from linad.kernels.triangles import lower_product
from linad.kernels.turning import mirror

Array = np.ndarray[Any, Any]

_TRTRS = {code: getattr(lapack, f"{letter}trtrs") for code, letter in zip("fdFD", LETTERS, strict=True)}
_EPS = {code: float(np.finfo(code).eps) for code in "fdFD"}
_PHASE = 100.0  # what depends on a phase, in units of sqrt(n) eps, a guard may report
_FEW = 64  # the order up to which masks are kept
_STRIP = 64  # columns that are solved for at once; measured


def single(A: Any) -> bool:
    """Whether it is one matrix, and not a batch or empty."""
    return len(A.shape) == 2 and 0 not in A.shape


def alike(A: Array, *others: Array | None) -> bool:
    """Whether all arrays that are there are of the same one of LAPACK's dtypes."""
    dtype = A.dtype
    for x in others:
        if x is not None and x.dtype != dtype:
            return False
    return dtype.char in _EPS


def qr(Q: Array, R: Array, gQ: Array | None, gR: Array | None) -> Array | None:
    """Of factors whose pivots are far from zero; Q has as many columns as R has rows."""
    if not single(R) or not alike(R, Q, gQ, gR) or (gQ is None and gR is None):
        return None
    m, n = R.shape
    if m > n or Q.shape[1] != m:
        return None
    pivots = sizes(R.diagonal())
    if not min(pivots) > PIVOT[R.dtype.char] * max(pivots):
        return None
    count("trtrs")
    if m < n:
        return _wide(Q, R, gQ, gR)
    K = None if gR is None else lower_product(R, _upper(gR), "N", "H", upper=True)
    if gQ is not None:
        P = lower_product(gQ, Q, "H", less=K)
        K = np.negative(P, P) if K is None else P
    assert K is not None
    X = product(Q, _of_lower(K))
    if gQ is not None:
        X += gQ
    return _solved(X, R)


def _wide(Q: Array, R: Array, gQ: Array | None, gR: Array | None) -> Array:
    m = len(R)
    K = None if gQ is None else product(Q, gQ, "H")
    if gR is None:
        T = np.zeros(R.shape, R.dtype)
    else:
        T = _upper(gR)
        np.einsum("ii->i", T[:, :m])[...] = gR.diagonal().real
        P = product(T, R, "N", "H")
        K = -P if K is None else K - P
    assert K is not None
    S = np.tril(K - adjoint(K))
    np.einsum("ii->i", S)[...] *= 0.5
    T[:, :m] += _solved(S, R[:, :m])
    return product(Q, T)


def eigh(w: Array, V: Array, gw: Array | None, gV: Array | None) -> Array | None:
    """Of eigenvalues, in any order and all of them far apart, and vectors of which the cost does not see the phases."""
    n = len(w)
    if V.shape != (n, n) or n == 0 or not (alike(V, gV) and alike(w, gw)) or (gw is None and gV is None):
        return None
    ordered = sorted(w.tolist())
    gap = min([b - a for a, b in pairwise(ordered)], default=1.0)
    if not gap > GAP[w.dtype.char] * max(-ordered[0], ordered[-1]):
        return None
    if gV is None:
        W = V * gw
    else:
        G = product(V, gV, "H")
        if V.dtype.kind == "c" and sees_phases(G.diagonal(), gV):
            return None
        gaps = w - w[:, None]
        gaps.reshape(-1)[:: n + 1] = 2
        G /= gaps
        M = np.add(G, adjoint(G), order="C")
        M *= 0.5
        M.reshape(-1)[:: n + 1] = 0 if gw is None else gw
        W = product(V, M)
    return _of_lower(lower_product(W, V, "N", "H"))


def sizes(x: Array) -> list[float]:
    """The absolute values of the entries of a vector."""
    return [abs(number) for number in x.tolist()]


def sees_phases(along: Array, *cotangents: Array | None) -> bool:
    """Whether a cost may depend on the phases of vectors: along them it is the imaginary part."""
    largest = max([float(np.abs(g).max()) for g in cotangents if g is not None])
    bound = _PHASE * _EPS[along.dtype.char] * along.size**0.5 * largest
    return not float(np.abs(along.imag).max()) <= bound


def _upper(A: Array) -> Array:
    """A copy with zeros below the diagonal."""
    return triangle(A) if A.size < _FEW**2 and A.shape[0] == A.shape[1] else np.triu(A)


def _of_lower(K: Array) -> Array:
    """The Hermitian matrix of the lower triangle of K, which nobody else has."""
    if K.size < _FEW**2:
        return hermitian(K)
    mirror(K)
    if K.dtype.kind == "c":
        np.einsum("ii->i", K).imag = 0
    return K


def _solved(X: Array, R: Array) -> Array:
    """X R^-H for an upper triangle; X, which nobody else has, may be overwritten."""
    if len(X) * len(R) ** 2 < SMALL:
        return adjoint(np.asarray(_TRTRS[R.dtype.char](R, adjoint(X), 0)[0]))
    for j in reversed(range(0, len(R), _STRIP)):  # trsm itself multiplies more slowly
        own, before = slice(j, j + _STRIP), slice(0, j)
        trsm(R[own, own], X[:, own], side="R", lower=False, trans="H")
        gemm(X[:, own], R[before, own], X[:, before], -1, 1, "N", "H")
    return X
