"""How exactly a function computes: an estimate of the noise in its values, not an assumption.

Values at nearby places that are equally far apart are differenced again and again. What is smooth vanishes, noise does
not: the k-th differences of independent errors of variance s^2 have variance s^2 (2k)! / (k!)^2. (R. W. Hamming,
Introduction to Applied Numerical Analysis, 1971; J. J. More and S. M. Wild, Estimating computational noise, SIAM J.
Sci. Comput. 33, 2011.) A function that rounds coarsely may stand still at
fine spacings; at coarse ones what is steep looks like noise, unless two of them are asked.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import factorial
from typing import Any

import numpy as np

from linad.check.differences import Curve, flat, straight
from linad.check.numbers import Array

PLACES = 10
ORDERS = (4, 5, 6)
SPACINGS = (2.0**-20, 2.0**-24, 2.0**-36)
SAFETY = 3.0  # standard deviations


def noise_of(
    f: Callable[..., Any], point: Sequence[Any], direction: Sequence[Any], curves: Sequence[Curve] = ()
) -> Array:
    """The noise in every number that f returns near a point; zero where it has no value nearby."""
    moves = curves or [straight] * len(point)

    def level(spacing: float) -> Any:
        values = []
        for k in range(PLACES):
            steps = [np.asarray(spacing * k * d, d.dtype) for d in direction]
            values.append(flat(f(*[move(x, d) for move, x, d in zip(moves, point, steps, strict=True)])))
        return _level(np.array(values))

    try:
        with np.errstate(all="ignore"):
            coarse, less_coarse, fine = [level(spacing) for spacing in SPACINGS]
    except (ArithmeticError, ValueError):
        return np.zeros(flat(f(*point)).shape)
    return np.asarray(SAFETY * np.nan_to_num(np.maximum(fine, np.minimum(coarse, less_coarse))))


def _level(values: Array) -> Array:
    """The standard deviation of the noise, from the orders of difference that agree on the least."""
    levels = []
    for k in ORDERS:
        differences = np.abs(np.diff(values, k, axis=0))
        weight = factorial(k) ** 2 / factorial(2 * k)
        levels.append(np.sqrt(weight * np.mean(differences**2, axis=0)))
    return np.asarray(np.min(levels, axis=0))
