"""What a law says of a point: gaps between numbers that ought to agree, gathered in a finding."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from linad.check.points import Point
from linad.check.trial import Trial, distance, size, trial
from linad.core.primitive import Primitive

TRUST = 8.0  # how often its own error a difference may be off
DECISIVE = 1e-4  # the bound, relative to 1 + size, above which a difference decides nothing


@dataclass(frozen=True, slots=True)
class Gap:
    """A distance that ought to be at most a bound; not ``decisive`` where the bound is too loose to tell."""

    what: str
    error: float
    bound: float
    decisive: bool = True

    @property
    def holds(self) -> bool | None:
        if not self.error <= self.bound:  # NaN is a failure
            return False
        return True if self.decisive else None

    @property
    def severity(self) -> float:
        """Error in units of the bound."""
        if np.isnan(self.error):
            return np.inf
        return 0.0 if self.error == 0 else self.error / self.bound if self.bound else np.inf


Gaps = Iterator[Gap]


@dataclass(frozen=True, slots=True)
class Finding:
    """The verdict of a law at a point. ``holds`` is None where nothing could be decided."""

    law: str
    point: Point
    holds: bool | None
    error: float
    bound: float
    detail: str

    def __str__(self) -> str:
        word = {True: "holds", False: "FAILS", None: "is undecided"}[self.holds]
        return f"{self.law} {word} at {self.point.name}: {self.detail}"


def anywhere(point: Point) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Law:
    """A claim about every operation.

    Attributes
    ----------
    name, sentence
        What it is called in ids, and what it claims.
    gaps
        Yields the distances that ought to be small, at a trial.
    applies
        True for an operation that the law speaks of, else the reason why not.
    at
        Whether it speaks of a point of such an operation.
    """

    name: str
    sentence: str
    gaps: Callable[[Trial], Gaps]
    applies: Callable[[Primitive], bool | str]
    at: Callable[[Point], bool] = anywhere

    def __call__(self, point: Point) -> Finding:
        """Try the law at a point. An exception or a warning is a failure."""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                found = list(self.gaps(trial(point)))
        except Exception as error:
            return Finding(self.name, point, False, np.inf, 0.0, f"raised {type(error).__name__}: {error}")
        worst = max(found, key=lambda gap: gap.severity, default=Gap("nothing to compare", 0.0, 0.0))
        verdicts = [gap.holds for gap in found]
        holds = False if False in verdicts else None if None in verdicts else True
        detail = f"{worst.what}: off by {worst.error:.2g}, bound {worst.bound:.2g}"
        return Finding(self.name, point, holds, worst.error, worst.bound, detail)


def near(what: str, a: Any, b: Any, bound: float) -> Gap:
    return Gap(what, distance(a, b), bound)


def is_true(what: str, claim: bool) -> Gap:
    """A claim without a number."""
    return Gap(what, 0.0 if claim else np.inf, 0.0)


def near_differences(what: str, exact: Any, differences: tuple[Any, Any], rounding: float) -> Gap:
    """Whether a derivative agrees with differences, entry by entry, within their own errors and rounding."""
    estimate, own = differences
    if estimate.shape != exact.shape:
        return Gap(what, np.inf, 0.0)
    if not exact.size:
        return Gap(what, 0.0, 0.0)
    off = np.abs(exact - estimate)
    bound = TRUST * own + rounding
    with np.errstate(invalid="ignore"):
        worst = int(np.argmax(np.where(np.isnan(off), np.inf, off / bound)))
    decisive = bool(np.all(bound <= DECISIVE * (1 + size(exact))))
    return Gap(what, float(off[worst]), float(bound[worst]), decisive)
