"""Schur forms A = Z T Z^H by LAPACK's gees, and turns of their bases by recursion to its trsyl.

T is upper triangular, or of a real A quasi-triangular: pairs of eigenvalues stand in blocks [a b; c a] with bc < 0.
LAPACK keeps the diagonal of a block equal, and that is what fixes the rotation inside of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
import scipy.linalg

from linad.kernels.counters import count
from linad.kernels.quasi import MetError, System, defective, gaps, starts_of
from linad.kernels.turns import Limits

Array = np.ndarray[Any, Any]

_STEEP = 100.0  # how much faster than an eigenvalue what a cost sends back to it may change, relatively


@dataclass(frozen=True, slots=True, eq=False)
class Schur:
    """A = Z T Z^H for each matrix of a batch: T quasi-triangular, or the eigenvalues of a Hermitian A.

    ``chosen`` tells how many eigenvalues were sorted to the front.
    """

    Z: Array
    T: Array
    chosen: Any = None

    @property
    def hermitian(self) -> bool:
        return self.T.ndim < self.Z.ndim

    @property
    def pattern(self) -> Quasi:
        """The entries that T may have."""
        if self.T.dtype.kind == "c":
            return Quasi()
        return Quasi(np.diagonal(self.T, -1, -2, -1) != 0)


def schur(A: Array, dtype: np.dtype[Any], hermitian: bool) -> Schur:
    """The Schur forms of square matrices in the last two axes, computed in a dtype.

    Raises
    ------
    ValueError
        where an entry is not finite.
    numpy.linalg.LinAlgError
        where the iteration of LAPACK does not converge.
    """
    A = A.astype(dtype, copy=False)
    Z = np.empty(A.shape, dtype).swapaxes(-1, -2)  # the order of LAPACK for each matrix
    T = np.empty(A.shape[:-1], dtype).real if hermitian else np.empty_like(Z)
    if A.size > 0:
        for i in np.ndindex(A.shape[:-2]):
            if hermitian:
                T[i], Z[i] = scipy.linalg.eigh(A[i], driver="evd")
            else:
                T[i], Z[i] = scipy.linalg.schur(A[i])
        count("heevd" if hermitian else "gees", prod(A.shape[:-2]))
    return Schur(Z, T)


def sorted_schur(A: Array, sort: str | Callable[..., bool]) -> Schur:
    """The Schur forms with the eigenvalues that ``sort`` names in front, as ``scipy.linalg.schur`` understands it."""
    Z = np.empty(A.shape, A.dtype).swapaxes(-1, -2)
    T = np.empty_like(Z)
    chosen = np.zeros(A.shape[:-2], int)
    if A.size > 0:
        for i in np.ndindex(A.shape[:-2]):
            T[i], Z[i], chosen[i] = scipy.linalg.schur(A[i], sort=sort)
        count("gees", prod(A.shape[:-2]))
    return Schur(Z, T, chosen if A.ndim > 2 else int(chosen))


class Quasi:
    """Upper triangular matrices; quasi-triangular ones with ``blocks``, the subdiagonal entries that are free."""

    __slots__ = ("blocks",)

    def __init__(self, blocks: Array | None = None) -> None:
        self.blocks = blocks if blocks is not None and blocks.any() else None

    def allowed(self, X: Array) -> Array:
        """The upper triangle, and of each block its lower entry and the mean of its diagonal."""
        Y = np.triu(X)
        if self.blocks is None:
            return Y
        blocks = np.broadcast_to(self.blocks, (*X.shape[:-2], X.shape[-1] - 1))
        below, d = np.diagonal(X, -1, -2, -1), np.diagonal(X, 0, -2, -1)
        half = np.where(blocks, (d[..., 1:] - d[..., :-1]) / 2, 0)
        k = np.arange(X.shape[-1] - 1)
        Y[..., k + 1, k] = np.where(blocks, below, 0)
        Y[..., k, k] += half
        Y[..., k + 1, k + 1] -= half
        return Y

    def turning(self, n: int) -> Array:
        """Which entries of a turn may differ from zero."""
        return ~np.eye(n, dtype=bool)

    def of_element(self, where: tuple[int, ...], batch: tuple[int, ...]) -> Quasi:
        if self.blocks is None:
            return self
        return Quasi(np.broadcast_to(self.blocks, (*batch, self.blocks.shape[-1]))[where])

    def kink(self, T: Array, G: Array, limits: Limits) -> tuple[int, int] | None:
        """Equal eigenvalues of which G sees more than the sum; or a multiple of a rotation: b + c is a length.

        Of a defective cluster it must see nothing: a sum sends the same cotangents as a product there, and has another
        derivative.
        """
        starts = starts_of(self.blocks, len(T))
        met = gaps(T, starts) <= limits.divisor
        if not met.any():
            return None
        block = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
        within = block[:, None] == block
        wrong = met & within & (np.abs(G + G.T) > limits.numerator)
        if np.any(met & ~within):
            seen = np.abs(G) > limits.numerator
            seen |= seen.T | _unequal(np.diagonal(T), np.diagonal(G), limits.numerator)
            seen |= np.diagonal(seen)[:, None] & defective(T, starts, limits)
            tied = np.zeros((len(starts) - 1,) * 2, bool)
            i, j = np.nonzero(met & ~within)
            tied[block[i], block[j]] = True
            wrong |= seen & (tied[block][:, block] | (within & np.any(tied, 1)[block]))
        found = np.argwhere(np.triu(wrong, 1))
        return (int(found[0][0]), int(found[0][1])) if len(found) else None

    def solve(self, T: Array, M: Array, trans: str, limits: Limits) -> tuple[Array, tuple[int, int] | None]:
        """S or N: quickly where eigenvalues are apart, carefully where some meet."""
        starts = starts_of(self.blocks, len(T))
        if np.all(gaps(T, starts) > limits.divisor):
            try:
                return System(T, M, starts, trans, limits, careful=False).solution(), None
            except MetError:  # to the working precision of LAPACK
                pass
        system = System(T, M, starts, trans, limits, careful=True)
        return system.solution(), system.missing


def _unequal(w: Array, g: Array, rounding: float) -> Array:
    """Which cotangents of eigenvalues differ, by more than a function does that is taken of different eigenvalues."""
    size, least = np.maximum(abs(g)[:, None], abs(g)), np.minimum(abs(w)[:, None], abs(w))
    explained = _STEEP * np.abs(w[:, None] - w) * size
    return np.asarray((np.abs(g[:, None] - g) - rounding) * least > explained)
