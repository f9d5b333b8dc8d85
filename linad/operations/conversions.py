"""Real forms made complex, and complex ones real.

Equation    T' = V^H T V,  Z' = Z V            V of rotations of the blocks of T, T' triangular    complex_schur
            w' = diag(Re w) + Im w on pairs,  v' = Re(v U)                                          real_eigen

Which entries make blocks or pairs, and which eigenvalue of a block comes first, is discrete and held fixed. A rotation
has the columns (mu, c) / r and what is orthogonal to it, where mu + d is the first eigenvalue of a block [a b; c d].
"""

from __future__ import annotations

from typing import Any

import numpy as np

from linad.core.kinds import Sample, discrete, look, reading
from linad.core.space import conj, dtype_of, shape_of
from linad.errors import NoRuleError
from linad.kernels import conversions as kernels
from linad.operations.contractions import H, matmul
from linad.operations.elementwise import imag, not_equal, real, sqrt, where
from linad.operations.shape import concatenate, diagonal, from_diagonal, reshape, triu
from linad.operations.ties import numbers

_ROUNDING = 10.0  # of entries that are not looked at, in units of n eps of the largest

corners = discrete(
    "corners",
    kernels.corners,
    domain=("turning",),
    samples=tuple(Sample((shape,)) for shape in [(2, 2), (1, 1), (0, 0)]),
)
partners = discrete("partners", kernels.partners, samples=(Sample(((2,),)), Sample(((0,),))), dtypes="f")
_halves = reading(
    "halves",
    kernels.halves,
    of=lambda x: partners(concatenate(0, x + 1j, x - 1j)),
    samples=(Sample(((2,),)), Sample(((0,),))),
    dtypes="f",
)


def complex_schur(T: Any, Z: Any) -> tuple[Any, Any]:
    """The complex Schur form for a real one; both in a complex dtype."""
    _require_quasi_triangular(T)
    n, axis = shape_of(T)[-1], len(shape_of(T)) - 2
    if n < 2:
        return T, Z
    signs = corners(T)
    block = not_equal(signs, 0)
    d, b, c = diagonal(T, 0), diagonal(T, 1), diagonal(T, -1)
    half = where(block, (d[..., : n - 1] - d[..., 1:]) / 2, 0)
    mu = half + signs * sqrt(where(block, half * half + b * c, 1))
    c = where(block, c, 0)
    mu = where(block, mu, 1)
    r = sqrt(real(mu * conj(mu)) + real(c * conj(c)))
    mu, c = mu / r, c / r
    end = np.ones((*shape_of(d)[:-1], 1), dtype_of(T))
    own = concatenate(axis, mu, end) * concatenate(axis, end, conj(mu))
    V = from_diagonal(own, 0, (n, n)) + from_diagonal(conj(c), -1, (n, n)) - from_diagonal(conj(c), 1, (n, n))
    return triu(matmul(H(V), matmul(T, V)), 0), matmul(Z, V)


@look
def _require_quasi_triangular(T: Any) -> None:
    plain = numbers(T)
    if plain is None or plain.size == 0:
        return
    n = plain.shape[-1]
    limit = _ROUNDING * n * float(np.finfo(plain.dtype).eps) * float(np.max(np.abs(plain)))
    block = kernels.corners(plain) != 0
    if np.any(np.abs(np.tril(plain, -2)) > limit) or np.any(block[..., 1:] & block[..., :-1]):
        raise NoRuleError(
            "scipy.linalg.rsf2csf",
            "T is not quasi-triangular: blocks of more than two rows have no rotation that makes them triangular.",
            "Take T and Z of linad.linalg.schur, or schur(a, output='complex').",
        )


def real_eigen(w: Any, v: Any) -> tuple[Any, Any]:
    """Blocks of order two for pairs of complex eigenvalues, and real columns for their eigenvectors."""
    n = shape_of(w)[-1]
    pairs = partners(w)
    rows = reshape(imag(w), (*shape_of(w), 1))
    return from_diagonal(real(w), 0, (n, n)) + rows * pairs, real(matmul(v, _halves(pairs)))
