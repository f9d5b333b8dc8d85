"""Hessenberg forms A = Q H Q^H by LAPACK's gehrd, and turns of their bases, column by column.

The first column of Q is e1, as LAPACK leaves it, and that of S zero. The subdiagonal of a complex H is real. So
nothing is free where it is not zero. Matrices up to order two are Hessenberg, and Q is the identity.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
import scipy.linalg

from linad.kernels.counters import count
from linad.kernels.turns import Limits

Array = np.ndarray[Any, Any]


@dataclass(frozen=True, slots=True, eq=False)
class Hessenberg:
    """A = Z T Z^H for each matrix of a batch: T is zero below its subdiagonal."""

    Z: Array
    T: Array

    @property
    def pattern(self) -> Beneath:
        """The entries that T may have."""
        return Beneath()


def hessenberg(A: Array) -> Hessenberg:
    """The Hessenberg forms of square matrices in the last two axes."""
    Z = np.empty(A.shape, A.dtype).swapaxes(-1, -2)  # the order of LAPACK for each matrix
    T = np.empty_like(Z)
    if A.size > 0:
        for i in np.ndindex(A.shape[:-2]):
            T[i], Z[i] = scipy.linalg.hessenberg(A[i], calc_q=True, check_finite=False)
        count("gehrd", prod(A.shape[:-2]))
    return Hessenberg(Z, T)


class Beneath:
    """Matrices with zeros beneath a subdiagonal, which is real."""

    __slots__ = ()

    def allowed(self, X: Array) -> Array:
        """Without what is beneath the subdiagonal, and without its imaginary part."""
        n = X.shape[-1]
        Y = np.triu(X, -1)
        if n > 2 and Y.dtype.kind == "c":
            k = np.arange(n - 1)
            Y[..., k + 1, k] = Y[..., k + 1, k].real
        return Y

    def turning(self, n: int) -> Array:
        """Which entries of a turn may differ from zero."""
        found = np.full((n, n), n > 2)
        found[:1] = found[:, :1] = False
        return found

    def of_element(self, where: tuple[int, ...], batch: tuple[int, ...]) -> Beneath:
        return self

    def kink(self, T: Array, G: Array, limits: Limits) -> tuple[int, int] | None:
        """A subdiagonal entry that is zero, which is a length, and what is beyond it, but for its trace, are seen."""
        n = len(T)
        for j in range(_determined(T) if n > 2 else 0):
            if abs(T[j + 1, j].real) <= limits.divisor:
                beyond = G.copy()
                beyond[: j + 2, : j + 1] = 0
                beyond[j + 1, j] = G[j + 1, j].real
                k = np.arange(j + 1, n)
                beyond[k, k] -= np.mean(beyond[k, k])
                return (j + 1, j) if np.max(np.abs(beyond)) > limits.numerator else None
        return None

    def solve(self, T: Array, M: Array, trans: str, limits: Limits) -> tuple[Array, tuple[int, int] | None]:
        """S or N; a column is not determined where the subdiagonal entry before it is zero."""
        if len(T) < 3:
            return np.zeros_like(T), None
        return (_turned if trans == "N" else _adjoint)(T, M, limits)


def _turned(T: Array, M: Array, limits: Limits) -> tuple[Array, tuple[int, int] | None]:
    """The lower triangle X of S: X[i, j+1] h = (M + T S - S T)[i, j] without that term, h = T[j+1, j]."""
    n, X, missing = len(T), np.zeros(T.shape, T.dtype, order="F"), None
    for j in range(_determined(T)):
        rows, h = slice(j + 1, n), T[j + 1, j].real
        right = M[rows, j] + T[rows, j:] @ X[j:, j] - X[rows, : j + 1] @ T[: j + 1, j]
        if abs(h) > limits.divisor:
            right[0] = _imaginary(right[0])
            X[rows, j + 1] = right / h
        elif missing is None and limits.exceeded(float(np.max(np.abs(right))), X):
            missing = (j + 1, j)  # or h itself moves, the length of a vector: it has a kink there
    L = np.tril(X, -1)
    return X - L.T.conj(), missing


def _adjoint(T: Array, G: Array, limits: Limits) -> tuple[Array, tuple[int, int] | None]:
    """N[i, j] h = (skew(G) - N T^H + T^H N)[i, j+1] without that term, from the last column on."""
    n, N, missing = len(T), np.zeros(T.shape, T.dtype, order="F"), None
    for j in reversed(range(_determined(T))):
        k, rows, h = j + 1, slice(j + 1, n), T[j + 1, j].real
        right = G[rows, k] - G[k, rows].conj() - N[rows, k:] @ T[k, k:].conj()
        right[1:] += T[k + 1 :, k + 1 :].T.conj() @ N[k + 1 :, k]
        right[0] = _imaginary(G[k, k] - N[k, k:] @ T[k, k:].conj() + T[k + 1 :, k].conj() @ N[k + 1 :, k])
        if abs(h) > limits.divisor:
            N[rows, j] = right / h
        elif missing is None and limits.exceeded(float(np.max(np.abs(right))), N):
            missing = (k, j)
    return N, missing


def _determined(T: Array) -> int:
    """How many columns of the basis the subdiagonal determines: the phase of the last one too."""
    return len(T) - (1 if np.iscomplexobj(T) else 2)


def _imaginary(x: Any) -> Any:
    return 1j * x.imag if np.iscomplexobj(x) else 0
