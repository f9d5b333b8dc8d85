"""Operations on whole numbers: all discrete.

Laws trace floating-point numbers. An operation on integers is tried on the whole numbers next to them.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from linad.core.kinds import BINARY, UNARY, Sample, discrete

Operation = Callable[..., Any]
whole = discrete("whole", lambda x: np.rint(x).astype(np.int64), samples=UNARY, dtypes="f")
_PAIRS = (*BINARY, Sample(((0,), ()), label="empty"))


def of_integers(operation: Operation, first: int = 0) -> Operation:
    """An operation whose operands, from the first on, laws round; parameters behind them stay what they are."""

    def entry(*args: Any) -> Any:
        operands = len(args) if operation.primitive.last is None else operation.primitive.last  # type: ignore[attr-defined]  # functions of primitives carry them
        return operation(*[whole(x) if first <= i < operands else x for i, x in enumerate(args)])

    operation.primitive.entry = entry  # type: ignore[attr-defined]  # as above
    return operation


def _binary(name: str, function: Operation, *domain: str) -> Operation:
    return of_integers(discrete(name, function, last=2, samples=_PAIRS, domain=domain, dtypes="f"))


def _unary(name: str, function: Operation, *domain: str) -> Operation:
    return of_integers(discrete(name, function, samples=UNARY, domain=domain, dtypes="f"))


bitwise_and = _binary("bitwise_and", operator.and_)
bitwise_or = _binary("bitwise_or", operator.or_)
bitwise_xor = _binary("bitwise_xor", operator.xor)
invert = _unary("invert", operator.invert)
left_shift = _binary("left_shift", operator.lshift, "real", "positive")
right_shift = _binary("right_shift", operator.rshift, "real", "positive")
gcd = _binary("gcd", np.gcd)
lcm = _binary("lcm", np.lcm)
bitwise_count = _unary("bitwise_count", np.bitwise_count)
isnat = discrete("isnat", np.isnat, untried="it tells of dates")  # of dates: numbers are a TypeError
