"""The conditions that a minimum satisfies (Karush, Kuhn and Tucker), as equations of the unknowns and multipliers.

grad f(x) + sum_j m_j grad c_j(x) = 0       for the unknowns that no bound holds
x_i = bound                                 for those that one holds
c_j(x) = limit                              for equalities, and for the inequalities that hold
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from linad.core.traced import innermost
from linad.core.transforms import grad
from linad.optimize.recording import Vector


@dataclass(frozen=True, slots=True)
class Problem:
    """Minimize f(x), where least <= x <= greatest and low <= c(x) <= high. All may be traced, or read what is."""

    f: Callable[[Any], Any]
    least: Any
    greatest: Any
    c: Callable[[Any], Any]
    low: Any
    high: Any

    def ends(self) -> tuple[Vector, Vector]:
        """The plain limits of the unknowns, then of the constraints."""
        low, high = (
            np.concatenate([np.asarray(innermost(part), float) for part in parts])
            for parts in ((self.least, self.low), (self.greatest, self.high))
        )
        return low, high


def unlimited(f: Callable[[Any], Any], n: int, limits: tuple[Any, Any] | None = None) -> Problem:
    """A problem without constraints, perhaps with bounds."""
    ends = (np.full(n, -np.inf), np.full(n, np.inf)) if limits is None else limits
    none = np.zeros(0)
    return Problem(f, ends[0], ends[1], lambda x: none, none, none)


@dataclass(frozen=True, slots=True)
class Holding:
    """Which limits hold, of the unknowns, then of the constraints: the low ones, and the high ones."""

    low: Vector
    high: Vector

    @property
    def any(self) -> Vector:
        held: Vector = self.low | self.high
        return held

    def but(self, freed: Vector) -> Holding:
        return Holding(self.low & ~freed, self.high & ~freed)


def slope(problem: Problem, holding: Holding, n: int) -> Callable[[Any], Any]:
    """The gradient by x of the Lagrangian, as a function of the unknowns and the multipliers of what holds."""
    rows = np.flatnonzero(holding.any[n:])
    if not len(rows):
        return lambda z: grad(problem.f)(z[:n])
    return lambda z: grad(lambda x: problem.f(x) + (z[n:] * problem.c(x)[rows]).sum())(z[:n])


def conditions(problem: Problem, holding: Holding, n: int) -> Callable[[Any], Any]:
    """The equations, as a function of the same."""
    moved, free = slope(problem, holding, n), ~holding.any[:n]
    rows = np.flatnonzero(holding.any[n:])
    low, high = (limit[:n] for limit in (holding.low, holding.high))
    upper = holding.high[n:][rows]

    def equations(z: Any) -> Any:
        found = moved(z)
        if not free.all():
            on = np.where(low, _finite(problem.least, low), _finite(problem.greatest, high))
            found = np.where(free, found, z[:n] - on)
        if not len(rows):
            return found
        limit = np.where(upper, _finite(problem.high[rows], upper), _finite(problem.low[rows], ~upper))
        return np.concatenate([found, problem.c(z[:n])[rows] - limit])

    return equations


def _finite(end: Any, where: Any) -> Any:
    """Limits where they are read; others may be infinite."""
    return np.where(where, end, 0.0)
