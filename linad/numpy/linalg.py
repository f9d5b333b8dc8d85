"""numpy.linalg's functions."""

from __future__ import annotations

from typing import Any

import numpy as np

from linad.core.dispatch import door
from linad.numpy import definite, eigen, matrices, orthogonal, products, shapes, singular, systems
from linad.numpy.axes import as_operand
from linad.numpy.definite import *  # noqa: F403  # Hermitian positive definite matrices: definite.__all__
from linad.numpy.eigen import *  # noqa: F403  # eigenvalues and eigenvectors: eigen.__all__
from linad.numpy.matrices import *  # noqa: F403  # the products and norms of matrices, listed in matrices.__all__
from linad.numpy.orthogonal import *  # noqa: F403  # QR, least squares, pseudo-inverses: orthogonal.__all__
from linad.numpy.singular import *  # noqa: F403  # singular values: singular.__all__
from linad.numpy.systems import *  # noqa: F403  # linear systems, inverses, determinants: systems.__all__

# The array API's spellings of what numpy has too: functions of their own to NumPy's dispatch.


@door(np.linalg.matmul)
def matmul(x1: Any, x2: Any, /) -> Any:
    """The product of matrices."""
    return products.matmul(x1, x2)


@door(np.linalg.outer)
def outer(x1: Any, x2: Any, /) -> Any:
    """The outer product of two vectors."""
    x1, x2 = as_operand(x1, "numpy.linalg.outer"), as_operand(x2, "numpy.linalg.outer")
    if x1.ndim != 1 or x2.ndim != 1:
        raise ValueError(
            f"Input arrays must be one-dimensional, but they are x1.ndim={x1.ndim} and x2.ndim={x2.ndim}."
        )
    return products.outer(x1, x2)


@door(np.linalg.tensordot)
def tensordot(x1: Any, x2: Any, /, *, axes: Any = 2) -> Any:
    """The product summed over pairs of axes."""
    return products.tensordot(x1, x2, axes)


@door(np.linalg.vecdot)
def vecdot(x1: Any, x2: Any, /, *, axis: Any = -1) -> Any:
    """The products of vectors along an axis, the first conjugated."""
    x1, x2 = as_operand(x1, "numpy.linalg.vecdot"), as_operand(x2, "numpy.linalg.vecdot")
    return products.vecdot(shapes.moveaxis(x1, axis, -1), shapes.moveaxis(x2, axis, -1))


@door(np.linalg.matrix_transpose)
def matrix_transpose(x: Any, /) -> Any:
    """The transposes of matrices in the last two axes."""
    return shapes.matrix_transpose(x)


@door(np.linalg.diagonal)
def diagonal(x: Any, /, *, offset: Any = 0) -> Any:
    """The diagonals of matrices in the last two axes."""
    return shapes.diagonal(x, offset, -2, -1)


@door(np.linalg.trace)
def trace(x: Any, /, *, offset: Any = 0, dtype: Any = None) -> Any:
    """The traces of matrices in the last two axes."""
    return shapes.trace(x, offset, -2, -1, dtype)


__all__ = ["diagonal", "matmul", "matrix_transpose", "outer", "tensordot", "trace", "vecdot"]
__all__ += (
    definite.__all__
    + eigen.__all__
    + matrices.__all__
    + orthogonal.__all__
    + singular.__all__
    + systems.__all__
)


def __getattr__(name: str) -> Any:
    """What numpy.linalg has beyond this door: on plain arrays; a traced one is refused by name."""
    return getattr(np.linalg, name)


def __dir__() -> list[str]:
    return sorted({*__all__, *np.linalg.__all__})
