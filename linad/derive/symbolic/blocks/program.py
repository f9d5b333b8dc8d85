"""Block programs: linear instructions on named blocks, one of which is the same program again on a diagonal block.

    terms       sum of  c L x^op R                          as in all programs
    sylvester   the solution s of  A s + s B = x
    again       tangents of the outputs of a diagonal block from those of its inputs; or cotangents, backwards

The adjoint of each is of the same kind.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from linad.derive.symbolic.blocks.partition import Partition
from linad.derive.symbolic.programs.program import (
    Program,
    Sylvester,
    Term,
    Terms,
    adjoint_term,
    operands,
)
from linad.derive.symbolic.programs.simplify import merged, shared
from linad.derive.symbolic.programs.solvers import adjoint_sum
from linad.derive.symbolic.writing.text import instruction_text

_ONE = Fraction(1)


@dataclass(frozen=True, slots=True)
class Again:
    """The whole program on the ``part``-th diagonal block: vectors of symbols in, vectors of symbols out."""

    part: int
    given: Mapping[str, str]
    found: Mapping[str, str]


Step = Terms | Sylvester | Again


@dataclass(frozen=True, slots=True)
class BlockProgram:
    """Tangents of output blocks from those of input blocks, or cotangents backwards; by the names of blocks.

    Of a mirrored block of an output the cotangent is the entry of the whole matrix's: half of what it is for.
    """

    partition: Partition
    inputs: Mapping[str, str]
    steps: tuple[Step, ...]
    outputs: Mapping[str, str]

    def text(self) -> str:
        """A step a line; ``again 2`` is the program itself on the second diagonal blocks."""
        lines = []
        for step in self.steps:
            if isinstance(step, Again):
                given, found = (", ".join(values.values()) for values in (step.given, step.found))
                lines.append(f"{found} = again {step.part} ({given})")
            else:
                lines.append(instruction_text(step))
        return "\n".join(lines)


def results(step: Step) -> tuple[str, ...]:
    """The values that a step makes."""
    return tuple(step.found.values()) if isinstance(step, Again) else (step.result,)


def reads(step: Step) -> list[str]:
    """The values that it is made of."""
    return list(step.given.values()) if isinstance(step, Again) else operands(step)


def only(program: BlockProgram, wanted: Iterable[str]) -> BlockProgram:
    """The program for some output symbols, and for those that it needs of blocks: what nothing needs is gone."""
    asked, before = set(wanted), None
    while asked != before:
        before = set(asked)
        where = program.partition.where
        outputs = {block: v for block, v in program.outputs.items() if where[block][0] in asked}
        needed, kept = set(outputs.values()), []
        for step in reversed(program.steps):
            if needed & set(results(step)):
                if isinstance(step, Again):
                    asked |= {s for s, v in step.found.items() if v in needed}
                    step = replace(step, found={s: v for s, v in step.found.items() if s in asked})
                kept.append(step)
                needed |= set(reads(step))
    return replace(program, steps=tuple(reversed(kept)), outputs=outputs)


def adjoint(program: BlockProgram) -> BlockProgram:
    """The program that is adjoint over the reals: cotangents of output blocks in, of input blocks out."""
    partition, algebra = program.partition, program.partition.algebra
    received: dict[str, list[Term]] = {}
    steps: list[Step] = []
    own: dict[str, str] = {}  # values that are their own adjoints, or transposes
    for block, value in program.outputs.items():
        weight = Fraction(2 if block in partition.mirrored else 1)
        received.setdefault(value, []).append(Term(weight, (), f"g{block}", "", ()))

    def gathered(value: str) -> str | None:
        terms = tuple(received.get(value, ()))
        if not terms:
            return None
        if len(terms) == 1 and terms[0] == Term(_ONE, (), terms[0].value, "", ()):
            return terms[0].value
        result = f"a{len(steps) + 1}"
        steps.append(Terms(result, tuple(_turned(t, own) for t in terms)))
        return result

    for step in reversed(program.steps):
        if isinstance(step, Again):
            given = {s: g for s, v in step.found.items() if (g := gathered(v)) is not None}
            found = {}
            for symbol, value in step.given.items():
                found[symbol] = g = f"a{len(steps) + 1}{symbol if len(step.given) > 1 else ''}"
                block = partition.diagonal_block(symbol, step.part)
                structure = algebra.symbols[block].structure
                if structure.self_adjoint or structure.symmetric:
                    own[g] = "H" if structure.self_adjoint else "T"
                received.setdefault(value, []).append(Term(_ONE, (), g, "", ()))
            steps.append(Again(step.part, given, found))
            continue
        g = gathered(step.result)
        if g is None:
            continue
        if isinstance(step, Terms):
            for t in step.terms:
                received.setdefault(t.value, []).append(_turned(adjoint_term(t, g, algebra), own))
        else:
            result = f"a{len(steps) + 1}"
            left, right = adjoint_sum(step.left, algebra), adjoint_sum(step.right, algebra)
            steps.append(Sylvester(result, left, right, g))
            received.setdefault(step.value, []).append(Term(_ONE, (), result, "", ()))
    outputs = {block: g for block, v in program.inputs.items() if (g := gathered(v)) is not None}
    inputs = {block: f"g{block}" for block in program.outputs}
    for block in partition.mirrored & set(outputs):
        steps, outputs[block] = _halved(steps, outputs[block])
    return _named(simplify(BlockProgram(partition, inputs, tuple(steps), outputs)))


def _named(program: BlockProgram) -> BlockProgram:
    """Output values named after their blocks, but those that are inputs, or of a program before it ends."""
    taken = {v for step in program.steps for v in results(step)} | set(program.inputs.values())
    names = {
        value: f"g{block}"
        for block, value in program.outputs.items()
        if value not in program.inputs.values() and f"g{block}" not in taken
    }

    def named(value: str) -> str:
        return names.get(value, value)

    steps: list[Step] = []
    for step in program.steps:
        if isinstance(step, Again):
            given, found = ({s: named(v) for s, v in values.items()} for values in (step.given, step.found))
            steps.append(Again(step.part, given, found))
        elif isinstance(step, Terms):
            terms = tuple(replace(t, value=named(t.value)) for t in step.terms)
            steps.append(Terms(named(step.result), terms))
        else:
            steps.append(replace(step, result=named(step.result), value=named(step.value)))
    outputs = {block: named(value) for block, value in program.outputs.items()}
    return replace(program, steps=tuple(steps), outputs=outputs)


def _turned(t: Term, own: Mapping[str, str]) -> Term:
    """A term with a value that is its own adjoint or transpose: none of it."""
    same = {"H": {"H": "", "C": "T"}, "T": {"T": "", "H": "C"}}.get(own.get(t.value, ""), {})
    return replace(t, op=same.get(t.op, t.op))


def _halved(steps: list[Step], value: str) -> tuple[list[Step], str]:
    """Half of a value in its place, and twice where it is used."""
    changed: list[Step] = []
    for step in steps:
        if isinstance(step, Terms):
            scale = Fraction(1, 2) if step.result == value else _ONE
            terms = tuple(
                replace(t, coefficient=t.coefficient * scale * (2 if t.value == value else 1))
                for t in step.terms
            )
            step = replace(step, terms=terms)
        changed.append(step)
    if any(isinstance(step, Terms) and step.result == value for step in steps):
        return changed, value
    return [*steps, Terms(f"{value}h", (Term(Fraction(1, 2), (), value, "", ()),))], f"{value}h"


def simplify(program: BlockProgram) -> BlockProgram:
    """Equal terms merged, and products that occur twice named, between one recursive call and the next."""
    steps: list[Step] = []
    piece: list[Terms | Sylvester] = []
    for step in (*program.steps, None):
        if step is not None and not isinstance(step, Again):
            piece.append(step)
            continue
        if piece:
            taken = {v: v for s in (*steps, *piece) for v in (*reads(s), *results(s))}
            short = shared(merged(Program(taken, tuple(piece), {}), program.partition.algebra))
            steps += [s for s in short.instructions if isinstance(s, Terms | Sylvester)]
            piece = []
        if step is not None:
            steps.append(step)
    return replace(program, steps=tuple(steps))
