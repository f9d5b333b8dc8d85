"""Cotangents of factorizations of small matrices: the closed forms as few calls of NumPy and LAPACK.

    LU          gA = P L^-H (triu(gU) + stril(L^H gL - triu(gU) U^H) U^-H)
    Cholesky    gA = L^-H sym(L^H gL) L^-1 / 2
    QR          gA = (gQ - Q sym(K^H)) R^-H,               K = Q^H gQ - R gR^H, m >= n
    eigh        gA = V (diag(gw) + (M + M^H) / 2) V^H,     M_ij = (V^H gV)_ij / (w_j - w_i)

where sym(K) is the Hermitian matrix with the lower triangle of K and the real part of its diagonal. A kernel gives
None where a guard of the rule could have something to say, or LAPACK does: then the program serves.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
from scipy.linalg import lapack

from linad.kernels import products
from linad.kernels.counters import count
from linad.kernels.dtypes import LETTERS

Array = np.ndarray[Any, Any]

_TRTRS = {code: getattr(lapack, f"{letter}trtrs") for code, letter in zip("fdFD", LETTERS, strict=True)}
_LASWP = {code: getattr(lapack, f"{letter}laswp") for code, letter in zip("fdFD", LETTERS, strict=True)}
_ADJOINT = {"f": 1, "d": 1, "F": 2, "D": 2}  # LAPACK's transposition that is the adjoint
# What is less of the largest, a guard may report: pivots, and gaps between eigenvalues.
PIVOT = {"f": 5e-2, "d": 2e-6, "F": 5e-2, "D": 2e-6}
GAP = {"f": 2e-3, "d": 1e-7}


def small(A: Any) -> bool:
    """Whether a matrix is one for which these kernels are quickest: NumPy's products of its size run in one thread."""
    shape = A.shape
    return len(shape) == 2 and 0 < shape[0] * shape[1] ** 2 < products.SMALL


def _served(A: Array, *cotangents: Array | None) -> bool:
    """Whether a matrix is small, and arrays are of one of LAPACK's dtypes, all of the same."""
    dtype = A.dtype
    for g in cotangents:
        if g is not None and g.dtype != dtype:
            return False
    return dtype.char in _TRTRS and small(A)


@lru_cache(maxsize=256)
def _lower(n: int, k: int) -> Array:
    """Which entries are on or below diagonal k; nobody can write to it."""
    mask = np.tri(n, n, k, dtype=bool)
    mask.flags.writeable = False
    return mask


@lru_cache(maxsize=256)
def _upper(n: int, k: int) -> Array:
    """Which are on or above it."""
    mask = ~_lower(n, k - 1)
    mask.flags.writeable = False
    return mask


def _adjoint(A: Array) -> Array:
    return A.T.conj() if A.dtype.kind == "c" else A.T


def hermitian(K: Array) -> Array:
    """K, which nobody else has, made the Hermitian matrix of its lower triangle."""
    np.putmask(K, _upper(len(K), 1), K.T.conj())  # of its own transpose NumPy would have to take a copy, too
    if K.dtype.kind == "c":
        np.einsum("ii->i", K).imag = 0
    return K


@lru_cache(maxsize=256)
def _identity(n: int, code: str) -> Array:
    found = np.eye(n, dtype=code)
    found.flags.writeable = False
    return found


def triangle(A: Array) -> Array:
    """The upper triangle of a square matrix, in C order."""
    U = A.copy("C")
    np.putmask(U, _lower(len(A), -1), 0)
    return U


def unpack(packed: Array) -> tuple[Array, Array]:
    """L, unit lower triangular, and U, of a square matrix that holds both."""
    n = len(packed)
    L = packed.copy("C")
    np.putmask(L, _upper(n, 0), _identity(n, packed.dtype.char))
    return L, triangle(packed)


def lu(packed: Array, pivots: Array, L: Array, U: Array, gL: Array | None, gU: Array | None) -> Array | None:
    """Of the factors of a square matrix; LAPACK's own, too."""
    n = len(packed)
    if L.shape != U.shape or not _served(packed, gL, gU):
        return None
    code = packed.dtype.char
    trtrs, adjoint = _TRTRS[code], _ADJOINT[code]
    if gU is None:
        if gL is None:
            return None
        M = _adjoint(L).dot(gL)
    else:
        T = triangle(gU)
        M = T.dot(_adjoint(U))
        M = -M if gL is None else _adjoint(L).dot(gL) - M
    np.putmask(M, _upper(n, 0), 0)
    X, info = trtrs(packed, _adjoint(M), 0)
    if info:
        return None
    X = _adjoint(X) if gU is None else T + _adjoint(X)
    X = trtrs(packed, X, 1, adjoint, 1)[0]
    count("trtrs", 2)
    return np.asarray(_LASWP[code](X, pivots, 0, n - 1, 0, -1, 1))


def cholesky(L: Array, gL: Array) -> Array | None:
    """Of the lower triangular factor."""
    if not _served(L, gL):
        return None
    trtrs = _TRTRS[L.dtype.char]
    S = hermitian(_adjoint(L).dot(gL))
    if L.dtype.kind == "f":
        U = L.T  # in LAPACK's order: the factor is one of C order
        X = trtrs(U, trtrs(U, S)[0].T)[0]
        X = X + X.T
    else:
        X = trtrs(L, S, 1, 2)[0]
        X = trtrs(L, X.T.conj(), 1, 2)[0]
        X = X + X.T.conj()
    count("trtrs", 2)
    X *= 0.25
    return X


def qr(Q: Array, R: Array, gQ: Array | None, gR: Array | None) -> Array | None:
    """Of the factors of a square or tall matrix."""
    if R.shape[0] != R.shape[1] or Q.shape[1] != R.shape[0] or not _served(R, Q, gQ, gR) or _is_near(R):
        return None
    K = None if gQ is None else _adjoint(gQ).dot(Q)
    if gR is not None:
        product = R.dot(_adjoint(gR))
        K = -product if K is None else K - product
    if K is None:
        return None
    change = Q.dot(hermitian(K))
    X = -change if gQ is None else gQ - change
    X, info = _TRTRS[R.dtype.char](R, _adjoint(X), 0)
    count("trtrs")
    return None if info else _adjoint(X)


def _is_near(R: Array) -> bool:
    """Whether a guard might find pivots too small."""
    sizes = [abs(x) for x in R.diagonal().tolist()]
    return not min(sizes) > PIVOT[R.dtype.char] * max(sizes)


def eigh(w: Array, V: Array, gw: Array | None, gV: Array | None) -> Array | None:
    """Of real eigenvalues, in any order, and vectors; those of complex matrices have phases that a guard looks at."""
    if V.dtype.kind == "c" or V.shape[0] != V.shape[1] or not _served(V, w, gw, gV):
        return None
    found = w.tolist()
    ordered = sorted(found)
    largest = max(-ordered[0], ordered[-1])
    gaps = [b - a for a, b in pairwise(ordered)]
    if not min(gaps, default=1.0) > GAP[w.dtype.char] * largest:
        return None
    if gV is None:
        X = (V * (gw + gw)).dot(V.T) if gw is not None else None
    else:
        differences = w - w[:, None]
        differences.reshape(-1)[:: len(w) + 1] = 1
        M = V.T.dot(gV)
        M /= differences
        M = M + M.T
        M.reshape(-1)[:: len(w) + 1] = 0 if gw is None else gw + gw
        X = V.dot(M).dot(V.T)
    if X is None:
        return None
    X = X + X.T
    X *= 0.25
    return X
