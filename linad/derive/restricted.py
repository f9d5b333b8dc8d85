"""The part of a matrix that lies in a structure, by operations: what functions of structured matrices are functions of.

A rule projects the tangent that it is given, but in higher orders the matrix itself moves too. It moves within its
structure because what the rule gets is this part of it. Curved structures, and blocks, whose places are numbers, are
left to the rule.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from linad.core.space import shape_of
from linad.derive.symbolic.algebra.structures import FREE, Structure
from linad.derive.vocabulary import diag, real_part
from linad.operations.contractions import H, swap
from linad.operations.shape import tril, triu

_MIRRORS = {
    "conjugate": lambda X: H(X),
    "minus conjugate": lambda X: -H(X),
    "equal": lambda X: swap(X),
    "minus": lambda X: -swap(X),
}


def restricted(structure: Structure, X: Any) -> Any:
    """X where it has the structure, with derivatives along the structure alone."""
    pattern = structure.pattern
    if structure.diagonal:
        return real_part(X) if structure.real else X
    curved = structure.adjoint_is_inverse or structure.unit_columns
    if pattern == FREE or structure.fixed or curved or pattern.blocks:
        return X
    if pattern.above in _MIRRORS:
        return 0.5 * (X + _MIRRORS[pattern.above](X))
    if pattern.band:
        return triu(X, -pattern.band)
    triangle = triu if pattern.below == "zero" else tril
    if pattern.on == "free":
        return triangle(X, 0)
    strict = triangle(X, 1 if pattern.below == "zero" else -1)
    m, n = shape_of(X)[-2:]
    return strict + (np.eye(m, n) if structure.unit else diag(real_part(X)))
