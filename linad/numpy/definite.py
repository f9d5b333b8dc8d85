"""numpy.linalg's functions of Hermitian positive definite matrices."""

from __future__ import annotations

from typing import Any

import numpy as np

from linad.core.dispatch import door
from linad.core.space import retype, shape_of
from linad.numpy.axes import as_operand
from linad.operations import cholesky as _cholesky
from linad.operations.hermitian import require_hermitian


@door(np.linalg.cholesky)
def cholesky(a: Any, /, *, upper: Any = False) -> Any:
    """The factor of ``a = L L^H``, or with ``upper`` of ``a = U^H U``.

    A traced ``a`` must be Hermitian, not only in the triangle that is read; its gradient is.
    """
    a = as_operand(a, "numpy.linalg.cholesky")
    shape = shape_of(a)
    if len(shape) < 2:
        raise np.linalg.LinAlgError(
            f"{len(shape)}-dimensional array given. Array must be at least two-dimensional"
        )
    if shape[-1] != shape[-2]:
        raise np.linalg.LinAlgError("Last 2 dimensions of the array must be square")
    if a.dtype.char not in "fdFD":
        if a.dtype.kind in "fc":
            raise TypeError(f"array type {a.dtype.name} is unsupported in linalg")
        a = retype(a, np.dtype(np.float64))
    require_hermitian(a, "cholesky")
    return _cholesky.factorize(a, "upper" if upper else "lower")


__all__ = ["cholesky"]
