"""Functions that act entry by entry: one row each, with the derivative in terms of x and y = f(x)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from linad.derive.symbolic.calculus.nodes import ONE, ZERO, Node, number
from linad.derive.symbolic.calculus.sums import minus, mul, plus, power

HALF = number(Fraction(1, 2))


@dataclass(frozen=True, slots=True)
class Function:
    """A function of numbers: its derivative, its name in LaTeX, and how NumPy calls it."""

    derivative: Callable[[Node, Node], Node]
    latex: str
    numpy: str = "np.{name}({x})"


def fn(name: str, x: Node) -> Node:
    """A function of every entry."""
    if name == "sqrt" and x.number is not None and x.number in (0, 1):
        return x
    if name == "abs" and x.op == "fn" and x.data in ("abs", "exp", "cosh"):
        return x
    if name == "log" and x.op == "fn" and x.data == "exp":
        return x.args[0]
    if x.number is not None and (known := _KNOWN.get((name, x.number))) is not None:
        return number(known, x.shape)
    return Node("fn", (x,), x.shape, name)


_KNOWN: dict[tuple[str, int | Fraction], int] = {
    ("exp", 0): 1,
    ("log", 1): 0,
    ("sin", 0): 0,
    ("cos", 0): 1,
    ("tanh", 0): 0,
    ("sign", 0): 0,
    ("abs", 0): 0,
}


def _over(x: Node) -> Node:
    return power(x, number(-1))


def _square(x: Node) -> Node:
    return power(x, number(2))


def _root(x: Node) -> Node:
    return fn("sqrt", x)


def _nothing(x: Node, y: Node) -> Node:
    return ZERO


FUNCTIONS: dict[str, Function] = {
    "exp": Function(lambda x, y: y, r"\exp"),
    "expm1": Function(lambda x, y: fn("exp", x), r"\operatorname{expm1}"),
    "log": Function(lambda x, y: _over(x), r"\log"),
    "log1p": Function(lambda x, y: _over(plus(ONE, x)), r"\operatorname{log1p}"),
    "log2": Function(lambda x, y: _over(mul(fn("log", number(2)), x)), r"\log_2"),
    "log10": Function(lambda x, y: _over(mul(fn("log", number(10)), x)), r"\log_{10}"),
    "sqrt": Function(lambda x, y: mul(HALF, _over(y)), r"\operatorname{sqrt}"),
    "sin": Function(lambda x, y: fn("cos", x), r"\sin"),
    "cos": Function(lambda x, y: minus(fn("sin", x)), r"\cos"),
    "tan": Function(lambda x, y: plus(ONE, _square(y)), r"\tan"),
    "sinh": Function(lambda x, y: fn("cosh", x), r"\sinh"),
    "cosh": Function(lambda x, y: fn("sinh", x), r"\cosh"),
    "tanh": Function(lambda x, y: plus(ONE, minus(_square(y))), r"\tanh"),
    "arcsin": Function(lambda x, y: _over(_root(plus(ONE, minus(_square(x))))), r"\arcsin"),
    "arccos": Function(lambda x, y: minus(_over(_root(plus(ONE, minus(_square(x)))))), r"\arccos"),
    "arctan": Function(lambda x, y: _over(plus(ONE, _square(x))), r"\arctan"),
    "arcsinh": Function(lambda x, y: _over(_root(plus(ONE, _square(x)))), r"\operatorname{arsinh}"),
    "arccosh": Function(
        lambda x, y: _over(mul(_root(plus(x, number(-1))), _root(plus(ONE, x)))), r"\operatorname{arcosh}"
    ),
    "arctanh": Function(lambda x, y: _over(plus(ONE, minus(_square(x)))), r"\operatorname{artanh}"),
    "abs": Function(lambda x, y: fn("sign", x), r"\operatorname{abs}"),
    "sign": Function(_nothing, r"\operatorname{sign}"),
    "relu": Function(lambda x, y: fn("step", x), r"\operatorname{relu}", "np.maximum({x}, 0.0)"),
    "step": Function(_nothing, r"\operatorname{step}", "np.heaviside({x}, 0.5)"),
}
ALIASES = {
    "absolute": "abs",
    "heaviside": "step",
    "asin": "arcsin",
    "acos": "arccos",
    "atan": "arctan",
    "asinh": "arcsinh",
    "acosh": "arccosh",
    "atanh": "arctanh",
}
