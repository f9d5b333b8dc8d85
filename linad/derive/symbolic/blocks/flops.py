"""Operation counts of block programs: of a step, and of the whole recursion by halves.

A product of which one triangle is wanted, or with a triangular factor, counts half. With c n^d operations on halves of
order n/2 beside two recursive calls, all of it costs 2^d / (2^d - 2) times as much as these: 4/3 for cubes.
"""

from __future__ import annotations

from fractions import Fraction

from linad.derive.symbolic.algebra.rational import Polynomial
from linad.derive.symbolic.algebra.structures import Structure
from linad.derive.symbolic.blocks.program import Again, BlockProgram
from linad.derive.symbolic.deriving.tangents import UnderivableError
from linad.derive.symbolic.programs.flops import Shape, of_term
from linad.derive.symbolic.programs.program import Terms


def of_steps(program: BlockProgram) -> Polynomial:
    """The count of the steps beside the recursive calls, in the letters of the dimensions of blocks."""
    partition = program.partition
    symbols = partition.algebra.symbols
    of: dict[str, str] = {
        value: block for blocks in (program.inputs, program.outputs) for block, value in blocks.items()
    }
    for step in program.steps:
        if isinstance(step, Again):
            for name, value in (*step.given.items(), *step.found.items()):
                of.setdefault(value, partition.diagonal_block(name, step.part))
    shapes: dict[str, Shape] = {v: (symbols[b].rows, symbols[b].columns) for v, b in of.items()}
    shares = {value: _share(symbols[block].structure) for value, block in of.items()}
    total = Polynomial({})
    for step in program.steps:
        if isinstance(step, Again):
            continue
        if not isinstance(step, Terms):
            m, n = (Polynomial.variable((letter, "")) for letter in shapes[step.value])
            total = total + m * n * (m + n)  # triangular coefficients
            shapes[step.result] = shapes[step.value]
            continue
        for t in step.terms:
            shape, count = of_term(t, shapes[t.value], partition.algebra)
            shapes.setdefault(step.result, shape)
            share = shares.get(step.result, Fraction(1)) * shares.get(t.value, Fraction(1))
            total = total + count * Polynomial.number(share)
    return total


def _share(structure: Structure) -> Fraction:
    """Of a product, what is computed where the result or the value is of a structure."""
    zeros = (structure.pattern.below, structure.pattern.above).count("zero")
    return (Fraction(1), Fraction(1, 2), Fraction(0))[zeros]  # diagonals are of lower order


def flops(program: BlockProgram) -> Polynomial:
    """The count of the recursion by halves: leading terms in the letters of the whole."""
    cut = program.partition.cut
    if not cut.halves:
        raise UnderivableError("only a part of the matrix is a problem of the same form")
    total = Polynomial({})
    for m, c in of_steps(program).terms.items():
        degree = 0
        powers: dict[str, int] = {}
        for (letter, _), power in m:
            inside = letter in (cut.first, cut.second)
            degree += power * inside
            name = cut.letter if inside else letter
            powers[name] = powers.get(name, 0) + power
        whole = Polynomial({tuple(((name, ""), p) for name, p in sorted(powers.items())): c})
        total = total + whole * Polynomial.number(Fraction(1, 2**degree - 2))
    return total
