"""Reducing and accumulating with a function of two numbers, in NumPy's order and with NumPy's errors."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from linad.core.dispatch import refuse_out
from linad.numpy.axes import NO, as_operand, as_scalar, check_mask, several, single, with_dtype
from linad.numpy.reductions import by_doubling, by_halves, given
from linad.operations import elementwise
from linad.operations import shape as ops

Function = Callable[..., Any]


def _token(ufunc: np.ufunc, method: str, a: Any, *args: Any, **options: Any) -> Any:
    """What NumPy gives for ones of the same shape and dtype: it checks every option, and tells shape and dtype."""
    ones = np.broadcast_to(np.ones((), a.dtype), a.shape)
    with np.errstate(all="ignore"):
        return getattr(ufunc, method)(ones, *args, **options)


def _in_front(a: Any, axes: tuple[int, ...]) -> Any:
    """The axes of a reduction as one, in front of the others."""
    rest = [i for i in range(a.ndim) if i not in axes]
    a = ops.transpose(a, (*axes, *rest))
    return ops.reshape(a, (math.prod(a.shape[: len(axes)]), *a.shape[len(axes) :]))


def _in_turn(function: Function, a: Any, mask: Any, start: Any) -> Any:
    """Entries of the first axis folded from the left, those that a mask leaves out passed over."""
    folded = a[0] if start is None else ops.broadcast_to(start, a.shape[1:])
    for i in range(0 if start is not None else 1, len(a)):
        joined = function(folded, a[i])
        folded = joined if mask is None else elementwise.where(mask[i], joined, folded)
    return folded


def reducer(ufunc: np.ufunc, function: Function, associative: bool) -> Function:
    """ufunc.reduce. An associative function has an identity, and is joined by halves."""

    def reduce(
        array: Any, axis: Any = 0, dtype: Any = None, out: Any = None, keepdims: bool = False,
        initial: Any = NO, where: Any = True,
    ) -> Any:  # fmt: skip
        name = f"{ufunc.__name__}.reduce"
        refuse_out(name, out)
        a = with_dtype(as_operand(array, f"numpy.{name}"), dtype)
        whole = where is True
        mask = None if whole else ops.broadcast_to(check_mask(where, a.shape), a.shape)
        options = {"initial": 1} if given(initial) else {}
        token = _token(
            ufunc, "reduce", a, axis, keepdims=keepdims, where=whole or np.ones(a.shape, bool), **options
        )
        a = with_dtype(a, token.dtype)
        axes = several(axis, a.ndim)
        axes = tuple(range(a.ndim)) if axes is None else axes
        a, mask = _in_front(a, axes), None if whole else _in_front(mask, axes)
        start = as_operand(as_scalar(initial, a.dtype, name), name) if given(initial) else None
        if associative:
            neutral = a.dtype.type(ufunc.identity)
            a = a if whole else elementwise.where(mask, a, neutral)
            found = by_halves(function, a) if len(a) else np.full(a.shape[1:], neutral)
            found = found if start is None else function(found, start)
        else:
            found = _in_turn(function, a, mask, start)
        return ops.reshape(found, token.shape)

    return reduce


def accumulator(ufunc: np.ufunc, function: Function, associative: bool) -> Function:
    """ufunc.accumulate."""

    def accumulate(array: Any, axis: Any = 0, dtype: Any = None, out: Any = None) -> Any:
        name = f"{ufunc.__name__}.accumulate"
        refuse_out(name, out)
        a = with_dtype(as_operand(array, f"numpy.{name}"), dtype)
        a = with_dtype(a, _token(ufunc, "accumulate", a, axis).dtype)
        axis = 0 if axis is None else single(axis, a.ndim)
        if associative or a.shape[axis] < 2:
            return by_doubling(function, a, axis)
        before = [slice(None)] * axis
        found = [a[(*before, 0)]]
        for i in range(1, a.shape[axis]):
            found.append(function(found[-1], a[(*before, i)]))
        return ops.stack(axis, *found)

    return accumulate


def slicer(ufunc: np.ufunc, reduce: Function) -> Function:
    """ufunc.reduceat: slices reduced, or single entries where a slice would be empty."""

    def reduceat(array: Any, indices: Any, axis: Any = 0, dtype: Any = None, out: Any = None) -> Any:
        name = f"{ufunc.__name__}.reduceat"
        refuse_out(name, out)
        a = with_dtype(as_operand(array, f"numpy.{name}"), dtype)
        token = _token(ufunc, "reduceat", a, indices, axis)
        axis = 0 if axis is None else single(axis, a.ndim)
        before = [slice(None)] * axis
        starts = list(map(int, indices))
        bounds = zip(starts, [*starts[1:], a.shape[axis]], strict=False)
        pieces = [a[(*before, slice(i, max(j, i + 1)))] for i, j in bounds]
        parts = [reduce(piece, axis, keepdims=True) for piece in pieces]
        return ops.concatenate(axis, *parts) if parts else token

    return reduceat
