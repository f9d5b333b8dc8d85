"""Operation counts of programs, as polynomials of the dimensions: leading terms, products and solves only.

A product of an a x b by a b x c matrix counts 2abc, with a triangular factor half of that; a solve with a triangular
n x n matrix and c right-hand sides n^2 c, with a factored general one twice that. Diagonal matrices, permutations,
places and projections are of lower order and count nothing.
"""

from __future__ import annotations

from fractions import Fraction

from linad.derive.symbolic.algebra.rational import Polynomial
from linad.derive.symbolic.algebra.words import Algebra, Atom, Word, reverses
from linad.derive.symbolic.programs.auxiliaries import Assembled, Auxiliary
from linad.derive.symbolic.programs.program import Kernels, Program, Term, Terms
from linad.derive.symbolic.programs.solvers import Products, Solver, Turn, stein

Shape = tuple[str, str]


def flops(program: Program, algebra: Algebra) -> Polynomial:
    """The count, in the letters of the dimensions."""
    shapes: dict[str, Shape] = {}
    for name, value in program.inputs.items():
        shapes[value] = (algebra.symbols[name].rows, algebra.symbols[name].columns)
    total = Polynomial({})
    for made in program.auxiliaries:
        if isinstance(made, Auxiliary):
            order = algebra.symbols[made.of].rows
            shapes[made.name] = (order, order)
        elif isinstance(made, Assembled):
            for word in made.words:
                total = total + _product(word, algebra)
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
            shapes[instruction.result] = shapes[instruction.value]
            total = total + _solver(instruction, shapes[instruction.value])
    return total


def _solver(instruction: Solver, shape: Shape) -> Polynomial:
    m, n = shape
    if isinstance(instruction, Turn):  # a triangular Sylvester equation, of which half is unknown
        return Polynomial.number(Fraction(2, 3)) * _cube(n, n, n)
    # two Schur forms and the algorithm of Bartels and Stewart; or generalized ones
    general = isinstance(instruction, Products) and stein(instruction) is None
    return Polynomial.number(66 if general else 25) * (_cube(m, m, m) + _cube(n, n, n))


def _product(word: Word, algebra: Algebra) -> Polynomial:
    """Of the matrices of a word with one another, from the left."""
    total, rows = Polynomial({}), ""
    for atom in word:
        a, b = algebra.shape(atom)
        total = total + _beside(atom, a, b, rows, algebra) if rows else total
        rows = rows or a
    return total


def of_term(t: Term, shape: Shape, algebra: Algebra) -> tuple[Shape, Polynomial]:
    """The dimensions of a term with a value of given dimensions, and its count."""
    rows, columns = _turned(shape, t.op)
    total = Polynomial({})
    for atom in reversed(t.left):
        a, b = algebra.shape(atom)
        total = total + _beside(atom, a, b, columns, algebra)
        rows = a
    for atom in t.right:
        a, b = algebra.shape(atom)
        total = total + _beside(atom, a, b, rows, algebra)
        columns = b
    return (rows, columns), total


def _beside(atom: Atom, a: str, b: str, c: str, algebra: Algebra) -> Polynomial:
    structure = algebra.structure(atom)
    if structure.diagonal or structure.name in ("permutation", "place"):
        return Polynomial({})
    return _cube(a, b, c) * Polynomial.number(1 if structure.triangle else 2)


def _turned(shape: Shape, op: str) -> Shape:
    return shape[::-1] if reverses(op) else shape


def _cube(a: str, b: str, c: str) -> Polynomial:
    return _size(a) * _size(b) * _size(c)


def _size(letter: str) -> Polynomial:
    """A dimension; of assembled matrices it is a sum."""
    total = Polynomial({})
    for part in letter.split("+"):
        total = total + Polynomial.variable((part, ""))
    return total
