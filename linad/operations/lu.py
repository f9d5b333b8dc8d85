"""LU factors with row pivoting, of matrices of any shape.

Equation    A[perm] = L U       L unit lower triangular, U upper triangular, perm held fixed
Undefined   where a leading block of A[perm] of order below min(m, n) is singular; where pivots tie, perm is a choice

The factors are an aid: one factorization serves lu, solve, det and inv of the same matrix, and all their derivatives.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np

from linad.core.errstate import asked
from linad.core.kinds import Derived, Sample, composition, reading
from linad.core.space import shape_of
from linad.kernels import batch_rules, small
from linad.kernels import lu as kernels
from linad.kernels.batch_factors import BatchFactors
from linad.kernels.lu import Factors
from linad.kernels.programs import large
from linad.operations.guards import no_tie
from linad.operations.solve import lu_factors

permutation = reading(
    "permutation",
    lambda factors: factors.perm,
    of=lu_factors,
    domain=("regular",),
    samples=tuple(Sample((shape,)) for shape in [(3, 3), (2, 3, 3), (0, 0)]),
)


def _order(factors: Factors, dtype: Any) -> Any:
    return np.argsort(factors.perm, axis=-1).astype(dtype)


def _matrix(factors: Factors, dtype: Any) -> Any:
    perm = factors.perm
    P = np.zeros((*perm.shape, perm.shape[-1]), dtype)
    if perm.ndim == 1:
        P[perm, np.arange(len(perm))] = 1
    else:
        np.put_along_axis(P, perm[..., None, :], 1, axis=-2)
    return P


_READ = tuple(Sample((shape,), (np.dtype(int),)) for shape in [(3, 3), (4, 3), (2, 3, 3), (1, 1)])
# A = (L U)[order] = P L U.
row_order = reading("row_order", _order, of=lu_factors, last=0, domain=("regular",), samples=_READ)
row_exchange = reading("row_exchange", _matrix, of=lu_factors, last=0, domain=("regular",), samples=_READ)
pivots = reading(
    "pivots",
    lambda factors: factors.pivots,
    of=lu_factors,
    domain=("regular",),
    samples=tuple(Sample((shape,)) for shape in [(3, 3), (4, 3), (2, 3, 3), (1, 1)]),
)


def _exchanged(piv: Any, m: int) -> Any:
    """The permutation that exchanges make."""
    pivots = piv.reshape(prod(piv.shape[:-1]), piv.shape[-1])
    perm = np.broadcast_to(np.arange(m), (len(pivots), m)).copy()
    which = np.arange(len(pivots))
    for i, j in enumerate(pivots.T):
        perm[:, i], perm[which, j] = perm[which, j], perm[:, i].copy()
    return perm.reshape(*piv.shape[:-1], m)


exchanged = reading(
    "exchanged",
    _exchanged,
    of=lambda A: pivots(lu_factors(A)),
    domain=("regular",),
    samples=(Sample(((3, 3),), (3,)), Sample(((2, 4, 3),), (4,))),
)


def _numeric(A: Any, factors: Factors) -> tuple[Any, Any]:
    return kernels.unpack(factors)


def _entry(args: Sequence[Any]) -> str:
    m, n = shape_of(args[0])[-2:]
    return "lu" if m == n else "lu-tall" if m > n else "lu-wide"


def _values(args: Sequence[Any], outputs: Sequence[Any]) -> tuple[Sequence[Any], Sequence[Any]]:
    """The equation's P is given by indices: P^T A is A[perm]."""
    no_tie("lu", kernels.ties, outputs[0])
    return args[:1], (permutation(args[1]), *outputs)


def _small(args: Sequence[Any], outputs: Sequence[Any], cotangents: Sequence[Any]) -> tuple[Any, ...] | None:
    factors = args[1]
    if asked("tie"):
        return None
    if isinstance(factors, BatchFactors):
        gA = batch_rules.lu(factors, *cotangents)
    elif factors.batch:
        return None
    else:
        gA = small.lu(factors.packed, factors.pivots, *outputs, *cotangents)
    return None if gA is None else (gA,)


lu_parts = composition(
    "lu",
    _numeric,
    rule=lambda: Derived(
        _entry,
        values=_values,
        outputs=(1, 2),
        pays=lambda args: large(args[0]),
        small=_small,
        fits=lambda args: small.fits(args[0]) or batch_rules.served(args[0]),
    ),
    last=1,
    outputs=2,
    domain=("regular",),
    samples=tuple(
        Sample((shape,))
        for shape in [(3, 3), (4, 3), (2, 4), (2, 3, 3), (2, 3, 2), (2, 3, 4), (1, 1), (0, 0), (3, 0), (0, 2)]
    ),
)


def lu(A: Any) -> tuple[Any, Any]:
    """L and U of matrices in the last two axes; the permutation is that of ``lu_factors(A)``."""
    L, U = lu_parts(A, lu_factors(A))
    return L, U


lu_parts.primitive.entry = lu  # type: ignore[attr-defined]  # functions of primitives carry them
