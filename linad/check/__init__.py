"""The verification of derivatives: laws that every operation obeys, tried at points from its declaration.

The same laws verify a user's function, and derivatives that came from elsewhere: :func:`check_gradients`.

>>> from linad.check import check
>>> check(["sin"]).holds
True
"""

from __future__ import annotations

from collections.abc import Iterable
from time import perf_counter

import linad.operations.every
import linad.operations.special  # noqa: F401  # both declare what is checked
from linad.check.comparing import Comparison, compare
from linad.check.finding import Finding, Law
from linad.check.function_report import FunctionReport
from linad.check.gradients import assert_gradients, check_gradients
from linad.check.laws import LAWS
from linad.check.own import check_operation
from linad.check.points import Point, matching
from linad.check.report import Report, write
from linad.check.run import Choice, Progress, run


def check(
    patterns: Iterable[str] = (),
    points: str = "covering",
    seed: int = 0,
    *,
    labels: Iterable[str] = (),
    laws: Iterable[str] = (),
    order: int | None = None,
    fail_fast: bool = False,
    jobs: int = 1,
    progress: Progress = lambda *_: None,
) -> Report:
    """Try laws on the operations whose names match one of the patterns, or on all.

    Parameters
    ----------
    patterns
        Shell patterns such as ``"arc*"``.
    points
        ``"covering"``, or ``"all"``: the full product of samples, dtypes, layouts and subsets of traced operands.
    seed
        Changes the numbers that operations are tried on.
    labels
        Only points with these labels, such as ``"3x3-complex128-fortran"``, or shell patterns of labels.
    laws
        Only laws with these names, or shell patterns of names.
    order
        Only laws about derivatives up to this order.
    fail_fast
        Stop at the first failure.
    jobs
        In how many processes.
    progress
        Is told after each operation how many are done, of how many, and the name.
    """
    begin = perf_counter()
    operations = matching(patterns)
    choice = Choice(points, seed, tuple(labels), tuple(laws), order, fail_fast)
    tried = [primitive for primitive in operations if primitive.samples]
    found = run(tried, choice, jobs, progress)
    return Report(
        tuple(primitive for primitive, own, _ in found if own),
        tuple(primitive for primitive in operations if not primitive.samples),
        tuple(point for _, own, _ in found for point in own),
        tuple(finding for _, _, own in found for finding in own),
        perf_counter() - begin,
    )


__all__ = [
    "LAWS",
    "Comparison",
    "Finding",
    "FunctionReport",
    "Law",
    "Point",
    "Report",
    "assert_gradients",
    "check",
    "check_gradients",
    "check_operation",
    "compare",
    "matching",
    "write",
]
