"""Reports as text: for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from linad.check.finding import Finding
from linad.check.report.gathered import Report, Row, command, numbers, rows, worst
from linad.core.primitive import Primitive

SHOWN = 20  # failures that are written out
_DETAILED = 12  # operations that get a row for each law
_WIDTH = 56


def text(report: Report) -> str:
    """A row a law: of each operation, or where there are many, of all together; then a row an operation."""
    lines: list[str] = []
    if len(report.operations) <= _DETAILED:
        for primitive, findings in report.by_operation().items():
            lines.append(_title(report, primitive))
            lines.append(_head())
            lines += [_row(row) for row in rows(findings)]
    else:
        lines += [_head(), *[_row(row) for row in rows(report.findings)], ""]
        lines += _operations(report)
    lines += [f"not tried, {why}: {', '.join(names)}" for why, names in report.untried_by_reason.items()]
    told = [*report.failures, *report.undecided]
    for finding in told[:SHOWN]:
        lines += _story(finding)
    if len(told) > SHOWN:
        lines.append(f"... and {len(told) - SHOWN} more")
    return "\n".join([*lines, report.totals])


def _title(report: Report, primitive: Primitive) -> str:
    points = report.points_of(primitive)
    dtypes = " ".join(sorted({point.dtype for point in points}))
    layouts = " ".join(sorted({point.layout for point in points}))
    return f"{primitive.name} | {len(points)} points | {dtypes} | {layouts}"


def _head() -> str:
    return f"    {'':{_WIDTH}}  {'worst':8}  bound"


def _row(row: Row) -> str:
    return f"    {row.sentence:{_WIDTH}}  {row.worst.error:<8.2g}  {row.worst.bound:<8.2g} {row.verdict}"


def _operations(report: Report) -> Iterator[str]:
    """Of each operation the finding that is closest to its bound."""
    yield f"    {'':24} {'points':>6}  {'closest to its bound':20}  {'worst':8}  bound"
    for primitive, findings in report.by_operation().items():
        if not findings:
            continue
        one = worst(findings)
        verdicts = [finding.holds for finding in findings]
        all_of_them = Row("", "", one, len(findings), verdicts.count(False), verdicts.count(None))
        yield (
            f"    {primitive.name:24} {len(report.points_of(primitive)):6}  {one.law:20}  "
            f"{one.error:<8.2g}  {one.bound:<8.2g} {all_of_them.verdict}"
        )


def _story(finding: Finding) -> Iterator[str]:
    yield str(finding)
    if both := numbers(finding):
        yield f"    {both}"
    yield f"    {command(finding)}"
