"""Many small matrices at once: each step of a substitution is one operation on all of them.

The batch stands last in memory, so that a step runs along it. From some order on one call of LAPACK for each matrix is
quicker, and below some number of matrices too: :func:`pays` decides.
"""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from linad.kernels.counters import count
from linad.kernels.elimination import portions

Array = np.ndarray[Any, Any]
_ORDER = 16  # the largest order
_FEW = 4  # numbers to solve for, up to which sums of products do not pay


def pays(batch: tuple[int, ...], n: int) -> bool:
    """Whether there are enough matrices, small enough."""
    return 0 < n <= _ORDER and prod(batch) >= n * max(5, n // 2)


def last(A: Array, batch: tuple[int, ...] | None = None) -> Array:
    """Matrices of a batch in the last axes as one array (rows, columns, batch), copied."""
    if batch is not None and A.shape[:-2] != batch:
        A = np.broadcast_to(A, (*batch, *A.shape[-2:]))
    return np.array(A.reshape(-1, *A.shape[-2:]).transpose(1, 2, 0), order="C")


def first(X: Array, batch: tuple[int, ...]) -> Array:
    """The same back."""
    A = np.empty((*batch, *X.shape[:2]), X.dtype)  # whole, and no view: nobody has to copy it
    A.reshape(X.shape[2], *X.shape[:2])[...] = X.transpose(2, 0, 1)
    return A


def forward(T: Array, X: Array, unit: bool) -> None:
    """X <- T^-1 X, T lower triangular; both with the batch last."""
    _substitute(T, X, unit, True)


def backward(T: Array, X: Array, unit: bool) -> None:
    """X <- T^-1 X, T upper triangular; both with the batch last."""
    _substitute(T, X, unit, False)


def _substitute(T: Array, X: Array, unit: bool, lower: bool) -> None:
    n, columns, total = X.shape
    run = _by_rows if X.dtype.kind == "f" and n * columns > _FEW else _by_columns
    if columns == 1:
        X = X[:, 0]
    with np.errstate(all="ignore"):  # LAPACK is silent, too
        for part in portions(total, n * (n + columns) * X.itemsize):
            run(T[:, :, part], X[..., part], unit, lower)


def _by_rows(T: Array, X: Array, unit: bool, lower: bool) -> None:
    """For a row all products with those before it are summed up: of real numbers that takes one pass."""
    n, product = len(X), "jb,jb->b" if X.ndim == 2 else "jb,jkb->kb"
    for i in range(n) if lower else range(n - 1, -1, -1):
        row, known = X[i], slice(0, i) if lower else slice(i + 1, n)
        if i != (0 if lower else n - 1):
            row -= np.einsum(product, T[i, known], X[known])
        if not unit:
            row /= T[i, i]


def _by_columns(T: Array, X: Array, unit: bool, lower: bool) -> None:
    """A row, when it is known, is taken away from all others."""
    n = len(X)
    change = np.empty((n - 1, *X.shape[1:]), X.dtype)
    for j in range(n) if lower else range(n - 1, -1, -1):
        row = X[j]
        if not unit:
            row /= T[j, j]
        left = n - 1 - j if lower else j
        if left:
            rest = slice(j + 1, n) if lower else slice(0, j)
            factors, others = T[rest, j], X[rest]
            others -= np.multiply(factors if X.ndim == 2 else factors[:, None], row, change[:left])


def identity_forward(T: Array, unit: bool) -> Array:
    """T^-1, T lower triangular; both with the batch last."""
    n, _, total = T.shape
    X = np.zeros(T.shape, T.dtype)
    with np.errstate(all="ignore"):
        X.reshape(n * n, total)[:: n + 1] = 1 if unit else 1 / T.diagonal().T
        for part in portions(total, 2 * n * n * X.itemsize):
            (_invert if T.dtype.kind == "f" else _invert_by_columns)(T[:, :, part], X[:, :, part], unit)
    return X


def _invert(T: Array, X: Array, unit: bool) -> None:
    """Fill in what is beside the diagonal."""
    for i, row in enumerate(X):
        if i:
            sums = np.einsum("jb,jkb->kb", T[i, :i], X[:i, :i])
            np.negative(sums, out=row[:i]) if unit else np.multiply(sums, -row[i], out=row[:i])


def _invert_by_columns(T: Array, X: Array, unit: bool) -> None:
    change = np.empty((len(X) - 1, *X.shape[1:]), X.dtype)
    for j, row in enumerate(X):
        if not unit:
            row[:j] *= row[j]
        below, product = X[j + 1 :, : j + 1], change[j:, : j + 1]
        below -= np.multiply(T[j + 1 :, j, None], row[: j + 1], out=product)


def solve_triangular(
    T: Array, B: Array, lower: bool, trans: str, unit: bool, batch: tuple[int, ...]
) -> Array:
    """op(T)^-1 B for matrices of one dtype, of which no diagonal has a zero."""
    count("trtrs", prod(batch), *B.shape[-2:])
    T, X = last(T, batch), last(B, batch)
    if trans != "N":
        T, lower = T.swapaxes(0, 1), not lower
    if trans == "H":
        T = T.conj()
    _substitute(T, X, unit, lower)
    return first(X, batch)
