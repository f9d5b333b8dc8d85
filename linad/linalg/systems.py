"""Linear systems."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.linalg

from linad.core.dispatch import door
from linad.core.kinds import look
from linad.core.space import conj, dtype_of, retype, shape_of
from linad.core.traced import innermost
from linad.kernels import condition
from linad.linalg.arguments import lapack_dtype, matrix, square, validated
from linad.operations import determinants as _determinants
from linad.operations import inverse as _inverse
from linad.operations import solve as _solve
from linad.operations.cholesky import definite_factors
from linad.operations.contractions import swap
from linad.operations.hermitian import hermitian_part, require_hermitian
from linad.operations.shape import broadcast_to, diagonal, reshape, tril, triu
from linad.operations.triangular import solve_triangular as _solve_triangular

_TRANS = {0: "N", 1: "T", 2: "H", "N": "N", "T": "T", "C": "H"}


@door(scipy.linalg.solve_triangular)
def solve_triangular(
    a: Any, b: Any, trans: Any = 0, lower: Any = False, unit_diagonal: Any = False, overwrite_b: Any =
    False, check_finite: Any = True,
) -> Any:  # fmt: skip
    """The solution of ``op(a) x = b`` for a triangular ``a``, of which one triangle is read.

    Batches broadcast; ``b`` is a vector where it has one axis. A traced array is never overwritten.
    """
    name = "solve_triangular"
    a, b = validated(a, name, check_finite), validated(b, name, check_finite)
    A_shape, b_shape = shape_of(a), shape_of(b)
    if trans not in _TRANS:
        raise ValueError(f"{name}: trans={trans!r} is not one of 0, 1, 2, 'N', 'T', 'C'")
    if len(A_shape) < 2 or A_shape[-1] != A_shape[-2]:
        raise ValueError(f"expected square matrix, but a has shape {A_shape}")
    if not b_shape:
        raise IndexError(f"{name}: b is a number; it must be a vector or a matrix")
    vector = len(b_shape) == 1
    batch = np.broadcast_shapes(A_shape[:-2], b_shape[:-2])
    if math.prod(batch) == 0:
        raise ValueError(f"`{name}` does not support zero-size batches.")
    if b_shape[-1 if vector else -2] != A_shape[-1]:
        raise ValueError(f"shapes of a {A_shape} and b {b_shape} are incompatible")
    common = lapack_dtype(a, b)
    if vector:
        b = reshape(b, (*b_shape, 1))
    x = _solve_triangular(
        retype(a, common), retype(b, common), bool(lower), _TRANS[trans], bool(unit_diagonal)
    )
    return reshape(x, x.shape[:-1]) if vector else x


STRUCTURES = {
    None: "general",
    "general": "general",
    "gen": "general",
    "banded": "general",
    "diagonal": "diagonal",
    "tridiagonal": "tridiagonal",
    "upper triangular": "upper",
    "lower triangular": "lower",
    "pos": "definite",
    "positive definite": "definite",
    "sym": "symmetric",
    "symmetric": "symmetric",
    "her": "hermitian",
    "hermitian": "hermitian",
}


def factored(a: Any, structure: str, name: str) -> tuple[Any, Any]:
    """The matrix that a declared structure makes of ``a``, and its factors, which are remembered with ``a``.

    Derivatives are restricted to the structure. What reads one triangle is a function on Hermitian, or symmetric,
    matrices, and ``a`` must be one: then the factors are its own.
    """
    if structure == "symmetric":
        require_hermitian(a, name, conjugate=False)
        return 0.5 * (a + swap(a)), _solve.factors(a)
    if structure == "hermitian":
        require_hermitian(a, name)
        return hermitian_part(a), _solve.factors(a)
    if structure == "definite":
        require_hermitian(a, name)
        return hermitian_part(a), definite_factors(a, "lower")
    if structure == "tridiagonal":
        a = tril(triu(a, -1), 1)
    return a, _solve.factors(a)


def _solved(a: Any, b: Any, structure: str, trans: str, name: str) -> Any:
    """op(a)^-1 b for square matrices of a structure; b is a matrix. Ill-conditioned ones are warned of."""
    if structure == "diagonal":
        d = diagonal(a, 0)
        _require_no_zero(d)
        _warn(condition.of_diagonal, d)
        return b / reshape(d if trans == "N" else conj(d), (*shape_of(d), 1))
    if structure in ("upper", "lower"):
        x = _solve_triangular(a, b, structure == "lower", trans, False)
        _warn(condition.of_triangular, a, structure == "lower")
        return x
    a, factors = factored(a, structure, name)
    x = _solve.solve_by(a, factors, b, trans)
    _warn(condition.of_factors, a, factors)
    return x


@look
def _warn(estimate: Callable[..., Any], A: Any, *known: Any) -> None:
    """SciPy's warning where no digit of the solution is certain."""
    plain = innermost(A)
    if not isinstance(plain, np.ndarray) or plain.size == 0:
        return
    found = np.atleast_1d(estimate(plain, *known)).ravel()
    which = np.flatnonzero(found < np.finfo(plain.dtype).eps)
    if which.size:
        poor = [f"slice {i} has rcond = {found[i]}" for i in which]
        fact = f"An ill-conditioned matrix detected: {','.join(poor)}."
        warnings.warn(fact, scipy.linalg.LinAlgWarning, stacklevel=5)


