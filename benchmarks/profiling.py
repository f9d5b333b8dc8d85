"""One task taken apart: ``python -m benchmarks --profile "LU 512"``; a mode may follow, ``"solve 4 replayed"``.

Prints the time beside the floor, what ran in LAPACK and BLAS, and where the profiler sees the time go.
"""

from __future__ import annotations

import cProfile
import io
import pstats
import time
from collections.abc import Iterator
from math import prod

import linad as ln
from benchmarks import contestants
from benchmarks.contestants import LINAD
from benchmarks.fleet import alternate, fleet
from benchmarks.ratios import Spread
from benchmarks.targets import COTANGENT, FLOOR, REPLAYED, VALUE_AND_GRADIENT, Task

SECONDS = 1.0  # under the profiler
SHOWN = 25


def task_of(name: str) -> Task:
    """A task by its name: a work, a size, and a mode perhaps; ``1000x4`` is a batch."""
    words = name.split()
    mode = VALUE_AND_GRADIENT
    if words[-1] in (COTANGENT, REPLAYED):
        mode = words.pop()
    *batch, size = words.pop().split("x")
    return Task(" ".join(words), int(size), mode, tuple(map(int, batch)))


def profiled(task: Task) -> str:
    """What ran, and where the time went: in a process that has done nothing else."""
    run = contestants.runner(LINAD, task)
    run()
    with ln.counters() as ran:
        run()
    start = time.perf_counter()
    run()
    calls = max(1, int(SECONDS / (time.perf_counter() - start) / 3))
    profiler = cProfile.Profile()
    profiler.enable()
    for _ in range(calls):
        run()
    profiler.disable()
    text = io.StringIO()
    pstats.Stats(profiler, stream=text).strip_dirs().sort_stats("tottime").print_stats(SHOWN)
    routines = ", ".join(f"{name} {times}" for name, times in sorted(ran.items()))
    return (
        f"a call: {ran.flops:.3g} operations counted, {ran.flops / task.size**3 / prod(task.batch):.2f} n^3 each\n"
        f"routines: {routines or 'none counted'}\n\n{calls} calls under the profiler:{text.getvalue()}"
    )


def lines(task: Task, threads: int, seconds: float) -> Iterator[str]:
    """Time beside the floor, then what the profiler saw."""
    yield f"{task}, {threads} threads"
    taking = [name for name in (LINAD, FLOOR) if contestants.takes_part(name, task)]
    with fleet(taking, threads) as (workers, _):
        once = {name: worker.ask("prepare", task)[1] for name, worker in workers.items()}
        rounds = alternate(workers, once, seconds)
        found = {name: Spread.of([s for s in taken if s is not None]) for name, taken in rounds.items()}
        for name, spread in found.items():
            yield f"{name:8} {1e6 * spread.median:10.1f} us  ({1e6 * spread.low:.1f} to {1e6 * spread.high:.1f})"
        if FLOOR in found:
            yield _compared(task, found[LINAD].median, found[FLOOR].median)
        yield workers[LINAD].ask("call", "profiling", "profiled", task)


def _compared(task: Task, ours: float, floor: float) -> str:
    """The time in floors, and in the operations that LAPACK does in that time."""
    text = f"linad takes {ours / floor:.2f} floors"
    cubes = contestants.work_of(task._replace(size=4)).cubes
    if cubes is None:
        return text
    rate, worth = cubes * task.size**3 / floor / 1e9, cubes * ours / floor
    return (
        f"{text}, of {cubes:.2f} n^3 operations at {rate:.1f} a nanosecond: its time is worth {worth:.2f} n^3"
    )
