"""Eigenvalues of Hermitian matrices where some are equal: what is left of the rule of eigh.

    A = V diag(w) V^H,   K = V^H dA V,   a cluster: indices c of equal eigenvalues

Tangent     dw_c = the eigenvalues of K_cc, ascending; off clusters K_ii        eigenvalue_tangent
Cotangent   gA = V diag(gw) V^H, where gw is constant on each cluster           eigenvalue_cotangent

Both do not depend on the choice of V within clusters. The tangent is the one-sided derivative of each eigenvalue, and the
derivative of sums over the cluster. A cotangent that differs within a cluster has no derivative: it is reported.

Their own derivatives need no eigenvectors within clusters either. With Q_ij = (g_j - g_i) / (w_j - w_i), zero in clusters:

    d (V diag(g) V^H) = V (Q o K) V^H + V diag(dg) V^H
    d diag(V^H M V)   = 2 Re diag(N X) + diag(V^H dM V),   N = V^H M V,   X_ij = K_ij / (w_j - w_i), zero in clusters

What the equation gives holds at simple eigenvalues only, since there it takes the derivative of V: so this is by hand. A second
tangent K' along which the eigenvalues of a cluster split otherwise than along K has no place: sum f(w) has the second
derivative f'' tr(K_cc K'_cc), and elementwise products of dw give it only where tr(K_cc K'_cc) is the sum of
products of the ordered eigenvalues. Elsewhere it is reported.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from linad.core.constants import stop_gradient
from linad.core.errstate import asked, report
from linad.core.kinds import Sample, custom
from linad.core.primitive import table
from linad.core.space import is_complex, shape_of
from linad.core.traced import Array
from linad.kernels.eigen import Request
from linad.operations.contractions import H, matmul
from linad.operations.elementwise import absolute, real
from linad.operations.gaps import gap_quotient
from linad.operations.shape import diagonal, reshape

Numbers = np.ndarray[Any, Any]
_CLOSED = 8.0  # as in gaps: in units of n eps of the largest eigenvalue
_ROUNDING = 1e3  # of what a cost sends back, in units of n eps
_STEEP = 100.0  # how much faster than w itself what a cost sends back may change, relatively
_SAMPLES = ((3, 3), (2, 3, 3), (1, 1), (0, 0))


def numbers(x: Any) -> Numbers | None:
    """The numbers behind a value; None where they may be others at the next call: in a graph that is recorded."""
    while isinstance(x, Array):
        if x.explicit:
            return None
        x = x.value
    return x if isinstance(x, np.ndarray) else None


def ties(w: Any) -> Numbers | None:
    """Which pairs of eigenvalues of each matrix are equal to rounding; None where there is no such pair."""
    w = numbers(w)
    n = 0 if w is None else w.shape[-1]
    if w is None or n < 2:
        return None
    tolerance = _CLOSED * n * float(np.finfo(w.dtype).eps) * np.max(np.abs(w), axis=-1, keepdims=True)
    if w.dtype.kind != "c":
        ordered = np.sort(w, axis=-1)
        if not (ordered[..., 1:] - ordered[..., :-1] <= tolerance).any():
            return None
    tied: Numbers = np.abs(w[..., :, None] - w[..., None, :]) <= tolerance[..., None]
    return tied if np.count_nonzero(tied) > n * tied[..., 0, 0].size else None


def clusters(tied: Numbers) -> list[Numbers]:
    """The indices of each cluster of one matrix that has more than one."""
    found, left = [], set(range(len(tied)))
    for i in range(len(tied)):
        if i in left:
            own = np.flatnonzero(tied[i])
            left -= set(own.tolist())
            if own.size > 1:
                found.append(own)
    return found


def require_constant(where: str, w: Any, g: Any) -> None:
    """Report a cotangent of eigenvalues that differs within a cluster, by more than their rounding explains."""
    tied = ties(w) if asked("degenerate") else None
    g, w = numbers(g), numbers(w)
    if tied is None or g is None or w is None:
        return
    n, eps = w.shape[-1], float(np.finfo(w.dtype).eps)
    gi, gj = g[..., :, None], g[..., None, :]
    wi, wj = w[..., :, None], w[..., None, :]
    size = np.maximum(np.abs(gi), np.abs(gj))
    least = np.minimum(np.abs(wi), np.abs(wj))
    explained = np.where(least > 0, np.abs(wi - wj) / np.where(least > 0, least, 1), np.inf) * (wi != wj)
    allowed = np.maximum(_ROUNDING * n * eps * np.max(np.abs(g), axis=-1)[..., None, None], 0 * size)
    allowed = np.maximum(allowed, np.minimum(_STEEP * explained, 1e-2) * size)
    wrong = tied & (np.abs(gi - gj) > allowed)
    if wrong.any():
        *at, i, j = (int(k) for k in np.argwhere(wrong)[0])
        undetermined(where, tuple(at), i, j)


def undetermined(where: str, at: tuple[int, ...], i: int, j: int) -> None:
    """Report eigenvalues that have no derivative of their own."""
    element = f" of matrix {at} in the batch" if at else ""
    report(
        "degenerate",
        where,
        f"eigenvalues {i} and {j}{element} are equal, and the cost treats them differently, or is not linear in them to "
        "this order: it has no derivative that they determine.",
        "A smooth function of a Hermitian matrix, or the projector of this cluster: linad.linalg.spectral(f, A).",
        "Its trace is the sum of f over the eigenvalues, to every order.",
        'linad.errstate(degenerate="warn") continues with what depends on the choice of eigenvectors.',
    )


# -- what both rules are made of --------------------------------------------------------------------------------------------


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
    size = stop_gradient(absolute(row + 0 * column))
    quotients = gap_quotient(table["where"](inside, 0.0, M), column - row, size, 2)
    return table["where"](inside, 0.0, quotients)  # so that cotangents are zero there, too


def _between(factors: Any, A: Any, g: Any, M: Any) -> Any:
    """V (Q o V^H M V) V^H."""
    w, V = table["eigh"](A, factors)
    require_constant("eigvalsh", w, g)
    row, column = _split(g)
    return matmul(V, matmul(_over_gaps((column - row) * _congruent(V, M), w), H(V)))


def _real(x: Any) -> Any:
    return real(x) if is_complex(x) else x


# -- the cotangent of A from that of w ----------------------------------------------------------------------------------------


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


# -- the tangent of w from that of A --------------------------------------------------------------------------------------------


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
    plain = [numbers(x) for x in (V, M, dA)]
    if tied is None or any(x is None for x in plain):
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
            ordered = float(np.linalg.eigvalsh(one) @ np.linalg.eigvalsh(other))
            size = float(np.linalg.norm(one) * np.linalg.norm(other))
            if ordered - float(np.vdot(one, other).real) > _ROUNDING * n * float(np.finfo(U.dtype).eps) * size:
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
