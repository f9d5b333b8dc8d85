"""Random numbers for domains: short decimals of order one, so that a failure can be typed in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]
Rng = np.random.Generator
Shape = tuple[int, ...]
Draw = Callable[[Shape, Rng], Array]


def decimals(low: float, high: float, shape: Shape, rng: Rng) -> Array:
    """Random numbers with three decimals."""
    return np.asarray(rng.integers(round(1000 * low), round(1000 * high) + 1, shape) / 1000)


def signs(shape: Shape, rng: Rng) -> Array:
    return np.asarray(rng.choice([-1, 1], shape))


def numbers(low: float, high: float, tilt: float, integers: tuple[int, int]) -> tuple[Draw, ...]:
    """Members with low <= x <= high; complex ones have an imaginary part of at most ``tilt``."""

    def real(shape: Shape, rng: Rng) -> Array:
        return decimals(low, high, shape, rng)

    def tilted(shape: Shape, rng: Rng) -> Array:
        return real(shape, rng) + 1j * decimals(-tilt, tilt, shape, rng)

    def integer(shape: Shape, rng: Rng) -> Array:
        return np.asarray(rng.integers(*integers, shape, endpoint=True))

    return real, tilted, integer


def quadrant(low: float, high: float, integers: tuple[int, int]) -> tuple[Draw, ...]:
    """Members with low <= x <= high; complex ones have imaginary parts in the same bounds."""
    real, _, integer = numbers(low, high, 0, integers)

    def both(shape: Shape, rng: Rng) -> Array:
        return real(shape, rng) + 1j * real(shape, rng)

    return real, both, integer


def no_integers(shape: Shape, rng: Rng) -> Array:
    """Stands where a domain holds no whole numbers; laws of these are not tried there."""
    raise ValueError("the domain holds no whole numbers")


def nonzero(shape: Shape, rng: Rng) -> Array:
    return signs(shape, rng) * decimals(0.5, 2, shape, rng)


def complex_nonzero(shape: Shape, rng: Rng) -> Array:
    return nonzero(shape, rng) + 1j * signs(shape, rng) * decimals(0.3, 1, shape, rng)


def integer_nonzero(shape: Shape, rng: Rng) -> Array:
    return np.asarray(signs(shape, rng) * rng.integers(1, 3, shape, endpoint=True))


def in_order(draw: Draw) -> Draw:
    def ascending(shape: Shape, rng: Rng) -> Array:
        return np.sort(draw(shape, rng), axis=-1)

    return ascending


ANYTHING = numbers(-2, 2, 2, (-3, 3))
fraction = (*numbers(0.1, 0.9, 0.3, (0, 0))[:2], no_integers)
