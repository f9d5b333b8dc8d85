"""Least squares and pseudo-inverses."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import scipy.linalg

from linad.core.dispatch import door
from linad.core.space import conj, expand, is_complex, retype, shape_of
from linad.core.traced import Array
from linad.errors import NoRuleError
from linad.linalg.arguments import lapack_dtype, validated
from linad.operations import least_squares as _least_squares
from linad.operations.contractions import matmul
from linad.operations.elementwise import real
from linad.operations.hermitian import hermitian_part, require_hermitian
from linad.operations.reductions import sum as _sum
from linad.operations.shape import reshape


def squares(x: Any) -> Any:
    """The sums of squares of columns, real."""
    size = real(conj(x) * x) if is_complex(x) else x * x
    return _sum(size, (len(shape_of(x)) - 2,), False)


def _constant(x: Any, name: str) -> Any:
    if isinstance(x, Array):
        raise NoRuleError(
            f"scipy.linalg.{name}",
            "a threshold is traced, and what depends on it jumps.",
            "Pass linad.value(x).",
        )
    return x


@door(scipy.linalg.lstsq)
def lstsq(
    a: Any, b: Any, cond: Any = None, overwrite_a: Any = False, overwrite_b: Any = False,
    check_finite: Any = True, lapack_driver: Any = None,
) -> Any:  # fmt: skip
    """``x, residues, rank, s`` of the least-squares problem ``a x = b``; of wide ``a`` the smallest solution.

    Singular values may tie. Where the rank is not full there is no derivative of ``x``;
    ``errstate(degenerate="warn")`` gives that among matrices of the same rank.
    """
    a, b = (validated(x, "scipy.linalg.lstsq", check_finite) for x in (a, b))
    if len(shape_of(a)) < 2:
        raise ValueError("Input array a should be 2D")
    vector = len(shape_of(b)) == 1
    b = reshape(b, (-1, 1)) if vector else b
    m, n = shape_of(a)[-2:]
    batch = np.broadcast_shapes(shape_of(a)[:-2], shape_of(b)[:-2])
    if batch and math.prod(batch) == 0:
        raise ValueError("`lstsq` does not support zero-size batches.")
    if shape_of(b)[-2] != m:
        raise ValueError(
            f"Shape mismatch: a and b should have the same number of rows ({m} != {shape_of(b)[-2]})."
        )
    dtype = lapack_dtype(a, b)
    a, b = retype(a, dtype), retype(b, dtype)
    if m == 0 or n == 0:
        x: Any = np.zeros((*batch, n) if vector else (*batch, n, shape_of(b)[-1]), dtype)
        residues: Any = squares(b) if n == 0 else np.empty((*batch, 0))
        empty = vector and n > 0  # residues that are not there have one axis, whatever b has
        return _arranged(x, residues, empty, 0, np.empty(0), vector, batch)
    if lapack_driver not in (None, "gelsd", "gelsy", "gelss"):
        raise ValueError(f'LAPACK driver "{lapack_driver}" is not found')
    cond = np.finfo(dtype).eps if cond is None else _constant(cond, "lstsq")
    cond = np.finfo(dtype).eps / 2 if cond < 0 else cond  # as LAPACK takes it
    x, rank, s = _least_squares.lstsq(a, b, lambda s: s > cond * s[..., :1], vector)
    residues, empty = np.empty((*batch, 0), dtype), True
    if m > n and lapack_driver != "gelsy":
        full = isinstance(rank, Array) or np.all(rank == n)
        if not full and np.any(rank == n):
            raise ValueError("lstsq: matrices of the batch differ in rank, and so residues in shape")
        if full:
            columns = reshape(x, (*shape_of(x), 1)) if vector else x
            residues, empty = squares(b - matmul(a, columns)), False
    return _arranged(x, residues, empty, rank, None if lapack_driver == "gelsy" else s, vector, batch)


def _arranged(
    x: Any, residues: Any, empty: bool, rank: Any, s: Any, vector: bool, batch: tuple[int, ...]
) -> Any:
    """The results as SciPy gives them: a tuple, or of a batch a list of stacks."""
    if vector and not empty:
        residues = reshape(residues, shape_of(residues)[:-1])
    if not batch:
        return x, residues, rank if isinstance(rank, Array) else int(rank), s
    own = shape_of(residues)[len(shape_of(residues)) - (0 if vector and not empty else 1) :]
    residues = expand(residues, (*batch, *own))
    s = np.full(batch, None) if s is None else expand(s, (*batch, shape_of(s)[-1]))
    return [x, residues, rank if isinstance(rank, Array) else np.broadcast_to(rank, batch).copy(), s]


def _inverse(a: Any, name: str, atol: Any, rtol: Any, return_rank: Any, hermitian: bool) -> Any:
    """A pseudo-inverse, with the thresholds of SciPy."""
    shape = shape_of(a)
    dtype = lapack_dtype(a)
    a = retype(a, dtype)
    atol = 0.0 if atol is None else _constant(atol, name)
    rtol = max(shape[-2:]) * np.finfo(dtype).eps if rtol is None else _constant(rtol, name)
    if atol < 0 or rtol < 0:
        raise ValueError("atol and rtol values must be positive.")
    X, rank = _least_squares.pinv(
        a, lambda s: s > atol + rtol * np.max(s, axis=-1, keepdims=True, initial=0), hermitian
    )
    if not return_rank:
        return X
    if len(shape) > 2:
        return [X, rank]
    return X, rank if isinstance(rank, Array) else (int(rank) if hermitian else np.int64(rank))


def _matrix(a: Any, name: str, check_finite: bool) -> Any:
    a = validated(a, f"scipy.linalg.{name}", check_finite)
    if len(shape_of(a)) < 2:
        raise ValueError("Expected matrix")
    if len(shape_of(a)) > 2 and math.prod(shape_of(a)[:-2]) == 0:
        raise ValueError(f"`{name}` does not support zero-size batches.")
    return a


@door(scipy.linalg.pinv)
def pinv(
    a: Any, *, atol: Any = None, rtol: Any = None, return_rank: Any = False, check_finite: Any = True
) -> Any:
    """The pseudo-inverse, and its rank. Singular values may tie; where the rank is not full there is no derivative."""
    return _inverse(_matrix(a, "pinv", check_finite), "pinv", atol, rtol, return_rank, False)


@door(scipy.linalg.pinvh)
def pinvh(
    a: Any, atol: Any = None, rtol: Any = None, lower: Any = True, return_rank: Any = False,
    check_finite: Any = True,
) -> Any:  # fmt: skip
    """The pseudo-inverse of a Hermitian matrix, and its rank: a function on Hermitian matrices, its gradient too."""
    a = _matrix(a, "pinvh", check_finite)
    if shape_of(a)[-1] != shape_of(a)[-2]:
        raise ValueError("expected square matrix")
    require_hermitian(a, "pinvh")
    return _inverse(hermitian_part(a), "pinvh", atol, rtol, return_rank, True)


__all__ = ["lstsq", "pinv", "pinvh"]
