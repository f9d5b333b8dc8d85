"""The cotangent of singular value decompositions, economic.

    gA = (U (D - P / s) + gU / s) Vh,         P = U^H gU, for tall matrices; of wide ones the adjoint is decomposed
    gA = U D Vh                               for square ones, or where gU is absent

    D_ij = ((P - P^H)_ij s_j + s_i (N - N^H)_ij) / (s_j^2 - s_i^2),   N = Vh gVh^H,   D_ii = gs_i + i Im P_ii / s_i

The kernel gives None where a guard of the rule could have something to say: then the program serves.
"""

from __future__ import annotations

from itertools import pairwise
from math import frexp
from typing import Any

import numpy as np

from linad.kernels.orthogonal import alike, sees_phases, single
from linad.kernels.products import adjoint, product
from linad.kernels.small import GAP

Array = np.ndarray[Any, Any]

_MOST = {
    code: np.finfo(code).maxexp // 8 for code in "fd"
}  # exponents of numbers with squares that are numbers


def svd(U: Array, s: Array, Vh: Array, gU: Array | None, gs: Array | None, gVh: Array | None) -> Array | None:
    """Of singular values, descending, all of them far apart and from zero; the cost does not see phases of vectors."""
    present = gU is not None or gs is not None or gVh is not None
    if not (present and single(U) and single(Vh) and alike(U, Vh, gU, gVh) and alike(s, gs)):
        return None
    if len(U) < Vh.shape[1]:
        turned = [None if X is None else adjoint(X) for X in (Vh, U, gVh, gU)]
        gA = _tall(turned[0], s, turned[1], turned[2], gs, turned[3])  # type: ignore[arg-type]  # factors are there
        return None if gA is None else adjoint(gA)
    return _tall(U, s, Vh, gU, gs, gVh)


def _tall(
    U: Array, s: Array, Vh: Array, gU: Array | None, gs: Array | None, gVh: Array | None
) -> Array | None:
    if not _far_apart(s):
        return None
    P = None if gU is None else product(U, gU, "H")
    N = None if gVh is None else product(Vh, gVh, "N", "H")
    if P is None and N is None:
        return product(U * gs, Vh)
    if U.dtype.kind == "c":
        along = [X.diagonal() for X in (P, N) if X is not None]
        if sees_phases(np.add(along[0], along[-1] if len(along) > 1 else 0), gU, gVh):
            return None
    D = _basic(s, P, N)
    diagonal = np.einsum("ii->i", D)
    diagonal[...] = 0 if gs is None else gs
    if P is not None and P.dtype.kind == "c":
        diagonal.imag = P.diagonal().imag / s
    if gU is None or P is None or len(U) == len(s):
        return product(U, product(D, Vh))
    D -= np.divide(P, s, P)
    Y = product(U, D)
    Y += gU / s
    return product(Y, Vh)


def _basic(s: Array, P: Array | None, N: Array | None) -> Array:
    """D off the diagonal: X - Y^H by gaps, where X = P s + s N, and Y = s P + N s."""
    column = s[:, None]
    terms = [pair for pair in ((P, s, column), (N, column, s)) if pair[0] is not None]
    X, Y = terms[0][0] * terms[0][1], terms[0][0] * terms[0][2]
    for M, right, left in terms[1:]:
        X += M * right
        Y += M * left
    X -= adjoint(Y)
    gaps = s - column
    gaps *= s + column
    np.einsum("ii->i", gaps)[...] = 1
    return np.divide(X, gaps, X)


def _far_apart(s: Array) -> bool:
    """Whether all singular values are far from each other and from zero, and their squares are numbers."""
    numbers = s.tolist()
    least = min([numbers[-1], *[a - b for a, b in pairwise(numbers)]])
    code, largest = s.dtype.char, numbers[0]
    return abs(frexp(largest)[1]) <= _MOST[code] and least > GAP[code] * largest
