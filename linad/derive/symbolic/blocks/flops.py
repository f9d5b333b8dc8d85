"""Operation counts of block programs: of a step, and of the whole recursion by halves.

A product of which one triangle is wanted, or with a triangular factor, counts half. With c n^d operations on halves of
order n/2 beside two recursive calls, all of it costs 2^d / (2^d - 2) times as much as these: 4/3 for cubes.
"""

from __future__ import annotations

from fractions import Fraction
from functools import reduce
from operator import mul

from linad.derive.symbolic.algebra.rational import Polynomial
from linad.derive.symbolic.algebra.structures import Structure
from linad.derive.symbolic.blocks.program import Again, BlockProgram
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


def flops(program: BlockProgram, first: BlockProgram | None = None) -> Polynomial:
    """The count of the recursion by halves, or beside a trapezoid's first part; leading terms in the whole's letters.

    ``first`` is the program of that part, where it is another.
    """
    cut = program.partition.cut
    total = Polynomial({}) if first is None else flops(first)
    for m, c in of_steps(program).terms.items():
        own = Polynomial.number(c)
        degree = sum(power for (letter, _), power in m if letter in (cut.first, cut.second))
        for (letter, side), power in m:
            whole = Polynomial.variable(
                (cut.letter if first is None and letter in (cut.first, cut.second) else letter, side)
            )
            if first is not None and letter == cut.second:
                whole = Polynomial.variable((cut.letter, side)) - Polynomial.variable((cut.first, side))
            own = reduce(mul, [whole] * power, own)
        total = total + (own * Polynomial.number(Fraction(1, 2**degree - 2)) if first is None else own)
    return total
