"""The second route to the cotangents: an arbitrary test tensor against the equation, solved and substituted.

For z = Re<Phi, f_Y(Y)> the cotangents of the outputs are known, as if they were free matrices: gY = l^H Phi r^H for a
term l dY r. A cost sees them only along the tangents of their structures. With Psi = prefix^H Phi suffix^H, the tensor
against the isolated core, these projections are small linear systems for the entries of Psi; dependent rows are
conditions on the cost: what does not depend on the gauge fulfils them. Then gX = f_X^H Phi.

This is how the rule is written down, and a check of the program that runs, which is the tangent program transposed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from linad.derive.symbolic.algebra.rational import Rational, solve
from linad.derive.symbolic.algebra.structures import FREE, Pattern
from linad.derive.symbolic.algebra.words import Algebra, Atom, Symbol, compose
from linad.derive.symbolic.deriving.cores import (
    PARTS,
    SIDES,
    Side,
    diagonal_rows,
    diagonal_systems,
    entries_of,
    off_diagonal_rows,
    zones_of,
)
from linad.derive.symbolic.deriving.derivation import Derived
from linad.derive.symbolic.deriving.isolation import Choice
from linad.derive.symbolic.deriving.tangents import Unknown, mirror, projected
from linad.derive.symbolic.programs.program import Instruction, Kernel, Kernels, Program, Term, Terms, adjoint

_ZERO, _ONE = Rational.number(0), Rational.number(1)
PSI = "gM"  # the tensor against the isolated core: the cotangent of its right-hand side


@dataclass(frozen=True, slots=True)
class Raw:
    """As if an output were free: gY = l^H Phi r^H, and that solved for Phi."""

    output: str
    seen: Term
    solved: Term


@dataclass(frozen=True, slots=True)
class TestTensor:
    """The raw formulas, the program, and the numbers of conditions on the cost, for a pair and on the diagonal."""

    raw: tuple[Raw, ...]
    against: Term  # Psi = prefix^H Phi suffix^H
    program: Program
    conditions: tuple[int, int]


def test_tensor(derived: Derived, inputs: Sequence[Symbol]) -> TestTensor | None:
    """The second route, for one equation with a diagonal core and square outputs; None for others."""
    algebra = derived.algebra
    if len(derived.choices) != 1:
        return None
    (choice,) = derived.choices
    if choice.cost or len(choice.equations) != 1:
        return None
    if any((u.side and not u.symbol.square) or u.symbol.structure.unit_columns for u in choice.unknowns):
        return None
    (equation,) = choice.equations
    instructions: list[Instruction] = [_seen(u, algebra) for u in choice.unknowns]
    kernels, conditions = _solved(choice, algebra.real)
    instructions.append(
        Kernels(PSI, tuple((kernel, f"G_{name}", op) for (name, op), kernel in kernels.items()))
    )
    forward: list[Instruction] = []
    values = {}
    for symbol in inputs:
        if not symbol.structure.fixed:
            made = projected(algebra, symbol)
            forward += made
            values[symbol.name] = made[-1].result if made else f"d{symbol.name}"
    given = [*values]
    tangents = {i.result: i for i in derived.program.instructions}
    for one in derived.introduced:  # it moves as what it stands for
        if (tangent := tangents.get(f"d{one.name}")) is not None:
            forward.append(tangent)
            values[one.name] = tangent.result
    rest = tuple(
        Term(t.coefficient, t.left, values[t.value], t.op, t.right)
        for t in equation.rest
        if t.value in values
    )
    forward.append(Terms("M1", rest))
    tail = adjoint(Program({name: f"d{name}" for name in given}, tuple(forward), {"M": "M1"}), algebra)
    outputs = {u.symbol.name: f"g{u.symbol.name}" for u in choice.unknowns}
    program = Program(outputs, (*instructions, *tail.instructions), tail.outputs)
    prefix, suffix = (algebra.apply("H", word) for word in (equation.prefix, equation.suffix))
    against = Term(Fraction(1), prefix, "Phi", "", suffix)
    return TestTensor(tuple(_raw(choice, algebra)), against, program, conditions)


def _raw(choice: Choice, algebra: Algebra) -> list[Raw]:
    (equation,) = choice.equations
    found = []
    for u in choice.unknowns:
        own = [t for t in equation.terms if t.value == u.symbol.name]
        if len(own) != 1 or own[0].op or own[0].coefficient != 1:
            continue
        left, right = (algebra.apply("H", word) for word in (own[0].left, own[0].right))
        seen = Term(Fraction(1), left, "Phi", "", right)
        beside = [algebra.symbols[a.name] for a in (*left, *right)]
        if any(not s.square or not s.structure.invertible for s in beside):
            continue
        solved = Term(Fraction(1), algebra.inverse(left), f"g{u.symbol.name}", "", algebra.inverse(right))
        found.append(Raw(u.symbol.name, seen, solved))
    return found


def _seen(u: Unknown, algebra: Algebra) -> Terms:
    """The cotangent of an unknown: Y^H gY for Y S, gY Y^H for S Y."""
    H = algebra.apply("H", (Atom(u.symbol.name),))
    left, right = {"R": (H, ()), "L": ((), H), "": ((), ())}[u.side]
    return Terms(f"G_{u.symbol.name}", (Term(Fraction(1), left, f"g{u.symbol.name}", "", right),))


def _solved(choice: Choice, real: frozenset[str]) -> tuple[dict[tuple[str, str], Kernel], tuple[int, int]]:
    """Kernels that give Psi, by the output and the operation on its G; the numbers of conditions."""
    patterns = {u.name: u.pattern for u in choice.unknowns}
    names = [u.symbol.name for u in choice.unknowns]
    cores = [choice.equations[0].core]
    off, pairs = _off_diagonal(patterns, cores, real)
    on, diagonal = _on_diagonal(patterns, cores, real)
    kernels: dict[tuple[str, str], Kernel] = {}
    for (k, op), kernel in off.items():
        kernels[names[k], op] = kernel
    for (k, op), value in on.items():
        have = kernels.get((names[k], op), Kernel(_ZERO, _ZERO, _ZERO))
        kernels[names[k], op] = have + Kernel(_ZERO, value, _ZERO)
    return {key: kernel for key, kernel in kernels.items() if kernel}, (pairs, diagonal)


def _off_diagonal(
    patterns: Mapping[str, Pattern], cores: Sequence[Sequence[Term]], real: frozenset[str]
) -> tuple[dict[Side, Kernel], int]:
    entries = entries_of(patterns)
    position = {name: k for k, name in enumerate(patterns)}
    columns = off_diagonal_rows(patterns, cores, real)  # the adjoint: its rows are our columns
    rows = [[columns[0, side][i].conjugated(real) for side in SIDES] for i in range(len(entries))]
    sides: list[Side] = [(k, op) for k in range(len(patterns)) for op in SIDES]
    right = []
    for name, place, conjugated in entries:
        seen = {"" if place == "below" else "T": 1}
        mirrored = mirror(patterns[name])
        if mirrored is not None:
            seen[mirrored[0]] = mirrored[1]
        parts = {
            (position[name], compose(op, "C") if conjugated else op): Rational.number(sign)
            for op, sign in seen.items()
        }
        right.append([parts.get(side, _ZERO) for side in sides])
    solved = solve(rows, right)
    found = dict(zip(SIDES, solved.solution, strict=True))
    values = {
        ("Psi", "below"): dict(zip(sides, found[""], strict=True)),
        ("Psi", "above"): dict(zip(sides, found["T"], strict=True)),
    }
    return zones_of({"Psi": FREE}, values, real)["Psi"], len(solved.conditions)


def _on_diagonal(
    patterns: Mapping[str, Pattern], cores: Sequence[Sequence[Term]], real: frozenset[str]
) -> tuple[dict[Side, Rational], int]:
    result: dict[Side, Rational] = {}
    position = {name: k for k, name in enumerate(patterns)}
    conditions = 0
    for part, names, bound in diagonal_systems(patterns, cores, real):
        (row,) = diagonal_rows(names, cores, part, real)
        unit = [[_ONE if i == j else _ZERO for j in range(len(names))] for i in range(len(names))]
        solved = solve([[x.conjugated(real)] for x in row], unit)
        conditions += len(solved.conditions) + len(bound)
        for name, value in zip(names, solved.solution[0] if names else [], strict=True):
            for op, share in zip(("", "H"), PARTS[part], strict=True):
                side = position[name], op
                result[side] = result.get(side, _ZERO) + value * Rational.number(share)
    return {side: value for side, value in result.items() if value}, conditions
