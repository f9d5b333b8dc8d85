"""Doors: functions with NumPy's and SciPy's names and signatures.

A door looks for traced arrays among its arguments. Without any it calls the original, whose result is returned as it is.
With one it calls linad's function of the same signature, which plain NumPy reaches too, through NumPy's protocols.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np

from linad.core.traced import Array, operand, overrides
from linad.errors import InPlaceError, NoRuleError

Function = Callable[..., Any]


def has_traced(args: Any) -> bool:
    """Whether a traced array is among values, or in lists and tuples of them."""
    for x in args:
        if isinstance(x, Array):
            return True
        if type(x) in (list, tuple) and has_traced(x):
            return True
    return False


def door(original: Function) -> Callable[[Function], Function]:
    """Make a function the traced side of an original; the result calls whichever fits the arguments."""

    def make(traced: Function) -> Function:
        overrides[original] = traced

        @wraps(original)
        def function(*args: Any, **kwargs: Any) -> Any:
            if has_traced(args) or (kwargs and has_traced(kwargs.values())):
                return traced(*args, **kwargs)
            return original(*args, **kwargs)

        function.traced = traced  # type: ignore[attr-defined]  # methods of traced arrays use this side
        function.__doc__ = _documentation(original, traced)
        return function

    return make


def _documentation(original: Function, traced: Function) -> str:
    module = getattr(original, "__module__", None) or "numpy"
    name = getattr(original, "__name__", "function")
    first = (traced.__doc__ or "").strip() or f"Differentiable :func:`{module}.{name}`."
    return f"{first}\n\nArguments, results and errors are those of ``{module}.{name}``, which is called where no argument is traced."


def ufunc_door(original: np.ufunc, primitive: Function, real_only: Function | None = None) -> Function:
    """The door of a ufunc: broadcasting and dtype= as NumPy has them; out= and where= have no traced meaning."""
    name = original.__name__

    def traced(
        *args: Any,
        out: Any = None,
        where: Any = True,
        dtype: Any = None,
        casting: str = "same_kind",
        **rest: Any,
    ) -> Any:
        refuse_out(name, out)
        if where is not True:
            raise NoRuleError(
                f"numpy.{name}",
                "with where= the entries left out would be uninitialised memory.",
                f"Write numpy.where(condition, numpy.{name}(...), other).",
            )
        if rest:
            raise TypeError(f"numpy.{name}: linad does not take {', '.join(rest)}= for traced arrays.")
        if len(args) != original.nin:
            raise TypeError(f"{name}() takes {original.nin} positional arguments but {len(args)} were given")
        args = tuple([operand(x, f"numpy.{name}") for x in args])
        if dtype is not None:
            args = tuple([_cast(x, np.dtype(dtype), casting, name) for x in args])
        return primitive(*args)

    return door(original)(traced)


def _cast(x: Any, dtype: np.dtype[Any], casting: str, name: str) -> Any:
    own = x.dtype if hasattr(x, "dtype") else np.result_type(x)
    if not np.can_cast(own, dtype, casting):  # type: ignore[arg-type]  # NumPy checks the word
        raise TypeError(f"{name}: cannot cast an operand from {own} to {dtype} with casting rule {casting!r}")
    if isinstance(x, Array):
        return x if own == dtype else x.astype(dtype)  # type: ignore[attr-defined]  # attached with the methods
    return np.asarray(x, dtype)[()]


def refuse_out(name: str, out: Any) -> None:
    """Raise for an ``out=``: a traced result cannot be written into an array."""
    if out is not None and out != (None,):
        raise InPlaceError(
            f"numpy.{name}",
            "out= would write a traced result into an array, and the derivative would be lost.",
            "Use the returned value; x += y on a traced x is a new value too.",
        )
