"""Clusters: eigenvalues that are equal to rounding, and the guards that report what has no derivative there.

Guards look at numbers as they are now: a recorded graph passes, since its numbers may be others at the next call.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from linad.core.errstate import asked, report
from linad.core.kinds import exceptional, look
from linad.core.traced import Array

Numbers = np.ndarray[Any, Any]
_CLOSED = 8.0  # as in gaps: in units of n eps of the largest eigenvalue
_ROUNDING = 1e3  # of what a cost sends back, in units of n eps
_STEEP = 100.0  # how much faster than w itself what a cost sends back may change, relatively


def numbers(x: Any) -> Numbers | None:
    """The numbers behind a value; None where they may be others at the next call: in a graph that is recorded."""
    while isinstance(x, Array):
        if x.explicit:
            return None
        x = x.value
    return x if isinstance(x, np.ndarray) else None


def ties(w: Any) -> Numbers | None:
    """Which pairs of eigenvalues of each matrix are equal to rounding; None where there is no such pair."""
    plain = numbers(w)
    if plain is None:
        exceptional(lambda w: _ties(w) is not None, w)
        return None
    return _ties(plain)


def _ties(w: Numbers) -> Numbers | None:
    n = w.shape[-1] if w.ndim else 0
    if n < 2:
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


@look
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
    explained = np.where(least > 0, np.abs(wi - wj) / np.where(least > 0, least, 1), np.inf)
    explained = np.where(wi == wj, 0, explained)
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
        f"eigenvalues {i} and {j}{element} are equal, and the cost treats them differently, or is not linear in "
        "them to this order: they do not determine its derivative.",
        "A smooth function of a Hermitian matrix, or the projector of this cluster: linad.linalg.spectral(f, A).",
        "Its trace is the sum of f over the eigenvalues, to every order.",
        'linad.errstate(degenerate="warn") continues with what depends on the choice of eigenvectors.',
    )
