"""What a rule assumes of the point at which it runs: what its programs divide by, and what they hold fixed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from linad.derive.symbolic.algebra.rational import Polynomial, Rational
from linad.derive.symbolic.algebra.words import Algebra, Atom, Symbol
from linad.derive.symbolic.programs.auxiliaries import Assembled
from linad.derive.symbolic.programs.program import Kernels, Program, Terms
from linad.derive.symbolic.programs.solvers import Solver, Sylvester, Turn, stein, words_of
from linad.derive.symbolic.programs.strict import StrictTriangles
from linad.derive.symbolic.writing.text import made_text, sum_text


def assumptions(program: Program, algebra: Algebra, symbols: Sequence[Symbol]) -> tuple[str, ...]:
    """Sentences, each once; the adjoint of a program assumes what the program does."""
    found = {f"{symbol.name} is held fixed": None for symbol in symbols if symbol.structure.fixed}
    found |= dict.fromkeys(_of_program(program, algebra))
    for made in program.auxiliaries:  # a name of the program's own is explained
        if isinstance(made, Assembled) and f"{made.name} is invertible" in found:
            found.pop(f"{made.name} is invertible")
            found[f"{made_text(made)} is invertible"] = None
    for sentence in list(found):  # the whole implies its block
        name, _, rest = sentence.partition(" ")
        if rest == "is invertible":
            found.pop(f"the leading block of {name} is invertible", None)
            found.pop(f"the trailing block of {name} is invertible", None)
    return tuple(found)


def _of_program(program: Program, algebra: Algebra) -> Iterator[str]:
    strict = StrictTriangles(program, algebra)
    for instruction in program.instructions:
        if isinstance(instruction, Terms):
            result = instruction.result if len(instruction.terms) == 1 else None
            for t in instruction.terms:
                for side, word in (("left", t.left), ("right", t.right)):
                    for i, atom in enumerate(word):
                        if atom.inverted:
                            yield from _of_inverse(atom, algebra, strict.spared(t, atom, side, i, result))
        elif isinstance(instruction, Kernels):
            for kernel, _, _ in instruction.parts:
                yield from _of_divisor(kernel.below, algebra, "r")
                yield from _of_divisor(kernel.above, algebra, "c")
                yield from _of_divisor(kernel.on, algebra, "")
        else:
            yield from _of_solver(instruction, algebra)


def _of_inverse(atom: Atom, algebra: Algebra, part: str | None) -> Iterator[str]:
    structure = algebra.structure(atom)
    if structure.unit or structure.name.startswith("positive"):
        return
    if structure.diagonal:
        yield f"{atom.name} has no zero"
    elif part is not None:
        yield f"the {part} block of {atom.name} is invertible"
    else:
        yield f"{atom.name} is invertible"


def _of_divisor(r: Rational, algebra: Algebra, larger: str) -> Iterator[str]:
    """``larger`` says which of row and column is the larger index in the zone."""
    if r.below == Polynomial.number(1):
        return
    if len(r.below.terms) == 1:
        for (name, side), _ in next(iter(r.below.terms)):
            base = name.removesuffix("_conj")
            if not algebra.symbols[base].structure.name.startswith("positive"):
                but = (
                    ""
                    if not larger
                    else " after the first entry"
                    if side == larger
                    else " before the last entry"
                )
                yield f"{base} has no zero{but}"
        return
    text = r.below.text().replace("**", "^").replace("*", " ").replace("_conj", "^*")
    yield f"{text} is not zero" + (" where r != c" if larger else "")


def _of_solver(instruction: Solver, algebra: Algebra) -> Iterator[str]:
    if isinstance(instruction, Turn):
        yield f"the entries on the diagonal of {instruction.triangle.name} are apart from one another"
    elif isinstance(instruction, Sylvester):
        left, right = sum_text(instruction.left), sum_text(instruction.right)
        atoms = {atom.name for word in words_of(instruction) for atom in word}
        definite = all(algebra.symbols[name].structure.name == "positive definite" for name in atoms)
        if not (definite and len(atoms) == 1):
            yield f"no eigenvalue of {left} is one of {right} with the opposite sign"
    elif (found := stein(instruction)) is not None:
        _, before, after = found
        yield f"no eigenvalue of {sum_text(before)} is the inverse of one of {sum_text(after)}"
    else:
        (a, b), (c, d) = ((sum_text(x), sum_text(y)) for x, y in instruction.pairs)
        yield f"no eigenvalue of the pencil ({a}, {c}) is one of ({d}, {b}) with the opposite sign"
