"""What a matrix is like, balancing, sketching: discrete answers, and products with matrices that are held fixed."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import scipy.linalg

from linad.core.dispatch import door
from linad.core.space import retype, shape_of
from linad.linalg.arguments import lapack_dtype, validated
from linad.linalg.eigen import outputs
from linad.operations import answers
from linad.operations.qr import take_columns
from linad.operations.shape import reshape, stack, transpose
from linad.operations.sketches import sketch


@door(scipy.linalg.bandwidth)
def bandwidth(a: Any) -> Any:
    """The numbers of diagonals below and above the main one; discrete, so plain."""
    return answers.bandwidth(a)


@door(scipy.linalg.issymmetric)
def issymmetric(a: Any, atol: Any = None, rtol: Any = None) -> Any:
    """Whether a matrix is symmetric; discrete, so plain."""
    return answers.is_symmetric(a, atol, rtol)


@door(scipy.linalg.ishermitian)
def ishermitian(a: Any, atol: Any = None, rtol: Any = None) -> Any:
    """Whether a matrix is Hermitian; discrete, so plain."""
    return answers.is_hermitian(a, atol, rtol)


@door(scipy.linalg.matrix_balance)
def matrix_balance(
    A: Any, permute: Any = True, scale: Any = True, separate: Any = False, overwrite_a: Any = False
) -> Any:
    """The balanced ``T^-1 A T``, and T, a permutation times powers of two: discrete, held fixed."""
    A = validated(A, "matrix_balance", True)
    if len(shape_of(A)) < 2:
        A = reshape(A, (1,) * (2 - len(shape_of(A))) + shape_of(A))
    shape = shape_of(A)
    if math.prod(shape[:-2]) == 0:
        raise ValueError("`matrix_balance` does not support zero-size batches.")
    if shape[-1] != shape[-2]:
        raise ValueError("The data matrix for balancing should be square.")
    A = retype(A, lapack_dtype(A))
    found = answers.balancing(A, bool(permute), bool(scale))
    scaling, perm, T = (answers.balancing_part(found, name) for name in ("scaling", "perm", "T"))
    B = A
    if A.size > 0:
        B = _transposed(take_columns(_transposed(take_columns(A, perm)), perm))
        rows, columns = (*shape[:-1], 1), (*shape[:-2], 1, shape[-1])
        B = retype(B * reshape(scaling, columns) / reshape(scaling, rows), A.dtype)
    if not separate:
        return outputs((B, T), A)
    if len(shape) > 2:
        return [B, stack(len(shape) - 2, retype(scaling, np.dtype(float)), retype(perm, np.dtype(float)))]
    return B, (scaling, perm)


def _transposed(A: Any) -> Any:
    n = len(shape_of(A))
    return transpose(A, (*range(n - 2), n - 1, n - 2))


@door(scipy.linalg.clarkson_woodruff_transform)
def clarkson_woodruff_transform(
    input_matrix: Any, sketch_size: Any, rng: Any = None, *, seed: Any = None
) -> Any:
    """The product of a random sparse matrix of signs and ``input_matrix``: linear, the random matrix held fixed."""
    from scipy.sparse import identity  # half the time of importing linad

    A = validated(input_matrix, "clarkson_woodruff_transform", False)
    rest = {"seed": seed} if seed is not None else {"rng": rng}
    S = scipy.linalg.clarkson_woodruff_transform(
        identity(shape_of(A)[-2], dtype=int, format="csc"), sketch_size, **rest
    )
    return sketch(A, S)


__all__ = [
    "bandwidth",
    "clarkson_woodruff_transform",
    "ishermitian",
    "issymmetric",
    "matrix_balance",
]
