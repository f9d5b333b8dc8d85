"""A derived rule against evidence: an oracle, differences of what its equations define, and itself.

The rule is tried at points that are made from its equations alone (:mod:`linad.derive.search`), along random
directions. Where the equations leave a gauge free, tangents are compared, and cotangents taken, modulo the gauge.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from linad.core.transforms import jvp
from linad.derive.members import members
from linad.derive.points import EPS, SOLVED, Array, Matrices, Point, norm, scaled, symbols_of
from linad.derive.rule import Rule
from linad.derive.search import point

_STEPS = 80  # of the iteration for the outputs, which gains a digit or more in each
REACH = 0.05  # how far differences go, for condition number one


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found about a rule: the largest relative error over all points, and how large it may be."""

    what: str
    error: float
    bound: float

    @property
    def holds(self) -> bool:
        """An error that is no number does not hold."""
        return self.error <= self.bound


class Trial:
    """A rule at a point, with random tangents and cotangents."""

    def __init__(self, at: Point, seed: int) -> None:
        rng = np.random.default_rng([seed, 1])
        self.at, self.rule, self.values = at, at.rule, at.packed(at.values)
        self.dX, self.gY = at.random(self.rule.inputs, rng), at.random(self.rule.outputs, rng)
        velocity = at.projected(at.random(self.rule.inputs, rng))  # along which the point moves
        self.velocity = at.followed(velocity)
        self.velocity = scaled(1 / (norm(self.velocity) or 1.0), self.velocity)

    def jvp(self, dX: Matrices) -> Matrices:
        return self.at.unpacked(self.rule.jvp(self.values, self.at.packed(dX)), self.rule.outputs)

    def vjp(self, gY: Matrices) -> Matrices:
        return self.at.unpacked(self.rule.vjp(self.values, self.at.packed(gY)), self.rule.inputs)

    @cached_property
    def dY(self) -> Matrices:
        return self.jvp(self.dX)

    @cached_property
    def gX(self) -> Matrices:
        return self.vjp(self.gY)

    def modulo_gauge(self, dY: Matrices) -> Matrices:
        return self.at.oracle.modulo_gauge(dY)


def tangent_is_the_oracles(trial: Trial) -> float:
    dX = trial.at.followed(trial.dX)
    expected = trial.at.oracle.tangent(dX)
    return norm(trial.modulo_gauge(difference(trial.jvp(dX), expected))) / (norm(expected) or 1.0)


def cotangent_is_the_oracles(trial: Trial) -> float:
    gY = trial.modulo_gauge(trial.gY)
    found, expected = trial.vjp(gY), trial.at.oracle.cotangent(gY)
    return apart(trial.at.followed(found), trial.at.followed(expected))


def cotangent_is_the_adjoint(trial: Trial) -> float:
    dX, dY, gX, gY = trial.dX, trial.dY, trial.gX, trial.gY
    return abs(inner(gY, dY) - inner(gX, dX)) / (norm(gY) * norm(dY) + norm(gX) * norm(dX) or 1.0)


def parts_add_up(trial: Trial) -> float:
    """The programs for one tangent or one cotangent alone are those for all with zeros."""
    pairs = ((trial.jvp, trial.dX, trial.dY), (trial.vjp, trial.gY, trial.gX))
    errors = []
    for mode, given, whole in pairs:
        rest = whole
        for name, X in given.items():
            rest = difference(rest, mode({name: X}))
        errors.append(norm(rest) / (norm(whole) or 1.0))
    return max(errors)


def forbidden_entries(trial: Trial) -> float:
    """The largest entry where no tangent of a triangular or diagonal structure has one."""
    largest = 0.0
    for own, found in ((trial.rule.outputs, trial.dY), (trial.rule.inputs, trial.gX)):
        for symbol in own:
            pattern = symbol.structure.pattern
            if symbol.name in found and "zero" in (pattern.below, pattern.above):
                basis = members[symbol.structure.name].tangents(trial.at.values[symbol.name])
                forbidden = ~np.any(basis, axis=0)
                largest = max(largest, float(np.max(np.abs(found[symbol.name][forbidden]), initial=0.0)))
    return largest


def differences_agree(trial: Trial) -> float:
    """Inputs move along a tangent, outputs are solved for: what changes is the tangent, modulo gauge."""
    at, start = trial.at, trial.velocity
    unknown = at.rule.outputs
    if at.restricted:  # then inputs may leave the tangent, to second order
        start, unknown = start | at.oracle.tangent(start), symbols_of(at.rule)
    step = at.corrector(unknown)
    found = extrapolated(lambda t: outputs_at(at, scaled(t, start), step), REACH / at.condition)
    expected = trial.jvp(trial.velocity)
    return norm(trial.modulo_gauge(difference(found, expected))) / (norm(expected) or 1.0)


