"""The derivation of a rule, written out: the steps, both programs, what they cost and assume; as text and as LaTeX."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from linad.derive.raw import attempts
from linad.derive.rule import Rule
from linad.derive.running import LEAD
from linad.derive.symbolic.algebra.rational import Polynomial
from linad.derive.symbolic.algebra.structures import FREE
from linad.derive.symbolic.deriving.tensor import TestTensor
from linad.derive.symbolic.writing.latex import Part, document, program_latex, steps_latex
from linad.derive.symbolic.writing.steps import Step
from linad.derive.symbolic.writing.text import step_text
from linad.derive.symbolic.writing.written import steps
from linad.errors import DerivationError

_FAILS = (
    1e-6  # a raw formula further from differences than this is wrong, whatever the differences' own error
)


def derivation(rule: Rule) -> str:
    """All of it as text."""
    matrices = ", ".join(f"{s.name} {s.structure.name}" for s in (*rule.inputs, *rule.outputs))
    lines = [*rule.equations, matrices, "", step_text(steps_of(rule))]
    for mode in ("tangent", "cotangent"):
        body = rule.text(mode).splitlines()
        lines += ["", f"{mode}   {_plain(rule.flops(mode))} operations", *(f"  {line}" for line in body)]
    lines += ["", *(f"{label:10} {text}" for label, text in _remarks(rule))]
    return "\n".join(lines).rstrip()


def latex(rule: Rule) -> str:
    """All of it as a LaTeX document."""
    parts = [Part("Derivation", steps_latex(steps_of(rule)))]
    for mode in ("tangent", "cotangent"):
        block = program_latex(rule.program(mode), lead=LEAD[mode])
        parts.append(Part(mode.capitalize(), block, rule.count(mode)))
    return document(rule.name, rule.equations, (*rule.inputs, *rule.outputs), parts)


def _remarks(rule: Rule) -> list[tuple[str, str]]:
    found = []
    own = [str(cost) for cost in costs(rule)]
    with suppress(DerivationError):  # which says that there is no recursion
        own.append(f"by blocks {_plain(rule.blocks.flops('cotangent'))}")
    if own:
        found.append(("cost", "; ".join(own)))
    if rule.gauge:
        found.append(("free", "; ".join(rule.gauge) + ": set to zero"))
    found += [("assumes", sentence) for sentence in rule.assumptions]
    return found


@dataclass(frozen=True, slots=True)
class Cost:
    """What the cotangent costs where only that of one output is present, or only the diagonal of that."""

    output: str
    diagonal: bool
    count: Polynomial

    def __str__(self) -> str:
        present = f"diag(g{self.output})" if self.diagonal else f"g{self.output}"
        return f"only {present} {_plain(self.count.text())}"


def costs(rule: Rule) -> list[Cost]:
    """What the cotangent costs where less is present."""
    whole = rule.flops("cotangent")
    outputs = [s for s in rule.outputs if not s.structure.fixed]
    found = []
    for symbol in outputs:
        if len(outputs) > 1 and (count := rule.count("cotangent", [symbol.name])).text() != whole:
            found.append(Cost(symbol.name, False, count))
        if symbol.structure.triangle and symbol.square and symbol.structure.pattern.on != "zero":
            found.append(Cost(symbol.name, True, rule.count("cotangent", {symbol.name: "diagonal"})))
    return found


def steps_of(rule: Rule) -> Sequence[Step]:
    """The steps, with what became of the raw formulas."""
    tensor = rule.test_tensor
    return steps(rule.derived, tensor, _tried(rule, tensor) if tensor is not None else {}, rule.assumptions)


def _tried(rule: Rule, tensor: TestTensor) -> dict[str, str]:
    """What became of the raw formulas when they were tried, in words."""
    restricted = {s.name for s in rule.outputs if s.structure.pattern != FREE}
    raws = [raw for raw in tensor.raw if raw.output in restricted]
    alone = len(rule.inputs) == 1 and all(
        len(word) == 1
        for e in rule.expressions
        for word in e
        if any(a.name == rule.inputs[0].name for a in word)
    )
    if not raws or not alone:
        return {}
    try:
        tried = attempts(rule, raws)
    except DerivationError:  # no point was found at which to try
        return {}
    return {
        a.output: f"no rule: relative error {a.raw:.2g} against differences; the rule's is below 1e-9"
        for a in tried
        if a.raw > _FAILS and a.rule < 1e-9
    }


def _plain(count: str) -> str:
    return count.replace("**", "^").replace("*", " ")
