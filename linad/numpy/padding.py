"""Padding in every mode of NumPy's, one axis after another."""

from __future__ import annotations

from typing import Any

import numpy as np

from linad.core.dispatch import door
from linad.core.traced import innermost
from linad.errors import NoRuleError
from linad.numpy.axes import as_operand, plain, with_dtype
from linad.numpy.creation import array as joined
from linad.numpy.quantiles import median
from linad.numpy.reductions import max, min
from linad.numpy.spacing import linspace
from linad.numpy.statistics import mean
from linad.operations import indexing
from linad.operations.shape import broadcast_to, concatenate, reshape

_STATISTICS = {"maximum": max, "mean": mean, "median": median, "minimum": min}
_OPTIONS = {
    "empty": (),
    "edge": (),
    "wrap": (),
    "constant": ("constant_values",),
    "linear_ramp": ("end_values",),
    **dict.fromkeys(_STATISTICS, ("stat_length",)),
    "reflect": ("reflect_type",),
    "symmetric": ("reflect_type",),
}


def _widths(pad_width: Any, ndim: int) -> list[tuple[int, int]]:
    """How many entries stand before and after, for each axis."""
    if isinstance(pad_width, dict):
        pairs = [(0, 0)] * ndim
        for axis, width in pad_width.items():
            pairs[axis] = (width, width) if isinstance(width, int) else tuple(width)
        pad_width = pairs
    if np.asarray(pad_width).dtype.kind != "i":
        raise TypeError("`pad_width` must be of integral type.")
    return _counts(pad_width, ndim)


def _counts(x: Any, ndim: int) -> list[tuple[int, int]]:
    counts = np.round(x).astype(int)
    if np.any(counts < 0):
        raise ValueError("index can't contain negative values")
    return [(int(a), int(b)) for a, b in _pairs(counts, ndim)]


def _pairs(x: Any, ndim: int) -> Any:
    """A pair for each axis, from one number, one pair, or all of them."""
    x = as_operand(joined(x) if isinstance(x, (list, tuple)) else x, "numpy.pad")
    if x.size == 2 and x.shape != (2, 1):
        x = reshape(x, (2,))
    x = broadcast_to(x, (ndim, 2))
    return [(x[i, 0], x[i, 1]) for i in range(ndim)]


def _along(a: Any, axis: int, part: Any) -> Any:
    return a[(*[slice(None)] * axis, part)]


def _filled(a: Any, axis: int, width: int, v: Any) -> Any:
    """A block as wide as the padding, of a number or of a slice of a."""
    shape = (*a.shape[:axis], width, *a.shape[axis + 1 :])
    return broadcast_to(with_dtype(as_operand(v, "numpy.pad"), a.dtype), shape)


def _ramp(a: Any, axis: int, width: int, end: Any, edge: int) -> Any:
    """From an end value to the entries of an edge, which it does not reach."""
    end = with_dtype(as_operand(end, "numpy.pad"), a.dtype)
    return linspace(end, _along(a, axis, edge), width, endpoint=False, axis=axis)


def _statistic(a: Any, axis: int, mode: str, length: Any, left: bool) -> Any:
    n = a.shape[axis]
    length = n if length is None or length > n else length
    if length == 0 and mode in ("maximum", "minimum"):
        raise ValueError("stat_length of 0 yields no value for padding")
    chosen = slice(0, length) if left else slice(n - length, n)
    return _STATISTICS[mode](_along(a, axis, chosen), axis=axis, keepdims=True)


def _odd(a: Any, axis: int, before: int, after: int, repeats_edge: bool) -> Any:
    """Reflected in the edges as points, so that slopes go on: 2 edge - x, over and over.

    Two reflections are a shift by a period, in which the numbers rise by twice the difference of the edges.
    """
    n = a.shape[axis]
    period = 2 * n if repeats_edge else 2 * (n - 1)
    turns, place = np.divmod(np.arange(-before, n + after), period)
    mirrored = place >= n
    place = np.where(mirrored, period - place - (1 if repeats_edge else 0), place)
    column = (-1,) + (1,) * (a.ndim - axis - 1)

    def weight(numbers: Any) -> Any:
        return numbers.astype(a.dtype).reshape(column)

    first, last = _along(a, axis, slice(0, 1)), _along(a, axis, slice(n - 1, n))
    entries = indexing.index(a, (*[slice(None)] * axis, indexing.HOLE), place)
    return (
        entries * weight(1 - 2 * mirrored) + last * weight(2 * (turns + mirrored)) - first * weight(2 * turns)
    )


def _extended(a: Any, axis: int, before: int, after: int, mode: str, reflect_type: str) -> Any:
    """Padded with entries of the axis itself: NumPy pads the row of their places."""
    if mode in ("reflect", "symmetric") and a.shape[axis] == 1:
        mode = "edge"
    if reflect_type == "odd" and mode in ("reflect", "symmetric"):
        return _odd(a, axis, before, after, mode == "symmetric")
    places = np.pad(np.arange(a.shape[axis]), (before, after), mode)  # type: ignore[call-overload]  # a mode by name
    return indexing.index(a, (*[slice(None)] * axis, indexing.HOLE), places)


def _options(mode: Any, options: dict[str, Any]) -> None:
    if callable(mode):
        raise NoRuleError(
            "numpy.pad",
            "a function as mode writes into the padding.",
            "Pad with a mode by name, or numpy.concatenate((before, x, after), axis).",
        )
    if mode not in _OPTIONS:
        raise ValueError(f"mode '{mode}' is not supported")
    unknown = set(options) - set(_OPTIONS[mode])
    if unknown:
        raise ValueError(f"unsupported keyword arguments for mode '{mode}': {unknown}")


@door(np.pad)
def pad(array: Any, pad_width: Any, mode: Any = "constant", **kwargs: Any) -> Any:
    """The array with entries around it; mode='empty' fills with zeros."""
    a = as_operand(array, "numpy.pad")
    widths = _widths(plain(pad_width, "numpy.pad", "pad_width"), a.ndim)
    _options(mode, kwargs)
    if mode not in ("constant", "empty") and a.size == 0:
        for axis, pair in enumerate(widths):
            if a.shape[axis] == 0 and any(pair):
                raise ValueError(
                    f"can't extend empty axis {axis} using modes other than 'constant' or 'empty'"
                )
        mode = "empty"
    length, numbers = kwargs.get("stat_length"), 0
    if mode in ("constant", "linear_ramp"):
        numbers = kwargs.get("constant_values" if mode == "constant" else "end_values", 0)
    lengths = [(None, None)] * a.ndim if length is None else _counts(innermost(length), a.ndim)
    ends = _pairs(numbers, a.ndim)
    for axis, (before, after) in enumerate(widths):
        if (before, after) == (0, 0) and mode not in _STATISTICS:
            continue
        if mode in ("edge", "wrap", "reflect", "symmetric"):
            a = _extended(a, axis, before, after, mode, kwargs.get("reflect_type", "even"))
            continue
        blocks = [
            _block(a, axis, width, mode, ends[axis][side], lengths[axis][side], side)
            for side, width in enumerate((before, after))
        ]
        a = concatenate(axis, blocks[0], a, blocks[1])
    return a


def _block(a: Any, axis: int, width: int, mode: str, end: Any, length: Any, side: int) -> Any:
    if mode == "linear_ramp":
        ramp = _ramp(a, axis, width, end, -side)
        return _along(ramp, axis, slice(None, None, -1)) if side else ramp
    if mode in _STATISTICS:
        return _filled(a, axis, width, _statistic(a, axis, mode, length, side == 0))
    return _filled(a, axis, width, end)


__all__ = ["pad"]
