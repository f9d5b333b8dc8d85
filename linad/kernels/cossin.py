"""Cosine-sine decompositions of unitary matrices, by SciPy; and where the angles stand in them."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
import scipy.linalg

from linad.kernels.counters import count

Array = np.ndarray[Any, Any]

_ROUNDING = 100.0  # of a unitary matrix, in units of m eps
_CLOSED = 8.0  # of equal angles, in units of m eps


@dataclass(frozen=True, slots=True)
class Layout:
    """The places of the angles: X = diag(U1, U2) D diag(V1, V2)^H with blocks of sizes p, m - p and q, m - q.

    D has cos in rows ``first`` and columns ``left``, and in rows ``second`` and columns ``right``; sin beside them.
    """

    m: int
    p: int
    q: int

    @property
    def angles(self) -> int:
        return min(self.p, self.q, self.m - self.p, self.m - self.q)

    @property
    def balanced(self) -> bool:
        """Whether D has nothing but angles."""
        return 2 * self.p == 2 * self.q == self.m

    def extras(self) -> tuple[int, int, int, int]:
        """The orders of the identities in the four blocks of D."""
        m, p, q, r = self.m, self.p, self.q, self.angles
        return min(p, q) - r, min(p, m - q) - r, min(m - p, q) - r, min(m - p, m - q) - r

    def places(self) -> tuple[slice, slice, slice, slice]:
        """first, second, left, right."""
        n11, _, n21, n22 = self.extras()
        starts = n11, self.p + n22, n11, n11 + self.angles + n21 + n22
        first, second, left, right = (slice(start, start + self.angles) for start in starts)
        return first, second, left, right

    def constant(self, sign: int) -> Array:
        """D without its angles; ``sign`` is that of the block below."""
        n11, n12, n21, n22 = self.extras()
        D, r = np.zeros((self.m, self.m)), self.angles
        right = n11 + n21 + n22 + 2 * r
        for row, column, order, entry in (
            (0, 0, n11, 1),
            (n11 + r, right, n12, -sign),
            (self.p + n22 + r, n11 + r, n21, sign),
            (self.p, self.q, n22, 1),
        ):
            D[row + np.arange(order), column + np.arange(order)] = entry
        return D


@dataclass(frozen=True, slots=True, eq=False)
class CosineSine:
    """U1, U2, theta, V1^H, V2^H of each matrix of a batch."""

    parts: tuple[Array, ...]
    layout: Layout
    sign: int


def decompose(X: Array, p: int, q: int, swap_sign: bool) -> CosineSine:
    """The decompositions of unitary matrices in the last two axes."""
    batch, found = X.shape[:-2], []
    for i in np.ndindex(batch):
        (U1, U2), theta, (V1h, V2h) = scipy.linalg.cossin(X[i], p, q, separate=True, swap_sign=swap_sign)
        found.append((U1, U2, theta, V1h, V2h))
    count("orcsd", prod(batch))
    parts = tuple([np.stack(part).reshape(batch + part[0].shape) for part in zip(*found, strict=True)])
    return CosineSine(parts, Layout(X.shape[-1], p, q), -1 if swap_sign else 1)


def departure(X: Array) -> float:
    """How far matrices are from unitary ones, in units of rounding; more than one is more than that."""
    gap = np.abs(X.conj().swapaxes(-1, -2) @ X - np.eye(X.shape[-1]))
    return float(np.max(gap, initial=0) / (_ROUNDING * X.shape[-1] * np.finfo(X.dtype).eps))


def tied(theta: Array, m: int, phases: bool) -> tuple[int, ...] | None:
    """The first pair of angles, with its place in the batch, of which the bases are not determined.

    With ``phases`` an angle at an end, of 0 or a right one, is tied to itself.
    """
    x, y = theta[..., :, None], theta[..., None, :]
    divisors = np.abs(np.sin(x - y) * np.sin(x + y))
    own = np.abs(np.sin(2 * theta)) if phases else np.ones_like(theta)
    divisors = np.where(np.eye(theta.shape[-1], dtype=bool), own[..., None], divisors)
    found = np.argwhere(divisors <= _CLOSED * m * np.finfo(theta.dtype).eps)
    return tuple(int(i) for i in found[0]) if len(found) else None
