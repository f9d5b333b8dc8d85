"""Programs as text: one instruction a line, as one writes it on a board."""

from __future__ import annotations

from fractions import Fraction

from linad.derive.symbolic.programs import Instruction, Kernel, Kernels, Program, Sum, Terms
from linad.derive.symbolic.rational import Rational
from linad.derive.symbolic.words import Atom, Word

_MARKS = {"": "", "T": "^T", "H": "^H", "C": "^*"}
_INVERSES = {"": "^-1", "T": "^-T", "H": "^-H", "C": "^-*"}

# Projections that have a name: the kernel below, on and above the diagonal.
_NAMES = {
    ("1", "0", "0"): "strict_tril",
    ("1", "1", "0"): "tril",
    ("1", "1/2", "0"): "half_tril",
    ("0", "0", "1"): "strict_triu",
    ("0", "1", "1"): "triu",
    ("0", "1/2", "1"): "half_triu",
    ("0", "1", "0"): "diag",
    ("0", "1/2", "0"): "half_diag",
}


def atom_text(atom: Atom) -> str:
    return atom.name + (_INVERSES if atom.inverted else _MARKS)[atom.op]


def word_text(word: Word) -> str:
    return " ".join(atom_text(atom) for atom in word) or "I"


def value_text(value: str, op: str) -> str:
    return value + _MARKS[op]


def _number(c: Fraction, first: bool) -> str:
    sign = "-" if c < 0 else "" if first else "+"
    size = "" if abs(c) == 1 else f"{abs(c)} "
    return f"{sign}{size}" if first else f" {sign} {size}"


def _rational(r: Rational) -> str:
    text = r.text()
    return (
        text[1:-1]
        if text.startswith("(") and text.endswith(")") and "/" in text and text.count("(") == 1
        else text
    )


def projection(kernel: Kernel) -> tuple[str, str] | None:
    """The sign and the name of a kernel that is a projection."""
    for sign, zones in (
        ("", (kernel.below, kernel.on, kernel.above)),
        ("-", (-kernel.below, -kernel.on, -kernel.above)),
    ):
        name = _NAMES.get((_rational(zones[0]), _rational(zones[1]), _rational(zones[2])))
        if name is not None:
            return sign, name
    return None


def kernel_text(kernel: Kernel, operand: str) -> str:
    """A projection of a value, by its name if it has one; else zone by zone."""
    found = projection(kernel)
    if found is not None:
        return f"{found[0]}{found[1]}({operand})"
    zones = tuple(_rational(r) for r in (kernel.below, kernel.on, kernel.above))
    if zones[0] == zones[1] == zones[2]:
        return f"{zones[0]} * {operand}"
    below, on, above = zones
    if below == above:
        return f"[{below} off, {on} on the diagonal] * {operand}"
    return f"[{below} below, {on} on, {above} above the diagonal] * {operand}"


def instruction_text(instruction: Instruction) -> str:
    """One line: the result and how it is made."""
    if isinstance(instruction, Terms):
        text = ""
        for term in instruction.terms:
            parts = [atom_text(a) for a in term.left] + [value_text(term.value, term.op)]
            parts += [atom_text(a) for a in term.right]
            text += _number(term.coefficient, not text) + " ".join(parts)
        return f"{instruction.result} = {text}"
    if isinstance(instruction, Kernels):
        text = ""
        for kernel, value, op in instruction.parts:
            part = kernel_text(kernel, value_text(value, op))
            text += (f" - {part[1:]}" if part.startswith("-") else f" + {part}") if text else part
        return f"{instruction.result} = {text}"
    left, right = sum_text(instruction.left), sum_text(instruction.right)
    return f"{instruction.result} solves {left} x + x {right} = {instruction.value}"


def sum_text(words: Sum) -> str:
    """A sum of words, in parentheses if there are several."""
    text = ""
    for word, c in words:
        text += _number(c, not text) + word_text(word)
    return f"({text})" if len(words) > 1 else text


def program_text(program: Program) -> str:
    """All instructions, then the outputs that have another name than their value."""
    lines = [instruction_text(instruction) for instruction in program.instructions]
    return "\n".join([*lines, *(f"{name}: {value}" for name, value in program.outputs.items())])
