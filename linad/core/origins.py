"""Arrays that are another one, transposed or conjugated: what is remembered of that one serves them too.

A traced array's transpose, conjugate or adjoint remembers the array that it came from, and how: the factors of A serve
A.T and conj(A) too. Operations are named N, T, C and H, for themselves, transpose, conjugate and adjoint.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from linad.core.primitive import table
from linad.core.traced import Array, memo_of

_BITS = {"N": 0, "T": 1, "C": 2, "H": 3}
_NAMES = "NTCH"
_KEY = "origin"


def composed(first: str, second: str) -> str:
    """One operation after the other."""
    return _NAMES[_BITS[first] ^ _BITS[second]]


def origin(A: Any) -> tuple[Any, str]:
    """The array that a traced one came from, innermost, and the operation that makes it of that."""
    if not isinstance(A, Array):
        return A, "N"
    while isinstance(A.value, Array):
        A = A.value
    memo = A.memo
    found: tuple[Any, str] = (A, "N") if memo is None else memo.get(_KEY, (A, "N"))
    return found


def remembering(operation: Callable[..., Any], turn: Callable[..., str]) -> Callable[..., Any]:
    """An operation whose results remember their origin; ``turn(x, *parameters)`` names it, N if it is none of those."""
    primitive = operation.primitive  # type: ignore[attr-defined]  # functions of primitives carry them

    @wraps(operation)
    def remembered(x: Any, *parameters: Any) -> Any:
        y = operation(x, *parameters)
        if (
            isinstance(x, Array)
            and isinstance(y, Array)
            and not isinstance(x.value, Array)
            and not x.explicit
        ):
            op = turn(x, *parameters)
            if op != "N":
                root, before = origin(x)
                memo_of(y)[_KEY] = root, composed(before, op)
        return y

    primitive.call = primitive.entry = table[primitive.name] = remembered
    return remembered
