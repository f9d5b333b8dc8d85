"""Hermitian matrices, dense or stored by diagonals, in the basis of eigenvectors: what rules of both are made of.

    image(M, V) = M V        outer(X, V): the part of X V^H that the storage has, so that both are adjoint to each other

``width`` says how M is stored: None for all entries, of which the Hermitian part counts, else the number of diagonals
below the main one that stand in the storage of the lower triangle. Nothing there is of the order of a dense M but V.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from linad.core.primitive import table
from linad.core.space import shape_of
from linad.operations.banded import banded_outer, banded_times, hermitian_band, real_diagonal
from linad.operations.contractions import H, matmul
from linad.operations.elementwise import absolute
from linad.operations.gaps import divided
from linad.operations.hermitian import hermitian_part
from linad.operations.shape import reshape


def image(M: Any, V: Any, width: int | None) -> Any:
    """M V."""
    if width is None:
        return matmul(hermitian_part(M), V)
    return banded_times(hermitian_band(M), V, width, width)


def outer(X: Any, V: Any, width: int | None) -> Any:
    """The gradient of M from Re<X, M V>, where X V^H is Hermitian: an entry of a band stands for two of the matrix."""
    if width is None:
        return matmul(X, H(V))
    entries = np.where(np.arange(width + 1) == 0, 1.0, 2.0).astype(V.dtype.type(0).real.dtype)
    return entries[:, None] * real_diagonal(banded_outer(X, V, width, 0))


def congruent(V: Any, M: Any, width: int | None) -> Any:
    """V^H M V."""
    return matmul(H(V), image(M, V, width))


def split(x: Any) -> tuple[Any, Any]:
    """A vector that varies with the row, and one that varies with the column."""
    shape = shape_of(x)
    return reshape(x, (*shape, 1)), reshape(x, (*shape[:-1], 1, shape[-1]))


def over_gaps(M: Any, w: Any, inside: Any = None) -> Any:
    """M_ij / (w_j - w_i), zero ``inside``, on the diagonal at least; reported where it is infinite elsewhere."""
    row, column = split(w)
    inside = np.eye(shape_of(w)[-1], dtype=bool) if inside is None else inside
    quotients = divided(table["where"](inside, 0.0, M), [(column - row, absolute(row))], 2)
    return table["where"](inside, 0.0, quotients)  # so that cotangents are zero there, too
