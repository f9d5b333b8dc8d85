"""Sorting, and the discrete questions: positions of extrema, tests, counts."""

from __future__ import annotations

from typing import Any

import numpy as np

from linad.core.dispatch import door, refuse_out
from linad.core.traced import Array
from linad.errors import OptionError
from linad.numpy.axes import NO, as_operand, check_mask, flat_or, several, single
from linad.numpy.reductions import keep
from linad.operations import elementwise, indexing, places, reductions


def along(a: Any, places: Any, axis: int) -> Any:
    """a at the places given along an axis, and at each position of the other axes."""
    grids = [
        np.arange(n).reshape([-1 if i == j else 1 for j in range(a.ndim)]) for i, n in enumerate(a.shape)
    ]
    arrays = [places if i == axis else grid for i, grid in enumerate(grids)]
    return indexing.index(a, (indexing.HOLE,) * a.ndim, *arrays)


def _kind(kind: Any, stable: Any, order: Any, name: str) -> Any:
    if order is not None:
        raise OptionError(name, "order= is for structured arrays, which have no derivative.")
    if stable is not None and stable is not NO:
        if kind is not None:
            raise ValueError("`kind` and `stable` parameters can't be provided at the same time.")
        return "stable" if stable else None
    return kind


def _sorted_axis(a: Any, axis: Any) -> tuple[Any, int]:
    return flat_or(a, None) if axis is None else (a, single(axis, a.ndim))


@door(np.sort)
def sort(a: Any, axis: Any = -1, kind: Any = None, order: Any = None, *, stable: Any = None) -> Any:
    """The entries in order; the derivative follows the permutation, which is held fixed."""
    kind = _kind(kind, stable, order, "numpy.sort")
    a, axis = _sorted_axis(as_operand(a, "numpy.sort"), axis)
    return along(a, reductions.argsort(a, axis, kind), axis)


@door(np.argsort)
def argsort(a: Any, axis: Any = -1, kind: Any = None, order: Any = None, *, stable: Any = None) -> Any:
    """The permutation that sorts: discrete."""
    kind = _kind(kind, stable, order, "numpy.argsort")
    a, axis = flat_or(as_operand(a, "numpy.argsort"), axis)
    return reductions.argsort(a, axis, kind)


def _position(original: Any, primitive: Any) -> Any:
    @door(original)
    def position(a: Any, axis: Any = None, out: Any = None, *, keepdims: Any = NO) -> Any:
        """A position: discrete."""
        refuse_out(original.__name__, out)
        return primitive(as_operand(a, f"numpy.{original.__name__}"), axis, keep(keepdims))

    return position


argmax = _position(np.argmax, reductions.argmax)
argmin = _position(np.argmin, reductions.argmin)


def _test(original: Any, primitive: Any, neutral: bool) -> Any:
    @door(original)
    def test(a: Any, axis: Any = None, out: Any = None, keepdims: Any = NO, *, where: Any = NO) -> Any:
        """A test of entries: discrete."""
        refuse_out(original.__name__, out)
        a = as_operand(a, f"numpy.{original.__name__}")
        holds = elementwise.not_equal(a, 0)
        if where is not NO and where is not True:
            mask = check_mask(where, a.shape)
            holds = (
                elementwise.logical_or(holds, elementwise.logical_not(mask))
                if neutral
                else elementwise.logical_and(holds, mask)
            )
        return primitive(holds, several(axis, a.ndim), keep(keepdims))

    return test


all = _test(np.all, reductions.all, True)
any = _test(np.any, reductions.any, False)


@door(np.count_nonzero)
def count_nonzero(a: Any, axis: Any = None, *, keepdims: Any = False) -> Any:
    """How many entries are not zero: discrete."""
    a = as_operand(a, "numpy.count_nonzero")
    return reductions.count_nonzero(a, several(axis, a.ndim), bool(keepdims))


def _close(a: Any, b: Any, rtol: Any, atol: Any, equal_nan: bool) -> Any:
    a, b = as_operand(a, "numpy.isclose"), as_operand(b, "numpy.isclose")
    finite = elementwise.isfinite(b)
    size = elementwise.absolute(elementwise.where(finite, b, 0))
    apart = elementwise.absolute(
        elementwise.where(finite, a, 0) - elementwise.where(elementwise.isfinite(b), b, 0)
    )
    near = elementwise.logical_and(elementwise.less_equal(apart, atol + rtol * size), finite)
    close = elementwise.logical_or(near, elementwise.equal(a, b))
    if equal_nan:
        close = elementwise.logical_or(
            close, elementwise.logical_and(elementwise.isnan(a), elementwise.isnan(b))
        )
    return close


@door(np.isclose)
def isclose(a: Any, b: Any, rtol: Any = 1.0e-5, atol: Any = 1.0e-8, equal_nan: bool = False) -> Any:
    """Whether entries agree to a tolerance: discrete."""
    return _close(a, b, rtol, atol, equal_nan)


@door(np.allclose)
def allclose(a: Any, b: Any, rtol: Any = 1.0e-5, atol: Any = 1.0e-8, equal_nan: bool = False) -> Any:
    """Whether all entries agree to a tolerance: discrete."""
    outcome = reductions.all(_close(a, b, rtol, atol, equal_nan), None, False)
    return outcome if isinstance(outcome, Array) else bool(outcome)


@door(np.array_equal)
def array_equal(a1: Any, a2: Any, equal_nan: bool = False) -> Any:
    """Whether two arrays have the same shape and entries: discrete."""
    a1, a2 = as_operand(a1, "numpy.array_equal"), as_operand(a2, "numpy.array_equal")
    if a1.shape != a2.shape:
        return False
    same = elementwise.equal(a1, a2)
    if equal_nan:
        same = elementwise.logical_or(
            same, elementwise.logical_and(elementwise.isnan(a1), elementwise.isnan(a2))
        )
    outcome = reductions.all(same, None, False)
    return outcome if isinstance(outcome, Array) else bool(outcome)


@door(np.array_equiv)
def array_equiv(a1: Any, a2: Any) -> Any:
    """Whether two arrays have the same entries after broadcasting: discrete."""
    return places.array_equiv(as_operand(a1, "numpy.array_equiv"), as_operand(a2, "numpy.array_equiv"))


def _question(original: Any, primitive: Any) -> Any:
    @door(original)
    def question(x: Any) -> Any:
        """A question about each entry: discrete."""
        return primitive(as_operand(x, f"numpy.{original.__name__}"))

    return question


isreal = _question(np.isreal, places.isreal)
iscomplex = _question(np.iscomplex, places.iscomplex)


def _infinite(original: Any, primitive: Any) -> Any:
    @door(original)
    def infinite(x: Any, out: Any = None) -> Any:
        """Whether entries are infinite, of one sign: discrete."""
        refuse_out(original.__name__, out)
        return primitive(as_operand(x, f"numpy.{original.__name__}"))

    return infinite


isposinf = _infinite(np.isposinf, places.isposinf)
isneginf = _infinite(np.isneginf, places.isneginf)

__all__ = [
    "all", "allclose", "any", "argmax", "argmin", "argsort", "array_equal", "array_equiv", "count_nonzero",
    "isclose", "iscomplex", "isneginf", "isposinf", "isreal", "sort",
]  # fmt: skip
