"""Turns of quasi-triangular forms T, by halves: what couples two diagonal blocks is a Sylvester equation.

With L the part of S below the blocks, and x in each block [a b; c a] of order two, S = L - L^H + [0 -x; x 0]:

    "N"    L T - T L = M below the blocks        L21 T11 - T22 L21 = M21, then M11 + T12 L21, M22 - L21 T12
           -2 (b + c) x = m11 - m22 in them
    "H"    N T^H - T^H N = G - G^H below them    N11, N22, then N21 T11^H - T22^H N21 = R21 + T12^H N11 - N22 T12^H
           N = diag(y, -y) in them               -2 (b + c) y = g21 - g12

LAPACK's trsyl serves where all eigenvalues are apart. Where some meet, entry after entry is solved for, and those that
are not determined are zero.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np

from linad.kernels.lapack import trsyl
from linad.kernels.products import matmul
from linad.kernels.turns import Limits

Array = np.ndarray[Any, Any]

_LEAF = 48  # up to this order a coupling is left to trsyl, which knows no products of matrices


class MetError(Exception):
    """Eigenvalues are equal to working precision."""


def starts_of(blocks: Array | None, n: int) -> list[int]:
    """Where the diagonal blocks begin, and the end."""
    if blocks is None:
        return list(range(n + 1))
    return [0, *[k + 1 for k in range(n - 1) if not blocks[k]], n]


def eigenvalues(T: Array, starts: Sequence[int]) -> Array:
    """Those of the blocks, in their order."""
    w = np.diagonal(T).astype(np.result_type(T.dtype, np.complex64))
    for k in _pairs(starts):
        w[k : k + 2] += np.array([1j, -1j]) * np.sqrt(max(-T[k, k + 1] * T[k + 1, k], 0))
    return w


def gaps(T: Array, starts: Sequence[int]) -> Array:
    """How far eigenvalues are from one another; of those of one block |b + c|."""
    w = eigenvalues(T, starts)
    found = np.abs(w[:, None] - w)
    np.fill_diagonal(found, np.inf)
    for k in _pairs(starts):
        found[k, k + 1] = found[k + 1, k] = abs(T[k, k + 1] + T[k + 1, k])
    return np.asarray(found)


def defective(T: Array, starts: Sequence[int], limits: Limits) -> Array:
    """Which pairs of equal eigenvalues have fewer eigenvectors than they are."""
    w = eigenvalues(T, starts)
    equal = np.abs(w[:, None] - w) <= limits.divisor
    found = np.zeros(T.shape, bool)
    left = np.count_nonzero(equal, axis=1) > 1
    for i in range(len(T)):
        if left[i]:
            s = np.linalg.svd(T - w[i] * np.eye(len(T)), compute_uv=False)
            found[equal[i]] = equal[i] & (np.count_nonzero(s <= limits.relative) < np.count_nonzero(equal[i]))
            left &= ~equal[i]
    return found


def _pairs(starts: Sequence[int]) -> list[int]:
    return [k for k, end in itertools.pairwise(starts) if end - k == 2]


class System:
    """One equation, whose right side R is overwritten by what stands below the diagonal of its solution."""

    __slots__ = ("R", "T", "careful", "limits", "missing", "starts", "trans")

    def __init__(
        self, T: Array, M: Array, starts: list[int], trans: str, limits: Limits, careful: bool
    ) -> None:
        self.T = np.asfortranarray(T)
        self.R = np.array(M if trans == "N" else np.tril(M - M.T.conj(), -1), order="F")
        self.starts, self.trans, self.limits, self.careful = starts, trans, limits, careful
        self.missing: tuple[int, int] | None = None

    def solution(self) -> Array:
        """S, or N."""
        self._fill(0, len(self.starts) - 1)
        if self.trans == "H":
            return self.R
        X = np.tril(self.R, -1)
        return X - X.T.conj()

    def _fill(self, i: int, j: int) -> None:
        """The blocks from i on, before j."""
        begin, end = self.starts[i], self.starts[j]
        if j - i <= 1:
            if end - begin == 2:
                self._fill_block(begin)
            return
        middle = (i + j) // 2
        T, R = self.T, self.R
        one, two = slice(begin, self.starts[middle]), slice(self.starts[middle], end)
        if self.trans == "N":
            self._couple(i, middle, j)
            R[one, one] += matmul(T[one, two], R[two, one])
            R[two, two] -= matmul(R[two, one], T[one, two])
        self._fill(i, middle)
        self._fill(middle, j)
        if self.trans == "H":
            T12 = T[one, two].T.conj()
            R[two, one] += matmul(T12, R[one, one]) - matmul(R[two, two], T12)
            self._couple(i, middle, j)

    def _fill_block(self, k: int) -> None:
        """x, or y."""
        T, R = self.T, self.R
        right = R[k, k] - R[k + 1, k + 1] if self.trans == "N" else R[k + 1, k]
        away = T[k, k + 1] + T[k + 1, k]
        if abs(away) > self.limits.divisor:
            x = right / (-2 * away)
        else:  # it is a length, and has a kink
            along = R[k, k + 1] + R[k + 1, k] if self.trans == "N" else 0
            self._require_none(max(abs(right), abs(along)), (k, k + 1))
            x = 0
        if self.trans == "N":
            R[k + 1, k] = x
        else:
            R[k, k], R[k + 1, k + 1], R[k + 1, k] = x, -x, 0

    def _require_none(self, left: float, where: tuple[int, int]) -> None:
        """Remember an entry with a right side that nothing solves."""
        if self.missing is None and self.limits.exceeded(left, self.R):
            self.missing = where

    # -- X T11 - T22 X = R21, where both carry ^H for the adjoint ---------------------------------------------

    def _couple(self, i: int, middle: int, j: int) -> None:
        if self.careful:
            rows, columns = list(range(middle, j)), list(range(i, middle))
            if self.trans == "N":
                rows.reverse()
            else:
                columns.reverse()
            for k in rows:
                for m in columns:
                    self._couple_blocks(k, m, (self.starts[i], self.starts[middle], self.starts[j]))
            return
        self._couple_quickly(middle, j, i, middle)

    def _couple_blocks(self, k: int, m: int, bounds: tuple[int, int, int]) -> None:
        """Row k and column m of blocks, after those that it depends on."""
        at, T, R = self.starts, self.T, self.R
        rows, columns = slice(at[k], at[k + 1]), slice(at[m], at[m + 1])
        first, middle, last = bounds
        A, B, right = T[rows, rows], T[columns, columns], R[rows, columns]
        if self.trans == "N":
            below, before = slice(rows.stop, last), slice(first, columns.start)
            right = right + T[rows, below] @ R[below, columns] - R[rows, before] @ T[before, columns]
        else:
            A, B = A.T.conj(), B.T.conj()
            above, after = slice(middle, rows.start), slice(columns.stop, middle)
            right = right + T[above, rows].T.conj() @ R[above, columns]
            right = right - R[rows, after] @ T[columns, after].T.conj()
        X, left = _least_squares(A, B, right, self.limits.divisor)
        R[rows, columns] = X
        self._require_none(left, (columns.start, rows.start))

    def _couple_quickly(self, i: int, j: int, k: int, m: int) -> None:
        """Rows of the blocks from i to j, columns of those from k to m: the longer of the two in halves."""
        at, T, R, normal = self.starts, self.T, self.R, self.trans == "N"
        rows, columns = slice(at[i], at[j]), slice(at[k], at[m])
        height, width = at[j] - at[i], at[m] - at[k]
        if max(height, width) <= _LEAF:
            scale, info = trsyl(
                T[rows, rows], T[columns, columns], R[rows, columns], self.trans, self.trans, -1
            )
            if info > 0:
                raise MetError
            R[rows, columns] /= -scale
        elif height >= width:
            middle = (i + j) // 2
            top, bottom = slice(at[i], at[middle]), slice(at[middle], at[j])
            T12 = T[top, bottom]
            if normal:
                self._couple_quickly(middle, j, k, m)
                R[top, columns] += matmul(T12, R[bottom, columns])
                self._couple_quickly(i, middle, k, m)
            else:
                self._couple_quickly(i, middle, k, m)
                R[bottom, columns] += matmul(T12.T.conj(), R[top, columns])
                self._couple_quickly(middle, j, k, m)
        else:
            middle = (k + m) // 2
            left, right = slice(at[k], at[middle]), slice(at[middle], at[m])
            T12 = T[left, right]
            if normal:
                self._couple_quickly(i, j, k, middle)
                R[rows, right] -= matmul(R[rows, left], T12)
                self._couple_quickly(i, j, middle, m)
            else:
                self._couple_quickly(i, j, middle, m)
                R[rows, left] -= matmul(R[rows, right], T12.T.conj())
                self._couple_quickly(i, j, k, middle)


def _least_squares(A: Array, B: Array, right: Array, limit: float) -> tuple[Array, float]:
    """X of X B - A X = R for blocks, without what divisors up to a limit would give; and what is left of R."""
    K = np.kron(np.eye(len(A)), B.T) - np.kron(A, np.eye(len(B)))
    U, s, Vh = np.linalg.svd(K)
    y = U.T.conj() @ right.ravel()
    open_ = s <= limit
    x = Vh.T.conj() @ np.where(open_, 0, y / np.where(open_, 1, s))
    return x.reshape(right.shape), float(np.linalg.norm(y[open_]))
