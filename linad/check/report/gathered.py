"""What a run found, gathered by operation and law."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from linad.check.finding import Finding, Gap
from linad.check.laws import LAWS
from linad.check.points import Point
from linad.core.primitive import Primitive


@dataclass(frozen=True, slots=True)
class Report:
    """What a run found.

    Attributes
    ----------
    operations
        The operations that were tried.
    untried
        Those that declare no samples.
    points, findings, seconds
        Where, what, and how long it took.
    """

    operations: tuple[Primitive, ...]
    untried: tuple[Primitive, ...]
    points: tuple[Point, ...]
    findings: tuple[Finding, ...]
    seconds: float

    @property
    def untried_by_reason(self) -> dict[str, list[str]]:
        """The names of those that were not tried, by the reason that they declare."""
        found: dict[str, list[str]] = {}
        for primitive in self.untried:
            found.setdefault(primitive.untried or "it declares no samples", []).append(primitive.name)
        return found

    @property
    def failures(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.holds is False)

    @property
    def undecided(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.holds is None)

    @property
    def holds(self) -> bool:
        """Whether every law held at every point; what could not be decided is no failure."""
        return not self.failures

    @property
    def totals(self) -> str:
        return (
            f"{counted(len(self.operations), 'operation')}, {counted(len(self.points), 'point')}, "
            f"{counted(len(self.failures), 'failure')}, {len(self.undecided)} undecided, "
            f"{self.seconds:.1f} s"
        )

    def by_operation(self) -> dict[Primitive, list[Finding]]:
        found: dict[Primitive, list[Finding]] = {primitive: [] for primitive in self.operations}
        for finding in self.findings:
            found[finding.point.primitive].append(finding)
        return found

    def points_of(self, primitive: Primitive) -> list[Point]:
        return [point for point in self.points if point.primitive is primitive]


def counted(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")


@dataclass(frozen=True, slots=True)
class Row:
    """A law over some findings: the worst of them, and how many there are."""

    law: str
    sentence: str
    worst: Finding
    count: int
    failures: int
    undecided: int

    @property
    def verdict(self) -> str:
        if self.failures:
            return f"FAILS {self.failures}"
        return f"undecided {self.undecided}" if self.undecided else "ok"


def severity(finding: Finding) -> float:
    """Error in units of the bound."""
    return Gap("", finding.error, finding.bound).severity


def rows(findings: Iterable[Finding]) -> Iterator[Row]:
    """One row a law, in the order of the table of laws."""
    by_law: dict[str, list[Finding]] = {}
    for finding in findings:
        by_law.setdefault(finding.law, []).append(finding)
    for law in LAWS:
        if own := by_law.get(law.name):
            verdicts = [finding.holds for finding in own]
            yield Row(
                law.name, law.sentence, worst(own), len(own), verdicts.count(False), verdicts.count(None)
            )


def worst(findings: Iterable[Finding]) -> Finding:
    """A failure if there is one, else the finding that is closest to its bound."""
    return max(findings, key=lambda finding: (finding.holds is False, severity(finding)))


def number(x: complex | None) -> str:
    """A number as a reader compares it with another."""
    if x is None:
        return "-"
    return f"{x:.10g}" if isinstance(x, (int, float, bool)) or np.iscomplexobj(x) else str(x)


def numbers(finding: Finding) -> str:
    """Where the two numbers that ought to agree stand, and both; empty where a claim has none."""
    gap = finding.gap
    if gap is None or not (gap.entry or gap.claimed is not None):
        return ""
    where = f"entry {gap.entry}: " if gap.entry else ""
    return where + f"{number(gap.claimed)}, and it ought to be {number(gap.reference)}"


def command(finding: Finding) -> str:
    """The command that tries this law at this point alone."""
    point = finding.point
    words = ["linad", "check", point.target, "--law", finding.law, "--point", point.label]
    return shlex.join([*words, "--seed", str(point.seed)])
