"""Functions of numbers, element by element; operands broadcast.

Tangent     dy = a dx, with a declared below as a function of x and y; dy = a dx + b conj(dx) where not holomorphic
Cotangent   gx = conj(a) gy + b conj(gy), summed over what was broadcast
At kinks    a subgradient: 0 for abs at 0, equal shares for max and min at ties
"""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from linad.core.errstate import asked, report
from linad.core.kinds import BINARY, OTHER, UNARY, Sample, discrete, elementwise, linear
from linad.core.origins import remembering
from linad.core.space import is_complex
from linad.operations.powers import power_derivative

# -- arithmetic ----------------------------------------------------------------------------------------------

add = elementwise("add", operator.add, 1, 1, symbol="+")
subtract = elementwise("subtract", operator.sub, 1, -1, symbol="-")
negative = elementwise("negative", operator.neg, -1, symbol="-")
positive = elementwise("positive", operator.pos, 1, symbol="+")
multiply = elementwise("multiply", operator.mul, OTHER, OTHER, symbol="*")
divide = elementwise(
    "divide",
    operator.truediv,
    lambda x, y, z: 1 / y,
    lambda x, y, z: -z / y,
    symbol="/",
    domain=("real", "nonzero"),
)
reciprocal = elementwise("reciprocal", np.reciprocal, lambda x, y: -y * y, domain=("nonzero",))
square = elementwise("square", np.square, lambda x, y: 2 * x)


def _power_by_base(x: Any, y: Any, z: Any) -> Any:
    if type(y) is int or type(y) is float:
        if 0 < y < 1:  # infinite at 0, where Python's own power would raise
            return y * reciprocal(x ** (1 - y))
        return 2 * x if y == 2 else y * x ** (y - 1) if y != 0 else 0 * sign(x)
    return power_derivative(x, y, 1, 0)


def _power_by_exponent(x: Any, y: Any, z: Any) -> Any:
    return power_derivative(x, y, 0, 1)


power = elementwise(
    "power", operator.pow, _power_by_base, _power_by_exponent, symbol="**", domain=("positive", "real")
)

# -- exponentials, powers, trigonometry ----------------------------------------------------------------------

exp = elementwise("exp", np.exp, lambda x, y: y)
exp2 = elementwise("exp2", np.exp2, lambda x, y: _LOG2 * y)
expm1 = elementwise("expm1", np.expm1, lambda x, y: exp(x))
log = elementwise("log", np.log, lambda x, y: reciprocal(x), domain=("positive",))
log2 = elementwise("log2", np.log2, lambda x, y: reciprocal(_LOG2 * x), domain=("positive",))
log10 = elementwise("log10", np.log10, lambda x, y: reciprocal(_LOG10 * x), domain=("positive",))
log1p = elementwise("log1p", np.log1p, lambda x, y: reciprocal(1 + x), domain=("positive",))
sqrt = elementwise("sqrt", np.sqrt, lambda x, y: 0.5 / y, domain=("positive",))
length = elementwise(  # the root of a sum of squares, convex in what was squared: the subgradient 0 at 0
    "length",
    np.sqrt,
    lambda x, y: where(equal(x, 0), 0, 0.5 / where(equal(x, 0), 1, y)),
    domain=("positive",),
    dtypes="f",
)
cbrt = elementwise("cbrt", np.cbrt, lambda x, y: 1 / (3 * y * y), domain=("nonzero",), dtypes="f")
sin = elementwise("sin", np.sin, lambda x, y: cos(x))
cos = elementwise("cos", np.cos, lambda x, y: -sin(x))
tan = elementwise("tan", np.tan, lambda x, y: 1 + y * y, domain=("unit",))
arcsin = elementwise("arcsin", np.arcsin, lambda x, y: 1 / sqrt(1 - x * x), domain=("unit",))
arccos = elementwise("arccos", np.arccos, lambda x, y: -1 / sqrt(1 - x * x), domain=("unit",))
arctan = elementwise("arctan", np.arctan, lambda x, y: 1 / (1 + x * x), domain=("unit",))
sinh = elementwise("sinh", np.sinh, lambda x, y: cosh(x))
cosh = elementwise("cosh", np.cosh, lambda x, y: sinh(x))
tanh = elementwise("tanh", np.tanh, lambda x, y: 1 - y * y, domain=("unit",))
arcsinh = elementwise(
    "arcsinh",
    np.arcsinh,
    lambda x, y: 1 / (sqrt(1 + x * x) if is_complex(x) else hypot(1.0, x)),
    domain=("unit",),
)
arccosh = elementwise(
    "arccosh", np.arccosh, lambda x, y: 1 / (sqrt(x - 1) * sqrt(x + 1)), domain=("above one",)
)
arctanh = elementwise("arctanh", np.arctanh, lambda x, y: reciprocal(1 - x * x), domain=("unit",))

_LOG2 = 0.6931471805599453
_LOG10 = 2.302585092994046

arctan2 = elementwise(
    "arctan2",
    np.arctan2,
    lambda y, x, z: x * reciprocal(hypot(x, y)) * reciprocal(hypot(x, y)),  # the squares may overflow
    lambda y, x, z: -y * reciprocal(hypot(x, y)) * reciprocal(hypot(x, y)),
    domain=("nonzero", "nonzero"),
    dtypes="f",
)
hypot = elementwise(
    "hypot",
    np.hypot,
    lambda x, y, z: _ratio(x, z),
    lambda x, y, z: _ratio(y, z),
    domain=("nonzero", "nonzero"),
    dtypes="f",
)


