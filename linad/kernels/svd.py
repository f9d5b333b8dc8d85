"""Singular value decompositions, by the routines that NumPy and SciPy call, so that the numbers are theirs."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np
import scipy.linalg

from linad.kernels import bidiagonal
from linad.kernels.counters import count, counted

Array = np.ndarray[Any, Any]
_ROUNDING = 8.0  # of computed singular values, in units of max(m, n) eps of the largest


class Singular:
    """A = U diag(s) Vh for each matrix of a batch, economic; ``whole`` is U and Vh as far as computed. Immutable.

    ``memos`` holds what is made of other factors that come from these, by their names.
    """

    __slots__ = ("U", "Vh", "memos", "s", "whole")

    def __init__(self, U: Array, s: Array, Vh: Array) -> None:
        k = s.shape[-1]
        self.U, self.s, self.Vh = U[..., :k], s, Vh[..., :k, :]
        self.whole = U, Vh
        self.memos: dict[Any, dict[Any, Any]] = {}


def decompose(A: Array, driver: str, full: bool) -> Singular:
    """Decompose matrices in the last two axes.

    ``driver`` is numpy, hermitian (NumPy's way through eigenvalues), or the name of one of SciPy's drivers.

    Raises
    ------
    numpy.linalg.LinAlgError
        where the iteration does not converge.
    """
    batch = A.shape[:-2]
    if driver in ("numpy", "hermitian"):
        with counted():
            found = (
                bidiagonal.svd(A) if driver == "numpy" and (not full or A.shape[-1] == A.shape[-2]) else None
            )
        dimensions = (A.shape[-1], 1) if driver == "hermitian" else (*A.shape[-2:], 1)
        count("heevd" if driver == "hermitian" else "gesdd", prod(batch), *dimensions)
        return Singular(*(found or np.linalg.svd(A, full, hermitian=driver == "hermitian")))
    count(driver, prod(batch))
    return Singular(*scipy.linalg.svd(A, full, check_finite=False, lapack_driver=driver))


def rounding(s: Array, shape: tuple[int, ...]) -> Array:
    """What is rounding of the singular values of matrices of a shape, with one axis kept."""
    largest = np.max(s, axis=-1, keepdims=True, initial=0)
    return np.asarray(_ROUNDING * max(*shape[-2:], 1) * np.finfo(s.dtype).eps * largest)


def clusters(s: Array, tolerance: Array) -> Array:
    """The number of the cluster that each singular value belongs to: neighbours that differ by rounding are in one."""
    apart = s[..., :-1] - s[..., 1:] > tolerance
    first = np.zeros((*s.shape[:-1], min(s.shape[-1], 1)), int)
    return np.concatenate([first, np.cumsum(apart, axis=-1)], axis=-1)


def vectors(F: Singular, side: str, start: int, stop: int | None) -> Array:
    """Left or right singular vectors, as columns."""
    U, Vh = F.whole
    if side == "left":
        return U[..., start:stop].copy()
    return Vh[..., start:stop, :].swapaxes(-1, -2).conj()


class Stretch:
    """X = diag(s) Wh, what A is in the basis of its range, square: it answers as factors of X would. Immutable.

    Without ``Wh``, X is diag(s).
    """

    __slots__ = ("Wh", "dtype", "s", "singular")

    def __init__(self, s: Array, Wh: Array | None) -> None:
        self.s, self.Wh, self.dtype = s, Wh, s.dtype
        self.singular = None

    @property
    def spread(self) -> float:
        """The least singular value by the largest one of the same matrix."""
        return float(np.min(self.s[..., -1] / self.s[..., 0])) if self.s.size else 1.0

    def apply(self, B: Array, trans: str) -> Array:
        """op(X)^-1 B, for op N or H."""
        s, Wh = self.s[..., None], self.Wh
        if Wh is None:
            return np.asarray(B / s)
        if trans == "H":
            return np.asarray(Wh @ B / s)
        return np.asarray(Wh.swapaxes(-1, -2).conj() @ (B / s))


def stretch(F: Singular, side: str, rank: int) -> Stretch:
    """X of A = U X, with ``right`` of A^H = V X; at less than full rank, with A W in the place of A."""
    Wh = F.Vh if side == "left" else F.U.swapaxes(-1, -2).conj()
    return Stretch(F.s[..., :rank], Wh if Wh.shape[-2:] == (rank, rank) else None)


def ranks(F: Singular, rcond: float) -> Array:
    """How many singular values are above ``rcond`` times the largest."""
    return np.sum(F.s > rcond * np.max(F.s, axis=-1, keepdims=True, initial=0), axis=-1)


def null_isometry(F: Singular, shape: tuple[int, ...]) -> Array:
    """U_0 V_0^H of the singular vectors at zero; a lone zero where there are none."""
    zero = F.s <= rounding(F.s, shape)
    if not zero.any():
        return np.zeros((), F.U.dtype)
    return np.asarray((F.U * zero[..., None, :]) @ F.Vh)


def shares(s: Array, size: int, extreme: str) -> Array:
    """Equal shares of the singular values that are the largest, or the smallest; none of a largest that is zero."""
    cluster = clusters(s, rounding(s, (size, size)))
    chosen = cluster == (0 if extreme == "largest" else cluster[..., -1:])
    if extreme == "largest":
        chosen = chosen & (s[..., :1] > 0)
    return np.asarray(chosen / np.maximum(chosen.sum(axis=-1, keepdims=True), 1), s.dtype)
