"""Programs as Python: one step a line, over a small vocabulary of matrix operations.

Matrices are arrays with the matrix in the last two axes, diagonal matrices vectors. The vocabulary is named here and
defined where arrays are known (:mod:`linad.derive.vocabulary`).
"""

from __future__ import annotations

from collections.abc import Sequence

from linad.derive.symbolic.algebra.rational import Polynomial, Rational
from linad.derive.symbolic.algebra.words import Algebra, Atom, Word, reverses
from linad.derive.symbolic.programs.auxiliaries import Auxiliary, Made, Place, Sum
from linad.derive.symbolic.programs.program import (
    Instruction,
    Kernel,
    Kernels,
    Program,
    Term,
    Terms,
    base,
    matrices,
)
from linad.derive.symbolic.programs.solvers import Solver, Sylvester, Turn, multiple, stein
from linad.derive.symbolic.programs.strict import StrictTriangles
from linad.derive.symbolic.writing.text import projection

_OPS = {"": "{}", "T": "transpose({})", "H": "adjoint({})", "C": "conj({})"}


def source(name: str, program: Program, algebra: Algebra, lead: str, comment: Sequence[str]) -> str:
    """The text of a function of the known matrices and the program's inputs, by name; ``lead`` is "d" or "g"."""
    used = matrices(program)
    for made in reversed(program.auxiliaries):
        used |= made.reads if made.name in used else set()
    parameters = [
        *sorted(used - {made.name for made in program.auxiliaries}),
        *(f"{lead}{symbol}" for symbol in program.inputs),
    ]
    lines = [f"def {name}({', '.join(parameters)}):", '    """' + "\n    ".join(comment), '    """']
    for symbol, value in program.inputs.items():
        if algebra.symbols[symbol].structure.diagonal:
            lines.append(f"    {value} = from_diagonal({lead}{symbol})")
        elif value != f"{lead}{symbol}":
            lines.append(f"    {value} = {lead}{symbol}")
    for made in program.auxiliaries:
        if made.name in used:
            lines.append(f"    {made.name} = {_made(made, algebra)}")
    strict = StrictTriangles(program, algebra)
    lines += [f"    {_line(instruction, algebra, strict)}" for instruction in program.instructions]
    results = []
    for symbol, value in program.outputs.items():
        structure = algebra.symbols[symbol].structure
        text = f"diagonal({value})" if structure.diagonal else value
        results.append(f"real({text})" if structure.real else text)
    lines.append(f"    return {', '.join(results)}," if results else "    return ()")
    return "\n".join(lines) + "\n"


def _line(instruction: Instruction, algebra: Algebra, strict: StrictTriangles) -> str:
    if isinstance(instruction, Terms):
        text, alone = "", len(instruction.terms) == 1
        for t in instruction.terms:
            c = t.coefficient
            sign = ("-" if c < 0 else "") if not text else (" - " if c < 0 else " + ")
            size = "" if abs(c) == 1 else f"{float(abs(c))!r} * "
            text += sign + size + _term(t, algebra, strict, instruction.result if alone else None)
        return f"{instruction.result} = {text}"
    if isinstance(instruction, Kernels):
        text = " + ".join(_kernel(k, _OPS[op].format(value)) for k, value, op in instruction.parts)
        return f"{instruction.result} = {text}"
    return f"{instruction.result} = {_solver(instruction, algebra)}"


def _solver(instruction: Solver, algebra: Algebra) -> str:
    value = instruction.value
    if isinstance(instruction, Turn):
        (name, op, _), trans = instruction.triangle, instruction.trans
        return f"turn({value}, {_OPS[op].format(name)}, {trans!r})"
    if isinstance(instruction, Sylvester):
        sums = (instruction.left, instruction.right)
        left, right = (_sum(words, algebra) for words in sums)
        own = all(algebra.apply("H", word) == word for words in sums for word, _ in words)
        hint = ", hermitian=True" if own else ""
        return f"solve_sylvester({left}, {right}, {value}{hint})"
    if (found := stein(instruction)) is not None:
        number, *sides = found
        left, right = (_sum(words, algebra) for words in sides)
        size = "" if number == 1 else f"{float(1 / number)!r} * "
        return f"solve_stein({left}, {right}, {size}{value})"
    columns = ([a for a, _ in instruction.pairs], [b for _, b in instruction.pairs])
    (a, c), (b, d) = ([_sum(words, algebra, (*side[0], *side[1])) for words in side] for side in columns)
    return f"solve_generalized_sylvester({a}, {b}, {c}, {d}, {value})"


def _made(made: Made, algebra: Algebra) -> str:
    """What is computed before the program begins."""
    if isinstance(made, Auxiliary):
        return f"{made.function}({made.of})"
    sizes = ", ".join(f"size({name}, {-1 if columns else -2})" for name, columns in made.sizes)
    if isinstance(made, Place):
        return f"place({made.at}, ({sizes}))"
    rows = [[_block(words, algebra) for words in row] for row in made.blocks]
    if not made.sizes:
        return rows[0][0]
    blocks = ", ".join(f"({', '.join(row)})" for row in rows)
    return f"assembled(({sizes}), ({blocks}))"


def _block(words: Sum, algebra: Algebra) -> str:
    """A sum as a matrix, or a multiple of the identity as a number."""
    if not words:
        return "0"
    c = multiple(words)
    return _sum(words, algebra) if c is None else repr(float(c))


