"""The verification of derivatives: laws that every operation obeys, tried at points from its declaration.

The same laws verify a user's function, and derivatives that came from elsewhere: :func:`check_gradients`.

>>> from linad.check import check
>>> check(["sin"]).holds
True
"""

from __future__ import annotations

from collections.abc import Iterable
from time import perf_counter

import linad.operations  # noqa: F401  # declares what is checked
from linad.check.finding import Finding, Law
from linad.check.function_report import FunctionReport
from linad.check.gradients import assert_gradients, check_gradients
from linad.check.laws import LAWS, findings_of, points_of
from linad.check.points import Point, matching
from linad.check.report import Report, write


def check(patterns: Iterable[str] = (), points: str = "covering", seed: int = 0) -> Report:
    """Try every law on the operations whose names match one of the patterns, or on all.

    Parameters
    ----------
    patterns
        Shell patterns such as ``"arc*"``.
    points
        ``"covering"``, or ``"all"``: the full product of samples, dtypes and layouts.
    seed
        Changes the numbers that operations are tried on.
    """
    begin = perf_counter()
    operations = matching(patterns)
    tried = [primitive for primitive in operations if primitive.samples]
    where: list[Point] = []
    found: list[Finding] = []
    for primitive in tried:
        own = points_of(primitive, points, seed)
        where += own
        found += findings_of(primitive, own)
    untried = tuple(primitive for primitive in operations if not primitive.samples)
    return Report(tuple(tried), untried, tuple(where), tuple(found), perf_counter() - begin)


__all__ = [
    "LAWS",
    "Finding",
    "FunctionReport",
    "Law",
    "Point",
    "Report",
    "assert_gradients",
    "check",
    "check_gradients",
    "matching",
    "write",
]
