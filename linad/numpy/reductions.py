"""Reductions and accumulations: sums, products, extrema, cumulative sums."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from linad.core.dispatch import door, refuse_out
from linad.core.space import is_complex
from linad.core.traced import Array
from linad.errors import NoRuleError
from linad.numpy.axes import NO, as_operand, as_scalar, check_mask, flat_or, several, single, with_dtype
from linad.operations import elementwise, reductions
from linad.operations.shape import concatenate, reshape


def given(x: Any) -> bool:
    """Whether an option was passed: neither None nor NumPy's mark for absent."""
    return x is not None and x is not NO


def keep(keepdims: Any) -> bool:
    return keepdims is not NO and bool(keepdims)


def masked(a: Any, where: Any, neutral: Any) -> Any:
    """The array with a neutral number wherever ``where=`` leaves an entry out."""
    if where is NO or where is True:
        return a
    return elementwise.where(check_mask(where, a.shape), a, a.dtype.type(neutral))


@door(np.sum)
def sum(
    a: Any, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: Any = NO, initial: Any = NO,
    where: Any = NO
) -> Any:  # fmt: skip
    """The sum of entries."""
    if isinstance(a, Array) and not a.explicit and axis is dtype is out is None and initial is where is NO:
        return reductions.sum(a, None, keepdims is not NO and bool(keepdims))
    refuse_out("sum", out)
    a = masked(with_dtype(as_operand(a, "numpy.sum"), dtype), where, 0)
    total = reductions.sum(a, several(axis, a.ndim), keep(keepdims))
    return total + as_scalar(initial, total.dtype, "numpy.sum") if given(initial) else total


def by_halves(join: Callable[[Any, Any], Any], a: Any) -> Any:
    """The entries of the first axis joined by an associative function: the halves, and the halves of those."""
    while len(a) > 1:
        half = len(a) // 2
        pairs = join(a[:half], a[half : 2 * half])
        a = pairs if len(a) % 2 == 0 else concatenate(0, pairs, a[2 * half :])
    return a[0]


def by_doubling(join: Callable[[Any, Any], Any], a: Any, axis: int) -> Any:
    """The entries so far along an axis, joined by a commutative and associative function."""
    before = [slice(None)] * axis
    step, n = 1, a.shape[axis]
    while step < n:
        joined = join(a[(*before, slice(step, None))], a[(*before, slice(None, n - step))])
        a = concatenate(axis, a[(*before, slice(0, step))], joined)
        step *= 2
    return a


def _for_products(a: Any, dtype: Any) -> Any:
    """The factors in the dtype of the product: of whole numbers one of at least the size of an int."""
    if dtype is None and a.dtype.kind in "biu":
        return a.astype(np.prod(np.ones(0, a.dtype)).dtype)
    return with_dtype(a, dtype)


@door(np.prod)
def prod(
    a: Any, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: Any = NO, initial: Any = NO,
    where: Any = NO
) -> Any:  # fmt: skip
    """The product of entries, taken by halves: so its derivatives are exact at zeros, to any order."""
    refuse_out("prod", out)
    a = masked(_for_products(as_operand(a, "numpy.prod"), dtype), where, 1)
    axes = several(axis, a.ndim)
    shape = reductions.kept(a.shape, axes)
    if axes is None:
        axes = tuple(range(a.ndim))
    rest = [i for i in range(a.ndim) if i not in axes]
    a = a.transpose([*axes, *rest])
    a = reshape(a, (math.prod(a.shape[: len(axes)]), *a.shape[len(axes) :]))
    product = (
        by_halves(elementwise.multiply, a) if len(a) else reductions.sum(a, (0,), False) + a.dtype.type(1)
    )
    if keep(keepdims):
        product = reshape(product, shape)
    return product * as_scalar(initial, product.dtype, "numpy.prod") if given(initial) else product


def extremum(original: Any, primitive: Any, pick: Any, limit: float) -> Any:
    """The traced side of an extremum; ``pick`` chooses between two numbers, and ``limit`` is never chosen."""
    name = f"numpy.{original.__name__}"

    def extreme(
        a: Any, axis: Any = None, out: Any = None, keepdims: Any = NO, initial: Any = NO, where: Any = NO
    ) -> Any:
        """The extreme entry; entries that tie share its derivative equally."""
        refuse_out(original.__name__, out)
        a = as_operand(a, name)
        if is_complex(a):
            raise NoRuleError(
                name,
                "complex numbers have no order that a derivative could follow.",
                "Take the extremum of .real or abs().",
            )
        axes = several(axis, a.ndim)
        if where is not NO and where is not True:
            if not given(initial):
                raise ValueError(
                    f"reduction operation '{pick.__name__}' does not have an identity, "
                    "so to use a where mask one has to specify 'initial'"
                )
            a = masked(a, where, limit)
        if not given(initial):
            return primitive(a, axes, keep(keepdims))
        initial = as_scalar(initial, a.dtype, name)
        if a.size == 0:
            return reductions.sum(a, axes, keep(keepdims)) + initial
        return pick(primitive(a, axes, keep(keepdims)), initial)

    return extreme


