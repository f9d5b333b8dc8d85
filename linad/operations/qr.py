"""QR factors of matrices of any shape, with column pivoting or without, thin or complete.

Equation    A[:, perm] = Q R    Q^H Q = I, R upper triangular, its diagonal real and of either sign, perm held fixed
Undefined   where a pivot is zero: the leading min(m, n) columns of A[:, perm] are dependent

Columns Q2 of Q that A does not determine are those of a complete Q of a tall A, and of a matrix whose rank is not full.
They stand for any orthonormal basis of what Q1 leaves: a cost must not depend on which. With C = Q2 held constant,

    [A1 C] = [Q1 Q2] [R1 0; 0 I]

is a QR factorization of its own, and its rule is that of A with Q2^H dQ2 = 0:

    dQ2 = -Q1 dQ1^H Q2,   and where the rank is r, R1 is r x r and R12 = Q1^H A2.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np

from linad.core.errstate import asked
from linad.core.forward import Deferred
from linad.core.kinds import Sample, aid, composition, custom, exceptional, reading
from linad.core.space import dtype_of, shape_of
from linad.core.transforms import jvp, vjp
from linad.kernels import batch_rules, orthogonal
from linad.kernels import qr as kernels
from linad.kernels.qr import Factors, Filled
from linad.operations.contractions import H, matmul
from linad.operations.elementwise import sign
from linad.operations.indexing import HOLE, index
from linad.operations.rank_guards import JUMPS, Guarded, full_rank, require_full_rank
from linad.operations.shape import concatenate, diagonal, reshape, triu

Args = Sequence[Any]

qr_factors = aid(
    "qr_factors",
    kernels.factor,
    domain=("full rank",),
    samples=tuple(
        Sample(
            (shape,),
            (pivoting, complete),
            f"{'x'.join(map(str, shape))}{'-pivoted' * pivoting}{'-complete' * complete}",
        )
        for shape in [(3, 3), (2, 4, 3), (2, 4), (1, 1), (0, 2)]
        for pivoting in (False, True)
        for complete in (False, True)
    ),
)
qr_basis = reading(
    "qr_basis",
    lambda factors: factors.Q,
    of=lambda A: qr_factors(A, False, True),
    domain=("full rank",),
    samples=tuple(Sample((shape,)) for shape in [(3, 3), (4, 2)]),
)
qr_permutation = reading(
    "qr_permutation",
    lambda factors: factors.perm,
    of=lambda A: qr_factors(A, True, False),
    domain=("full rank",),
    samples=tuple(Sample((shape,)) for shape in [(3, 3), (2, 4, 3), (2, 4)]),
)


def _numeric(A: Any, factors: Factors | Filled) -> tuple[Any, Any]:
    return factors.of(A.shape[-1])


def _entry(args: Args) -> str:
    m, n = shape_of(args[0])[-2:]
    return "qr" if m == n else "qr-tall" if m > n else "qr-wide"


def _small(args: Args, outputs: Args, cotangents: Args) -> tuple[Any, ...] | None:
    """Factors whose pivots are far from zero leave nothing open, where Q is not complete."""
    factors = args[1]
    if asked("tie") or type(factors) is not Factors or factors.Q.shape[-1] > factors.R.shape[-1]:
        return None
    gA = (orthogonal if orthogonal.single(args[0]) else batch_rules).qr(*outputs, *cotangents)
    return None if gA is None else (gA,)


qr_parts = composition(
    "qr",
    _numeric,
    rule=lambda: Guarded(
        "qr",
        _entry,
        values=lambda args, outputs: (args[:1], outputs),
        outputs=(0, 1),
        small=_small,
        fits=lambda args: orthogonal.single(args[0]) or batch_rules.served(args[0], tall=True),
    ),
    last=1,
    outputs=2,
    invariants=lambda Q, R: _invariants(Q, R),
    domain=("full rank",),
    samples=tuple(
        Sample((shape,), (complete,), f"{'x'.join(map(str, shape))}-{'complete' if complete else 'thin'}")
        for shape, complete in [
            ((3, 3), False),
            ((4, 2), False),
            ((2, 4), False),
            ((2, 3, 3), False),
            ((2, 3, 2), False),
            ((2, 2, 3), False),
            ((1, 1), False),
            ((3, 1), False),
            ((0, 0), False),
            ((3, 0), False),
            ((0, 2), False),
            ((4, 2), True),
            ((3, 2), True),
            ((2, 4, 1), True),
            ((2, 0), True),
        ]
    ),
)


def _invariants(Q: Any, R: Any) -> tuple[Any, ...]:
    """Q1 and R with a positive diagonal, and the projector Q2 Q2^H."""
    k = min(shape_of(R)[-2:])
    signs = sign(diagonal(R, 0))
    left = Q[..., :, k:]
    parts = (
        Q[..., :, :k] * reshape(signs, (*shape_of(R)[:-2], 1, k)),
        reshape(signs, (*shape_of(R)[:-2], k, 1)) * R[..., :k, :],
    )
    return (*parts, matmul(left, H(left))) if shape_of(Q)[-1] > k else parts


def take_columns(A: Any, perm: Any) -> Any:
    """A[:, perm], for each matrix of a batch its own."""
    shape = shape_of(perm)
    if len(shape) == 1:
        return index(A, (..., HOLE), perm)
    grid = np.indices((*shape[:-1], 1), sparse=True)[:-1]
    columns = [i[..., None] for i in grid]
    rows = np.arange(shape_of(A)[-2])[:, None]
    return index(A, (HOLE,) * (len(shape) + 1), *columns, rows, reshape(perm, (*shape[:-1], 1, shape[-1])))


def qr(A: Any, pivoting: bool = False, complete: bool = False) -> tuple[Any, Any, Any]:
    """Q, R and perm of A[:, perm] = Q R; ``perm`` is None without pivoting.

    R has min(m, n) rows; where Q is complete, m x m, it has m.
    """
    factors = qr_factors(A, pivoting, complete)
    perm = qr_permutation(factors) if pivoting else None
    if pivoting and 0 not in shape_of(A):
        A = take_columns(A, perm)
    Q, R = qr_by(A, factors, complete)
    return Q, R, perm


def is_deficient(factors: Any) -> bool:
    """Whether a rank is not full."""
    return bool(factors.deficient)


def qr_by(A: Any, factors: Any, complete: bool) -> tuple[Any, Any]:
    """Q and R by factors of A; pivoting is done."""
    m, n = shape_of(A)[-2:]
    if exceptional(is_deficient, factors):
        return qr_of_rank(A, factors)
    if complete and m > n:
        C = qr_basis(factors)[..., :, n:]
        Q, R = qr_parts(concatenate(len(shape_of(A)) - 1, A, C), factors)
        return Q, R[..., :, :n]
    return qr_parts(A, factors)


def _of_deficient(A: Any, factors: Factors) -> tuple[Any, Any]:
    """With columns beyond the rank replaced by those of Q, held constant; beside them R is Q^H A."""
    n, K = shape_of(A)[-1], factors.Q.shape[-1]
    last, dtype = len(shape_of(A)) - 1, dtype_of(A)
    shape = shape_of(A)[:-1]
    leading = (
        A if n == K else A[..., :, :K] if n > K else concatenate(last, A, np.zeros((*shape, K - n), dtype))
    )
    alive = ~factors.open[..., None, :]
    Q, R = qr_parts(np.where(alive, 1, 0) * leading + np.where(alive, 0, factors.Q), Filled(factors))
    beside = np.swapaxes(alive, -1, -2) * matmul(H(Q), A)
    within = np.broadcast_to(np.arange(n) < K, (*alive.shape[:-1], n)).copy()
    within[..., : min(n, K)] = alive[..., : min(n, K)]
    within[..., K:] = False
    R = R[..., :, :n] if n <= K else concatenate(last, R, np.zeros((*shape_of(R)[:-1], n - K), dtype))
    R = triu(np.where(within, 1, 0) * R + np.where(within, 0, 1) * beside, 0)
    return Q, R[..., : factors.R.shape[-2], :]


# Rules of the composition above, which runs when somebody asks for a derivative.
qr_of_rank = custom(
    "qr_of_rank",
    lambda A, factors: (factors.Q, factors.R),
    lambda tangents, out, A, factors: tuple(
        [Deferred(partial(_tangent_of_deficient, i, A, tangents[0], factors)) for i in range(2)]
    ),
    lambda g, out, wanted, A, factors: [_cotangent_of_deficient(A, g, factors)],
    last=1,
    outputs=2,
    untried=JUMPS,
)


def _tangent_of_deficient(i: int, A: Any, dA: Any, factors: Factors) -> Any:
    require_full_rank(factors, "qr")
    return jvp(lambda A: _of_deficient(A, factors)[i], (A,), (dA,))[1]


def _cotangent_of_deficient(A: Any, g: Sequence[Any], factors: Factors) -> Any:
    require_full_rank(factors, "qr")
    present = [i for i in range(2) if g[i] is not None]
    _, pullback = vjp(lambda A: tuple([_of_deficient(A, factors)[i] for i in present]), A)
    return pullback(tuple([g[i] for i in present]))[0]


def _thin_or_complete(A: Any, complete: bool) -> tuple[Any, Any]:
    Q, R, _ = qr(A, False, complete)
    return Q, R


qr_parts.primitive.entry = _thin_or_complete  # type: ignore[attr-defined]  # functions of primitives carry them
full_rank.primitive.entry = lambda R: full_rank(R, qr_factors(R, False, False), "qr")  # type: ignore[attr-defined]  # as above
