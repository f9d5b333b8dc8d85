"""The primitives and their rules, by family; each is declared once."""

from linad.operations import (
    cholesky,
    contractions,
    elementwise,
    fourier,
    indexing,
    reductions,
    shape,
    solve,
    sylvester,
    triangular,
)

__all__ = [
    "cholesky",
    "contractions",
    "elementwise",
    "fourier",
    "indexing",
    "reductions",
    "shape",
    "solve",
    "sylvester",
    "triangular",
]
