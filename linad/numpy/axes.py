"""Normalising of axes and shapes, as NumPy does it and with its errors."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index, normalize_axis_tuple

from linad.core.traced import Array, operand


def several(axis: Any, ndim: int) -> tuple[int, ...] | None:
    """An axis argument as a tuple of non-negative axes; None for all."""
    return None if axis is None else tuple(sorted(normalize_axis_tuple(axis, ndim)))


def single(axis: Any, ndim: int) -> int:
    return int(normalize_axis_index(operator.index(axis), ndim))


def as_operand(x: Any, where: str) -> Any:
    """A traced array, or a plain one with ndim: what shape functions work on."""
    return x if isinstance(x, Array) else np.asarray(operand(x, where))


def with_dtype(x: Any, dtype: Any) -> Any:
    return x if dtype is None or x.dtype == dtype else x.astype(dtype)
