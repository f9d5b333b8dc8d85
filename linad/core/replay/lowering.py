"""What stands in the source of a program in the place of a call of an operation: shorter, or quicker.

core knows no operation: whoever declares one says how it is lowered.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

# From what is known of the arguments (constants, or shape and dtype) and their texts: an expression and the names in
# it, or None where the general call serves.
Lowering = Callable[[Sequence[Any], Sequence[str]], tuple[str, dict[str, Any]] | None]

FRESH: set[str] = set()  # operations whose results share memory with nothing
_lowerings: dict[str, Lowering] = {}


def lowers(name: str, lowering: Lowering, fresh: bool = False) -> None:
    """Say how calls of an operation are written."""
    _lowerings[name] = lowering
    if fresh:
        FRESH.add(name)


def lowered(name: str, values: Sequence[Any], texts: Sequence[str]) -> tuple[str, dict[str, Any]] | None:
    lowering = _lowerings.get(name)
    return None if lowering is None else lowering(values, texts)
