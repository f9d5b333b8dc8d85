"""Products and systems with Toeplitz and circulant matrices, which are given by vectors; gradients are vectors."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import scipy.linalg

from linad.core.dispatch import door
from linad.core.kinds import outcome
from linad.core.space import conj, retype, shape_of
from linad.linalg.arguments import validated
from linad.operations import toeplitz as _toeplitz
from linad.operations.shape import broadcast_to, reshape, transpose


def _operands(c_or_cr: Any, x: Any, name: str, check_finite: Any, square: bool) -> tuple[Any, Any, Any]:
    """Column, row and right side in double precision, with SciPy's errors."""
    c, r = c_or_cr if isinstance(c_or_cr, tuple) else (c_or_cr, None)
    c = validated(c, name, check_finite)
    r = conj(c) if r is None else validated(r, name, check_finite)
    if x is None:
        raise ValueError("`b` must be an array, not None.")
    x = validated(x, name, check_finite)
    core = min(len(shape_of(x)), 2)
    leading = shape_of(x)[: len(shape_of(x)) - core]
    if math.prod(np.broadcast_shapes(shape_of(c)[:-1], shape_of(r)[:-1], leading)) == 0:
        raise ValueError(f"`{name}` does not support zero-size batches.")
    n = shape_of(r)[-1]
    if (square and shape_of(c)[-1] != n) or shape_of(x)[-core] != n:
        raise ValueError("Incompatible dimensions.")
    common = np.dtype("D" if any(v.dtype.kind == "c" for v in (c, r, x)) else "d")
    return retype(c, common), retype(r, common), retype(x, common)


def _by_columns(c: Any, r: Any, x: Any, rows: int, solve: bool) -> Any:
    """The product with a matrix or a vector, or the solution."""
    vector = len(shape_of(x)) == 1
    if vector:
        x = reshape(x, (*shape_of(x), 1))
    batch = np.broadcast_shapes(shape_of(c)[:-1], shape_of(r)[:-1], shape_of(x)[:-2])
    if 0 in (rows, *shape_of(x)[-2:]):
        y = np.zeros((*batch, rows, shape_of(x)[-1]), x.dtype)
    else:
        c, r = (broadcast_to(v, (*batch, shape_of(v)[-1])) for v in (c, r))
        v = _toeplitz.packed(c, r)
        y = _toeplitz.solve_toeplitz(v, x, "N") if solve else _toeplitz.times(v, x, rows)
    return reshape(y, shape_of(y)[:-1]) if vector else y


@door(scipy.linalg.matmul_toeplitz)
def matmul_toeplitz(c_or_cr: Any, x: Any, check_finite: Any = False, workers: Any = None) -> Any:
    """The product of a Toeplitz matrix, given by its first column, or column and row, with ``x``, by transforms."""
    c, r, x = _operands(c_or_cr, x, "_matmul_toepltiz", check_finite, square=False)
    return _by_columns(c, r, x, shape_of(c)[-1], solve=False)


@door(scipy.linalg.solve_toeplitz)
def solve_toeplitz(c_or_cr: Any, b: Any, check_finite: Any = True) -> Any:
    """The solution of ``T x = b`` by Levinson's recursion; T is given by its first column, or column and row.

    Without a row it is the conjugate of the column. Leading blocks of T must be regular.
    """
    c, r, b = _operands(c_or_cr, b, "_solve_toeplitz", check_finite, square=True)
    return _by_columns(c, r, b, shape_of(b)[-2:][0], solve=True)


@door(scipy.linalg.solve_circulant)
def solve_circulant(
    c: Any,
    b: Any,
    singular: Any = "raise",
    tol: Any = None,
    caxis: Any = -1,
    baxis: Any = 0,
    outaxis: Any = 0,
) -> Any:
    """The solution of ``C x = b`` for a circulant matrix with the first column ``c``, by transforms.

    With ``singular="lstsq"`` frequencies at which C is singular to ``tol`` are held at zero.
    """
    name = "solve_circulant"
    c, b = (_vector(x, name) for x in (c, b))
    nc, nb = (_length(which, x, axis) for which, x, axis in (("c", c, caxis), ("b", b, baxis)))
    if nc != nb:
        raise ValueError(f"Shapes of c {shape_of(c)} and b {shape_of(b)} are incompatible")
    if 0 in shape_of(b):
        tiny = scipy.linalg.solve_circulant(np.arange(3, dtype=c.dtype), np.ones(3, dtype=b.dtype))
        return retype(b, tiny.dtype)
    c, b = _moved(c, caxis, -1), _moved(b, baxis, -1)
    zero = outcome(_zeros_of_circulant, c, tol)
    if zero.any() and singular == "raise":
        raise np.linalg.LinAlgError("near singular circulant matrix.")
    return _moved(_toeplitz.solve_circulant(c, b, zero), -1, outaxis)


def _zeros_of_circulant(c: Any, tol: Any) -> Any:
    """Which eigenvalues are zero."""
    size = np.abs(np.fft.fft(c, axis=-1))
    if tol is None:
        tol = size.max(axis=-1, keepdims=True) * c.shape[-1] * np.finfo(np.float64).eps
    return size <= tol


def _vector(x: Any, name: str) -> Any:
    x = validated(x, name, False)
    x = reshape(x, (1,)) if not shape_of(x) else x
    return x if x.dtype.kind in "fc" else retype(x, np.dtype("d"))


def _length(name: str, x: Any, axis: Any) -> int:
    shape = shape_of(x)
    if not -len(shape) <= axis < len(shape):
        raise ValueError(f"'{name}axis' entry is out of bounds")
    return int(shape[axis])


def _moved(x: Any, source: int, destination: int) -> Any:
    """An axis in another place."""
    order = [i for i in range(len(shape_of(x)))]
    place = destination % len(order)  # before the axis is out
    order.insert(place, order.pop(source))
    return transpose(x, tuple(order))


__all__ = ["matmul_toeplitz", "solve_circulant", "solve_toeplitz"]
