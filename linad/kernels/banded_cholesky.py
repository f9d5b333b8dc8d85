"""Derivatives of Cholesky factors of Hermitian band matrices, in the storage of their lower triangles.

Lower triangles are stored by diagonals, A[j + d, j] = ab[d, j], d = 0 .. k. With L and X lower triangular band matrices

    symmetric   sym(X, L)  = X L^H + L X^H                                         sym(L, L) = 2 A
    dual        dual(Y, L) = (T L), its lower triangle, T = Y + Y^H                <Y, sym(X, L)> = <dual(Y, L), X>
    solve       X of sym(X, L) = M;     solve_dual   Y of dual(Y, L) = G

where <.,.> is the inner product of storages. Solving goes by blocks of b >= k columns, in which L is block bidiagonal:
O(n b^2) operations, of which no n x n matrix is part.
"""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from linad.kernels.counters import count
from linad.kernels.triangular import solve_triangular

Array = np.ndarray[Any, Any]
_LEAST = 24  # columns in a block: fewer cost more steps than they save operations


def symmetric(X: Array, L: Array) -> Array:
    """The lower triangle of X L^H + L X^H."""
    X, L = np.broadcast_arrays(X, L)
    k, n = L.shape[-2] - 1, L.shape[-1]
    M = np.zeros(L.shape, np.result_type(X, L))
    Xc, Lc = X.conj(), L.conj()
    for e in range(k + 1):
        for d in range(k + 1 - e):
            m = slice(0, max(n - d - e, 0))  # column m of both; row j = m + e of one, j + d of the other
            j = slice(e, max(n - d, e))
            M[..., d, j] += X[..., d + e, m] * Lc[..., e, m] + L[..., d + e, m] * Xc[..., e, m]
    return M


def dual(Y: Array, L: Array) -> Array:
    """The lower triangle of (Y + Y^H) L; imaginary parts on the diagonal of Y do not count."""
    Y, L = np.broadcast_arrays(Y, L)
    k, n = L.shape[-2] - 1, L.shape[-1]
    G = np.zeros(L.shape, np.result_type(Y, L))
    for d in range(k + 1):
        for e in range(k + 1):
            j = slice(0, max(n - max(d, e), 0))
            if d > e:
                entry = Y[..., d - e, e : e + j.stop]
            elif d == e:
                entry = 2 * Y[..., 0, d : d + j.stop].real
            else:
                entry = Y[..., e - d, d : d + j.stop].conj()
            G[..., d, j] += entry * L[..., e, j]
    return G


# -- by blocks ------------------------------------------------------------------------------------------------------


def _blocks(ab: Array, b: int, unit: bool) -> tuple[Array, Array]:
    """The diagonal blocks of a lower triangle, b x b, and those below them; at the end filled with ``unit`` columns."""
    k, n = ab.shape[0] - 1, ab.shape[1]
    count_of = -(-n // b)
    padded = np.zeros((b + 1 if b > k else k + 1, count_of * b), ab.dtype)
    padded[: k + 1, :n] = ab
    for d in range(1, min(k, n) + 1):
        padded[d, n - d : n] = 0  # the corner
    padded[0, n:] = unit
    r, c = np.indices((b, b))
    columns = np.arange(count_of)[:, None, None] * b + c
    D = np.where(r >= c, padded[np.abs(r - c), columns], 0)
    below = b + r - c
    E = np.where(below <= k, padded[np.minimum(below, k), columns], 0)
    return D, E


def _banded(D: Array, E: Array, k: int, n: int) -> Array:
    """The storage of a lower triangle with these blocks."""
    b = D.shape[-1]
    d, c = np.indices((k + 1, b))
    row = c + d
    inside = row < b
    whole = np.where(inside, D[:, np.minimum(row, b - 1), c], E[:, np.maximum(row - b, 0), c])
    ab = np.ascontiguousarray(whole.swapaxes(0, 1).reshape(k + 1, -1)[:, :n])
    for d in range(1, min(k, n) + 1):
        ab[d, n - d :] = 0
    return ab


def _left(L: Array, B: Array) -> Array:
    return solve_triangular(L, B, True, "N", False)


def _left_adjoint(L: Array, B: Array) -> Array:
    return solve_triangular(L, B, True, "H", False)


def _right_adjoint(B: Array, L: Array) -> Array:
    """B L^-H."""
    return _left(L, B.conj().T).conj().T


def _right(B: Array, L: Array) -> Array:
    """B L^-1."""
    return _left_adjoint(L, B.conj().T).conj().T


def _hermitian(A: Array) -> Array:
    """From the lower triangle; the diagonal's real part counts."""
    half = np.tril(A, -1)
    return half + half.conj().T + np.diag(np.diag(A).real)


def _half_tril(A: Array) -> Array:
    return np.tril(A, -1) + np.diag(np.diag(A).real / 2)


def _solve(L: Array, M: Array) -> Array:
    k, n = L.shape[0] - 1, L.shape[1]
    b = max(k, _LEAST)
    (D, E), (MD, ME) = _blocks(L, b, True), _blocks(M, b, False)
    dtype = np.result_type(L, M)
    XD, XE = np.zeros(D.shape, dtype), np.zeros(E.shape, dtype)
    for i in range(len(D)):
        S = _hermitian(MD[i])
        if i:
            change = XE[i - 1] @ E[i - 1].conj().T
            S = S - change - change.conj().T
        half = _half_tril(_right_adjoint(_left(D[i], S), D[i]))
        XD[i] = np.tril(D[i] @ half)
        XE[i] = _right_adjoint(ME[i] - E[i] @ XD[i].conj().T, D[i])
    return _banded(XD, XE, k, n)


def _solve_dual(L: Array, G: Array) -> Array:
    k, n = L.shape[0] - 1, L.shape[1]
    b = max(k, _LEAST)
    (D, E), (GD, GE) = _blocks(L, b, True), _blocks(G, b, False)
    dtype = np.result_type(L, G)
    YD, YE = np.zeros(D.shape, dtype), np.zeros(E.shape, dtype)
    for i in reversed(range(len(D))):
        later = GE[i] if i + 1 == len(D) else GE[i] - _twice(YD[i + 1]) @ E[i]
        YE[i] = _right(later, D[i])
        gX = np.tril(GD[i] - YE[i].conj().T @ E[i])
        inner = _half_tril(np.tril(D[i].conj().T @ gX))
        S = _right(_left_adjoint(D[i], inner), D[i])
        YD[i] = np.tril(S + S.conj().T, -1) + np.diag(np.diag(S).real)
    return _banded(YD, YE, k, n)


def _twice(Y: Array) -> Array:
    """Y + Y^H for a block of which the lower triangle is stored."""
    return Y + Y.conj().T


def _each(one: Any, L: Array, M: Array) -> Array:
    shape = np.broadcast_shapes(L.shape, M.shape)
    L, M = np.broadcast_to(L, shape), np.broadcast_to(M, shape)
    found = np.zeros(shape, np.result_type(L, M))
    if found.size:
        for i in np.ndindex(shape[:-2]):
            found[i] = one(L[i], M[i])
        count("banded recursion", prod(shape[:-2]))
    return found


def solve(L: Array, M: Array) -> Array:
    """X of X L^H + L X^H = M, all of them lower triangles; M is Hermitian."""
    return _each(_solve, L, M)


def solve_dual(L: Array, G: Array) -> Array:
    """Y with the lower triangle of (Y + Y^H) L equal to that of G: the adjoint of :func:`solve`."""
    return _each(_solve_dual, L, G)
