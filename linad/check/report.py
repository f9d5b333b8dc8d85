"""Reports: findings gathered by operation and law, and written as a table."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from linad.check.finding import Finding, Gap
from linad.check.laws import LAWS
from linad.check.points import Point
from linad.core.primitive import Primitive

_SHOWN = 20  # failures that are written out
_WIDTH = 56


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
    def failures(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.holds is False)

    @property
    def undecided(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.holds is None)

    @property
    def holds(self) -> bool:
        """Whether every law held at every point; what could not be decided is no failure."""
        return not self.failures


@dataclass(frozen=True, slots=True)
class Row:
    """A law over a group of operations: its worst finding and how many there are."""

    sentence: str
    worst: Finding
    count: int
    failures: int
    undecided: int


def severity(finding: Finding) -> float:
    return Gap("", finding.error, finding.bound).severity


def rows(findings: list[Finding]) -> Iterator[Row]:
    """One row a law, in the order of the table of laws."""
    for law in LAWS:
        own = [finding for finding in findings if finding.law == law.name]
        if own:
            verdicts = [finding.holds for finding in own]
            yield Row(
                law.sentence, max(own, key=severity), len(own), verdicts.count(False), verdicts.count(None)
            )


def by_operation(primitive: Primitive) -> str:
    return primitive.name


def by_kind(primitive: Primitive) -> str:
    return primitive.kind


def _title(group: str, operations: list[Primitive], points: list[Point]) -> str:
    dtypes = sorted({point.dtype for point in points})
    layouts = sorted({point.layout for point in points})
    names = [primitive.name for primitive in operations]
    what = f"{group}, {len(operations)} operations" if names != [group] else group
    return f"{what} | {len(points)} points | {' '.join(dtypes)} | {' '.join(layouts)}"


def write(report: Report, group: Callable[[Primitive], str] = by_operation) -> str:
    """The report as text: a block for each group of operations, what failed, and a line of totals."""
    lines: list[str] = []
    for name in sorted({group(primitive) for primitive in report.operations}):
        operations = [primitive for primitive in report.operations if group(primitive) == name]
        points = [point for point in report.points if group(point.primitive) == name]
        findings = [finding for finding in report.findings if group(finding.point.primitive) == name]
        lines.append(_title(name, operations, points))
        lines.append(f"    {'':{_WIDTH}}  {'worst':8}  bound")
        lines += [_row(row) for row in rows(findings)]
    if report.untried:
        lines.append(f"not tried, no samples: {', '.join(primitive.name for primitive in report.untried)}")
    told = [*report.failures, *report.undecided]
    lines += [str(finding) for finding in told[:_SHOWN]]
    if len(told) > _SHOWN:
        lines.append(f"... and {len(told) - _SHOWN} more")
    lines.append(
        f"{_count(len(report.operations), 'operation')}, {_count(len(report.points), 'point')}, "
        f"{_count(len(report.failures), 'failure')}, {len(report.undecided)} undecided, "
        f"{report.seconds:.1f} s"
    )
    return "\n".join(lines)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")


def _row(row: Row) -> str:
    verdict = (
        f"FAILS {row.failures}" if row.failures else f"undecided {row.undecided}" if row.undecided else "ok"
    )
    return f"    {row.sentence:{_WIDTH}}  {row.worst.error:<8.2g}  {row.worst.bound:<8.2g} {verdict}"
