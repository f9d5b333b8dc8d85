"""Factorizations as functions with parts: ``cholesky(S)``, ``lu(A)[1]``, ``eigh(S).w``.

What a part sends back is the cotangent program that was derived from the defining equation, with the other parts
absent. Cotangents are linear, so those of several parts add up.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from linad.derive.symbolic.algebra.rational import Polynomial, Rational
from linad.derive.symbolic.algebra.words import Atom, Word
from linad.derive.symbolic.calculus.nodes import ZERO, Node, Shape, eye, number, ones
from linad.derive.symbolic.calculus.products import inverse, product, transpose
from linad.derive.symbolic.calculus.reductions import diag
from linad.derive.symbolic.calculus.sums import mul, plus, power
from linad.derive.symbolic.calculus.triangles import zones
from linad.derive.symbolic.programs.program import Kernel, Kernels, Program, Terms


@dataclass(frozen=True, slots=True)
class Factorization:
    """A factorization.

    Attributes
    ----------
    parts
        By name, in the order in which NumPy and SciPy return them: the structure of each, ``orthogonal``, ``lower``,
        ``upper``, ``vector``, or ``fixed``: without a derivative.
    symmetric, square
        What it is of; else of matrices that are not wide.
    numpy
        How NumPy calls it, with a place for the matrix; None if it has none.
    programs
        The cotangent program for one part, by its name.
    """

    parts: dict[str, str]
    symmetric: bool
    square: bool
    numpy: str | None
    programs: Callable[[str], Program]

    def shape(self, part: str, m: str, n: str) -> Shape:
        if self.parts[part] == "vector":
            return (n,)
        return (m, n) if part in ("Q", "U") and not self.square else (n, n)


FACTORIZATIONS: dict[str, Factorization] = {}  # filled where the programs are known


def part_of(name: str, part: str, x: Node) -> Node:
    """A part of the factorization of a matrix."""
    own = FACTORIZATIONS[name]
    structure = own.parts[part]
    if structure == "orthogonal" and x.rows != x.columns and part != "Vh":
        structure = "columns"  # orthonormal ones
    return Node("factor", (x,), own.shape(part, x.rows, x.columns), (name, part, structure))


def factor_adjoint(y: Node, g: Node) -> Node:
    """What a part sends back to the matrix."""
    name, part, structure = y.data
    (x,) = y.args
    if structure == "fixed":
        return number(0, x.shape)
    program = FACTORIZATIONS[name].programs(part)
    translation = _Translation(name, x)
    values = {program.inputs[part]: diag(g) if structure == "vector" else g}
    for instruction in program.instructions:
        if isinstance(instruction, Terms):
            terms = []
            for t in instruction.terms:
                left, right = translation.word(t.left), translation.word(t.right)
                terms.append(mul(number(t.coefficient), product(*left, _op(values[t.value], t.op), *right)))
            values[instruction.result] = plus(*terms)
        elif isinstance(instruction, Kernels):
            values[instruction.result] = plus(
                *[
                    translation.masked(kernel, _op(values[value], op))
                    for kernel, value, op in instruction.parts
                ]
            )
        else:
            raise NotImplementedError(f"{name}: its cotangent solves a Sylvester equation")
    (result,) = program.outputs.values()
    return values[result]


def _op(x: Node, op: str) -> Node:
    return transpose(x) if op in ("T", "H") else x


class _Translation:
    """Matrices of a program as nodes: the parts of the factorization of x."""

    def __init__(self, name: str, x: Node) -> None:
        self.name, self.x = name, x
        self.own = FACTORIZATIONS[name]

    def matrix(self, name: str) -> Node:
        return part_of(self.name, name, self.x) if name in self.own.parts else self.x

    def word(self, word: Word) -> list[Node]:
        return [self.atom(atom) for atom in word]

    def atom(self, atom: Atom) -> Node:
        x = self.matrix(atom.name)
        x = _op(diag(x) if len(x.shape) == 1 else x, atom.op)
        return inverse(x) if atom.inverted else x

    def masked(self, kernel: Kernel, x: Node) -> Node:
        """Entries below, on and above the diagonal, each times its factor."""
        below, on, above = (_constant(zone) for zone in (kernel.below, kernel.on, kernel.above))
        return zones(
            x,
            self.factor(kernel.below, x) if below is None else below,
            self.diagonal(kernel.on) if on is None else on,
            self.factor(kernel.above, x) if above is None else above,
        )

    def factor(self, zone: Rational, x: Node) -> Node:
        """A function of the diagonal entries at row and column; where it divides by zero, on the diagonal, by one."""
        below = plus(self.polynomial(zone.below, x), eye(x.rows))
        return mul(self.polynomial(zone.above, x), power(below, number(-1)))

    def polynomial(self, p: Polynomial, x: Node) -> Node:
        terms = []
        for monomial, c in p.terms.items():
            factors = [number(c, x.shape)]
            for (name, place), exponent in monomial:
                d = power(self.matrix(name.removesuffix("_conj")), number(exponent))
                one = ones(d.shape)
                factors.append(product(d, transpose(one)) if place == "r" else product(one, transpose(d)))
            terms.append(mul(*factors))
        return plus(*terms)

    def diagonal(self, zone: Rational) -> Node:
        """The function of diagonal entries on the diagonal, where row and column are one."""
        sides = []
        for p in (zone.above, zone.below):
            terms = []
            for monomial, c in p.terms.items():
                powers = [
                    power(self.matrix(name.removesuffix("_conj")), number(e)) for (name, _), e in monomial
                ]
                terms.append(mul(number(c), *powers))
            sides.append(plus(*terms))
        return mul(sides[0], power(sides[1], number(-1)))


def _constant(zone: Rational) -> Node | None:
    """The number that a zone is, if it is one."""
    if not zone:
        return ZERO
    if any(m for p in (zone.above, zone.below) for m in p.terms):
        return None
    return number(zone.above.terms[()] / zone.below.terms[()])
