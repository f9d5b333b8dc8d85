"""Products of Householder reflectors by blocks: I - V T V^H, for a few columns V, unit lower trapezoidal, and T upper.

LAPACK spends half of its time for such products between products of matrices, and wants Fortran order. Here all is
gemm, in C order.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from scipy.linalg import lapack

from linad.kernels.blas import gemm, trmm, trsm
from linad.kernels.dtypes import LETTERS

Array = np.ndarray[Any, Any]

_GEQRT = {code: getattr(lapack, f"{letter}geqrt") for code, letter in zip("fdFD", LETTERS, strict=True)}
_BLOCK = 48  # columns; measured


def factor(A: Array, K: int) -> tuple[Array, Array]:
    """Q with K columns and R of A = Q R, by the reflectors that LAPACK would take."""
    m, n = A.shape
    k = min(m, n)
    X, R, Ts = A.copy("C"), np.zeros((k, n), A.dtype), []
    for j, e in _blocks(k):
        panel, T, _ = _GEQRT[A.dtype.char](e - j, np.array(X[j:, j:e], order="F"), overwrite_a=1)
        V = X[j:, j:e]
        V[...] = panel
        np.copyto(R[j:e, j:e], V[: e - j], where=_above(e - j, 0))
        _unit(V)
        Ts.append(np.ascontiguousarray(T))
        if e < n:
            _apply(V, Ts[-1], X[j:, e:], "H")
            R[j:e, e:] = X[j:e, e:]
    Q = np.eye(m, K, dtype=A.dtype)
    for (j, e), T in reversed(list(zip(_blocks(k), Ts, strict=True))):
        W = np.empty((e - j, K - j), A.dtype)  # V^H Q: below and after a block, Q is still the identity's
        W[:, : e - j] = X[j:e, j:e].conj().T
        if e < K:
            gemm(X[e:, j:e], Q[e:, e:], W[:, e - j :], 1, 0, "H", "N")
        trmm(T, W, lower=False)
        gemm(X[j:, j:e], W, Q[j:, j:], -1, 1)
    return Q, R


def turn(packed: Array, tau: Array, Z: Array) -> None:
    """Z := H_1 ... H_k Z in place, of reflectors as geqrf packs them: below the diagonal of k columns, and tau.

    What is on and above the diagonal is overwritten.
    """
    for j, e in reversed(_blocks(tau.size)):
        V = packed[j:, j:e]
        _unit(V)
        T, S = np.diag(tau[j:e]), np.empty((e - j, e - j), Z.dtype)
        gemm(V, V, S, 1, 0, "H", "N")
        S *= tau[j:e, None]  # T^-1 = diag(1 / tau) + striu(V^H V); a tau may be zero
        trsm(S, T, lower=False, unit=True)
        _apply(V, T, Z[j:], "N")


def _blocks(k: int) -> list[tuple[int, int]]:
    return [(j, min(j + _BLOCK, k)) for j in range(0, k, _BLOCK)]


def _apply(V: Array, T: Array, X: Array, trans: str) -> None:
    """X := (I - V op(T) V^H) X."""
    W = np.empty((V.shape[1], X.shape[1]), X.dtype)
    gemm(V, X, W, 1, 0, "H", "N")
    trmm(T, W, lower=False, trans=trans)
    gemm(V, W, X, -1, 1)


def _unit(V: Array) -> None:
    """Make columns unit lower trapezoidal."""
    k = V.shape[1]
    np.copyto(V[:k], np.eye(k, dtype=V.dtype), where=_above(k, 0))


@lru_cache(maxsize=256)
def _above(n: int, k: int) -> Array:
    return ~np.tri(n, n, k - 1, dtype=bool)
