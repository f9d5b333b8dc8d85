"""The exponential of matrices, its derivative and condition, and the functions that SciPy makes of exponentials."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import scipy.linalg

from linad.core.dispatch import door
from linad.core.space import dtype_of, retype, shape_of
from linad.linalg.arguments import lapack_dtype, validated
from linad.linalg.eigen import outputs
from linad.operations import exponential as _exponential
from linad.operations.elementwise import exp
from linad.operations.shape import reshape

_METHODS = (None, "SPS", "blockEnlarge")


def squares(A: Any, name: str, error: str, check_finite: Any = False) -> Any:
    """Square matrices in a dtype of LAPACK, with SciPy's errors; batches in front."""
    A = validated(A, name, check_finite)
    shape = shape_of(A)
    if math.prod(shape[:-2]) == 0:
        raise ValueError(f"`{name}` does not support zero-size batches.")
    if len(shape) < 2 or shape[-1] != shape[-2]:
        raise ValueError(error)
    return A if dtype_of(A) == lapack_dtype(A) else retype(A, lapack_dtype(A))


def _square(A: Any, name: str) -> Any:
    return squares(A, name, "expected square array_like input")


def _doubles(A: Any) -> Any:
    """In double precision, as SciPy's results are."""
    return retype(A, np.result_type(dtype_of(A), np.float64))


@door(scipy.linalg.expm)
def expm(A: Any) -> Any:
    """The exponential, of any square matrix; batched. A first derivative costs three times as much."""
    A = validated(A, "expm", False)
    shape = shape_of(A)
    if len(shape) < 2 and math.prod(shape) == 1:
        return _doubles(reshape(exp(A), (1, 1)))
    if len(shape) < 2:
        raise np.linalg.LinAlgError("The input array must be at least two-dimensional")
    if shape[-1] != shape[-2]:
        raise np.linalg.LinAlgError("Last 2 dimensions of the array must be square")
    return _exponential.expm(A if dtype_of(A) == lapack_dtype(A) else retype(A, lapack_dtype(A)))


@door(scipy.linalg.expm_frechet)
def expm_frechet(
    A: Any, E: Any, method: Any = None, compute_expm: Any = True, check_finite: Any = True
) -> Any:
    """``expm(A)`` and its derivative along ``E``, or with ``compute_expm=False`` the derivative alone.

    It is linear in E, and its own derivative in A is a second derivative of the exponential. Both methods of SciPy
    name one computation.
    """
    A, E = (validated(X, "expm_frechet", check_finite) for X in (A, E))
    batch = np.broadcast_shapes(shape_of(A)[:-2], shape_of(E)[:-2])
    if math.prod(batch) == 0:
        raise ValueError("`expm_frechet` does not support zero-size batches.")
    for name, X in (("A", A), ("E", E)):
        if len(shape_of(X)) < 2 or shape_of(X)[-1] != shape_of(X)[-2]:
            raise ValueError(f"expected {name} to be a square matrix")
    if shape_of(A)[-1] != shape_of(E)[-1]:
        raise ValueError("expected A and E to be the same shape")
    if method not in _METHODS:
        raise ValueError(f"Unknown implementation {method}")
    A, E = _doubles(A), _doubles(E)
    derivative = _exponential.frechet(A, E)
    if not compute_expm:
        return derivative
    value = _exponential.expm(A)
    return outputs((value + np.zeros((*batch, 1, 1)), derivative), derivative)


@door(scipy.linalg.expm_cond)
def expm_cond(A: Any, check_finite: Any = True) -> Any:
    """The relative condition number of the exponential in the Frobenius norm: n^2 derivatives, in one call."""
    A = squares(A, "expm_cond", "expected a square matrix", check_finite)
    if shape_of(A)[-1] == 0:
        raise ValueError("need at least one array to concatenate")
    return _exponential.condition(_doubles(A))


@door(scipy.linalg.cosm)
def cosm(A: Any) -> Any:
    """The cosine: by the exponential of iA, of which it is the real part for real A."""
    return _exponential.cosm(_square(A, "cosm"))


@door(scipy.linalg.sinm)
def sinm(A: Any) -> Any:
    """The sine: by the exponential of iA, of which it is the imaginary part for real A."""
    return _exponential.sinm(_square(A, "sinm"))


@door(scipy.linalg.tanm)
def tanm(A: Any) -> Any:
    """The tangent: the cosine's inverse times the sine, by a solve."""
    return _exponential.tanm(_square(A, "tanm"))


@door(scipy.linalg.coshm)
def coshm(A: Any) -> Any:
    """The hyperbolic cosine, by two exponentials."""
    return _exponential.coshm(_square(A, "coshm"))


@door(scipy.linalg.sinhm)
def sinhm(A: Any) -> Any:
    """The hyperbolic sine, by two exponentials."""
    return _exponential.sinhm(_square(A, "sinhm"))


@door(scipy.linalg.tanhm)
def tanhm(A: Any) -> Any:
    """The hyperbolic tangent: the cosine's inverse times the sine, by a solve."""
    return _exponential.tanhm(_square(A, "tanhm"))


__all__ = ["coshm", "cosm", "expm", "expm_cond", "expm_frechet", "sinhm", "sinm", "tanhm", "tanm"]
