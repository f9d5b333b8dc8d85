"""Bunch and Kaufman's factors of Hermitian and symmetric matrices: LAPACK's hetrf and sytrf, unpacked."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from math import prod
from typing import Any

import numpy as np
from scipy.linalg import lapack

from linad.kernels.counters import count
from linad.kernels.dtypes import lapack_type

Array = np.ndarray[Any, Any]
_BLOCK = 64  # columns that LAPACK takes at once


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
    letter, dtype = lapack_type(A)
    A = A.astype(dtype, copy=False)
    batch, n = A.shape[:-2], A.shape[-1]
    hermitian = hermitian and dtype.kind == "c"
    if hermitian and np.any(np.diagonal(A, 0, -2, -1).imag):
        warnings.warn(
            "ldl ignores the imaginary parts of the diagonal.", np.exceptions.ComplexWarning, stacklevel=2
        )
    name = "hetrf" if hermitian else "sytrf"
    count(name, prod(batch))
    packed, exchanges = np.empty(A.shape, dtype), np.empty((*batch, n), np.int32)
    routine, work = getattr(lapack, letter + name), max(n, 1) * _BLOCK
    for i in np.ndindex(batch if n > 0 else (0,)):
        packed[i], exchanges[i], _ = routine(A[i], lower=lower, lwork=work)
    lu, D, perm = _unpacked(packed, exchanges, lower, hermitian)
    lu.flags.writeable = D.flags.writeable = perm.flags.writeable = False
    return Factors(lu, D, perm, lower)


def _unpacked(packed: Array, exchanges: Array, lower: bool, hermitian: bool) -> tuple[Array, Array, Array]:
    """lu, D and perm from what LAPACK gives: at once for all matrices that have the same exchanges."""
    n = packed.shape[-1]
    lu = np.tril(packed, -1) if lower else np.triu(packed, 1)
    D, perm = np.zeros_like(packed), np.empty(exchanges.shape, np.intp)
    i = np.arange(n)
    lu[..., i, i], D[..., i, i] = 1, packed[..., i, i]
    total = prod(exchanges.shape[:-1])
    flat_lu, flat_D, flat_perm = lu.reshape(total, n, n), D.reshape(total, n, n), perm.reshape(total, n)
    kinds, kind = np.unique(exchanges.reshape(total, n), axis=0, return_inverse=True)
    for number, exchange in enumerate(kinds.tolist()):
        where = np.flatnonzero(kind.reshape(-1) == number)
        L, blocks = flat_lu[where], list(_blocks(exchange, lower))
        order = list(range(n))
        for first, size, *_ in blocks:
            if size == 2:
                beside = (first + 1, first) if lower else (first, first + 1)
                entry = L[:, *beside]
                flat_D[where, *beside] = entry
                flat_D[where, *beside[::-1]] = entry.conj() if hermitian else entry
                L[:, *beside] = 0
        for first, size, row, other in reversed(
            blocks
        ):  # the last exchange moves the rows of the fewest columns
            columns = slice(first, n) if lower else slice(0, first + size)
            L[:, [row, other], columns] = L[:, [other, row], columns]
            order[row], order[other] = order[other], order[row]
        flat_lu[where], flat_perm[where] = L, np.argsort(order)
    return lu, D, perm


def _blocks(exchange: list[int], lower: bool) -> Iterator[tuple[int, int, int, int]]:
    """Where each block of D begins, its size, and the two rows that were exchanged for it, as LAPACK went."""
    n = len(exchange)
    i = 0 if lower else n - 1
    while 0 <= i < n:
        p = exchange[i]
        if p > 0:
            yield i, 1, i, p - 1
            i += 1 if lower else -1
        elif lower:
            yield i, 2, i + 1, -p - 1
            i += 2
        else:
            yield i - 1, 2, i - 1, -p - 1
            i -= 2
