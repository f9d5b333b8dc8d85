"""Products of matrices of which one triangle is wanted, or whose factors are triangles, by halves.

A zone says which entries of a matrix count: ``full``, ``lower``, ``upper``, ``strict lower``, ``strict upper``, or
``unit lower`` and ``unit upper``, whose diagonal is ones. Others of a factor are not read as numbers, those of the
result are left as they are. Halves of halves are full matrices, which BLAS multiplies in place; what is left at the
diagonal is multiplied whole and cut out.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from linad.kernels.blas import gemm
from linad.kernels.products import SMALL, product

Array = np.ndarray[Any, Any]

FULL = "full"
_TURNED = {"lower": "upper", "upper": "lower"}
_STRIP = 64  # rows that are multiplied at once up to the diagonal; measured
_LEAF = 96  # order from which on halving costs less than the half that is multiplied in vain


def turned(zone: str) -> str:
    """The zone of the transpose."""
    *kind, triangle = zone.split()
    return " ".join([*kind, _TURNED.get(triangle, triangle)])


def multiply(
    C: Array,
    A: Array,
    B: Array,
    factor: complex = 1,
    fresh: bool = False,
    zone: str = FULL,
    left: str = FULL,
    right: str = FULL,
    trans_a: str = "N",
    trans_b: str = "N",
) -> None:
    """C := factor op(A) op(B) + C in a zone of C; with ``fresh``, without the old C.

    ``left`` and ``right`` are the zones of A and B as they are stored. A matrix with a zone other than full is square.
    """
    if trans_a != "N":
        left = turned(left)
    if trans_b != "N":
        right = turned(right)
    _multiply(C, A, B, factor, 0 if fresh else 1, (zone, left, right), (trans_a, trans_b))


def lower_product(
    A: Array,
    B: Array,
    trans_a: str = "N",
    trans_b: str = "N",
    upper: bool = False,
    less: Array | None = None,
) -> Array:
    """A square matrix with the lower triangle of op(A) op(B), N or H; what is above may be anything.

    With ``upper`` op(A) is upper triangular, with zeros below. From ``less``, if given, the product is subtracted in
    place, of a large one in the lower triangle alone.
    """
    n = A.shape[trans_a != "N"]
    if n * A.size < SMALL:
        P = product(A, B, trans_a, trans_b)
        return P if less is None else np.subtract(less, P, less)
    factor, old = (1, 0) if less is None else (-1, 1)
    C = np.empty((n, n), A.dtype) if less is None else less
    for i in range(0, n, _STRIP):
        e = min(i + _STRIP, n)
        inner = slice(i if upper else 0, None)
        left = A[i:e, inner] if trans_a == "N" else A[inner, i:e]
        right = B[inner, :e] if trans_b == "N" else B[:e, inner]
        gemm(left, right, C[i:e, :e], factor, old, trans_a, trans_b)
    return C


def _multiply(
    C: Array,
    A: Array,
    B: Array,
    factor: complex,
    old: int,
    zones: tuple[str, str, str],
    trans: tuple[str, str],
) -> None:
    zone, left, right = zones
    if zone == left == right == FULL:
        gemm(A, B, C, factor, old, *trans)
        return
    m, n = C.shape
    k = A.shape[1] if trans[0] == "N" else A.shape[0]
    cut_m, cut_k, cut_n = (
        zone != FULL or left != FULL,
        left != FULL or right != FULL,
        zone != FULL or right != FULL,
    )
    if max(m * cut_m, k * cut_k, n * cut_n) <= _LEAF:
        _leaf(C, A, B, factor, old, zones, trans)
        return
    rows, inner, columns = _halves(m, cut_m), _halves(k, cut_k), _halves(n, cut_n)
    for i, mi in enumerate(rows):
        for j, nj in enumerate(columns):
            own = _part(zone, i, j)
            if own is None:
                continue
            present = old
            for h, kh in enumerate(inner):
                of_left = _part(left, i, h) if cut_m and cut_k else left
                of_right = _part(right, h, j) if cut_k and cut_n else right
                if of_left is None or of_right is None:
                    continue
                part_a = A[mi, kh] if trans[0] == "N" else A[kh, mi]
                part_b = B[kh, nj] if trans[1] == "N" else B[nj, kh]
                _multiply(C[mi, nj], part_a, part_b, factor, present, (own, of_left, of_right), trans)
                present = 1
            if not present:
                _cleared(C[mi, nj], own)


def _halves(n: int, cut: bool) -> tuple[slice, ...]:
    half = (n + 1) // 2
    return (slice(0, half), slice(half, n)) if cut and n > 1 else (slice(0, n),)


def _part(zone: str, i: int, j: int) -> str | None:
    """The zone of a block; None where it is zero."""
    if zone == FULL:
        return FULL
    if i == j:
        return zone
    return FULL if zone.endswith("lower") == (i > j) else None


def _leaf(
    C: Array,
    A: Array,
    B: Array,
    factor: complex,
    old: int,
    zones: tuple[str, str, str],
    trans: tuple[str, str],
) -> None:
    zone, left, right = zones
    A = filled(A, left if trans[0] == "N" else turned(left))
    B = filled(B, right if trans[1] == "N" else turned(right))
    if zone == FULL:
        gemm(A, B, C, factor, old, *trans)
        return
    product = np.empty_like(C)  # in the order of C
    gemm(A, B, product, factor, 0, *trans)
    if old:
        product += C
    np.copyto(C, product, where=_mask(zone, *C.shape))


def filled(A: Array, zone: str) -> Array:
    """A with zeros, or ones on the diagonal, where its zone is not; a copy, but for the full zone."""
    if zone == FULL:
        return A
    A = np.where(_mask(zone, *A.shape), A, A.dtype.type(0))
    if zone.startswith("unit"):
        np.einsum("ii->i", A)[...] = 1
    return A


def copy_zone(C: Array, A: Array, zone: str) -> None:
    """C := A in a zone."""
    if zone == FULL:
        C[...] = A
    elif len(C) <= _LEAF:
        np.copyto(C, A, where=_mask(zone, *C.shape))
    else:
        halves = _halves(len(C), True)
        for i, rows in enumerate(halves):
            for j, columns in enumerate(halves):
                own = _part(zone, i, j)
                if own is not None:
                    copy_zone(C[rows, columns], A[rows, columns], own)


def _cleared(C: Array, zone: str) -> None:
    np.copyto(C, 0, where=_mask(zone, *C.shape))


@lru_cache(maxsize=256)
def _mask(zone: str, m: int, n: int) -> Array:
    if zone == FULL:
        return np.ones((m, n), bool)
    strict = 0 if zone in _TURNED else 1
    i, j = np.indices((m, n), sparse=True)
    mask = i >= j + strict if zone.endswith("lower") else j >= i + strict
    mask.flags.writeable = False
    return mask
