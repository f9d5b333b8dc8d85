"""The primitives and their rules, by family; each is declared once."""

from linad.operations import (
    cholesky,
    contractions,
    determinants,
    elementwise,
    fourier,
    indexing,
    inverse,
    lu,
    reductions,
    shape,
    solve,
    sylvester,
    triangular,
)

__all__ = [
    "cholesky",
    "contractions",
    "determinants",
    "elementwise",
    "fourier",
    "indexing",
    "inverse",
    "lu",
    "reductions",
    "shape",
    "solve",
    "sylvester",
    "triangular",
]
