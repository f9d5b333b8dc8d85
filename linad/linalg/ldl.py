"""Factors of indefinite matrices."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import scipy.linalg

from linad.core.dispatch import door
from linad.core.space import dtype_of, retype, shape_of
from linad.linalg.arguments import lapack_dtype, validated
from linad.operations import ldl as _ldl
from linad.operations.hermitian import require_hermitian
from linad.operations.shape import reshape


@door(scipy.linalg.ldl)
def ldl(
    A: Any, lower: Any = True, hermitian: Any = True, overwrite_a: Any = False, check_finite: Any = True
) -> Any:
    """``lu, d, perm`` with ``A = lu d lu^H``, or ``lu d lu^T`` without ``hermitian``; ``lu[perm]`` is triangular.

    A traced ``A`` must be Hermitian, or symmetric, not only in the triangle that is read; its gradient is. The
    permutation is plain. No derivative exists where a block of ``d`` is singular, but for the one eliminated last.
    """
    A = validated(A, "ldl", check_finite)
    shape = shape_of(A)
    if math.prod(shape[:-2]) == 0:
        raise ValueError("`ldl` does not support zero-size batches.")
    if len(shape) < 2:
        shape = (1,) * (2 - len(shape)) + shape
        A = reshape(A, shape)
    if shape[-1] != shape[-2]:
        raise ValueError('The input array "a" should be square.')
    if shape[-1] == 0:  # SciPy keeps its dtype, whatever it is
        perm = np.empty(shape[:-1], int)
        return [A, A, perm] if len(shape) > 2 else (A, A, perm)
    if dtype_of(A) != lapack_dtype(A):
        A = retype(A, lapack_dtype(A))
    lower, hermitian = bool(lower), bool(hermitian) or dtype_of(A).kind != "c"
    require_hermitian(A, "ldl", conjugate=hermitian)
    lu, d = (_ldl.ldl if hermitian else _ldl.ldl_symmetric)(A, lower)
    perm = _ldl.permutation(A, lower, hermitian)
    if isinstance(perm, np.ndarray):
        perm = perm.astype(int)
    return [lu, d, perm] if len(shape) > 2 else (lu, d, perm)


__all__ = ["ldl"]
