"""Directions that move one entry of an array, and cotangents that see one number of an output."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from linad.check.numbers import Array

Project = Callable[[Array, Array], Array]


def entries_of(name: str, x: Any, along: Project) -> Iterator[tuple[str, Array]]:
    """Tangents that move one entry of an array, and what must move with it; the same tangent once."""
    array = np.asarray(x)
    seen: list[Array] = []
    for where in np.ndindex(array.shape):
        for unit, word in ((1, ""), (1j, ", imaginary part"))[: 2 if np.iscomplexobj(array) else 1]:
            step = np.zeros(array.shape, array.dtype)
            step[where] = unit
            t = np.asarray(along(array, step), array.dtype)
            if np.max(np.abs(t), initial=0) < 1e-8 or any(_parallel(t, other) for other in seen):
                continue
            seen.append(t)
            place = f"{name}[{', '.join(map(str, where))}]" if where else name
            yield place + word, t[()]


def _parallel(a: Array, b: Array) -> bool:
    return bool(np.array_equal(a, b) or np.array_equal(a, -b))


def units_of(like: Any) -> Iterator[Any]:
    """Cotangents that see one number of the output: of complex ones the real part, and the imaginary part."""
    zeros = [np.zeros(np.shape(y), np.asarray(y).dtype) for y in like]
    for i, y in enumerate(zeros):
        for where in np.ndindex(y.shape):
            for unit in (1, 1j)[: 2 if np.iscomplexobj(y) else 1]:
                g = [z.copy() for z in zeros]
                g[i][where] = unit
                yield tuple(part[()] for part in g)
