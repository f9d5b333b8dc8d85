"""Many small matrices at once: each step of an elimination or substitution is one operation on all of them.

The batch stands last in memory, so that a step runs along it. From some order on one call of LAPACK for each matrix is
quicker, and below some number of matrices too: :func:`pays` decides.
"""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from linad.kernels.counters import count
from linad.kernels.dtypes import lapack_type

Array = np.ndarray[Any, Any]
_ORDER = 12  # the largest order
_MATRICES = 8  # the least number of matrices, times the order


def pays(batch: tuple[int, ...], n: int) -> bool:
    """Whether there are enough matrices, small enough."""
    return 0 < n <= _ORDER and prod(batch) >= _MATRICES * n


def last(A: Array, batch: tuple[int, ...]) -> Array:
    """Matrices of a batch in the last axes as one array (rows, columns, batch), copied."""
    A = np.broadcast_to(A, (*batch, *A.shape[-2:]))
    return np.array(A.reshape(-1, *A.shape[-2:]).transpose(1, 2, 0), order="C")


def first(X: Array, batch: tuple[int, ...]) -> Array:
    """The same back."""
    return np.ascontiguousarray(X.transpose(2, 0, 1)).reshape(*batch, *X.shape[:2])


def forward(T: Array, X: Array, unit: bool) -> None:
    """X <- T^-1 X, T lower triangular; both with the batch last."""
    n = T.shape[0]
    for j in range(n):
        if not unit:
            X[j] /= T[j, j]
        if j + 1 < n:
            X[j + 1 :] -= T[j + 1 :, j, None] * X[j]


def backward(T: Array, X: Array, unit: bool) -> None:
    """X <- T^-1 X, T upper triangular; both with the batch last."""
    for j in range(T.shape[0] - 1, -1, -1):
        if not unit:
            X[j] /= T[j, j]
        if j:
            X[:j] -= T[:j, j, None] * X[j]


def solve_triangular(
    T: Array, B: Array, lower: bool, trans: str, unit: bool, batch: tuple[int, ...]
) -> Array:
    """op(T)^-1 B for matrices of one dtype, of which no diagonal has a zero."""
    count("trtrs", prod(batch))
    T, X = last(T, batch), last(B, batch)
    if trans != "N":
        T, lower = T.swapaxes(0, 1), not lower
    if trans == "H":
        T = T.conj()
    (forward if lower else backward)(T, X, unit)
    return first(X, batch)


