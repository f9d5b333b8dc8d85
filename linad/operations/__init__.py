"""The primitives and their rules, by family; each is declared once."""

from linad.operations import (
    contractions,
    elementwise,
    fourier,
    indexing,
    reductions,
    shape,
    solve,
    triangular,
)

__all__ = ["contractions", "elementwise", "fourier", "indexing", "reductions", "shape", "solve", "triangular"]
