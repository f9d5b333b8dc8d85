r"""Programs and derivations as LaTeX, for amsmath: blocks of aligned equations, and whole documents.

The tangent of L is \mathrm{d}L, its cotangent \bar{L}, its conjugate \overline{L}; a kernel E with a name is applied
entry by entry by \circ. Nothing of what a person named or wrote is passed on unescaped.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from linad.derive.symbolic.algebra.rational import Polynomial
from linad.derive.symbolic.algebra.words import Symbol
from linad.derive.symbolic.programs.program import Program
from linad.derive.symbolic.writing.lettering import escaped, name_latex, polynomial_latex
from linad.derive.symbolic.writing.notation import Definition, Notation
from linad.derive.symbolic.writing.steps import Step
from linad.derive.symbolic.writing.typeset import WIDTH, equation_latex, formula_latex, length, widest

_BESIDE = 72  # of a formula and a remark beside it
_LABEL = 5  # of the number of a step and the blanks around it


# -- blocks ------------------------------------------------------------------------------------------------------


def program_latex(program: Program, notation: Notation | None = None, lead: str = "") -> str:
    """A block of equations, one for each instruction; then kernels, unless the caller has a ``notation``.

    ``lead`` is that of :func:`~linad.derive.symbolic.text.program_text`.
    """
    own = notation or Notation(program)
    formulas = own.lines(program, lead)
    room = max(WIDTH - widest(formulas), WIDTH // 3)
    rows = [row for formula in formulas for row in formula_latex(formula, room)]
    return _block("align*", rows + ([] if notation else _where(own)))


def steps_latex(steps: Sequence[Step], notation: Notation | None = None) -> str:
    """A block of the steps, numbered, with their remarks; kernels as in :func:`program_latex`."""
    own = notation or Notation(steps)
    made = [[own.formula(line.formula) if line.formula else None for line in step.lines] for step in steps]
    every = [formula for formulas in made for formula in formulas if formula]
    left = _LABEL + max((len(step.label) for step in steps), default=0) + widest(every)
    room = max(WIDTH - left, WIDTH // 3)
    rights = [length(row.partition("&")[2]) for formula in every for row in formula_latex(formula, room)]
    remarks = [_width(line.remark) for step in steps for line in step.lines if line.formula]
    column = left + max(rights, default=0) + max(remarks, default=0) <= _BESIDE
    rows: list[str] = []
    for number, (step, formulas) in enumerate(zip(steps, made, strict=True), 1):
        head, indent = rf"\textbf{{{number}}}\enspace {escaped(step.label)}\quad", r"\qquad"
        for line, formula in zip(step.lines, formulas, strict=True):
            own_rows = formula_latex(formula, room) if formula else []
            own_rows, remark = _beside(own_rows, line.remark, left, column)
            for row in own_rows:
                rows.append((rf"& \text{{{head}}} & " if head else "&& ") + row)
                head = ""
            if remark:
                box = rf"\parbox[t]{{120mm}}{{\raggedright {escaped(remark)}}}"
                rows.append(rf"& \rlap{{{head or indent}{box}}}")
                head = ""
    return _block("alignat*", rows + ([] if notation else [f"&& {row}" for row in _where(own)]), "{3}")


def _width(remark: str) -> int:
    """The room that a remark takes: words are set closer than formulas."""
    return len(remark) * 3 // 4


def _beside(rows: list[str], remark: str, left: int, column: bool) -> tuple[list[str], str]:
    """The rows of a formula with the remark beside them, if there is room or a column for it; else what remains."""
    if not rows or not remark:
        return rows, remark
    if not column and left + length(rows[-1].partition("&")[2]) + _width(remark) > _BESIDE:
        return rows, remark
    return [*rows[:-1], rf"{rows[-1]} {'&& ' if column else ''}\quad \text{{{escaped(remark)}}}"], ""


def where_latex(notation: Notation) -> str:
    """A block of what the names of kernels mean; empty if there are none."""
    rows = _where(notation)
    return _block("align*", rows) if rows else ""


def _block(environment: str, rows: Sequence[str], columns: str = "") -> str:
    body = " \\\\\n".join(f"  {row}" for row in rows)
    return f"\\begin{{{environment}}}{columns}\n{body}\n\\end{{{environment}}}" if rows else ""


def _where(notation: Notation) -> list[str]:
    rows = [_definition(definition) for definition in notation.definitions]
    if rows:
        rows[0] = rf"\text{{where }} {rows[0]}"
    return rows


def _definition(definition: Definition) -> str:
    above, below = (polynomial_latex(p) for p in definition.core)
    quotient = above if below == "1" else rf"\frac{{{above}}}{{{below}}}"
    left = f"{name_latex(definition.name, 'rc')} &= "
    if not definition.off:
        return left + quotient
    quotient = quotient.replace(r"\frac", r"\dfrac")
    return rf"{left}\begin{{cases}} {quotient} & r \neq c \\[1ex] 0 & r = c \end{{cases}}"


# -- documents ---------------------------------------------------------------------------------------------------

_HEAD = r"""\documentclass[a4paper,fleqn]{article}
\usepackage{amsmath}
\usepackage[margin=22mm]{geometry}
\allowdisplaybreaks[1]
\begin{document}
"""
_CONVENTIONS = r"""\noindent
$\mathrm{d}X$ is the tangent of $X$, $\widehat{\mathrm{d}X}$ its part within the structure of $X$, $\bar{X}$ the
cotangent, $\overline{X}$ the conjugate. $\operatorname{tril}$, $\operatorname{triu}$ and $\operatorname{diag}$ keep the
triangle or the diagonal; those with s are strict, those with h halve the diagonal. $E \circ X$ has the entries
$E_{rc} X_{rc}$; $w_r$, $w_c$ are the entries of a diagonal matrix $w$ at the row and at the column.
"""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a section: its title, its block of equations, and the operations that it costs."""

    title: str
    block: str
    cost: Polynomial | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """What a document says of an operation; ``equations`` as people write them."""

    title: str
    equations: Sequence[str]
    matrices: Sequence[Symbol]
    parts: Sequence[Part]


def document(title: str, equations: Sequence[str], matrices: Sequence[Symbol], parts: Sequence[Part]) -> str:
    """A document about one operation, ready to be compiled."""
    return documents([Section(title, equations, matrices, parts)])


def documents(sections: Iterable[Section]) -> str:
    """A document about several operations."""
    return "\n".join([_HEAD + _CONVENTIONS, *map(_section, sections), r"\end{document}", ""])


def _section(section: Section) -> str:
    rows = [row for equation in section.equations for row in equation_latex(equation)]
    matrices = ", ".join(
        rf"${name_latex(s.name)}$ {escaped(s.structure.name)} (${escaped(s.rows)} \times {escaped(s.columns)}$)"
        for s in section.matrices
    )
    lines = [rf"\section*{{{escaped(section.title)}}}", _block("align*", rows), rf"\noindent {matrices}"]
    for part in section.parts:
        title = escaped(part.title)
        if part.cost is not None:
            title += rf" \quad\normalfont\small ${polynomial_latex(part.cost)}$ operations"
        lines += [rf"\subsection*{{{title}}}", part.block]
    return "\n".join(lines)