class BatchFactors:
    """The LU factors and pivots of a batch of small matrices. It answers as ``lu.Factors`` does."""

    __slots__ = ("W", "batch", "dtype", "letter", "moves", "order", "shape", "singular")

    def __init__(self, A: Array) -> None:
        self.letter, self.dtype = lapack_type(A)
        self.batch, self.shape = A.shape[:-2], A.shape
        m, n = A.shape[-2:]
        W = np.empty(
            (m, n + 1, prod(self.batch)), self.dtype
        )  # the last column takes the order of rows along
        W[:, :n] = A.reshape(-1, m, n).transpose(1, 2, 0)
        W[:, n] = np.arange(m)[:, None]
        self.moves = _eliminate(W, n)
        self.W, self.order = W[:, :n], W[:, n].real.astype(np.intp)
        self.singular = self._first_zero()
        count("getrf", prod(self.batch))

    def _first_zero(self) -> tuple[int, tuple[int, ...]] | None:
        zero = np.einsum("iib->bi", self.W[: len(self.moves), : len(self.moves)]) == 0
        if not zero.any():
            return None
        matrix, pivot = np.argwhere(zero)[0]
        return int(pivot), tuple(int(i) for i in np.unravel_index(matrix, self.batch))

    def require_regular(self, where: str) -> None:
        """Raise LinAlgError where a matrix is exactly singular."""
        if self.singular is not None:
            pivot, at = self.singular
            raise np.linalg.LinAlgError(
                f"Singular matrix: {where}: matrix {at} of the batch is exactly singular (pivot {pivot} is zero)."
            )

    def apply(self, B: Array, trans: str) -> Array:
        """op(A)^-1 B, where op is named by N, T or H; batches broadcast."""
        self.require_regular("solve")
        batch = np.broadcast_shapes(self.batch, B.shape[:-2])
        W, order = self.W, self.order
        if batch != self.batch:
            which = np.broadcast_to(np.arange(prod(self.batch)).reshape(self.batch), batch).ravel()
            W, order = W[:, :, which], order[:, which]
        X = last(B.astype(lapack_type(np.empty(0, self.dtype), B)[1], copy=False), batch)
        count("getrs", prod(batch))
        k, matrices = X.shape[1:]
        places = order[:, None] * (k * matrices) + np.arange(k * matrices).reshape(k, matrices)
        if trans == "N":
            X = X.ravel().take(places)
            forward(W, X, True)
            backward(W, X, False)
            return first(X, batch)
        W = W.swapaxes(0, 1) if trans == "T" else W.swapaxes(0, 1).conj()
        forward(W, X, False)
        backward(W, X, True)
        Y = np.empty_like(X)
        Y.ravel()[places] = X
        return first(Y, batch)

    def inverse(self) -> Array:
        """A^-1."""
        self.require_regular("inv")
        count("getri", prod(self.batch))
        return self.apply(np.eye(self.shape[-1], dtype=self.dtype), "N")

    def inverse_adjoint(self) -> Array:
        """A^-H, in memory of its own."""
        return np.conj(self.inverse().swapaxes(-1, -2), order="C")

    @property
    def packed(self) -> Array:
        """L below the diagonal and U on and above it."""
        return first(self.W, self.batch)

    @property
    def pairs(self) -> list[tuple[Array, Array]]:
        """Factors and pivots matrix by matrix, as LAPACK has them."""
        moves = self.moves.T
        return [(np.asfortranarray(F), p) for F, p in zip(self.W.transpose(2, 0, 1), moves, strict=True)]

    @property
    def pivots(self) -> Array:
        """The rows that were exchanged, one after the other."""
        return np.ascontiguousarray(self.moves.T).reshape(*self.batch, -1)

    @property
    def perm(self) -> Array:
        """The permutation with A[perm] = L U."""
        return np.ascontiguousarray(self.order.T).reshape(*self.batch, -1)

    @property
    def diagonal(self) -> Array:
        """The pivots of the elimination: the diagonal of U."""
        return np.ascontiguousarray(
            np.einsum("iib->bi", self.W[: len(self.moves), : len(self.moves)])
        ).reshape(*self.batch, -1)

    @property
    def exchanges(self) -> Array:
        """1 where the permutation is even, -1 where it is odd."""
        odd = np.count_nonzero(self.moves != np.arange(len(self.moves))[:, None], axis=0) % 2
        return (1.0 - 2.0 * odd).reshape(self.batch)

    def slogdet(self) -> tuple[Array, Array]:
        """The signs of the determinants, and the logarithms of their absolute values."""
        d = np.einsum("iib->ib", self.W)
        size = np.abs(d)
        with np.errstate(divide="ignore", invalid="ignore"):
            logabs = np.log(size).sum(axis=0)
            sign = np.where(size > 0, d / size, 0).prod(axis=0)
        return (self.exchanges.ravel() * sign).reshape(self.batch), logabs.reshape(self.batch)

    @property
    def spread(self) -> float:
        """The least pivot by the largest one of the same matrix."""
        size = np.abs(np.einsum("iib->ib", self.W[: len(self.moves), : len(self.moves)]))
        return float(np.min(np.min(size, axis=0) / np.max(size, axis=0)))


def _eliminate(W: Array, n: int) -> Array:
    """Factor the first n columns in place, the batch last; further ones follow the rows. The rows exchanged."""
    m, _, matrices = W.shape
    moves = np.empty((min(m, n), matrices), np.int32)
    for k in range(min(m, n)):
        if k + 1 == m:
            moves[k] = k
            break
        column = W[k:, k]
        size = (
            np.abs(column) if W.dtype.kind == "f" else np.abs(column.real) + np.abs(column.imag)
        )  # as LAPACK
        found = size.argmax(axis=0)
        moves[k] = found + k
        moved = np.flatnonzero(found)
        if moved.size:
            row = found[moved] + k
            top = W[k, :, moved]
            W[k, :, moved] = W[row, :, moved]
            W[row, :, moved] = top
        pivot = W[k, k]
        if not pivot.all():
            pivot = np.where(pivot == 0, 1, pivot)
        W[k + 1 :, k] /= pivot
        W[k + 1 :, k + 1 : n] -= W[k + 1 :, k, None] * W[k, k + 1 : n]
    return moves
