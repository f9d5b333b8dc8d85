"""SciPy's square roots and signs of matrices, each with the Schur form by which their derivatives are solved."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import scipy.linalg

from linad.kernels.schur import Schur, schur

Array = np.ndarray[Any, Any]


class Known:
    """A function X of A, and the Schur form of a coefficient: of the root X itself, or of A X for the sign X.

    The form is computed when a derivative first needs it.
    """

    __slots__ = ("X", "_coefficient", "_form")

    def __init__(self, X: Array, coefficient: Array) -> None:
        self.X, self._coefficient = X, coefficient
        self._form: Schur | None = None

    @property
    def form(self) -> Schur:
        if self._form is None:
            self._form = schur(self._coefficient, self._coefficient.dtype, False)
        return self._form

    @property
    def eigenvalues(self) -> Array:
        """Those of the coefficient; zeros where it is not finite, since A had no root."""
        if not np.isfinite(self._coefficient).all():
            return np.zeros(self._coefficient.shape[:-1], self._coefficient.dtype)
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
    return Known(X, X)


def sign(A: Array) -> Known:
    """The signs of square matrices."""
    S = A.copy() if A.size == 0 else np.stack([scipy.linalg.signm(A[i]) for i in np.ndindex(A.shape[:-2])])
    S = S.reshape(A.shape)
    return Known(S, A @ S)


def root_error(A: Array, X: Array) -> Any:
    """SciPy's estimate of the error of a square root X; it has none of batches."""
    return np.linalg.norm(X @ X - A) ** 2 / np.linalg.norm(A) if A.ndim == 2 else np.inf


def sign_error(A: Array) -> Any:
    """SciPy's estimate of the error of a sign; None where it gives none, since its first method did."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of the option that asks for it
        found = scipy.linalg.signm(A, disp=False)
    return None if isinstance(found, np.ndarray) else found[1]
