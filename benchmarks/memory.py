"""Peak memory of value and gradient beyond the arguments, in the bytes of the arguments.

Of everybody: the growth of the process's resident memory during a call, after a call that is not counted, with an
allocator that gives freed arrays back at once. Of linad also what Python and NumPy allocate (tracemalloc), which is the
same in every run, and judged.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from benchmarks import contestants
from benchmarks.contestants import LINAD, PEERS
from benchmarks.fleet import Worker, WorkerError
from benchmarks.targets import MEMORY, Task

TOLERANCE = 0.05  # arrays: vectors, and Python's own objects


@dataclass(frozen=True, slots=True)
class Weighed:
    """Peaks of a task, in its arguments' bytes; None where the system does not tell."""

    task: Task
    traced: float
    resident: dict[str, float | None]
    without: dict[str, str]
    limit: float | None

    @property
    def met(self) -> bool | None:
        return None if self.limit is None else self.traced <= self.limit + TOLERANCE

    def as_dict(self) -> dict[str, Any]:
        return asdict(self) | {"task": self.task._asdict(), "met": self.met}


def tasks() -> dict[Task, float | None]:
    return {Task(work, size): limit for work, size, limit in MEMORY}


def weighed(task: Task, workers: Mapping[str, Worker]) -> Weighed:
    """The peaks of all who take part, each in its own process."""
    size = sum(x.nbytes for x in contestants.work_of(task).arrays)
    resident: dict[str, float | None] = {}
    without: dict[str, str] = {}
    for name in (LINAD, *PEERS):
        if name not in workers or not contestants.takes_part(name, task):
            continue
        try:
            workers[name].ask("prepare", task)
            peak = workers[name].ask("resident_peak")
        except WorkerError as error:
            without[name] = str(error).strip().splitlines()[-1]
        else:
            resident[name] = None if peak is None else peak / size
    traced = workers[LINAD].ask("traced_peak") / size
    return Weighed(task, traced, resident, without, tasks()[task])


def lines(row: Weighed) -> Iterator[str]:
    """A row in words."""
    yield f"{row.task}"
    told = [f"{name} {'not told' if peak is None else f'{peak:.2f}'}" for name, peak in row.resident.items()]
    yield f"    linad, traced {row.traced:.2f}   resident: {'  '.join(told)}"
    for name, reason in row.without.items():
        yield f"    {name}: {reason}"
    if row.limit is not None:
        verdict = "met" if row.met else f"MISSED, {row.traced / row.limit:.2f} x the target"
        yield f"    / the arguments {row.traced:6.2f}   target {row.limit:.2f} {verdict}"
