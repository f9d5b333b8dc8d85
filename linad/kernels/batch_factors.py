"""LU factors of many small matrices at once. They answer as those of single matrices do."""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Any

import numpy as np

from linad.kernels.batches import backward, first, forward, identity_forward, last
from linad.kernels.counters import count
from linad.kernels.dtypes import lapack_type
from linad.kernels.elimination import eliminate, order_of, portions, require_regular

Array = np.ndarray[Any, Any]


class BatchFactors:
    """The LU factors and pivots of a batch of small matrices; immutable.

    ``W`` has L below the diagonal and U on and above it, ``order`` the permutation with A[order] = L U, and
    ``found`` says how far below the diagonal pivots were, all with the batch last.
    """

    __slots__ = (
        "W",
        "_moduli",
        "_rows",
        "_spread",
        "batch",
        "dtype",
        "found",
        "letter",
        "order",
        "shape",
        "singular",
    )

    def __init__(self, A: Array) -> None:
        self.letter, self.dtype = lapack_type(A)
        self.batch, self.shape = A.shape[:-2], A.shape
        flat = A.reshape(-1, *A.shape[-2:])
        self.W, self.found, sizes = eliminate(flat, self.dtype, False)
        self.singular = None
        if not np.minimum.reduce(sizes, axis=None) > 0 and not sizes.all():
            self.W, self.found, sizes = eliminate(flat, self.dtype, True)
            self.singular = self._first_zero(sizes)
        self.order = order_of(self.found, A.shape[-2])
        self._moduli = sizes if sizes.dtype == self.dtype else np.abs(self.W.diagonal().T)
        self._rows: Array | None = None
        self._spread: float | None = None
        count("getrf", self.W.shape[-1], *A.shape[-2:])

    def _first_zero(self, sizes: Array) -> tuple[int, tuple[int, ...]]:
        matrix, pivot = np.argwhere(sizes.T == 0)[0]
        return int(pivot), tuple(int(i) for i in np.unravel_index(matrix, self.batch))

    def require_regular(self, where: str) -> None:
        """Raise LinAlgError where a matrix is exactly singular."""
        require_regular(self.singular, where)

    def apply(self, B: Array, trans: str) -> Array:
        """op(A)^-1 B, where op is named by N, T or H; batches broadcast."""
        self.require_regular("solve")
        if B.dtype != self.dtype:
            B = B.astype(lapack_type(np.empty(0, self.dtype), B)[1], copy=False)
        W, rows, batch = self.W, self.rows, self.batch
        if B.shape[:-2] != batch:
            W, rows, B = self._broadcast(B)
            batch = B.shape[:-2]
        n, k = B.shape[-2:]
        count("getrs", prod(batch), n, k)
        B = B.reshape(-1, n, k)
        parts = portions(len(B), n * (n + 2 * k) * B.itemsize)
        if len(parts) == 1:
            return _applied(W, rows, B, trans).reshape(*batch, n, k)
        X = np.empty(B.shape, B.dtype)
        for part in parts:
            X[part] = _applied(W[:, :, part], rows[:, part] - part.start * n, B[part], trans)
        return X.reshape(*batch, n, k)

    def _broadcast(self, B: Array) -> tuple[Array, Array, Array]:
        """The factors, where rows stand, and B, for the whole batch of both."""
        batch = np.broadcast_shapes(self.batch, B.shape[:-2])
        B = np.broadcast_to(B, (*batch, *B.shape[-2:]))
        if batch == self.batch:
            return self.W, self.rows, B
        which = np.broadcast_to(np.arange(self.order.shape[-1]).reshape(self.batch), batch).reshape(-1)
        return self.W.take(which, axis=-1), _rows(self.order.take(which, axis=-1)), B

    @property
    def rows(self) -> Array:
        """Where the rows of A[order] stand in an array of all rows, the batch first."""
        if self._rows is None:
            self._rows = _rows(self.order)
        return self._rows

    def inverse(self) -> Array:
        """A^-1."""
        return self._in_portions(lambda W: _inverse(W).swapaxes(0, 1), 1.0).swapaxes(-1, -2)

    def inverse_adjoint(self, scale: Any = 1.0) -> Array:
        """c A^-H, for a number c or one for each matrix."""
        return self._in_portions(_inverse_adjoint, scale)

    def _in_portions(self, invert: Callable[[Array], Array], scale: Any) -> Array:
        self.require_regular("inv")
        n, total = self.order.shape
        count("getri", total, n)
        if np.ndim(scale):
            scale = scale.reshape(-1) if any(scale.strides) else scale.flat[0]  # broadcast, it is one number
        Y = np.empty(self.shape, self.dtype)
        flat = Y.reshape(total, n, n)
        for part in portions(total, 3 * n * n * Y.itemsize):
            X = invert(self.W[:, :, part])
            if np.ndim(scale):
                X *= scale[part]
            elif scale != 1:
                X *= scale
            self.put_rows_back(X, part, flat[part])
        return Y

    @property
    def inverse_norms(self) -> Array:
        """The 1-norms of inverses: the order of columns does not matter."""
        size = np.abs(_inverse(self.W))
        return np.asarray(np.maximum.reduce(np.add.reduce(size, axis=0), axis=0).reshape(self.batch))

    def put_rows_back(self, X: Array, part: slice, out: Array) -> None:
        """Rows of A[order] into those of A, for a part of the batch, which is first again."""
        n, k, total = X.shape
        rows = self.rows[:, part] - part.start * n
        places = np.empty(n * total, np.intp)
        places[rows.reshape(-1)] = (np.arange(n)[:, None] + np.arange(0, n * total, n)).reshape(-1)
        first(X, (total,)).reshape(n * total, k).take(
            places, axis=0, out=out.reshape(n * total, k), mode="wrap"
        )

    @property
    def packed(self) -> Array:
        """L below the diagonal and U on and above it."""
        return first(self.W, self.batch)

    def packed_at(self, i: tuple[int, ...]) -> Array:
        """Those of one matrix of the batch."""
        return np.asfortranarray(self.W[:, :, np.ravel_multi_index(i, self.batch)])

    @property
    def pairs(self) -> list[tuple[Array, Array]]:
        """Factors and pivots matrix by matrix, as LAPACK has them."""
        pivots = self.pivots.reshape(self.W.shape[-1], -1)
        return [(np.asfortranarray(F), p) for F, p in zip(self.W.transpose(2, 0, 1), pivots, strict=True)]

    @property
    def pivots(self) -> Array:
        """The rows that were exchanged, one after the other."""
        moves = self.found.T + np.arange(len(self.found), dtype=np.int32)
        return np.ascontiguousarray(moves).reshape(*self.batch, -1)

    @property
    def perm(self) -> Array:
        """The permutation with A[perm] = L U."""
        return np.ascontiguousarray(self.order.T).reshape(*self.batch, -1)

    @property
    def diagonal(self) -> Array:
        """The pivots of the elimination: the diagonal of U."""
        return np.ascontiguousarray(self.W.diagonal()).reshape(*self.batch, -1)

    @property
    def exchanges(self) -> Array:
        """1 where the permutation is even, -1 where it is odd."""
        return _signs(self.found != 0).reshape(self.batch)

    def det(self) -> Array:
        """The determinants."""
        signs, d = _signs(self.found != 0), self.W.diagonal().T
        return (signs * np.multiply.reduce(d, axis=0)).astype(self.dtype, copy=False).reshape(self.batch)

    def slogdet(self) -> tuple[Array, Array]:
        """The signs of the determinants, and the logarithms of their absolute values; in double precision."""
        d, size, exchanged = self.W.diagonal().T, self._moduli, self.found != 0
        if self.dtype.char in "fF":
            d, size = d.astype(np.result_type(d, np.float64)), size.astype(np.float64)
        with np.errstate(divide="ignore", invalid="ignore"):
            logabs = np.add.reduce(np.log(size), axis=0)
            if d.dtype.kind == "c":
                sign = _signs(exchanged) * np.where(size > 0, d / size, 0).prod(axis=0)
            else:
                sign = _signs(exchanged ^ (d < 0))
                if self.singular is not None:
                    sign[(size == 0).any(axis=0)] = 0
        return sign.reshape(self.batch), logabs.reshape(self.batch)

    @property
    def spread(self) -> float:
        """The least pivot by the largest one of the same matrix."""
        if self._spread is None:
            size = self._moduli
            with np.errstate(all="ignore"):
                ratio = np.minimum.reduce(size, axis=0) / np.maximum.reduce(size, axis=0)
            self._spread = float(np.minimum.reduce(ratio))
        return self._spread


