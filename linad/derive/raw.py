"""The raw formulas of the test tensor, tried: how far they are from differences, and how far the rule is.

If the outputs were free matrices, each would give the cotangent of the input by itself. They are not: the numbers show
what the projections of the rule are for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from linad.derive.points import scaled
from linad.derive.rule import Rule
from linad.derive.running import compiled
from linad.derive.search import point
from linad.derive.symbolic.deriving.tensor import Raw
from linad.derive.symbolic.programs.emit import source
from linad.derive.symbolic.programs.program import Program, Terms
from linad.derive.verify import REACH, Trial, extrapolated, inner, outputs_at


@dataclass(frozen=True, slots=True)
class Attempt:
    """For a random cost of one output: errors of a derivative along a tangent, relative to differences of the cost."""

    output: str
    raw: float
    rule: float


def attempts(rule: Rule, raws: Sequence[Raw]) -> list[Attempt]:
    """The raw formulas at a random real point, for a rule whose one input stands alone in its equation."""
    (symbol,) = rule.inputs
    trial = Trial(point(rule, False), 0)
    step = trial.at.corrector(rule.outputs)
    change = extrapolated(
        lambda t: outputs_at(trial.at, scaled(t, trial.velocity), step), REACH / trial.at.condition
    )
    found = []
    for raw in raws:
        gY = {raw.output: trial.gY[raw.output]}
        truth = inner(gY, change)
        program = Program(
            {raw.output: f"g{raw.output}"}, (Terms("Phi", (raw.solved,)),), {symbol.name: "Phi"}
        )
        text = source("raw", program, rule.algebra, "g", rule.equations)
        function, parameters = compiled("raw", text, f"{rule.name}: raw formula for {raw.output}")
        values = {**trial.values, f"g{raw.output}": trial.at.packed(gY)[raw.output]}
        (gX,) = function(*[values[p] for p in parameters])
        errors = [
            abs(inner({symbol.name: g}, trial.velocity) - truth) / abs(truth)
            for g in (gX, trial.vjp(gY)[symbol.name])
        ]
        found.append(Attempt(raw.output, *errors))
    return found
