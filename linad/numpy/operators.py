"""Operators of traced arrays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from linad.core.traced import Array, attach, innermost
from linad.errors import InPlaceError
from linad.numpy import elements, products
from linad.operations import contractions, integers, shape
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
                f"non-broadcastable output operand with shape {self.shape} doesn't match "
                f"the broadcast shape {result.shape}"
            )
        if result.dtype != self.dtype and isinstance(plain, np.ndarray):
            if not np.can_cast(result.dtype, self.dtype, "same_kind"):
                raise TypeError(
                    f"x {symbol} y: cannot cast the result from {result.dtype} to {self.dtype} "
                    "with casting rule 'same_kind'"
                )
            result = shape.astype(result, self.dtype)
        return result

    return operate


def _matmul(self: Array, other: Any) -> Any:
    if type(other) is np.ndarray or isinstance(other, Array):
        a, b = innermost(self), innermost(other)
        if type(a) is np.ndarray and type(b) is np.ndarray and a.ndim and b.ndim and a.dtype == b.dtype:
            return contractions.matmul(self, other)  # what the door would come to
    return products.matmul.traced(self, other)  # type: ignore[attr-defined]  # doors carry their traced side


def _power(self: Array, other: Any, modulus: Any = None) -> Any:
    if modulus is not None:
        return NotImplemented  # Python raises: numbers that are not integers have no power modulo another
    return ops.power(self, other)


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
    __divmod__=elements._divmod,
    __rdivmod__=_reflected(elements._divmod),
    __and__=integers.bitwise_and,
    __rand__=_reflected(integers.bitwise_and),
    __or__=integers.bitwise_or,
    __ror__=_reflected(integers.bitwise_or),
    __xor__=integers.bitwise_xor,
    __rxor__=_reflected(integers.bitwise_xor),
    __lshift__=integers.left_shift,
    __rlshift__=_reflected(integers.left_shift),
    __rshift__=integers.right_shift,
    __rrshift__=_reflected(integers.right_shift),
    __invert__=integers.invert,
    __neg__=ops.negative,
    __pos__=ops.positive,
    __abs__=ops.absolute,
    __eq__=ops.equal,
    __ne__=ops.not_equal,
    __lt__=ops.less,
    __le__=ops.less_equal,
    __gt__=ops.greater,
    __ge__=ops.greater_equal,
    __array_priority__=1000.0,
)
