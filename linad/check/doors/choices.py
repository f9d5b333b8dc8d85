"""What results leave open: phases, signs, bases. Laws act on what does not depend on the choice."""

from __future__ import annotations

from typing import Any

import numpy as np

from linad.core.space import shape_of
from linad.operations.contractions import H, matmul
from linad.operations.eigh import eigen_invariants
from linad.operations.shape import tril, triu
from linad.operations.svd import without_phases


def projector(Q: Any) -> Any:
    """Onto the space of the columns, whose basis is open."""
    return matmul(Q, H(Q))


def upper(C: Any) -> Any:
    """The factor itself: in the other triangle of its storage are entries of the matrix, held fixed."""
    return triu(C, 0)


def lower(C: Any) -> Any:
    """As :func:`upper`, of a lower factor."""
    return tril(C, 0)


def _weighted(V: Any, w: Any) -> Any:
    """V diag(w) V^H, which neither phases nor the order of columns change."""
    return matmul(V * np.expand_dims(w, -2), H(V))


def pairs(w: Any, *vectors: Any) -> tuple[Any, ...]:
    """Eigenvalues, and eigenvectors on the right, on the left, or both."""
    return w, *(_weighted(V, w) for V in vectors)


def homogeneous_pairs(w: Any, V: Any) -> tuple[Any, ...]:
    """Eigenvalues as quotients, and eigenvectors."""
    return pairs(w[..., 0, :], V)


def vectors(w: Any, V: Any) -> tuple[Any, ...]:
    """Eigenvalues in order, and eigenvectors."""
    return eigen_invariants(w, V)


def completed(Q: Any, R: Any) -> tuple[Any, ...]:
    """A tall matrix's Q with the columns that complete it, of which only the space is determined."""
    k = shape_of(R)[-1]
    return Q[..., :k], projector(Q[..., k:]), R


def completed_rows(R: Any, Q: Any) -> tuple[Any, ...]:
    """The same of a wide matrix, whose factors are R Q."""
    k = shape_of(Q)[-1] - shape_of(R)[-2]
    return R, Q[..., k:, :], projector(H(Q[..., :k, :]))


def singular(U: Any, s: Any, Vh: Any) -> tuple[Any, ...]:
    """Singular vectors, with or without the columns that complete them."""
    k = shape_of(s)[-1]
    rest = projector(U[..., k:]), projector(H(Vh)[..., k:])
    return *without_phases(U[..., :k], s, Vh[..., :k, :]), *rest
