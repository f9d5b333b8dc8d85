"""LU factors of square matrices, kept to be applied many times: getrf once, getrs for each use."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np
from scipy.linalg import lapack

from linad.kernels.counters import count
from linad.kernels.dtypes import LETTERS, lapack_type

Array = np.ndarray[Any, Any]

_GETRF = {letter: getattr(lapack, f"{letter}getrf") for letter in LETTERS}
_GETRS = {letter: getattr(lapack, f"{letter}getrs") for letter in LETTERS}
_TRANS = {"N": 0, "T": 1, "H": 2}


class Factors:
    """The LU factors and pivots of each matrix of a batch; immutable."""

    __slots__ = ("batch", "dtype", "pairs", "solve")

    def __init__(self, batch: tuple[int, ...], letter: str, dtype: np.dtype[Any], pairs: list[Any]) -> None:
        self.batch, self.dtype, self.pairs = batch, dtype, pairs
        self.solve = _GETRS[letter]


def factor(A: Array) -> Factors:
    """Factor square matrices in the last two axes.

    Raises
    ------
    numpy.linalg.LinAlgError
        where a matrix is exactly singular.
    """
    letter, dtype = lapack_type(A)
    batch = A.shape[:-2]
    getrf = _GETRF[letter]
    if not batch:
        pairs = [_factored(getrf, A, dtype, ())]
    else:
        pairs = [_factored(getrf, A[i], dtype, i) for i in np.ndindex(batch)]
    count("getrf", len(pairs))
    return Factors(batch, letter, dtype, pairs)


def _factored(getrf: Any, A: Array, dtype: np.dtype[Any], where: tuple[int, ...]) -> tuple[Array, Array]:
    if A.shape[0] == 0:
        return np.zeros((0, 0), dtype), np.zeros(0, np.int32)
    lu, pivots, info = getrf(A)
    if info > 0:
        element = f" {where} of the batch" if where else ""
        raise np.linalg.LinAlgError(
            f"Singular matrix: solve: matrix{element} is exactly singular (pivot {info - 1} is zero)."
        )
    return lu, pivots


def apply_inverse(F: Factors, B: Array, trans: str) -> Array:
    """op(A)^-1 B, where op is named by N, T or H; batches broadcast. A vector B belongs to a single matrix."""
    code = _TRANS[trans]
    if not F.batch and B.ndim <= 2 and B.dtype == F.dtype:
        count("getrs")
        return _applied(F.solve, F.pairs[0], B, code)
    letter, dtype = lapack_type(np.empty(0, F.dtype), B)
    getrs = _GETRS[letter]
    B = B.astype(dtype, copy=False)
    batch = np.broadcast_shapes(F.batch, B.shape[:-2])
    count("getrs", prod(batch))
    if not batch:
        return _applied(getrs, F.pairs[0], B, code)
    X = np.empty(batch + B.shape[-2:], dtype)
    B = np.broadcast_to(B, X.shape)
    which = np.broadcast_to(np.arange(len(F.pairs)).reshape(F.batch), batch)
    for i in np.ndindex(batch):
        X[i] = _applied(getrs, F.pairs[which[i]], B[i], code)
    return X


def _applied(getrs: Any, pair: tuple[Array, Array], B: Array, trans: int) -> Array:
    if B.size == 0:
        return np.zeros_like(B)
    return getrs(pair[0], pair[1], B, trans)[0]
