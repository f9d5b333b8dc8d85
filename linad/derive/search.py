"""The search for points at which to try a rule: random members of structures, brought to solve its equations.

Start     random members of the structures, of sizes that fit
Step      damped Gauss-Newton of least norm along retractions: of the inputs, as far as that helps, then of all
Refused   where the equations are not solved to rounding, or a condition number is above 1e3; where outputs
          cannot follow every change of the inputs, unless they never can
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence

import numpy as np

from linad.derive.members import members
from linad.derive.points import EPS, SOLVED, Array, Point, scaled, symbols_of
from linad.derive.rule import Rule
from linad.derive.sizes import assignments
from linad.derive.symbolic.algebra.words import Symbol
from linad.errors import DerivationError, LinadError

GOOD, WORST = 1e2, 1e3  # condition numbers: taken at once, taken if there is nothing better
_ASSIGNMENTS, _MORE = 3, 9  # sizes that are tried, and where these give no point at all
_DRAWS, _STEPS = 10, 40


def point(
    rule: Rule, is_complex: bool, seed: int = 0, sizes: Mapping[str, int] | None = None, good: float = GOOD
) -> Point:
    """Values at which the equations of a rule hold, well conditioned; the same for the same seed.

    ``sizes`` are those of the letters; without them, several that fit are tried. A condition number below ``good`` is
    taken at once, else the best of some.

    Raises
    ------
    DerivationError
        Where none is found: a rule cannot be tried then.
    """
    spare: Point | None = None
    chosen = [sizes] if sizes else itertools.islice(assignments(symbols_of(rule)), _MORE)
    for number, own in enumerate(chosen):
        if number >= _ASSIGNMENTS and spare:
            break
        best: dict[bool, Point] = {}  # of the points that restrict the inputs, and of those that do not
        for attempt in range(_DRAWS):
            found = _attempt(rule, is_complex, own, np.random.default_rng([seed, attempt]))
            if found is None or found.condition > WORST:
                continue
            kind = found.restricted
            if kind not in best or found.condition < best[kind].condition:
                best[kind] = found
            if not kind and found.condition < good:
                return found
        if False in best:
            return best[False]
        spare = spare or best.get(True)
    if spare:
        return spare
    field = "complex" if is_complex else "real"
    raise DerivationError(
        rule.name,
        f"no well conditioned {field} matrices were found that solve {'; '.join(rule.equations)}.",
        "The structures may contradict the equations, or the dimensions each other.",
        "An operation may have a meaning for real or for complex matrices only.",
    )


def _attempt(
    rule: Rule, is_complex: bool, sizes: Mapping[str, int], rng: np.random.Generator
) -> Point | None:
    """A point from one draw; None if there is none near it."""
    try:
        values = {
            s.name: _drawn(s, (sizes[s.rows], sizes[s.columns]), rng, is_complex) for s in symbols_of(rule)
        }
        with np.errstate(all="ignore"):
            return solved(Point(rule, values, is_complex))
    except (LinadError, np.linalg.LinAlgError):
        return None  # sizes that a structure refuses, or a singular matrix on the way


def _drawn(symbol: Symbol, shape: tuple[int, int], rng: np.random.Generator, is_complex: bool) -> Array:
    """A random member of the symbol's structure; near to a unitary one if it is square and of no structure."""
    X = members[symbol.structure.name].random(shape, rng, is_complex)
    if symbol.square and symbol.structure.name == "general":
        return np.asarray(members["unitary"].random(shape, rng, is_complex) + X / (2 * np.sqrt(len(X))))
    return X


def solved(start: Point) -> Point | None:
    """The point that Gauss-Newton steps of least norm lead to; None if they do not solve the equations.

    Inputs move first, as far as that helps: what was drawn well conditioned stays so.
    """
    here = start
    for unknown in (start.rule.inputs, symbols_of(start.rule)):
        if any(not symbol.structure.fixed for symbol in unknown):
            here = _descended(here, unknown)
    return here if here.defect < SOLVED else None


def _descended(here: Point, unknown: Sequence[Symbol]) -> Point:
    for _ in range(_STEPS):
        if here.defect < EPS:
            break
        step = here.corrector(unknown)([-X for X in here.residuals[0]])
        tried = (here.moved(scaled(0.5**k, step)) for k in range(8))
        better = next((new for new in tried if new.defect < 0.9 * here.defect), None)
        if better is None:
            break
        here = better
    return here
