"""Derivatives of Cholesky factors of Hermitian band matrices, in the storage of their lower triangles.

Lower triangles are stored by diagonals, A[j + d, j] = ab[d, j], d = 0 .. k. With L and X lower triangular band matrices

    symmetric   sym(X, L)  = X L^H + L X^H                                         sym(L, L) = 2 A
    dual        dual(Y, L) = (T L), its lower triangle, T = Y + Y^H                <Y, sym(X, L)> = <dual(Y, L), X>
    solve       X of sym(X, L) = M;     solve_dual   Y of dual(Y, L) = G

where <.,.> is the inner product of storages. Solving goes column by column, in O(n k^2) operations, of which no n x n
matrix is part. A column needs the k before it (for the dual after it), so the columns are cut into segments, and steps
go through all of them at once: first each alone, as if nothing came from its neighbour. What does come is a k x k
matrix, and goes on through a segment as A X A^H, with a matrix A of its own. So it is found from segment to segment,
and the steps are taken again with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import isqrt, prod
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided

from linad.kernels.banded import inside
from linad.kernels.counters import count

Array = np.ndarray[Any, Any]
Run = Callable[[Array | None], tuple[Array, Array]]  # from what comes into each segment
_BALANCE = 9  # steps between segments that take as long as one in them


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


# -- by columns, in all segments at once ----------------------------------------------------------------------------


def _length(k: int, n: int) -> int:
    """Of a segment: more than one column reaches, and so that steps in and between segments take as long."""
    s = max(2 * k, isqrt(n // _BALANCE), 1)
    return n if n <= 3 * s else s


def _segments(ab: Array, s: int, unit: bool) -> Array:
    """Storages of a batch by diagonal, column in its segment, and segment of each; at the end ``unit`` columns."""
    batch, rows, n = ab.shape
    parts = np.zeros((rows, s, -(-n // s), batch), ab.dtype)
    for part, own in _pairs(parts, ab):
        part[...] = own
    for d in range(1, min(rows, n + 1)):
        segment, column = np.divmod(np.arange(n - d, n), s)
        parts[d, column, segment] = 0  # the corner
    parts[0, n % s or s :, -1] = unit
    return parts.reshape(rows, s, -1)


def _whole(X: Array, batch: int, n: int) -> Array:
    """The storages that these segments make."""
    rows, s, _ = X.shape
    ab = np.empty((batch, rows, n), X.dtype)
    for part, own in _pairs(X.reshape(rows, s, -1, batch), ab):
        own[...] = part
    ab[:, ~inside(0, ab.shape)] = 0
    return ab


def _pairs(parts: Array, ab: Array) -> Iterator[tuple[Array, Array]]:
    """The same numbers in segments and in storages: of the full segments, and of what is left."""
    batch, rows, n = ab.shape
    s = parts.shape[1]
    full = n // s
    yield parts[:, :, :full].transpose(3, 0, 2, 1), ab[:, :, : full * s].reshape(batch, rows, full, s)
    if n % s:
        yield parts[:, : n % s, full].transpose(2, 0, 1), ab[:, :, full * s :]


def _transfer(L: Array) -> Array:
    """C of each segment, of what is solved alone: T behind it is C^* T C^T in its first k columns and rows."""
    k, (s, p) = len(L) - 1, L.shape[1:]
    C = np.zeros((s + k, k, p), L.dtype)
    C[s:] = np.eye(k)[:, :, None]
    scaled = -L[1:] / L[0]
    for j in reversed(range(s)):
        np.einsum("ecp,ep->cp", C[j + 1 : j + 1 + k], scaled[:, j], out=C[j])
    return np.moveaxis(C[:k], -1, 0)


def _incoming(passed: Array, A: Array, batch: int, order: int) -> Array:
    """What comes into each segment from the one before it, X = passed + A X A^H of that; nothing into the first."""
    k = A.shape[-1]
    passed, A = (x.reshape(-1, batch, k, k)[::order] for x in (passed, A))
    AH = A.conj().swapaxes(-1, -2)
    X = np.zeros(passed.shape, passed.dtype)
    for i in range(1, len(X)):
        X[i] = passed[i - 1] + A[i - 1] @ X[i - 1] @ AH[i - 1]
    return X[::order].reshape(-1, k, k)


def _forward(L: Array, M: Array) -> Run:
    """X of each segment, and what it adds to M behind it; U is what is added in its first k columns and rows."""
    k, (s, p) = len(L) - 1, L.shape[1:]
    dtype = np.result_type(L, M)
    X, Y = np.zeros((2, 2 * k + 1, s + 2 * k, p), dtype)  # k columns in front, and behind; k diagonals below
    Y[: k + 1, k : k + s] = L
    rows, others = _left_of_each(X, k), _left_of_each(Y, k)
    pivots, right = L[0].real, np.zeros((k + 1, s + k, p), dtype)

    def run(U: Array | None) -> tuple[Array, Array]:
        right[:, :s], right[:, s:] = M, 0
        if U is not None:
            for d in range(k):
                right[d, : k - d] += np.diagonal(U, -d, 1, 2).T
        for j in range(s + k):
            r = right[:, j]
            r -= np.einsum("dmp,mp->dp", rows[j], others[j, 0].conj())
            r -= np.einsum("dmp,mp->dp", others[j], rows[j, 0].conj())
            if j < s:
                x = X[: k + 1, k + j]
                x[0] = 0.5 * r[0].real / pivots[j]
                x[1:] = (r[1:] - L[1:, j] * x[0]) / pivots[j]
        passed = np.zeros((p, k, k), dtype)
        for d in range(k):
            at = np.arange(k - d)
            passed[:, at + d, at] = right[d, s : s + k - d].T
            passed[:, at, at + d] = passed[:, at + d, at].conj()
        return X[: k + 1, k : k + s], passed

    return run


def _left_of_each(X: Array, k: int) -> Array:
    """X[d + m, k + j - m] at [j, d, m - 1]: what is left of entry (d, j) in its row; with d = 0, of the diagonal."""
    row, column, item = X.strides
    shape = (X.shape[1] - k, k + 1, k, X.shape[2])
    return as_strided(X[1:, k - 1 :], shape, (column, row, row - column, item))


def _backward(L: Array, G: Array) -> Run:
    """Y of each segment, and Y + Y^H in its first k columns and rows; T is that behind it."""
    k, (s, p) = len(L) - 1, L.shape[1:]
    F = np.zeros((2 * k + 1, s + k, p), np.result_type(L, G))  # Y + Y^H by diagonals, from the highest
    row, column, item = F.strides
    blocks = as_strided(
        F[k:], (s + 1, k, k, p), (column, row, column - row, item)
    )  # on the diagonal, from column j
    rows = as_strided(F[k - 1 :, 1:], (s, k, p), (column, column - row, item))  # right of it, in row j
    pivots = L[0].real

    def run(T: Array | None) -> tuple[Array, Array]:
        blocks[s] = 0 if T is None else np.moveaxis(T, 0, -1)
        for j in reversed(range(s)):
            below, y = L[1:, j], F[k + 1 :, j]
            y[...] = (G[1:, j] - np.einsum("dep,ep->dp", blocks[j + 1], below)) / pivots[j]
            rows[j] = turned = y.conj()
            F[k, j] = (G[0, j] - np.einsum("dp,dp->p", turned, below)).real / pivots[j]
        first = np.moveaxis(blocks[0], -1, 0).copy()
        F[k] *= 0.5
        return F[k:, :s], first

    return run


def _solved(one: Callable[[Array, Array], Run], step: Any, order: int, L: Array, M: Array) -> Array:
    """By segments alone, then with what comes into each from its neighbour."""
    shape, dtype = np.broadcast_shapes(L.shape, M.shape), np.result_type(L, M)
    if prod(shape) == 0:
        return np.zeros(shape, dtype)
    L, M = (np.broadcast_to(x, shape).reshape(-1, *shape[-2:]) for x in (L, M))
    batch, k, n = len(L), shape[-2] - 1, shape[-1]
    count("banded recursion", batch)
    s = _length(k, n)
    L, M = _segments(L, s, True), _segments(M, s, False)
    run = one(L, M)
    X, passed = run(None)
    if s < n and k > 0:
        X, _ = run(_incoming(passed, step(_transfer(L)), batch, order))
    return _whole(X, batch, n).reshape(shape)


def solve(L: Array, M: Array) -> Array:
    """X of X L^H + L X^H = M, all of them lower triangles; M is Hermitian."""
    return _solved(_forward, lambda C: C.swapaxes(-1, -2), 1, L, M)


def solve_dual(L: Array, G: Array) -> Array:
    """Y with the lower triangle of (Y + Y^H) L equal to that of G: the adjoint of :func:`solve`."""
    return _solved(_backward, np.conj, -1, L, G)
