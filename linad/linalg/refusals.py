"""scipy.linalg's functions without a rule: SciPy's own on plain arrays, refused by name on traced ones."""

from __future__ import annotations

from functools import cache, wraps
from types import FunctionType
from typing import Any

from linad.core.dispatch import has_traced
from linad.core.traced import no_rule


@cache
def guarded(name: str, original: Any) -> Any:
    """The function itself on plain arguments; SciPy never asks a traced array, so it is asked here."""
    if not isinstance(original, FunctionType):
        return original

    @wraps(original)
    def function(*args: Any, **kwargs: Any) -> Any:
        if has_traced(args) or has_traced(kwargs.values()):
            error = no_rule(original)
            raise type(error)(f"scipy.linalg.{name}", *error.args[1:])
        return original(*args, **kwargs)

    return function


__all__ = ["guarded"]
