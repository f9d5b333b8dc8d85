"""What can be told of a function and of its arguments: names, sizes, which of them are numbers."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable
from typing import Any

import numpy as np

NEAR_ONE = (2.0**-3, 2.0**4)  # sizes that are left as they are


def name_of(f: Callable[..., Any]) -> str:
    return str(getattr(f, "__qualname__", None) or type(f).__name__).replace("<locals>.", "")


def argument_names(f: Callable[..., Any], count: int) -> list[str]:
    """The names of the positional parameters, as far as they can be told."""
    try:
        parameters = list(inspect.signature(f).parameters.values())
    except (TypeError, ValueError):  # some functions written in C have none
        parameters = []
    names = [p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    return [names[i] if i < len(names) else f"argument {i}" for i in range(count)]


def power_of_two(size: float) -> float:
    """A power of two that brings a size near one; one for sizes that are near."""
    if not math.isfinite(size) or size == 0 or NEAR_ONE[0] <= size <= NEAR_ONE[1]:
        return 1.0
    return 2.0 ** round(math.log2(size))


def largest(x: Any) -> float:
    return float(np.max(np.abs(x), initial=0))


def is_number(x: Any) -> bool:
    return isinstance(x, (np.ndarray, np.generic, bool, int, float, complex))
