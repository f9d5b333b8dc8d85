"""The test-tensor argument as text and as LaTeX."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from linad.derive.symbolic.calculus.derivation import Line
from linad.derive.symbolic.calculus.nodes import Node
from linad.derive.symbolic.calculus.styles import LATEX, Style, name
from linad.derive.symbolic.calculus.writing import write
from linad.derive.symbolic.writing.lettering import escaped


def argument_text(lines: Sequence[Line], style: Style) -> str:
    """Numbered steps; equal signs one below the other."""
    width = max(len(line.name) for line in lines)
    label = max(len(line.label) for line in lines)
    rows = []
    for number, (title, group) in enumerate(groupby(lines, lambda line: line.label), 1):
        head = f"{number} {title:{label}}"
        for line in group:
            rows.append(f"{head}  {_text(line, width, style)}")
            head = " " * len(head)
    return "\n".join(rows)


def _text(line: Line, width: int, style: Style) -> str:
    if isinstance(line.value, str):
        return line.value
    return f"{line.name:{width}} = {write(line.value, style)}"


def argument_latex(lines: Sequence[Line], test: Node | None) -> str:
    """An environment of aligned equations."""
    rows = []
    for number, (title, group) in enumerate(groupby(lines, lambda line: line.label), 1):
        head = rf"\textbf{{{number}}}\enspace \text{{{escaped(title)}}}"
        for line in group:
            rows.append(f"  {head} & {_latex(line, test)}")
            head = ""
    body = " \\\\\n".join(rows)
    return f"\\begin{{alignat*}}{{2}}\n{body}\n\\end{{alignat*}}"


def _latex(line: Line, test: Node | None) -> str:
    if not isinstance(line.value, str):
        return rf"\quad & {_left(line.name)} &= {write(line.value, LATEX)}"
    if test is None:
        return r"\quad & z &= Y, \quad \bar{Y} = 1"
    own = name(test.data[0], LATEX)
    return rf"\quad & z &= \left\langle {own}, Y \right\rangle"


def _left(text: str) -> str:
    """What stands before an equal sign."""
    above, over, below = text.partition("/d")
    if not over:
        return name(text, LATEX)
    return rf"\frac{{\mathrm{{d}} {name(above[1:], LATEX)}}}{{\mathrm{{d}} {name(below, LATEX)}}}"
