"""Logarithm, square root, powers and sign of matrices, and functions that a callable gives."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np
import scipy.linalg

from linad.core.dispatch import door
from linad.core.space import dtype_of, retype, shape_of
from linad.core.traced import Array, operand
from linad.errors import ArgumentError, ShapeError
from linad.linalg.arguments import lapack_dtype, validated
from linad.linalg.eigen import outputs
from linad.linalg.exponentials import squares
from linad.operations import logarithm as _logarithm
from linad.operations import matrix_function as _function
from linad.operations import square_root as _root

_UNSET: Any = object()
_ERROR = 1e3  # an estimate of an error of which SciPy speaks, in units of eps


def _nonempty(A: Any, error: str) -> Any:
    if shape_of(A)[-1] == 0:
        raise ValueError(error)
    return A


def _shown(disp: Any, *others: tuple[str, Any]) -> bool:
    """Whether a result comes alone; with SciPy's words on options that it will drop."""
    for name, option in (("disp", disp), *others):
        if option is not _UNSET:
            why = "is unused by the algorithm and" if name == "blocksize" else ""
            warnings.warn(
                " ".join(
                    f"The `{name}` argument is deprecated {why} will be removed in SciPy 1.18.0.".split()
                ),
                DeprecationWarning,
                stacklevel=4,
            )
    return disp is _UNSET or bool(disp)


def _doubtful(error: Any, eps: Any) -> list[Any]:
    """Estimates of errors of which SciPy speaks; of a recorded graph there are none yet."""
    return [] if isinstance(error, Array) else [e for e in np.ravel(error) if not e < _ERROR * eps]


@door(scipy.linalg.logm)
def logm(A: Any, disp: Any = _UNSET) -> Any:
    """The principal logarithm; with ``disp=False`` also an estimate of its error, plain.

    No derivative exists where an eigenvalue is zero, or a negative real number.
    """
    A = _nonempty(
        squares(A, "logm", "expected a square matrix"), "attempt to get argmax of an empty sequence"
    )
    shown = _shown(disp)
    X = _logarithm.logm(A)
    error = _logarithm.error(A, X)
    if not shown:
        return outputs((X, error), A)
    for e in _doubtful(error, np.finfo(float).eps):
        message = f"logm result may be inaccurate, approximate err = {e}"
        warnings.warn(message, RuntimeWarning, stacklevel=3)
    return X


@door(scipy.linalg.sqrtm)
def sqrtm(A: Any, disp: Any = _UNSET, blocksize: Any = _UNSET) -> Any:
    """The principal square root; with ``disp=False`` also an estimate of its error, plain.

    No derivative exists where an eigenvalue is zero, or a negative real number.
    """
    shown = _shown(disp, ("blocksize", blocksize))
    A = validated(A, "sqrtm", False)
    shape = shape_of(A)
    if len(shape) < 2 and math.prod(shape) == 1:
        raise ShapeError(
            "sqrtm", "A is one number, of which SciPy gives the exponential.", "Pass a matrix of order one."
        )
    if len(shape) < 2:
        raise np.linalg.LinAlgError("The input array must be at least two-dimensional")
    if shape[-1] != shape[-2]:
        raise np.linalg.LinAlgError("Last 2 dimensions of the array must be square")
    A = A if dtype_of(A) == lapack_dtype(A) else retype(A, lapack_dtype(A))
    X = _root.sqrtm(A)
    return X if shown else (X, _root.error(A, X))


@door(scipy.linalg.signm)
def signm(A: Any, disp: Any = _UNSET) -> Any:
    """The sign: 1 for eigenvalues in the right half-plane, -1 in the left.

    With ``disp=False`` also an estimate of its error, plain, where SciPy has one: where it iterates.
    No derivative exists where an eigenvalue is on the imaginary axis: there the sign jumps.
    """
    A = squares(A, "signm", "expected square array_like input")
    A = _nonempty(A, "zero-size array to reduction operation maximum which has no identity")
    shown = _shown(disp)
    S = _root.signm(A)
    error = None if shown else _root.sign_error(A)
    return S if error is None else outputs((S, error), A)


@door(scipy.linalg.fractional_matrix_power)
def fractional_matrix_power(A: Any, t: Any) -> Any:
    """``A`` to the real power ``t``, which may be traced too.

    A plain integer power is a product. Else no derivative exists where an eigenvalue of A is zero, or negative.
    """
    A = squares(A, "fractional_matrix_power", "expected square array_like input")
    if not isinstance(t, Array) and t == int(t):
        return np.linalg.matrix_power(A, int(t))
    t = operand(t, "fractional_matrix_power")
    if shape_of(t) != () or dtype_of(t).kind == "c":
        raise ArgumentError(
            "fractional_matrix_power", "the power must be a real number.", "expm(t * logm(A))."
        )
    return _logarithm.power(_nonempty(A, "index -1 is out of bounds for axis 0 with size 0"), t)


@door(scipy.linalg.funm)
def funm(A: Any, func: Any, disp: Any = True) -> Any:
    """The function of a matrix that ``func`` is of a complex number; with ``disp=False`` also SciPy's error, plain.

    ``func`` acts on arrays of complex numbers. Its derivatives are needed, and linad takes them: it must be written in
    NumPy's functions. At a defective A a derivative is refused.
    """
    A = squares(A, "funm", "expected square array_like input")
    A = _nonempty(A, "index 0 is out of bounds for axis 0 with size 0")
    X, error = _function.funm(func, A), _function.error(A, func)
    if not disp:
        return outputs((X, error), A)
    for e in _doubtful(error, np.finfo(dtype_of(X)).eps):
        print("funm result may be inaccurate, approximate err =", e)
    return X


__all__ = ["fractional_matrix_power", "funm", "logm", "signm", "sqrtm"]
