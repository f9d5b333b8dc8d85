"""How exactly a function computes: an estimate of the noise in its values, not an assumption.

Values at nearby places that are equally far apart are differenced again and again. What is smooth vanishes, noise does
not: the k-th differences of independent errors of variance s^2 have variance s^2 (2k)! / (k!)^2. (R. W. Hamming,
Introduction to Applied Numerical Analysis, 1971; J. J. More and S. M. Wild, Estimating computational noise, SIAM J.
Sci. Comput. 33, 2011.) A function that rounds coarsely
stands still at the fine spacing and is noisy at the coarse ones. One that does not stand still there, and yet looks
noisy at the coarse ones, may be noisy or may be steep: that is doubtful.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import factorial
from typing import Any

import numpy as np

from linad.check.differences import Curve, straight
from linad.check.numbers import Array
from linad.check.vectors import flat

PLACES = 10
ORDERS = (4, 5, 6)
SPACINGS = (2.0**-20, 2.0**-24, 2.0**-36)
SAFETY = 3.0  # standard deviations
STILL = 0.5  # of the steps at the fine spacing change nothing: the function rounds coarsely
DISTINCT = 100.0  # how much rougher it must look at coarse spacings


@dataclass(frozen=True, slots=True)
class Noise:
    """The noise in every number of a value: what is sure, and what may be steepness."""

    sure: Array
    doubtful: Array


def noise_of(
    f: Callable[..., Any], point: Sequence[Any], direction: Sequence[Any], curves: Sequence[Curve] = ()
) -> Noise:
    """The noise in every number that f returns near a point; zero where it has no value nearby."""
    moves = curves or [straight] * len(point)

    def values(spacing: float) -> Array:
        found = []
        for k in range(PLACES):
            steps = [np.asarray(spacing * k * d, d.dtype) for d in direction]
            found.append(flat(f(*[move(x, d) for move, x, d in zip(moves, point, steps, strict=True)])))
        return np.array(found)

    try:
        with np.errstate(all="ignore"):
            coarse, less_coarse, fine = [values(spacing) for spacing in SPACINGS]
    except (ArithmeticError, ValueError):
        nothing = np.zeros(flat(f(*point)).shape)
        return Noise(nothing, nothing)
    rough, less, smooth = level(coarse), level(less_coarse), level(fine)
    rough = np.where(
        less > 0, np.minimum(rough, less), rough
    )  # the smaller spacing may lie within one rounding
    still = np.mean(np.diff(fine, axis=0) == 0, axis=0) >= STILL
    rough = np.where(rough > DISTINCT * smooth, rough, 0)
    return Noise(np.maximum(smooth, np.where(still, rough, 0)), np.where(still, 0, rough))


def level(values: Array) -> Array:
    """The standard deviation of noise in values at nearby places, times SAFETY, from the order that shows the least."""
    levels = []
    with np.errstate(over="ignore", invalid="ignore"):
        for k in ORDERS:
            differences = np.abs(np.diff(values, k, axis=0))
            weight = factorial(k) ** 2 / factorial(2 * k)
            levels.append(np.sqrt(weight * np.mean(differences**2, axis=0)))
        return np.asarray(SAFETY * np.nan_to_num(np.min(levels, axis=0)))
