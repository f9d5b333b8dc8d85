"""Methods of ufuncs on traced arrays, as numpy.add.reduce: doors of their own, or refused by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from linad.core.dispatch import refuse_out
from linad.core.space import is_complex
from linad.core.traced import overrides, replacements
from linad.errors import NoRuleError
from linad.numpy import elements, floats, order, reductions
from linad.numpy.axes import NO, as_operand, single, with_dtype
from linad.numpy.folding import accumulator, reducer, slicer
from linad.operations import extrema, places
from linad.operations import reductions as ops
from linad.operations.shape import reshape

Function = Callable[..., Any]


def _reduce(ufunc: np.ufunc, function: Function) -> Function:
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

    return reduce


def _accumulate(ufunc: np.ufunc, function: Function) -> Function:
    def accumulate(array: Any, axis: Any = 0, dtype: Any = None, out: Any = None) -> Any:
        refuse_out(f"{ufunc.__name__}.accumulate", out)
        if array.ndim == 0:
            raise TypeError("cannot accumulate on a scalar")
        if axis is None and array.ndim > 1:
            raise ValueError("accumulate does not allow multiple axes")
        return function(array, axis, dtype)

    return accumulate


def _running(ufunc: np.ufunc, primitive: Function) -> Function:
    """The accumulated extremum."""
    name = f"numpy.{ufunc.__name__}.accumulate"

    def running(array: Any, axis: Any, dtype: Any) -> Any:
        a = with_dtype(as_operand(array, name), dtype)
        if is_complex(a):
            raise NoRuleError(
                name,
                "complex numbers have no order that a derivative could follow.",
                "Take the extrema of .real or abs().",
            )
        return primitive(a, 0 if axis is None else single(axis, a.ndim))

    return _accumulate(ufunc, running)


def _outer(ufunc: np.ufunc, function: Function) -> Function:
    """ufunc.outer: the function of every pair of entries."""

    def outer(A: Any, B: Any, /, **options: Any) -> Any:
        A, B = (as_operand(x, f"numpy.{ufunc.__name__}.outer") for x in (A, B))
        return function(reshape(A, A.shape + (1,) * B.ndim), B, **options)

    return outer


_OPTIONS = {  # after the array, by position
    "reduce": ("axis", "dtype", "out", "keepdims", "initial", "where"),
    "accumulate": ("axis", "dtype", "out"),
    "reduceat": ("indices", "axis", "dtype", "out"),
}


def _discrete(ufunc: np.ufunc, method: str) -> Function:
    """A method of a ufunc whose values are locally constant: so are its results."""
    name = f"{ufunc.__name__}.{method}"

    def constant(array: Any, *args: Any, **options: Any) -> Any:
        options.update(zip(_OPTIONS[method], args, strict=False))
        refuse_out(name, options.pop("out", None))
        return places.folded(as_operand(array, f"numpy.{name}"), ufunc, method, tuple(options.items()))

    return constant


def _impossible(ufunc: np.ufunc, method: str) -> Function:
    """A method that NumPy has not for this ufunc: NumPy says so."""
    return lambda *args, **options: getattr(ufunc, method)(*[np.ones((1, 1))] * len(args))


_REDUCERS = {
    np.add: reductions.sum,
    np.multiply: reductions.prod,
    np.maximum: reductions.max,
    np.minimum: reductions.min,
    np.fmax: reductions.extremum(np.fmax, ops.nanmax, extrema.fmax, np.nan),
    np.fmin: reductions.extremum(np.fmin, ops.nanmin, extrema.fmin, np.nan),
    np.logical_and: order.all,
    np.logical_or: order.any,
}
_ACCUMULATORS = {
    np.add: _accumulate(np.add, reductions.cumsum),
    np.multiply: _accumulate(np.multiply, reductions.cumprod),
    np.maximum: _running(np.maximum, extrema.running_max),
    np.minimum: _running(np.minimum, extrema.running_min),
    np.fmax: _running(np.fmax, extrema.running_fmax),
    np.fmin: _running(np.fmin, extrema.running_fmin),
}
_ASSOCIATIVE = (np.hypot, np.logaddexp, np.logaddexp2)
_IN_TURN = (
    np.subtract, np.divide, np.power, np.float_power, np.remainder, np.fmod, np.arctan2, np.copysign,
    np.heaviside,
)  # fmt: skip


def _register(ufunc: np.ufunc, function: Function) -> None:
    """The methods of a ufunc with its function."""
    methods: dict[str, Function] = {}
    if ufunc.nin != 2 or ufunc.nout != 1 or ufunc.signature is not None:
        methods = {method: _impossible(ufunc, method) for method in ("reduce", "accumulate", "reduceat")}
    elif ufunc in _REDUCERS or ufunc in _ASSOCIATIVE or ufunc in _IN_TURN:
        together = ufunc in _ASSOCIATIVE
        reduce = _REDUCERS.get(ufunc)
        methods["reduce"] = _reduce(ufunc, reduce) if reduce else reducer(ufunc, function, together)
        methods["accumulate"] = _ACCUMULATORS.get(ufunc) or (
            _discrete(ufunc, "accumulate")
            if ufunc in (np.logical_and, np.logical_or)
            else accumulator(ufunc, function, together)
        )
        methods["reduceat"] = slicer(ufunc, methods["reduce"])
    else:
        methods = {method: _discrete(ufunc, method) for method in ("reduce", "accumulate", "reduceat")}
    if ufunc.signature is None:
        methods["outer"] = _outer(ufunc, function) if ufunc.nin == 2 else _impossible(ufunc, "outer")
    overrides.update({(ufunc, method): made for method, made in methods.items()})
    replacements[(ufunc, "at")] = (
        "x = linad.numpy.index_add(x, i, v) adds at an index; else index_set(x, i, f(x[i]))."
    )


for _door in (elements, floats):
    for _name in _door.__all__:
        if isinstance(_ufunc := getattr(np, _name), np.ufunc):
            _register(_ufunc, getattr(_door, _name))
