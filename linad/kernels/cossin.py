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

    Angles come first among the labels; then those that are 0 or right by the shape alone, in four groups: identities in
    the blocks 11, 12, 21, 22 of D. Each has a row and a column of D; an angle has two of both.
    """

    m: int
    p: int
    q: int

    @property
    def angles(self) -> int:
        return min(self.p, self.q, self.m - self.p, self.m - self.q)

    @property
    def groups(self) -> tuple[Array, ...]:
        """The labels: of angles, and of the identities in the four blocks."""
        m, p, q, r = self.m, self.p, self.q, self.angles
        orders = r, min(p, q) - r, min(p, m - q) - r, min(m - p, q) - r, min(m - p, m - q) - r
        return tuple(np.split(np.arange(sum(orders)), np.cumsum(orders)[:-1]))

    @property
    def places(self) -> tuple[Array, Array, Array, Array]:
        """Which label has each row of the blocks above and below, and each column on the left and on the right."""
        t, n11, n12, n21, n22 = self.groups
        joined = (n11, t, n12), (n22, t, n21), (n11, t, n21), (n22, t, n12)
        of = np.eye(sum(map(len, self.groups)))
        above, below, left, right = (of[np.concatenate(part)] for part in joined)
        return above, below, left, right

    @property
    def ends(self) -> tuple[Array, Array]:
        """Cosines and sines of the labels that are no angles."""
        _, n11, n12, n21, n22 = map(len, self.groups)
        c = np.repeat([1.0, 0.0, 0.0, 1.0], [n11, n12, n21, n22])
        return c, 1 - c

    @property
    def apart(self) -> Array:
        """One for pairs of labels whose bases are told apart, zero within a group and for an angle with itself."""
        group = np.repeat(np.arange(5), [len(g) for g in self.groups])
        own = (group[:, None] == group) & (group > 0)
        return np.where(own | np.eye(len(group), dtype=bool), 0.0, 1.0)


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


def tied(theta: Array, layout: Layout, phases: bool) -> tuple[int, ...] | None:
    """The first pair of labels, with its place in the batch, of which the bases are not determined.

    With ``phases`` an angle at an end, of 0 or a right one, is tied to itself.
    """
    ends = (np.broadcast_to(x, (*theta.shape[:-1], len(x))) for x in layout.ends)
    c, s = (np.concatenate((f(theta), x), -1) for f, x in zip((np.cos, np.sin), ends, strict=True))
    divisors = np.where(layout.apart == 1, np.abs(s[..., :, None] ** 2 - s[..., None, :] ** 2), 1)
    if phases:
        k = np.arange(layout.angles)
        divisors[..., k, k] = np.abs(c * s)[..., : layout.angles]
    found = np.argwhere(divisors <= _CLOSED * layout.m * np.finfo(theta.dtype).eps)
    return tuple(int(i) for i in found[0]) if len(found) else None
