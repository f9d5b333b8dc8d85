"""Cholesky factors of many small matrices at once, and cotangents of factorizations of them; the batch stands last.

    LU          gA = P L^-H (triu(gU) + X),         X U^H = stril(L^H gL - triu(gU) U^H)
    Cholesky    gA = L^-H sym(L^H gL) L^-1 / 2
    QR          gA = (gQ - Q sym(K)) R^-H,          K = gQ^H Q - R gR^H, m >= n

where sym(K) is the Hermitian matrix with the lower triangle of K and the real part of its diagonal. Of triangular
matrices only the triangle is read.
"""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from linad.kernels.batch_factors import BatchFactors
from linad.kernels.batches import backward, first, identity_forward, last, pays
from linad.kernels.counters import count
from linad.kernels.elimination import portions
from linad.kernels.small import PIVOT

Array = np.ndarray[Any, Any]
_TALL = 12  # rows, up to which that is quicker than products by BLAS


def served(A: Array, tall: bool = False) -> bool:
    """Whether a batch of square matrices, or of tall ones, too, is one for these kernels."""
    m, n = A.shape[-2:]
    fits = m >= n > 0 and m <= _TALL if tall else m == n
    return A.ndim > 2 and fits and pays(A.shape[:-2], m)


def lu(factors: BatchFactors, gL: Array | None, gU: Array | None) -> Array | None:
    """Of L and U of regular square matrices; None where it does not serve."""
    n, total = factors.order.shape
    if factors.singular is not None or any(g is not None and g.dtype != factors.dtype for g in (gL, gU)):
        return None
    flat = [None if g is None else g.reshape(-1, n, n) for g in (gL, gU)]
    gA = np.empty(factors.shape, factors.dtype)
    whole = gA.reshape(total, n, n)
    for part in portions(total, 6 * n * n * gA.itemsize):
        Y = _lu(factors.W[:, :, part], *(None if g is None else last(g[part]) for g in flat))
        factors.put_rows_back(Y, part, whole[part])
    count("trtrs", 2 * total, n, n)
    return gA


def _lu(W: Array, G: Array | None, Y: Array | None) -> Array:
    """P^T gA from the factors and cotangents, of which the second is overwritten."""
    n, conjugate, upper = len(W), W.conj(), Y is not None
    if Y is None:
        Y = np.zeros(W.shape, W.dtype)
    X = np.zeros(W.shape, W.dtype)  # transposed
    with np.errstate(all="ignore"):
        for i in range(1, n):
            part = X[:i, i]
            if G is not None:
                part += G[i, :i]
                if i + 1 < n:
                    part += np.einsum("kb,kjb->jb", conjugate[i + 1 :, i], G[i + 1 :, :i])
            if upper:
                part -= np.einsum("kb,jkb->jb", Y[i, i:], conjugate[:i, i:])
        for j in range(n - 2, -1, -1):
            row = X[j, j + 1 :]
            if j + 2 < n:
                row -= np.einsum("kb,kib->ib", conjugate[j, j + 1 :], X[j + 1 :, j + 1 :])
            row /= conjugate[j, j]
            Y[j + 1 :, j] = row
    backward(conjugate.swapaxes(0, 1), Y, True)
    return Y


def cholesky_factor(A: Array) -> Array | None:
    """L of A = L L^H, of which the lower triangle is read; None where a matrix is not positive definite."""
    batch = A.shape[:-2]
    L = last(A)
    with np.errstate(all="ignore"):
        for j in range(len(L)):
            column = L[j:, j]
            if j:
                column -= np.einsum("ikb,kb->ib", L[j:, :j], L[j, :j].conj())
            pivot = column[0].real
            if not np.minimum.reduce(pivot) > 0:
                return None
            root = np.sqrt(pivot)
            column[0] = root
            column[1:] /= root
            L[:j, j] = 0
    return first(L, batch)


def cholesky(L: Array, gL: Array) -> Array | None:
    """Of the lower triangular factors; None where it does not serve."""
    if gL.dtype != L.dtype:
        return None
    batch = L.shape[:-2]
    W, G = last(L).conj(), last(gL)
    n, S = len(W), np.empty_like(W)
    with np.errstate(all="ignore"):
        _hermitian_product(W, G, S)
        upper = W.swapaxes(0, 1)
        backward(upper, S, False)
        for i in range(n - 1, -1, -1):  # the same for the adjoint: its lower triangle needs no other entries
            row = G[i, : i + 1]
            np.conjugate(S[: i + 1, i], out=row)
            if i + 1 < n:
                row -= np.einsum("kb,kjb->jb", upper[i, i + 1 :], G[i + 1 :, : i + 1])
            row /= upper[i, i]
        for i in range(n):
            G[i, : i + 1] *= 0.5
            _mirror(G, i)
    count("trtrs", 2 * prod(batch), n, n)
    return first(G, batch)


def definite_inverse(L: Array) -> Array:
    """(L L^H)^-1."""
    X = identity_forward(last(L), False)
    S = np.empty_like(X)
    with np.errstate(all="ignore"):
        _hermitian_product(X.conj(), X, S)
    return first(S, L.shape[:-2])


def qr(Q: Array, R: Array, gQ: Array | None, gR: Array | None) -> Array | None:
    """Of the factors of square or tall matrices; None where it does not serve, or a guard may have something to say."""
    n, batch, dtype = R.shape[-1], R.shape[:-2], R.dtype
    given = [g for g in (gQ, gR) if g is not None]
    if R.size == 0 or R.shape[-2] != n or Q.shape[-1] != n or any(g.dtype != dtype for g in given):
        return None
    pivots = np.abs(R.diagonal(0, -2, -1))
    if not np.all(pivots.min(axis=-1) > PIVOT[dtype.char] * pivots.max(axis=-1)):
        return None
    U, V = last(R), last(Q)
    G = None if gQ is None else last(gQ)
    columns, rows = None if G is None else G.conj(), None if gR is None else last(gR).conj()
    K = np.zeros(U.shape, dtype)
    with np.errstate(all="ignore"):
        for i in range(n):
            row = K[i, : i + 1]
            if columns is not None:
                row += np.einsum("kb,kjb->jb", columns[:, i], V[:, : i + 1])
            if rows is not None:
                row -= np.einsum("kb,jkb->jb", U[i, i:], rows[: i + 1, i:])
            _mirror(K, i)
        X = np.einsum("ikb,kjb->ijb", V, K)
        np.negative(X, out=X) if G is None else np.subtract(G, X, out=X)
    count("trtrs", K.shape[-1], n, X.shape[0])
    backward(U.conj(), X.swapaxes(0, 1), False)
    return first(X, batch)


def _hermitian_product(conjugate: Array, G: Array, S: Array) -> None:
    """S <- sym(L^H G), for the conjugate of a lower triangular L."""
    for i in range(len(S)):
        S[i, : i + 1] = np.einsum("kb,kjb->jb", conjugate[i:, i], G[i:, : i + 1])
        _mirror(S, i)


def _mirror(S: Array, i: int) -> None:
    """Make the first rows and columns Hermitian, up to i, where those before are."""
    if S.dtype.kind == "c":
        S[i, i].imag = 0
    np.conjugate(S[i, :i], out=S[:i, i])
