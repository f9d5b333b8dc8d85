"""Logarithms of block triangular matrices: inverse scaling and squaring in a Schur basis.

    log X = 2^s log R,    R = X^(1/2^s) near I,    log(I + Y) = sum of w_j (I + t_j Y)^-1 Y,  Gauss's rule on [0, 1]

The diagonal blocks are triangular: roots of them take triangular solves, what stands above takes Sylvester equations
(Al-Mohy, Higham and Relton, 2013). Nothing is divided by a gap between eigenvalues, only by sums of their roots.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from functools import lru_cache, partial
from typing import Any

import numpy as np
import scipy.linalg

from linad.kernels.blocks import Blocks
from linad.kernels.counters import count
from linad.kernels.schur import Schur, schur
from linad.kernels.sylvester import solved
from linad.kernels.triangular import solve_triangular

Array = np.ndarray[Any, Any]

_NEAR = 0.25  # a distance from the identity at which Gauss's rule with 8 points has no error, for the value
_POINTS = 8  # and with one more for each matrix above the diagonal none for their form
_ROOTS = 100  # more than bring any representable number near one


def logm(A: Array) -> Array:
    """SciPy's logarithms of square matrices, without its word on their error, which :func:`error` tells."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "logm result may be inaccurate", RuntimeWarning)
        return _double(A) if A.size == 0 else np.asarray(scipy.linalg.logm(_double(A)))


def error(A: Array, X: Array) -> Array:
    """SciPy's estimate of the error of logarithms X: |exp X - A| / |A|, in norms of column sums."""
    with np.errstate(divide="ignore", invalid="ignore"):
        off, size = (np.max(np.sum(np.abs(Y), axis=-2), axis=-1) for Y in (scipy.linalg.expm(X) - A, A))
        return np.asarray(off / size)[()]


def _double(A: Array) -> Array:
    """A in double precision, which SciPy's results have anyway."""
    return A.astype(np.result_type(A, np.float64), copy=False)


def complex_form(A: Array) -> Schur:
    """Complex Schur forms in double precision."""
    return complex_schur(A, np.result_type(A, np.float64))


def complex_schur(A: Array, dtype: np.dtype[Any]) -> Schur:
    """Complex Schur forms; real eigenvalues of real matrices stay on the axis, so that none leaves a branch cut."""
    F = schur(A, dtype, False)
    if F.T.dtype.kind == "c":
        return F
    T, Z = (F.T + 0j, F.Z + 0j) if A.size == 0 else scipy.linalg.rsf2csf(F.T, F.Z)
    return Schur(Z, T)


def corner(A: Array, F: Schur, matrices: Sequence[Array]) -> Array:
    """The last block of the first row of the logarithm; F is the complex Schur form of A, the diagonal block.

    It is real where all matrices are, and no eigenvalue is negative.
    """
    batch = np.broadcast_shapes(F.T.shape[:-2], *[X.shape[:-2] for X in matrices])
    n = F.T.shape[-1]
    ZH = F.Z.swapaxes(-1, -2).conj()
    T, Z = (np.broadcast_to(X, (*batch, n, n)) for X in (F.T, F.Z))
    turned = [np.broadcast_to(ZH @ X @ F.Z, (*batch, n, n)).astype(F.T.dtype, copy=False) for X in matrices]
    found = np.empty((*batch, n, n), F.T.dtype)
    if found.size > 0:
        for i in np.ndindex(batch):
            found[i] = _corner(T[i], [K[i] for K in turned])
    product: Array = Z @ found @ Z.swapaxes(-1, -2).conj()
    w = np.diagonal(F.T, 0, -2, -1)
    kept = all(X.dtype.kind != "c" for X in (A, *matrices)) and not np.any((w.imag == 0) & (w.real < 0))
    return product.real if kept else product


def _corner(T: Array, matrices: Sequence[Array]) -> Array:
    X = Blocks.bidiagonal(T, matrices)
    identity = np.eye(len(T), dtype=T.dtype)
    s = 0
    while np.max(np.sum(np.abs(X.diagonal - identity), axis=0)) > _NEAR and s < _ROOTS:
        R = triangular_root(X.diagonal)
        X = X.root(R, partial(_double_sided, R))
        s += 1
    Y = X.shifted(-1.0)
    total = Y * 0.0
    for point, weight in _gauss(_POINTS + len(matrices)):
        Q = (Y * point).shifted(1.0)
        total = total + Q.solved(Y, partial(_one_sided, Q.diagonal)) * weight
    count("frechet")
    return total.corner * 2.0**s


@lru_cache
def _gauss(m: int) -> list[tuple[float, float]]:
    """Points and weights of Gauss's rule on [0, 1]."""
    t, w = np.polynomial.legendre.leggauss(m)
    return list(zip(((t + 1) / 2).tolist(), (w / 2).tolist(), strict=True))


def _one_sided(T: Array, B: Array) -> Array:
    """X of T X = B."""
    return solve_triangular(T, B, False, "N", False)


def _double_sided(T: Array, F: Array) -> Array:
    """X of T X + X T = F."""
    return solved(T, T, F, "NN")


def triangular_root(T: Array) -> Array:
    """The principal square root R of an upper triangular matrix, column by column: (R + r I) x = t."""
    R = np.zeros_like(T)
    roots = np.sqrt(np.diagonal(T))
    for j, root in enumerate(roots):
        if j:
            S = R[:j, :j] + root * np.eye(j, dtype=T.dtype)
            R[:j, j] = _one_sided(S, T[:j, j : j + 1])[:, 0]
        R[j, j] = root
    return R


def power(A: Array, t: float) -> Array:
    """SciPy's powers of square matrices."""
    return _double(A) if A.size == 0 else np.asarray(scipy.linalg.fractional_matrix_power(_double(A), t))
