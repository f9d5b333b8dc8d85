"""Cotangents of factorizations of small matrices: the closed forms as few calls of NumPy and LAPACK.

    LU          gA = P L^-H (triu(gU) + stril(L^H gL - triu(gU) U^H) U^-H)
    Cholesky    gA = L^-H sym(L^H gL) L^-1 / 2

where sym(K) is the Hermitian matrix with the lower triangle of K and the real part of its diagonal. A kernel gives
None where a guard of the rule could have something to say, or LAPACK does: then the program serves.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from scipy.linalg import lapack

from linad.kernels import products
from linad.kernels.counters import count
from linad.kernels.dtypes import LETTERS
from linad.kernels.products import adjoint, product

Array = np.ndarray[Any, Any]

_TRTRS = {code: getattr(lapack, f"{letter}trtrs") for code, letter in zip("fdFD", LETTERS, strict=True)}
_LASWP = {code: getattr(lapack, f"{letter}laswp") for code, letter in zip("fdFD", LETTERS, strict=True)}
_ADJOINT = {"f": 1, "d": 1, "F": 2, "D": 2}  # LAPACK's transposition that is the adjoint
# What is less of the largest, a guard may report: pivots, and gaps between eigenvalues or singular values.
PIVOT = {"f": 5e-2, "d": 2e-6, "F": 5e-2, "D": 2e-6}
GAP = {"f": 2e-3, "d": 1e-7}


_MOST = 100**3  # from there on rules by blocks are quicker


def small(A: Any, most: int = products.SMALL) -> bool:
    """Whether a matrix is so small; that NumPy's products of its size run in one thread, where nothing else is said."""
    shape = A.shape
    return len(shape) == 2 and 0 < shape[0] * shape[1] ** 2 < most


def fits(A: Any) -> bool:
    """Whether a matrix is one for which these kernels are quickest."""
    return small(A, _MOST)


def _served(A: Array, *cotangents: Array | None) -> bool:
    """Whether a matrix fits, and arrays are of one of LAPACK's dtypes, all of the same."""
    dtype = A.dtype
    for g in cotangents:
        if g is not None and g.dtype != dtype:
            return False
    return dtype.char in _TRTRS and fits(A)


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
    trtrs = _TRTRS[code]
    if gU is None:
        if gL is None:
            return None
        M = product(L, gL, "H")
    else:
        T = triangle(gU)
        M = product(T, U, "N", "H")
        M = -M if gL is None else product(L, gL, "H") - M
    np.putmask(M, _upper(n, 0), 0)
    X, info = trtrs(packed, adjoint(M), 0)
    if info:
        return None
    X = adjoint(X) if gU is None else T + adjoint(X)
    X = trtrs(packed, X, 1, _ADJOINT[code], 1)[0]
    count("trtrs", 2)
    return np.asarray(_LASWP[code](X, pivots, 0, n - 1, 0, -1, 1))


def cholesky(L: Array, gL: Array) -> Array | None:
    """Of the lower triangular factor."""
    if not _served(L, gL):
        return None
    trtrs = _TRTRS[L.dtype.char]
    S = hermitian(product(L, gL, "H"))
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
