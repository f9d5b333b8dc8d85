"""The part of a matrix that lies in a structure, by operations: what functions of structured matrices are functions of.

A rule projects the tangent that it is given, but in higher orders the matrix itself moves too. It moves within its
structure because what the rule gets is this part of it. Of curved structures it is a step of Newton's method towards
them, which leaves members where they are: Q (3 - Q^H Q) / 2. Blocks, whose places are numbers, are left to the rule.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from linad.core.space import conj, dtype_of, shape_of
from linad.derive.symbolic.algebra.structures import FREE, Structure
from linad.derive.vocabulary import diag, real_part
from linad.operations.contractions import H, matmul, swap
from linad.operations.reductions import sum as sum_
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
    if structure.adjoint_is_inverse and not structure.fixed:
        wide = shape_of(X)[-2] < shape_of(X)[-1]
        return 1.5 * X - 0.5 * (matmul(matmul(X, H(X)), X) if wide else matmul(X, matmul(H(X), X)))
    if structure.unit_columns:
        return X * (1.5 - 0.5 * real_part(sum_(conj(X) * X, (len(shape_of(X)) - 2,), True)))
    if pattern == FREE or structure.fixed or pattern.blocks:
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
    return strict + (np.eye(m, n, dtype=dtype_of(X)) if structure.unit else diag(real_part(X)))
