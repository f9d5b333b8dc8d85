"""Cholesky factors, and solving with them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import scipy.linalg

from linad.core.constants import stop_gradient
from linad.core.dispatch import door
from linad.core.space import retype, shape_of
from linad.core.traced import Array
from linad.linalg.arguments import lapack_dtype, validated
from linad.operations import cholesky as _cholesky
from linad.operations.hermitian import require_hermitian
from linad.operations.shape import reshape, tril, triu
from linad.operations.triangular import solve_triangular


def hermitian_operand(a: Any, name: str, check_finite: Any) -> Any:
    """Matrices that SciPy's functions of one triangle take, checked; batches in front."""
    a = validated(a, name, check_finite)
    shape = shape_of(a)
    if math.prod(shape[:-2]) == 0:
        raise ValueError(f"`{name}` does not support zero-size batches.")
    if len(shape) < 2:
        shape = (1,) * (2 - len(shape)) + shape
        a = reshape(a, shape)
    if shape[-1] != shape[-2]:
        raise ValueError(f"Input array is expected to be square but has the shape: {shape}.")
    return retype(a, lapack_dtype(a))


def _factor(a: Any, lower: Any, name: str, check_finite: Any) -> tuple[Any, Any]:
    A = hermitian_operand(a, name, check_finite)
    require_hermitian(A, name)
    return A, _cholesky.factorize(A, "lower" if lower else "upper")


@door(scipy.linalg.cholesky)
def cholesky(a: Any, lower: Any = False, overwrite_a: Any = False, check_finite: Any = True) -> Any:
    """The factor of ``a = U^H U``, or with ``lower`` of ``a = L L^H``.

    A traced ``a`` must be Hermitian, not only in the triangle that is read; its gradient is.
    """
    return _factor(a, lower, "cholesky", check_finite)[1]


@door(scipy.linalg.cho_factor)
def cho_factor(a: Any, lower: Any = False, overwrite_a: Any = False, check_finite: Any = True) -> Any:
    """The factor for :func:`cho_solve`, and ``lower``.

    The other triangle holds entries of ``a``, as SciPy leaves them there, without a derivative.
    """
    A, C = _factor(a, lower, "cho_factor", check_finite)
    rest = stop_gradient(triu(A, 1) if lower else tril(A, -1))
    batch = shape_of(C)[:-2]
    return [C + rest, np.full(batch, lower)] if batch else (C + rest, lower)


@door(scipy.linalg.cho_solve)
def cho_solve(c_and_lower: Any, b: Any, overwrite_b: Any = False, check_finite: Any = True) -> Any:
    """The solution of ``a x = b`` from the factor of ``a``: two triangular solves.

    One triangle of the factor is read, and has a derivative.
    """
    name = "_cho_solve"
    c, lower = c_and_lower
    c, b = validated(c, name, check_finite), validated(b, name, check_finite)
    C_shape, b_shape = shape_of(c), shape_of(b)
    vector = len(b_shape) < 2
    batch = np.broadcast_shapes(C_shape[:-2], b_shape[:-2])
    if math.prod(batch) == 0:
        raise ValueError(f"`{name}` does not support zero-size batches.")
    if len(C_shape) < 2 or C_shape[-1] != C_shape[-2]:
        raise ValueError("The factored matrix c is not square.")
    if not b_shape:
        raise IndexError("cho_solve: b is a number; it must be a vector or a matrix")
    if C_shape[-1] != b_shape[-1 if vector else -2]:
        raise ValueError(f"incompatible dimensions ({C_shape[-2:]} and {b_shape[-1 if vector else -2 :]})")
    common = lapack_dtype(c, b)
    c, b = retype(c, common), retype(b, common)
    if vector:
        b = reshape(b, (*b_shape, 1))
    first, second = ("N", "H") if _flag(lower) else ("H", "N")
    y = solve_triangular(c, b, _flag(lower), first, False)
    x = solve_triangular(c, y, _flag(lower), second, False)
    return reshape(x, shape_of(x)[:-1]) if vector else x


def _flag(lower: Any) -> bool:
    """Whether the factor is lower; of a batch :func:`cho_factor` says so for each matrix, and all are alike."""
    return bool(lower if isinstance(lower, Array) else np.ravel(lower)[0])


__all__ = ["cho_factor", "cho_solve", "cholesky"]
