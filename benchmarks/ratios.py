"""Tasks timed: all contestants in turn, after their results have been seen to agree; ratios of the same rounds."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from benchmarks import contestants
from benchmarks.agreement import AGREE, disagreement
from benchmarks.contestants import LINAD, PEERS
from benchmarks.fleet import Worker, WorkerError, alternate
from benchmarks.targets import BEST, FLOOR, Target, Task


@dataclass(frozen=True, slots=True)
class Spread:
    """The median and the quartiles."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        low, median, high = statistics.quantiles(values, n=4, method="inclusive")
        return cls(median, low, high)


@dataclass(frozen=True, slots=True)
class Judged:
    """A target beside what was measured; no ratio where nobody is there to compare with."""

    target: Target
    rival: str
    ratio: Spread | None

    @property
    def met(self) -> bool | None:
        return None if self.ratio is None else self.ratio.median <= self.target.limit

    @property
    def distance(self) -> float:
        """The ratio in multiples of what it should be."""
        return 0.0 if self.ratio is None else self.ratio.median / self.target.limit


@dataclass(frozen=True, slots=True)
class Timed:
    """What was measured of a task: seconds a call by contestant, why others have none, and its targets."""

    task: Task
    threads: int
    seconds: dict[str, Spread]
    without: dict[str, str]
    judged: list[Judged]

    def as_dict(self) -> dict[str, Any]:
        def told(judged: Judged) -> dict[str, Any]:
            return asdict(judged) | {"met": judged.met, "distance": judged.distance}

        return asdict(self) | {"task": self.task._asdict(), "judged": [told(x) for x in self.judged]}


def timed(
    task: Task, targets: Sequence[Target], workers: Mapping[str, Worker], threads: int, seconds: float
) -> Timed:
    """Time a task by all workers that take part in it."""
    wanted = {target.against for target in targets}
    everybody = (LINAD, FLOOR, *(PEERS if BEST in wanted else [name for name in PEERS if name in wanted]))
    taking = {n: workers[n] for n in everybody if n in workers and contestants.takes_part(n, task)}
    once, without = prepared(task, taking)
    rounds = alternate({name: taking[name] for name in once}, once, seconds)
    found = {name: Spread.of([s for s in taken if s is not None]) for name, taken in rounds.items()}
    return Timed(task, threads, found, without, [_judged(target, found, rounds) for target in targets])


def prepared(task: Task, workers: Mapping[str, Worker]) -> tuple[dict[str, float], dict[str, str]]:
    """About what a call takes, by contestants whose results agree with linad's; and why others are left out."""
    own = workers[LINAD].ask("call", "agreement", "own", task)
    if not own <= AGREE:
        raise WorkerError(f"{task}: linad's two modes differ by {own:.1e}")
    reference, first = workers[LINAD].ask("prepare", task)
    once, without = {LINAD: first}, {}
    for name, worker in workers.items():
        if name == LINAD:
            continue
        try:
            results, first = worker.ask("prepare", task)
        except WorkerError as error:
            without[name] = str(error).strip().splitlines()[-1]
            continue
        gap = 0.0 if name == FLOOR else disagreement(task, reference, results)
        if gap <= AGREE:
            once[name] = first
        else:
            without[name] = f"disagrees by {gap:.1e}"
    return once, without


def _judged(target: Target, found: Mapping[str, Spread], rounds: Mapping[str, Sequence[Any]]) -> Judged:
    rivals = [n for n in found if (n in PEERS if target.against == BEST else n == target.against)]
    if not rivals or LINAD not in found:
        return Judged(target, "", None)
    rival = min(rivals, key=lambda name: found[name].median)
    pairs = zip(rounds[LINAD], rounds[rival], strict=True)
    return Judged(target, rival, Spread.of([a / b for a, b in pairs if a is not None and b is not None]))


def lines(row: Timed) -> Iterator[str]:
    """A row in words: who took how long, then each target."""
    yield f"{row.task}"
    yield "   " + "  ".join(f"{name} {_microseconds(spread)}" for name, spread in row.seconds.items()) + " us"
    for name, reason in row.without.items():
        yield f"    {name}: {reason}"
    for judged in row.judged:
        if judged.ratio is None:
            yield f"    / {judged.target.against}: absent"
            continue
        best = f"{BEST}, {judged.rival}" if judged.target.against == BEST else judged.rival
        ratio, limit = judged.ratio, judged.target.limit
        verdict = "met" if judged.met else f"MISSED, {judged.distance:.2f} x the target"
        yield (
            f"    / {best:22} {ratio.median:6.3f}  ({ratio.low:.3f} to {ratio.high:.3f})   "
            f"target {limit:.2f} {verdict}"
        )


def _microseconds(spread: Spread) -> str:
    digits = 1 if spread.median < 1e-3 else 0
    low, median, high = (f"{1e6 * x:.{digits}f}" for x in (spread.low, spread.median, spread.high))
    return f"{median} ({low} to {high})"
