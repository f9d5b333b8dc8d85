"""Triangular solves, X of op(T) X = B, by LAPACK's trtrs: batches broadcast, one call for each matrix."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.linalg import lapack

from linad.kernels.counters import count
from linad.kernels.dtypes import LETTERS, lapack_type

Array = np.ndarray[Any, Any]

_TRTRS = {letter: getattr(lapack, f"{letter}trtrs") for letter in LETTERS}
_TRANS = {"N": 0, "T": 1, "H": 2}


def solve_triangular(T: Array, B: Array, lower: bool, trans: str, unit: bool) -> Array:
    """op(T)^-1 B for matrices in the last two axes; op is named by N, T or H.

    Raises
    ------
    numpy.linalg.LinAlgError
        where a diagonal entry is zero.
    """
    letter, dtype = lapack_type(T, B)
    solve = _TRTRS[letter]
    batch = np.broadcast_shapes(T.shape[:-2], B.shape[:-2])
    count("trtrs", int(np.prod(batch, dtype=np.int64)))
    if not batch:
        return _solved(
            solve, T.astype(dtype, copy=False), B.astype(dtype, copy=False), lower, _TRANS[trans], unit, ()
        )
    X = np.empty(batch + B.shape[-2:], dtype)
    T = np.broadcast_to(T, batch + T.shape[-2:])
    B = np.broadcast_to(B, batch + B.shape[-2:])
    for i in np.ndindex(batch):
        X[i] = _solved(
            solve,
            T[i].astype(dtype, copy=False),
            B[i].astype(dtype, copy=False),
            lower,
            _TRANS[trans],
            unit,
            i,
        )
    return X


def _solved(
    solve: Any, T: Array, B: Array, lower: bool, trans: int, unit: bool, where: tuple[int, ...]
) -> Array:
    if B.size == 0:
        return np.zeros_like(B)
    if T.flags.c_contiguous and not T.flags.f_contiguous and trans != 2:
        X, info = solve(
            T.T, B, lower=not lower, trans=1 - trans, unitdiag=unit
        )  # the transpose in place of a copy
    else:
        X, info = solve(T, B, lower=lower, trans=trans, unitdiag=unit)
    if info > 0:
        element = f" {where} of the batch" if where else ""
        raise np.linalg.LinAlgError(
            f"solve_triangular: matrix{element} is singular: its diagonal entry {info - 1} is zero."
        )
    return X
