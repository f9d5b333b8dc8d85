"""Operators, attributes and methods of traced arrays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

import numpy as np

from linad.core.space import is_complex
from linad.core.traced import Array, attach, innermost
from linad.errors import InPlaceError, NoRuleError
from linad.numpy import choices, elements, indexing, products, reductions, shapes
from linad.operations import shape
from linad.operations import elementwise as ops


def _reflected(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda self, other: function(other, self)


def _in_place(symbol: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """``x += y`` as a new value, with the shape and dtype of x; through a view it raises."""

    def operate(self: Array, other: Any) -> Any:
        plain = innermost(self)
        if isinstance(plain, np.ndarray) and plain.base is not None:
            raise InPlaceError(
                f"x {symbol} y",
                "x is a view of another array, which a traced computation does not change.",
                f"Write x = x {symbol[:-1]} y for a new value.",
                "For the whole array: linad.numpy.index_set(whole, index, value) or index_add.",
            )
        result = function(self, other)
        if result.shape != self.shape:
            raise ValueError(
                f"non-broadcastable output operand with shape {self.shape} doesn't match the broadcast shape {result.shape}"
            )
        if result.dtype != self.dtype and isinstance(plain, np.ndarray):
            if not np.can_cast(result.dtype, self.dtype, "same_kind"):
                raise TypeError(
                    f"x {symbol} y: cannot cast the result from {result.dtype} to {self.dtype} with casting rule 'same_kind'"
                )
            result = shape.astype(result, self.dtype)
        return result

    return operate


def _matmul(self: Array, other: Any) -> Any:
    return products.matmul.traced(self, other)  # type: ignore[attr-defined]  # doors carry their traced side


def _power(self: Array, other: Any, modulus: Any = None) -> Any:
    return ops.power(self, other)


def _setitem(self: Array, key: Any, value: Any) -> NoReturn:
    raise InPlaceError(
        "x[i] = v",
        "a traced array is not changed in place.",
        "x = linad.numpy.index_set(x, i, v) is the array with v at i.",
        "x = linad.numpy.index_add(x, i, v) adds v at i.",
    )


def _astype(
    self: Array, dtype: Any, order: str = "K", casting: str = "unsafe", subok: bool = True, copy: bool = True
) -> Any:
    dtype = np.dtype(dtype)
    if not np.can_cast(self.dtype, dtype, casting):  # type: ignore[arg-type]  # NumPy checks the word
        raise TypeError(
            f"Cannot cast array data from {self.dtype} to {dtype} according to the rule {casting!r}"
        )
    if dtype == self.dtype:
        return self
    if dtype.kind not in "fc":
        raise NoRuleError(
            f"x.astype({dtype})",
            "the result would be discrete, and the derivative lost.",
            "For a constant, say so: linad.value(x).astype(...).",
        )
    if is_complex(self) and dtype.kind == "f":
        raise NoRuleError(
            f"x.astype({dtype})", "the imaginary part would be dropped.", "Write x.real.astype(...)."
        )
    return shape.astype(self, dtype)


def _reshape(self: Array, *dims: Any, order: str = "C", copy: Any = None) -> Any:
    return shapes.reshape(self, dims[0] if len(dims) == 1 else dims, order)


def _transpose(self: Array, *axes: Any) -> Any:
    return shapes.transpose(
        self, axes[0] if len(axes) == 1 and not isinstance(axes[0], (int, np.integer)) else (axes or None)
    )


def _clip(self: Array, min: Any = None, max: Any = None, out: Any = None) -> Any:
    return choices.clip(self, min, max, out)


def _refused(name: str, remedy: str) -> Callable[..., NoReturn]:
    def method(self: Array, *args: Any, **kwargs: Any) -> NoReturn:
        raise InPlaceError(f"x.{name}(...)", "it would change a traced array in place.", remedy)

    return method


def _round(self: Array, decimals: int = 0, out: Any = None) -> NoReturn:
    raise NoRuleError("x.round()", "rounding is discrete.", "numpy.rint(x) gives the constant.")


def _refuse_setting(name: str) -> Callable[..., NoReturn]:
    def setter(self: Array, value: Any) -> NoReturn:
        raise InPlaceError(f"x.{name} = ...", "a traced array is not changed in place.")

    return setter


_BINARY = {
    "add": ("+=", ops.add),
    "sub": ("-=", ops.subtract),
    "mul": ("*=", ops.multiply),
    "truediv": ("/=", ops.divide),
    "floordiv": ("//=", ops.floor_divide),
    "mod": ("%=", ops.remainder),
}
for _name, (_symbol, _function) in _BINARY.items():
    attach(
        **{
            f"__{_name}__": _function,
            f"__r{_name}__": _reflected(_function),
            f"__i{_name}__": _in_place(_symbol, _function),
        }
    )
attach(
    __pow__=_power,
    __rpow__=_reflected(ops.power),
    __ipow__=_in_place("**=", ops.power),
    __matmul__=_matmul,
    __rmatmul__=_reflected(_matmul),
    __imatmul__=_in_place("@=", _matmul),
    __neg__=ops.negative,
    __pos__=ops.positive,
    __abs__=ops.absolute,
    __eq__=ops.equal,
    __ne__=ops.not_equal,
    __lt__=ops.less,
    __le__=ops.less_equal,
    __gt__=ops.greater,
    __ge__=ops.greater_equal,
    __getitem__=indexing._getitem,
    __setitem__=_setitem,
    __array_priority__=1000.0,
)
attach(
    T=property(lambda self: shapes.transpose(self), _refuse_setting("T")),
    mT=property(lambda self: shapes.matrix_transpose(self), _refuse_setting("mT")),
    real=property(lambda self: elements.real(self), _refuse_setting("real")),
    imag=property(lambda self: elements.imag(self), _refuse_setting("imag")),
    flat=property(lambda self: iter(shapes.ravel(self)), _refuse_setting("flat")),
    conj=ops.conjugate,
    conjugate=ops.conjugate,
    copy=lambda self, order="C": self,
    astype=_astype,
    reshape=_reshape,
    transpose=_transpose,
    ravel=shapes.ravel,
    flatten=shapes.ravel,
    swapaxes=shapes.swapaxes,
    squeeze=shapes.squeeze,
    diagonal=shapes.diagonal,
    trace=shapes.trace,
    dot=products.dot,
    sum=reductions.sum,
    prod=reductions.prod,
    mean=reductions.mean,
    var=reductions.var,
    std=reductions.std,
    max=reductions.max,
    min=reductions.min,
    argmax=reductions.argmax,
    argmin=reductions.argmin,
    argsort=reductions.argsort,
    cumsum=reductions.cumsum,
    all=reductions.all,
    any=reductions.any,
    take=indexing.take,
    searchsorted=choices.searchsorted,
    clip=_clip,
    round=_round,
    sort=_refused("sort", "numpy.sort(x) is a new array."),
    fill=_refused("fill", "numpy.full gives a new array."),
    put=_refused("put", "linad.numpy.index_set(x, i, v) is a new array."),
    resize=_refused("resize", "x.reshape(shape) is a new array."),
    partition=_refused("partition", "numpy.sort(x) is a new array."),
)
