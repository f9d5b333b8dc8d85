"""Sylvester equations A X + X B = C: a Schur form of each coefficient once, LAPACK's trsyl for each use.

Hermitian coefficients are diagonalised, and a solve is a division by the sums of their eigenvalues.
"""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np
from scipy.linalg import lapack

from linad.kernels.counters import count
from linad.kernels.dtypes import LETTERS, lapack_type
from linad.kernels.products import matmul
from linad.kernels.schur import Schur

Array = np.ndarray[Any, Any]

_TRSYL = {letter: getattr(lapack, f"{letter}trsyl") for letter in LETTERS}
_TRANS = {"N": "N", "H": "C"}


def common_dtype(*dtypes: np.dtype[Any]) -> np.dtype[Any]:
    """The dtype of the Schur forms of A and B, from those of A, B and C: real if A and B are."""
    dtype = lapack_type(*[np.empty(0, dtype) for dtype in dtypes])[1]
    return dtype if any(d.kind == "c" for d in dtypes[:2]) else np.empty(0, dtype).real.dtype


def solve(A: Schur, B: Schur, C: Array, trans: str) -> Array:
    """X of op(A) X + X op(B) = C, where two letters name the two ops, N or H; batches broadcast.

    Raises
    ------
    numpy.linalg.LinAlgError
        where an eigenvalue of A and one of -B meet to working precision.
    """
    dtype = A.Z.dtype
    if C.dtype.kind == "c" != dtype.kind:
        return solve(A, B, C.real, trans) + 1j * solve(A, B, C.imag, trans)
    F = matmul(matmul(H(A.Z), C.astype(dtype, copy=False)), B.Z)
    if F.size > 0:
        F = _divided(A.T, B.T, F) if A.hermitian else solved(A.T, B.T, F, trans)
    return matmul(matmul(A.Z, F), H(B.Z))


def sent_back(P: Array, Q: Array, trans: str) -> Array:
    """op(P Q^H): what a matrix receives whose op is sent that product."""
    return matmul(P, H(Q)) if trans == "N" else matmul(Q, H(P))


def H(Z: Array) -> Array:
    """The adjoint."""
    Z = Z.swapaxes(-1, -2)
    return Z.conj() if Z.dtype.kind == "c" else Z


def _divided(v: Array, w: Array, F: Array) -> Array:
    """The solutions for diagonal coefficients."""
    sums = v[..., :, None] + w[..., None, :]
    eps = np.finfo(v.dtype).eps
    largest = np.maximum(abs(v).max(-1), abs(w).max(-1))[..., None, None]
    singular = np.any(abs(sums) <= eps * largest, (-1, -2))  # the criterion of trsyl
    if singular.any():
        singular = np.broadcast_to(singular, F.shape[:-2])
        raise _meeting(tuple(int(i) for i in np.argwhere(singular)[0]))
    return F / sums


def solved(S: Array, T: Array, F: Array, trans: str) -> Array:
    """X of op(S) X + X op(T) = F for quasi-triangular S and T; batches of S and T broadcast to that of F."""
    trsyl = _TRSYL[lapack_type(F)[0]]
    batch = F.shape[:-2]
    S = np.broadcast_to(S, batch + S.shape[-2:])
    T = np.broadcast_to(T, batch + T.shape[-2:])
    X = np.empty_like(F)
    for i in np.ndindex(batch):
        Y, scale, info = trsyl(S[i], T[i], F[i], trana=_TRANS[trans[0]], tranb=_TRANS[trans[1]])
        if info > 0:
            raise _meeting(i)
        X[i] = Y if scale == 1 else Y / scale  # scaled down by LAPACK where it would overflow on the way
    count("trsyl", prod(batch))
    return X


def _meeting(where: tuple[int, ...]) -> np.linalg.LinAlgError:
    element = f" {where} of the batch" if where else ""
    return np.linalg.LinAlgError(
        f"Singular matrix: solve_sylvester: equation{element} has no unique solution: "
        "an eigenvalue of A and one of -B meet to working precision."
    )
