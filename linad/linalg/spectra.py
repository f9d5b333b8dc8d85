"""Functions of Hermitian matrices through their eigenvalues."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from linad.core.space import retype, shape_of
from linad.core.traced import Array, operand
from linad.errors import ShapeError
from linad.linalg.arguments import lapack_dtype
from linad.operations.hermitian import require_hermitian
from linad.operations.spectral import spectral as _spectral


def spectral(f: Callable[[Any], Any], A: Any) -> Any:
    """f(A) = V diag(f(w)) V^H for a Hermitian ``A`` = V diag(w) V^H.

    Derivatives are exact to every order whatever eigenvalues are equal: they are made of divided differences of ``f``,
    whose derivatives linad takes.

    Parameters
    ----------
    f
        A smooth function of one real variable, in NumPy's elementwise functions; it may give complex numbers. It is
        called with arrays of several shapes. A step between eigenvalues gives the projector of a cluster.
    A
        Hermitian matrices in the last two axes, ``(..., n, n)``. Their gradient is Hermitian.

    Notes
    -----
    The value costs an eigendecomposition, a first derivative four products of matrices, a second one n^3 divided
    differences.

    Examples
    --------
    >>> import numpy as np, linad as ln
    >>> import linad.linalg as la
    >>> A = np.eye(2)
    >>> ln.grad(lambda A: la.spectral(np.sqrt, A)[0, 1])(A)
    array([[0.  , 0.25],
           [0.25, 0.  ]])
    >>> lower = lambda A: la.spectral(lambda w: np.where(w < 2, 1.0, 0.0), A)
    >>> lower(np.diag([1.0, 1.0, 3.0]))
    array([[1., 0., 0.],
           [0., 1., 0.],
           [0., 0., 0.]])
    """
    A = operand(A, "spectral")
    A = A if isinstance(A, Array) else np.asarray(A)
    shape = shape_of(A)
    if len(shape) < 2 or shape[-1] != shape[-2]:
        raise ShapeError("spectral", f"A has shape {shape}; it must be square in the last two axes.")
    A = retype(A, lapack_dtype(A))
    require_hermitian(A, "spectral")
    return _spectral(f, A)


__all__ = ["spectral"]
