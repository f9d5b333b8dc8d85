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
from linad.core.space import is_complex, shape_of
from linad.kernels.eigen import Request
from linad.operations.contractions import H, matmul
from linad.operations.elementwise import absolute, real
from linad.operations.gaps import divided
from linad.operations.shape import diagonal, reshape
from linad.operations.ties import Numbers, clusters, numbers, require_constant, ties, undetermined

_ROUNDING = 1e3  # of what a cost sends back, in units of n eps
_SAMPLES = ((3, 3), (2, 3, 3), (1, 1), (0, 0))


# -- what both rules are made of -------------------------------------------------------------------------------


def _congruent(V: Any, M: Any) -> Any:
    """V^H M V, of the Hermitian part of M."""
    return matmul(H(V), matmul(0.5 * (M + H(M)), V))


def _split(x: Any) -> tuple[Any, Any]:
    """A vector that varies with the row, and one that varies with the column."""
    shape = shape_of(x)
    return reshape(x, (*shape, 1)), reshape(x, (*shape[:-1], 1, shape[-1]))


def _over_gaps(M: Any, w: Any) -> Any:
    """M_ij / (w_j - w_i), zero in clusters and on the diagonal."""
    row, column = _split(w)
    tied = ties(w)
    inside = np.eye(shape_of(w)[-1], dtype=bool) if tied is None else tied
    quotients = divided(table["where"](inside, 0.0, M), [(column - row, absolute(row))], 2)
    return table["where"](inside, 0.0, quotients)  # so that cotangents are zero there, too


def _between(factors: Any, A: Any, g: Any, M: Any) -> Any:
    """V (Q o V^H M V) V^H."""
    w, V = table["eigh"](A, factors)
    require_constant("eigvalsh", w, g)
    row, column = _split(g)
    return matmul(V, matmul(_over_gaps((column - row) * _congruent(V, M), w), H(V)))


def _real(x: Any) -> Any:
    return real(x) if is_complex(x) else x


# -- the cotangent of A from that of w -------------------------------------------------------------------------


def _cotangent_numbers(factors: Any, A: Numbers, g: Numbers) -> Numbers:
    w, V = factors[:2]
    require_constant("eigvalsh", w, g.real)
    found: Numbers = (V * g.real[..., None, :]) @ V.conj().swapaxes(-1, -2)
    return found


def _cotangent_push(tangents: Sequence[Any], out: Any, factors: Any, A: Any, g: Any) -> Any:
    _, dA, dg = tangents
    total = None if dA is None else _between(factors, A, _real(g), dA)
    if dg is not None:
        moved = eigenvalue_cotangent(factors, A, dg)
        total = moved if total is None else total + moved
    return total


def _cotangent_pull(G: Any, out: Any, wanted: Sequence[int], factors: Any, A: Any, g: Any) -> list[Any]:
    return [
        _between(factors, A, _real(g), G) if i == 1 else eigenvalue_tangent(factors, A, G) for i in wanted
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


def _tangent_numbers(factors: Any, A: Numbers, M: Numbers) -> Numbers:
    w, V = factors[:2]
    N = V.conj().swapaxes(-1, -2) @ M @ V
    found = np.diagonal(N, axis1=-2, axis2=-1).real.copy()
    tied = ties(w)
    if tied is not None:
        for at in np.ndindex(tied.shape[:-2]):
            for own in clusters(tied[at]):
                block = N[at][np.ix_(own, own)]
                found[(*at, own)] = np.linalg.eigvalsh(0.5 * (block + block.conj().T))
    return found


def _aligned(V: Any, w: Any, M: Any, dA: Any) -> Any:
    """V turned within clusters so that V^H M V and V^H dA V are diagonal there; reported where nothing does that."""
    tied = ties(w)
    plain = [x for x in (numbers(V), numbers(M), numbers(dA)) if x is not None]
    if tied is None or len(plain) < 3:
        return V
    U, *both = plain
    n = tied.shape[-1]
    turn = np.broadcast_to(np.eye(n), np.broadcast_shapes(*[x.shape for x in plain])).astype(U.dtype)
    turned = np.broadcast_to(tied, turn.shape)
    blocks = [np.broadcast_to(_congruent(U, x), turn.shape) for x in both]
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


def _tangent_push(tangents: Sequence[Any], out: Any, factors: Any, A: Any, M: Any) -> Any:
    _, dA, dM = tangents
    total = None
    if dA is not None:
        w, V = table["eigh"](A, factors)
        V = _aligned(V, w, M, dA)
        X = _over_gaps(_congruent(V, dA), w)
        total = 2 * _real(diagonal(matmul(_congruent(V, M), X), 0))
    if dM is not None:
        w, V = table["eigh"](A, factors)
        moved = _real(diagonal(_congruent(_aligned(V, w, M, dM), dM), 0))
        total = moved if total is None else total + moved
    return total


def _tangent_pull(g: Any, out: Any, wanted: Sequence[int], factors: Any, A: Any, M: Any) -> list[Any]:
    return [
        _between(factors, A, _real(g), M) if i == 1 else eigenvalue_cotangent(factors, A, g) for i in wanted
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

    def call(A: Any, x: Any) -> Any:
        return operation(table["eigh_factors"](A, Request()), A, x)

    return call


for _operation in (eigenvalue_cotangent, eigenvalue_tangent):
    _operation.primitive.entry = _factored(_operation)  # type: ignore[attr-defined]  # functions of primitives carry them
