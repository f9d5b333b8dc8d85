"""Normalising of axes, operands and dtypes, as NumPy does it and with its errors."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np
from numpy.exceptions import AxisError
from numpy.lib.array_utils import normalize_axis_index, normalize_axis_tuple

from linad.core.dispatch import has_traced
from linad.core.space import shape_of
from linad.core.traced import PYTHON, Array, innermost, operand
from linad.errors import ArgumentError, NoRuleError
from linad.operations import elementwise, reductions
from linad.operations.shape import astype

NO = np._NoValue


def several(axis: Any, ndim: int) -> tuple[int, ...] | None:
    """An axis argument as a tuple of non-negative axes; None for all."""
    if axis is None:
        return None
    if ndim == 0 and not isinstance(axis, tuple) and operator.index(axis) in (0, -1):
        return ()  # NumPy lets a number be reduced along the axis it does not have
    if isinstance(axis, list):
        raise TypeError(f"'list' object cannot be interpreted as an integer: write axis={tuple(axis)}")
    return tuple(sorted(normalize_axis_tuple(axis, ndim, "axis")))


def single(axis: Any, ndim: int) -> int:
    return int(normalize_axis_index(operator.index(axis), ndim))


def as_operand(x: Any, where: str) -> Any:
    """A traced array, or a plain one with ndim: what shape functions work on."""
    if not isinstance(x, Array):
        return np.asarray(operand(x, where))
    return astype(x, x.dtype) if type(innermost(x)) in PYTHON else x


def flat_or(a: Any, axis: Any) -> tuple[Any, int]:
    """An array and an axis of it; all entries in a row where the axis is None."""
    if axis is None or (a.ndim == 0 and operator.index(axis) in (0, -1)):
        return a.reshape((a.size,)), 0
    return a, single(axis, a.ndim)


def with_dtype(x: Any, dtype: Any, casting: Any = "unsafe") -> Any:
    """x cast as ``dtype=`` says; what would drop the derivative is refused."""
    if dtype is None or x.dtype == np.dtype(dtype):
        return x
    if not isinstance(x, Array):
        return x.astype(dtype, casting=casting)
    return cast(x, np.dtype(dtype), casting)


def cast(x: Array, dtype: np.dtype[Any], casting: Any = "unsafe") -> Any:
    """A traced array in another dtype."""
    own = x.dtype
    if not np.can_cast(own, dtype, casting):
        raise TypeError(f"Cannot cast array data from {own!r} to {dtype!r} according to the rule {casting!r}")
    if own == dtype:
        return x
    if own.kind in "fc" and dtype.kind not in "fc":
        raise NoRuleError(
            f"a cast to {dtype}",
            "the result would be discrete, and the derivative lost.",
            "For a constant, say so: linad.value(x).astype(...).",
        )
    if own.kind == "c" and dtype.kind == "f":
        raise NoRuleError(
            f"a cast to {dtype}", "the imaginary part would be dropped.", "Write x.real.astype(...)."
        )
    return astype(x, dtype)


def as_scalar(x: Any, dtype: np.dtype[Any], where: str) -> Any:
    """An ``initial=``: one number, which takes the dtype of the array."""
    if isinstance(x, Array):
        if x.shape:
            raise ValueError(f"{where}: initial has shape {x.shape}, and must be one number.")
        return cast(x, np.result_type(dtype, x.dtype)) if x.dtype.kind != dtype.kind else cast(x, dtype)
    if np.ndim(x):
        raise ValueError("setting an array element with a sequence.")
    return dtype.type(x)


def check_mask(mask: Any, shape: tuple[int, ...]) -> Any:
    """A ``where=`` of a reduction: it must fit into the shape of the array."""
    own = shape_of(mask) if isinstance(mask, Array) else np.shape(mask)
    if np.broadcast_shapes(own, shape) != shape:
        raise ValueError(f"where= of shape {own} does not broadcast to the shape {shape} of the array")
    return mask if isinstance(mask, Array) else np.array(mask, bool)


def plain(x: Any, where: str, what: str) -> Any:
    """An argument that is discrete, as it is; a traced one is refused."""
    if has_traced((x,)):
        raise ArgumentError(where, f"{what} is traced.", "It is discrete: take it from linad.value(x).")
    return x


def settled(x: Any) -> Any:
    """The numbers of a discrete result on which a shape depends: a recorded graph guards that they stay the same."""
    if not isinstance(x, Array):
        return x
    numbers = innermost(x)
    known = isinstance(numbers, (np.ndarray, np.generic))
    bool(reductions.all(elementwise.equal(x, numbers if known else 0), None, False))
    return numbers


__all__ = [
    "NO", "AxisError", "as_operand", "as_scalar", "cast", "check_mask", "flat_or", "plain", "settled",
    "several", "single", "with_dtype",
]  # fmt: skip
