"""What is timed is seen to be right first: linad by its two modes and by NumPy, others by linad."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

import linad as ln
from benchmarks import contestants
from benchmarks.targets import COTANGENT, Task

AGREE = 1e-9  # of the largest number in the results


def disagreement(task: Task, ours: Sequence[Any], theirs: Sequence[Any]) -> float:
    """The largest difference between results, in the largest number of ours."""
    symmetric = contestants.work_of(task._replace(size=4)).symmetric

    def part(X: Any) -> Any:
        square = X.ndim > 1 and X.shape[-1] == X.shape[-2]
        return (X + X.swapaxes(-1, -2)) / 2 if symmetric and square else X

    if [x.shape for x in ours] != [x.shape for x in theirs]:
        return np.inf
    scale = max(float(np.max(np.abs(x), initial=0)) for x in ours)
    gaps = [np.max(np.abs(part(x) - part(y)), initial=0) for x, y in zip(ours, theirs, strict=True)]
    return float(np.max(gaps)) / scale  # NaN, which np.max keeps, is no agreement


def own(task: Task) -> float:
    """How far linad is from itself: the value from the plain call, the gradients from the tangent along a direction."""
    work = contestants.work_of(task)
    found = [np.asarray(x) for x in contestants.runner(contestants.LINAD, task)()]
    rng = np.random.default_rng(0)
    directions = tuple([_direction(x, work.symmetric, rng) for x in work.arrays])
    if task.mode == COTANGENT:
        assert work.factors is not None
        _, tangents = ln.jvp(work.factors, work.arrays, directions)
        gradients, tangent, gap = found, sum(np.sum(dX) for dX in tangents), 0.0
    else:
        value, *gradients = found
        plain, tangent = ln.jvp(work.linad, work.arrays, directions)
        gap = float(abs(value - work.linad(*work.arrays)) / abs(plain))
    along = sum(np.sum(g * d) for g, d in zip(gradients, directions, strict=True))
    scale = sum(np.linalg.norm(g) * np.linalg.norm(d) for g, d in zip(gradients, directions, strict=True))
    return float(np.max([gap, abs(along - tangent) / scale]))


def _direction(x: Any, symmetric: bool, rng: np.random.Generator) -> Any:
    d = rng.normal(size=np.shape(x))
    return (d + d.swapaxes(-1, -2)) / 2 if symmetric and d.ndim > 1 else d
