"""Methods of ufuncs on traced arrays, as numpy.add.reduce: doors of their own, or refused by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from linad.core.dispatch import refuse_out
from linad.core.traced import overrides, replacements
from linad.numpy import elements, order, reductions
from linad.numpy.axes import NO, as_operand
from linad.operations.shape import reshape

Function = Callable[..., Any]


def _reduce(ufunc: np.ufunc, function: Function) -> None:
    """ufunc.reduce, which is a reduction with axis 0 as its default."""
    takes_dtype = ufunc in (np.add, np.multiply)

    def reduce(
        array: Any, axis: Any = 0, dtype: Any = None, out: Any = None, keepdims: bool = False, initial:
        Any = NO, where: Any = True
    ) -> Any:  # fmt: skip
        refuse_out(f"{ufunc.__name__}.reduce", out)
        options: dict[str, Any] = {"where": where, "keepdims": keepdims}
        if initial is not NO and initial is not None:
            options["initial"] = initial
        if dtype is not None:
            if not takes_dtype:
                array = as_operand(array, f"numpy.{ufunc.__name__}.reduce").astype(dtype)
            else:
                options["dtype"] = dtype
        return function(array, axis, **options)

    overrides[(ufunc, "reduce")] = reduce


def _accumulate(ufunc: np.ufunc, function: Function) -> None:
    def accumulate(array: Any, axis: Any = 0, dtype: Any = None, out: Any = None) -> Any:
        refuse_out(f"{ufunc.__name__}.accumulate", out)
        if array.ndim == 0:
            raise TypeError("cannot accumulate on a scalar")
        if axis is None and array.ndim > 1:
            raise ValueError("accumulate does not allow multiple axes")
        return function(array, axis, dtype)

    overrides[(ufunc, "accumulate")] = accumulate


def _outer(ufunc: np.ufunc, function: Function) -> None:
    """ufunc.outer: the function of every pair of entries."""

    def outer(A: Any, B: Any, /, **options: Any) -> Any:
        A, B = (as_operand(x, f"numpy.{ufunc.__name__}.outer") for x in (A, B))
        return function(reshape(A, A.shape + (1,) * B.ndim), B, **options)

    overrides[(ufunc, "outer")] = outer


for _ufunc, _function in {
    np.add: reductions.sum,
    np.multiply: reductions.prod,
    np.maximum: reductions.max,
    np.minimum: reductions.min,
    np.logical_and: order.all,
    np.logical_or: order.any,
}.items():
    _reduce(_ufunc, _function)
_accumulate(np.add, reductions.cumsum)
_accumulate(np.multiply, reductions.cumprod)
for _name in elements.__all__:
    _ufunc = getattr(np, _name)
    if isinstance(_ufunc, np.ufunc):
        if _ufunc.nin == 2:
            _outer(_ufunc, getattr(elements, _name))
        replacements[(_ufunc, "at")] = (
            "x = linad.numpy.index_add(x, i, v) adds at an index; else index_set(x, i, f(x[i]))."
        )
        replacements[(_ufunc, "reduceat")] = (
            "Reduce slices: numpy.stack([numpy.sum(x[a:b]) for a, b in bounds])."
        )
        replacements[(_ufunc, "accumulate")] = (
            "numpy.cumsum and numpy.cumprod are differentiable; else a loop over the slices."
        )
        replacements[(_ufunc, "reduce")] = "A loop over the slices along the axis."
