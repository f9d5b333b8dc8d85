"""numpy.linalg's functions."""

from __future__ import annotations

from typing import Any

import numpy as np

from linad.core.dispatch import door
from linad.core.space import dtype_of, retype, shape_of
from linad.core.traced import Array, innermost
from linad.numpy import products, shapes
from linad.numpy.axes import as_operand
from linad.operations import solve as _solve

_NATIVE = frozenset("fdFD")  # the dtypes of LAPACK


def _common(*arrays: Any) -> np.dtype[Any]:
    """The dtype in which numpy.linalg computes: single only where all are."""
    wide = any(x.dtype.kind not in "fc" or x.dtype in (np.float64, np.complex128) for x in arrays)
    for x in arrays:
        if x.dtype.kind not in "biufc" or (x.dtype.kind in "fc" and x.dtype.char not in "fdFD"):
            raise TypeError(f"array type {x.dtype.name} is unsupported in linalg")
    paired = any(x.dtype.kind == "c" for x in arrays)
    return np.dtype("fFdD"[2 * wide + paired])


@door(np.linalg.solve)
def solve(a: Any, b: Any) -> Any:
    """The solution of ``a x = b``. A traced ``a`` is factored once, for the value and all derivatives."""
    a = a if isinstance(a, Array) else as_operand(a, "numpy.linalg.solve")
    b = b if isinstance(b, Array) else as_operand(b, "numpy.linalg.solve")
    x, y = innermost(a), innermost(b)
    A, B = shape_of(x), shape_of(y)
    if len(A) < 2:
        raise np.linalg.LinAlgError(
            f"{len(A)}-dimensional array given. Array must be at least two-dimensional"
        )
    if A[-1] != A[-2]:
        raise np.linalg.LinAlgError("Last 2 dimensions of the array must be square")
    if dtype_of(x) != dtype_of(y) or dtype_of(x).char not in _NATIVE:
        common = _common(a, b)
        a, b = retype(a, common), retype(b, common)
    if not B or B[-1 if len(B) == 1 else -2] != A[-1]:
        raise ValueError(
            f"solve: a of shape {A} and b of shape {B} do not fit: a x = b needs {A[-1]} rows in b"
        )
    if len(B) > 2:
        np.broadcast_shapes(A[:-2], B[:-2])  # its error
    return _solve.solve(a, b)


# The array API's spellings of what numpy has too: functions of their own to NumPy's dispatch.


@door(np.linalg.matmul)
def matmul(x1: Any, x2: Any, /) -> Any:
    """The product of matrices."""
    return products.matmul(x1, x2)


@door(np.linalg.outer)
def outer(x1: Any, x2: Any, /) -> Any:
    """The outer product of two vectors."""
    x1, x2 = as_operand(x1, "numpy.linalg.outer"), as_operand(x2, "numpy.linalg.outer")
    if x1.ndim != 1 or x2.ndim != 1:
        raise ValueError(
            f"Input arrays must be one-dimensional, but they are x1.ndim={x1.ndim} and x2.ndim={x2.ndim}."
        )
    return products.outer(x1, x2)


@door(np.linalg.tensordot)
def tensordot(x1: Any, x2: Any, /, *, axes: Any = 2) -> Any:
    """The product summed over pairs of axes."""
    return products.tensordot(x1, x2, axes)


@door(np.linalg.vecdot)
def vecdot(x1: Any, x2: Any, /, *, axis: Any = -1) -> Any:
    """The products of vectors along an axis, the first conjugated."""
    x1, x2 = as_operand(x1, "numpy.linalg.vecdot"), as_operand(x2, "numpy.linalg.vecdot")
    return products.vecdot(shapes.moveaxis(x1, axis, -1), shapes.moveaxis(x2, axis, -1))


@door(np.linalg.matrix_transpose)
def matrix_transpose(x: Any, /) -> Any:
    """The transposes of matrices in the last two axes."""
    return shapes.matrix_transpose(x)


@door(np.linalg.diagonal)
def diagonal(x: Any, /, *, offset: Any = 0) -> Any:
    """The diagonals of matrices in the last two axes."""
    return shapes.diagonal(x, offset, -2, -1)


@door(np.linalg.trace)
def trace(x: Any, /, *, offset: Any = 0, dtype: Any = None) -> Any:
    """The traces of matrices in the last two axes."""
    return shapes.trace(x, offset, -2, -1, dtype)


__all__ = ["diagonal", "matmul", "matrix_transpose", "outer", "solve", "tensordot", "trace", "vecdot"]


def __getattr__(name: str) -> Any:
    """What numpy.linalg has beyond this door: on plain arrays; a traced one is refused by name."""
    return getattr(np.linalg, name)


def __dir__() -> list[str]:
    return sorted({*__all__, *np.linalg.__all__})
