"""numpy.linalg's products of several factors, and its norms."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index, normalize_axis_tuple

from linad.core.constants import stop_gradient
from linad.core.dispatch import door, refuse_out
from linad.core.space import conj, is_complex, retype
from linad.core.traced import Array
from linad.errors import NoRuleError
from linad.numpy import products, shapes
from linad.numpy.axes import as_operand, several, single
from linad.numpy.singular import by_singular_values
from linad.operations import contractions, elementwise, reductions
from linad.operations.shape import concatenate, reshape

# -- products ------------------------------------------------------------------------------------------------


def _turned(x: Any) -> Any:
    """The components of vectors in the last axis, the first one moved to the end."""
    return concatenate(x.ndim - 1, x[..., 1:], x[..., :1])


@door(np.linalg.cross)
def cross(x1: Any, x2: Any, /, *, axis: Any = -1) -> Any:
    """The cross products of vectors with three components."""
    x1, x2 = as_operand(x1, "numpy.linalg.cross"), as_operand(x2, "numpy.linalg.cross")
    if x1.shape[axis] != 3 or x2.shape[axis] != 3:
        raise ValueError(
            "Both input arrays must be (arrays of) 3-dimensional vectors, "
            f"but they are {x1.shape[axis]} and {x2.shape[axis]} dimensional instead."
        )
    a, b = shapes.moveaxis(x1, axis, -1), shapes.moveaxis(x2, axis, -1)
    return shapes.moveaxis(_turned(a * _turned(b) - _turned(a) * b), -1, axis)


@door(np.linalg.matrix_power)
def matrix_power(a: Any, n: Any) -> Any:
    """Powers of square matrices, by repeated squaring; the power 0 is constant."""
    a = as_operand(a, "numpy.linalg.matrix_power")
    if a.ndim < 2:
        raise np.linalg.LinAlgError(
            f"{a.ndim}-dimensional array given. Array must be at least two-dimensional"
        )
    if a.shape[-1] != a.shape[-2]:
        raise np.linalg.LinAlgError("Last 2 dimensions of the array must be square")
    try:
        n = operator.index(n)
    except TypeError as error:
        raise TypeError("exponent must be an integer") from error
    if n == 0:
        return np.broadcast_to(np.eye(a.shape[-1], dtype=a.dtype), a.shape).copy()
    square, power = a if n > 0 else np.linalg.inv(a), None
    n = abs(n)
    while n:
        if n % 2:
            power = square if power is None else contractions.matmul(power, square)
        n //= 2
        if n:
            square = contractions.matmul(square, square)
    return power


def _cuts(sizes: list[int]) -> dict[tuple[int, int], int]:
    """Where to part each run i..j of a chain of matrices, the k-th of sizes[k] by sizes[k + 1], at least cost."""
    n = len(sizes) - 1
    cost = {(i, i): 0 for i in range(n)}
    cuts = {}
    for length in range(1, n):
        for i in range(n - length):
            j = i + length
            costs = [
                cost[i, k] + cost[k + 1, j] + sizes[i] * sizes[k + 1] * sizes[j + 1] for k in range(i, j)
            ]
            cost[i, j] = min(costs)
            cuts[i, j] = i + costs.index(cost[i, j])
    return cuts


@door(np.linalg.multi_dot)
def multi_dot(arrays: Any, *, out: Any = None) -> Any:
    """The product of a chain of matrices, in the order that costs least; vectors may stand at its ends."""
    refuse_out("linalg.multi_dot", out)
    n = len(arrays)
    if n < 2:
        raise ValueError("Expecting at least two arrays.")
    if n == 2:
        return products.dot(arrays[0], arrays[1])
    chain = [as_operand(x, "numpy.linalg.multi_dot") for x in arrays]
    row, column = chain[0].ndim == 1, chain[-1].ndim == 1
    if row:
        chain[0] = reshape(chain[0], (1, chain[0].size))
    if column:
        chain[-1] = reshape(chain[-1], (chain[-1].size, 1))
    for x in chain:
        if x.ndim != 2:
            raise np.linalg.LinAlgError(f"{x.ndim}-dimensional array given. Array must be two-dimensional")
    cuts = _cuts([x.shape[0] for x in chain] + [chain[-1].shape[1]])

    def product(i: int, j: int) -> Any:
        if i == j:
            return chain[i]
        return products.dot(product(i, cuts[i, j]), product(cuts[i, j] + 1, j))

    whole = product(0, n - 1)
    if row and column:
        return whole[0, 0]
    return reshape(whole, (whole.size,)) if row or column else whole


# -- norms ---------------------------------------------------------------------------------------------------


def _largest(x: Any, axes: Any, keepdims: bool) -> Any:
    """The largest of lengths along axes, of none 0; those that tie share its derivative equally."""
    return (reductions.max if x.size else reductions.sum)(x, axes, keepdims)


_smallest = reductions.min


def _euclidean(x: Any, axes: Any, keepdims: bool) -> Any:
    """The root of the sum of squares, with the subgradient 0 at 0."""
    squares = elementwise.real(conj(x) * x) if is_complex(x) else elementwise.square(x)
    return elementwise.length(reductions.sum(squares, axes, keepdims))


def _power_mean(x: Any, p: Any, axes: Any, keepdims: bool) -> Any:
    """sum(abs(x)**p)**(1/p). Where an entry, or with p > 0 all of them, is 0, its derivatives are 0."""
    size = elementwise.absolute(x)
    np.linalg.norm(np.ones(1, size.dtype), p)  # its errors
    root = np.reciprocal(p, dtype=size.dtype).item()
    p = p.item() if isinstance(p, np.generic) else p
    zero = elementwise.equal(size, 0)
    powers = elementwise.where(zero, 1, size) ** p
    powers = elementwise.where(zero, 0 if p > 0 else stop_gradient(size) ** p, powers)
    total = reductions.sum(powers, axes, keepdims)
    if not p > 0:
        return total**root  # where an entry is 0 the sum is infinite, and the norm 0
    some = elementwise.not_equal(total, 0)
    return elementwise.where(some, total, 1) ** root * some


def _of_vectors(x: Any, ord: Any, axes: tuple[int, ...], keepdims: bool) -> Any:
    if ord is None or ord == 2:
        return _euclidean(x, axes, keepdims)
    if ord == 0:
        counted = retype(elementwise.not_equal(x, 0), elementwise.real(x).dtype)
        return reductions.sum(counted, axes, keepdims)
    if isinstance(ord, str):
        raise ValueError(f"Invalid norm order '{ord}' for vectors")
    if ord == 1:
        return reductions.sum(elementwise.absolute(x), axes, keepdims)
    if ord in (np.inf, -np.inf):
        return (_largest if ord > 0 else _smallest)(elementwise.absolute(x), axes, keepdims)
    return _power_mean(x, ord, axes, keepdims)


def _of_matrices(x: Any, ord: Any, rows: int, columns: int, keepdims: bool) -> Any:
    if rows == columns:
        raise ValueError("Duplicate axes given.")
    axes = tuple(sorted((rows, columns)))
    if ord is None or ord in ("fro", "f"):
        return _euclidean(x, axes, keepdims)
    if ord in (1, -1, np.inf, -np.inf):
        sums = reductions.sum(elementwise.absolute(x), (rows if abs(ord) == 1 else columns,), True)
        return (_largest if ord > 0 else _smallest)(sums, axes, keepdims)
    if ord not in (2, -2, "nuc"):
        raise ValueError("Invalid norm order for matrices.")
    last = (rows, columns) == (x.ndim - 2, x.ndim - 1)
    y = by_singular_values(x if last else shapes.moveaxis(x, (rows, columns), (-2, -1)), ord)
    return reshape(y, reductions.kept(x.shape, axes)) if keepdims else y


def _lengths(x: Any, ord: Any, name: str) -> Any:
    """What a norm is taken of, of floating or complex dtype."""
    x = as_operand(x, f"numpy.linalg.{name}")
    if isinstance(ord, Array):
        raise NoRuleError(
            f"numpy.linalg.{name}",
            "the order is traced.",
            "For its derivative write numpy.sum(numpy.abs(x) ** p) ** (1 / p); else pass linad.value(p).",
        )
    return x if x.dtype.kind in "fc" else retype(x, np.dtype(np.float64))


@door(np.linalg.norm)
def norm(x: Any, ord: Any = None, axis: Any = None, keepdims: Any = False) -> Any:
    """The norm of vectors or matrices; 0 at 0 is its subgradient, and entries that tie share it equally."""
    x, keepdims = _lengths(x, ord, "norm"), bool(keepdims)
    n = x.ndim
    if axis is None:
        if ord is None:
            return _euclidean(x, None, keepdims)
        axis = tuple(range(n))
    elif not isinstance(axis, tuple):
        try:
            axis = (int(axis),)
        except Exception as error:
            raise TypeError("'axis' must be None, an integer or a tuple of integers") from error
    if len(axis) == 1:
        return _of_vectors(x, ord, normalize_axis_tuple(axis, n), keepdims)
    if len(axis) == 2:
        rows, columns = (normalize_axis_index(i, n) for i in axis)
        return _of_matrices(x, ord, rows, columns, keepdims)
    raise ValueError("Improper number of dimensions to norm.")


@door(np.linalg.vector_norm)
def vector_norm(x: Any, /, *, axis: Any = None, keepdims: Any = False, ord: Any = 2) -> Any:
    """The norms of vectors that lie along one axis or several, or of all entries."""
    x = _lengths(x, ord, "vector_norm")
    axes = several(axis, x.ndim) if axis is None or isinstance(axis, tuple) else (single(axis, x.ndim),)
    return _of_vectors(x, ord, tuple(range(x.ndim)) if axes is None else axes, bool(keepdims))


@door(np.linalg.matrix_norm)
def matrix_norm(x: Any, /, *, keepdims: Any = False, ord: Any = "fro") -> Any:
    """The norms of matrices in the last two axes."""
    return norm(x, ord, (-2, -1), keepdims)


__all__ = ["cross", "matrix_norm", "matrix_power", "multi_dot", "norm", "vector_norm"]
