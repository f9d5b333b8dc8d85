"""The derivation as one writes it down: linearise, structure, isolate, split, tangent; then the test tensor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from linad.derive.symbolic.derivation import Derived
from linad.derive.symbolic.isolation import Choice
from linad.derive.symbolic.programs import Instruction, Kernels, Program, Term, Terms
from linad.derive.symbolic.steps import Line, Relation, Step
from linad.derive.symbolic.structures import Pattern
from linad.derive.symbolic.tangents import Unknown
from linad.derive.symbolic.tensor import PSI, TestTensor
from linad.derive.symbolic.words import Algebra, Atom

_ZONES = {
    ("free", "free", "free"): "any matrix",
    ("free", "free", "zero"): "lower",
    ("free", "zero", "zero"): "strictly lower",
    ("free", "real", "zero"): "lower, its diagonal real",
    ("zero", "free", "free"): "upper",
    ("zero", "zero", "free"): "strictly upper",
    ("zero", "real", "free"): "upper, its diagonal real",
    ("zero", "free", "zero"): "diagonal",
    ("zero", "real", "zero"): "diagonal, real",
    ("free", "imaginary", "minus conjugate"): "skew-Hermitian",
    ("free", "zero", "minus"): "skew-symmetric",
    ("free", "real", "conjugate"): "Hermitian",
    ("free", "free", "equal"): "symmetric",
    ("free", "imaginary", "free"): "any matrix, its diagonal imaginary",
}


def pattern_words(pattern: Pattern) -> str:
    """What is free in an unknown, in words."""
    return _ZONES[pattern.below, pattern.on, pattern.above]


def steps(derived: Derived, tensor: TestTensor | None) -> list[Step]:
    """The steps of the tangent, for each group of equations, then those of the cotangent by the test tensor."""
    algebra = derived.algebra
    found: list[Step] = []
    for number, choice in enumerate(derived.choices):
        found += _group(derived.program, choice, algebra, str(number + 1) if len(derived.choices) > 1 else "")
    if tensor is not None:
        found += _second_route(tensor)
    return found


def _group(program: Program, choice: Choice, algebra: Algebra, number: str) -> list[Step]:
    linear, isolated = [], []
    for e in choice.equations:
        own = {u.symbol.name for u in choice.unknowns}
        terms = [
            replace(t, value=f"d{t.value}") for t in e.terms if not algebra.symbols[t.value].structure.fixed
        ]
        left = tuple(t for t in terms if t.value[1:] in own)
        right = tuple(replace(t, coefficient=-t.coefficient) for t in terms if t.value[1:] not in own)
        linear.append(Line(Relation(left, right)))
        rest = tuple(
            replace(t, value=f"d{t.value}") for t in e.rest if not algebra.symbols[t.value].structure.fixed
        )
        isolated.append(Line(Relation(e.core, rest), _beside(choice, (*e.prefix, *e.suffix), algebra)))
    structure = [Line(_tangent(u, algebra), _structure(u)) for u in choice.unknowns]
    names = {u.name for u in choice.unknowns}
    by_result = {i.result: i for i in program.instructions}
    split = [
        Line(by_result[name], remark)
        for u in choice.unknowns
        for name, remark in ((f"T_{u.symbol.name}", "after the congruence"), (u.name, ""))
        if name in by_result
    ]
    middles = {v for i in split for v in _reads(i.formula)}
    definitions = [Line(i) for i in program.instructions if i.result in middles and i.result not in names]
    ends = [
        Line(by_result[f"d{u.symbol.name}"], _end(u, by_result[f"d{u.symbol.name}"], choice))
        for u in choice.unknowns
        if f"d{u.symbol.name}" in by_result
    ]
    made = [
        ("linearise", linear),
        ("structure", structure),
        ("isolate", [*isolated, *definitions]),
        ("split", split),
        ("tangent", ends),
    ]
    return [Step(f"{label} {number}".strip(), tuple(lines)) for label, lines in made if lines]


def _reads(formula: Relation | Instruction | None) -> list[str]:
    if isinstance(formula, Kernels):
        return [value for _, value, _ in formula.parts]
    if isinstance(formula, Terms):
        return [t.value for t in formula.terms]
    return []


def _tangent(u: Unknown, algebra: Algebra) -> Relation:
    Y = (Atom(u.symbol.name),)
    left, right = {"R": (Y, ()), "L": ((), Y), "": ((), ())}[u.side]
    own = [Term(Fraction(1), left, u.name, "", right)]
    if not u.symbol.square and u.side:
        own.append(Term(Fraction(1), (), f"N_{u.symbol.name}", "", ()))
    return Relation((Term(Fraction(1), (), f"d{u.symbol.name}", "", ()),), tuple(own))


def _structure(u: Unknown) -> str:
    text = f"{u.name} {pattern_words(u.pattern)}"
    if not u.symbol.square and u.side:
        text += f"; N_{u.symbol.name} what {u.symbol.name}^+ takes away"
    return text


def _beside(choice: Choice, words: Sequence[Atom], algebra: Algebra) -> str:
    """How many solves the isolation costs; orthonormal factors, permutations and diagonal ones cost none."""
    rows = [algebra.structure(atom) for atom in words]
    solves = sum(not (row.adjoint_is_inverse or row.diagonal) for row in rows)
    if choice.cost or not solves:
        return ""
    kind = "triangular " if all(row.triangle for row in rows if not row.adjoint_is_inverse) else ""
    return f"{solves} {kind}solve{'' if solves == 1 else 's'}"


def _end(u: Unknown, instruction: Instruction, choice: Choice) -> str:
    spared = u.symbol.structure.triangle and u.symbol.square and u.name not in _reads(instruction)
    return f"from the equation: {u.symbol.name} may end in a zero pivot" if spared and not choice.cost else ""


def _second_route(tensor: TestTensor) -> list[Step]:
    def single(value: str) -> tuple[Term, ...]:
        return (Term(Fraction(1), (), value, "", ()),)

    raw = [Line(Relation(single(f"g{r.output}"), (r.seen,)), f"if {r.output} were free") for r in tensor.raw]
    solved = [
        Line(Relation(single("Phi"), (r.solved,)), "the raw formula: not a rule, for a cost sees less")
        for r in tensor.raw
    ]
    made = {i.result: i for i in tensor.program.instructions}
    seen = [
        Line(i, "seen through the projection on its structure")
        for name, i in made.items()
        if name.startswith("G_")
    ]
    conditions = sum(tensor.conditions)
    remark = "dependent rows: a cost must not see the gauge" if conditions else ""
    psi = [Line(made[PSI], remark)] if PSI in made else []
    after = [i for name, i in made.items() if not name.startswith("G_") and name != PSI]
    result = [Line(i) for i in after]
    return [
        step
        for step in (
            Step("test tensor", tuple(raw)),
            Step("raw", tuple(solved)),
            Step("project", tuple(seen)),
            Step("solve", tuple(psi)),
            Step("cotangent", tuple(result)),
        )
        if step.lines
    ]
