"""Doors: functions with NumPy's and SciPy's names and signatures.

A door looks for traced arrays among its arguments. Without any it calls the original, whose result is returned as it is.
With one it calls linad's function of the same signature, which plain NumPy reaches too, through NumPy's protocols.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np

from linad.core.primitive import table
from linad.core.traced import Array, innermost, operand, overrides
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


def ufunc_door(original: np.ufunc, primitive: Function) -> Function:
    """The door of a ufunc: operands broadcast and promote as NumPy's do; dtype=, casting= and signature= choose the loop.

    order= and subok= speak of memory and of subclasses, and change no number; out= and where= are refused by name.
    """
    name = f"numpy.{original.__name__}"
    declared = getattr(primitive, "primitive", None)
    # Operators keep Python's numbers what they are; a ufunc makes NumPy's of them.
    operator_like = declared is not None and getattr(declared.numeric, "__module__", "") == "_operator"

    def traced(*args: Any, out: Any = None, where: Any = True, **options: Any) -> Any:
        if len(args) > original.nin:
            args, out = args[: original.nin], out or args[original.nin :]
        refuse_out(original.__name__, out)
        if where is not True:
            raise NoRuleError(
                name,
                "with where= the entries left out would be uninitialised memory.",
                f"Write numpy.where(condition, {name}(...), other).",
            )
        if len(args) != original.nin:
            raise TypeError(
                f"{original.__name__}() takes from {original.nin} to {original.nin + original.nout} positional "
                f"arguments but {len(args)} were given"
            )
        args = tuple([operand(x, name) for x in args])
        if options:
            args = _for_loop(original, args, **options)
        elif operator_like and all([type(innermost(x)) in _PYTHON for x in args]):
            args = tuple([table["astype"](x, x.dtype) if isinstance(x, Array) else x for x in args])
        return primitive(*args)

    return door(original)(traced)


_PYTHON = frozenset((bool, int, float, complex))


def _for_loop(
    original: np.ufunc, args: tuple[Any, ...], *, dtype: Any = None, casting: Any = "same_kind", signature: Any = None,
    order: Any = "K", subok: Any = True, **unknown: Any,
) -> tuple[Any, ...]:  # fmt: skip
    """The operands in the dtypes of the loop that the options of a ufunc choose, with NumPy's errors."""
    name = f"numpy.{original.__name__}"
    if unknown:
        raise NoRuleError(
            name,
            f"with {', '.join(unknown)}= it is not differentiated.",
            "Move the axes of the operands and of the result.",
        )
    if order not in ("K", "A", "C", "F"):
        raise ValueError(f"{name}: order must be one of 'C', 'F', 'A', or 'K' (got {order!r})")
    if dtype is not None and signature is not None:
        raise TypeError(f"{name}: cannot specify both 'signature' and 'dtype'")
    if dtype is not None:
        signature = (None,) * original.nin + (np.dtype(dtype),) * original.nout
    kinds = [type(x) if type(x) in _PYTHON else x.dtype for x in args]
    loop = original.resolve_dtypes((*kinds, *[None] * original.nout), signature=signature, casting=casting)
    return tuple([_cast(x, wanted, name) for x, wanted in zip(args, loop, strict=False)])


def _cast(x: Any, wanted: np.dtype[Any], name: str) -> Any:
    if not isinstance(x, Array):
        return np.asarray(x).astype(wanted)[()]
    if wanted.kind not in "fc" or (wanted.kind == "f" and x.dtype.kind == "c"):
        if x.dtype != wanted:
            raise NoRuleError(
                name, f"a traced operand of dtype {x.dtype} would be cast to {wanted}.", "Leave out dtype= and casting=."
            )
        return x
    return table["astype"](x, wanted)


def refuse_out(name: str, out: Any) -> None:
    """Raise for an ``out=``: a traced result cannot be written into an array."""
    if out is not None and not (isinstance(out, tuple) and all([x is None for x in out])):
        raise InPlaceError(
            f"numpy.{name}",
            "out= would write a traced result into an array, and the derivative would be lost.",
            "Use the returned value; x += y on a traced x is a new value too.",
        )
