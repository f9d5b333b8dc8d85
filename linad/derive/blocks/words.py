"""The words of emitted programs for plain square matrices: no dispatch, no check, triangular solves in place."""

from __future__ import annotations

from typing import Any

import numpy as np

from linad.derive.vocabulary import WORDS
from linad.derive.vocabulary import solve_left as _solve_left
from linad.derive.vocabulary import solve_right as _solve_right
from linad.kernels.blas import trsm
from linad.kernels.products import matmul
from linad.kernels.triangles import filled

Array = np.ndarray[Any, Any]


def _solve(side: str, A: Array, B: Array, trans: str, triangle: str, unit: bool, part: str | None) -> Array:
    """op(A)^-1 B or B op(A)^-1; with a part, by the block that leaves a row and a column out, and zeros there."""
    if trans == "C":
        return _solve(side, A.conj(), B, "N", triangle, unit, part)
    X = np.array(B)
    kept, left = slice(None), None
    if part == "leading":
        kept, left = slice(0, -1), slice(-1, None)
    elif part == "trailing":
        kept, left = slice(1, None), slice(0, 1)
    block = X[kept] if side == "L" else X[:, kept]
    trsm(A[kept, kept], block, side, triangle == "lower", trans, unit)
    if left is not None:
        (X if side == "L" else X.T)[left] = 0
    return X


def solve_left(
    A: Array, B: Array, trans: str, triangle: str | None, unit: bool, part: str | None = None
) -> Array:
    """op(A)^-1 B."""
    if triangle is None:
        return np.asarray(_solve_left(A, B, trans, triangle, unit, part))
    return _solve("L", A, B, trans, triangle, unit, part)


def solve_right(
    A: Array, B: Array, trans: str, triangle: str | None, unit: bool, part: str | None = None
) -> Array:
    """B op(A)^-1."""
    if triangle is None:
        return np.asarray(_solve_right(A, B, trans, triangle, unit, part))
    return _solve("R", A, B, trans, triangle, unit, part)


def half_tril(A: Array) -> Array:
    """The lower triangle with half of the diagonal."""
    return _halved(filled(A, "lower"))


def half_triu(A: Array) -> Array:
    """The upper triangle with half of the diagonal."""
    return _halved(filled(A, "upper"))


def _halved(A: Array) -> Array:
    diagonal = np.einsum("ii->i", A)
    diagonal *= 0.5
    return A


NUMERIC: dict[str, Any] = {
    **WORDS,
    "adjoint": lambda A: A.conj().T,
    "conj": lambda A: A.conj(),
    "half_tril": half_tril,
    "half_triu": half_triu,
    "mul": matmul,
    "real": lambda A: A.real,
    "solve_left": solve_left,
    "solve_right": solve_right,
    "strict_tril": lambda A: filled(A, "strict lower"),
    "strict_triu": lambda A: filled(A, "strict upper"),
    "transpose": lambda A: A.T,
    "tril": lambda A: filled(A, "lower"),
    "triu": lambda A: filled(A, "upper"),
}
