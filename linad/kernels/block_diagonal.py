"""Block diagonal matrices with blocks of order one and two, by bands: for each column what stands above, on, below.

bands[j] is (D[j - 1, j], D[j, j], D[j + 1, j]); a diagonal matrix has zeros beside its diagonal. Where rows and columns
are cut between blocks, so are the bands.
"""

from __future__ import annotations

from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]


def bands_of(D: Array) -> Array:
    """The bands of a block diagonal matrix, or of a diagonal one that is given as a vector."""
    n = D.shape[-1]
    bands = np.zeros((n, 3), D.dtype)
    if D.ndim == 1:
        bands[:, 1] = D
    else:
        bands[:, 1] = np.diagonal(D)
        bands[1:, 0], bands[:-1, 2] = np.diagonal(D, 1), np.diagonal(D, -1)
    return bands


def dense(bands: Array) -> Array:
    """The matrix."""
    return np.diag(bands[:, 1]) + np.diag(bands[1:, 0], 1) + np.diag(bands[:-1, 2], -1)


def inverse(bands: Array, divide: Array) -> Array:
    """The bands of the inverse, where ``divide`` says that a column's block is divided by; zeros elsewhere.

    A block [d f; e d'] has the inverse [v/e, -1/e; -1/f, u/f] / w with u = d/e, v = d'/f, w = uv - 1: nothing overflows
    that need not.
    """
    found = np.zeros_like(bands)
    pair = np.flatnonzero((bands[:-1, 2] != 0) & divide[:-1])  # the first columns of blocks of order two
    alone = divide.copy()
    alone[pair], alone[pair + 1] = False, False
    found[alone, 1] = 1 / bands[alone, 1]
    e, f = bands[pair, 2], bands[pair + 1, 0]
    u, v = bands[pair, 1] / e, bands[pair + 1, 1] / f
    w = u * v - 1
    found[pair, 1], found[pair + 1, 1] = v / (e * w), u / (f * w)
    found[pair + 1, 0], found[pair, 2] = -1 / (e * w), -1 / (f * w)
    return found


def multiply(X: Array, bands: Array, side: str, factor: float = 1) -> None:
    """X := factor X D, or factor D X where side is "L"."""
    if side == "L":  # D X is (X^T D^T)^T
        X, bands = X.T, _transposed(bands)
    if factor != 1:
        bands = X.dtype.type(factor) * bands
    beside = bands[:, ::2].any()
    old = X.copy() if beside else X
    X *= bands[:, 1]
    if beside:
        X[:, 1:] += old[:, :-1] * bands[1:, 0]
        X[:, :-1] += old[:, 1:] * bands[:-1, 2]


def _transposed(bands: Array) -> Array:
    turned = np.zeros_like(bands)
    turned[:, 1], turned[1:, 0], turned[:-1, 2] = bands[:, 1], bands[:-1, 2], bands[1:, 0]
    return turned


def add_product(bands: Array, A: Array, B: Array, factor: float = 1) -> None:
    """bands := bands + factor times the bands of A B."""
    bands[:, 1] += factor * np.einsum("ik,ki->i", A, B)
    bands[1:, 0] += factor * np.einsum("ik,ki->i", A[:-1], B[:, 1:])
    bands[:-1, 2] += factor * np.einsum("ik,ki->i", A[1:], B[:, :-1])
