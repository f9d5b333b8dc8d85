"""QR factors of matrices of any shape, with column pivoting or without, by LAPACK; of large ones by blocks.

Without pivoting, NumPy's own loop serves batches of small matrices.
"""

from __future__ import annotations

from functools import lru_cache
from math import prod
from typing import Any

import numpy as np
from scipy.linalg import lapack

from linad.kernels import reflectors
from linad.kernels.counters import count, counted
from linad.kernels.dtypes import LETTERS, lapack_type
from linad.kernels.small import triangle

Array = np.ndarray[Any, Any]

_ROUTINES = {
    letter: {
        name: getattr(lapack, letter + (name if letter in "sd" else name.replace("org", "ung")))
        for name in ("geqrf", "geqp3", "orgqr")
    }
    for letter in LETTERS
}
_EPS = {code: float(np.finfo(code).eps) for code in "fdFD"}
_BLOCK = 64  # columns that LAPACK takes at once, at most
_NARROW, _LARGE = (
    32,
    96**2,
)  # columns, and entries of them, from which on products of blocks are quicker; measured
_FEW = 4096  # entries: a product of vectors of so many runs in one thread
_SMALL = 48  # up to this order NumPy's loop over a batch is quicker than one call of LAPACK for each matrix
_ROUNDING = 8.0  # of a pivot that should be zero, in units of max(m, n) eps of the largest entry


@lru_cache(maxsize=256)
def _number(rank: int) -> Array:
    found = np.asarray(rank)
    found.flags.writeable = False
    return found


def least_pivot(m: int, n: int, code: str) -> float:
    """What is less is zero to rounding, of the largest entry of R."""
    return _ROUNDING * max(m, n) * _EPS[code]


class Factors:
    """The factors of each matrix of a batch, A[:, perm] = Q R; immutable.

    ``Q`` has m columns where it is complete, else k = min(m, n); ``R`` has k rows. ``perm`` is None without pivoting.
    ``rank`` counts the pivots before the first that is zero to rounding.
    """

    __slots__ = ("Q", "R", "perm", "rank")

    def __init__(self, Q: Array, R: Array, perm: Array | None) -> None:
        self.Q, self.R, self.perm = Q, R, perm
        Q.setflags(write=False)  # they are given out, and shared
        R.setflags(write=False)
        if R.ndim == 2 and 0 < R.size <= _FEW:  # where one product tells a size that is large enough
            pivots, size = [abs(x) for x in R.diagonal().tolist()], abs(np.vdot(R, R)) ** 0.5
            if min(pivots) > least_pivot(len(Q), R.shape[1], R.dtype.char) * size:
                self.rank = _number(len(pivots))
                return
        alive = ~(np.abs(np.diagonal(R, 0, -2, -1)) <= self._tolerance[..., None])  # NaN is no zero
        self.rank = np.sum(np.logical_and.accumulate(alive, axis=-1), axis=-1)

    @property
    def deficient(self) -> bool:
        """Whether a pivot is zero to rounding."""
        k = min(self.R.shape[-2:])
        return bool(self.rank < k if self.rank.ndim == 0 else np.any(self.rank < k))

    @property
    def trailing(self) -> bool:
        """Whether everything beside and below the first zero pivot is zero: then the rank is the number before it."""
        dead = np.arange(self.R.shape[-2])[:, None] >= self.rank[..., None, None]
        return not np.any(dead & (np.abs(self.R) > self._tolerance[..., None, None]))

    @property
    def ties(self) -> Array:
        """Which pivots of a pivoted factorization had an equal: another column of what was left was as long."""
        k = self.R.shape[-2]
        if self.perm is None or self.R.size == 0:
            return np.zeros((*self.R.shape[:-2], k), bool)
        left = np.cumsum(np.abs(self.R[..., ::-1, :]) ** 2, axis=-2)[
            ..., ::-1, :
        ]  # of columns, from each row on
        pivots = np.diagonal(left, 0, -2, -1)[..., None]
        close = _ROUNDING * max(self.R.shape[-2:]) * np.finfo(self.R.dtype).eps
        return np.asarray(np.any(np.triu(left >= (1 - close) * pivots, 1), axis=-1))

    @property
    def _tolerance(self) -> Array:
        least = least_pivot(self.Q.shape[-2], self.R.shape[-1], self.R.dtype.char)
        size = np.maximum.reduce(np.abs(self.R), axis=(-2, -1), initial=0)
        return np.asarray(least * size)

    @property
    def open(self) -> Array:
        """Which columns of Q are not determined by those of A."""
        return np.asarray(np.arange(self.Q.shape[-1]) >= self.rank[..., None])

    def of(self, columns: int) -> tuple[Array, Array]:
        """The factors of A; of as many columns as Q has, those of A with those that complete Q beside them."""
        n = self.R.shape[-1]
        if columns == n:
            return self.Q, self.R
        return self.Q, _beside_identity(self.R, columns, np.arange(columns) >= n)


