"""What a law says of a point: gaps between numbers that ought to agree, gathered in a finding."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from linad.check.points import Point
from linad.check.trial import Trial, distance, size, trial
from linad.core import tree
from linad.core.primitive import Primitive

TRUST = 8.0  # how often its own error a difference may be off
DECISIVE = 1e-4  # the bound, relative to 1 + size, above which a difference decides nothing


@dataclass(frozen=True, slots=True)
class Gap:
    """A distance that ought to be at most a bound; not ``decisive`` where the bound is too loose to tell.

    ``entry`` is where two arrays are furthest apart, ``claimed`` and ``reference`` are the numbers there. ``reason``:
    why nothing is decided.
    """

    what: str
    error: float
    bound: float
    decisive: bool = True
    entry: str = ""
    claimed: complex | None = None
    reference: complex | None = None
    own: float | None = None
    reason: str = ""

    @property
    def holds(self) -> bool | None:
        if self.reason:
            return None
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
    """The verdict of a law at a point. ``holds`` is None where nothing could be decided.

    ``gap`` is the worst of those that the verdict rests on.
    """

    law: str
    point: Any  # the subject: the Point of an operation, or a user's function
    holds: bool | None
    error: float
    bound: float
    detail: str
    gap: Gap | None = None

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
    order
        Of the derivatives that it is about.
    """

    name: str
    sentence: str
    gaps: Callable[[Trial], Gaps]
    applies: Callable[[Primitive], bool | str]
    at: Callable[[Point], bool] = anywhere
    order: int = 1

    def __call__(self, point: Point) -> Finding:
        """Try the law at a point. An exception or a warning is a failure."""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                found = list(self.gaps(trial(point)))
        except Exception as error:
            return Finding(self.name, point, False, np.inf, 0.0, f"raised {type(error).__name__}: {error}")
        return self.verdict(point, found)

    def verdict(self, subject: Any, gaps: list[Gap]) -> Finding:
        """What gaps say together: the worst of those that fail, else of those that decide nothing, else of all."""
        verdicts = [gap.holds for gap in gaps]
        holds = False if False in verdicts else None if None in verdicts else True
        own = [gap for gap in gaps if gap.holds is holds]
        worst = max(own, key=lambda gap: gap.severity, default=Gap("nothing to compare", 0.0, 0.0))
        detail = worst.reason or f"off by {worst.error:.2g}, bound {worst.bound:.2g}"
        return Finding(self.name, subject, holds, worst.error, worst.bound, f"{worst.what}: {detail}", worst)


def near(what: str, a: Any, b: Any, bound: float) -> Gap:
    error = distance(a, b)
    if error <= bound:
        return Gap(what, error, bound)
    return Gap(what, error, bound, True, *furthest(a, b))


def furthest(a: Any, b: Any) -> tuple[str, complex | None, complex | None]:
    """The entry where arrays, or containers of them, are furthest apart, and both numbers there."""
    worst: tuple[float, str, complex | None, complex | None] = (-1.0, "", None, None)
    for (path, x), (_, y) in zip(tree.leaves(a), tree.leaves(b), strict=False):
        x, y = np.asarray(x), np.asarray(y)
        if x.shape != y.shape:
            return f"{path}: shapes {x.shape} and {y.shape}".lstrip(": "), None, None
        off = np.nan_to_num(np.abs(x - y).astype(float), nan=np.inf)
        if off.size and np.max(off) > worst[0]:
            where = np.unravel_index(int(np.argmax(off)), off.shape)
            index = f"[{', '.join(map(str, where))}]" if where else ""
            worst = float(off[where]), path + index, x[where].item(), y[where].item()
    return worst[1:]


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
    numbers = exact[worst].item(), estimate[worst].item()
    return Gap(what, float(off[worst]), float(bound[worst]), decisive, f"[{worst}]", *numbers)
