"""Operation counts of programs, as polynomials of the dimensions: leading terms, products and solves only.

A product of an a x b by a b x c matrix counts 2abc, with a triangular factor half of that; a solve with a triangular
n x n matrix and c right-hand sides n^2 c, with a factored general one twice that. Diagonal matrices, permutations and
projections are of lower order and count nothing.
"""

from __future__ import annotations

from linad.derive.symbolic.algebra.rational import Polynomial
from linad.derive.symbolic.algebra.words import Algebra, Atom, reverses
from linad.derive.symbolic.programs.program import Kernels, Program, Term, Terms

Shape = tuple[str, str]


def flops(program: Program, algebra: Algebra) -> Polynomial:
    """The count, in the letters of the dimensions."""
    shapes: dict[str, Shape] = {}
    for name, value in program.inputs.items():
        shapes[value] = (algebra.symbols[name].rows, algebra.symbols[name].columns)
    for made in program.auxiliaries:
        order = algebra.symbols[made.of].rows
        shapes[made.name] = (order, order)
    total = Polynomial({})
    for instruction in program.instructions:
        if isinstance(instruction, Terms):
            for t in instruction.terms:
                shape, count = of_term(t, shapes[t.value], algebra)
                total = total + count
            shapes[instruction.result] = shape
        elif isinstance(instruction, Kernels):
            _, value, op = instruction.parts[0]
            shapes[instruction.result] = _turned(shapes[value], op)
        else:
            m, n = shapes[instruction.result] = shapes[instruction.value]
            # two Schur forms and the algorithm of Bartels and Stewart
            total = total + Polynomial.number(25) * (_cube(m, m, m) + _cube(n, n, n))
    return total


def of_term(t: Term, shape: Shape, algebra: Algebra) -> tuple[Shape, Polynomial]:
    """The dimensions of a term with a value of given dimensions, and its count."""
    rows, columns = _turned(shape, t.op)
    total = Polynomial({})
    for atom in reversed(t.left):
        a, b = _shape(atom, algebra)
        total = total + _beside(atom, a, b, columns, algebra)
        rows = a
    for atom in t.right:
        a, b = _shape(atom, algebra)
        total = total + _beside(atom, a, b, rows, algebra)
        columns = b
    return (rows, columns), total


def _beside(atom: Atom, a: str, b: str, c: str, algebra: Algebra) -> Polynomial:
    structure = algebra.structure(atom)
    if structure.diagonal or structure.name == "permutation":
        return Polynomial({})
    return _cube(a, b, c) * Polynomial.number(1 if structure.triangle else 2)


def _shape(atom: Atom, algebra: Algebra) -> Shape:
    symbol = algebra.symbols[atom.name]
    shape = (symbol.rows, symbol.columns)
    return shape[::-1] if atom.inverted != reverses(atom.op) else shape


def _turned(shape: Shape, op: str) -> Shape:
    return shape[::-1] if reverses(op) else shape


def _cube(a: str, b: str, c: str) -> Polynomial:
    return Polynomial.variable((a, "")) * Polynomial.variable((b, "")) * Polynomial.variable((c, ""))
