"""Parts of floating-point numbers, and the ufuncs of whole numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

from linad.core.dispatch import door, ufunc_door
from linad.core.space import is_complex
from linad.core.traced import Array
from linad.numpy.axes import as_operand
from linad.operations import elementwise, entire, integers
from linad.operations import floats as ops


def _heaviside(x: Any, h: Any) -> Any:
    """A step, which is constant, but for the value at the step itself."""
    step = ops.heaviside(x, h)
    return elementwise.where(elementwise.equal(x, 0), h, step) if isinstance(h, Array) else step


def _mantissa_and_exponent(x: Any) -> tuple[Any, Any]:
    exponent = ops.exponent(x)
    return ops.ldexp(x, elementwise.negative(exponent)), exponent


fmod = ufunc_door(np.fmod, ops.fmod)
modf = ufunc_door(np.modf, lambda x: (ops.fraction(x), elementwise.trunc(x)))
frexp = ufunc_door(np.frexp, _mantissa_and_exponent)
ldexp = ufunc_door(np.ldexp, ops.ldexp)
copysign = ufunc_door(np.copysign, ops.copysign)
heaviside = ufunc_door(np.heaviside, _heaviside)
isnat = ufunc_door(np.isnat, integers.isnat)
gcd = ufunc_door(np.gcd, integers.gcd)
lcm = ufunc_door(np.lcm, integers.lcm)
bitwise_count = ufunc_door(np.bitwise_count, integers.bitwise_count)
left_shift = bitwise_left_shift = ufunc_door(np.left_shift, integers.left_shift)
right_shift = bitwise_right_shift = ufunc_door(np.right_shift, integers.right_shift)


@door(np.i0)
def i0(x: Any) -> Any:
    """The modified Bessel function of the first kind, of order 0."""
    if is_complex(x):
        raise TypeError("i0 not supported for complex values")
    return entire.bessel_i(as_operand(x, "numpy.i0"), 0)


@door(np.sinc)
def sinc(x: Any) -> Any:
    """sin(pi x) / (pi x), with all derivatives at 0."""
    return entire.sinc(as_operand(x, "numpy.sinc"), 0)


__all__ = [
    "bitwise_count", "bitwise_left_shift", "bitwise_right_shift", "copysign", "fmod", "frexp", "gcd",
    "heaviside", "i0", "isnat", "lcm", "ldexp", "left_shift", "modf", "right_shift", "sinc",
]  # fmt: skip
