r"""Formulas and equations as rows of LaTeX, in math mode, broken where they are long."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from math import ceil

from linad.derive.symbolic.parsing.tokens import OPERATIONS, Token, scan
from linad.derive.symbolic.writing.formulas import Blocks, Factor, Formula, Group, Item, Total, depth
from linad.derive.symbolic.writing.lettering import (
    escaped,
    name_latex,
    number_latex,
    operation_latex,
    product_latex,
)
from linad.derive.symbolic.writing.text import filled

WIDTH = 75  # characters of a formula on a line, commands apart
LONG = 40  # of a sum in parentheses that may be broken, and of a left-hand side that does not stand by itself
_SCRIPT = re.compile(r"[_^]\{(?:[^{}]|\{[^{}]*\})*\}")
FUNCTIONS = {
    "strict_tril": "stril",
    "strict_triu": "striu",
    "half_tril": "htril",
    "half_triu": "htriu",
    "half_diag": "hdiag",
    "off_diag": "off",
}


# -- formulas ----------------------------------------------------------------------------------------------------


def _sides(formula: Formula) -> tuple[str, list[str]]:
    """What stands before the alignment, and what behind it, in pieces."""
    left, right = _fragments(formula.left), _fragments(formula.right)
    right[0] = f"= {right[0]}"
    if formula.unknown:
        left[0] = rf"\text{{ solves }} {left[0]}"
        return _factor(Factor(formula.unknown, value=True)), [*left, " ", *right]
    whole = "".join(left)
    return (whole, right) if length(whole) <= LONG else ("", [*left, " ", *right])


def widest(formulas: Sequence[Formula]) -> int:
    """The characters before the alignment."""
    return max((length(_sides(formula)[0]) for formula in formulas), default=0)


def formula_latex(formula: Formula, room: int) -> list[str]:
    """The rows of a formula, which is broken before signs where there is no ``room`` behind the alignment."""
    left, right = _sides(formula)
    return _rows(left, right, room)


def _rows(left: str, pieces: Sequence[str], room: int) -> list[str]:
    first, *rest = [
        "".join(line).strip() for line in filled(pieces, [length(piece) for piece in pieces], room)
    ]
    return [f"{left} &{first}", *(rf"&\qquad{{}}{row}" for row in rest)]


def _fragments(total: Total) -> list[str]:
    """A sum, cut before its signs; a long sum in parentheses also there."""
    fragments: list[str] = []
    for i, item in enumerate(total):
        whole = _item(item, not i)
        groups = [factor for factor in item[1] if isinstance(factor, Group) and len(factor.total) > 1]
        if length(whole) > LONG and groups:
            inner = _total(groups[-1].total)
            before, _, after = whole.rpartition(inner)
            cut = _fragments(groups[-1].total)
            fragments += [before + cut[0], *cut[1:-1], cut[-1] + after]
        else:
            fragments.append(whole)
    return fragments or ["0"]


def length(latex: str) -> int:
    """About how wide it is, in small letters: capitals and signs between terms are wider, scripts less so."""
    seen = re.sub(r"\\[a-zA-Z]+", "", latex)
    scripts = "".join(_SCRIPT.findall(seen))
    wide = sum(latex.count(sign) for sign in (" + ", " - ", "= "))
    line, above = (re.sub(r"[\\{}^_ ]", "", text) for text in (_SCRIPT.sub("", seen), scripts))
    return ceil(len(line) + wide + 0.2 * sum(c.isupper() for c in line) + 0.7 * len(above))


def _total(total: Total) -> str:
    return "".join(_item(item, not i) for i, item in enumerate(total)) or "0"


def _item(item: Item, first: bool) -> str:
    c, factors = item
    sign = ("-" if c < 0 else "") if first else (" - " if c < 0 else " + ")
    words = [_factor(factor) for factor in factors] or ["I"]
    number = "" if abs(c) == 1 else rf"{number_latex(abs(c))}\, "
    return sign + number + product_latex(words)


def _factor(factor: Factor | Group | Blocks) -> str:
    if isinstance(factor, Factor):
        return _matrix(factor)
    if isinstance(factor, Blocks):
        rows = r" \\ ".join(" & ".join(map(_total, row)) for row in factor.rows)
        return rf"\begin{{bmatrix}} {rows} \end{{bmatrix}}"
    inner = _total(factor.total)
    left, right = (r"\bigl(", r"\bigr)") if depth(factor.total) else ("(", ")")
    if factor.kernel is not None:
        alone = len(factor.total) == 1 and _bare(factor.total[0])
        inner = rf"{_factor(factor.kernel)} \circ {inner if alone else f'{left}{inner}{right}'}"
        if not factor.function:
            return inner
        left, right = r"\bigl(", r"\bigr)"
    name = FUNCTIONS.get(factor.function) or escaped(factor.function)
    return rf"\operatorname{{{name}}}{left}{inner}{right}" if name else f"{left}{inner}{right}"


def _bare(item: Item) -> bool:
    return item[0] == 1 and len(item[1]) == 1 and isinstance(item[1][0], Factor)


def led(factor: Factor) -> tuple[str, str]:
    """What the name of a value begins with, if it is the tangent, the cotangent or a part of a matrix; the matrix."""
    name = factor.name
    return (name[0], name[1:]) if factor.value and len(name) > 1 and name[0] in "dgp" else ("", name)


def _matrix(factor: Factor) -> str:
    lead, name = led(factor)
    text = name_latex(name, "", r"\bar" if lead == "g" else "")
    if lead in ("d", "p"):
        text = rf"\mathrm{{d}}{text}"
        text = rf"\widehat{{{text}}}" if lead == "p" else text
    return operation_latex(text, factor.op, factor.power)


# -- equations ---------------------------------------------------------------------------------------------------


def equation_latex(text: str) -> list[str]:
    """The rows of an equation as people write it."""
    words, signs = ["", *_words(text)], ("", "+", "-", "=")
    cuts = [i for i, word in enumerate(words) if word in signs]
    pieces = [f" {words[a]} {product_latex(words[a + 1 : b])}" for a, b in pairwise([*cuts, len(words)])]
    if length("".join(pieces)) > WIDTH:
        return _rows("", pieces, WIDTH)
    at = cuts.index(words.index("="))
    return _rows("".join(pieces[:at]).strip(), pieces[at:], WIDTH)


def _words(text: str) -> list[str]:
    """The operands and signs of an equation; what is in parentheses is one."""
    words: list[str] = []
    opened: list[int] = []  # where the parentheses that are open begin
    begin = 0  # where the last operand begins
    for token in scan(text):
        if token.kind in ("power", "operation"):
            words[begin:] = [_marked(product_latex(words[begin:]), token)]
        elif token.text == ")":
            begin = opened.pop()
            words[begin:] = [f"{''.join(words[begin : begin + 1])}{product_latex(words[begin + 1 :])})"]
        elif token.kind == "call":
            begin = len(words)
            words.append(rf"\operatorname{{{token.text}}}")
        elif token.text == "(":
            if words and words[-1].startswith(r"\operatorname") and not words[-1].endswith(")"):
                words[-1] += "("
            else:
                words.append("(")
            opened.append(len(words) - 1)
        elif token.text not in ("@", "*", ""):
            begin = len(words)
            words.append(name_latex(token.text) if token.kind == "name" else token.text)
    return words


def operation(token: Token) -> tuple[str, int]:
    """The operation and the power that a token puts on the operand before it."""
    if token.kind == "operation":
        return OPERATIONS[re.sub(r"[\s.()]", "", token.text)], 1
    mark = re.sub(r"^\*\*|[\s^(){}]", "", token.text)
    sign, mark = (-1, mark[1:]) if mark.startswith("-") else (1, mark)
    return ("", sign * int(mark)) if mark.isdigit() else (mark.replace("*", "C"), sign)


def _marked(operand: str, token: Token) -> str:
    """An operand with a power or an operation behind it."""
    op, power = operation(token)
    return operation_latex(f"{{{operand}}}" if "^" in operand and operand[-1] != ")" else operand, op, power)
