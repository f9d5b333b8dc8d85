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
from linad.optimize.recording import Recording, Vector

NEAR = 1e-3  # of a limit, by the size of what it limits: interior points end before they reach it
TOUCHES = 1e-6  # between a limit and where the answer would go: it cannot be told whether the limit holds it


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
        below, above, rows, upper, multipliers, aside = _holding(where, problem, x)
    free = ~(below | above)

    def equations(z: Any) -> Any:
        x, m = z[:n], z[n:]
        if not len(rows):
            moved = grad(problem.f)(x)
        else:
            moved = grad(lambda x: problem.f(x) + (m * problem.c(x)[rows]).sum())(x)
        if not free.all():
            on = np.where(below, _finite(problem.least, below), _finite(problem.greatest, above))
            moved = np.where(free, moved, x - on)
        if not len(rows):
            return moved
        limit = np.where(upper, _finite(problem.high[rows], upper), _finite(problem.low[rows], ~upper))
        return np.concatenate([moved, problem.c(x)[rows] - limit])

    def look(z: Vector) -> None:
        y = np.concatenate([z[:n], np.asarray(innermost(problem.c(z[:n])), float)])
        low, high = _ends(problem)
        reached = np.minimum(y - low, high - y) <= TOUCHES * np.maximum(1.0, np.abs(y))
        for k in aside[reached[aside]]:
            _report_touch(where, int(k), n)

    return answer(
        where, equations, np.concatenate([x, multipliers]), verdict, look=look if len(aside) else None
    )[:n]


def _ends(problem: Problem) -> tuple[Vector, Vector]:
    """The plain limits of the unknowns, then of the constraints."""
    low, high = (
        np.concatenate([np.asarray(innermost(part), float) for part in parts])
        for parts in ((problem.least, problem.low), (problem.greatest, problem.high))
    )
    return low, high


def _report_touch(where: str, k: int, n: int) -> None:
    what = f"the bound of unknown {k}" if k < n else f"constraint {k - n}"
    report(
        "degenerate",
        where,
        f"{what} touches the answer without holding it: the derivative differs from one side to the other.",
        'linad.errstate(degenerate="ignore") takes the side on which it does not hold.',
    )


def _finite(end: Any, where: Any) -> Any:
    """Limits where they are read; others may be infinite."""
    return np.where(where, end, 0.0)


def _holding(
    where: str, problem: Problem, x: Vector
) -> tuple[Vector, Vector, Vector, Vector, Vector, Vector]:
    """The bounds that hold, from below and above; the constraints, which are at their upper limit, and multipliers.

    Last, by their places, what is near and was left aside; other unknowns may follow it and let it move on.
    """
    n = len(x)
    slope, constraints = Recording(where, grad(problem.f), x), Recording(where, problem.c, x)
    g, c = (np.array(innermost(recording.value), float) for recording in (slope, constraints))
    y, (low, high) = np.concatenate([x, c]), _ends(problem)
    size = np.maximum(1.0, np.abs(y))
    gaps = np.minimum(np.abs(y - low), np.abs(y - high))
    fixed = low == high
    candidates = np.flatnonzero((gaps <= NEAR * size) | fixed)
    up = np.abs(y - high) < np.abs(y - low)
    # Their gradients, and the multipliers of the right sign that explain that of f best.
    A = np.zeros((len(candidates), n))
    bounds = np.count_nonzero(candidates < n)
    A[np.arange(bounds), candidates[:bounds]] = 1
    if bounds < len(candidates):
        A[bounds:] = constraints.rows()[candidates[bounds:] - n]
    least = np.where(fixed | ~up, -np.inf, 0.0)[candidates]
    greatest = np.where(fixed | up, np.inf, 0.0)[candidates]
    if bounds < len(candidates):
        forces = scipy.optimize.lsq_linear(A.T, -g, (least, greatest), method="bvls").x
    else:
        forces = np.clip(-g[candidates], least, greatest)
    held, told = np.zeros(len(candidates), bool), np.zeros(len(candidates), bool)
    for i, k in enumerate(candidates):
        moves = np.inf if fixed[k] else _way(slope, A[i], forces[i])
        touches = abs(moves - gaps[k]) <= TOUCHES * size[k]
        held[i] = moves > gaps[k] and not touches
        if touches:
            _report_touch(where, int(k), n)
            told[i] = True
    holding = np.zeros(len(y), bool)
    holding[candidates[held]] = True
    below, above = (holding & ~up)[:n], (holding & up)[:n]
    rows = np.flatnonzero(holding[n:])
    free = ~(below | above)
    J = A[held & (candidates >= n)]
    multipliers = np.linalg.lstsq(J[:, free].T, -g[free], rcond=None)[0]
    return below, above, rows, up[n:][rows], multipliers, candidates[~(held | told)]


def _way(slope: Recording, a: Vector, force: float) -> float:
    """How far what a limit bounds, of gradient a, would go if it were taken away: estimated by the curvature of f."""
    curvature, push = abs(float(a @ slope.push(a))), abs(float(force)) * float(a @ a) ** 2
    return push / curvature if curvature else np.inf if push else 0.0
