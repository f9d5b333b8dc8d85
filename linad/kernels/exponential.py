"""Exponentials of block triangular matrices: scaling and squaring with Pade approximants.

    exp X = r(X / 2^s)^(2^s),    r = (V - U)^-1 (V + U),    U odd, V even of degree m      (Higham, 2005)

The corner of the exponential of a block bidiagonal matrix with k blocks above A is a divided difference of the backward
error, which is a series from degree 2m + 1 on: its norm grows by binomial(2m + 1, k), and the norm of A is made smaller
by the root of that. For k = 1 these are the bounds of Al-Mohy and Higham (2009), which depend on A alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from math import comb, factorial
from typing import Any

import numpy as np
import scipy.linalg

from linad.kernels import lu
from linad.kernels.blocks import Blocks
from linad.kernels.counters import count

Array = np.ndarray[Any, Any]

# The largest norms at which approximants of these degrees are exact to double precision (Higham, 2005, table 2.3).
_BOUNDS = {
    3: 1.495585217958292e-2,
    5: 2.539398330063230e-1,
    7: 9.504178996162932e-1,
    9: 2.097847961257068,
    13: 5.371920351148152,
}


def expm(A: Array) -> Array:
    """SciPy's exponential."""
    count("expm", max(1, int(np.prod(A.shape[:-2]))))
    found: Array = scipy.linalg.expm(A)
    return found


def corner(A: Array, matrices: Sequence[Array]) -> Array:
    """The last block of the first row of the exponential, for matrices in the last two axes; batches broadcast.

    Those of a batch that take the same approximant and number of squarings are computed together.
    """
    dtype = np.result_type(A, *matrices)
    batch = np.broadcast_shapes(A.shape[:-2], *[X.shape[:-2] for X in matrices])
    n = A.shape[-1]
    if n == 0 or 0 in batch:
        return np.zeros((*batch, n, n), dtype)
    A, *matrices = (X.astype(dtype, copy=False) for X in (A, *matrices))
    norms = np.max(np.sum(np.abs(A), axis=-2), axis=-1)
    plans = [_plan(float(x), len(matrices)) for x in norms.flat]
    if len(set(plans)) == 1:
        return _corner(A, matrices, *plans[0])
    plan = np.broadcast_to(np.array(plans).reshape(*A.shape[:-2], 2), (*batch, 2))
    A, *matrices = (np.broadcast_to(X, (*batch, n, n)) for X in (A, *matrices))
    found = np.empty((*batch, n, n), dtype)
    for m, s in sorted(set(plans)):
        own = np.all(plan == (m, s), axis=-1)
        found[own] = _corner(A[own], [X[own] for X in matrices], m, s)
    return found


def _plan(norm: float, k: int) -> tuple[int, int]:
    """The degree of the approximant and the number of squarings."""
    if not np.isfinite(norm):
        return 3, 0  # and the numbers stay what they are: not finite
    bounds = {m: b / comb(2 * m + 1, k) ** (1 / (2 * m + 1 - k)) for m, b in _BOUNDS.items() if k <= m}
    for m, bound in bounds.items():
        if norm <= bound:
            return m, 0
    m = max(bounds, default=max(_BOUNDS))
    bound = bounds.get(m, 1.0)
    return m, max(0, int(np.ceil(np.log2(norm / bound))))


def _corner(A: Array, matrices: Sequence[Array], m: int, s: int) -> Array:
    X = Blocks.bidiagonal(A, matrices) * 0.5**s
    U, V = _pade(X, m)
    Q = V + U * -1.0
    F = lu.factor(Q.diagonal)
    R = Q.solved(V + U, lambda B: F.apply(B, "N"))
    for _ in range(s):
        R = R @ R
    count("frechet", max(1, int(np.prod(A.shape[:-2]))))
    return R.corner


@lru_cache
def _coefficients(m: int) -> list[float]:
    """Those of the numerator, divided by the first."""
    choices = [factorial(2 * m - i) * comb(m, i) for i in range(m + 1)]
    return [c / choices[0] for c in choices]


def _pade(X: Blocks, m: int) -> tuple[Blocks, Blocks]:
    """The odd and the even part of the numerator."""
    b = _coefficients(m)
    powers = [X @ X]
    while len(powers) < (3 if m == 13 else m // 2):
        powers.append(powers[-1] @ powers[0])
    odd, even = _series(powers, b[1::2]), _series(powers, b[0::2])
    if m == 13:  # the powers above the sixth are products with it
        odd = odd + powers[2] @ _series(powers, [0.0, *b[9::2]])
        even = even + powers[2] @ _series(powers, [0.0, *b[8::2]])
    return X @ odd, even


def _series(powers: Sequence[Blocks], b: Sequence[float]) -> Blocks:
    """b0 + b1 X^2 + b2 X^4 + ..., as far as there are powers."""
    total = powers[0] * b[1]
    for X, c in zip(powers[1:], b[2:], strict=False):
        total = total + X * c
    return total.shifted(b[0])
