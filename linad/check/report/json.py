"""Reports as JSON: for programs."""

from __future__ import annotations

from json import dumps
from math import isfinite
from typing import Any

from linad.check.finding import Finding
from linad.check.function_report import FunctionReport
from linad.check.laws import LAWS
from linad.check.report.gathered import Report, command


def json(report: Report) -> str:
    """Every finding. Complex numbers are pairs; what is not finite is a string."""
    return dumps(
        {
            "holds": report.holds,
            "failures": len(report.failures),
            "undecided": len(report.undecided),
            "seconds": round(report.seconds, 3),
            "laws": {law.name: law.sentence for law in LAWS},
            "operations": {primitive.name: primitive.kind for primitive in report.operations},
            "untried": [primitive.name for primitive in report.untried],
            "points": [
                {
                    "operation": point.primitive.name,
                    "point": point.label,
                    "dtype": point.dtype,
                    "layout": point.layout,
                }
                for point in report.points
            ],
            "findings": [_finding(finding) for finding in report.findings],
        },
        allow_nan=False,
    )


def of_function(report: FunctionReport) -> str:
    """The report on a user's function, every finding."""
    return dumps(
        {
            "function": report.name,
            "holds": report.holds,
            "failures": len(report.failures),
            "undecided": len(report.undecided),
            "notes": report.notes,
            "modes": report.modes,
            "order": report.order,
            "seed": report.seed,
            "seconds": round(report.seconds, 3),
            "findings": [_of_entry(finding) for finding in report.findings],
        },
        allow_nan=False,
    )


def _of_entry(finding: Finding) -> dict[str, Any]:
    gap = finding.gap
    return {
        "law": finding.law,
        "holds": finding.holds,
        "error": _number(finding.error),
        "bound": _number(finding.bound),
        "detail": finding.detail,
    } | (
        {}
        if gap is None
        else {
            "entry": gap.entry,
            "claimed": _number(gap.claimed),
            "reference": _number(gap.reference),
            "own_error": _number(gap.own),
        }
    )


def _finding(finding: Finding) -> dict[str, Any]:
    found = {
        "operation": finding.point.primitive.name,
        "law": finding.law,
        "point": finding.point.label,
        "seed": finding.point.seed,
        "holds": finding.holds,
        "error": _number(finding.error),
        "bound": _number(finding.bound),
    }
    if finding.holds:
        return found
    gap = finding.gap
    numbers = (
        {"entry": gap.entry, "claimed": _number(gap.claimed), "reference": _number(gap.reference)}
        if gap
        else {}
    )
    return found | {"detail": finding.detail, **numbers, "command": command(finding)}


def _number(x: complex | None) -> Any:
    if isinstance(x, complex):
        return [_number(x.real), _number(x.imag)]
    return x if x is None or isfinite(x) else str(x)
