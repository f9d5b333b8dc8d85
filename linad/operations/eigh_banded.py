"""Eigenvalues and eigenvectors of Hermitian band matrices, in the storage of their lower triangles.

Equation    A V = V diag(w)         V^H V = I,  w real
Tangent     dw = diag(V^H dA V),    dV = V (E o V^H dA V),          E = 1 / (w_c - w_r) off the diagonal, 0 on it
Cotangent   gA = the diagonals of V (diag(gw) + E o skew(V^H gV)) V^H, those off the main one twice
Undefined   as that of :mod:`linad.operations.eigh`

The derived rule, with products that know the band: so by hand. A dense A is not formed; eigenvalues alone cost k n^2.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from linad.core.forward import Deferred
from linad.core.kinds import ByHand, Sample, aid, composition
from linad.core.kinds.derived import Args, rule_named
from linad.core.space import conj, shape_of
from linad.kernels import eigen as kernels
from linad.kernels.eigen import Request
from linad.operations import reductions
from linad.operations.clusters import eigenvalue_cotangent, eigenvalue_tangent
from linad.operations.contractions import H, matmul
from linad.operations.eigenbasis import image, outer, over_gaps
from linad.operations.eigh import eigen_invariants
from linad.operations.elementwise import real
from linad.operations.guards import no_gauge
from linad.operations.ties import ties

_SAMPLES = tuple(Sample((shape,), (Request(),)) for shape in [(2, 3), (3, 4), (2, 2, 3), (1, 2), (3, 1)])

tridiagonal_factors = aid(
    "tridiagonal_factors",
    kernels.tridiagonal,
    domain=("lower band apart",),
    samples=tuple(Sample((shape,), (Request(),)) for shape in [(2, 3), (2, 2, 3), (2, 1)]),
    dtypes="f",
)
banded_factors = aid("banded_factors", kernels.banded, domain=("lower band apart",), samples=_SAMPLES)


def _turned(V: Any, moved: Any, w: Any) -> Any:
    """V (E o V^H moved)."""
    return matmul(V, over_gaps(matmul(H(V), moved), w))


def _tangent(args: Args, outputs: Args, tangents: Args) -> tuple[Any, ...]:
    (ab, factors), (w, V), (dA,) = args, outputs, tangents
    width = shape_of(ab)[-2] - 1
    moved = image(dA, V, width)
    if ties(w) is None:
        dw = real(reductions.sum(conj(V) * moved, (len(shape_of(V)) - 2,), False))
    else:
        dw = Deferred(partial(eigenvalue_tangent, factors, ab, dA, width))
    return dw, Deferred(partial(_turned, V, moved, w))


def _cotangent(args: Args, outputs: Args, cotangents: Args, wanted: tuple[bool, ...]) -> tuple[Any, ...]:
    (ab, factors), (w, V), (gw, gV) = args, outputs, cotangents
    width = shape_of(ab)[-2] - 1
    no_gauge(rule_named("eigh"), (None,), outputs, cotangents)
    tied = gw is not None and ties(w) is not None
    parts = [] if gw is None or tied else [V * gw[..., None, :]]
    if gV is not None:
        turn = matmul(H(V), gV)
        parts.append(matmul(V, over_gaps(0.5 * (turn - H(turn)), w)))
    found = [outer(sum(parts[1:], parts[0]), V, width)] if parts else []
    if tied:
        found.append(eigenvalue_cotangent(factors, ab, gw, width))
    return (sum(found[1:], found[0]),)


def _residual(args: Args, outputs: Args) -> tuple[Any, ...]:
    w, V = outputs
    return image(args[0], V, shape_of(args[0])[-2] - 1) - V * w[..., None, :], matmul(H(V), V) - np.eye(
        shape_of(V)[-1]
    )


eigh_by = composition(
    "eigh_banded",
    lambda ab, factors: (factors.w, factors.V),
    rule=lambda: ByHand(_tangent, _cotangent, _residual),
    last=1,
    outputs=2,
    invariants=eigen_invariants,
    domain=("lower band apart",),
    samples=tuple(Sample(sample.shapes) for sample in _SAMPLES),
)


def eigh(ab: Any) -> Any:
    """w and V of Hermitian matrices by the diagonals of their lower triangles."""
    return eigh_by(ab, banded_factors(ab, Request()))


eigh_by.primitive.entry = eigh  # type: ignore[attr-defined]  # functions of primitives carry them
