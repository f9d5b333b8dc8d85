"""Matrices beside their transposes: copied from one order into the other, compared, filled up.

One of both is gone through across memory. Where its lines are a multiple of a large power of two apart, they fall
into the same few places of the cache, and a few columns at a time are quicker, two to three times.
"""

from __future__ import annotations

from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]

_APART = 2048  # bytes
_FEW = 16  # columns
_MANY = 128
_TILE = 64


def copied(A: Array, order: Any) -> Array:
    """A copy of a matrix, ``C`` or ``F`` in memory."""
    X: Array = np.empty(A.shape, A.dtype, order)
    width = _width(A)
    if A.flags.c_contiguous == X.flags.c_contiguous or width == _MANY:
        X[...] = A
        return X
    target, source = (X, A) if order == "C" else (X.T, A.T)
    for j in range(0, target.shape[1], width):
        target[:, j : j + width] = source[:, j : j + width]
    return X


def split(packed: Array) -> tuple[Array, Array]:
    """L, unit lower triangular or trapezoidal, and U, both in C order, of a matrix that holds both."""
    m, n = packed.shape
    k, width = min(m, n), min(_width(packed), _TILE)
    L, U = np.zeros((m, k), packed.dtype), np.zeros((k, n), packed.dtype)
    below = np.tri(width, k=-1, dtype=bool)
    for j in range(0, k, width):
        end = min(j + width, k)
        own, lower = slice(j, end), below[: end - j, : end - j]
        L[end:, own] = packed[end:, own]
        U[:j, own] = packed[:j, own]
        np.copyto(L[own, own], packed[own, own], where=lower)
        np.copyto(U[own, own], packed[own, own], where=~lower)
    U[:, k:] = packed[:k, k:]
    np.einsum("ii->i", L[:k])[...] = 1
    return L, U


def is_hermitian(A: Array) -> bool:
    """Whether matrices are Hermitian to the last bit; most that are not, the first row and column tell."""
    adjoint, width = A.swapaxes(-1, -2), _width(A)
    if not (A[..., :1] == adjoint[..., :1].conj()).all():
        return False
    for i in range(0, A.shape[-1], width):
        if not (A[..., i:, i : i + width] == adjoint[..., i:, i : i + width].conj()).all():
            return False
    return True


def mirror(X: Array) -> None:
    """Fill the upper triangle of a Hermitian matrix from the lower one, in place."""
    n = X.shape[-1]
    above = ~np.tri(min(n, _TILE), dtype=bool)
    for i in range(0, n, _TILE):
        own = slice(i, i + _TILE)
        X[:i, own] = X[own, :i].conj().T
        tile = X[own, own]
        k = len(tile)
        np.copyto(tile, tile.conj().T.copy(), where=above[:k, :k])


def _width(A: Array) -> int:
    """How many columns of A, or of its transpose, are taken at a time."""
    return _FEW if max(A.strides[-2:]) % _APART == 0 else _MANY
