"""Runs: which laws are tried where, in this process or in several, operation by operation.

An operation stays in one process, where its rules are derived once and its laws share what they compute at a point.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from multiprocessing import get_context

from linad.check.design import DESIGNS, every
from linad.check.finding import Finding
from linad.check.laws import chosen, findings_of
from linad.check.points import Point
from linad.core.primitive import Primitive, primitives

_THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
FEW = 8  # operations for which starting processes does not pay
Progress = Callable[[int, int, str], None]  # operations done, of how many, the last one's name
Found = tuple[Primitive, list[Point], list[Finding]]


def cores() -> int:
    """The cores that this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)  # not everywhere
    return len(affinity(0)) if affinity else os.cpu_count() or 1


@dataclass(frozen=True, slots=True)
class Choice:
    """What is tried: a design with its seed, or points by their labels; laws by name and order."""

    design: str = "covering"
    seed: int = 0
    labels: tuple[str, ...] = ()
    laws: tuple[str, ...] = ()
    order: int | None = None
    fail_fast: bool = False

    def points(self, primitive: Primitive) -> list[Point]:
        """Labels are of any point of the full product; they may be shell patterns."""
        if not self.labels:
            return list(DESIGNS[self.design](primitive, self.seed))
        points = {point.label: point for point in every(primitive, self.seed)}
        return [
            point
            for label, point in points.items()
            if any(label == wish or (wish not in points and fnmatchcase(label, wish)) for wish in self.labels)
        ]

    def findings(self, primitive: Primitive) -> list[Finding]:
        """What the laws say of an operation; up to the first failure where that ends the run."""
        found = []
        for finding in findings_of(primitive, self.points(primitive), chosen(self.laws, self.order)):
            found.append(finding)
            if self.fail_fast and finding.holds is False:
                break
        return found


def _elsewhere(name: str, choice: Choice) -> list[Finding] | None:
    """In another process: findings with the number of their point; None for what is declared only over there."""
    primitive = primitives.get(name)
    if primitive is None:
        return None
    number = {point.label: i for i, point in enumerate(choice.points(primitive))}
    return [replace(finding, point=number[finding.point.label]) for finding in choice.findings(primitive)]


@contextmanager
def one_thread_each() -> Iterator[None]:
    """Processes that start inside have one BLAS thread each, unless the user has said how many.

    Processes with a pool of threads each would wait for one another, all on the same cores.
    """
    unsaid = [name for name in _THREADS if name not in os.environ]
    os.environ.update(dict.fromkeys(unsaid, "1"))
    try:
        yield
    finally:
        for name in unsaid:
            os.environ.pop(name, None)


def run(
    operations: Sequence[Primitive], choice: Choice, jobs: int = 1, progress: Progress = lambda *_: None
) -> list[Found]:
    """What is found of operations, in their order. With ``fail_fast``, of those up to the first failure."""
    found = {}
    makers = _in_turn(operations, choice) if jobs == 1 else _at_once(operations, choice, jobs)
    for primitive, findings in makers:
        found[primitive] = (primitive, choice.points(primitive), findings)
        progress(len(found), len(operations), primitive.name)
        if choice.fail_fast and any(finding.holds is False for finding in findings):
            break
    return [found[primitive] for primitive in operations if primitive in found]


def _in_turn(operations: Sequence[Primitive], choice: Choice) -> Iterator[tuple[Primitive, list[Finding]]]:
    for primitive in operations:
        yield primitive, choice.findings(primitive)


def _at_once(
    operations: Sequence[Primitive], choice: Choice, jobs: int
) -> Iterator[tuple[Primitive, list[Finding]]]:
    """Operations in processes of their own, the longest first; those that only this one knows are tried here."""
    longest = sorted(operations, key=lambda p: (p.kind != "composition", -len(choice.points(p))))
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        with one_thread_each():  # a process starts when work is submitted
            futures: dict[Future[list[Finding] | None], Primitive] = {
                pool.submit(_elsewhere, primitive.name, choice): primitive for primitive in longest
            }
        try:
            for future in as_completed(futures):
                primitive, numbered = futures[future], future.result()
                points = choice.points(primitive)
                yield (
                    primitive,
                    choice.findings(primitive)
                    if numbered is None
                    else [replace(finding, point=points[finding.point]) for finding in numbered],
                )
        finally:
            pool.shutdown(cancel_futures=True)
