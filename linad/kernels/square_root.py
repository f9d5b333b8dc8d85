"""SciPy's square roots and signs of matrices, each with the Schur form by which their derivatives are solved."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.linalg

from linad.kernels.schur import Schur, schur

Array = np.ndarray[Any, Any]


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """A function of A, and the Schur form of a coefficient: of the root itself, or of A S for the sign S."""

    X: Array
    form: Schur

    @property
    def eigenvalues(self) -> Array:
        """Those of the coefficient."""
        T = self.form.T
        w = np.diagonal(T, 0, -2, -1)
        if T.dtype.kind == "c" or T.shape[-1] < 2:
            return w
        turning = np.diagonal(T, -1, -2, -1) * np.diagonal(T, 1, -2, -1)
        imaginary = np.sqrt(np.maximum(-turning, 0))  # of blocks [a b; c a]
        found = w + 0j
        found[..., 1:] += 1j * imaginary
        found[..., :-1] -= 1j * imaginary
        return found


def root(A: Array) -> Known:
    """The principal square roots of square matrices."""
    X = np.asarray(scipy.linalg.sqrtm(A))
    return Known(X, schur(X, X.dtype, False))


def sign(A: Array) -> Known:
    """The signs of square matrices."""
    S = A.copy() if A.size == 0 else np.stack([scipy.linalg.signm(A[i]) for i in np.ndindex(A.shape[:-2])])
    S = S.reshape(A.shape)
    return Known(S, schur(A @ S, np.result_type(A, S), False))


def root_error(A: Array, X: Array) -> Any:
    """SciPy's estimate of the error of a square root X; it has none of batches."""
    return np.linalg.norm(X @ X - A) ** 2 / np.linalg.norm(A) if A.ndim == 2 else np.inf


def sign_error(A: Array) -> Any:
    """SciPy's estimate of the error of signs."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of the option that asks for it
        return scipy.linalg.signm(A, disp=False)[1]
