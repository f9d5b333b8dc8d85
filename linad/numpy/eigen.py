"""numpy.linalg's eigenvalues and eigenvectors."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.linalg._linalg import EighResult, EigResult

from linad.core.dispatch import door
from linad.core.space import retype, shape_of
from linad.kernels.eigen import Request
from linad.numpy.axes import as_operand
from linad.operations import eig as _eig
from linad.operations import eigh as _eigh
from linad.operations.guards import require_finite
from linad.operations.hermitian import require_hermitian


def _square(a: Any, name: str) -> Any:
    """Square matrices in a dtype of LAPACK, with NumPy's errors."""
    a = as_operand(a, f"numpy.linalg.{name}")
    shape = shape_of(a)
    if len(shape) < 2:
        raise np.linalg.LinAlgError(
            f"{len(shape)}-dimensional array given. Array must be at least two-dimensional"
        )
    if shape[-1] != shape[-2]:
        raise np.linalg.LinAlgError("Last 2 dimensions of the array must be square")
    if a.dtype.char in "fdFD":
        return a
    if a.dtype.kind in "fc":
        raise TypeError(f"array type {a.dtype.name} is unsupported in linalg")
    return retype(a, np.dtype(np.float64))


def _hermitian(a: Any, UPLO: Any, name: str) -> tuple[Any, Any]:
    UPLO = UPLO.upper()
    if UPLO not in ("L", "U"):
        raise ValueError("UPLO argument must be 'L' or 'U'")
    a = _square(a, name)
    require_hermitian(a, name)
    w, V = _eigh.eigh(a, Request(UPLO == "L"))
    return w, V


@door(np.linalg.eigh)
def eigh(a: Any, UPLO: Any = "L") -> Any:
    """Eigenvalues and eigenvectors of Hermitian matrices.

    A traced ``a`` must be Hermitian, not only in the triangle that is read; its gradient is. A cost that depends on
    signs or phases of eigenvectors is reported, and so is one without a derivative where eigenvalues are equal:
    functions that treat these alike have one. ``linad.linalg.spectral`` has all derivatives there.
    """
    return EighResult(*_hermitian(a, UPLO, "eigh"))


@door(np.linalg.eigvalsh)
def eigvalsh(a: Any, UPLO: Any = "L") -> Any:
    """Eigenvalues of Hermitian matrices. Where some are equal, functions that treat them alike have derivatives."""
    return _hermitian(a, UPLO, "eigvalsh")[0]


def _general(a: Any, name: str) -> tuple[Any, Any]:
    a = _square(a, name)
    require_finite(a, np.linalg.LinAlgError, "Array must not contain infs or NaNs")
    w, V = _eig.eig(a, scipys=False)
    return w, V


@door(np.linalg.eig)
def eig(a: Any) -> Any:
    """Eigenvalues and eigenvectors of length one.

    A cost must not depend on signs or phases of eigenvectors. Defective matrices have no derivative.
    """
    return EigResult(*_general(a, "eig"))


@door(np.linalg.eigvals)
def eigvals(a: Any) -> Any:
    """Eigenvalues of square matrices. Defective matrices have no derivative."""
    return _general(a, "eigvals")[0]


__all__ = ["eig", "eigh", "eigvals", "eigvalsh"]