def _share(x: Any, y: Any) -> Any:
    """exp(x) / (exp(x) + exp(y)); a half where the two are the same infinity."""
    with np.errstate(invalid="ignore", over="ignore"):
        d = np.subtract(y, x)
        odds = np.exp(d if np.isfinite(d).all() else np.where(np.equal(x, y), 0, d))
    return np.reciprocal(1 + odds)


share = elementwise(
    "share", _share, lambda x, y, w: w * share(y, x), lambda x, y, w: -w * share(y, x), dtypes="f"
)
logaddexp = elementwise(
    "logaddexp", np.logaddexp, lambda x, y, z: share(x, y), lambda x, y, z: share(y, x), dtypes="f"
)


def _ratio(x: Any, length: Any) -> Any:
    """x / length, and the subgradient 0 where the length is 0."""
    return x / where(equal(length, 0), 1, length)


# -- complex parts -------------------------------------------------------------------------------------------

conjugate = linear(
    "conjugate", np.conjugate, lambda g, space: conjugate(g), samples=(Sample(((),)), Sample(((2, 3),)))
)
conjugate = remembering(conjugate, lambda x: "C")
real = linear("real", np.real, lambda g, space: g, lazy=True, samples=(Sample(((),)), Sample(((2, 3),))))
imag = linear(
    "imag",
    np.imag,
    lambda g, space: 1j * g if space.dtype.kind == "c" else 0 * g,
    samples=(Sample(((),)), Sample(((2, 3),))),
)
phase = elementwise(
    "phase",
    np.sign,
    lambda x, y: 0 * x,
    nonholomorphic=(
        lambda x, y: 0.5 * _ratio(absolute(y), absolute(x)),
        lambda x, y: -0.5 * y * _ratio(y, absolute(x)),
    ),
    domain=("nonzero",),
)
absolute = elementwise(
    "absolute",
    np.absolute,
    lambda x, y: sign(x),
    nonholomorphic=(lambda x, y: 0.5 * conjugate(phase(x)), lambda x, y: 0.5 * phase(x)),
    domain=("nonzero",),
)
angle = elementwise(
    "angle",
    np.angle,
    lambda x, y: 0 * x,
    nonholomorphic=(lambda x, y: -0.5j / x, lambda x, y: 0.5j / conjugate(x)),
    domain=("nonzero",),
)

# -- choices -------------------------------------------------------------------------------------------------


def _precedence(x: Any, y: Any) -> Any:
    """1 where x > y, 0 where x < y, a half at a tie, NaN where either is."""
    weight = np.asarray(np.greater(x, y), np.result_type(x, y, np.float16))
    tied = np.equal(x, y)
    weight[tied] = 0.5
    weight[np.isnan(x) | np.isnan(y)] = np.nan
    if asked("tie") and np.any(tied):
        report("tie", "maximum, minimum", f"{np.count_nonzero(tied)} of {weight.size} pairs tie.")
    return weight[()]


precedence = discrete("precedence", _precedence, last=2, samples=BINARY, dtypes="f")
maximum = elementwise(
    "maximum", np.maximum, lambda x, y, z: precedence(x, y), lambda x, y, z: precedence(y, x), dtypes="f"
)
minimum = elementwise(
    "minimum", np.minimum, lambda x, y, z: precedence(y, x), lambda x, y, z: precedence(x, y), dtypes="f"
)
where = linear(
    "where",
    np.where,
    lambda g, spaces, mask: [where(mask, g, 0), where(mask, 0, g)],
    reads=True,
    first=1,
    last=3,
    samples=tuple(
        Sample(shapes, (mask,), label)
        for shapes, mask, label in [
            (((3,), (3,)), np.array([True, False, True]), "vector"),
            (((2, 1), (3,)), np.array([True, False, True]), "broadcast"),
            (((), ()), np.array([[True], [False]]), "scalars-by-mask"),
            (((2, 0), ()), np.ones((2, 0), bool), "empty"),
        ]
    ),
)

# -- locally constant ----------------------------------------------------------------------------------------

sign = discrete("sign", np.sign, samples=UNARY)
floor = discrete("floor", np.floor, samples=UNARY, dtypes="f")
ceil = discrete("ceil", np.ceil, samples=UNARY, dtypes="f")
rint = discrete("rint", np.rint, samples=UNARY)
trunc = discrete("trunc", np.trunc, samples=UNARY, dtypes="f")
equal = discrete("equal", operator.eq, last=2, samples=BINARY)
not_equal = discrete("not_equal", operator.ne, last=2, samples=BINARY)
less = discrete("less", operator.lt, last=2, samples=BINARY)
less_equal = discrete("less_equal", operator.le, last=2, samples=BINARY)
greater = discrete("greater", operator.gt, last=2, samples=BINARY)
greater_equal = discrete("greater_equal", operator.ge, last=2, samples=BINARY)
logical_and = discrete("logical_and", np.logical_and, last=2, samples=BINARY)
logical_or = discrete("logical_or", np.logical_or, last=2, samples=BINARY)
logical_xor = discrete("logical_xor", np.logical_xor, last=2, samples=BINARY)
logical_not = discrete("logical_not", np.logical_not, samples=UNARY)
isnan = discrete("isnan", np.isnan, samples=UNARY)
isinf = discrete("isinf", np.isinf, samples=UNARY)
isfinite = discrete("isfinite", np.isfinite, samples=UNARY)
signbit = discrete("signbit", np.signbit, samples=UNARY, dtypes="f")
floor_divide = discrete(
    "floor_divide", operator.floordiv, last=2, domain=("real", "nonzero"), samples=BINARY, dtypes="f"
)
remainder = elementwise(
    "remainder",
    operator.mod,
    1,
    lambda x, y, z: -floor_divide(x, y),
    domain=("real", "nonzero"),
    dtypes="f",
    samples=BINARY,
)
