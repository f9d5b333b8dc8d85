"""Bunch and Kaufman's factors of Hermitian and symmetric matrices, by SciPy's unpacking of LAPACK's hetrf and sytrf."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.linalg import ldl as _ldl

from linad.kernels.counters import count
from linad.kernels.dtypes import lapack_type

Array = np.ndarray[Any, Any]


class Factors:
    """A = lu D lu^H, or lu D lu^T, with a triangle L = lu[perm], for each matrix of a batch; immutable.

    Attributes
    ----------
    lu, D, perm, order
        The factors, the permutation, and its inverse.
    off, within
        Where L may differ from the identity, and D from zero: beside the blocks of D, and within them.
    first, alone
        Where blocks of two rows begin, and rows that are blocks alone, but for blocks that nothing divides by.
    singular
        A pivot that is zero, or rounding, and its matrix, with others to be divided by it; None where there is none.
    """

    __slots__ = ("D", "alone", "first", "lu", "off", "order", "perm", "singular", "within")

    def __init__(self, lu: Array, D: Array, perm: Array, lower: bool) -> None:
        n = perm.shape[-1]
        self.lu, self.D, self.perm, self.order = lu, D, perm, np.argsort(perm, axis=-1)
        below, above = np.diagonal(D, -1, -2, -1), np.diagonal(D, 1, -2, -1)
        first = np.zeros((*perm.shape[:-1], n), bool)
        if n > 0:
            first[..., : n - 1] = (below != 0) | (above != 0)
        second = np.zeros_like(first)
        second[..., 1:] = first[..., : max(n - 1, 0)]
        block = np.cumsum(~second, axis=-1)
        rows, columns = block[..., :, None], block[..., None, :]
        self.off = rows > columns if lower else rows < columns
        self.within = rows == columns
        last = block == (block[..., -1:] if lower else block[..., :1])
        alone = ~first & ~second & ~last
        d = np.abs(np.diagonal(D, 0, -2, -1))
        size = np.max(np.abs(D), axis=(-2, -1), initial=0)[..., None]
        zero = alone & (d <= n * np.finfo(D.dtype).eps * size)
        self.singular = tuple(int(i) for i in np.argwhere(zero)[0]) if zero.any() else None
        self.alone, self.first = alone & ~zero, (first & ~last)[..., : max(n - 1, 0)]


def factor(A: Array, lower: bool, hermitian: bool) -> Factors:
    """Factor Hermitian, or complex symmetric, matrices, of which one triangle is read."""
    _, dtype = lapack_type(A)
    A = A.astype(dtype, copy=False)
    batch, n = A.shape[:-2], A.shape[-1]
    lu, D = np.empty(A.shape, dtype), np.empty(A.shape, dtype)
    perm = np.empty((*batch, n), np.intp)
    for i in np.ndindex(batch):
        lu[i], D[i], perm[i] = _ldl(A[i], lower=lower, hermitian=hermitian, check_finite=False)
        count("hetrf" if hermitian and dtype.kind == "c" else "sytrf")
    lu.flags.writeable = D.flags.writeable = perm.flags.writeable = False
    return Factors(lu, D, perm, lower)
