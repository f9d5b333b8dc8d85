"""LU factorizations, and solving with them."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import scipy.linalg

from linad.core.dispatch import door
from linad.core.kinds import look
from linad.core.space import conj, dtype_of, retype, shape_of
from linad.core.traced import Array
from linad.linalg.arguments import lapack_dtype, matrix, validated
from linad.operations import lu as _lu
from linad.operations.indexing import HOLE, index
from linad.operations.shape import broadcast_to, concatenate, reshape, tril, triu
from linad.operations.solve import lu_factors
from linad.operations.triangular import solve_triangular


def _rows(A: Any, order: Any) -> Any:
    """A[order], for each matrix of a batch its own."""
    batch = order.shape[:-1]
    if not batch:
        return index(A, (..., HOLE, slice(None)), order)
    grid = [i[..., None] for i in np.indices(batch, sparse=True)]
    return index(A, (*[HOLE] * len(grid), HOLE), *grid, order)


@door(scipy.linalg.lu)
def lu(
    a: Any, permute_l: Any = False, overwrite_a: Any = False, check_finite: Any = True, p_indices: Any = False
) -> Any:
    """``P, L, U`` with ``a = P L U``; the permutation is plain, and held fixed.

    No derivative exists where a leading block of ``P^T a``, of order below the smaller dimension, is singular; the
    last pivot may be zero.
    """
    a = matrix(a, "scipy.linalg.lu", check_finite)
    L, U = _lu.lu(a)
    factors = lu_factors(a)
    if permute_l:
        return (L if 0 in shape_of(a) else _rows(L, _lu.row_order(factors, np.dtype(np.intp)))), U
    if 0 in shape_of(a):
        batch = shape_of(a)[:-2]
        real = np.zeros(0, dtype_of(a)).real.dtype
        return (np.empty((*batch, 0), np.int32) if p_indices else np.empty((*batch, 0, 0), real)), L, U
    if p_indices:
        return _lu.row_order(factors, np.dtype(int if shape_of(a)[-2:] == (1, 1) else np.int32)), L, U
    if shape_of(a)[-2:] == (1, 1):
        return np.ones(shape_of(a), dtype_of(a)), L, U
    return _lu.row_exchange(factors, np.zeros(0, dtype_of(a)).real.dtype), L, U


@door(scipy.linalg.lu_factor)
def lu_factor(a: Any, overwrite_a: Any = False, check_finite: Any = True) -> Any:
    """``lu, piv``: L below the diagonal and U on and above it, in one matrix, and the rows that were exchanged."""
    a = matrix(a, "scipy.linalg.lu_factor", check_finite)
    factors = lu_factors(a)
    _warn_of_zero(factors)
    L, U = _lu.lu(a)
    m, n = shape_of(a)[-2:]
    L = tril(L, -1)
    axis = len(shape_of(a)) - 2
    if m > n:
        U = concatenate(axis, U, np.zeros((*shape_of(U)[:-2], m - n, n), dtype_of(U)))
    elif m < n:
        L = concatenate(axis + 1, L, np.zeros((*shape_of(L)[:-2], m, n - m), dtype_of(L)))
    return L + U, _lu.pivots(factors)


@look
def _warn_of_zero(factors: Any) -> None:
    if not isinstance(factors, Array) and factors.singular is not None:
        warnings.warn(
            f"Diagonal number {factors.singular[0] + 1} is exactly zero. Singular matrix.",
            scipy.linalg.LinAlgWarning,
            stacklevel=5,
        )


@door(scipy.linalg.lu_solve)
def lu_solve(
    lu_and_piv: Any, b: Any, trans: Any = 0, overwrite_b: Any = False, check_finite: Any = True
) -> Any:
    """The solution of ``op(a) x = b`` from the result of :func:`lu_factor`; both triangles are differentiated."""
    packed, piv = lu_and_piv
    packed = validated(packed, "scipy.linalg.lu_solve", False)
    b = validated(b, "scipy.linalg.lu_solve", check_finite)
    piv = piv if isinstance(piv, Array) else np.asarray(piv)
    if trans not in (0, 1, 2):
        raise ValueError(f"lu_solve: trans={trans!r} is not one of 0, 1, 2")
    A, B = shape_of(packed), shape_of(b)
    vector = len(B) == 1 or (len(A) > 2 and len(B) == len(A) - 1 and A[:-1] == B)
    if B[-1 if vector else -2] != A[-2]:
        raise ValueError(f"Shapes of lu {A} and b {B} are incompatible")
    common = np.result_type(dtype_of(packed), dtype_of(b), np.float32)
    packed, b = retype(packed, common), retype(b, common)
    batch = np.broadcast_shapes(A[:-2], B[:-2])
    if vector:
        b = reshape(b, (*B, 1))
    if 0 in shape_of(b):
        return retype(broadcast_to(reshape(b, B), batch + B[-2:] if batch else B), lapack_dtype(packed, b))
    b = broadcast_to(b, batch + shape_of(b)[-2:])
    packed = broadcast_to(packed, batch + A[-2:])
    perm = broadcast_to(_lu.exchanged(piv, A[-2]), (*batch, A[-2]))
    x = _solved(packed, b, perm, trans)
    return reshape(x, shape_of(x)[:-1]) if vector else x


def _solved(packed: Any, b: Any, perm: Any, trans: int) -> Any:
    L, U = tril(packed, -1), triu(packed, 0)
    if trans == 0:
        return solve_triangular(U, solve_triangular(L, _rows(b, perm), True, "N", True), False, "N", False)
    if trans == 1:
        return _solved(conj(packed), b, perm, 2)  # A^T is the adjoint of the conjugate
    x = solve_triangular(L, solve_triangular(U, b, False, "H", False), True, "H", True)
    return _rows(x, np.argsort(perm, axis=-1))
