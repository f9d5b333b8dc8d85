"""Triangular solves, X of op(T) X = B: batches broadcast, one call for each matrix.

Small ones by LAPACK's trtrs, whose wrapper costs less; large ones by trsm, in place on a copy of B in its own order.
"""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np
from scipy.linalg import lapack

from linad.kernels import batches
from linad.kernels.blas import trsm
from linad.kernels.counters import count
from linad.kernels.dtypes import LETTERS, lapack_type

Array = np.ndarray[Any, Any]

_TRTRS = {letter: getattr(lapack, f"{letter}trtrs") for letter in LETTERS}
_TRANS = {"N": 0, "T": 1, "H": 2}
_LARGE = 64


def solve_triangular(T: Array, B: Array, lower: bool, trans: str, unit: bool) -> Array:
    """op(T)^-1 B for matrices in the last two axes; op is named by N, T or H.

    Raises
    ------
    numpy.linalg.LinAlgError
        where a diagonal entry is zero.
    """
    letter, dtype = lapack_type(T, B)
    batch = np.broadcast_shapes(T.shape[:-2], B.shape[:-2])
    T, B = T.astype(dtype, copy=False), B.astype(dtype, copy=False)
    if T.shape[-1] >= _LARGE and type(T) is type(B) is np.ndarray:
        return _solved_in_place(T, B, lower, trans, unit, batch)
    if batch and B.size and batches.pays(batch, T.shape[-1]) and type(T) is type(B) is np.ndarray:
        if not unit:
            _require_regular(T, batch)
        return batches.solve_triangular(T, B, lower, trans, unit, batch)
    solve = _TRTRS[letter]
    count("trtrs", prod(batch), *B.shape[-2:])
    if not batch:
        return _solved(solve, T, B, lower, _TRANS[trans], unit, ())
    X = np.empty(batch + B.shape[-2:], dtype)
    T = np.broadcast_to(T, batch + T.shape[-2:])
    B = np.broadcast_to(B, batch + B.shape[-2:])
    for i in np.ndindex(batch):
        X[i] = _solved(solve, T[i], B[i], lower, _TRANS[trans], unit, i)
    return X


def _solved_in_place(
    T: Array, B: Array, lower: bool, trans: str, unit: bool, batch: tuple[int, ...]
) -> Array:
    if not unit and B.size > 0:
        _require_regular(T, batch)
    if not batch:
        X = B.copy("K")
        trsm(T, X, lower=lower, trans=trans, unit=unit)
        return X
    X = np.empty(batch + B.shape[-2:], B.dtype)
    X[...] = B
    T = np.broadcast_to(T, batch + T.shape[-2:])
    for i in np.ndindex(batch):
        trsm(T[i], X[i], lower=lower, trans=trans, unit=unit)
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
        raise _singular(where, info - 1)
    return X


def _require_regular(T: Array, batch: tuple[int, ...]) -> None:
    zero = np.einsum("...ii->...i", T) == 0
    if zero.any():
        *where, entry = np.argwhere(np.broadcast_to(zero, batch + zero.shape[-1:]))[0].tolist()
        raise _singular(tuple(where), entry)


def _singular(where: tuple[int, ...], entry: int) -> np.linalg.LinAlgError:
    element = f" {where} of the batch" if where else ""
    return np.linalg.LinAlgError(
        f"solve_triangular: matrix{element} is singular: its diagonal entry {entry} is zero."
    )
