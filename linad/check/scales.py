"""How large the results of a function are near a point: what they are divided by, to be of order one.

The size of a result is its own, or that of its slopes where it is small at the point alone. Where all that is seen of
it is rounding, as of sin^2 + cos^2 - 1, its size is that of the numbers it was left over from: rounding over eps.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from linad.check.arguments import largest, power_of_two
from linad.check.noise import PLACES, level
from linad.check.vectors import coarsest, flat

STEPS = (2.0**-4, 2.0**-10, 2.0**-20)
SPACING = 2.0**-36  # of the places where rounding is looked at, from the last of the steps on
NOTHING_BUT = 64.0  # levels of rounding, below which a result is nothing else
Moved = Callable[[float], Any]  # the results at a step from the point; None where the function has none


def scales(here: Sequence[Any], moved: Moved, most: float) -> list[float]:
    """A power of two for each result. ``most`` is the size of the numbers that rounding may be left over from."""
    at = [moved(step) for step in STEPS]
    near = [moved(STEPS[-1] + k * SPACING) for k in range(PLACES)]
    found = []
    for i, y in enumerate(here):
        changes = [
            (step, largest(np.subtract(z[i], y))) for step, z in zip(STEPS, at, strict=True) if z is not None
        ]
        # The least of the slopes: across a jump they grow with 1/step.
        slopes = [change / step for step, change in changes if np.isfinite(change)]
        size = max(largest(y), min(slopes, default=0.0))
        if all(z is not None for z in near):
            rounding = largest(level(np.array([flat(z[i]) for z in near])))
            if max(largest(y), *(change for _, change in changes), 0.0) <= NOTHING_BUT * rounding:
                size = max(size, min(rounding / coarsest(y), most))
        found.append(power_of_two(size))
    return found
