"""The derivation as one writes it down: linearise, structure, isolate, split, tangent; then the test tensor."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from linad.derive.symbolic.algebra.structures import Pattern
from linad.derive.symbolic.algebra.words import Algebra, Atom
from linad.derive.symbolic.deriving.derivation import Derived
from linad.derive.symbolic.deriving.isolation import Choice
from linad.derive.symbolic.deriving.moves import congruence
from linad.derive.symbolic.deriving.tangents import Unknown
from linad.derive.symbolic.deriving.tensor import PSI, TestTensor
from linad.derive.symbolic.programs.program import Instruction, Kernels, Program, Term, Terms
from linad.derive.symbolic.programs.simplify import tidy
from linad.derive.symbolic.programs.solvers import Solver
from linad.derive.symbolic.writing.steps import Line, Relation, Step

_TURNED = "after the congruence"
_PROJECTED = r"p[A-Z].*"  # an input's tangent within its structure
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


def steps(
    derived: Derived, tensor: TestTensor | None, remarks: Mapping[str, str], assumed: Collection[str] = ()
) -> list[Step]:
    """The steps of the tangent, for each group of equations, then those of the cotangent by the test tensor.

    ``remarks`` say how the raw formula for an output fared when it was tried; ``assumed`` is what the rule assumes.
    """
    algebra = derived.algebra
    program = tidy(derived.program, algebra)
    found: list[Step] = []
    made = {i.result: i for i in program.instructions}
    lines: list[Line] = []
    for one in derived.introduced:
        tangent = made.get(f"d{one.name}")
        lines += [Line(one), *(_with_projections([tangent.result], made) if tangent else [])]
    if lines:
        found.append(Step("introduce", tuple(lines)))
    for number, choice in enumerate(derived.choices):
        found += _group(
            program, choice, algebra, str(number + 1) if len(derived.choices) > 1 else "", assumed
        )
    found = _once(found)
    if tensor is not None:
        (choice,) = derived.choices
        found += _second_route(tensor, choice, remarks)
    return found


def _once(found: Sequence[Step]) -> list[Step]:
    """Steps in which projections of inputs, which several groups read, are written once."""
    told: set[str] = set()
    result = []
    for step in found:
        lines = []
        for line in step.lines:
            name = getattr(line.formula, "result", "")
            if name not in told:
                lines.append(line)
            told |= {name} if re.fullmatch(_PROJECTED, name) else set()
        result.append(Step(step.label, tuple(lines)))
    return result


def _group(
    program: Program, choice: Choice, algebra: Algebra, number: str, assumed: Collection[str]
) -> list[Step]:
    made = {i.result: i for i in program.instructions}
    own = {u.symbol.name for u in choice.unknowns}
    linear = []
    for e in choice.equations:
        terms = [
            replace(t, value=f"d{t.value}") for t in e.terms if not algebra.symbols[t.value].structure.fixed
        ]
        left = tuple(t for t in terms if t.value[1:] in own)
        right = tuple(replace(t, coefficient=-t.coefficient) for t in terms if t.value[1:] not in own)
        linear.append(Line(Relation(left, right)))
    structure = [Line(_tangent(u), _structure(u)) for u in choice.unknowns]
    solved = {
        name: remark
        for u in choice.unknowns
        for name, remark in (
            (f"T_{u.symbol.name}", ""),
            (f"V_{u.symbol.name}", ""),
            (f"Z_{u.symbol.name}", ""),
            (u.name, ""),
        )
        if name in made
    }
    names = [
        i.result for i in program.instructions if i.result in solved
    ]  # in the order in which they are found
    middles = _behind([v for name in names for v in _reads(made[name])], made, solved)
    isolated = []
    if turned := {u.name: f"T_{u.symbol.name}" for u in choice.unknowns if f"T_{u.symbol.name}" in made}:
        core = congruence(algebra, choice).core
        own_core = tuple(replace(t, value=turned[t.value]) for t in core)
        isolated.append(Line(Relation(own_core, _single(*_whole(choice, [*middles], made))), _TURNED))
    else:
        for e, middle in zip(choice.equations, _whole(choice, [*middles], made), strict=True):
            beside = _beside(choice, (*e.prefix, *e.suffix), algebra)
            isolated.append(Line(Relation(e.core, _single(middle)), beside))
    isolated += _with_projections(middles, made)
    ends: list[Line] = []
    known = {*middles, *solved}
    remarks = {
        name: _end(u, made[name], choice, assumed)
        for u in choice.unknowns
        if (name := f"d{u.symbol.name}") in made
    }
    for name in remarks:
        ends += _chain(name, made, known, remarks)
    parts = [
        ("linearise", linear),
        ("structure", structure),
        ("isolate", isolated),
        ("split", [Line(made[name], solved[name]) for name in names]),
        ("tangent", ends),
    ]
    return [Step(f"{label} {number}".strip(), tuple(lines)) for label, lines in parts if lines]


def _chain(
    name: str, made: Mapping[str, Instruction], known: set[str], remarks: Mapping[str, str]
) -> list[Line]:
    """An instruction after those that it needs; without what was written already."""
    if name in known or name not in made:
        return []
    known.add(name)
    before = [line for value in _reads(made[name]) for line in _chain(value, made, known, remarks)]
    return [*before, Line(made[name], remarks.get(name, ""))]


def _with_projections(names: Iterable[str], made: Mapping[str, Instruction]) -> list[Line]:
    """Instructions, and then what they read of inputs that move within their structure."""
    values = dict.fromkeys(value for name in names for value in _reads(made[name]))
    own = [value for value in values if value in made and re.fullmatch(_PROJECTED, value)]
    return [Line(made[name]) for name in (*names, *own)]


def _behind(
    values: Sequence[str], made: Mapping[str, Instruction], solved: Collection[str]
) -> dict[str, None]:
    """What solutions are made from: values, and before those that are only turned around the others."""
    found: dict[str, None] = {}
    for value in values:
        if value in made and value not in solved:
            turned = _reads(made[value]) if value.endswith("_turned") else []
            found |= dict.fromkeys([*(v for v in turned if v in made), value])
    return found


def _single(value: str) -> tuple[Term, ...]:
    return (Term(Fraction(1), (), value, "", ()),)


def _whole(choice: Choice, middles: Sequence[str], made: Mapping[str, Instruction]) -> list[str]:
    """The right-hand sides of the isolated equations: the last ones made, where an elimination came first."""
    ordered = [name for name in made if name in middles and not name.endswith("_turned")]
    count = len(choice.equations)
    return ordered[-count:] if len(ordered) >= count else ["M"] * count


def _reads(formula: Relation | Instruction | None) -> list[str]:
    if isinstance(formula, Kernels):
        return [value for _, value, _ in formula.parts]
    if isinstance(formula, Terms):
        return [t.value for t in formula.terms]
    return [formula.value] if isinstance(formula, Solver) else []


def _tangent(u: Unknown) -> Relation:
    Y = (Atom(u.symbol.name),)
    left, right = {"R": (Y, ()), "L": ((), Y), "": ((), ())}[u.side]
    own = [Term(Fraction(1), left, u.name, "", right)]
    if not u.symbol.square and u.side:
        own.append(Term(Fraction(1), (), f"N_{u.symbol.name}", "", ()))
    if u.symbol.structure.unit_columns:
        own.append(Term(Fraction(-1), Y, f"D_{u.symbol.name}", "", ()))
    return Relation((Term(Fraction(1), (), f"d{u.symbol.name}", "", ()),), tuple(own))


def _structure(u: Unknown) -> str:
    text = f"{u.name} {pattern_words(u.pattern)}"
    if not u.symbol.square and u.side:
        text += f"; N_{u.symbol.name} what {u.symbol.name}^+ takes away"
    if u.symbol.structure.unit_columns:
        text += f"; D_{u.symbol.name} what would stretch the columns"
    return text


def _beside(choice: Choice, words: Sequence[Atom], algebra: Algebra) -> str:
    """How many solves the isolation costs; orthonormal factors, permutations and diagonal ones cost none."""
    rows = [algebra.structure(atom) for atom in words]
    solves = sum(not (row.adjoint_is_inverse or row.diagonal) for row in rows)
    if choice.cost or not solves:
        return ""
    kind = "triangular " if all(row.triangle for row in rows if not row.adjoint_is_inverse) else ""
    return f"{solves} {kind}solve{'' if solves == 1 else 's'}"


def _end(u: Unknown, instruction: Instruction, choice: Choice, assumed: Collection[str]) -> str:
    spared = u.symbol.structure.triangle and u.symbol.square and u.name not in _reads(instruction)
    if not spared or choice.cost:
        return ""
    whole = f"{u.symbol.name} is invertible" in assumed
    return "from the equation" + ("" if whole else f": {u.symbol.name} may end in a zero pivot")


def _second_route(tensor: TestTensor, choice: Choice, remarks: Mapping[str, str]) -> list[Step]:
    program = tensor.program
    made = {i.result: i for i in program.instructions}
    raw = [Line(Relation(_single(f"g{r.output}"), (r.seen,)), f"if {r.output} were free") for r in tensor.raw]
    solved = [Line(Relation(_single("Phi"), (r.solved,)), remarks.get(r.output, "")) for r in tensor.raw]
    seen = [
        Line(made[f"G_{u.symbol.name}"], f"seen: {u.name} is {pattern_words(u.pattern)}")
        for u in choice.unknowns
    ]
    conditions = "dependent rows: the cost must not see the gauge" if any(tensor.conditions) else ""
    names = {value: f"g{name}" for name, value in program.outputs.items()}
    result = [
        Line(replace(i, result=names.get(i.result, i.result)))
        for i in program.instructions
        if not i.result.startswith("G_") and i.result != PSI
    ]
    parts = [
        Step("test tensor", tuple(raw)),
        Step("raw", tuple(solved)),
        Step("project", (Line(Relation(_single(PSI), (tensor.against,))), *seen)),
        Step("solve", (Line(made[PSI], conditions),)),
        Step("cotangent", tuple(result)),
    ]
    return [step for step in parts if step.lines]
