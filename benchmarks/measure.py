"""A target measured: everybody in turn in one process, after all have been seen to agree."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

import linad as ln
from benchmarks import peers
from benchmarks.targets import BEST, FLOOR, Target
from benchmarks.timing import Timing, alternate, assert_same
from benchmarks.work import WORKS, Work, flattened


@dataclass(frozen=True, slots=True)
class Row:
    """What was measured of a target at one size: seconds by contestant, and the ratio; None where nobody is there."""

    target: Target
    size: int
    threads: int
    timings: dict[str, Timing]
    rival: str
    ratio: float | None

    @property
    def met(self) -> bool | None:
        return None if self.ratio is None else self.ratio <= self.target.limit

    def as_dict(self) -> dict[str, Any]:
        return asdict(self) | {"met": self.met}


def measure(target: Target, size: int, seconds: float) -> Row:
    """Time a target at a size."""
    work = WORKS[target.work](size, *([target.batch] if target.batch else []))
    runs = _contestants(target, work)
    timings = alternate(runs, seconds=seconds, rounds=15)
    rivals = [name for name in timings if name != "linad" and (name == FLOOR) == (target.against == FLOOR)]
    rival = min(rivals, key=lambda name: timings[name].median, default="")
    ratio = timings["linad"].median / timings[rival].median if rival else None
    return Row(target, size, peers.threads(), timings, rival, ratio)


def _contestants(target: Target, work: Work) -> dict[str, Callable[[], Any]]:
    ours = _ours(target, work)
    runs = {"linad": ours}
    if target.against == FLOOR:
        if work.floor is not None:
            runs[FLOOR] = work.floor
        return runs
    reference = flattened(ln.value_and_grad(work.linad, tuple(range(len(work.arrays))))(*work.arrays))
    for name in peers.NAMES if target.against == BEST else (target.against,):
        if name in work.peers:
            run = peers.runner(name, work.peers[name], work.arrays)
            if run is not None:
                theirs = run()
                _agree(f"{target.work}, {name}", reference, theirs)
                runs[name] = run
    return runs


def _agree(name: str, reference: Any, theirs: Any) -> None:
    """Gradients of functions of symmetric matrices by symmetric parts: conventions differ on what is outside."""

    def part(x: Any) -> Any:
        x = np.asarray(x)
        return x + x.swapaxes(-1, -2) if x.ndim > 1 and x.shape[-1] == x.shape[-2] else x

    scale = max(float(np.max(np.abs(x), initial=0)) for x in map(np.asarray, reference))
    assert_same(name, [part(x) / scale for x in reference], [part(x) / scale for x in theirs])


def _ours(target: Target, work: Work) -> Callable[[], Any]:
    everything = tuple(range(len(work.arrays)))
    if target.mode == "cotangent":
        factors = {"LU": lambda A: ln.lu(A)[1:], "Cholesky": np.linalg.cholesky}[target.work]
        out, pullback = ln.vjp(factors, *work.arrays)
        seeds = [np.ones_like(part) for part in out] if isinstance(out, tuple) else np.ones_like(out)
        given = tuple(seeds) if isinstance(seeds, list) else seeds
        return lambda: pullback(given)
    f = ln.value_and_grad(work.linad, everything)
    if target.mode == "replayed":
        f = ln.compile(f)
    return lambda: f(*work.arrays)
