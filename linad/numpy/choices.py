"""Choosing entries: where, select, choose, piecewise, clip, searchsorted, and putting numbers in the place of NaN."""

from __future__ import annotations

from typing import Any

import numpy as np

from linad.core.dispatch import door, refuse_out
from linad.core.space import is_complex, shape_of
from linad.core.traced import Array, operand
from linad.errors import ArgumentError, InPlaceError, NoRuleError
from linad.numpy.axes import NO, as_operand, with_dtype
from linad.numpy.creation import result_type
from linad.numpy.indexing import index_set, within
from linad.numpy.order import along
from linad.numpy.places import nonzero
from linad.operations import elementwise, reductions
from linad.operations.shape import broadcast_to, reshape, stack


@door(np.where)
def where(condition: Any, x: Any = None, y: Any = None, /) -> Any:
    """Entries of x where the condition holds, of y elsewhere; only the chosen entry has a derivative."""
    if x is None or y is None:
        if x is not y:
            raise ValueError("either both or neither of x and y should be given")
        return nonzero(condition)
    x, y = operand(x, "numpy.where"), operand(y, "numpy.where")
    if isinstance(condition, Array):
        mask = condition if condition.dtype.kind == "b" else elementwise.not_equal(condition, 0)
    else:
        mask = np.asarray(condition)
        mask = mask if mask.dtype == bool else mask.astype(bool)
    return elementwise.where(mask, x, y)


@door(np.select)
def select(condlist: Any, choicelist: Any, default: Any = 0) -> Any:
    """Entries of the first choice whose condition holds, of the default where none does."""
    if len(condlist) != len(choicelist):
        raise ValueError("list of cases must be same length as list of conditions")
    if not len(condlist):
        raise ValueError("select with an empty condition list is not possible")
    conditions = [as_operand(c, "numpy.select") for c in condlist]
    choices = [operand(x, "numpy.select") for x in (*choicelist, default)]  # Python's numbers stay weak
    for i, condition in enumerate(conditions):
        if condition.dtype != bool:
            raise TypeError(f"invalid entry {i} in condlist: should be boolean ndarray")
    dtype = result_type(*choices)
    shape = np.broadcast_shapes(*[shape_of(x) for x in (*conditions, *choices)])
    result = broadcast_to(with_dtype(as_operand(choices[-1], "numpy.select"), dtype), shape)
    for condition, x in zip(reversed(conditions), reversed(choices[:-1]), strict=True):
        result = elementwise.where(condition, with_dtype(as_operand(x, "numpy.select"), dtype), result)
    return result


@door(np.choose)
def choose(a: Any, choices: Any, out: Any = None, mode: Any = "raise") -> Any:
    """Entries of the choices, each from the one whose number stands in a."""
    refuse_out("choose", out)
    a = as_operand(a, "numpy.choose")
    if a.dtype.kind not in "biu":
        raise ArgumentError(
            "numpy.choose",
            f"the numbers of the choices are of dtype {a.dtype}.",
            "They are discrete: take integers from linad.value(x).",
        )
    parts = [as_operand(x, "numpy.choose") for x in choices]
    shape = np.broadcast_shapes(a.shape, *[x.shape for x in parts])
    dtype = result_type(*parts)
    whole = stack(0, *[broadcast_to(with_dtype(x, dtype), shape) for x in parts])
    a = a.astype(np.intp) if a.dtype == bool else a
    places = broadcast_to(within(a, len(parts), mode), (1, *shape))
    inside = elementwise.logical_and(
        elementwise.greater_equal(places, 0), elementwise.less(places, len(parts))
    )
    if mode == "raise" and not reductions.all(inside, None, False):
        raise ValueError("invalid entry in choice array")
    return reshape(along(whole, places, 0), shape)


def _is_number(x: Any) -> bool:
    return not isinstance(x, (list, tuple)) and getattr(x, "ndim", 0) == 0


