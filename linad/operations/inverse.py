"""Inverses, from the LU factors.

Equation    A X = I
Undefined   where A is singular
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from linad.core.kinds import Derived, Sample, composition
from linad.operations.guards import enough_digits
from linad.operations.solve import factors as _factors

inverse_by = composition(
    "inv",
    lambda A, factors: factors.inverse(),
    rule=lambda: Derived("inv", values=_values),
    last=1,
    domain=("regular",),
    samples=tuple(Sample((shape,)) for shape in [(3, 3), (2, 3, 3), (1, 1), (0, 0)]),
)


def _values(args: Sequence[Any], outputs: Sequence[Any]) -> tuple[Sequence[Any], Sequence[Any]]:
    """The factors are no input of the equation."""
    enough_digits("inv", *args)
    return args[:1], outputs


def inv(A: Any, factors: Any = None) -> Any:
    """The inverses of square matrices in the last two axes."""
    return inverse_by(A, _factors(A) if factors is None else factors)


inverse_by.primitive.entry = inv  # type: ignore[attr-defined]  # functions of primitives carry them
