"""Bases of eigenvectors, A = V diag(w) V^-1, unitary where A is normal to rounding; V is factored, not inverted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.linalg

from linad.kernels import lu
from linad.kernels.counters import count
from linad.kernels.logarithm import complex_schur

Array = np.ndarray[Any, Any]

_ROUNDING = 8.0  # of the triangle of a normal matrix, in units of n eps of its largest entry


@dataclass(frozen=True, slots=True, eq=False)
class Basis:
    """Eigenvalues, eigenvectors of length one, and their LU factors."""

    w: Array
    V: Array
    factors: lu.AnyFactors

    def into(self, X: Array) -> Array:
        """V^-1 X V."""
        return self.factors.apply(X @ self.V, "N")

    def out_of(self, K: Array) -> Array:
        """V K V^-1."""
        found = self.factors.apply((self.V @ K).swapaxes(-1, -2), "T")
        return found.swapaxes(-1, -2)


def basis(A: Array) -> Basis:
    """Bases of eigenvectors of square matrices in the last two axes, complex."""
    F = complex_schur(A, np.result_type(A, np.float32))
    w, V = np.array(np.diagonal(F.T, 0, -2, -1)), F.Z.copy()
    n, eps = A.shape[-1], float(np.finfo(V.dtype).eps)
    for i in np.ndindex(A.shape[:-2]):
        size = np.max(np.abs(F.T[i]), initial=0)
        if np.max(np.abs(np.triu(F.T[i], 1)), initial=0) > _ROUNDING * n * eps * size:
            w[i], V[i] = scipy.linalg.eig(A[i])
            count("geev")
    return Basis(w, V, lu.factor(V))


def funm(A: Array, f: Any) -> tuple[Array, Array]:
    """SciPy's values of a function of square matrices, and its estimates of their errors."""
    if A.size == 0:
        return A.copy(), np.zeros(A.shape[:-2])
    found = [scipy.linalg.funm(A[i], f, disp=False) for i in np.ndindex(A.shape[:-2])]
    values, errors = zip(*found, strict=True)
    return np.stack(values).reshape(A.shape), np.array(errors).reshape(A.shape[:-2])
