"""The limit distribution of Kolmogorov, of the largest distance between a distribution and a sample of it.

Tangent     minus the density, 8 x sum (-1)^(k-1) k^2 exp(-2 k^2 x^2), and below 1 its turned series,
            sqrt(2 pi) / x^2 sum (2 c - 1) exp(-c), c = (2 k - 1)^2 pi^2 / (8 x^2)
"""

from __future__ import annotations

from typing import Any

import numpy as np

from linad.operations.elementwise import exp, less, where
from linad.operations.special.declaring import function

_TERMS = range(1, 6)  # what is left out is exp(-70) of the first
_LEAST = 0.03  # where the density is below the smallest number


def _density(x: Any) -> Any:
    left = less(x, 1)
    u, v = where(less(x, _LEAST), _LEAST, where(left, x, 1)), where(left, 1, x)
    inside = outside = 0.0
    for k in _TERMS:
        c = (2 * k - 1) ** 2 * np.pi**2 / 8 / (u * u)
        inside = inside + (2 * c - 1) * exp(-c)
        outside = outside - (-1) ** k * k * k * exp(-2 * k * k * v * v)
    return where(left, np.sqrt(2 * np.pi) / (u * u) * inside, 8 * v * outside)


kolmogorov = function("kolmogorov", lambda x, y: -_density(x), domain=("positive",))
kolmogi = function("kolmogi", lambda p, y: -1 / _density(y), domain=("fraction",))
