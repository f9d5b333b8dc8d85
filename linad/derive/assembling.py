"""Matrices of blocks, and places in them: words of emitted programs, on plain and on traced arrays, batched."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from linad.core.space import dtype_of, shape_of
from linad.operations.shape import broadcast_to, concatenate


class Place(NamedTuple):
    """E, the columns ``start`` to ``stop`` of the identity of an order."""

    start: int
    stop: int
    order: int


def size(A: Any, axis: int) -> int:
    """How many rows (axis -2) or columns (-1) a matrix has."""
    return int(shape_of(A)[axis])


def place(at: int, sizes: Sequence[int]) -> Place:
    """The columns that belong to a block, of blocks of given sizes."""
    start = sum(sizes[:at])
    return Place(start, start + sizes[at], sum(sizes))


def put_left(E: Place, X: Any, back: bool) -> Any:
    """E X, which is X in its rows and zero in the others; or ``back`` E^H X, those rows of X."""
    return _put(E, X, -2, back)


def put_right(E: Place, X: Any, back: bool) -> Any:
    """X E, the columns of X that belong to the block; or ``back`` X E^H, X in these columns."""
    return _put(E, X, -1, not back)


def _put(E: Place, X: Any, axis: int, back: bool) -> Any:
    if back:
        rows = slice(E.start, E.stop)
        return X[..., rows, :] if axis == -2 else X[..., rows]
    shape = list(shape_of(X))
    parts: list[Any] = []
    for length in (E.start, E.order - E.stop):
        shape[axis] = length
        parts.append(np.zeros(shape, dtype_of(X)))
    return concatenate(len(shape) + axis, parts[0], X, parts[1])


def assembled(sizes: Sequence[int], blocks: Sequence[Sequence[Any]]) -> Any:
    """A square matrix from its blocks; a number stands for that multiple of the identity."""
    arrays = [block for row in blocks for block in row if not isinstance(block, int | float)]
    batch = np.broadcast_shapes(*[shape_of(block)[:-2] for block in arrays])
    dtype = np.result_type(*[dtype_of(block) for block in arrays], np.float32)
    rows = []
    for m, row in zip(sizes, blocks, strict=True):
        whole = [
            block * np.eye(m, n, dtype=dtype) if isinstance(block, int | float) else block
            for n, block in zip(sizes, row, strict=True)
        ]
        whole = [broadcast_to(block, (*batch, *shape_of(block)[-2:])) for block in whole]
        rows.append(concatenate(len(batch) + 1, *whole))
    return concatenate(len(batch), *rows)
