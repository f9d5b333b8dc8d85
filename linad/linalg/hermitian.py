"""Hermitian matrices from one triangle."""

from __future__ import annotations

from typing import Any

import numpy as np

from linad.core.space import shape_of
from linad.core.traced import Array, operand
from linad.errors import ShapeError
from linad.operations.hermitian import hermitian as _hermitian


def hermitian(A: Any, lower: bool = True) -> Any:
    """The Hermitian matrix whose lower, or upper, triangle is that of ``A``.

    Functions that read one triangle (cholesky, eigh, ldl) differentiate as functions of Hermitian matrices, and refuse
    a traced matrix that is none. This one makes it from the triangle that says all; its derivative is that of this
    triangle, with exact zeros for the other.

    Parameters
    ----------
    A
        Square matrices in the last two axes. Imaginary parts on the diagonal are left out.
    lower
        Which triangle is read.

    Examples
    --------
    >>> import numpy as np, linad as ln
    >>> import linad.linalg as la
    >>> L = np.array([[4.0, 0.0], [1.0, 3.0]])
    >>> la.hermitian(L)
    array([[4., 1.],
           [1., 3.]])
    >>> ln.grad(lambda A: np.linalg.slogdet(la.hermitian(A))[1])(L)
    array([[ 0.27272727,  0.        ],
           [-0.18181818,  0.36363636]])
    """
    A = operand(A, "hermitian")
    A = A if isinstance(A, Array) else np.asarray(A)
    shape = shape_of(A)
    if len(shape) < 2 or shape[-1] != shape[-2]:
        raise ShapeError("hermitian", f"A has shape {shape}; it must be square in the last two axes.")
    return _hermitian(A, bool(lower))


__all__ = ["hermitian"]
