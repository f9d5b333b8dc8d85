"""Random storages for domains: diagonals of band matrices, first columns of circulant ones."""

from __future__ import annotations

import numpy as np

from linad.check.numbers import Array, Draw, Rng, Shape, decimals, signs


def band(row: int, numbers: Draw, positive: bool = False, step: int = 0) -> Draw:
    """Diagonals of a matrix whose main one, the given row, dominates, and grows by a step in each column."""

    def draw(shape: Shape, rng: Rng) -> Array:
        main = decimals(1.5, 2, shape, rng) * (1 if positive else signs(shape, rng))
        main = main + step * np.arange(shape[-1])
        rows = np.arange(shape[-2])[:, None]
        return np.asarray(np.where(rows == row, main, 0.45 / max(shape[-2] - 1, 1) * numbers(shape, rng)))

    return draw


def integer_band(row: int, step: int = 0) -> Draw:
    def draw(shape: Shape, rng: Rng) -> Array:
        rows = np.arange(shape[-2])[:, None]
        main = 2 * shape[-2] + step * np.arange(shape[-1])
        return np.asarray(np.where(rows == row, main, rng.integers(-1, 1, shape, endpoint=True)))

    return draw


def dominant_first(numbers: Draw) -> Draw:
    def draw(shape: Shape, rng: Rng) -> Array:
        first = decimals(1.5, 2, shape, rng)
        rest = 0.9 / max(shape[-1] - 1, 1) * numbers(shape, rng)
        return np.asarray(np.where(np.arange(shape[-1]) == 0, first, rest))

    return draw


def integer_dominant_first(shape: Shape, rng: Rng) -> Array:
    return np.asarray(
        np.where(np.arange(shape[-1]) == 0, 2 * shape[-1], rng.integers(-1, 1, shape, endpoint=True))
    )
