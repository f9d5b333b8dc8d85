"""Cotangents of singular value decompositions, economic, and of polar factors, A = W P for W = U Vh.

    gA = (U (D - K / s) + G / s) Vh,          K = U^H G, for tall matrices; of wide ones the adjoint is decomposed
    gA = U D Vh                               for square ones, or where gU, gW is absent

    svd     G = gU,        D_ij = ((K - K^H)_ij s_j + s_i (N - N^H)_ij) / (s_j^2 - s_i^2),   N = Vh gVh^H
                           D_ii = gs_i + i Im K_ii / s_i
    polar   G = gW Vh^H,   D_ij = N_ij + (X - X^H)_ij / (s_j + s_i),   X = K - N s,   N = Vh gP Vh^H

A kernel gives None where a guard of the rule could have something to say: then the program serves.
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

# Exponents of numbers whose squares are numbers.
_MOST = {code: np.finfo(code).maxexp // 8 for code in "fd"}


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
    K = None if gU is None else product(U, gU, "H")
    N = None if gVh is None else product(Vh, gVh, "N", "H")
    if K is None and N is None:
        return product(U * gs, Vh)
    if U.dtype.kind == "c":
        along = [X.diagonal() for X in (K, N) if X is not None]
        if sees_phases(np.add(along[0], along[-1] if len(along) > 1 else 0), gU, gVh):
            return None
    D = _basic(s, K, N)
    diagonal = np.einsum("ii->i", D)
    diagonal[...] = 0 if gs is None else gs
    if K is not None and K.dtype.kind == "c":
        diagonal.imag = K.diagonal().imag / s
    return _assembled(U, s, Vh, D, gU, K)


def _assembled(U: Array, s: Array, Vh: Array, D: Array, G: Array | None, K: Array | None) -> Array:
    """gA from D; K is overwritten."""
    if G is None or K is None or len(U) == len(s):
        return product(U, product(D, Vh))
    D -= np.divide(K, s, K)
    Y = product(U, D)
    Y += G / s
    return product(Y, Vh)


def polar(U: Array, s: Array, Vh: Array, left: bool, gW: Array | None, gP: Array | None) -> Array | None:
    """Of W and P, from the singular value decomposition of a matrix of full rank; ``left`` for A = P W."""
    if (gW is None and gP is None) or not (single(U) and single(Vh) and alike(U, Vh, gW, gP) and alike(s)):
        return None
    numbers = s.tolist()
    if not numbers[-1] > GAP[s.dtype.char] * numbers[0]:
        return None
    if left:
        gA = _right_polar(adjoint(Vh), s, adjoint(U), *[g if g is None else adjoint(g) for g in (gW, gP)])
        return adjoint(gA)
    return _right_polar(U, s, Vh, gW, gP)


def _right_polar(U: Array, s: Array, Vh: Array, gW: Array | None, gP: Array | None) -> Array:
    G = None if gW is None else product(gW, Vh, "N", "H")
    K = None if G is None else product(U, G, "H")
    N = None if gP is None else product(product(Vh, gP), Vh, "N", "H")
    X = None if N is None else N * -s
    if K is not None:
        X = K.copy() if X is None else np.add(X, K, X)
    assert X is not None
    D = X - adjoint(X)
    D /= s + s[:, None]
    if N is not None:
        D += N
    return _assembled(U, s, Vh, D, G, K)


def _basic(s: Array, K: Array | None, N: Array | None) -> Array:
    """D of svd off the diagonal: X - Y^H by gaps, where X = K s + s N, and Y = s K + N s."""
    column = s[:, None]
    terms = [pair for pair in ((K, s, column), (N, column, s)) if pair[0] is not None]
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
