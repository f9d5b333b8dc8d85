"""Eigenvalues of Hermitian matrices where some are equal: what is left of the rule of eigh.

    A = V diag(w) V^H,   K = V^H dA V,   a cluster: indices c of equal eigenvalues

Tangent     dw_c = the eigenvalues of K_cc, ascending; off clusters K_ii        eigenvalue_tangent
Cotangent   gA = V diag(gw) V^H, where gw is constant on each cluster           eigenvalue_cotangent

Both do not depend on the choice of V within clusters. The tangent is the one-sided derivative of each eigenvalue, and
the derivative of sums over the cluster. A cotangent that differs within a cluster is reported.

Their own derivatives need no vectors within clusters either. With Q_ij = (g_j - g_i) / (w_j - w_i), zero in clusters:

    d (V diag(g) V^H) = V (Q o K) V^H + V diag(dg) V^H
    d diag(V^H M V)   = 2 Re diag(N X) + diag(V^H dM V),   N = V^H M V,   X_ij = K_ij / (w_j - w_i), zero in clusters

What the equation gives takes the derivative of V, which does not exist where eigenvalues are equal: so this is by hand.
A second tangent K' along which the eigenvalues of a cluster split otherwise than along K has no place: sum f(w) has the
second derivative f'' tr(K_cc K'_cc), and products of the dw give it only where tr(K_cc K'_cc) is the sum of products of
the ordered eigenvalues of both. Elsewhere it is reported.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from linad.core.kinds import Sample, custom
from linad.core.primitive import table
from linad.core.space import is_complex
from linad.kernels.eigen import Request
from linad.operations.contractions import matmul
from linad.operations.eigenbasis import congruent, outer, over_gaps, split
from linad.operations.elementwise import real
from linad.operations.shape import diagonal
from linad.operations.ties import Numbers, clusters, numbers, require_constant, ties, undetermined

_ROUNDING = 1e3  # of what a cost sends back, in units of n eps
_SAMPLES = ((3, 3), (2, 3, 3), (1, 1), (0, 0))


# -- what both rules are made of -------------------------------------------------------------------------------


def _eigen(A: Any, factors: Any, width: int | None) -> tuple[Any, Any]:
    found: tuple[Any, Any] = table["eigh" if width is None else "eigh_banded"](A, factors)
    return found


def _apart(M: Any, w: Any) -> Any:
    """M_ij / (w_j - w_i), zero in clusters and on the diagonal."""
    return over_gaps(M, w, ties(w))


def _between(factors: Any, A: Any, g: Any, M: Any, width: int | None) -> Any:
    """V (Q o V^H M V) V^H."""
    w, V = _eigen(A, factors, width)
    require_constant("eigvalsh", w, g)
    row, column = split(g)
    return outer(matmul(V, _apart((column - row) * congruent(V, M, width), w)), V, width)


def _real(x: Any) -> Any:
    return real(x) if is_complex(x) else x


# -- the cotangent of A from that of w -------------------------------------------------------------------------


def _cotangent_numbers(factors: Any, A: Numbers, g: Numbers, width: int | None = None) -> Numbers:
    w, V = factors[:2]
    require_constant("eigvalsh", w, g.real)
    found: Numbers = outer(V * g.real[..., None, :], V, width)
    return found


def _cotangent_push(
    tangents: Sequence[Any], out: Any, factors: Any, A: Any, g: Any, width: int | None = None
) -> Any:
    _, dA, dg, *_ = tangents
    total = None if dA is None else _between(factors, A, _real(g), dA, width)
    if dg is not None:
        moved = eigenvalue_cotangent(factors, A, dg, width)
        total = moved if total is None else total + moved
    return total


def _cotangent_pull(
    G: Any, out: Any, wanted: Sequence[int], factors: Any, A: Any, g: Any, width: int | None = None
) -> list[Any]:
    return [
        _between(factors, A, _real(g), G, width) if i == 1 else eigenvalue_tangent(factors, A, G, width)
        for i in wanted
    ]


eigenvalue_cotangent = custom(
    "eigenvalue_cotangent",
    _cotangent_numbers,
    _cotangent_push,
    _cotangent_pull,
    first=1,
    last=3,
    domain=("hermitian", "real"),
    samples=tuple(Sample((shape, shape[:-1])) for shape in _SAMPLES),
)


# -- the tangent of w from that of A ---------------------------------------------------------------------------


def _tangent_numbers(factors: Any, A: Numbers, M: Numbers, width: int | None = None) -> Numbers:
    w, V = factors[:2]
    N = congruent(V, M, width)
    found = np.diagonal(N, axis1=-2, axis2=-1).real.copy()
    tied = ties(w)
    if tied is not None:
        for at in np.ndindex(tied.shape[:-2]):
            for own in clusters(tied[at]):
                found[(*at, own)] = np.linalg.eigvalsh(N[at][np.ix_(own, own)])
    return found


def _aligned(V: Any, w: Any, M: Any, dA: Any, width: int | None) -> Any:
    """V turned within clusters so that V^H M V and V^H dA V are diagonal there; reported where nothing does that."""
    tied = ties(w)
    plain = [x for x in (numbers(V), numbers(M), numbers(dA)) if x is not None]
    if tied is None or len(plain) < 3:
        return V
    U, *both = plain
    n = tied.shape[-1]
    both = [congruent(U, x, width) for x in both]
    shape = np.broadcast_shapes(U.shape, *[x.shape for x in both])
    turn = np.broadcast_to(np.eye(n), shape).astype(U.dtype)
    turned = np.broadcast_to(tied, shape)
    blocks = [np.broadcast_to(x, shape) for x in both]
    for at in np.ndindex(turn.shape[:-2]):
        for own in clusters(turned[at]):
            grid = np.ix_(own, own)
            one, other = (x[at][grid] for x in blocks)
            _, Q = np.linalg.eigh(one + other)
            turn[at][grid] = Q
            one, other = (x / max(float(np.max(np.abs(x))), np.finfo(U.dtype).tiny) for x in (one, other))
            ordered = float(np.linalg.eigvalsh(one) @ np.linalg.eigvalsh(other))
            size = float(np.linalg.norm(one) * np.linalg.norm(other))
            if (
                ordered - float(np.vdot(one, other).real)
                > _ROUNDING * n * float(np.finfo(U.dtype).eps) * size
            ):
                undetermined("eigvalsh", at, int(own[0]), int(own[1]))
    return matmul(V, turn)


def _tangent_push(
    tangents: Sequence[Any], out: Any, factors: Any, A: Any, M: Any, width: int | None = None
) -> Any:
    _, dA, dM, *_ = tangents
    w, V = _eigen(A, factors, width)
    total = None
    if dA is not None:
        turned = _aligned(V, w, M, dA, width)
        X = _apart(congruent(turned, dA, width), w)
        total = 2 * _real(diagonal(matmul(congruent(turned, M, width), X), 0))
    if dM is not None:
        moved = _real(diagonal(congruent(_aligned(V, w, M, dM, width), dM, width), 0))
        total = moved if total is None else total + moved
    return total


def _tangent_pull(
    g: Any, out: Any, wanted: Sequence[int], factors: Any, A: Any, M: Any, width: int | None = None
) -> list[Any]:
    return [
        _between(factors, A, _real(g), M, width) if i == 1 else eigenvalue_cotangent(factors, A, g, width)
        for i in wanted
    ]


eigenvalue_tangent = custom(
    "eigenvalue_tangent",
    _tangent_numbers,
    _tangent_push,
    _tangent_pull,
    first=1,
    last=3,
    domain=("hermitian", "real"),
    samples=tuple(Sample((shape, shape)) for shape in _SAMPLES),
)


def _factored(operation: Any) -> Any:
    """The operation as laws call it: factors are found as usual."""

    def call(A: Any, x: Any, width: int | None = None) -> Any:
        name = "eigh_factors" if width is None else "banded_factors"
        return operation(table[name](A, Request()), A, x, width)

    return call


for _operation in (eigenvalue_cotangent, eigenvalue_tangent):
    _operation.primitive.entry = _factored(_operation)  # type: ignore[attr-defined]  # functions of primitives carry them
