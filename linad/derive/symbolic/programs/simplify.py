"""Programs made shorter without changing what they compute.

hermitian   where a value is its own adjoint, kernels of its adjoint are kernels of it
merge       kernels of one value, terms of one value with the same words, become one
inline      a product that stands alone in an instruction moves into the sums that use it, where words cancel
factor      words that terms of a sum share on the outside are taken out of it
share       products that occur in several places are computed once, solves also where one is the adjoint of another
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from linad.derive.symbolic.algebra.words import Algebra, Atom, reverses
from linad.derive.symbolic.programs.auxiliaries import Auxiliary
from linad.derive.symbolic.programs.program import (
    Instruction,
    Kernel,
    Kernels,
    Program,
    Term,
    Terms,
    fresh,
    invariant,
    nested,
)

_ONE = Fraction(1)
_OPPOSITE = {"left": "right", "right": "left"}


def simplify(program: Program, algebra: Algebra, last: bool = True) -> Program:
    """All passes, until nothing changes; at ``last`` what is shared is named, and what nobody needs is dropped."""
    before = None
    while before != program:
        before = program
        for step in (_hermitian, merged, _inline):
            program = program.only(program.inputs, program.outputs)
            program = step(program, algebra)
    if not last:
        return program
    program, before = _solved_once(program, algebra, every=False), None
    while before != program:
        before = program
        program = _factored(program, algebra)
    program = _solved_once(program, algebra, every=True)
    return shared(program).only(program.inputs, program.outputs)


def tidy(program: Program, algebra: Algebra) -> Program:
    """Kernels and terms merged, values as they are: for a program that is to be read step by step."""
    return merged(_hermitian(program, algebra), algebra)


# -- hermitian ------------------------------------------------------------------------------------------------


def _hermitian(program: Program, algebra: Algebra) -> Program:
    known: set[str] = set()
    instructions: list[Instruction] = []
    for instruction in program.instructions:
        if isinstance(instruction, Kernels):
            parts = tuple(
                (k, v, {"H": "", "C": "T"}.get(op, op) if v in known else op)
                for k, v, op in instruction.parts
            )
            instruction = replace(instruction, parts=parts)
            if _own_adjoint_kernels(instruction.parts, known, algebra.real):
                known.add(instruction.result)
        elif isinstance(instruction, Terms) and invariant(instruction.terms, "H", known, algebra):
            known.add(instruction.result)
        instructions.append(instruction)
    return replace(program, instructions=tuple(instructions))


def _own_adjoint_kernels(
    parts: tuple[tuple[Kernel, str, str], ...], hermitian: set[str], real: frozenset[str]
) -> bool:
    """Whether a sum of kernels is its own adjoint: each has its mirror image among them."""
    turn = {"": "H", "H": "", "T": "C", "C": "T"}

    def key(kernel: Kernel, value: str, op: str) -> tuple[Kernel, str, str]:
        return kernel, value, {"H": "", "C": "T"}.get(op, op) if value in hermitian else op

    own = Counter(key(*part) for part in parts)
    return own == Counter(key(k.under("H", real), v, turn[op]) for k, v, op in parts)


# -- merge and inline -----------------------------------------------------------------------------------------


def merged(program: Program, algebra: Algebra) -> Program:
    """Kernels of one value, and terms of one value with the same words, as one."""
    instructions: list[Instruction] = []
    for instruction in program.instructions:
        if isinstance(instruction, Kernels):
            kernels: dict[tuple[str, str], Kernel] = {}
            for kernel, value, op in instruction.parts:
                have = kernels.get((value, op))
                kernels[value, op] = kernel if have is None else have + kernel
            parts = tuple((kernel, value, op) for (value, op), kernel in kernels.items() if kernel)
            instruction = replace(instruction, parts=parts)
        elif isinstance(instruction, Terms):
            sums: dict[tuple[object, ...], Term] = {}
            for t in instruction.terms:
                key = (t.left, t.value, t.op, t.right)
                have_term = sums.get(key)
                sums[key] = (
                    t if have_term is None else replace(t, coefficient=t.coefficient + have_term.coefficient)
                )
            instruction = replace(instruction, terms=tuple(t for t in sums.values() if t.coefficient))
        instructions.append(instruction)
    return replace(program, instructions=tuple(instructions))


def _inline(program: Program, algebra: Algebra) -> Program:
    single: dict[str, Term] = {}
    several: dict[str, tuple[Term, ...]] = {}
    uses = Counter(value for i in program.instructions for value in _reads(i)) + Counter(
        program.outputs.values()
    )
    instructions: list[Instruction] = []
    for instruction in program.instructions:
        if isinstance(instruction, Terms):
            terms: list[Term] = []
            for t in instruction.terms:
                if t.value in single:
                    terms.append(nested(t, single[t.value], algebra))
                elif t.value in several and uses[t.value] == 1 and not t.left and not t.right:
                    terms += [nested(t, inner, algebra) for inner in several[t.value]]
                else:
                    terms.append(t)
            instruction = replace(instruction, terms=tuple(terms))
            if len(terms) == 1:
                single[instruction.result] = terms[0]
            else:
                several[instruction.result] = tuple(terms)
        elif isinstance(instruction, Kernels):
            if len(instruction.parts) == 1 and instruction.parts[0][0].one:
                _, value, op = instruction.parts[0]
                single[instruction.result] = Term(_ONE, (), value, op, ())
            parts = []
            for kernel, value, op in instruction.parts:
                parts.append((kernel, _alias(single, value), op))
            instruction = replace(instruction, parts=tuple(parts))
        instructions.append(instruction)
    outputs = {name: _alias(single, value) for name, value in program.outputs.items()}
    return replace(program, instructions=tuple(instructions), outputs=outputs)


def _alias(single: dict[str, Term], value: str) -> str:
    """The value that another one only renames."""
    t = single.get(value)
    return t.value if t is not None and t == Term(_ONE, (), t.value, "", ()) else value


def _reads(instruction: Instruction) -> Iterator[str]:
    if isinstance(instruction, Terms):
        yield from (t.value for t in instruction.terms)
    elif isinstance(instruction, Kernels):
        yield from (value for _, value, _ in instruction.parts)
    else:
        yield instruction.value


# -- factor and share -----------------------------------------------------------------------------------------


def _factored(program: Program, algebra: Algebra) -> Program:
    """Take the outermost atom that most terms of a sum share out of it, of the first sum that has one."""
    for i, instruction in enumerate(program.instructions):
        if isinstance(instruction, Terms) and len(instruction.terms) > 1:
            counts: Counter[tuple[str, Atom]] = Counter()
            counts.update(("left", t.left[0]) for t in instruction.terms if t.left)
            counts.update(("right", t.right[-1]) for t in instruction.terms if t.right)
            if not counts:
                continue
            (side, atom), count = max(counts.items(), key=lambda item: item[1])
            if count > 1:
                name = fresh(f"{instruction.result}{side[0]}", program)
                split = _split(instruction, side, atom, name)
                rest = program.instructions[i + 1 :]
                return replace(program, instructions=(*program.instructions[:i], *split, *rest))
    return program


def _split(instruction: Terms, side: str, atom: Atom, name: str) -> tuple[Terms, Terms]:
    inside, outside = [], []
    for t in instruction.terms:
        if side == "left" and t.left and t.left[0] == atom:
            inside.append(replace(t, left=t.left[1:]))
        elif side == "right" and t.right and t.right[-1] == atom:
            inside.append(replace(t, right=t.right[:-1]))
        else:
            outside.append(t)
    word = (atom,)
    outer = Term(_ONE, word if side == "left" else (), name, "", word if side == "right" else ())
    return Terms(name, tuple(inside)), replace(instruction, terms=(outer, *outside))


def _solved_once(program: Program, algebra: Algebra, every: bool) -> Program:
    """Name what occurs several times of solves with assembled matrices; of ``every`` solve, what also occurs turned.

    X^H A^-H is A^-1 X turned around.
    """
    assembled = {made.name for made in program.auxiliaries if not isinstance(made, Auxiliary)}
    while True:
        counts: Counter[tuple[str, str, Atom]] = Counter()
        turned: Counter[tuple[str, str, Atom]] = Counter()
        for instruction in program.instructions:
            for t in instruction.terms if isinstance(instruction, Terms) else ():
                for side, word in (("left", t.left[-1:]), ("right", t.right[:1])):
                    if not word or not (word[0].name in assembled or (every and word[0].inverted)):
                        continue
                    if reverses(t.op):
                        turned[_OPPOSITE[side], t.value, algebra.apply(t.op, word)[0]] += 1
                    elif not t.op:
                        counts[side, t.value, word[0]] += 1
        for key, count in counts.items():
            if turned[key] or (count > 1 and key[2].name in assembled):
                program = _named(program, key[0], key[1], "", key[2], algebra)
                break
        else:
            return program


def shared(program: Program) -> Program:
    """Name the product of a value and the atom beside it, most frequent first, while one occurs twice."""
    while True:
        counts: Counter[tuple[str, str, str, Atom]] = Counter()
        for instruction in program.instructions:
            if isinstance(instruction, Terms):
                for t in instruction.terms:
                    if t.left:
                        counts["left", t.value, t.op, t.left[-1]] += 1
                    if t.right:
                        counts["right", t.value, t.op, t.right[0]] += 1
        if not counts:
            return program
        key, count = max(counts.items(), key=lambda item: item[1])
        if count < 2:
            return program
        program = _named(program, *key)


def _named(
    program: Program, side: str, value: str, op: str, atom: Atom, algebra: Algebra | None = None
) -> Program:
    """With a product computed once; with an algebra also where it is turned around."""
    name = fresh("t", program)
    word = (atom,)
    product = Terms(
        name, (Term(_ONE, word if side == "left" else (), value, op, word if side == "right" else ()),)
    )
    instructions: list[Instruction] = []
    placed = False
    for instruction in program.instructions:
        if isinstance(instruction, Terms):
            terms = tuple(_replaced(t, side, value, op, atom, name) for t in instruction.terms)
            if algebra is not None:
                terms = tuple(_turned(t, side, value, atom, name, algebra) for t in terms)
            if terms != instruction.terms and not placed:
                instructions.append(product)
                placed = True
            instruction = replace(instruction, terms=terms)
        instructions.append(instruction)
    return replace(program, instructions=tuple(instructions))


def _replaced(t: Term, side: str, value: str, op: str, atom: Atom, name: str) -> Term:
    if t.value != value or t.op != op:
        return t
    if side == "left" and t.left and t.left[-1] == atom:
        return replace(t, left=t.left[:-1], value=name, op="")
    if side == "right" and t.right and t.right[0] == atom:
        return replace(t, right=t.right[1:], value=name, op="")
    return t


def _turned(t: Term, side: str, value: str, atom: Atom, name: str, algebra: Algebra) -> Term:
    """As replaced, where the product is turned around: on the other side there is the atom, turned."""
    if t.value != value or not reverses(t.op):
        return t
    if side == "left" and t.right and algebra.apply(t.op, t.right[:1]) == (atom,):
        return replace(t, right=t.right[1:], value=name)
    if side == "right" and t.left and algebra.apply(t.op, t.left[-1:]) == (atom,):
        return replace(t, left=t.left[:-1], value=name)
    return t