def _sum(words: Sum, algebra: Algebra, others: Sum = ()) -> str:
    """A sum of words as a matrix; the order of an identity is that of the other words, or of ``others`` beside it."""
    text = ""
    for word, c in words:
        sign = ("-" if c < 0 else "") if not text else (" - " if c < 0 else " + ")
        size = "" if abs(c) == 1 else f"{float(abs(c))!r} * "
        text += sign + size + (_word(word, algebra) if word else _identity((*words, *others), algebra))
    return text


def _identity(words: Sum, algebra: Algebra) -> str:
    """The identity of the order of square products."""
    last = next(word[-1] for word, _ in words if word)
    if algebra.structure(last).diagonal:
        return f"identity(from_diagonal({last.name}))"
    turned = reverses(last.op) != last.inverted
    return f"identity({'transpose({})' if turned else '{}'})".format(last.name)


def _word(word: Word, algebra: Algebra) -> str:
    """A word as a matrix, from an atom that is not inverted to both sides."""
    start = next((i for i, atom in enumerate(word) if not atom.inverted), None)
    if start is None:
        text, before, after = f"identity({word[0].name})", word, word[:0]
    else:
        atom, before, after = word[start], word[:start], word[start + 1 :]
        matrix = f"from_diagonal({atom.name})" if algebra.structure(atom).diagonal else atom.name
        text = _OPS[atom.op].format(matrix)
    for atom in reversed(before):
        text = _beside(atom, text, algebra, "left")
    for atom in after:
        text = _beside(atom, text, algebra, "right")
    return text


def _term(t: Term, algebra: Algebra, strict: StrictTriangles, result: str | None) -> str:
    """Left atoms from the nearest outwards, then right ones; ``result`` is given for a term that is all of it."""
    text, left = _OPS[t.op].format(t.value), [*enumerate(t.left)]
    if (
        t.value.startswith("I_")
        and left
        and not left[-1][1].inverted
        and not algebra.structure(left[-1][1]).diagonal
    ):
        text = _OPS[left[-1][1].op].format(left.pop()[1].name)
    for i, atom in reversed(left):
        text = _beside(atom, text, algebra, "left", strict.spared(t, atom, "left", i, result))
    for i, atom in enumerate(t.right):
        text = _beside(atom, text, algebra, "right", strict.spared(t, atom, "right", i, result))
    return text


def _beside(atom: Atom, text: str, algebra: Algebra, side: str, part: str | None = None) -> str:
    """A known matrix applied to what is there, from a side."""
    structure = algebra.structure(atom)
    if structure.diagonal:
        verb = "unscale" if atom.inverted else "scale"
        vector = f"conj({atom.name})" if atom.op in ("C", "H") else atom.name
        return f"{verb}_{side}({vector}, {text})"
    if structure.name in ("permutation", "place"):
        verb = "permute" if structure.name == "permutation" else "put"
        return f"{verb}_{side}({atom.name}, {text}, {atom.op in ('T', 'H')})"
    if atom.inverted:
        kind = f"{structure.triangle!r}, {structure.unit}" if structure.triangle else "None, False"
        kind += f", {part!r}" if part else ""
        return f"solve_{side}({atom.name}, {text}, {atom.op or 'N'!r}, {kind})"
    matrix = _OPS[atom.op].format(atom.name)
    return f"mul({matrix}, {text})" if side == "left" else f"mul({text}, {matrix})"


def _kernel(kernel: Kernel, operand: str) -> str:
    found = projection(kernel)
    if found is not None:
        return f"{found[0]}{found[1]}({operand})"
    zones = tuple(_rational(r, "") for r in (kernel.below, kernel.on, kernel.above))
    if zones[0] == zones[1] == zones[2]:
        return operand if kernel.one else f"{zones[0]} * {operand}"
    on = _rational(kernel.on, "quotient", diagonal=True)
    below, above = (_rational(r, "quotient") for r in (kernel.below, kernel.above))
    return f"zones({operand}, {below}, {on}" + (")" if kernel.below == kernel.above else f", {above})")


def _rational(r: Rational, way: str, diagonal: bool = False) -> str:
    """A coefficient; as a quotient it has the factors of the denominator, which may vanish, each with its size."""
    above = _polynomial(r.above, diagonal)
    if r.below == Polynomial.number(1):
        return above
    if not way:
        return f"({above}) / ({_polynomial(r.below, diagonal)})"
    gaps = [
        f"({_polynomial(p, diagonal)}, {_polynomial(p, diagonal, magnitude=True)})" for p in r.below.factors()
    ]
    return f"quotient({above}, {', '.join(gaps)})"


def _polynomial(p: Polynomial, diagonal: bool, magnitude: bool = False) -> str:
    if not p.terms:
        return "0"
    text = ""
    for m, c in p.terms.items():
        factors = []
        for (name, side), power in m:
            vector = f"conj({base(name)})" if name != base(name) else name
            vector = f"absolute({base(name)})" if magnitude else vector
            where = vector if diagonal else f"{'rows' if side == 'r' else 'columns'}({vector})"
            factors.append(where + (f"**{power}" if power != 1 else ""))
        size = abs(c)
        if size != 1 or not factors:
            factors.insert(0, str(size) if size.denominator == 1 else f"({size})")
        minus = c < 0 and not magnitude
        sign = ("-" if minus else "") if not text else (" - " if minus else " + ")
        text += sign + " * ".join(factors)
    return text
