"""Formulas and equations as MathML, in pieces between which a line may be broken.

MathML Core breaks no lines by itself. So what is shown on one line where there is room is a row of expressions, each of
which begins with its sign: a long sum in parentheses is cut as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

from linad.derive.symbolic.parsing.tokens import scan
from linad.derive.symbolic.writing.formulas import Blocks, Factor, Formula, Group, Item, Total
from linad.derive.symbolic.writing.markup import Markup, element
from linad.derive.symbolic.writing.notation import Definition
from linad.derive.symbolic.writing.signs import (
    THIN,
    name_math,
    number_math,
    polynomial_math,
    scripted,
    sign_math,
    value_math,
)
from linad.derive.symbolic.writing.typeset import FUNCTIONS, operation

_LONG = 6  # factors of a sum in parentheses that may be broken
_BREAK = Markup()  # stands where a line may be broken
_APPLY = sign_math("\N{FUNCTION APPLICATION}")


@dataclass(frozen=True, slots=True)
class Row:
    """What stands before the alignment and behind it: expressions, between which a line may be broken."""

    left: tuple[Markup, ...]
    right: tuple[Markup, ...]


def math(*content: Markup) -> Markup:
    """An expression within a line."""
    return element("math", *content)


def _cut(content: Sequence[Markup]) -> tuple[Markup, ...]:
    pieces = [
        list(group) for is_break, group in groupby(content, lambda piece: piece is _BREAK) if not is_break
    ]
    return tuple(math(*piece) for piece in pieces)


# -- formulas ----------------------------------------------------------------------------------------------------


def formula_math(formula: Formula) -> Row:
    """A formula; what is solved for stands alone, before what it solves."""
    left, right = [*_total(formula.left)], [_BREAK, sign_math("="), *_total(formula.right)]
    if formula.unknown:
        unknown = value_math(Factor(formula.unknown, value=True))
        return Row((math(unknown),), _cut([element("mtext", "\xa0solves\xa0"), *left, *right]))
    return Row(_cut(left), _cut(right))


def definition_math(definition: Definition) -> Row:
    """What the name of a kernel means."""
    above, below = (polynomial_math(p) for p in definition.core)
    quotient = above if definition.core[1].text() == "1" else element("mfrac", above, below)
    right = [sign_math("="), quotient]
    if definition.off:
        right += [element("mtext", "\xa0\xa0off the diagonal,"), _BREAK, element("mtext", "\xa00 on it")]
    return Row((math(name_math(definition.name, index="rc")),), _cut(right))


def _total(total: Total) -> Iterator[Markup]:
    """A sum, with places to break it before its signs."""
    for i, item in enumerate(total):
        if i:
            yield _BREAK
        yield from _item(item, not i)
    if not total:
        yield element("mn", "0")


def _item(item: Item, first: bool) -> Iterator[Markup]:
    c, factors = item
    if c < 0 or not first:
        yield sign_math("\N{MINUS SIGN}" if c < 0 else "+", "prefix" if first else "infix")
    if abs(c) != 1:
        yield number_math(abs(c))
        yield THIN
    for i, factor in enumerate(factors):
        if i:
            yield THIN
        yield from _factor(factor)
    if not factors:
        yield name_math("I")


def _factor(factor: Factor | Group | Blocks) -> Iterator[Markup]:
    if isinstance(factor, Factor):
        yield value_math(factor)
        return
    if isinstance(factor, Blocks):
        yield sign_math("[")
        yield _table(factor)
        yield sign_math("]")
        return
    alone = len(factor.total) == 1 and len(factor.total[0][1]) == 1 and factor.total[0][0] == 1
    if factor.function:
        yield element("mi", FUNCTIONS.get(factor.function, factor.function))
        yield _APPLY
    if factor.kernel is not None:
        if factor.function:
            yield sign_math("(")
        yield value_math(factor.kernel)
        yield sign_math("\N{RING OPERATOR}")
    bare = factor.kernel is not None and alone and isinstance(factor.total[0][1][0], Factor)
    inner = list(_total(factor.total))
    if _size(factor.total) <= _LONG:
        inner = [piece for piece in inner if piece is not _BREAK]
    yield from inner if bare else (sign_math("("), *inner, sign_math(")"))
    if factor.kernel is not None and factor.function:
        yield sign_math(")")


def _table(blocks: Blocks) -> Markup:
    """A matrix of blocks, without places to break it."""
    rows = [
        [element("mtd", *(piece for piece in _total(block) if piece is not _BREAK)) for block in row]
        for row in blocks.rows
    ]
    return element("mtable", *(element("mtr", *row) for row in rows))


def _size(total: Total) -> int:
    """How many factors a sum has."""
    return sum(
        _size(factor.total) if isinstance(factor, Group) else 1 for _, factors in total for factor in factors
    )


# -- equations ---------------------------------------------------------------------------------------------------


class _Word(NamedTuple):
    """An operand of an equation, or a sign between operands."""

    math: Markup
    operand: bool = True


def equation_math(text: str) -> Row:
    """An equation as people write it."""
    levels: list[list[_Word]] = [[]]  # the words of the parentheses that are open
    calls: list[str] = []  # the functions before them
    called = ""
    sides: list[list[_Word]] = []
    for token in scan(text):
        if token.kind in ("power", "operation"):
            levels[-1].append(_Word(scripted(levels[-1].pop().math, *operation(token))))
        elif token.kind == "call":
            called = token.text
        elif token.text == "(":
            levels.append([])
            calls.append(called)
            called = ""
        elif token.text == ")":
            inner = [sign_math("("), *_side(levels.pop()), sign_math(")")]
            if name := calls.pop():
                inner = [element("mi", name), _APPLY, *inner]
            whole = element("mrow", *(piece for piece in inner if piece is not _BREAK))
            levels[-1].append(_Word(whole))
        elif token.text == "=":
            sides.append(levels[-1])
            levels = [[]]
        elif token.kind == "name":
            levels[-1].append(_Word(name_math(token.text)))
        elif token.kind == "number":
            levels[-1].append(_Word(element("mn", token.text)))
        elif token.text in ("+", "-", "/"):
            prefix = not levels[-1] or not levels[-1][-1].operand
            sign = token.text.replace("-", "\N{MINUS SIGN}")
            levels[-1].append(_Word(sign_math(sign, "prefix" if prefix else "infix"), operand=False))
    return Row(_cut(_side(sides[0])), _cut([sign_math("="), *_side(levels[-1])]))


def _side(words: Sequence[_Word]) -> list[Markup]:
    """Words side by side: products keep a distance, sums may be broken."""
    made: list[Markup] = []
    for i, word in enumerate(words):
        if i and word.operand and words[i - 1].operand:
            made.append(THIN)
        elif i and not word.operand and words[i - 1].operand and word.math != sign_math("/", "infix"):
            made.append(_BREAK)
        made.append(word.math)
    return made
