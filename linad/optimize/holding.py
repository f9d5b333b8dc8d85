"""The answer of a minimization with its derivative: which limits hold it, and whether that can be told.

A bound or inequality holds where the answer lies on it and would leave it if it were taken away. With the limits that
are taken to hold, a step of Newton's method leads to multipliers and to a point nearer to the solution. A multiplier
of the wrong sign frees its limit, a limit that is overstepped is added, until neither occurs. Then

    distance of a limit that does not hold    from the point to the limit
    distance of one that does                 from the limit to where the answer would go if it were taken away,
                                              the others kept: its multiplier m by -dm/dl, l the limit

-dm/dl is the curvature of the Lagrangian along the way of the solution with the limit, so all that is coupled to it
follows. Any other way that keeps to the other limits has at least this curvature: one product bounds the distance from
below, and only where that is too short is the way itself solved for.

A distance of zero, or of no more than rounding and the rest of the solver's error leave open, is degenerate: the answer
has another derivative on each side. It is reported, and the limit left aside where that is allowed.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.optimize

from linad.core.errstate import report
from linad.core.level import no_recording
from linad.core.traced import innermost
from linad.core.transforms import grad
from linad.errors import DegenerateError
from linad.operations.linearised import Linearised
from linad.optimize.conditions import Holding, Problem, conditions, slope
from linad.optimize.implicit import Nearer, Verdict, answer, linearised, nearer
from linad.optimize.recording import Recording, Vector

NEAR = 1e-3  # of a limit, by its length: interior points end before they reach it. What is missed is found by steps
TOUCHES = 1e-8  # of its length: half of the digits, as with conditioning
ROUNDING = 8 * float(np.finfo(float).eps)  # of the way from the start, from which rounding of the slope is
CHANGES = 20  # of what holds; each takes a step of Newton's method


def minimum(where: str, problem: Problem, x: Vector, verdict: Verdict, start: Vector | None = None) -> Any:
    """The answer of a minimization, with its derivative. Where the solver started tells lengths, no more."""
    n = len(x)
    with no_recording():
        limits = Limits(where, problem, x, x if start is None else start)
        holding, m, near = limits.hold(verdict)
    return answer(where, conditions(problem, holding, n), np.concatenate([x, m]), verdict, near=near)[:n]


class Limits:
    """The limits of a problem near an answer x: of the unknowns, then of the constraints, as those of y = (x, c(x))."""

    def __init__(self, where: str, problem: Problem, x: Vector, start: Vector) -> None:
        self.where, self.problem, self.x, self.n = where, problem, x, len(x)
        self.low, self.high = problem.ends()
        self.fixed = self.low == self.high
        self.none = not np.any(np.isfinite(self.low) | np.isfinite(self.high))
        if self.none:
            return
        constraints = Recording(where, problem.c, x)
        self.y = np.concatenate([x, np.array(innermost(constraints.value), float)])
        self.J = constraints.rows()
        self.gradient = Recording(where, grad(problem.f), x)
        self.g = np.array(innermost(self.gradient.value), float)
        # Lengths: of the terms that make up y and its limits, of the room between them, of the way from the start.
        ends = [np.where(np.isfinite(end), np.abs(end), 0) for end in (self.low, self.high)]
        nearest = np.where(np.abs(self.y - self.low) <= np.abs(self.y - self.high), *ends)
        length = np.minimum(np.maximum(self._along(x), nearest), self.high - self.low)
        come = self._along(start - x)
        self.near = NEAR * np.maximum(length, np.minimum(come, self.high - self.low))
        self.open = TOUCHES * length + ROUNDING * come

    def _along(self, d: Vector) -> Vector:
        """How far a way d of the unknowns moves y at most."""
        return np.concatenate([np.abs(d), np.abs(self.J) @ np.abs(d)])

    def hold(self, verdict: Verdict) -> tuple[Holding, Vector, Nearer | None]:
        """What holds, the multipliers of constraints among it, and the point next to the solution."""
        if self.none:
            nothing = np.zeros(len(self.low), bool)
            return Holding(nothing, nothing), np.zeros(0), None
        holding, unsettled = self._guess(), np.zeros(len(self.y), bool)
        for _ in range(CHANGES):
            z, system = self._system(holding)
            try:
                changed = self._after(z, system, holding)
            except DegenerateError:  # is raised again where a step to the solution is taken
                changed = holding
            unsettled = holding.any ^ changed.any
            if not unsettled.any():
                break
            holding = changed
        else:
            z, system = self._system(holding)
        near = nearer(linearised(self.where, conditions(self.problem, holding, self.n)), z, verdict, system)
        short = self.open + self._along(near.left[: self.n])
        touching = (unsettled | (self._distances(near, holding, short) <= short)) & ~self.fixed
        for k in np.flatnonzero(touching):
            self._report(int(k))
        if not (touching & holding.any).any():
            return holding, z[self.n :], near
        holding = holding.but(touching)
        return holding, self._system(holding)[0][self.n :], None

    def _guess(self) -> Holding:
        """The limits that the answer is near, and that it would leave if nothing else moved."""
        y, n = self.y, self.n
        low, high = np.abs(y - self.low), np.abs(y - self.high)
        up, gaps = high < low, np.minimum(low, high)
        candidates = np.flatnonzero((gaps <= self.near) | self.fixed)
        # Their gradients, and the multipliers of the right sign that explain that of f best.
        least = np.where(self.fixed | ~up, -np.inf, 0.0)[candidates]
        greatest = np.where(self.fixed | up, np.inf, 0.0)[candidates]
        if candidates.size and candidates[-1] >= n:
            forces = scipy.optimize.lsq_linear(
                self._rows(candidates).T, -self.g, (least, greatest), method="bvls"
            ).x
        else:
            forces = np.clip(-self.g[candidates], least, greatest)
        held = np.zeros(len(y), bool)
        for k, force in zip(candidates, forces, strict=True):
            a = self._rows(np.array([k]))[0]
            curvature, push = abs(float(a @ self.gradient.push(a))), abs(float(force)) * float(a @ a) ** 2
            held[k] = self.fixed[k] or push > gaps[k] * curvature
        return Holding(held & ~up, held & up)

    def _rows(self, places: Vector) -> Vector:
        """The gradients of limits by the unknowns."""
        bounds = places[places < self.n]
        unit = np.zeros((len(bounds), self.n))
        unit[np.arange(len(bounds)), bounds] = 1
        return np.concatenate([unit, self.J[places[places >= self.n] - self.n]])

    def _system(self, holding: Holding) -> tuple[Vector, Linearised]:
        """The unknowns with the multipliers that explain the slope best, and the equations there."""
        free, rows = ~holding.any[: self.n], holding.any[self.n :]
        m = np.linalg.lstsq(self.J[rows][:, free].T, -self.g[free], rcond=None)[0]
        z = np.concatenate([self.x, m])
        return z, linearised(self.where, conditions(self.problem, holding, self.n))(z)

    def _slope(self, z: Vector, holding: Holding) -> Recording:
        """The gradient of the Lagrangian at a point."""
        if np.array_equal(z, self.x):  # without multipliers it is that of f
            return self.gradient
        return Recording(self.where, slope(self.problem, holding, self.n), z)

    def _after(self, z: Vector, system: Linearised, holding: Holding) -> Holding:
        """What holds after a step: without the limits that pull, with those that were overstepped."""
        step = np.asarray(system.solve(tuple(system.left), False)[0])
        moved = np.concatenate([step[: self.n], self.J @ step[: self.n]])
        forces = self._forces(self._slope(z, holding), z, holding, step)
        pulls = holding.any & ~self.fixed & (forces < 0)
        out = ~holding.any
        y = self.y - moved
        below, above = out & (y < self.low - self.open), out & (y > self.high + self.open)
        return Holding((holding.low & ~pulls) | below, (holding.high & ~pulls) | above)

    def _forces(self, gradient: Recording, z: Vector, holding: Holding, step: Vector | None = None) -> Vector:
        """With what the answer presses on limits that hold, after a step; negative where it pulls."""
        forces, n = np.zeros(len(self.y)), self.n
        forces[:n] = -np.asarray(innermost(gradient.value), float)
        m = z[n:]
        if step is not None:
            forces[:n] += gradient.push(step)
            m = m - step[n:]
        forces[n:][holding.any[n:]] = m
        return np.where(holding.low, -forces, forces)

    def _distances(self, near: Nearer, holding: Holding, short: Vector) -> Vector:
        """From each limit; for one that holds, to where the answer would go without it, or more than is short."""
        n, z, system, held = self.n, near.z, near.system, holding.any
        y = np.concatenate([z[:n], np.asarray(innermost(self.problem.c(z[:n])), float)])
        distances = np.minimum(y - self.low, self.high - y)
        gradient = self._slope(z, holding)
        forces = self._forces(gradient, z, holding)
        places, free = np.flatnonzero(held & ~self.fixed), ~held[:n]
        rows = np.flatnonzero(held[n:])
        back = np.linalg.pinv(self.J[rows][:, free])
        for k in places:
            way = np.zeros(len(z))  # one that keeps to the other limits: the shortest
            if k < n:
                way[k] = 1
                way[:n][free] = -back @ self.J[rows, k]
            else:
                way[:n][free] = back[:, np.searchsorted(rows, k - n)]
            distances[k] = _far(forces[k], float(way[:n] @ gradient.push(way)))
            if distances[k] <= short[k]:
                place = k if k < n else n + int(np.searchsorted(rows, k - n))
                unit = np.zeros(len(z))
                unit[place] = 1
                way = np.asarray(system.solve((unit,), False)[0])
                distances[k] = _far(forces[k], gradient.push(way)[k] if k < n else -way[place])
        return distances

    def _report(self, k: int) -> None:
        what = f"the bound of unknown {k}" if k < self.n else f"constraint {k - self.n}"
        report(
            "degenerate",
            self.where,
            f"{what} touches the answer without holding it: the derivative differs from one side to the other.",
            'linad.errstate(degenerate="ignore") takes the side on which it does not hold.',
        )


def _far(force: float, curvature: float) -> float:
    """Where a force leads against a curvature: without end, where there is none."""
    return force / curvature if curvature > 0 else np.inf if force > 0 else 0.0
