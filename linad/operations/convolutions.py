"""Convolutions of two vectors.

full     y_k = sum_j a_j v_(k-j)                              every k where the two overlap
valid    the middle of it, where all of v overlaps with a     v not longer than a

full     ga = valid(gy, v*),        gv = valid(gy, a*)        x* is x conjugated and turned around
valid    ga = full(gy, v*),         gv = valid(conj a, gy turned around), turned around
"""

from __future__ import annotations

from typing import Any

import numpy as np

from linad.core.kinds import Sample, bilinear
from linad.core.space import conj
from linad.operations.shape import flip


def turned(x: Any) -> Any:
    """A vector from its end to its beginning."""
    return flip(x, (0,))


def _of_first(g: Any, v: Any, mode: str) -> Any:
    return convolve(g, conj(turned(v)), "valid" if mode == "full" else "full")


def _of_second(g: Any, a: Any, mode: str) -> Any:
    if mode == "full":
        return convolve(g, conj(turned(a)), "valid")
    return turned(convolve(conj(a), turned(g), "valid"))


convolve = bilinear(
    "convolve",
    np.convolve,
    left=_of_first,
    right=_of_second,
    samples=tuple(
        Sample(shapes, (mode,), f"{mode}-{shapes[0][0]}-{shapes[1][0]}")
        for mode, shapes in [
            ("full", ((3,), (2,))),
            ("full", ((2,), (4,))),
            ("full", ((1,), (1,))),
            ("valid", ((5,), (2,))),
            ("valid", ((3,), (3,))),
            ("valid", ((2,), (1,))),
        ]
    ),
)