def _signs(odd: Array) -> Array:
    """-1 to the power of how many are true, along the first axis."""
    return 1.0 - 2.0 * np.bitwise_xor.reduce(odd, axis=0)


def _inverse(W: Array) -> Array:
    """(L U)^-1, the batch last."""
    X = identity_forward(W, True)
    backward(W, X, False)
    return X


def _inverse_adjoint(W: Array) -> Array:
    """(L U)^-H."""
    W = W.swapaxes(0, 1).conj()
    X = identity_forward(W, False)
    backward(W, X, True)
    return X


def _applied(W: Array, rows: Array, B: Array, trans: str) -> Array:
    k = B.shape[-1]
    places = rows[:, None] if k == 1 else rows[:, None] * k + np.arange(k)[:, None]
    if trans == "N":
        X = B.reshape(-1).take(places, mode="wrap")
        forward(W, X, True)
        backward(W, X, False)
        return first(X, B.shape[:1])
    W = W.swapaxes(0, 1) if trans == "T" else W.swapaxes(0, 1).conj()
    X = last(B)
    forward(W, X, False)
    backward(W, X, True)
    Y = np.empty(B.shape, B.dtype)
    Y.reshape(-1)[places.reshape(-1)] = X.reshape(-1)
    return Y


def _rows(order: Array) -> Array:
    n, total = order.shape
    return order + np.arange(0, n * total, n)