@door(np.piecewise)
def piecewise(x: Any, condlist: Any, funclist: Any, *args: Any, **kw: Any) -> Any:
    """Functions of the entries where their conditions hold; numbers stand for constant functions."""
    x = as_operand(x, "numpy.piecewise")
    if _is_number(condlist) or (x.ndim and _is_number(condlist[0])):  # one condition, not a list of them
        condlist = [condlist]
    conditions = [as_operand(c, "numpy.piecewise") for c in condlist]
    conditions = [c if c.dtype == bool else elementwise.not_equal(c, 0) for c in conditions]
    n = len(conditions)
    if n == len(funclist) - 1:
        conditions.append(elementwise.logical_not(reductions.any(stack(0, *conditions), (0,), False)))
    elif n != len(funclist):
        raise ValueError(f"with {n} condition(s), either {n} or {n + 1} functions are expected")
    y: Any = np.zeros(x.shape, x.dtype)
    for condition, f in zip(conditions, funclist, strict=True):
        if not callable(f):
            y = index_set(y, condition, f)
            continue
        entries = x[condition]
        y = index_set(y, condition, f(entries, *args, **kw)) if entries.size else y
    return y


@door(np.clip)
def clip(
    a: Any, a_min: Any = NO, a_max: Any = NO, out: Any = None, *, min: Any = NO, max: Any = NO, **options: Any
) -> Any:
    """Entries limited to an interval; at a limit the derivative is shared equally."""
    if a_min is NO and a_max is NO:
        a_min, a_max = (None if min is NO else min), (None if max is NO else max)
    elif a_min is NO or a_max is NO:
        raise TypeError(
            f"clip() missing 1 required positional argument: 'a_{'min' if a_min is NO else 'max'}'"
        )
    elif min is not NO or max is not NO:
        raise ValueError(
            "Passing `min` or `max` keyword argument when `a_min` and `a_max` are provided is forbidden."
        )
    refuse_out("clip", out)
    if options:
        raise NoRuleError(
            "numpy.clip",
            f"with {', '.join(options)}= it is not differentiated.",
            "Write numpy.minimum(numpy.maximum(x, low), high, ...).",
        )
    a = as_operand(a, "numpy.clip")
    if a_min is not None:
        a = elementwise.maximum(a, operand(a_min, "numpy.clip"))
    return a if a_max is None else elementwise.minimum(a, operand(a_max, "numpy.clip"))


@door(np.nan_to_num)
def nan_to_num(x: Any, copy: bool = True, nan: Any = 0.0, posinf: Any = None, neginf: Any = None) -> Any:
    """Numbers in the place of NaN and infinities; those are constants."""
    x = as_operand(x, "numpy.nan_to_num")
    if not copy:
        raise InPlaceError(
            "numpy.nan_to_num(x, copy=False)",
            "it would change a traced array in place.",
            "Write x = numpy.nan_to_num(x).",
        )
    if is_complex(x):
        return nan_to_num(x.real, copy, nan, posinf, neginf) + 1j * nan_to_num(
            x.imag, copy, nan, posinf, neginf
        )
    if x.dtype.kind != "f":
        return x
    limits = np.finfo(x.dtype)
    x = elementwise.where(elementwise.isnan(x), nan, x)
    x = elementwise.where(elementwise.equal(x, np.inf), limits.max if posinf is None else posinf, x)
    return elementwise.where(elementwise.equal(x, -np.inf), limits.min if neginf is None else neginf, x)


@door(np.searchsorted)
def searchsorted(a: Any, v: Any, side: Any = "left", sorter: Any = None) -> Any:
    """Places where numbers belong in a sorted array: discrete."""
    a, v = as_operand(a, "numpy.searchsorted"), as_operand(v, "numpy.searchsorted")
    return reductions.searchsorted(a, v, side, sorter)


__all__ = ["choose", "clip", "nan_to_num", "piecewise", "searchsorted", "select", "where"]
