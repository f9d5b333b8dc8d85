"""Ufuncs, and the functions of complex parts."""

from __future__ import annotations

from typing import Any

import numpy as np

from linad.core.dispatch import door, ufunc_door
from linad.core.space import is_complex
from linad.operations import elementwise as ops

add = ufunc_door(np.add, ops.add)
subtract = ufunc_door(np.subtract, ops.subtract)
multiply = ufunc_door(np.multiply, ops.multiply)
divide = true_divide = ufunc_door(np.divide, ops.divide)
power = ufunc_door(np.power, ops.power)
negative = ufunc_door(np.negative, ops.negative)
positive = ufunc_door(np.positive, ops.positive)
reciprocal = ufunc_door(np.reciprocal, ops.reciprocal)
square = ufunc_door(np.square, ops.square)
remainder = mod = ufunc_door(np.remainder, ops.remainder)

exp = ufunc_door(np.exp, ops.exp)
exp2 = ufunc_door(np.exp2, ops.exp2)
expm1 = ufunc_door(np.expm1, ops.expm1)
log = ufunc_door(np.log, ops.log)
log2 = ufunc_door(np.log2, ops.log2)
log10 = ufunc_door(np.log10, ops.log10)
log1p = ufunc_door(np.log1p, ops.log1p)
sqrt = ufunc_door(np.sqrt, ops.sqrt)
cbrt = ufunc_door(np.cbrt, ops.cbrt)
sin = ufunc_door(np.sin, ops.sin)
cos = ufunc_door(np.cos, ops.cos)
tan = ufunc_door(np.tan, ops.tan)
arcsin = ufunc_door(np.arcsin, ops.arcsin)
arccos = ufunc_door(np.arccos, ops.arccos)
arctan = ufunc_door(np.arctan, ops.arctan)
sinh = ufunc_door(np.sinh, ops.sinh)
cosh = ufunc_door(np.cosh, ops.cosh)
tanh = ufunc_door(np.tanh, ops.tanh)
arcsinh = ufunc_door(np.arcsinh, ops.arcsinh)
arccosh = ufunc_door(np.arccosh, ops.arccosh)
arctanh = ufunc_door(np.arctanh, ops.arctanh)
arctan2 = ufunc_door(np.arctan2, ops.arctan2)
hypot = ufunc_door(np.hypot, ops.hypot)
logaddexp = ufunc_door(np.logaddexp, ops.logaddexp)

conjugate = conj = ufunc_door(np.conjugate, ops.conjugate)
absolute = ufunc_door(np.absolute, ops.absolute)
maximum = ufunc_door(np.maximum, ops.maximum)
minimum = ufunc_door(np.minimum, ops.minimum)

floor = ufunc_door(np.floor, ops.floor)
ceil = ufunc_door(np.ceil, ops.ceil)
rint = ufunc_door(np.rint, ops.rint)
trunc = ufunc_door(np.trunc, ops.trunc)
floor_divide = ufunc_door(np.floor_divide, ops.floor_divide)
equal = ufunc_door(np.equal, ops.equal)
not_equal = ufunc_door(np.not_equal, ops.not_equal)
less = ufunc_door(np.less, ops.less)
less_equal = ufunc_door(np.less_equal, ops.less_equal)
greater = ufunc_door(np.greater, ops.greater)
greater_equal = ufunc_door(np.greater_equal, ops.greater_equal)
logical_and = ufunc_door(np.logical_and, ops.logical_and)
logical_or = ufunc_door(np.logical_or, ops.logical_or)
logical_xor = ufunc_door(np.logical_xor, ops.logical_xor)
logical_not = ufunc_door(np.logical_not, ops.logical_not)
isnan = ufunc_door(np.isnan, ops.isnan)
isinf = ufunc_door(np.isinf, ops.isinf)
isfinite = ufunc_door(np.isfinite, ops.isfinite)
signbit = ufunc_door(np.signbit, ops.signbit)


def _sign(x: Any) -> Any:
    return (ops.phase if is_complex(x) else ops.sign)(x)


sign = ufunc_door(np.sign, _sign)


@door(np.real)
def real(val: Any) -> Any:
    return ops.real(val) if is_complex(val) else val


@door(np.imag)
def imag(val: Any) -> Any:
    return ops.imag(val)


@door(np.angle)
def angle(z: Any, deg: bool = False) -> Any:
    radians = ops.angle(z)
    return radians * (180 / np.pi) if deg else radians


abs = absolute
