"""The conditions that a minimum satisfies (Karush, Kuhn and Tucker), as equations of the unknowns and multipliers.

    grad f(x) + sum_j m_j grad c_j(x) = 0       for the unknowns that no bound holds
    x_i = bound                                 for those that one holds
    c_j(x) = limit                              for equalities, and for the inequalities that hold

A bound or inequality holds where the answer lies on it and would leave it if it were taken away. Where it would not
even move, the answer has another derivative on each side: reported as degenerate, and left aside where that is allowed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.optimize

from linad.core.errstate import report
from linad.core.level import no_recording
from linad.core.traced import innermost
from linad.core.transforms import grad
from linad.optimize.implicit import Verdict, answer
from linad.optimize.recording import Recording

Vector = np.ndarray[Any, Any]
NEAR = 1e-3  # of a limit, by the size of what it limits: interior points end before they reach it
TOUCHES = 1e-6  # as near, and moving no farther: it cannot be told whether the limit holds the answer


@dataclass(frozen=True, slots=True)
class Problem:
    """Minimize f(x), where least <= x <= greatest and low <= c(x) <= high. All may be traced, or read what is."""

    f: Callable[[Any], Any]
    least: Any
    greatest: Any
    c: Callable[[Any], Any]
    low: Any
    high: Any


def unlimited(f: Callable[[Any], Any], n: int, limits: tuple[Any, Any] | None = None) -> Problem:
    """A problem without constraints, perhaps with bounds."""
    ends = (np.full(n, -np.inf), np.full(n, np.inf)) if limits is None else limits
    none = np.zeros(0)
    return Problem(f, ends[0], ends[1], lambda x: none, none, none)


def minimum(where: str, problem: Problem, x: Vector, verdict: Verdict) -> Any:
    """The answer of a minimization, with its derivative."""
    n = len(x)
    with no_recording():
        held, active = _holding(where, problem, x)
        slope = Recording(where, grad(problem.f), x)
        J = Recording(where, problem.c, x).rows()[active != 0] if active.size else np.zeros((0, n))
    free = ~(held[0] | held[1])
    m = np.linalg.lstsq(J[:, free].T, -np.array(innermost(slope.value))[free], rcond=None)[0]
    rows = np.flatnonzero(active)
    upper = active[rows] > 0

    def equations(z: Any) -> Any:
        x, m = z[:n], z[n:]
        if not len(rows):
            moved = grad(problem.f)(x)
        else:
            moved = grad(lambda x: problem.f(x) + (m * problem.c(x)[rows]).sum())(x)
        if not free.all():
            on = np.where(held[0], _finite(problem.least, held[0]), _finite(problem.greatest, held[1]))
            moved = np.where(free, moved, x - on)
        if not len(rows):
            return moved
        limit = np.where(upper, _finite(problem.high[rows], upper), _finite(problem.low[rows], ~upper))
        return np.concatenate([moved, problem.c(x)[rows] - limit])

    return answer(where, equations, np.concatenate([x, m]), verdict)[:n]


def _finite(end: Any, where: Any) -> Any:
    """Limits where they are read; others may be infinite."""
    return np.where(where, end, 0.0)


def _ends(problem: Problem) -> list[Vector]:
    return [np.asarray(innermost(end), float) for end in (problem.least, problem.greatest)]


def _holding(where: str, problem: Problem, x: Vector) -> tuple[tuple[Vector, Vector], Vector]:
    """Which bounds hold, below and above, and for each constraint -1, 0 or 1: which of its limits does."""
    n = len(x)
    slope = Recording(where, grad(problem.f), x)
    g = np.array(innermost(slope.value), float)
    constraints = Recording(where, problem.c, x)
    c = np.array(innermost(constraints.value), float)
    J = np.concatenate([np.eye(n), constraints.rows() if c.size else np.zeros((0, n))])
    y = np.concatenate([x, c])
    low, high = (
        np.concatenate([a, np.asarray(innermost(b), float)])
        for a, b in zip(_ends(problem), (problem.low, problem.high), strict=True)
    )
    size = np.maximum(1.0, np.abs(y))
    gaps = np.minimum(np.abs(y - low), np.abs(y - high))
    fixed = low == high
    candidates = np.flatnonzero((gaps <= NEAR * size) | fixed)
    side = np.where(np.abs(y - high) < np.abs(y - low), 1, -1)
    holding = np.zeros(len(y), int)
    if not len(candidates):
        return (holding[:n] < 0, holding[:n] > 0), holding[n:]
    # The multipliers of the right sign that explain the gradient best.
    least = np.where(fixed | (side < 0), -np.inf, 0.0)[candidates]
    greatest = np.where(fixed | (side > 0), np.inf, 0.0)[candidates]
    multipliers = scipy.optimize.lsq_linear(J[candidates].T, -g, (least, greatest), method="bvls").x
    for k, m in zip(candidates, multipliers, strict=True):
        if not fixed[k]:
            a = J[k]
            curvature, force = abs(a @ slope.push(a)), abs(m) * (a @ a) ** 2
            # how far c would go without the limit
            moves = force / curvature if curvature else np.inf if force else 0.0
            if max(moves, gaps[k]) <= TOUCHES * size[k]:
                _undecided(where, f"the bound of unknown {k}" if k < n else f"constraint {k - n}")
                continue
            if moves <= gaps[k]:
                continue
        holding[k] = side[k]
    bounds = holding[:n]
    return (bounds < 0, bounds > 0), holding[n:]


def _undecided(where: str, what: str) -> None:
    report(
        "degenerate",
        where,
        f"{what} touches the answer without holding it: the derivative differs from one side to the other.",
        'linad.errstate(degenerate="ignore") takes the side on which it does not hold.',
    )
