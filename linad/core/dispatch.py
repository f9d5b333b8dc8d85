"""Doors: functions with NumPy's and SciPy's names and signatures.

A door looks for traced arrays among its arguments. Without any it calls the original, whose result is returned
as it is. With one it calls linad's function of the same signature, which plain NumPy reaches too, by its
protocols.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import WRAPPER_ASSIGNMENTS, wraps
from typing import Any

import numpy as np

from linad.core.primitive import table
from linad.core.space import is_complex
from linad.core.traced import PLAIN, PYTHON, Array, innermost, module_of, operand, overrides
from linad.errors import InPlaceError, NoRuleError

Function = Callable[..., Any]


# What is passed most, and is never traced: to ask the set takes a third of the time of isinstance.
_PLAIN = PLAIN | {str, type(None)}


# Not the documentation, which a door has of its own, and a ufunc composes anew whenever it is asked.
_ASSIGNED = [name for name in WRAPPER_ASSIGNMENTS if name != "__doc__"]


def has_traced(args: Any) -> bool:
    """Whether a traced array is among values, or in lists and tuples of them."""
    for x in args:  # noqa: SIM110  # any() with a generator costs three times as much
        if type(x) not in _PLAIN and _is_traced(x):
            return True
    return False


def _is_traced(x: Any) -> bool:
    return isinstance(x, Array) or (type(x) in (list, tuple) and has_traced(x))


def door(original: Function) -> Callable[[Function], Function]:
    """Make a function the traced side of an original; the result calls whichever fits the arguments."""

    def make(traced: Function) -> Function:
        overrides[original] = traced

        @wraps(original, assigned=_ASSIGNED)
        def function(*args: Any, **kwargs: Any) -> Any:
            for x in args:  # as has_traced does: a call less
                if type(x) not in _PLAIN and _is_traced(x):
                    return traced(*args, **kwargs)
            if not kwargs:
                return original(*args)
            for x in kwargs.values():
                if type(x) not in _PLAIN and _is_traced(x):
                    return traced(*args, **kwargs)
            return original(*args, **kwargs)

        function.traced = traced  # type: ignore[attr-defined]  # methods of traced arrays use this side
        function.__doc__ = _documentation(original, traced)
        return function

    return make


def _documentation(original: Function, traced: Function) -> str:
    name = getattr(original, "__name__", "function")
    home = "numpy" if getattr(np, name, None) is original else "scipy.special"  # of ufuncs, which do not tell
    told = getattr(original, "__module__", None) or home
    module = ".".join(part for part in told.split(".") if not part.startswith("_"))
    first = (traced.__doc__ or "").strip().replace(
        "\n    ", "\n"
    ) or f"Differentiable :func:`{module}.{name}`."
    plain = f"``{module}.{name}``, which is called where no argument is traced"
    return f"{first}\n\nArguments, results and errors are those of {plain}."


def ufunc_door(original: np.ufunc, primitive: Function) -> Function:
    """The door of a ufunc: operands broadcast and promote as NumPy's do; dtype= and casting= choose the loop.

    order= and subok= speak of memory and of subclasses, and change no number; out=, where= and signature= are
    refused by name.
    """
    module = module_of(original)
    name = f"{module}.{original.__name__}"
    declared = getattr(primitive, "primitive", None)
    # Operators keep Python's numbers what they are; a ufunc makes NumPy's of them.
    operator_like = declared is not None and getattr(declared.numeric, "__module__", "") == "_operator"

    def traced(*args: Any, out: Any = None, where: Any = True, **options: Any) -> Any:
        if len(args) > original.nin:
            args, out = args[: original.nin], out or args[original.nin :]
        refuse_out(original.__name__, out, module)
        if where is not True:
            raise NoRuleError(
                name,
                "with where= the entries left out would be uninitialised memory.",
                f"Write numpy.where(condition, {name}(y), other) with y = numpy.where(condition, x, 1): "
                "0 times an infinite derivative is NaN.",
            )
        if len(args) != original.nin:
            raise TypeError(
                f"{original.__name__}() takes from {original.nin} to {original.nin + original.nout} "
                f"positional arguments but {len(args)} were given"
            )
        args = tuple([operand(x, name) for x in args])
        if options:
            args = _for_loop(original, args, **options)
        elif operator_like and all([type(innermost(x)) in PYTHON for x in args]):
            args = tuple(
                [table["astype"](x, x.dtype) if isinstance(x, Array) else np.asarray(x)[()] for x in args]
            )
        return primitive(*args)

    return door(original)(traced)


def _for_loop(original: np.ufunc, args: tuple[Any, ...], **options: Any) -> tuple[Any, ...]:
    """The operands in the dtype that the options of a ufunc ask for, with NumPy's errors."""
    name = f"{module_of(original)}.{original.__name__}"
    known: tuple[str, ...] = ("dtype", "casting", "order", "subok")
    if original.nin > 1 and not name.startswith("numpy"):  # loops of mixed types: orders stay real
        known = ("casting", "order", "subok")
    unknown = [option for option in options if option not in known]
    for option in unknown:
        if option not in ("dtype", "signature", "sig", "axes", "axis", "keepdims"):
            raise TypeError(f"{original.__name__}() got an unexpected keyword argument {option!r}")
        raise NoRuleError(
            name,
            f"with {option}= it is not differentiated.",
            "Cast operands by astype, move axes by moveaxis.",
        )
    # One entry of each operand goes through NumPy itself, which checks every option and tells the dtype.
    tokens = [type(x)(1) if type(x) in PYTHON else np.ones((1, 1), x.dtype) for x in args]
    with np.errstate(all="ignore"):
        out = original(*tokens, **options)
    wanted = (out[0] if isinstance(out, tuple) else out).dtype
    if options.get("dtype") is None or wanted.kind == "b":
        return args
    if wanted.kind != "c" and any(is_complex(x) for x in args):
        wanted = np.result_type(
            wanted, np.complex64
        )  # absolute of complex numbers, in the precision of the result
    return tuple([_cast(x, wanted, name) for x in args])


def _cast(x: Any, wanted: np.dtype[Any], name: str) -> Any:
    if not isinstance(x, Array):
        return np.asarray(x).astype(wanted)[()]
    if wanted.kind not in "fc" and x.dtype != wanted:
        raise NoRuleError(
            name, f"a traced operand would be cast to {wanted}.", "Leave out dtype= and casting=."
        )
    return table["astype"](x, wanted)


def refuse_out(name: str, out: Any, module: str = "numpy") -> None:
    """Raise for an ``out=``: a traced result cannot be written into an array."""
    if out is not None and not (isinstance(out, tuple) and all([x is None for x in out])):
        raise InPlaceError(
            f"{module}.{name}",
            "out= would write a traced result into an array, and the derivative would be lost.",
            "Use the returned value; x += y on a traced x is a new value too.",
        )
