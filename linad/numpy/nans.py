"""Sums, means and extrema that leave NaN out: an entry that is NaN has no share in the derivative either."""

from __future__ import annotations

from typing import Any

import numpy as np

from linad.core.dispatch import door, refuse_out
from linad.core.space import is_complex, retype
from linad.numpy import reductions as sums
from linad.numpy import statistics
from linad.numpy.axes import NO, as_operand, check_mask, several, with_dtype
from linad.numpy.reductions import extremum, given, keep, masked
from linad.operations import elementwise, extrema, places, reductions


def _filled(a: Any, neutral: Any, name: str) -> Any:
    """The array with a neutral number in the place of NaN."""
    a = as_operand(a, name)
    return elementwise.where(elementwise.isnan(a), a.dtype.type(neutral), a) if a.dtype.kind in "fc" else a


def _present(a: Any, where: Any) -> Any:
    """Which entries count: they are numbers, and ``where=`` does not leave them out."""
    present = elementwise.logical_not(elementwise.isnan(a))
    if where is NO or where is True:
        return present
    return elementwise.logical_and(present, check_mask(where, a.shape))


def _check_dtype(dtype: Any) -> None:
    if dtype is not None and np.dtype(dtype).kind not in "fc":
        raise TypeError("If a is inexact, then dtype must be inexact")


def _divided(total: Any, count: Any, finish: Any = None) -> Any:
    """A quotient of a sum by a number of entries, or a function of it; NaN, which is constant, where there are none."""
    count = retype(count, np.finfo(total.dtype).dtype)
    enough = elementwise.greater(count, 0)
    quotient = elementwise.divide(total, elementwise.where(enough, count, 1))
    return elementwise.where(enough, quotient if finish is None else finish(quotient), np.nan)


@door(np.nansum)
def nansum(
    a: Any, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: Any = NO, initial: Any = NO,
    where: Any = NO
) -> Any:  # fmt: skip
    """The sum of the entries that are numbers."""
    return sums.sum(_filled(a, 0, "numpy.nansum"), axis, dtype, out, keepdims, initial, where)


@door(np.nanprod)
def nanprod(
    a: Any, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: Any = NO, initial: Any = NO,
    where: Any = NO
) -> Any:  # fmt: skip
    """The product of the entries that are numbers."""
    return sums.prod(_filled(a, 1, "numpy.nanprod"), axis, dtype, out, keepdims, initial, where)


@door(np.nancumsum)
def nancumsum(a: Any, axis: Any = None, dtype: Any = None, out: Any = None) -> Any:
    """Sums of the numbers so far."""
    return sums.cumsum(_filled(a, 0, "numpy.nancumsum"), axis, dtype, out)


@door(np.nancumprod)
def nancumprod(a: Any, axis: Any = None, dtype: Any = None, out: Any = None) -> Any:
    """Products of the numbers so far."""
    return sums.cumprod(_filled(a, 1, "numpy.nancumprod"), axis, dtype, out)


@door(np.nanmean)
def nanmean(
    a: Any, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: Any = NO, *, where: Any = NO
) -> Any:
    """The mean of the entries that are numbers."""
    refuse_out("nanmean", out)
    a = as_operand(a, "numpy.nanmean")
    if a.dtype.kind not in "fc":
        return statistics.mean(a, axis, dtype, None, keepdims, where=where)
    _check_dtype(dtype)
    axes, kept, present = several(axis, a.ndim), keep(keepdims), _present(a, where)
    count = reductions.sum(present, axes, kept)
    statistics._warn_if(elementwise.equal(count, 0), "Mean of empty slice")
    return _divided(reductions.sum(with_dtype(masked(a, present, 0), dtype), axes, kept), count)


def _moment(original: Any, usual: Any, finish: Any) -> Any:
    """The variance, or a function of it; ``usual`` serves whole numbers, which are never NaN."""
    name = original.__name__

    @door(original)
    def moment(
        a: Any, axis: Any = None, dtype: Any = None, out: Any = None, ddof: Any = 0, keepdims: Any = NO, *,
        where: Any = NO, mean: Any = NO, correction: Any = NO,
    ) -> Any:  # fmt: skip
        """The spread of the entries that are numbers; of complex entries that of their moduli."""
        refuse_out(name, out)
        a = as_operand(a, f"numpy.{name}")
        if a.dtype.kind not in "fc":
            return usual(a, axis, dtype, None, ddof, keepdims, where=where, mean=mean, correction=correction)
        _check_dtype(dtype)
        if correction is not NO:
            if ddof != 0:
                raise ValueError("ddof and correction can't be provided simultaneously.")
            ddof = correction
        axes, present = several(axis, a.ndim), _present(a, where)
        a = masked(a, present, 0)
        count = reductions.sum(present, axes, True)
        centre = mean if given(mean) else _divided(reductions.sum(with_dtype(a, dtype), axes, True), count)
        deviation = masked(retype(a - centre, a.dtype), present, 0)
        if is_complex(deviation):
            squares = elementwise.real(deviation * elementwise.conjugate(deviation))
        else:
            squares = elementwise.square(deviation)
        freedom = reductions.sum(present, axes, keep(keepdims)) - ddof
        statistics._warn_if(elementwise.less_equal(freedom, 0), "Degrees of freedom <= 0 for slice.")
        return _divided(reductions.sum(with_dtype(squares, dtype), axes, keep(keepdims)), freedom, finish)

    return moment


nanvar = _moment(np.nanvar, statistics.var, None)
nanstd = _moment(np.nanstd, statistics.std, elementwise.length)  # where it is 0 its subgradient is 0


def _extremum_of_numbers(original: Any, primitive: Any, pick: Any) -> Any:
    extreme = extremum(original, primitive, pick, np.nan)

    @door(original)
    def nanextremum(
        a: Any, axis: Any = None, out: Any = None, keepdims: Any = NO, initial: Any = NO, where: Any = NO
    ) -> Any:
        """The extreme number; numbers that tie share its derivative equally."""
        found = extreme(a, axis, out, keepdims, initial, where)
        statistics._warn_if(elementwise.isnan(found), "All-NaN slice encountered")
        return found

    return nanextremum


nanmax = _extremum_of_numbers(np.nanmax, reductions.nanmax, extrema.fmax)
nanmin = _extremum_of_numbers(np.nanmin, reductions.nanmin, extrema.fmin)


def _position_of_number(original: Any, primitive: Any) -> Any:
    @door(original)
    def position(a: Any, axis: Any = None, out: Any = None, *, keepdims: Any = NO) -> Any:
        """The position of the extreme number: discrete."""
        refuse_out(original.__name__, out)
        return primitive(as_operand(a, f"numpy.{original.__name__}"), axis, keep(keepdims))

    return position


nanargmax = _position_of_number(np.nanargmax, places.nanargmax)
nanargmin = _position_of_number(np.nanargmin, places.nanargmin)

__all__ = [
    "nanargmax", "nanargmin", "nancumprod", "nancumsum", "nanmax", "nanmean", "nanmin", "nanprod", "nanstd",
    "nansum", "nanvar",
]  # fmt: skip
