"""What scipy.linalg does with arguments: finite numbers, LAPACK's dtypes, square matrices."""

from __future__ import annotations

from typing import Any

import numpy as np

from linad.core.boundary import NATIVE
from linad.core.space import dtype_of, retype, shape_of
from linad.core.traced import Array, operand
from linad.operations.guards import require_finite


def validated(x: Any, name: str, check_finite: bool) -> Any:
    """An operand; with SciPy's error where its numbers are not finite."""
    x = operand(x, name)
    x = x if isinstance(x, Array) else np.asarray(x)
    if check_finite:
        require_finite(x, ValueError, "array must not contain infs or NaNs")
    return x


def lapack_dtype(*arrays: Any) -> np.dtype[Any]:
    """The dtype in which LAPACK computes: never wider than double."""
    if len(arrays) == 1 and (dtype := dtype_of(arrays[0])) in NATIVE:
        return dtype
    common = np.result_type(*[x.dtype for x in arrays], np.float32)
    return {"g": np.dtype("d"), "G": np.dtype("D")}.get(common.char, common)


def matrix(a: Any, name: str, check_finite: bool) -> Any:
    """Matrices in a dtype of LAPACK."""
    a = validated(a, name, check_finite)
    if len(shape_of(a)) < 2:
        raise ValueError("The input array must be at least two-dimensional.")
    if dtype_of(a) in NATIVE:
        return a
    common = lapack_dtype(a)
    return a if dtype_of(a) == common else retype(a, common)


def square(a: Any, name: str, check_finite: bool) -> Any:
    """Square matrices in a dtype of LAPACK."""
    a = matrix(a, name, check_finite)
    shape = shape_of(a)
    if shape[-1] != shape[-2]:
        raise ValueError(f"Expected square matrix, got a1.shape={shape}")
    return a


def check_workspace(lwork: Any, least: int) -> None:
    """LAPACK's demand; no number depends on it."""
    if lwork not in (None, -1) and lwork < max(1, least):
        raise ValueError(f"lwork={lwork} is too small: it must be at least {max(1, least)}, or -1")
