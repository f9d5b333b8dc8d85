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
from linad.optimize.implicit import answer
from linad.optimize.recording import Recording

Vector = np.ndarray[Any, Any]
NEAR = 1e-5  # of a limit, by the size of what it limits


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
    return Problem(f, *ends, lambda x: none, none, none)


def minimum(where: str, problem: Problem, x: Vector, near: float = NEAR) -> Any:
    """The answer of a minimization, with its derivative."""
    n = len(x)
    with no_recording():
        held, active = _holding(where, problem, x, near)
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

    return answer(where, equations, np.concatenate([x, m]))[:n]


def _finite(end: Any, where: Any) -> Any:
    """Limits where they are read; others may be infinite."""
    return np.where(where, end, 0.0)


def _ends(problem: Problem) -> list[Vector]:
    return [np.asarray(innermost(end), float) for end in (problem.least, problem.greatest)]


def _holding(where: str, problem: Problem, x: Vector, near: float) -> tuple[tuple[Vector, Vector], Vector]:
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
    reach = near * np.maximum(1.0, np.abs(y))
    below, above = np.abs(y - low) <= reach, np.abs(y - high) <= reach
    fixed = low == high
    candidates = np.flatnonzero(below | above | fixed)
    side = np.where(above, 1, -1)[candidates]
    # Multipliers that push inwards and explain the gradient best.
    ranges = [(-np.inf, np.inf) if fixed[k] else (0, np.inf) if s > 0 else (-np.inf, 0) for k, s in zip(candidates, side, strict=True)]
    holding = np.zeros(n + len(c), int)
    if len(candidates):
        A = J[candidates]
        found = scipy.optimize.lsq_linear(A.T, -g, np.array(ranges, float).T, method="bvls").x
        for k, s, a, m in zip(candidates, side, A, found, strict=True):
            if not fixed[k]:
                length = float(np.sqrt(a @ a))
                curvature = abs(a @ slope.push(a)) / length**2 if length else 0.0
                # how far the answer would go if this limit were taken away
                if abs(m) * length <= curvature * near * max(1.0, float(np.max(np.abs(x)))):
                    what = f"the bound of unknown {k}" if k < n else f"constraint {k - n}"
                    report(
                        "degenerate",
                        where,
                        f"{what} touches the answer without holding it, so that the derivative differs from one side "
                        "to the other.",
                        'linad.errstate(degenerate="ignore") takes the side on which it does not hold.',
                    )
                    continue
            holding[k] = s
    bounds = holding[:n]
    return (bounds < 0, bounds > 0), holding[n:]
