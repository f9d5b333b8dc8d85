"""Gaussian elimination of many small matrices at once, with LAPACK's pivots; the batch stands last in memory.

A step is some dozen operations along the batch. The matrices are taken so many at a time that they stay in the cache.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]
_BYTES = 2**19  # of the matrices that are taken at a time
_LEAST = 512  # of them, so that a step outweighs its call
_MANY = 3  # of so many matrices one has rows to exchange, where all are treated alike
_TABLED = 5  # rows whose orders stand in a table


def portions(count: int, size: int) -> list[slice]:
    """The last axis, of ``count`` matrices of a size in bytes, in equal parts that fit the cache."""
    parts = min(count // _LEAST, -(-count * size // _BYTES))
    if parts < 2:
        return [slice(0, count)]
    cuts = [count * i // parts for i in range(parts + 1)]
    return [slice(start, stop) for start, stop in pairwise(cuts)]


def require_regular(singular: tuple[int, tuple[int, ...]] | None, where: str) -> None:
    """Raise LinAlgError where factors have a pivot that is exactly zero: its index, and that of its matrix."""
    if singular is not None:
        pivot, at = singular
        element = f" {at} of the batch" if at else ""
        raise np.linalg.LinAlgError(
            f"Singular matrix: {where}: matrix{element} is exactly singular (pivot {pivot} is zero)."
        )


def eliminate(A: Array, dtype: np.dtype[Any], singular: bool) -> tuple[Array, Array, Array]:
    """The factors of matrices, the batch first, in one array with the batch last.

    If not told that some are, no matrix may be exactly singular. Given are also, step by step, how far below the
    diagonal pivots were found, and their sizes, by which LAPACK chooses; a size of zero says that a matrix is singular.
    """
    count, m, n = A.shape
    W, steps = np.empty((m, n, count), dtype), min(m, n)
    found, sizes = np.zeros((steps, count), np.uint8), np.empty((steps, count), W.real.dtype)
    with np.errstate(all="ignore"):  # LAPACK is silent, too
        for part in portions(count, m * n * W.itemsize):
            W[:, :, part] = A[part].transpose(1, 2, 0)
            _eliminate(W, part, found[:, part], sizes[:, part], singular)
    return W, found, sizes


def _eliminate(W: Array, part: slice, found: Array, sizes: Array, singular: bool) -> None:
    m, n, stride = W.shape
    entries, V = W.reshape(-1), W[:, :, part]
    count = V.shape[-1]
    rows = np.arange(0, W.size, n * stride)  # where they begin
    firsts = _firsts(n, stride, part.start, count)
    places, above = np.empty((n, count), np.intp), np.empty((n, count), W.dtype)
    size, product = np.empty((m, count), sizes.dtype), np.empty((m, max(n - 1, 1), count), W.dtype)
    for k in range(len(sizes)):
        column = V[k:, k]
        _sizes(column, size[k:])
        _largest(size[k:], sizes[k], found[k])
        if k + 1 == m:
            return
        moved = np.flatnonzero(found[k])
        if _MANY * moved.size < count:
            here = firsts.take(moved, axis=1)
            there = here + rows[k:].take(found[k].take(moved))
            here += rows[k]
            kept = entries.take(here)
            entries[here] = entries.take(there)
            entries[there] = kept
        elif k + 2 == m:
            V[k:] = np.where(found[k].view(bool), V[k:][::-1], V[k:])
        else:
            np.add(firsts, rows[k:].take(found[k]), out=places)
            entries.take(places, mode="wrap", out=above)
            entries[places.reshape(-1)] = V[k].reshape(-1)
            V[k] = above
        pivot = V[k, k]
        if singular:
            pivot = np.where(pivot == 0, 1, pivot)  # all below are zeros, too
        np.divide(column[1:], pivot, out=column[1:])
        if k + 1 < n:
            change, rest = product[k + 1 :, k:], V[k + 1 :, k + 1 : n]
            rest -= np.multiply(column[1:, None], V[k, k + 1 : n], out=change)


@lru_cache(maxsize=16)
def _firsts(n: int, stride: int, start: int, count: int) -> Array:
    """Where the entries of the first row stand, of matrices from ``start`` on; nobody can write to it."""
    places = np.arange(n)[:, None] * stride + np.arange(start, start + count)
    places.flags.writeable = False
    return places


def order_of(found: Array, m: int) -> Array:
    """The order of m rows that exchanges make, the batch last."""
    steps, total = found.shape
    if m <= _TABLED:
        number = found[0]
        for k in range(1, steps):
            number = number * np.uint8(m - k) + found[k]
        return _orders(m, steps).take(number, axis=1)
    order = np.repeat(np.arange(m), total).reshape(m, total)
    entries, which = order.reshape(-1), np.arange(total)
    for k in range(min(steps, m - 1)):
        places = which + np.arange(k * total, m * total, total).take(found[k])
        row = entries.take(places)
        entries[places] = order[k]
        order[k] = row
    return order


@lru_cache(maxsize=16)
def _orders(m: int, steps: int) -> Array:
    """Those of all exchanges, one a column, the later ones changing faster; nobody can write to it."""
    orders = [list(range(m))]
    for k in range(steps):
        orders = [_exchanged(order, k, j) for order in orders for j in range(k, m)]
    table = np.array(orders).T.copy()
    table.flags.writeable = False
    return table


def _exchanged(order: list[int], i: int, j: int) -> list[int]:
    order = order.copy()
    order[i], order[j] = order[j], order[i]
    return order


def _sizes(x: Array, out: Array) -> None:
    """Moduli of real numbers, and of complex ones LAPACK's measure."""
    if x.dtype.kind == "f":
        np.abs(x, out=out)
    else:
        np.add(np.abs(x.real), np.abs(x.imag), out=out)


def _largest(size: Array, largest: Array, found: Array) -> None:
    """The largest sizes of each column, and which row has the first of them; with a NaN it is any of them."""
    if len(size) == 1:
        largest[...] = size[0]
    elif len(size) == 2:
        np.maximum(size[0], size[1], out=largest)
        np.less(size[0], size[1], out=found.view(bool))
    else:
        np.maximum.reduce(size, axis=0, out=largest)
        smaller = np.not_equal(size[:-1], largest)
        for i in range(1, len(smaller)):
            smaller[i] &= smaller[i - 1]
        np.add.reduce(smaller.view(np.uint8), axis=0, out=found)
