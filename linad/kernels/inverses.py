"""Inverses of large triangles, and of matrices from their Cholesky factors, in place.

By halves, so that most of the work is products: [A .; B C] has the inverse [A^-1 .; -C^-1 B A^-1 C^-1]. LAPACK's
trtri goes by narrow strips, and takes up to twice as long.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from linad.kernels.blas import trmm
from linad.kernels.counters import count, counted
from linad.kernels.lapack import lauum, potri, trtri

Array = np.ndarray[Any, Any]

_LEAF = 64  # order of triangles that are left to LAPACK; measured


def invert_triangle(T: Array, lower: bool, unit: bool = False) -> None:
    """T := T^-1 for a triangle without zeros on its diagonal; no other entry is read or written."""
    n = len(T)
    if n <= _LEAF:
        trtri(T, lower, unit)
        return
    half = (n // 2 + 15) // 16 * 16  # BLAS goes by sixteen
    a, b = slice(0, half), slice(half, n)
    A, C = T[a, a], T[b, b]
    B, left, right = (T[b, a], C, A) if lower else (T[a, b], A, C)
    invert_triangle(A, lower, unit)
    invert_triangle(C, lower, unit)
    trmm(left, B, "L", lower, "N", unit, -1)
    trmm(right, B, "R", lower, "N", unit)


def invert_definite(C: Array, lower: bool) -> None:
    """The triangle of A^-1 overwrites that of A's Cholesky factor: of A = C C^H if lower, else of C^H C."""
    if len(C) <= _LEAF:
        potri(C, lower)
        return
    count("potri", 1, len(C))
    with counted():
        invert_triangle(C, lower)
        lauum(C, lower)
