"""Expressions as trees, with the places in the text that they came from.

    expression  product ((+ | -) product)*
    product     signed ((* | / | @ | .* | ./) signed)*
    signed      (+ | -)* power
    power       marked (** signed | (^ | .^) (+ | -)* picked)?
    marked      primary (.T | ' | [integer] | .name)*
    picked      primary ([integer] | .name)*
    primary     number | name | name(expression, ...) | (expression)

Python's power goes from right to left. Those of the other spelling go from left to right in MATLAB, transposes among
them, and not so on paper: a power or a transpose behind an exponent is refused, for brackets to decide.

Sums and products are lists, so that depth comes from parentheses and powers alone, which are bounded.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from linad.derive.symbolic.parsing.tokens import DEPTH, EquationError, Token


@dataclass(frozen=True, slots=True, eq=False)
class Tree:
    """``kind`` is number, name, call, sum, product, power, transpose, negative or pick; ``text`` belongs to it."""

    kind: str
    text: str
    parts: tuple[Tree, ...]
    start: int
    stop: int
    signs: tuple[Token, ...] = ()


def tree_of(text: str, tokens: list[Token]) -> Tree:
    """The tree of a whole text."""
    parser = _Parser(text, tokens)
    tree = parser.expression()
    if parser.next.kind != "end":
        raise parser.unexpected()
    return tree


class _Parser:
    def __init__(self, text: str, tokens: list[Token]) -> None:
        self.text, self.tokens, self.index, self.depth = text, tokens, 0, 0

    @property
    def next(self) -> Token:
        return self.tokens[self.index]

    def take(self) -> Token:
        token = self.next
        self.index += token.kind != "end"
        return token

    def unexpected(self) -> EquationError:
        token = self.next
        if token.kind == "end":
            return EquationError(self.text, token.start, "An operand is missing at the end.")
        fact = f"{token.text} does not fit here"
        if token.kind in ("name", "number") or token.text == "(":
            fact += ": between two factors stands an operator"
        return EquationError(self.text, token.start, f"{fact}.", len(token.text))

    def expression(self) -> Tree:
        return self.joined("sum", ("+", "-"), self.product)

    def product(self) -> Tree:
        return self.joined("product", ("*", "/", "@", ".*", "./"), lambda: self.signed(self.power))

    def joined(self, kind: str, between: tuple[str, ...], part: Callable[[], Tree]) -> Tree:
        parts, signs = [part()], []
        while self.next.text in between:
            signs.append(self.take())
            parts.append(part())
        if not signs:
            return parts[0]
        return Tree(kind, "", tuple(parts), parts[0].start, parts[-1].stop, tuple(signs))

    def signed(self, part: Callable[[], Tree]) -> Tree:
        negative, start = False, self.next.start
        while self.next.text in ("+", "-"):
            negative ^= self.take().text == "-"
        tree = part()
        return Tree("negative", "", (tree,), start, tree.stop) if negative else tree

    def power(self) -> Tree:
        base = self.marked()
        if self.next.text not in ("^", "**", ".^"):
            return base
        sign = self.take()
        self.depth += 1
        if self.depth > DEPTH:
            raise EquationError(self.text, sign.start, f"More than {DEPTH} powers of one another.")
        exponent = self.signed(self.power if sign.text == "**" else self.picked)
        self.depth -= 1
        return Tree("power", sign.text, (base, exponent), base.start, exponent.stop, (sign,))

    def picked(self) -> Tree:
        """An exponent in the spelling that is MATLAB's."""
        tree = self.marked(("[", "."))
        mark = self.next.text
        if mark == "'":
            fact = "MATLAB transposes the power here, not the exponent: write (a^b)' or a^(b')."
        elif mark in ("^", ".^"):
            fact = f"MATLAB takes powers from left to right: write (a{mark}b){mark}c or a{mark}(b{mark}c)."
        else:
            return tree
        raise EquationError(self.text, self.next.start, fact, len(mark))

    def marked(self, marks: Sequence[str] = (".T", "'", "[", ".")) -> Tree:
        tree = self.primary()
        while self.next.text in marks:
            mark = self.take()
            if mark.text in (".T", "'"):
                tree = Tree("transpose", mark.text, (tree,), tree.start, mark.stop)
                continue
            name = self.take()
            if name.kind != ("name" if mark.text == "." else "number"):
                self.index -= name.kind != "end"
                raise self.unexpected()
            stop = name.stop
            if mark.text == "[":
                if self.next.text != "]":
                    raise self.unexpected()
                stop = self.take().stop
            tree = Tree("pick", name.text, (tree,), tree.start, stop, (name,))
        return tree

    def primary(self) -> Tree:
        token = self.next
        if token.kind in ("number", "subscripts"):
            self.take()
            return Tree(token.kind, token.text, (), token.start, token.stop)
        if token.kind == "name":
            self.take()
            if self.next.text != "(":
                return Tree("name", token.text, (), token.start, token.stop)
            return self.call(token)
        if token.text != "(":
            raise self.unexpected()
        self.take()
        tree = self.expression()
        if self.next.text != ")":
            raise self.unexpected()
        self.take()
        return tree

    def call(self, name: Token) -> Tree:
        self.take()
        parts = [] if self.next.text == ")" else [self.expression()]
        while self.next.text == ",":
            self.take()
            parts.append(self.expression())
        if self.next.text != ")":
            raise self.unexpected()
        return Tree("call", name.text, tuple(parts), name.start, self.take().stop)