def outputs_at(at: Point, tangents: Matrices, step: Callable[[list[Array]], Matrices]) -> Matrices:
    """The outputs that solve the equations near tangents of a point, by Newton's method with its derivative there.

    They stay on the retraction of tangents that are orthogonal to the gauge: its choice is smooth.
    """
    here = at.moved(tangents)
    for _ in range(_STEPS):
        if here.defect < EPS:
            break
        change = step([-X for X in here.residuals[0]])
        tangents = tangents | {name: tangents.get(name, 0) + X for name, X in change.items()}
        new = at.moved(tangents)
        if here.defect < SOLVED and new.defect >= here.defect:
            break
        here = new
    missing = 1.0 if here.defect < SOLVED else np.nan
    return {s.name: missing * here.values[s.name] for s in at.rule.outputs if not s.structure.fixed}


def second_order_of_tangent(trial: Trial) -> float:
    dX = trial.at.packed(trial.dX)
    return second_order(trial, lambda values: trial.rule.jvp(values, dX))


def second_order_of_cotangent(trial: Trial) -> float:
    gY = trial.at.packed(trial.gY)
    return second_order(trial, lambda values: trial.rule.vjp(values, gY))


def second_order(trial: Trial, f: Callable[[dict[str, Any]], dict[str, Any]]) -> float:
    """linad's derivative of a program along a tangent of all matrices, against differences of the program."""
    at, values = trial.at, trial.values
    velocity = trial.velocity | at.projected(trial.jvp(trial.velocity))
    dots = at.packed(scaled(1 / (norm(velocity) or 1.0), velocity))
    found = jvp(f, (values,), ({name: dots.get(name) for name in values},))[1]
    expected = extrapolated(
        lambda t: f({name: x + t * dots[name] if name in dots else x for name, x in values.items()}),
        REACH / at.condition,
    )
    return apart({name: np.asarray(x) for name, x in found.items()}, expected)


def extrapolated(f: Callable[[float], dict[str, Any]], h: float) -> Matrices:
    """The derivative at zero: central differences of three widths, extrapolated twice to width zero."""

    def central(h: float) -> Matrices:
        return scaled(1 / (2 * h), difference(f(h), f(-h)))

    wide, middle, narrow = central(h), central(h / 2), central(h / 4)
    return {name: (64 * narrow[name] - 20 * middle[name] + wide[name]) / 45 for name in wide}


def difference(X: Matrices, Y: Matrices) -> Matrices:
    return {name: X[name] - Y[name] for name in Y}


def apart(X: Matrices, Y: Matrices) -> float:
    """The difference relative to Y."""
    return norm(difference(X, Y)) / (norm(Y) or 1.0)


def inner(X: Matrices, Y: Matrices) -> float:
    return float(sum(np.vdot(X[name], Y[name]).real for name in X))


@dataclass(frozen=True, slots=True)
class Law:
    """What must hold of every rule: the column of tables that it is counted in, and its bound."""

    what: str
    column: str
    bound: float
    error: Callable[[Trial], float]


def inputs_not_followed(trial: Trial) -> float:
    """The share of the inputs' dimensions in which no outputs follow; the other laws hold along the rest."""
    return 1 - trial.at.share_followed


LAWS = (  # relative errors; of exact evidence rounding times condition numbers, of differences their own error
    Law("tangent agrees with the oracle", "oracle", 1e-11, tangent_is_the_oracles),
    Law("cotangent agrees with the oracle", "oracle", 1e-11, cotangent_is_the_oracles),
    Law("cotangent is the adjoint of the tangent", "adjoint", 1e-12, cotangent_is_the_adjoint),
    Law("finite differences agree", "fd", 1e-7, differences_agree),
    Law("forbidden entries are zero", "forbidden", 0.0, forbidden_entries),
    Law("parts add up to the whole", "parts", 1e-11, parts_add_up),
    Law("second order of the tangent", "second", 1e-6, second_order_of_tangent),
    Law("second order of the cotangent", "second", 1e-6, second_order_of_cotangent),
    Law("share of the inputs held fixed", "held", 0.99, inputs_not_followed),  # no fault, yet to be told
)


def verify(rule: Rule, is_complex: bool, seeds: int = 3) -> list[Finding]:
    """Try a rule at points of real or of complex matrices; a finding for each law.

    Raises
    ------
    DerivationError
        Where there is no rule, or no point to try it at.

    Examples
    --------
    >>> from linad.derive import derive
    >>> from linad.derive.verify import verify
    >>> rule = derive({"A": "n n"}, {"L": "n n unit lower", "U": "n n upper"}, "L @ U = A", name="lu")
    >>> all(finding.holds for finding in verify(rule, is_complex=True))
    True
    """
    rule.program("tangent")  # refused before points are looked for
    trials = [Trial(point(rule, is_complex, seed), seed) for seed in range(seeds)]
    with np.errstate(all="ignore"):  # what is no number is found, and need not be told twice
        return [Finding(law.what, worst_of(law.error(trial) for trial in trials), law.bound) for law in LAWS]


def worst_of(errors: Iterable[float]) -> float:
    """The largest; what is no number is larger than any."""
    return max(errors, key=lambda error: np.inf if np.isnan(error) else error, default=0.0)
