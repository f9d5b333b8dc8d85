"""LU factors of square matrices, kept to be applied many times: getrf once, getrs for each use."""

from __future__ import annotations

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

    __slots__ = ("dtype", "letter", "pairs", "shape")

    def __init__(
        self, shape: tuple[int, ...], letter: str, dtype: np.dtype[Any], pairs: list[tuple[Array, Array]]
    ) -> None:
        self.shape, self.letter, self.dtype, self.pairs = shape, letter, dtype, pairs


def factor(A: Array) -> Factors:
    """Factor square matrices in the last two axes.

    Raises
    ------
    numpy.linalg.LinAlgError
        where a matrix is exactly singular.
    """
    letter, dtype = lapack_type(A)
    getrf = _GETRF[letter]
    batch = A.shape[:-2]
    pairs = []
    for i in np.ndindex(batch) if batch else [()]:
        if A.shape[-1] == 0:
            pairs.append((np.zeros((0, 0), dtype), np.zeros(0, np.int32)))
            continue
        lu, pivots, info = getrf(A[i])
        if info > 0:
            element = f" {i} of the batch" if i else ""
            raise np.linalg.LinAlgError(
                f"Singular matrix: solve: matrix{element} is exactly singular (pivot {info - 1} is zero)."
            )
        pairs.append((lu, pivots))
    count("getrf", len(pairs))
    return Factors(A.shape, letter, dtype, pairs)


def apply_inverse(F: Factors, B: Array, trans: str) -> Array:
    """op(A)^-1 B, where op is named by N, T or H; batches broadcast."""
    letter, dtype = lapack_type(np.empty(0, F.dtype), B)
    getrs, code = _GETRS[letter], _TRANS[trans]
    own = F.shape[:-2]
    batch = np.broadcast_shapes(own, B.shape[:-2])
    count("getrs", int(np.prod(batch, dtype=np.int64)))
    if not batch:
        return _applied(getrs, F.pairs[0], B, code, dtype)
    X = np.empty(batch + B.shape[-2:], dtype)
    B = np.broadcast_to(B, X.shape)
    which = np.broadcast_to(np.arange(len(F.pairs)).reshape(own), batch)
    for i in np.ndindex(batch):
        X[i] = _applied(getrs, F.pairs[which[i]], B[i], code, dtype)
    return X


def _applied(getrs: Any, pair: tuple[Array, Array], B: Array, trans: int, dtype: np.dtype[Any]) -> Array:
    if B.size == 0:
        return np.zeros(B.shape, dtype)
    return getrs(pair[0], pair[1], B, trans)[0]  # type: ignore[no-any-return]  # f2py is untyped
