"""Places where a function of a number jumps: suspected where differences at two steps disagree, then bisected."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from linad.check.numbers import Array
from linad.check.vectors import flat, numbers_at

SHRINK = 4.0  # of steps from row to row
DROP = 200.0  # smooth functions change sixteen times less from row to row
GROWTH = 3.0  # differences across a jump at the point go with 1/h: four times more from row to row
UNSETTLED = 1e-2
HALVINGS = 40
POINT = 1e-12  # of the first step: what is nearer is at the point
JUMP = 1e-9  # relative to 1 + |f|: what is less may be rounding


def place_of_jump(
    phi: Callable[[float], Any], step: float, firsts: list[Array], error: Array
) -> float | None:
    """The place of a jump between the largest and the smallest step: suspected where rows disagree, then bisected."""
    sizes = np.nan_to_num(np.abs(firsts), posinf=0.0)
    if not sizes.size:
        return None
    changes = np.abs(np.diff(sizes, axis=0))
    floor = np.minimum(error, 1.0) + np.finfo(float).eps * (1 + np.max(sizes, axis=0))
    drops = changes[:-1] / np.maximum(changes[1:], floor)
    row, entry = divmod(int(np.argmax(drops)), sizes.shape[1])
    last = len(firsts) - 1
    growing = (sizes[-1] > GROWTH * sizes[-2]) & (error > UNSETTLED * sizes[0])
    if np.any(growing):
        entry = int(np.argmax(growing))
        inner, outer = 0.0, step / SHRINK**last
    elif drops[row, entry] > DROP:
        inner, outer = step / SHRINK ** (row + 1), step / SHRINK**row
    else:
        return None
    places = [_bisect(phi, sign * inner, sign * outer, entry) for sign in (1.0, -1.0)]
    place = next((place for place in places if place is not None), None)
    return 0.0 if place is not None and abs(place) < POINT * step else place


def _bisect(phi: Callable[[float], Any], inner: float, outer: float, entry: int) -> float | None:
    """Where between two places an entry jumps, if it does: then halving the distance does not halve the difference."""
    like = flat(phi(0.0))

    def value(t: float) -> Any:
        return numbers_at(phi, t, like)[entry]

    a, b = value(inner), value(outer)
    least = max(1e-3 * abs(b - a), JUMP * (1 + abs(a)))
    for _ in range(HALVINGS):
        if not abs(b - a) > least:
            return None
        middle = (inner + outer) / 2
        m = value(middle)
        if abs(m - a) >= abs(b - m):
            outer, b = middle, m
        else:
            inner, a = middle, m
    return outer