class Filled:
    """The factors of matrices of deficient rank in which columns of Q take the place of those that depend."""

    ties = np.zeros(0, bool)
    __slots__ = ("Q", "_R", "open", "rank")

    deficient = False  # any more

    def __init__(self, factors: Factors) -> None:
        self.Q, self.rank, self.open = factors.Q, factors.rank, factors.open
        self._R = _beside_identity(factors.R, factors.Q.shape[-1], self.open)

    def of(self, columns: int) -> tuple[Array, Array]:
        return self.Q, self._R


def _beside_identity(R: Array, K: int, others: Array) -> Array:
    """K x K: columns of R, and of the identity where they are others."""
    k, n = R.shape[-2:]
    whole = np.zeros((*R.shape[:-2], K, K), R.dtype)
    whole[..., :k, : min(n, K)] = R[..., : min(n, K)]
    return np.where(others[..., None, :], np.eye(K, dtype=R.dtype), whole)


def factor(A: Array, pivoting: bool, complete: bool) -> Factors:
    """Factor matrices in the last two axes."""
    letter, dtype = lapack_type(A)
    A = A.astype(dtype, copy=False)
    batch, (m, n) = A.shape[:-2], A.shape[-2:]
    k = min(m, n)
    K = m if complete else k
    if A.size == 0:
        Q = np.broadcast_to(np.eye(m, K, dtype=dtype), (*batch, m, K)).copy()
        orders = np.broadcast_to(np.arange(n, dtype=np.int32), (*batch, n)).copy()
        return Factors(Q, np.zeros((*batch, k, n), dtype), orders if pivoting else None)
    routines = _ROUTINES[letter]
    count("geqp3" if pivoting else "geqrf", prod(batch), m, n)
    count("orgqr", prod(batch), m, K, k)
    if not batch:
        Q, R, perm = _factored(routines, A, pivoting, K)
        return Factors(Q, R, perm)
    if not pivoting and max(m, n) <= _SMALL and dtype.char in "dD":  # it computes in double precision
        Q, R = np.linalg.qr(A, "complete" if complete else "reduced")
        return Factors(Q, R if R.shape[-2] == k else R[..., :k, :].copy(), None)
    Q, R = np.empty((*batch, m, K), dtype), np.empty((*batch, k, n), dtype)
    perms: Array | None = np.empty((*batch, n), np.int32) if pivoting else None
    for i in np.ndindex(batch):
        Q[i], R[i], order = _factored(routines, A[i], pivoting, K)
        if perms is not None:
            perms[i] = order
    return Factors(Q, R, perms)


def _factored(routines: Any, A: Array, pivoting: bool, K: int) -> tuple[Array, Array, Array | None]:
    m, n = A.shape
    k, perm = min(m, n), None
    if pivoting:
        packed, perm, tau, _, _ = routines["geqp3"](A, lwork=2 * n + (n + 1) * _BLOCK)
        perm = perm - 1
    elif k >= _NARROW and m * k >= _LARGE:
        with counted():
            return *reflectors.factor(A, K), None
    else:
        packed, tau, _, _ = routines["geqrf"](A) if k < _NARROW else routines["geqrf"](A, lwork=n * _BLOCK)
    if m == n == K < _NARROW:
        R = triangle(packed)
        return routines["orgqr"](packed, tau, overwrite_a=1)[0], R, perm
    R = np.triu(packed[:k])
    if packed.shape[1] < K:
        wide = np.empty((m, K), packed.dtype, order="F")
        wide[:, : packed.shape[1]] = packed
        packed = wide
    Q = routines["orgqr"](packed[:, :K], tau, overwrite_a=1, lwork=max(1, K * _BLOCK))[0]
    return Q, R, perm