@look
def _require_no_zero(d: Any) -> None:
    plain = innermost(d)
    if isinstance(plain, np.ndarray) and np.any(plain == 0):
        raise np.linalg.LinAlgError("A singular matrix detected: a diagonal entry is zero.")


@door(scipy.linalg.solve)
def solve(
    a: Any, b: Any, lower: Any = False, overwrite_a: Any = False, overwrite_b: Any = False,
    check_finite: Any = True, assume_a: Any = None, transposed: Any = False,
) -> Any:  # fmt: skip
    """The solution of ``a x = b``. A traced ``a`` is factored once, for the value and all derivatives.

    Detection (``assume_a=None``) never changes a derivative; a declared structure restricts it to the structure.
    """
    name = "scipy.linalg.solve"
    if assume_a not in STRUCTURES:
        raise ValueError(f"{assume_a} is not a recognized matrix structure")
    a, b = validated(a, name, check_finite), validated(b, name, check_finite)
    if len(shape_of(a)) < 2:
        a = reshape(a, (1, 1)) if not shape_of(a) else reshape(a, (1, *shape_of(a)))
    if not shape_of(b):
        b = reshape(b, (1,))
    A, B = shape_of(a), shape_of(b)
    if A[-1] != A[-2]:
        raise ValueError(f"Expected square matrix, got a1.shape={A}")
    structure = STRUCTURES[assume_a]
    common = lapack_dtype(a, b)
    a, b = retype(a, common), retype(b, common)
    if transposed and common.kind == "c":
        raise NotImplementedError(
            "scipy.linalg.solve can currently not solve a^T x = b or a^H x = b for complex matrices."
        )
    vector = len(B) == 1
    if vector:
        b = reshape(b, (*B, 1))
    if shape_of(b)[-2] != A[-1]:
        if math.prod(A) != 1:
            raise ValueError(f"incompatible shapes: a1.shape={A} and b1.shape={shape_of(b)}")
        _require_no_zero(a)
        x = b / a
        return reshape(x, shape_of(x)[:-1]) if vector else x
    batch = np.broadcast_shapes(A[:-2], shape_of(b)[:-2])
    if math.prod(A) == 0 or math.prod(shape_of(b)) == 0:
        b = broadcast_to(b, batch + shape_of(b)[-2:])
        return reshape(b, shape_of(b)[:-1]) if vector else b
    x = _solved(a, b, structure, "H" if transposed else "N", name)
    return reshape(x, shape_of(x)[:-1]) if vector else x


@door(scipy.linalg.inv)
def inv(
    a: Any, overwrite_a: Any = False, check_finite: Any = True, *, assume_a: Any = None, lower: Any = False
) -> Any:
    """The inverses of square matrices. A traced matrix is factored once, for this and for all that follows."""
    name = "scipy.linalg.inv"
    structure = STRUCTURES[assume_a]
    a = square(a, name, check_finite)
    if structure in ("diagonal", "upper", "lower"):
        identity = np.broadcast_to(np.eye(shape_of(a)[-1], dtype=dtype_of(a)), shape_of(a))
        return _solved(a, identity, structure, "N", name)
    a, factors = factored(a, structure, name)
    x = _inverse.inv(a, factors)
    _warn(condition.of_factors, a, factors)
    return x


@door(scipy.linalg.det)
def det(a: Any, overwrite_a: Any = False, check_finite: Any = True) -> Any:
    """The determinants of square matrices: polynomials, differentiable everywhere to any order."""
    if getattr(innermost(a), "dtype", np.dtype(float)).char in "gG":
        raise TypeError(
            f"det: dtype {innermost(a).dtype} is not one of LAPACK's; convert to float64 or complex128."
        )
    a = matrix(a, "scipy.linalg.det", check_finite)
    shape = shape_of(a)
    if shape[-1] != shape[-2]:
        raise ValueError(f"Last 2 dimensions of the array must be square but received shape {shape}.")
    return _determinants.det(retype(a, np.dtype("D" if dtype_of(a).kind == "c" else "d")))


__all__ = ["det", "inv", "solve", "solve_triangular"]