max = door(np.max)(extremum(np.max, reductions.max, elementwise.maximum, -np.inf))
min = door(np.min)(extremum(np.min, reductions.min, elementwise.minimum, np.inf))
amax = door(np.amax)(extremum(np.amax, reductions.max, elementwise.maximum, -np.inf))
amin = door(np.amin)(extremum(np.amin, reductions.min, elementwise.minimum, np.inf))


@door(np.ptp)
def ptp(a: Any, axis: Any = None, out: Any = None, keepdims: Any = NO) -> Any:
    """The largest entry less the smallest."""
    refuse_out("ptp", out)
    return max(a, axis, keepdims=keepdims) - min(a, axis, keepdims=keepdims)


@door(np.cumsum)
def cumsum(a: Any, axis: Any = None, dtype: Any = None, out: Any = None) -> Any:
    """Sums of the entries so far."""
    refuse_out("cumsum", out)
    a, axis = flat_or(with_dtype(as_operand(a, "numpy.cumsum"), dtype), axis)
    return reductions.cumsum(a, axis)


@door(np.cumprod)
def cumprod(a: Any, axis: Any = None, dtype: Any = None, out: Any = None) -> Any:
    """Products of the entries so far, by doubling: so their derivatives are exact at zeros, to any order."""
    refuse_out("cumprod", out)
    a, axis = flat_or(_for_products(as_operand(a, "numpy.cumprod"), dtype), axis)
    return by_doubling(elementwise.multiply, a, axis)


def _cumulative(original: Any, accumulate: Any, identity: int) -> Any:
    @door(original)
    def cumulative(
        x: Any, /, *, axis: Any = None, dtype: Any = None, out: Any = None, include_initial: bool = False
    ) -> Any:
        """The entries so far, joined; at the front the empty sum or product, if asked for."""
        refuse_out(original.__name__, out)
        x = as_operand(x, f"numpy.{original.__name__}")
        x = x if x.ndim else x.reshape((1,))
        if axis is None and x.ndim > 1:
            raise ValueError("For arrays which have more than one dimension ``axis`` argument is required.")
        axis = 0 if axis is None else single(axis, x.ndim)
        result = accumulate(x, axis, dtype)
        if not include_initial:
            return result
        front = np.full((*x.shape[:axis], 1, *x.shape[axis + 1 :]), identity, result.dtype)
        return concatenate(axis, front, result)

    return cumulative


cumulative_sum = _cumulative(np.cumulative_sum, cumsum, 0)
cumulative_prod = _cumulative(np.cumulative_prod, cumprod, 1)


@door(np.diff)
def diff(a: Any, n: int = 1, axis: Any = -1, prepend: Any = NO, append: Any = NO) -> Any:
    """Differences of neighbouring entries."""
    if n < 0:
        raise ValueError(f"order must be non-negative but got {n!r}")
    a = as_operand(a, "numpy.diff")
    if n == 0:
        return a
    if a.ndim == 0:
        raise ValueError("diff requires input that is at least one dimensional")
    a, axis = flat_or(a, axis)
    ends = []
    for end in (prepend, append):
        if end is not NO:
            end = as_operand(end, "numpy.diff")
            shape = (*a.shape[:axis], 1, *a.shape[axis + 1 :])
            ends.append(end if end.ndim else np.broadcast_to(end, shape))
        else:
            ends.append(None)
    parts = [x for x in (ends[0], a, ends[1]) if x is not None]
    a = concatenate(axis, *parts) if len(parts) > 1 else a
    before = [slice(None)] * axis
    for _ in range(n):
        later, sooner = a[(*before, slice(1, None))], a[(*before, slice(None, -1))]
        a = elementwise.not_equal(later, sooner) if a.dtype == bool else later - sooner
    return a


__all__ = [
    "amax", "amin", "cumprod", "cumsum", "cumulative_prod", "cumulative_sum", "diff", "max", "min", "prod",
    "ptp", "sum",
]  # fmt: skip
