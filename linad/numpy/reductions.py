"""Reductions and accumulations: sum, mean, extrema, cumulative sums, and the discrete ones."""

from __future__ import annotations

from typing import Any

import numpy as np

from linad.core.dispatch import door, refuse_out
from linad.core.space import is_complex
from linad.errors import OptionError
from linad.numpy.axes import as_operand, several, single, with_dtype
from linad.operations import elementwise, indexing, reductions
from linad.operations.shape import reshape

_NO = np._NoValue


def _given(x: Any) -> bool:
    return x is not None and x is not _NO


def _keep(keepdims: Any) -> bool:
    return keepdims is not _NO and bool(keepdims)


def _masked(a: Any, where: Any, neutral: Any) -> Any:
    return a if where is _NO or where is True else elementwise.where(where, a, neutral)


@door(np.sum)
def sum(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    keepdims: Any = _NO,
    initial: Any = _NO,
    where: Any = _NO,
) -> Any:
    refuse_out("sum", out)
    a = with_dtype(_masked(as_operand(a, "numpy.sum"), where, 0), dtype)
    total = reductions.sum(a, several(axis, a.ndim), _keep(keepdims))
    return total + initial if _given(initial) else total


@door(np.prod)
def prod(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    keepdims: Any = _NO,
    initial: Any = _NO,
    where: Any = _NO,
) -> Any:
    """The product, by halves: so its derivatives are exact at zeros, to any order."""
    refuse_out("prod", out)
    a = with_dtype(_masked(as_operand(a, "numpy.prod"), where, 1), dtype)
    axes = several(axis, a.ndim)
    shape = reductions.kept(a.shape, axes)
    if axes is None:
        axes = tuple(range(a.ndim))
    rest = [i for i in range(a.ndim) if i not in axes]
    a = a.transpose([*axes, *rest])
    a = reshape(a, (int(np.prod(a.shape[: len(axes)], dtype=np.int64)), *a.shape[len(axes) :]))
    while len(a) > 1:
        half = len(a) // 2
        pairs = a[:half] * a[half : 2 * half]
        a = pairs if len(a) % 2 == 0 else np.concatenate([pairs, a[2 * half :]])
    product = a[0] if len(a) else np.ones(a.shape[1:], a.dtype) + reductions.sum(a, (0,), False)
    if _keep(keepdims):
        product = reshape(product, shape)
    return product * initial if _given(initial) else product


@door(np.mean)
def mean(
    a: Any, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: Any = _NO, *, where: Any = _NO
) -> Any:
    refuse_out("mean", out)
    a = with_dtype(as_operand(a, "numpy.mean"), dtype)
    return sum(a, axis, None, None, keepdims, where=where) / _count(a, axis, keepdims, where)


def _count(a: Any, axis: Any, keepdims: Any, where: Any) -> Any:
    """How many entries a mean is taken over: a number, or with where= an array."""
    if where is not _NO and where is not True:
        return np.sum(np.broadcast_to(where, a.shape), axis=axis, keepdims=_keep(keepdims))
    axes = several(axis, a.ndim)
    return float(np.prod([a.shape[i] for i in (range(a.ndim) if axes is None else axes)], dtype=np.int64))


@door(np.var)
def var(
    a: Any, axis: Any = None, dtype: Any = None, out: Any = None, ddof: float = 0, keepdims: Any = _NO,
    *, where: Any = _NO, mean: Any = _NO, correction: Any = _NO,
) -> Any:  # fmt: skip
    refuse_out("var", out)
    if correction is not _NO:
        if ddof != 0:
            raise ValueError("ddof and correction can't be provided simultaneously.")
        ddof = correction
    a = with_dtype(as_operand(a, "numpy.var"), dtype)
    centre = sum(a, axis, keepdims=True, where=where) / _count(a, axis, True, where) if mean is _NO else mean
    deviation = a - centre
    squares = deviation * deviation
    if is_complex(deviation):
        squares = elementwise.real(deviation * elementwise.conjugate(deviation))
    count = _count(a, axis, keepdims, where)
    return sum(squares, axis, keepdims=keepdims, where=where) / np.maximum(count - ddof, 0)


@door(np.std)
def std(
    a: Any, axis: Any = None, dtype: Any = None, out: Any = None, ddof: float = 0, keepdims: Any = _NO,
    *, where: Any = _NO, mean: Any = _NO, correction: Any = _NO,
) -> Any:  # fmt: skip
    refuse_out("std", out)
    return elementwise.sqrt(
        var(a, axis, dtype, None, ddof, keepdims, where=where, mean=mean, correction=correction)
    )


