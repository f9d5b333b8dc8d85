"""Programs for cotangents of which more is known: diagonal ones, and ones that are expressions.

With gU = U^-H, the cotangent of log|det U|, the rule of LU collapses to solves with its factors: what triangles and
projections do to each other is decided here, symbolically.

identity    a value I; words on both sides of it come together, and cancel
triangle    kernels of a triangular value: what is constant off the diagonal is the value itself
diagonal    the diagonal of a product of triangles is the product of their diagonals
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

from linad.derive.symbolic.algebra.rational import Polynomial, Rational
from linad.derive.symbolic.algebra.structures import structures
from linad.derive.symbolic.algebra.words import Algebra, Atom, Expression, Symbol, reverses
from linad.derive.symbolic.programs.auxiliaries import Auxiliary, is_identity
from linad.derive.symbolic.programs.program import (
    Instruction,
    Kernel,
    Kernels,
    Program,
    Term,
    Terms,
    fresh,
)
from linad.derive.symbolic.programs.simplify import simplify

_ZERO, _ONE = Rational.number(0), Rational.number(1)
_FLIPPED = {"lower": "upper", "upper": "lower"}


def specialise(program: Program, algebra: Algebra, given: Mapping[str, Expression | None]) -> Program:
    """The program for inputs that are expressions of known matrices, or, where that is None, diagonal."""
    inputs = dict(program.inputs)
    start: list[Instruction] = []
    auxiliaries = list(program.auxiliaries)
    for name, expression in given.items():
        if expression is None:
            continue
        value = inputs.pop(name)
        symbol = algebra.symbols[name]
        identity = f"I_{symbol.columns}"
        whole = Auxiliary(identity, "identity", _square(algebra, symbol.columns))
        if whole not in auxiliaries:
            auxiliaries.append(whole)
        start.append(Terms(value, tuple(Term(c, word, identity, "", ()) for word, c in expression.items())))
    program = replace(
        program, inputs=inputs, instructions=(*start, *program.instructions), auxiliaries=tuple(auxiliaries)
    )
    diagonal = {program.inputs[name] for name, expression in given.items() if expression is None}
    before = None
    while before != program:
        before = program
        program = simplify(_Pass(program, algebra, diagonal).run(), algebra, last=False)
    return simplify(program, algebra)


def _square(algebra: Algebra, letter: str) -> str:
    """A square matrix of an order, to know the order from."""
    for symbol in algebra.symbols.values():
        if symbol.rows == symbol.columns == letter and not symbol.structure.diagonal:
            return symbol.name
    raise KeyError(letter)


class _Pass:
    """One pass over a program; ``shapes`` says which values are lower, upper or diagonal."""

    def __init__(self, program: Program, algebra: Algebra, diagonal: set[str]) -> None:
        self.program, self.algebra = program, algebra
        self.shapes = dict.fromkeys(diagonal, "diagonal")
        self.shapes |= {made.name: "diagonal" for made in program.auxiliaries if is_identity(made)}
        self.defined: dict[str, Instruction] = {}
        self.auxiliaries = list(program.auxiliaries)

    def run(self) -> Program:
        instructions: list[Instruction] = []
        for instruction in self.program.instructions:
            for made in self._changed(instruction):
                self.defined[made.result] = made
                self.shapes[made.result] = self._shape(made)
                instructions.append(made)
        return replace(self.program, instructions=tuple(instructions), auxiliaries=tuple(self.auxiliaries))

    def _changed(self, instruction: Instruction) -> list[Instruction]:
        if isinstance(instruction, Terms):
            return [replace(instruction, terms=tuple(self._gathered(t) for t in instruction.terms))]
        if not isinstance(instruction, Kernels):
            return [instruction]
        terms: list[Term] = []
        parts: list[tuple[Kernel, str, str]] = []
        for kernel, value, op in instruction.parts:
            for part in self._split(kernel, value, op):
                if isinstance(part, Term):
                    terms.append(part)
                else:
                    parts.append(part)
        if not terms:
            return [replace(instruction, parts=tuple(parts))]
        if not parts:
            return [Terms(instruction.result, tuple(terms))]
        inner = fresh(f"{instruction.result}k", self.program)
        return [
            Kernels(inner, tuple(parts)),
            Terms(instruction.result, (*terms, Term(Fraction(1), (), inner, "", ()))),
        ]

    # -- identity ------------------------------------------------------------------------------------------------

    def _is_identity(self, value: str) -> bool:
        return any(made.name == value and is_identity(made) for made in self.auxiliaries)

    def _gathered(self, t: Term) -> Term:
        """The words on both sides of the identity, together on its left."""
        if not self._is_identity(t.value):
            return t
        return Term(t.coefficient, self.algebra.product(t.left, t.right), t.value, "", ())

    # -- triangle ------------------------------------------------------------------------------------------------

    def _split(self, kernel: Kernel, value: str, op: str) -> list[Term | tuple[Kernel, str, str]]:
        shape = self.shapes.get(value, "")
        if reverses(op):
            shape = _FLIPPED.get(shape, shape)
        if not shape:
            return [(kernel, value, op)]
        whole = {"lower": kernel.below, "upper": kernel.above, "diagonal": _ZERO}[shape]
        if not _constant(whole):
            return [(kernel, value, op)]
        found: list[Term | tuple[Kernel, str, str]] = []
        if whole:
            found.append(Term(_number(whole), (), value, op, ()))
        rest = kernel.on - whole
        if rest:
            found.append(self._on_diagonal(rest, value, op))
        return found

    def _on_diagonal(self, on: Rational, value: str, op: str) -> Term | tuple[Kernel, str, str]:
        """The diagonal of a triangular value, weighted; through its definition, where that is one term."""
        defined = self.defined.get(value)
        while isinstance(defined, Terms) and len(defined.terms) == 1:
            t = defined.terms[0]
            if not self.shapes.get(t.value):
                break
            for atom in (*t.left, *t.right):
                conjugated = (atom.op in ("C", "H")) != (op in ("C", "H"))
                weight = Rational(self._entry(atom, conjugated), Polynomial.number(1))
                on = on / weight if atom.inverted else on * weight
            on = on * Rational.number(t.coefficient)
            op = {"": t.op, "T": t.op}.get(op, {"": "C", "C": "", "T": "H", "H": "T"}[t.op])
            value = t.value
            defined = self.defined.get(value)
        if self._is_identity(value) and _constant(on):
            return Term(_number(on), (), value, "", ())
        return Kernel(_ZERO, on, _ZERO), value, op

    def _entry(self, atom: Atom, conjugated: bool) -> Polynomial:
        """The diagonal entries of a matrix, as those of a diagonal matrix of their own."""
        symbol = self.algebra.symbols[atom.name]
        name = atom.name
        if not symbol.structure.diagonal:
            name = f"D_{atom.name}"
            made = Auxiliary(name, "diagonal", atom.name)
            if made not in self.auxiliaries:
                self.auxiliaries.append(made)
                self.algebra.symbols[name] = Symbol(name, symbol.rows, symbol.columns, structures["diagonal"])
        real = self.algebra.symbols[name].structure.real
        return Polynomial.variable((f"{name}_conj" if conjugated and not real else name, "r"))

    # -- shapes --------------------------------------------------------------------------------------------------

    def _shape(self, instruction: Instruction) -> str:
        if isinstance(instruction, Terms):
            found = {self._of_term(t) for t in instruction.terms}
        elif isinstance(instruction, Kernels):
            found = {_of_kernel(k, self.shapes.get(v, ""), op) for k, v, op in instruction.parts}
        else:
            return ""
        found.discard("diagonal")
        return "diagonal" if not found else found.pop() if len(found) == 1 else ""

    def _of_term(self, t: Term) -> str:
        shape = self.shapes.get(t.value, "")
        found = {_FLIPPED.get(shape, shape) if reverses(t.op) else shape}
        for atom in (*t.left, *t.right):
            symbol = self.algebra.symbols[atom.name]
            triangle = "diagonal" if symbol.structure.diagonal else symbol.structure.triangle
            triangle = triangle if symbol.square else ""
            found.add(_FLIPPED.get(triangle, triangle) if reverses(atom.op) else triangle)
        found.discard("diagonal")
        return "diagonal" if not found else found.pop() if len(found) == 1 else ""


def _of_kernel(kernel: Kernel, shape: str, op: str) -> str:
    if reverses(op):
        shape = _FLIPPED.get(shape, shape)
    below = bool(kernel.below) and shape not in ("upper", "diagonal")
    above = bool(kernel.above) and shape not in ("lower", "diagonal")
    return {(False, False): "diagonal", (True, False): "lower", (False, True): "upper"}.get(
        (below, above), ""
    )


def _constant(r: Rational) -> bool:
    return all(not m for p in (r.above, r.below) for m in p.terms)


def _number(r: Rational) -> Fraction:
    return r.above.terms.get((), Fraction(0)) / r.below.terms[()]
