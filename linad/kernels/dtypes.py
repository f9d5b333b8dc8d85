"""Which of LAPACK's four types serves given arrays."""

from __future__ import annotations

from typing import Any

import numpy as np

LETTERS = "sdcz"
_BY_DTYPE = {np.dtype(code): letter for code, letter in zip("fdFD", LETTERS, strict=True)}


def lapack_type(*arrays: np.ndarray[Any, Any]) -> tuple[str, np.dtype[Any]]:
    """LAPACK's letter and the dtype in which it computes."""
    dtype = arrays[0].dtype
    if len(arrays) == 1 and dtype in _BY_DTYPE:
        return _BY_DTYPE[dtype], dtype
    if any([x.dtype != dtype for x in arrays]) or dtype not in _BY_DTYPE:
        dtype = np.result_type(*arrays)
    letter = _BY_DTYPE.get(dtype)
    if letter is None:
        if dtype.kind not in "biufc" or dtype.itemsize > 16 or dtype.char == "g":
            raise TypeError(f"LAPACK has no routine for dtype {dtype}; convert to float64 or complex128.")
        dtype = np.dtype(np.float64)
        letter = "d"
    return letter, dtype
