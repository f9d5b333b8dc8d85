"""Programs as Python: one step a line, over a small vocabulary of matrix operations.

Matrices are arrays with the matrix in the last two axes, diagonal matrices vectors. The vocabulary is named here and
defined where arrays are known (:mod:`linad.derive.vocabulary`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from linad.derive.symbolic.programs import Instruction, Kernel, Kernels, Program, Sum, Term, Terms
from linad.derive.symbolic.rational import Polynomial, Rational
from linad.derive.symbolic.text import projection
from linad.derive.symbolic.words import Algebra, Atom, Word

_OPS = {"": "{}", "T": "transpose({})", "H": "adjoint({})", "C": "conj({})"}


def source(name: str, program: Program, algebra: Algebra, lead: str, comment: Sequence[str]) -> str:
    """The text of a function of the known matrices and the program's inputs, by name; ``lead`` is "d" or "g"."""
    known = _known(program)
    parameters = [*sorted(known), *(f"{lead}{symbol}" for symbol in program.inputs)]
    names = {value: value for value in program.inputs.values()}
    lines = [f"def {name}({', '.join(parameters)}):", '    """' + "\n    ".join(comment), '    """']
    for symbol, value in program.inputs.items():
        if algebra.symbols[symbol].structure.diagonal:
            lines.append(f"    {value} = from_diagonal({lead}{symbol})")
        elif value != f"{lead}{symbol}":
            lines.append(f"    {value} = {lead}{symbol}")
    lines += [f"    {_line(instruction, algebra, names)}" for instruction in program.instructions]
    results = []
    for symbol, value in program.outputs.items():
        structure = algebra.symbols[symbol].structure
        text = f"diagonal({value})" if structure.diagonal else value
        results.append(f"real({text})" if structure.real else text)
    lines.append(f"    return {', '.join(results)},")
    return "\n".join(lines) + "\n"


def _known(program: Program) -> set[str]:
    """The matrices that a program reads."""
    found: set[str] = set()
    for instruction in program.instructions:
        if isinstance(instruction, Terms):
            found |= {atom.name for t in instruction.terms for atom in (*t.left, *t.right)}
        elif isinstance(instruction, Kernels):
            for kernel, _, _ in instruction.parts:
                for zone in (kernel.below, kernel.on, kernel.above):
                    found |= {_base(v[0]) for p in (zone.above, zone.below) for m in p.terms for v, _ in m}
        else:
            found |= {atom.name for word, _ in (*instruction.left, *instruction.right) for atom in word}
    return found


def _base(name: str) -> str:
    return name.removesuffix("_conj")


def _line(instruction: Instruction, algebra: Algebra, names: Mapping[str, str]) -> str:
    if isinstance(instruction, Terms):
        text = ""
        for t in instruction.terms:
            c = t.coefficient
            sign = ("-" if c < 0 else "") if not text else (" - " if c < 0 else " + ")
            size = "" if abs(c) == 1 else f"{float(abs(c))!r} * "
            text += sign + size + _term(t, algebra)
        return f"{instruction.result} = {text}"
    if isinstance(instruction, Kernels):
        text = " + ".join(_kernel(k, _OPS[op].format(value)) for k, value, op in instruction.parts)
        return f"{instruction.result} = {text}"
    left, right = (_sum(words, algebra) for words in (instruction.left, instruction.right))
    return f"{instruction.result} = solve_sylvester({left}, {right}, {instruction.value})"


def _sum(words: Sum, algebra: Algebra) -> str:
    """A sum of words as a matrix."""
    text = ""
    for word, c in words:
        sign = ("-" if c < 0 else "") if not text else (" - " if c < 0 else " + ")
        size = "" if abs(c) == 1 else f"{float(abs(c))!r} * "
        text += sign + size + _word(word, algebra)
    return text


def _word(word: Word, algebra: Algebra) -> str:
    """A word as a matrix, from the last atom to the first."""
    last = word[-1]
    text = _OPS[last.op].format(
        f"from_diagonal({last.name})" if algebra.structure(last).diagonal else last.name
    )
    for atom in reversed(word[:-1]):
        text = _beside(atom, text, algebra, "left")
    return text


def _term(t: Term, algebra: Algebra) -> str:
    """Left atoms from the nearest outwards, then right ones."""
    text = _OPS[t.op].format(t.value)
    for atom in reversed(t.left):
        text = _beside(atom, text, algebra, "left")
    for atom in t.right:
        text = _beside(atom, text, algebra, "right")
    return text


def _beside(atom: Atom, text: str, algebra: Algebra, side: str) -> str:
    """A known matrix applied to what is there, from a side."""
    structure = algebra.structure(atom)
    if structure.diagonal:
        verb = "unscale" if atom.inverted else "scale"
        vector = f"conj({atom.name})" if atom.op in ("C", "H") else atom.name
        return f"{verb}_{side}({vector}, {text})"
    if structure.name == "permutation":
        return f"permute_{side}({atom.name}, {text}, {atom.op in ('T', 'H')})"
    if atom.inverted:
        kind = f"{structure.triangle!r}, {structure.unit}" if structure.triangle else "None, False"
        return f"solve_{side}({atom.name}, {text}, {atom.op or 'N'!r}, {kind})"
    matrix = _OPS[atom.op].format(atom.name)
    return f"mul({matrix}, {text})" if side == "left" else f"mul({text}, {matrix})"


def _kernel(kernel: Kernel, operand: str) -> str:
    found = projection(kernel)
    if found is not None:
        return f"{found[0]}{found[1]}({operand})"
    zones = tuple(_rational(r, False) for r in (kernel.below, kernel.on, kernel.above))
    if zones[0] == zones[1] == zones[2]:
        return operand if kernel.one else f"{zones[0]} * {operand}"
    below, above = (_rational(r, True) for r in (kernel.below, kernel.above))
    on = _rational(kernel.on, False, diagonal=True)
    return f"zones({operand}, {below}, {on}" + (")" if below == above else f", {above})")


def _rational(r: Rational, off: bool, diagonal: bool = False) -> str:
    """A coefficient. Off the diagonal, denominators are made one on it, where they may vanish and are not wanted."""
    above = _polynomial(r.above, diagonal)
    if r.below == Polynomial.number(1):
        return above
    below = _polynomial(r.below, diagonal)
    return f"({above}) / off_diagonal({below})" if off else f"({above}) / ({below})"


def _polynomial(p: Polynomial, diagonal: bool) -> str:
    if not p.terms:
        return "0"
    text = ""
    for m, c in p.terms.items():
        factors = []
        for (name, side), power in m:
            vector = f"conj({_base(name)})" if name != _base(name) else name
            where = vector if diagonal else f"{'rows' if side == 'r' else 'columns'}({vector})"
            factors.append(where + (f"**{power}" if power != 1 else ""))
        size = abs(c)
        if size != 1 or not factors:
            factors.insert(0, str(size) if size.denominator == 1 else f"({size})")
        sign = ("-" if c < 0 else "") if not text else (" - " if c < 0 else " + ")
        text += sign + " * ".join(factors)
    return text
