"""Whether a matrix has a structure: how far it is from what the structure says, relative to its size."""

from __future__ import annotations

from typing import Any

import numpy as np

from linad.derive.patterns import Array, blocks_of, pattern_projection
from linad.derive.symbolic.algebra.structures import FREE, Structure

_ROUNDING = 1e3  # of entries that ought to be zero, in units of n eps


def belongs(structure: Structure, X: Array) -> bool:
    """Whether a matrix, or the vector of a diagonal one, has a structure, to rounding."""
    eps = np.finfo(X.dtype).eps if X.dtype.kind in "fc" else np.finfo(float).eps
    return departure(structure, X) <= _ROUNDING * max(X.shape, default=1) * float(eps)


def departure(structure: Structure, X: Array) -> float:
    """The largest entry that the structure forbids; infinite where what ought to be positive is not."""
    curved = structure.adjoint_is_inverse or structure.unit_columns
    if X.size == 0 or (structure.pattern == FREE and not curved):
        return 0.0
    if structure.name == "permutation":
        return _of_permutation(X)
    if structure.unit_columns:
        return _largest(np.linalg.norm(X, axis=0) - 1)
    if structure.adjoint_is_inverse:
        if structure.real and np.iscomplexobj(X):
            return np.inf
        Q = X.conj().T if X.shape[0] < X.shape[1] else X
        return _largest(Q.conj().T @ Q - np.eye(Q.shape[1]))
    size = _largest(X) or 1.0
    if structure.diagonal:
        d, off = X, X.imag if structure.real else np.zeros(1)
    else:
        d, off = np.diagonal(X), _off_pattern(structure, X)
    if structure.name.startswith("positive") and not _positive(structure, X, d):
        return np.inf
    return _largest(off) / size


def _off_pattern(structure: Structure, X: Array) -> Array:
    """What is left of a matrix beside its nearest member."""
    pattern = structure.pattern
    blocks = blocks_of(pattern, X)
    if blocks is not None and np.max(np.bincount(blocks)) > 2:  # they have one row or two
        return np.asarray([np.inf])
    if structure.unit or (blocks is not None and pattern.on == "zero"):
        X = X - np.eye(*X.shape)
    return np.asarray(X - pattern_projection(pattern, X, blocks))


def _positive(structure: Structure, X: Array, d: Array) -> bool:
    if "definite" not in structure.name:
        return bool(np.all(d.real > 0))
    w = np.linalg.eigvalsh(X)
    rounding = _ROUNDING * len(w) * np.finfo(w.dtype).eps * np.max(np.abs(w))
    return bool(w[0] > (-rounding if "semi" in structure.name else 0))


def _of_permutation(P: Any) -> float:
    if P.ndim == 1:
        return 0.0 if np.array_equal(np.sort(P), np.arange(P.size)) else np.inf
    ones = np.isin(P, (0, 1)).all() and (P.sum(0) == 1).all() and (P.sum(1) == 1).all()
    return 0.0 if ones else np.inf


def _largest(X: Array) -> float:
    return float(np.max(np.abs(X), initial=0))
