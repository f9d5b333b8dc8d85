"""Finite differences that know their own error.

Central differences are taken at steps that shrink fourfold and extrapolated (Richardson; the tableau is
Ridders'). Every entry of the tableau has an error: how far it is from its two parents, plus what rounding
of the function amounts to at its step. For each component the entry of least error is taken. So steps that
cross a kink or a jump are recognised by their neighbours and left, unless all do; steps at which the function
has no value are left too. Rows are added until smaller steps would only add rounding; where nothing is watched for,
until the errors are small.

A kink at the point itself hides from central differences: they converge to the mean of two slopes. The
difference of the slopes, (f(h) - 2 f(0) + f(-h)) / h, vanishes with h where f is smooth, and is extrapolated too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from linad.check.jumps import SHRINK, place_of_jump
from linad.check.numbers import Array
from linad.check.vectors import coarsest, flat, numbers_at

ROWS = 8
FEW_ROWS = 5
MOST_ROWS = 28
COLUMNS = 8
REACH = 0.1  # the first step, relative to the size of the point, or to 1 where it is smaller
SETTLED = 1e-8  # the error, relative to 1 + |derivative|, below which eight rows are enough
SMALL = 1e-10  # and five, where kinks and jumps are not looked for
ROUGH, STEEP = 0.1, 1e-3  # an error relative to its entry that tells nothing, and one that tells much
STEEPER = 10.0
KINK = 1e-5  # the difference of two slopes, relative to their sizes, that makes a kink
CERTAIN = 100.0  # and how many of its own errors it must have
Curve = Callable[[Array, Array], Array]


@dataclass(frozen=True, slots=True)
class Differences:
    """A derivative by differences, as one vector.

    Attributes
    ----------
    estimate, error
        The derivative, and the error of each of its entries: infinite where no step gave a number.
    bend
        The derivative to the right minus that to the left where the function has a kink at the point, zero elsewhere.
    jump
        Where along the direction the function was seen to jump; None if it was not. Zero: at the point itself.
    """

    estimate: Array
    error: Array
    bend: Array = field(default_factory=lambda: np.zeros(0))
    jump: float | None = None

    def seen_by(self, cotangents: Sequence[Array]) -> Differences:
        """Re<g, .> of the derivative, for each cotangent g."""
        weights = np.array(cotangents).reshape(len(cotangents), self.estimate.size)
        seen = np.abs(weights) > 0  # zero times an infinite error is nothing
        error = np.sum(np.where(seen, np.abs(weights) * self.error, 0), axis=1)
        parts = (
            np.where(seen, np.conj(weights) * self.estimate, 0),
            np.where(seen, np.conj(weights) * self.bend, 0),
        )
        estimate, bend = (np.sum(part, axis=1).real for part in parts)
        return Differences(estimate, error, bend, self.jump)


@dataclass(slots=True)
class Tableau:
    """Rows of extrapolated values of one sequence, and the best entry so far for each component.

    ``powers`` are the exponents of the step that the columns remove in turn. The best entry is that of the least
    error, ``error``, from the row ``place``. Where the function changes on a scale far below the first steps, those
    know nothing of it and have small errors: then an entry of later rows, that of the least error relative to its
    size, ``steep``, is better.
    """

    powers: Sequence[int]
    best: Array
    error: Array
    steep: Array
    ratio: Array
    place: Array
    steep_place: Array
    rows: int = 0
    row: list[Array] = field(default_factory=list)

    @classmethod
    def like(cls, powers: Sequence[int], x: Array) -> Tableau:
        nothing, infinite = np.full_like(x, np.nan), np.full(x.shape, np.inf)
        first = np.zeros(x.shape, int)
        return cls(powers, nothing, infinite, nothing, infinite, first, first)

    def add(self, value: Array, noise: Any) -> None:
        """A value at a step a quarter of the last one, and what rounding amounts to in it."""
        row = [value]
        for power, parent in zip(self.powers, self.row, strict=False):
            weight = SHRINK**power
            row.append((weight * row[-1] - parent) / (weight - 1))
            apart = np.maximum(np.abs(row[-1] - row[-2]), np.abs(row[-1] - parent)) + noise
            better = apart < self.error  # NaN is not
            self.best, self.error = np.where(better, row[-1], self.best), np.where(better, apart, self.error)
            self.place = np.where(better, self.rows, self.place)
            ratio = apart / np.abs(row[-1])
            nearer = ratio < self.ratio
            self.steep, self.ratio = (
                np.where(nearer, row[-1], self.steep),
                np.where(nearer, ratio, self.ratio),
            )
            self.steep_place = np.where(nearer, self.rows, self.steep_place)
        self.row = row
        self.rows += 1

    def result(self) -> tuple[Array, Array]:
        """The best entries and their errors."""
        rough = self.error > ROUGH * np.abs(self.best)
        steep = rough & (self.ratio < STEEP) & (self.steep_place > self.place)
        error = np.where(steep, self.ratio * np.abs(self.steep), self.error)
        return np.where(steep, self.steep, self.best), error


def derivative(
    phi: Callable[[float], Any], step: float, noise: Any = 0.0, watch: bool = True, size: float = 0.0
) -> Differences:
    """The derivative at 0 of a vector-valued function of a number.

    Parameters
    ----------
    phi
        Returns arrays, or containers of them.
    step
        The largest step that is tried.
    noise
        How much a value may be off, by entry or in all, if that is more than rounding.
    watch
        Whether to look for kinks and jumps.
    size
        That of the point, in units of the direction: x + h d is rounded.
    """
    with np.errstate(all="ignore"):
        out = phi(0.0)
        middle, eps = flat(out), coarsest(out)
        middle = (
            middle.astype(np.result_type(middle.dtype, np.float64)) if middle.dtype.kind in "fc" else middle
        )
        slopes = Tableau.like(range(2, 2 * COLUMNS, 2), middle)
        bends = Tableau.like(range(1, 2 * COLUMNS, 2), middle)
        firsts: list[Array] = []
        h = step
        for i in range(MOST_ROWS):
            high, low = numbers_at(phi, h, middle), numbers_at(phi, -h, middle)
            values = np.abs([high, low, middle])
            largest = float(np.max(values, initial=0, where=np.isfinite(values)))
            firsts.append((high - low) / (2 * h))
            step_error = eps * size * np.abs(np.nan_to_num(firsts[-1]))
            rounding = (2 * eps * largest + step_error + noise) / h  # a few roundings of the largest numbers
            slopes.add(firsts[-1], rounding)
            if watch:
                bends.add((high - 2 * middle + low) / h, 2 * rounding)
            scale = 1 + np.abs(slopes.best)
            if not watch and i + 1 >= FEW_ROWS and np.all(slopes.error <= SMALL * scale):
                break
            settled = slopes.error <= SETTLED * scale
            more = SHRINK * rounding < np.fmax(slopes.error, STEEP * np.abs(firsts[-1]))
            if i + 1 >= ROWS and not np.any(more & ~settled):
                break
            h /= SHRINK
        slope, error = slopes.result()
        slope = np.where(np.isnan(slope), firsts[-1], slope)
        if not watch:
            return Differences(slope, error, np.zeros_like(slope))
        uneven = (bends.error > ROUGH * (1 + np.abs(slope))) & (bends.error > CERTAIN * error)
        error = np.where(uneven, bends.error, error)  # the value at the point is not that of its neighbours
        return Differences(slope, error, _bend(slope, bends), place_of_jump(phi, step, firsts, error))


def _bend(slope: Array, bends: Tableau) -> Array:
    """The difference of the slopes where it is certain."""
    size = np.abs(bends.best)
    sure = (size > CERTAIN * bends.error) & (size > KINK * (np.abs(slope) + size))
    return np.where(sure, bends.best, 0)


def complex_step(f: Callable[..., Any], point: Sequence[Any], direction: Sequence[Any]) -> Array:
    """The derivative along a direction as Im f(x + i h d) / h: exact where f is analytic, wrong elsewhere."""
    h = 2.0**-100
    return (
        flat(f(*[np.asarray(x) + 1j * h * np.asarray(d) for x, d in zip(point, direction, strict=True)])).imag
        / h
    )


def straight(x: Array, d: Array) -> Array:
    return np.asarray(x + d)


def along(
    f: Callable[..., Any],
    point: Sequence[Any],
    direction: Sequence[Any],
    curves: Sequence[Curve] = (),
    noise: Any = 0.0,
    watch: bool = True,
    reach: float = REACH,
) -> Differences:
    """The derivative of f at a point along a direction.

    ``curves`` says how each part of the point moves: in a straight line, unless a curve is named. ``noise`` and
    ``watch`` are those of :func:`derivative`.
    """
    size = max((float(np.max(np.abs(x), initial=0)) for x in point), default=0.0)
    length = max((float(np.max(np.abs(d), initial=0)) for d in direction), default=0) or 1.0
    moves = curves or [straight] * len(point)

    def phi(t: float) -> Any:
        return f(
            *[move(x, np.asarray(t * d, d.dtype)) for move, x, d in zip(moves, point, direction, strict=True)]
        )

    rounded = max(_moved(x, d, move) for x, d, move in zip(point, direction, moves, strict=True))
    return derivative(phi, reach * max(size, 1.0) / length, noise, watch, rounded / length)


def _moved(x: Array, d: Array, move: Curve) -> float:
    """The size of the entries that a direction moves; on a curve all may be."""
    still = np.asarray(d) == 0 if move is straight else False
    return float(np.max(np.where(still, 0, np.abs(x)), initial=0))


def directional(f: Callable[..., Any], point: Sequence[Any], direction: Sequence[Any]) -> tuple[Array, Array]:
    """The derivative of f at a point along a direction, as one vector, and the error of each entry."""
    found = along(f, point, direction)
    return found.estimate, found.error
