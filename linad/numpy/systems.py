"""numpy.linalg's linear systems, inverses and determinants."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from linad.core.dispatch import door
from linad.core.space import dtype_of, retype, shape_of
from linad.core.traced import Array, innermost
from linad.numpy.axes import as_operand
from linad.operations import determinants as _determinants
from linad.operations import inverse as _inverse
from linad.operations import solve as _solve
from linad.operations.shape import reshape, transpose

__all__ = ["det", "inv", "slogdet", "solve", "tensorinv", "tensorsolve"]

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
    dtype = dtype_of(x)
    if dtype != dtype_of(y) or dtype.char not in _NATIVE:
        common = _common(a, b)
        a, b = retype(a, common), retype(b, common)
    if not B or B[-1 if len(B) == 1 else -2] != A[-1]:
        raise ValueError(
            f"solve: a of shape {A} and b of shape {B} do not fit: a x = b needs {A[-1]} rows in b"
        )
    if len(B) > 2:
        np.broadcast_shapes(A[:-2], B[:-2])  # its error
    if len(A) > 2:
        return _solve.solve(a, b)
    return _solve.apply_inverse(a, b, _solve.factors(a), "N")


def _square(a: Any, name: str) -> Any:
    """A square operand, in a dtype of LAPACK, with NumPy's errors."""
    a = a if isinstance(a, Array) else as_operand(a, f"numpy.linalg.{name}")
    plain = innermost(a)
    A = shape_of(plain)
    if len(A) < 2:
        raise np.linalg.LinAlgError(
            f"{len(A)}-dimensional array given. Array must be at least two-dimensional"
        )
    if A[-1] != A[-2]:
        raise np.linalg.LinAlgError("Last 2 dimensions of the array must be square")
    if dtype_of(plain).char in _NATIVE:
        return a
    common = _common(plain)
    return a if dtype_of(a) == common else retype(a, common)


@door(np.linalg.inv)
def inv(a: Any) -> Any:
    """The inverses of square matrices. A traced matrix is factored once, for this and for all that follows."""
    return _inverse.inv(_square(a, "inv"))


@door(np.linalg.det)
def det(a: Any) -> Any:
    """The determinants of square matrices: polynomials, differentiable everywhere to any order."""
    return _determinants.det(_square(a, "det"))


@door(np.linalg.slogdet)
def slogdet(a: Any) -> Any:
    """The sign and the logarithm of the absolute value of determinants."""
    return _SlogdetResult(*_determinants.slogdet(_square(a, "slogdet")))


_SlogdetResult = type(np.linalg.slogdet(np.eye(1)))


@door(np.linalg.tensorsolve)
def tensorsolve(a: Any, b: Any, axes: Any = None) -> Any:
    """The tensor x with ``tensordot(a, x, x.ndim) == b``."""
    a = a if isinstance(a, Array) else as_operand(a, "numpy.linalg.tensorsolve")
    b = b if isinstance(b, Array) else as_operand(b, "numpy.linalg.tensorsolve")
    n = len(shape_of(a))
    if axes is not None:
        order = [i for i in range(n)]
        for k in axes:
            order.remove(k)
            order.insert(n, k)
        a = transpose(a, tuple(order))
    unknown = shape_of(a)[-(n - len(shape_of(b))) :]
    size = math.prod(unknown)
    if math.prod(shape_of(a)) != size**2:
        raise np.linalg.LinAlgError(
            "Input arrays must satisfy the requirement             prod(a.shape[b.ndim:]) == prod(a.shape[:b.ndim])"
        )
    return reshape(solve(reshape(a, (size, size)), reshape(b, (-1,))), unknown)


@door(np.linalg.tensorinv)
def tensorinv(a: Any, ind: Any = 2) -> Any:
    """The inverse of a tensor as a map from its last axes to the first ``ind``."""
    a = a if isinstance(a, Array) else as_operand(a, "numpy.linalg.tensorinv")
    if ind <= 0:
        raise ValueError("Invalid ind argument.")
    shape = shape_of(a)
    rows = math.prod(shape[ind:])
    return reshape(inv(reshape(a, (rows, -1))), shape[ind:] + shape[:ind])
