"""Straight-line programs of linear instructions, and their adjoints.

A program maps tangents to tangents, or cotangents to cotangents. Matrices that it knows (inputs and outputs of the
operation) occur in words; what it is linear in are values, each with an id of its own. The instructions are:

terms       sum of  c L x^op R        words L and R on the sides of a value
kernels     sum of  k o x^op          k a function of the row's and the column's diagonal entries, by zones
solvers     the solution s of an equation A s + s B = x and others (:mod:`linad.derive.symbolic.programs.solvers`)

The adjoint of each is of the same kind, so the cotangent program is the tangent program read backwards.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from linad.derive.symbolic.algebra.rational import Rational
from linad.derive.symbolic.algebra.words import Algebra, Word, compose, reverses
from linad.derive.symbolic.programs.auxiliaries import Auxiliary, Made, Sum
from linad.derive.symbolic.programs.solvers import Solver, Sylvester, adjoint_solver, words_of

__all__ = [
    "Auxiliary",
    "Instruction",
    "Kernel",
    "Kernels",
    "Made",
    "Program",
    "Sum",
    "Sylvester",
    "Term",
    "Terms",
    "adjoint",
    "base",
    "composed",
    "fresh",
    "invariant",
    "matrices",
    "nested",
    "operands",
]


@dataclass(frozen=True, slots=True)
class Kernel:
    """A factor for each entry: below, on and above the diagonal."""

    below: Rational
    on: Rational
    above: Rational

    def __mul__(self, other: Kernel) -> Kernel:
        return Kernel(self.below * other.below, self.on * other.on, self.above * other.above)

    def __add__(self, other: Kernel) -> Kernel:
        return Kernel(self.below + other.below, self.on + other.on, self.above + other.above)

    def __bool__(self) -> bool:
        return bool(self.below) or bool(self.on) or bool(self.above)

    def under(self, op: str, real: frozenset[str]) -> Kernel:
        """The kernel k' with (k o x)^op = k' o x^op; ``real`` names the diagonal matrices that are."""
        kernel = self
        if op in ("T", "H"):
            kernel = Kernel(kernel.above.mirrored(), kernel.on, kernel.below.mirrored())
        if op in ("C", "H"):
            kernel = Kernel(*[zone.conjugated(real) for zone in (kernel.below, kernel.on, kernel.above)])
        return kernel

    @property
    def one(self) -> bool:
        """Whether it leaves everything as it is."""
        unit = Rational.number(1)
        return self.below == unit and self.on == unit and self.above == unit


@dataclass(frozen=True, slots=True)
class Term:
    """c L x^op R, where x is the value with an id."""

    coefficient: Fraction
    left: Word
    value: str
    op: str
    right: Word


@dataclass(frozen=True, slots=True)
class Terms:
    """A sum of terms."""

    result: str
    terms: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Kernels:
    """A sum of values, each with an operation and a kernel."""

    result: str
    parts: tuple[tuple[Kernel, str, str], ...]  # kernel, value, operation


Instruction = Terms | Kernels | Solver


@dataclass(frozen=True, slots=True)
class Program:
    """Inputs and outputs are values by the name of the symbol to which they belong."""

    inputs: Mapping[str, str]
    instructions: tuple[Instruction, ...]
    outputs: Mapping[str, str]
    auxiliaries: tuple[Made, ...] = ()

    def only(self, present: Iterable[str], wanted: Iterable[str]) -> Program:
        """The program for some inputs present and some outputs wanted: what these do not need is gone."""
        alive = {self.inputs[name] for name in present} | {made.name for made in self.auxiliaries}
        kept: list[Instruction] = []
        for instruction in self.instructions:
            reduced = _restricted(instruction, alive)
            if reduced is not None:
                alive.add(reduced.result)
                kept.append(reduced)
        needed = {self.outputs[name] for name in wanted if self.outputs[name] in alive}
        program: list[Instruction] = []
        for instruction in reversed(kept):
            if instruction.result in needed:
                program.append(instruction)
                needed |= set(operands(instruction))
        outputs = {name: self.outputs[name] for name in wanted if self.outputs[name] in alive}
        given = {name: self.inputs[name] for name in present}
        kept_program = replace(self, inputs=given, instructions=tuple(reversed(program)), outputs=outputs)
        used = matrices(kept_program)
        for made in reversed(self.auxiliaries):
            used |= made.reads if made.name in used else set()
        auxiliaries = tuple(made for made in self.auxiliaries if made.name in used)
        return replace(kept_program, auxiliaries=auxiliaries)


def fresh(base: str, program: Program) -> str:
    """A name for a value that the program does not have yet: the base and a number."""
    used = {instruction.result for instruction in program.instructions} | set(program.inputs.values())
    return next(name for i in range(1, len(used) + 2) if (name := f"{base}{i}") not in used)


def operands(instruction: Instruction) -> list[str]:
    """The values that an instruction reads."""
    if isinstance(instruction, Terms):
        return [term.value for term in instruction.terms]
    if isinstance(instruction, Kernels):
        return [value for _, value, _ in instruction.parts]
    return [instruction.value]


def matrices(program: Program) -> set[str]:
    """The matrices that stand in a program."""
    made = {auxiliary.name for auxiliary in program.auxiliaries}
    found = made & set(program.outputs.values())
    for instruction in program.instructions:
        found |= made & set(operands(instruction))
        if isinstance(instruction, Terms):
            found |= {atom.name for t in instruction.terms for atom in (*t.left, *t.right)}
        elif isinstance(instruction, Kernels):
            for kernel, _, _ in instruction.parts:
                for zone in (kernel.below, kernel.on, kernel.above):
                    found |= {base(v[0]) for p in (zone.above, zone.below) for m in p.terms for v, _ in m}
        else:
            found |= {atom.name for word in words_of(instruction) for atom in word}
    return found


def base(name: str) -> str:
    return name.removesuffix("_conj")


def _restricted(instruction: Instruction, alive: set[str]) -> Instruction | None:
    """An instruction without the values that are absent; None if nothing is left of it."""
    if isinstance(instruction, Terms):
        terms = tuple(term for term in instruction.terms if term.value in alive)
        return replace(instruction, terms=terms) if terms else None
    if isinstance(instruction, Kernels):
        parts = tuple(part for part in instruction.parts if part[1] in alive)
        return replace(instruction, parts=parts) if parts else None
    return instruction if instruction.value in alive else None


def adjoint(program: Program, algebra: Algebra) -> Program:
    """The program that is adjoint over the reals: cotangents of the outputs in, cotangents of the inputs out."""
    received: dict[str, list[tuple[Term | tuple[Kernel, str, str], str]]] = {}
    instructions: list[Instruction] = []
    inputs = {name: f"g{name}" for name in program.outputs}
    sources: dict[str, list[str]] = {}
    for name, value in program.outputs.items():
        sources.setdefault(value, []).append(f"g{name}")
    count = 0

    def fresh() -> str:
        nonlocal count
        count += 1
        return f"a{count}"

    def gathered(value: str) -> str | None:
        """One value for the sum of all that a value has received."""
        parts = received.get(value, [])
        terms = [part for part, _ in parts if isinstance(part, Term)]
        kernels = [part for part, _ in parts if not isinstance(part, Term)]
        terms += [Term(Fraction(1), (), source, "", ()) for source in sources.get(value, [])]
        if not terms and not kernels:
            return None
        if kernels:
            result = fresh()
            instructions.append(Kernels(result, tuple(kernels)))
            if not terms:
                return result
            terms.append(Term(Fraction(1), (), result, "", ()))
        if len(terms) == 1 and terms[0] == Term(Fraction(1), (), terms[0].value, "", ()):
            return terms[0].value
        result = fresh()
        instructions.append(Terms(result, tuple(terms)))
        return result

    def send(value: str, part: Term | tuple[Kernel, str, str]) -> None:
        received.setdefault(value, []).append((part, value))

    for instruction in reversed(program.instructions):
        g = gathered(instruction.result)
        if g is None:
            continue
        if isinstance(instruction, Terms):
            for term in instruction.terms:
                send(term.value, adjoint_term(term, g, algebra))
        elif isinstance(instruction, Kernels):
            for kernel, value, op in instruction.parts:
                # <g, k o x^op> = <(conj(k) o g)^op, x>, over the reals
                send(value, (kernel.under("C", algebra.real).under(op, algebra.real), g, op))
        else:
            result = fresh()
            instructions.append(adjoint_solver(instruction, result, g, algebra))
            send(instruction.value, Term(Fraction(1), (), result, "", ()))
    outputs = {}
    for name, value in program.inputs.items():
        g = gathered(value)
        if g is not None:
            outputs[name] = g
    return Program(inputs, tuple(instructions), outputs, program.auxiliaries)


def adjoint_term(term: Term, g: str, algebra: Algebra) -> Term:
    """The term that <g, c L x^op R> = <term, x> names, over the reals."""
    left, right = algebra.apply("H", term.left), algebra.apply("H", term.right)
    if term.op == "":
        return Term(term.coefficient, left, g, "", right)
    # (L^H g R^H)^op, the operation taken inside: it turns the words around.
    if reverses(term.op):
        return Term(term.coefficient, algebra.apply(term.op, right), g, term.op, algebra.apply(term.op, left))
    return Term(term.coefficient, algebra.apply(term.op, left), g, term.op, algebra.apply(term.op, right))


def invariant(terms: Sequence[Term], op: str, values: Collection[str], algebra: Algebra) -> bool:
    """Whether a sum of terms is itself under an operation, given values that are."""

    def key(t: Term) -> Term:
        if t.value not in values:
            return t
        return replace(t, op=min(t.op, compose(t.op, op)))

    return Counter(map(key, terms)) == Counter(key(composed(op, t, algebra)) for t in terms)


def composed(op: str, term: Term, algebra: Algebra) -> Term:
    """An operation on a term, taken inside."""
    left, right = algebra.apply(op, term.left), algebra.apply(op, term.right)
    if reverses(op):
        left, right = right, left
    return Term(term.coefficient, left, term.value, compose(term.op, op), right)


def nested(outer: Term, inner: Term, algebra: Algebra) -> Term:
    """The outer term with an inner one in the place of its value."""
    t = composed(outer.op, inner, algebra)
    left, right = algebra.product(outer.left, t.left), algebra.product(t.right, outer.right)
    return Term(outer.coefficient * t.coefficient, left, t.value, t.op, right)
