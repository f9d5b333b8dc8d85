"""Grids from their axes, matrices from one vector, and the places of triangles."""

from __future__ import annotations

from typing import Any

import numpy as np

from linad.core.dispatch import door
from linad.core.traced import Array
from linad.numpy.axes import as_operand, with_dtype
from linad.numpy.reductions import cumprod
from linad.numpy.shapes import diag
from linad.operations.shape import broadcast_to, concatenate, reshape


@door(np.meshgrid)
def meshgrid(*xi: Any, copy: bool = True, sparse: bool = False, indexing: Any = "xy") -> Any:
    """The coordinates of the points of a grid, from those along its axes."""
    if indexing not in ("xy", "ij"):
        raise ValueError("Valid values for `indexing` are 'xy' and 'ij'.")
    n = len(xi)
    turn = (1, 0, *range(2, n)) if indexing == "xy" and n > 1 else tuple(range(n))
    axes = [as_operand(x, "numpy.meshgrid") for x in xi]
    grids = [
        reshape(x, tuple([x.size if place == turn[i] else 1 for place in range(n)]))
        for i, x in enumerate(axes)
    ]
    if sparse:
        return tuple(grids) if copy else grids
    whole = np.broadcast_shapes(*[grid.shape for grid in grids])
    return tuple([broadcast_to(grid, whole) for grid in grids])


@door(np.ix_)
def ix_(*args: Any) -> Any:
    """Vectors along axes of their own, which index a grid together."""
    grids = []
    for k, x in enumerate(args):
        given: Any = x if isinstance(x, (Array, np.ndarray)) else np.asarray(x)
        if given.ndim != 1:
            raise ValueError("Cross index must be 1 dimensional")
        if given.size == 0 and not isinstance(x, (Array, np.ndarray)):
            given = given.astype(np.intp)
        if given.dtype == bool:
            given = np.flatnonzero(given)
        grids.append(reshape(given, (1,) * k + (given.size,) + (1,) * (len(args) - k - 1)))
    return tuple(grids)


@door(np.vander)
def vander(x: Any, N: Any = None, increasing: bool = False) -> Any:
    """The powers of a vector, as columns."""
    x = as_operand(x, "numpy.vander")
    if x.ndim != 1:
        raise ValueError("x must be a one-dimensional array or sequence.")
    x = with_dtype(x, np.promote_types(x.dtype, int))
    n, count = x.size, x.size if N is None else N
    one = np.ones((n, min(count, 1)), x.dtype)
    column = broadcast_to(reshape(x, (n, 1)), (n, max(count - 1, 0)))
    powers = cumprod(concatenate(1, one, column), axis=1)
    return powers if increasing else powers[:, ::-1]


@door(np.diagflat)
def diagflat(v: Any, k: Any = 0) -> Any:
    """The matrix whose diagonal has all entries."""
    v = as_operand(v, "numpy.diagflat")
    return diag(reshape(v, (v.size,)), k)


@door(np.tril_indices_from)
def tril_indices_from(arr: Any, k: Any = 0) -> Any:
    """The places of a lower triangle: they depend on the shape alone."""
    return np.tril_indices_from(np.broadcast_to(0, arr.shape), k)


@door(np.triu_indices_from)
def triu_indices_from(arr: Any, k: Any = 0) -> Any:
    """The places of an upper triangle: they depend on the shape alone."""
    return np.triu_indices_from(np.broadcast_to(0, arr.shape), k)


@door(np.diag_indices_from)
def diag_indices_from(arr: Any) -> Any:
    """The places of the diagonal: they depend on the shape alone."""
    return np.diag_indices_from(np.broadcast_to(0, arr.shape))


__all__ = [
    "diag_indices_from", "diagflat", "ix_", "meshgrid", "tril_indices_from", "triu_indices_from", "vander",
]  # fmt: skip
