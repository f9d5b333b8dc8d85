"""Turns S = Z^H dZ of the basis in which a matrix takes a form T = Z^H A Z that keeps its pattern.

A pattern splits the entries of a matrix, over the reals, into those that the form may have and the others. With
M = Z^H dA Z the form changes by M - (S T - T S), whose other entries must vanish:

    "N"    others(S T - T S) = others(M)            S skew-Hermitian, free where the pattern leaves no choice
    "H"    skew(N T^H - T^H N) = skew(G)            N among the other entries; the adjoint of the above

Where an entry of the solution is not determined it is zero, if the equation allows that; else it is told.
"""

from __future__ import annotations

from typing import Any, NamedTuple, Protocol

import numpy as np

from linad.kernels.dtypes import lapack_type

Array = np.ndarray[Any, Any]

_CLOSED = 8.0  # divisors of this many n eps of the largest entry are rounding
_ROUNDING = 1e2  # and of this many, numerators


class Limits(NamedTuple):
    """What is rounding in one system."""

    divisor: float
    numerator: float
    relative: float  # in units of the solution

    def exceeded(self, left: float, X: Array) -> bool:
        """Whether what is left of a right side is more than rounding of it, and of products of T and the solution."""
        return left > self.numerator and left > self.numerator + self.relative * float(np.max(np.abs(X)))


class Pattern(Protocol):
    """The entries that a form may have."""

    def allowed(self, X: Array) -> Array:
        """The orthogonal projection of matrices onto these entries."""
        ...

    def turning(self, n: int) -> Array:
        """Which entries of a turn may differ from zero."""
        ...

    def of_element(self, where: tuple[int, ...], batch: tuple[int, ...]) -> Pattern:
        """The pattern of one matrix of a batch."""
        ...

    def kink(self, T: Array, G: Array, limits: Limits) -> tuple[int, int] | None:
        """Where the basis is not determined, the first entry of T that depends on it, or is a length, and G sees."""
        ...

    def solve(self, T: Array, M: Array, trans: str, limits: Limits) -> tuple[Array, tuple[int, int] | None]:
        """The solution for one matrix, and an entry that has none."""
        ...


class Turn(NamedTuple):
    """The solutions for a batch, the first entry that has none, and how much larger solutions are than right sides."""

    X: Array
    missing: tuple[int, ...] | None
    growth: float


def kink(T: Array, G: Array, pattern: Pattern) -> tuple[int, ...] | None:
    """The first entry, of a batch, that a cotangent G of T must not see."""
    batch = T.shape[:-2]
    if T.size > 0:
        for i in np.ndindex(batch):
            entry = pattern.of_element(i, batch).kink(T[i], G[i], _limits(T[i], G[i]))
            if entry is not None:
                return (*i, *entry)
    return None


def _limits(T: Array, right: Array) -> Limits:
    eps = len(T) * float(np.finfo(T.dtype).eps)
    size, numerator = (_ROUNDING * eps * float(np.max(np.abs(X))) for X in (T, right))
    return Limits(_CLOSED / _ROUNDING * size, numerator, size)


def turn(M: Array, T: Array, pattern: Pattern, trans: str) -> Turn:
    """The turns, or with trans H their adjoints, for matrices in the last two axes; batches broadcast."""
    dtype = lapack_type(M, T)[1]
    batch = np.broadcast_shapes(M.shape[:-2], T.shape[:-2])
    n = M.shape[-1]
    X = np.zeros((*batch, n, n), dtype)
    missing, growth = None, 0.0
    if X.size == 0:
        return Turn(X, missing, growth)
    M = np.broadcast_to(M.astype(dtype, copy=False), X.shape)
    T = np.broadcast_to(pattern.allowed(T.astype(dtype, copy=False)), X.shape)
    for i in np.ndindex(batch):
        size, right = float(np.max(np.abs(T[i]))), float(np.max(np.abs(M[i])))
        if not np.isfinite(size + right):
            X[i] = np.nan
            continue
        limits = _limits(T[i], M[i])
        X[i], entry = pattern.of_element(i, batch).solve(T[i], M[i], trans, limits)
        if entry is not None and missing is None:
            missing = (*i, *entry)
        if right > 0:
            growth = max(growth, size * float(np.max(np.abs(X[i]))) / right)
    return Turn(X, missing, growth)
