"""Generalized Schur forms A = Q S Z^H, B = Q T Z^H by LAPACK's gges and tgsen, and the Schur form that is in them."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
import scipy.linalg
from scipy.linalg import lapack

from linad.kernels.counters import count
from linad.kernels.dtypes import LETTERS, lapack_type
from linad.kernels.qr import Factors
from linad.kernels.schur import Schur

Array = np.ndarray[Any, Any]

_TRTRS = {letter: getattr(lapack, f"{letter}trtrs") for letter in LETTERS}
_ANGLES = np.pi * np.arange(8) / 8


@dataclass(frozen=True, slots=True, eq=False)
class Pencil:
    """The forms of each pair of a batch, and a combination C = c B + s A of each that is far from singular.

    With D = c A - s B, U = c T + s S and V = c S - s T, a Schur form is D C^-1 = Q (V U^-1) Q^H, and C = Q U Z^H.
    """

    S: Array
    T: Array
    Q: Array
    Z: Array
    alpha: Array | None
    beta: Array | None
    c: Array
    s: Array
    form: Schur
    factors: Factors

    @property
    def blocks(self) -> bool:
        """Whether some form is only quasi-triangular."""
        return bool(np.any(np.diagonal(self.S, -1, -2, -1)))

    @property
    def singular(self) -> bool:
        """Whether some pair has a generalized eigenvalue 0 / 0 to rounding."""
        v, w = (np.abs(np.diagonal(X, 0, -2, -1)) for X in (self.S, self.T))
        largest = np.maximum(np.linalg.norm(self.S, axis=(-2, -1)), np.linalg.norm(self.T, axis=(-2, -1)))
        return bool(np.any(np.maximum(v, w) <= np.finfo(v.dtype).eps * largest[..., None]))


def decompose(A: Array, B: Array, output: str, sort: Any) -> Pencil:
    """The forms of pairs of square matrices in the last two axes; sorted where ``sort`` is not None."""
    batch = np.broadcast_shapes(A.shape[:-2], B.shape[:-2])
    A, B = (np.broadcast_to(X, batch + X.shape[-2:]) for X in (A, B))
    found = [
        scipy.linalg.qz(A[i], B[i], output) if sort is None else scipy.linalg.ordqz(A[i], B[i], sort, output)
        for i in np.ndindex(batch)
    ]
    count("gges", prod(batch))
    parts = [np.stack(part).reshape(batch + part[0].shape) for part in zip(*found, strict=True)]
    S, T, *between, Q, Z = parts
    alpha, beta = between or (None, None)
    c, s = _combination(S, T)
    U = np.triu(c * T + s * S)
    form = Schur(Q, _quotients(np.triu(c * S - s * T), U))
    flipped = Factors(np.array(Z[..., ::-1]), np.array(U.conj().swapaxes(-1, -2)[..., ::-1, ::-1]), None)
    return Pencil(S, T, Q, Z, alpha, beta, c, s, form, flipped)


def _combination(S: Array, T: Array) -> tuple[Array, Array]:
    """The c and s, of eight pairs, for which the smallest diagonal entry of c T + s S is largest."""
    v, w = (np.diagonal(X, 0, -2, -1)[..., None, :] for X in (S, T))
    c, s = (f(_ANGLES).astype(S.real.dtype)[:, None] for f in (np.cos, np.sin))
    best = np.argmax(np.min(np.abs(c * w + s * v), -1, initial=np.inf), -1)
    return c[best][..., None], s[best][..., None]


def _quotients(V: Array, U: Array) -> Array:
    """V U^-1 for upper triangular matrices; zero where U is singular, and nothing is differentiable."""
    X = np.zeros_like(V)
    trtrs = _TRTRS[lapack_type(V)[0]]
    for i in np.ndindex(V.shape[:-2]):
        Y, info = trtrs(U[i], V[i].T, lower=0, trans=1)
        if info == 0:
            X[i] = np.triu(Y.T)
    return X
