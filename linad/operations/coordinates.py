"""Real coordinates of several arrays together: a vector for each element of a batch.

Complex arrays give their real parts, then their imaginary ones, so that Re<a, b> is the product of coordinates.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np

from linad.core.space import Space, is_complex, retype, space_of
from linad.errors import ShapeError
from linad.operations.elementwise import imag, real
from linad.operations.shape import concatenate, reshape

Numbers = np.ndarray[Any, Any]


class Coordinates:
    """How arrays are laid out in vectors.

    Attributes
    ----------
    spaces
        The shapes and dtypes of the arrays.
    batch
        The leading axes that all have in common, each element of which has coordinates of its own.
    size
        The number of coordinates of an element.
    """

    __slots__ = ("batch", "dtype", "size", "spaces")

    def __init__(self, where: str, arrays: Sequence[Any], coupled: int | Sequence[int] | None = None) -> None:
        self.spaces: list[Space] = [space_of(x) for x in arrays]
        own = [coupled] * len(arrays) if coupled is None or isinstance(coupled, int) else coupled
        batches = {_batch(where, space.shape, n) for space, n in zip(self.spaces, own, strict=True)}
        if len(batches) > 1:
            raise ShapeError(
                where,
                f"coupled={coupled} leaves the arrays with different leading axes: "
                f"{', '.join(map(str, sorted(batches)))}.",
                "All arrays of the unknowns and of the residual share the axes before the coupled ones.",
            )
        self.batch: tuple[int, ...] = batches.pop() if batches else ()
        self.size = sum(_count(space, self.batch) for space in self.spaces)
        kinds = [np.empty(0, space.dtype).real.dtype for space in self.spaces]
        self.dtype: np.dtype[Any] = np.result_type(*kinds) if kinds else np.dtype(float)

    def pack(self, arrays: Sequence[Any]) -> Any:
        """The vectors of arrays, of shape (*batch, size)."""
        parts = []
        for x, space in zip(arrays, self.spaces, strict=True):
            x = reshape(x, (*self.batch, prod(space.shape[len(self.batch) :])))
            parts += [real(x), imag(x)] if is_complex(x) else [x]
        return (
            retype(concatenate(len(self.batch), *parts), self.dtype)
            if parts
            else np.zeros((*self.batch, 0), self.dtype)
        )

    def unpack(self, vectors: Any) -> tuple[Any, ...]:
        """The arrays of vectors; a number where there are no axes."""
        arrays, at = [], 0
        for space in self.spaces:
            n = _count(space, self.batch)
            part = vectors[..., at : at + n]
            if space.dtype.kind == "c":
                part = part[..., : n // 2] + 1j * part[..., n // 2 :]
            x = retype(reshape(part, space.shape), space.dtype)
            arrays.append(np.array(x)[()] if isinstance(x, np.ndarray) else x)
            at += n
        return tuple(arrays)


def _batch(where: str, shape: tuple[int, ...], coupled: int | None) -> tuple[int, ...]:
    if coupled is None:
        return ()
    if len(shape) < coupled:
        raise ShapeError(where, f"an array of shape {shape} has no {coupled} axes to be coupled.")
    return shape[: len(shape) - coupled]


def _count(space: Space, batch: tuple[int, ...]) -> int:
    return prod(space.shape[len(batch) :]) * (2 if space.dtype.kind == "c" else 1)
