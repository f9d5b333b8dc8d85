"""Ufuncs, and the functions of complex parts."""

from __future__ import annotations

from typing import Any

import numpy as np

from linad.core.dispatch import door, ufunc_door
from linad.core.space import is_complex
from linad.core.traced import Array
from linad.numpy.axes import as_operand
from linad.operations import elementwise as ops
from linad.operations import extrema, integers

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
logaddexp2 = ufunc_door(np.logaddexp2, extrema.logaddexp2)

conjugate = conj = ufunc_door(np.conjugate, ops.conjugate)
absolute = ufunc_door(np.absolute, ops.absolute)
maximum = ufunc_door(np.maximum, ops.maximum)
minimum = ufunc_door(np.minimum, ops.minimum)
fmax = ufunc_door(np.fmax, extrema.fmax)
fmin = ufunc_door(np.fmin, extrema.fmin)

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


bitwise_and = ufunc_door(np.bitwise_and, integers.bitwise_and)
bitwise_or = ufunc_door(np.bitwise_or, integers.bitwise_or)
bitwise_xor = ufunc_door(np.bitwise_xor, integers.bitwise_xor)
invert = bitwise_not = bitwise_invert = ufunc_door(np.invert, integers.invert)


def _sign(x: Any) -> Any:
    return (ops.phase if is_complex(x) else ops.sign)(x)


def _real_only(name: str, function: Any) -> Any:
    """A function that NumPy does not have for complex numbers."""

    def check(x: Any) -> Any:
        if is_complex(x):
            raise TypeError(f"ufunc '{name}' not supported for the input types: {x.dtype} is complex")
        return function(_number(x, name))

    return check


def _divmod(x: Any, y: Any) -> tuple[Any, Any]:
    return ops.floor_divide(x, y), ops.remainder(x, y)


def _numpy_divmod(x: Any, y: Any) -> tuple[Any, Any]:
    return _divmod(_number(x, "numpy.divmod"), _number(y, "numpy.divmod"))


sign = ufunc_door(np.sign, _sign)
fabs = ufunc_door(np.fabs, _real_only("fabs", ops.absolute))
degrees = ufunc_door(np.degrees, _real_only("degrees", lambda x: x * (180 / np.pi)))
rad2deg = ufunc_door(np.rad2deg, _real_only("rad2deg", lambda x: x * (180 / np.pi)))
radians = ufunc_door(np.radians, _real_only("radians", lambda x: x * (np.pi / 180)))
deg2rad = ufunc_door(np.deg2rad, _real_only("deg2rad", lambda x: x * (np.pi / 180)))
float_power = ufunc_door(np.float_power, lambda x, y: ops.power(_double(x), _double(y)))
divmod = ufunc_door(np.divmod, _numpy_divmod)


def _number(x: Any, name: str) -> Any:
    """Python's traced numbers as NumPy's."""
    return as_operand(x, name) if isinstance(x, Array) else x


def _double(x: Any) -> Any:
    """A number or array as double precision, which is what float_power computes in."""
    x = as_operand(x, "numpy.float_power")
    return x.astype(np.result_type(x.dtype, np.float64))


@door(np.real)
def real(val: Any) -> Any:
    """The real part."""
    return ops.real(val) if is_complex(val) else val


@door(np.imag)
def imag(val: Any) -> Any:
    """The imaginary part; of a real array zeros, which are constant."""
    return ops.imag(as_operand(val, "numpy.imag"))


@door(np.angle)
def angle(z: Any, deg: bool = False) -> Any:
    """The argument of complex numbers; of real ones 0 or pi, which are constant."""
    phase = ops.angle(as_operand(z, "numpy.angle"))
    return phase * (180 / np.pi) if deg else phase


@door(np.real_if_close)
def real_if_close(a: Any, tol: float = 100) -> Any:
    """The real part where the imaginary one is zero to rounding; else the array itself."""
    a = as_operand(a, "numpy.real_if_close")
    if not is_complex(a):
        return a
    limit = tol * np.finfo(a.dtype).eps if tol > 1 else tol
    return ops.real(a) if (ops.absolute(ops.imag(a)) < limit).all() else a


def _constant_of(kind: Any) -> Any:
    @door(kind)
    def question(x: Any) -> Any:
        return (x.dtype.kind == "c") is (kind is np.iscomplexobj) if isinstance(x, Array) else kind(x)

    return question


iscomplexobj = _constant_of(np.iscomplexobj)
isrealobj = _constant_of(np.isrealobj)


abs = absolute
pow = power
acos, acosh, asin, asinh, atan, atan2, atanh = arccos, arccosh, arcsin, arcsinh, arctan, arctan2, arctanh

__all__ = [
    "abs", "absolute", "acos", "acosh", "add", "angle", "arccos", "arccosh", "arcsin", "arcsinh",
    "arctan", "arctan2", "arctanh", "asin", "asinh", "atan", "atan2", "atanh", "bitwise_and",
    "bitwise_invert", "bitwise_not", "bitwise_or", "bitwise_xor", "cbrt", "ceil", "conj", "conjugate",
    "cos", "cosh", "deg2rad", "degrees", "divide", "divmod", "equal", "exp", "exp2", "expm1", "fabs",
    "float_power", "floor", "floor_divide", "fmax", "fmin", "greater", "greater_equal", "hypot", "imag", "invert",
    "iscomplexobj", "isfinite", "isinf", "isnan", "isrealobj", "less", "less_equal", "log", "log1p",
    "log2", "log10", "logaddexp", "logaddexp2", "logical_and", "logical_not", "logical_or", "logical_xor", "maximum",
    "minimum", "mod", "multiply", "negative", "not_equal", "positive", "pow", "power", "rad2deg",
    "radians", "real", "real_if_close", "reciprocal", "remainder", "rint", "sign", "signbit", "sin",
    "sinh", "sqrt", "square", "subtract", "tan", "tanh", "true_divide", "trunc",
]  # fmt: skip
