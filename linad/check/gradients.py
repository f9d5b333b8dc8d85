"""The verification of a user's function: the laws of first and higher order, tried on it at its arguments."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from time import perf_counter
from typing import Any

import numpy as np

from linad.check import claims
from linad.check.alignment import alignment
from linad.check.diagnosis import culprit
from linad.check.domains import Domain
from linad.check.doubts import HALF, doubted
from linad.check.finding import Finding, Gap, Law
from linad.check.function_laws import BOTH, BY_ENTRY, CLAIM, FORM, LAWS
from linad.check.function_report import FunctionReport
from linad.check.function_trial import FunctionTrial
from linad.check.functions import UserFunction
from linad.check.hints import hints, symmetries
from linad.core.errstate import errstate
from linad.errors import (
    ConvergenceError,
    IllConditionedError,
    LinadWarning,
    OptionError,
    ShapeError,
    StructureError,
    UndefinedDerivativeError,
)

ILL = (UndefinedDerivativeError, IllConditionedError, ConvergenceError)
SUBSETS = 8  # arrays among the arguments, above which not all subsets of them are tried


def check_gradients(
    f: Callable[..., Any],
    *args: Any,
    modes: Sequence[str] = BOTH,
    order: int = 2,
    domains: Mapping[str | int, str | Domain] | None = None,
    gradient: Callable[..., Any] | None = None,
    align: str | Callable[[Any, Any], Any] | None = None,
    complex_step: bool = False,
    seed: int = 0,
) -> FunctionReport:
    """Verify the derivatives of a function at its arguments.

    Parameters
    ----------
    f
        A function of arrays, numbers and containers of them. linad differentiates it, unless ``gradient`` is given.
    args
        Its arguments. Text such as ``"spd(6)"`` stands for a random member of a family. Integers stay constant.
    modes
        ``"forward"``, ``"reverse"``, or both.
    order
        The highest order that is tried: 1, 2 or 3.
    domains
        By the name or position of an argument, the family that it lies in and moves in: ``{"A": "spd"}``.
    gradient
        A derivative computed by hand or elsewhere: a function of the same arguments that returns the gradient, a pair
        of value and gradient, or the Jacobian; a tuple for several arguments. It is verified by differences alone,
        and ``f`` is never traced.
    align
        ``"phase"`` or ``"sign"`` for outputs whose columns are determined up to one, or a function of an output (a
        tuple of its arrays) and the one at the point.
    complex_step
        Sharpen differences by complex steps in the entries where the two agree.
    seed
        Changes the random numbers.

    Returns
    -------
    FunctionReport
        Findings as data; ``holds`` is True, False, or None where something could not be decided; ``str`` writes it.

    Examples
    --------
    >>> import numpy as np
    >>> report = check_gradients(lambda A, b: b @ np.linalg.solve(A, b), "spd(3)", "normal(3)")
    >>> report.holds
    True
    >>> check_gradients(np.sum, np.ones(3), gradient=lambda x: 2 * np.ones(3)).holds
    False
    """
    begin = perf_counter()
    chosen = tuple(mode for mode in BOTH if mode in modes)
    if isinstance(modes, str) or len(chosen) != len(tuple(modes)) or not chosen:
        raise OptionError("modes", f"{modes!r} is not known: a tuple of 'forward', 'reverse' or both.")
    if order not in (1, 2, 3):
        raise OptionError("order", f"{order!r} is not known; orders are 1, 2 and 3.")
    aligned = alignment(align)
    notes: list[str] = []
    if aligned is not None and order > 1 and gradient is None:
        order = 1
        notes.append("aligned outputs are tried to first order: their second derivatives depend on the path")
    with _gathered(notes), errstate(**{} if aligned is None else {"gauge": "ignore"}):
        subject = UserFunction(f, args, domains, seed)
        if gradient is None:
            trial = FunctionTrial(subject, align=aligned, complex_steps=complex_step)
            laws = [law for level, needs, law in LAWS if level <= order and set(needs) <= set(chosen)]
            findings = _findings(trial, laws)
        else:
            trial, findings = _claimed(subject, gradient, aligned, complex_step)
    if any(finding.holds is False for finding in findings):
        notes += _diagnosis(subject, findings, gradient is None)
    if not findings:
        notes.append("no argument has an entry that could be moved")
    notes += _told(trial, findings, order if gradient is None and "forward" in chosen else 1)
    shown = chosen if gradient is None else ("gradient",)
    return FunctionReport(
        subject.name, tuple(findings), tuple(notes), shown, order, seed, perf_counter() - begin
    )


def assert_gradients(
    f: Callable[..., Any], *args: Any, allow_undecided: bool = False, **options: Any
) -> None:
    """Raise AssertionError with the report unless the derivatives of a function hold, as ``check_gradients`` finds.

    Undecided is not held: ``allow_undecided`` lets it pass.
    """
    __tracebackhide__ = True
    report = check_gradients(f, *args, **options)
    if report.holds is False or (report.holds is None and not allow_undecided):
        raise AssertionError(str(report))


def _claimed(
    subject: UserFunction, gradient: Callable[..., Any], align: Any, complex_step: bool
) -> tuple[FunctionTrial, list[Finding]]:
    """The findings on a given derivative: of one that has not the form of a derivative, that."""
    try:
        blocks = claims.read(subject, gradient)
    except (StructureError, ShapeError) as error:
        gap = Gap(str(error.args[1]).rstrip("."), np.inf, 0.0)
        return FunctionTrial(subject), [FORM.verdict(subject, [gap])]
    trial = FunctionTrial(subject, None, blocks, align, complex_step)
    return trial, _findings(trial, [CLAIM])


@contextmanager
def _gathered(notes: list[str]) -> Iterator[None]:
    """What linad warns of inside becomes a note; what else is warned of is warned of once, at the end."""
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        yield
    mine = [warning.message for warning in seen if isinstance(warning.message, LinadWarning)]
    told = [": ".join(map(str, message.args[:2])) for message in mine]
    # Every step of a difference warns, each of other numbers: the first was at the point.
    notes += {re.sub(r"[\d.e+-]+", "", text): text for text in reversed(told)}.values()
    others = {
        str(warning.message): warning
        for warning in reversed(seen)
        if not isinstance(warning.message, LinadWarning)
    }
    for warning in others.values():
        warnings.warn_explicit(warning.message, warning.category, warning.filename, warning.lineno)


def _findings(trial: FunctionTrial, laws: Sequence[Law]) -> list[Finding]:
    found: list[Finding] = []
    for law in laws:
        if law.name == "subset" and not 1 < len(trial.x) <= SUBSETS:
            continue
        if law.name == "third" and trial.exact is not trial:
            continue
        found += _tried(law, trial)
    return found


def _tried(law: Law, trial: FunctionTrial) -> Iterator[Finding]:
    """A law's findings: by entry where it goes by entries. What has no derivative is undecided, and said."""
    subject = trial.function
    try:
        gaps = list(law.gaps(trial))
    except ILL as error:
        lines = [str(error.args[0]) + ": " + str(error.args[1]), *getattr(error, "__notes__", ())]
        gaps = [Gap("no derivative", np.inf, 0.0, reason=", ".join(lines))]
    if trial.claimed is None:
        gaps = doubted(gaps, trial)
    if law.name in BY_ENTRY:
        yield from [law.verdict(subject, [gap]) for gap in gaps]
    else:
        yield law.verdict(subject, gaps)


