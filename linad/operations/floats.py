"""Parts of floating-point numbers: remainders, fractions, mantissas, signs.

fmod        y = a x - q b, q whole        dy = da - q db
fraction    y = x - trunc(x)              dy = dx
ldexp       y = 2^n x                     dy = 2^n dx        gx = 2^n gy
copysign    y = |x| sign(s)               dy = sign(x) sign(s) dx, and 0 at x = 0 as for abs; s is discrete
"""

from __future__ import annotations

from typing import Any

import numpy as np

from linad.core.kinds import BINARY, UNARY, Sample, discrete, elementwise, linear
from linad.operations.elementwise import sign

_REAL_BY_NONZERO = ("real", "nonzero")


def _whole_quotient(x: Any, y: Any) -> Any:
    """How often y is taken from x: a whole number."""
    return np.rint((x - np.fmod(x, y)) / y)


whole_quotient = discrete(
    "whole_quotient", _whole_quotient, last=2, domain=_REAL_BY_NONZERO, samples=BINARY, dtypes="f"
)
fmod = elementwise(
    "fmod", np.fmod, 1, lambda x, y, z: -whole_quotient(x, y), domain=_REAL_BY_NONZERO, dtypes="f"
)
fraction = elementwise("fraction", lambda x: np.modf(x)[0], 1, domain=("unit",), dtypes="f")
copysign = elementwise(
    "copysign",
    np.copysign,
    lambda x, y, z: sign(x) * sign(z),
    lambda x, y, z: 0.0,
    domain=("nonzero", "nonzero"),
    dtypes="f",
)
exponent = discrete("exponent", lambda x: np.frexp(x)[1], samples=UNARY, dtypes="f")
ldexp = linear(
    "ldexp",
    np.ldexp,
    lambda g, space, n: ldexp(g, n),
    reads=True,
    dtypes="f",
    samples=(
        Sample(((),), (3,)),
        Sample(((3,),), (np.array([[1], [-2]]),), "3-by-2x1"),
        Sample(((2, 1),), (np.array([0, 1, 5]),), "2x1-by-3"),
        Sample(((0, 2),), (1,)),
    ),
)
heaviside = discrete(
    "heaviside", np.heaviside, last=2, domain=("nonzero", "real"), samples=BINARY, dtypes="f"
)
