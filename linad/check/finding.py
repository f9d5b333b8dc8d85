"""What a law says of a point: gaps between numbers that ought to agree, gathered in a finding."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from linad.check.differences import Differences
from linad.check.points import Point
from linad.check.trial import DECISIVE, Trial, distance, size, trial
from linad.core import tree
from linad.core.primitive import Primitive

TRUST = 8.0  # how often its own error a difference may be off


@dataclass(frozen=True, slots=True)
class Gap:
    """A distance that ought to be at most a bound; not ``decisive`` where the bound is too loose to tell.

    ``entry`` is where two arrays are furthest apart, or the entry that was moved; ``claimed`` and ``reference`` are
    the numbers there, ``own`` is the error of a difference. ``reason``: why nothing is decided.
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
        untrue = worst.error == np.inf and worst.bound == 0  # a claim without a number
        off = "" if untrue else f"off by {worst.error:.2g}, bound {worst.bound:.2g}"
        detail = ": ".join(filter(None, [worst.what, worst.reason or off]))
        return Finding(self.name, subject, holds, worst.error, worst.bound, detail, worst)


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
        with np.errstate(invalid="ignore"):
            off = np.nan_to_num(np.abs(x - y).astype(float), nan=np.inf)
        if off.size and np.max(off) > worst[0]:
            where = np.unravel_index(int(np.argmax(off)), off.shape)
            index = f"[{', '.join(map(str, where))}]" if where else ""
            worst = float(off[where]), path + index, x[where].item(), y[where].item()
    return worst[1:]


def is_true(what: str, claim: bool) -> Gap:
    """A claim without a number."""
    return Gap(what, 0.0 if claim else np.inf, 0.0)


def near_differences(
    what: str,
    exact: Any,
    differences: Differences,
    rounding: float,
    *,
    entry: str = "",
    resolution: float = DECISIVE,
    units: Any = 1.0,
) -> Gap:
    """Whether a derivative agrees with differences, entry by entry, within their own errors and rounding.

    A bound above ``resolution``, relative to 1 + size, and above a ten thousandth of its entry decides nothing;
    nor does a difference at a kink. ``units`` is what the numbers are multiplied by before they are shown.
    """
    estimate, own = differences.estimate, differences.error
    if estimate.shape != exact.shape:
        return Gap(what, np.inf, 0.0, entry=entry)
    if not exact.size:
        return Gap(what, 0.0, 0.0, entry=entry)
    off = np.abs(exact - estimate)
    bound = TRUST * own + (rounding if np.isfinite(rounding) else 0)
    # a bend within the bound is rounding: of a function that is zero but for that
    kinked = (
        np.zeros(off.shape, bool) if differences.bend.shape != off.shape else abs(differences.bend) > bound
    )
    least = np.fmax(DECISIVE * np.fmax(np.abs(exact), np.abs(estimate)), resolution * (1 + size(estimate)))
    with np.errstate(invalid="ignore"):
        loose = ~(bound <= least) | ~np.isfinite(estimate)
        failing = ~(off <= bound) & ~kinked & ~(loose & ~np.isfinite(off))
        ratio = np.where(np.isfinite(off), off / bound, np.inf)
    group = failing if failing.any() else kinked if kinked.any() else loose if loose.any() else ~failing
    worst = int(np.argmax(np.where(group, ratio, -1.0)))
    factor = np.broadcast_to(np.asarray(units), exact.shape)[worst]
    where = f"output {worst} along {entry}" if entry and exact.size > 1 else entry or f"[{worst}]"
    reason = (
        ""
        if failing.any()
        else _undecided(
            differences, worst, bool(kinked[worst]), bool(loose[worst]), float(bound[worst]), factor
        )
    )
    claimed, reference = (complex(x[worst] * factor) for x in (exact, estimate))
    return Gap(
        what,
        float(off[worst]),
        float(bound[worst]),
        not loose.any(),
        where,
        claimed if claimed.imag else claimed.real,
        reference if reference.imag else reference.real,
        float(own[worst] * np.abs(factor)),
        reason,
    )


def _undecided(differences: Differences, i: int, kink: bool, loose: bool, bound: float, factor: Any) -> str:
    """Why an entry of a difference decides nothing; empty if it does."""
    slope = differences.estimate[i]
    if kink:
        bend = differences.bend[i]
        sides = [slope + sign * bend / 2 for sign in (-1, 1)]
        left, right = (side * factor if abs(side) > 1e-9 * abs(bend) else 0.0 for side in sides)
        return f"a kink: the slope is {left:.6g} to the left and {right:.6g} to the right"
    if not loose:
        return ""
    if differences.jump == 0:
        return "the function jumps at this point"
    if not np.isfinite(slope) or not np.isfinite(differences.error[i]):
        return "no step gave a number"
    if TRUST * differences.error[i] < bound / 2:
        return f"rounding amounts to {bound * np.abs(factor):.1g}"
    return f"the difference is off by {differences.error[i] * np.abs(factor):.1g} itself"