def _diagnosis(subject: UserFunction, findings: Sequence[Finding], is_traced: bool) -> list[str]:
    """What failing numbers have in common; of a function that was traced, the operation whose rule is wrong."""
    entries = [finding for finding in findings if finding.law in BY_ENTRY]
    own = [finding for finding in entries if finding.law == entries[-1].law]
    told, stays = hints(own), list(symmetries(own, subject))
    found = culprit(subject) if is_traced else None
    if found is not None:
        return [*told, str(found)]
    if is_traced and not stays:
        told.append(
            "every operation's own rule holds at these numbers: look for a value that leaves the trace "
            "(linad.value, stop_gradient, numpy.array), or a choice that depends on the arguments"
        )
    return [*told, *stays]


def _told(trial: FunctionTrial, findings: list[Finding], order: int) -> Iterator[str]:
    """What a reader of the report ought to know besides: jumps, digits that are lost, the chance of a miss."""
    jumps = {d.jump for d in trial.exact.differences_seen if d.jump is not None}
    if 0 in jumps:
        yield "the function jumps at this point: a pivot, an order or a rank changes there"
    elif jumps:
        near = min(map(abs, jumps))
        yield f"the function jumps {near:.1g} away, where a pivot, an order or a rank changes: shorter steps were taken"
    if order > 1 and trial.digits_lost > HALF:
        yield f"ill-conditioned: about {trial.digits_lost:.0f} digits of the derivative are lost"
    chance = trial.chance_of_a_miss
    if chance:
        yield chance
