"""How far central differences are from a tangent, step by step: truncation falls, then rounding rises."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from linad.check.domains import Array
from linad.check.points import Point
from linad.check.trial import Trial, size, trial
from linad.check.vectors import flat

STEPS = np.logspace(-1, -13, 73)


@dataclass(frozen=True, slots=True)
class Curve:
    """Of a point: steps, the error of the difference at each, and the error that the tableau of differences claims.

    Errors are relative to 1 + the size of the tangent.
    """

    point: Point
    steps: Array
    errors: Array
    claimed: float


def curve(point: Point) -> Curve:
    t = trial(point)
    direction = t.inside(t.u)
    exact = flat(t.push(t.x, direction))
    scale = 1 + size(exact)
    length = max(size(direction), 1.0)
    errors = np.array([size(_central(t, direction, h / length) - exact) for h in STEPS])
    return Curve(point, STEPS, errors / scale, size(t.differences.error) / scale)


def _central(t: Trial, direction: Iterable[Array], h: float) -> Array:
    right, left = (flat(t.f(*[x + s * h * d for x, d in zip(t.x, direction, strict=True)])) for s in (1, -1))
    return np.asarray((right - left) / (2 * h))


def smooth_points(points: Iterable[Point]) -> Iterator[Point]:
    """Of each differentiable operation one point in double precision, that with the most entries."""
    best: dict[str, Point] = {}
    for point in points:
        if point.primitive.push is None or point.dtype not in ("float64", "complex128") or not point.whole:
            continue
        kept = best.get(point.primitive.name)
        if kept is None or _entries(point) > _entries(kept):
            best[point.primitive.name] = point
    yield from best.values()


def _entries(point: Point) -> int:
    return sum(int(np.prod(shape)) for shape in point.sample.shapes)
