"""Right formulas, wrong conduct: with borrowed arrays, and with discrete results."""

from typing import Any

import numpy as np

from linad.core.kinds import Sample, discrete, elementwise, linear
from linad.core.traced import Array, innermost
from linad.operations.elementwise import cos

ROW = (Sample(((3,),)),)


def sine(name: str, numeric: Any = np.sin) -> Any:
    return elementwise(name, numeric, lambda x, y: cos(x), samples=ROW)


def sine_in_place(x: Any) -> Any:
    y = np.sin(x)
    if isinstance(x, np.ndarray) and x.flags.writeable:
        x *= 2
    return y


def twofold(name: str, numeric: Any = lambda x: 2 * x, adjoint: Any = lambda g: 2 * g) -> Any:
    return linear(name, numeric, lambda g, space: adjoint(g), samples=ROW)


def doubled_in_place(g: Any) -> Any:
    if isinstance(g, np.ndarray):
        g *= 2
        return g
    return 2 * g


def floor(name: str, entry: Any = None) -> Any:
    declared = discrete(name, np.floor, samples=ROW, dtypes="f")
    if entry is not None:
        declared.primitive.entry = lambda x: entry(declared, x)
    return declared


def still_traced(declared: Any, x: Any) -> Any:
    return x * 0 + declared(x)


def frozen(declared: Any, x: Any) -> Any:
    return declared(innermost(x))


def other_when_traced(declared: Any, x: Any) -> Any:
    return declared(x) + 1 if isinstance(x, Array) and not x.explicit else declared(x)