def _extremum(original: Any, primitive: Any, pick: Any, limit: float) -> Any:
    name = original.__name__

    @door(original)
    def extremum(
        a: Any, axis: Any = None, out: Any = None, keepdims: Any = _NO, initial: Any = _NO, where: Any = _NO
    ) -> Any:
        refuse_out(name, out)
        a = as_operand(a, f"numpy.{name}")
        if is_complex(a):
            raise OptionError(
                f"numpy.{name}",
                "complex numbers have no order that a derivative could follow.",
                "Take the extremum of .real or abs().",
            )
        if where is not _NO and where is not True:
            if not _given(initial):
                raise ValueError(
                    f"reduction operation '{original.__name__}' does not have an identity, so to use a where mask one has to specify 'initial'"
                )
            a = elementwise.where(where, a, limit)
        if a.size == 0 and _given(initial):
            return sum(a, axis, keepdims=keepdims) + initial
        best = primitive(a, several(axis, a.ndim), _keep(keepdims))
        return pick(best, initial) if _given(initial) else best

    return extremum


max = amax = _extremum(np.max, reductions.max, elementwise.maximum, -np.inf)
min = amin = _extremum(np.min, reductions.min, elementwise.minimum, np.inf)


@door(np.cumsum)
def cumsum(a: Any, axis: Any = None, dtype: Any = None, out: Any = None) -> Any:
    refuse_out("cumsum", out)
    a = with_dtype(as_operand(a, "numpy.cumsum"), dtype)
    if axis is None:
        return reductions.cumsum(reshape(a, (a.size,)), 0)
    return reductions.cumsum(a, single(axis, a.ndim))


@door(np.sort)
def sort(a: Any, axis: Any = -1, kind: Any = None, order: Any = None, *, stable: Any = None) -> Any:
    """The entries in order; the derivative follows the permutation, which is held fixed."""
    if order is not None:
        raise OptionError("numpy.sort", "order= is for structured arrays, which have no derivative.")
    a = as_operand(a, "numpy.sort")
    if axis is None:
        a, axis = reshape(a, (a.size,)), 0
    axis = single(axis, a.ndim)
    places = reductions.argsort(a, axis, "stable" if stable else kind)
    return along(a, places, axis)


def along(a: Any, places: Any, axis: int) -> Any:
    """a at the places given along an axis, and at each position of the other axes."""
    grids = [
        np.arange(n).reshape([-1 if i == j else 1 for j in range(a.ndim)]) for i, n in enumerate(a.shape)
    ]
    arrays = [places if i == axis else grid for i, grid in enumerate(grids)]
    return indexing.index(a, (indexing.HOLE,) * a.ndim, *arrays)


@door(np.argsort)
def argsort(a: Any, axis: Any = -1, kind: Any = None, order: Any = None, *, stable: Any = None) -> Any:
    a = as_operand(a, "numpy.argsort")
    return reductions.argsort(a, axis, "stable" if stable else kind)


def _position(original: Any, primitive: Any) -> Any:
    @door(original)
    def position(a: Any, axis: Any = None, out: Any = None, *, keepdims: Any = _NO) -> Any:
        refuse_out(original.__name__, out)
        return primitive(a, axis, _keep(keepdims))

    return position


argmax = _position(np.argmax, reductions.argmax)
argmin = _position(np.argmin, reductions.argmin)


def _test(original: Any, primitive: Any, neutral: bool) -> Any:
    @door(original)
    def test(a: Any, axis: Any = None, out: Any = None, keepdims: Any = _NO, *, where: Any = _NO) -> Any:
        refuse_out(original.__name__, out)
        return primitive(
            _masked(elementwise.not_equal(a, 0), where, neutral), several(axis, np.ndim(a)), _keep(keepdims)
        )

    return test


all = _test(np.all, reductions.all, True)
any = _test(np.any, reductions.any, False)


@door(np.count_nonzero)
def count_nonzero(a: Any, axis: Any = None, *, keepdims: Any = False) -> Any:
    return reductions.count_nonzero(a, several(axis, np.ndim(a)), keepdims)


__all__ = [
    "all", "amax", "amin", "any", "argmax", "argmin", "argsort", "count_nonzero", "cumsum", "max", "mean", "min",
    "prod", "sort", "std", "sum", "var",
]  # fmt: skip
