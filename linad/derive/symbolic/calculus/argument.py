"""The test-tensor argument as text and as LaTeX."""

from __future__ import annotations

from itertools import groupby

from linad.derive.symbolic.calculus.derivation import Line, derivation
from linad.derive.symbolic.calculus.nodes import Node
from linad.derive.symbolic.calculus.writing import LATEX, Style, name, write
from linad.derive.symbolic.writing.lettering import escaped


def argument_text(y: Node, test: Node | None, wrt: Node, gradient: Node, style: Style) -> str:
    """Numbered steps; equal signs one below the other."""
    lines = list(derivation(y, test, wrt, gradient))
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


def argument_latex(y: Node, test: Node | None, wrt: Node, gradient: Node) -> str:
    """An environment of aligned equations."""
    rows = []
    for number, (title, group) in enumerate(
        groupby(derivation(y, test, wrt, gradient), lambda line: line.label), 1
    ):
        head = rf"\textbf{{{number}}}\enspace \text{{{escaped(title)}}}"
        for line in group:
            rows.append(f"  {head} & {_latex(line, test)}")
            head = ""
    body = " \\\\\n".join(rows)
    return f"\\begin{{alignat*}}{{2}}\n{body}\n\\end{{alignat*}}"


def _latex(line: Line, test: Node | None) -> str:
    if not isinstance(line.value, str):
        return rf"\quad & {name(line.name, LATEX)} &= {write(line.value, LATEX)}"
    if test is None:
        return r"\quad & z &= Y, \quad \bar{Y} = 1"
    own = name(test.data[0], LATEX)
    return rf"\quad & z &= \left\langle {own}, Y \right\rangle"
