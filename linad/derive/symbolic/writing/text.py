"""Programs and derivations as text: one formula a line, as one writes it on a board.

A product is a blank, ``E o X`` the product entry by entry with a kernel that has a name; the names are explained once,
at the end.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from linad.derive.symbolic.algebra.rational import Monomial, Polynomial
from linad.derive.symbolic.programs.auxiliaries import Made, Sum
from linad.derive.symbolic.programs.program import Instruction, Program
from linad.derive.symbolic.writing.formulas import (
    Blocks,
    Factor,
    Formula,
    Group,
    Item,
    Total,
    made_total,
    total_of,
)
from linad.derive.symbolic.writing.notation import Definition, Notation
from linad.derive.symbolic.writing.steps import Step
from linad.derive.symbolic.writing.zones import projection

__all__ = [
    "filled",
    "instruction_text",
    "made_text",
    "ordered",
    "program_text",
    "projection",
    "step_text",
    "sum_text",
    "where_text",
]

_WIDTH = 100  # of a formula
_PAGE = 120
_REMARKS = 56  # where remarks begin at the latest, after the formula's beginning
_MARKS = {"": "", "T": "^T", "H": "^H", "C": "^*"}


# -- programs ----------------------------------------------------------------------------------------------------


def program_text(program: Program, notation: Notation | None = None, lead: str = "") -> str:
    """A line for each instruction; then what names of kernels mean, unless the caller has a ``notation``.

    ``lead``, d or g, is only needed for a program without inputs: it tells what its outputs are.
    """
    own = notation or Notation(program)
    lines = [line for formula in own.lines(program, lead) for line in _formula(formula)]
    return "\n".join(lines + ([] if notation else where_text(own)))


def instruction_text(instruction: Instruction) -> str:
    """One instruction on one line."""
    return " ".join(_formula(Notation(Program({}, (instruction,), {})).formula(instruction), 10**6))


def sum_text(words: Sum) -> str:
    """A sum of words, in parentheses if there are several."""
    text = _total(total_of(words))
    return f"({text})" if len(words) > 1 else text


def made_text(made: Made) -> str:
    """What a matrix is that a program computes before it begins."""
    return f"{made.name} = {_total(made_total(made))}"


def where_text(notation: Notation) -> list[str]:
    """What the names of kernels mean, a line for each."""
    if not notation.definitions:
        return []
    lines = [_definition(definition) for definition in notation.definitions]
    names = dict.fromkeys(
        name
        for definition in notation.definitions
        for polynomial in definition.core
        for m in polynomial.terms
        for (name, _), _ in m
    )
    entries = ", ".join(
        f"{name}_r, {name}_c" for name in dict.fromkeys(n.removesuffix("_conj") for n in names)
    )
    lines.append(f"o entry by entry; {entries} at row and column")
    return [("where " if i == 0 else "      ") + line for i, line in enumerate(lines)]


def _definition(definition: Definition) -> str:
    above, below = (_polynomial(p) for p in definition.core)
    if below != "1":
        above, below = (f"({p})" if " " in p else p for p in (above, below))
        above = f"{above}/{below}"
    return f"{definition.name} = {above}{' off the diagonal, 0 on it' if definition.off else ''}"


# -- steps -------------------------------------------------------------------------------------------------------


def step_text(steps: Sequence[Step], notation: Notation | None = None) -> str:
    """The steps, numbered; formulas and remarks in columns. Kernels are explained as by :func:`program_text`."""
    own = notation or Notation(steps)
    digits, label = len(str(len(steps))), max((len(step.label) for step in steps), default=0)
    rows: list[tuple[str, list[str], str]] = []
    for number, step in enumerate(steps, 1):
        head = f" {number:{digits}} {step.label:{label}}   "
        for line in step.lines:
            rows.append((head, _formula(own.formula(line.formula)) if line.formula else [], line.remark))
            head = " " * len(head)
    lengths = [len(formula[-1]) for _, formula, remark in rows if formula and remark]
    column = max((length for length in lengths if length <= _REMARKS), default=0)
    lines = []
    for head, formula, remark in rows:
        if formula and remark:
            gap = "   " if len(formula[-1]) <= column else "  "
            beside = f"{formula[-1]:{column}}{gap}{remark}"
            formula[-1:] = [beside] if len(head + beside) <= _PAGE else [formula[-1], f"   {remark}"]
        first, *rest = formula or [remark]
        lines += [(head + first).rstrip(), *(" " * len(head) + line for line in rest)]
    return "\n".join(lines + ([] if notation else where_text(own)))


# -- formulas ----------------------------------------------------------------------------------------------------


def _formula(formula: Formula, width: int = _WIDTH) -> list[str]:
    """A formula, broken between the terms of its right-hand side where it is longer than a line."""
    lead = (
        f"{formula.unknown} solves {_total(formula.left)} ="
        if formula.unknown
        else f"{_total(formula.left)} ="
    )
    terms = [_item(item, not i) for i, item in enumerate(formula.right)] or ["0"]
    first, *rest = filled(terms, [len(term) for term in terms], width - len(lead))
    return [f"{lead} {''.join(first)}", *("   " + "".join(line) for line in rest)]


def filled(terms: Sequence[str], lengths: Sequence[int], width: int) -> list[list[str]]:
    """Terms in lines, as many in each as there is room for."""
    lines: list[list[str]] = []
    room = 0
    for term, length in zip(terms, lengths, strict=True):
        if not lines or length > room:
            lines.append([])
            room = width
        lines[-1].append(term)
        room -= length
    return lines


def _total(total: Total) -> str:
    return "".join(_item(item, not i) for i, item in enumerate(total)) if total else "0"


def _item(item: Item, first: bool) -> str:
    c, factors = item
    sign = ("-" if c < 0 else "") if first else (" - " if c < 0 else " + ")
    words = [_factor(factor) for factor in factors] or ["I"]
    return sign + " ".join([str(abs(c)), *words] if abs(c) != 1 else words)


def _factor(factor: Factor | Group | Blocks) -> str:
    if isinstance(factor, Factor):
        return factor.name + _power(factor.op, factor.power)
    if isinstance(factor, Blocks):
        return f"[{'; '.join(', '.join(map(_total, row)) for row in factor.rows)}]"
    inner = _total(factor.total)
    if factor.kernel is not None:
        alone = len(factor.total) == 1 and _bare(factor.total[0])
        inner = f"{_factor(factor.kernel)} o {inner if alone else f'({inner})'}"
        return f"{factor.function}({inner})" if factor.function else inner
    return f"{factor.function}({inner})"


def _bare(item: Item) -> bool:
    """Whether an item is a single matrix."""
    return item[0] == 1 and len(item[1]) == 1 and isinstance(item[1][0], Factor)


def _power(op: str, power: int) -> str:
    if power == 1:
        return _MARKS[op]
    letter = _MARKS[op].removeprefix("^")
    if power == -1:
        return f"^-{letter or 1}"
    return f"^{power}" if not op else f"^{letter}^{power}"


# -- polynomials -------------------------------------------------------------------------------------------------


def ordered(polynomial: Polynomial) -> list[tuple[Monomial, Fraction]]:
    """Terms as one writes them: positive ones first, higher degrees first, columns before rows."""

    def key(term: tuple[Monomial, Fraction]) -> tuple[bool, int, Monomial]:
        m, c = term
        return c < 0, -sum(p for _, p in m), m

    return sorted(polynomial.terms.items(), key=key)


def _polynomial(polynomial: Polynomial) -> str:
    text = ""
    for m, c in ordered(polynomial):
        factors = [_variable(name, side) + (f"^{p}" if p != 1 else "") for (name, side), p in m]
        if abs(c) != 1 or not factors:
            factors.insert(0, str(abs(c)))
        sign = ("-" if c < 0 else "") if not text else (" - " if c < 0 else " + ")
        text += sign + " ".join(factors)
    return text or "0"


def _variable(name: str, side: str) -> str:
    entry = f"{name.removesuffix('_conj')}_{side}" if side else name
    return f"conj({entry})" if name.endswith("_conj") else entry
