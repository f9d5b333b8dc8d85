"""Equations as people write them, read into expressions.

    equation    expression = expression
    expression  product ((+ | -) product)*
    product     factor ((@ | * | / | blank) factor)*           a number divides, and stands in front of a blank
    factor      (+ | -)* primary (power | .H | .T | .conj | ')*
    primary     number | I | symbol | function(expression) | (expression)

A power is ^2, ^-1, ^H, ^T, ^* (the conjugate), ^-H, or with ``**``; ``'`` is the adjoint. Every part knows its shape,
in the letters of the symbols; numbers and the identity take theirs from what stands beside them. Nothing is evaluated,
and length, depth and work are bounded: a text may come from anywhere.
"""

from __future__ import annotations

import difflib
import re
from fractions import Fraction

from linad.derive.symbolic.algebra.words import Algebra, Atom, Expression, Word
from linad.derive.symbolic.parsing.parts import Arithmetic, Part
from linad.derive.symbolic.parsing.tokens import (
    FUNCTIONS,
    OPERATIONS,
    EquationError,
    Token,
    names,
    quote,
    scan,
)

__all__ = ["EquationError", "names", "parse_equation", "parse_expression"]


def parse_equation(text: str, algebra: Algebra) -> Expression:
    """The left-hand side minus the right-hand side."""
    tokens = scan(text)
    signs = [token for token in tokens if token.text == "="]
    if len(tokens) == 1:
        raise EquationError(text, 0, "The equation is empty.")
    if not signs:
        raise EquationError(text, tokens[-1].start, "The equation has no =.")
    if len(signs) > 1:
        raise EquationError(text, signs[1].start, "The equation has two =: write two equations.")
    parser = _Parser(text, tokens, algebra)
    left = parser.expression()
    parser.take()
    right = parser.expression()
    if not any(token.kind == "name" and parser.symbol(token) for token in tokens):
        raise EquationError(text, 0, "The equation contains no symbol.", len(text.rstrip()))
    return parser.parts.finished(parser.parts.sum([left, parser.parts.scaled(right, Fraction(-1))]))


def parse_expression(text: str, algebra: Algebra) -> Expression:
    """One side of an equation."""
    tokens = scan(text)
    if len(tokens) == 1:
        raise EquationError(text, 0, "The expression is empty.")
    for token in tokens:
        if token.text == "=":
            raise EquationError(text, token.start, "An expression has no =.")
    parser = _Parser(text, tokens, algebra)
    return parser.parts.finished(parser.expression())


class _Parser:
    """Recursive descent; it recurses into parentheses only, whose depth is bounded."""

    def __init__(self, text: str, tokens: list[Token], algebra: Algebra) -> None:
        self.tokens, self.algebra, self.index = tokens, algebra, 0
        self.parts = Arithmetic(text, algebra)

    @property
    def next(self) -> Token:
        return self.tokens[self.index]

    def take(self) -> Token:
        token = self.next
        self.index += token.kind != "end"
        return token

    def expression(self) -> Part:
        products = [self.product()]
        while self.next.text in ("+", "-"):
            sign = Fraction(1 if self.take().text == "+" else -1)
            products.append(self.parts.scaled(self.product(), sign))
        return self.parts.sum(products)

    def product(self) -> Part:
        result = self.factor()
        while True:
            token = self.next
            if token.text in ("@", "*", "/"):
                self.take()
                factor = self.factor()
                if token.text == "/":
                    factor = self.parts.inverse_number(factor)
                result = self.parts.times(result, factor)
            elif token.kind in ("name", "call") or token.text == "(":
                result = self.parts.times(result, self.factor())
            elif token.kind == "number":
                raise self.parts.error("A number stands before its matrix, or after an operator.", token)
            else:
                return result

    def factor(self) -> Part:
        sign, start = Fraction(1), self.next.start
        while self.next.text in ("+", "-"):
            sign *= 1 if self.take().text == "+" else -1
        result = self.primary()
        previous = ""
        while (token := self.next).kind in ("power", "operation"):
            if token.kind == previous == "power":
                raise self.parts.error("A power of a power: write parentheses.", token)
            previous = self.take().kind
            result = self.marked(result, token)._replace(stop=token.stop)
        return self.parts.scaled(result, sign)._replace(start=start)

    def marked(self, part: Part, token: Token) -> Part:
        """A part with a power or an operation behind it."""
        if token.kind == "operation":
            return self.parts.applied(OPERATIONS[re.sub(r"[\s.()]", "", token.text)], part)
        mark = re.sub(r"^\*\*|[\s^(){}]", "", token.text)
        if mark.startswith("-"):
            part, mark = self.parts.inverse(part), mark[1:]
        if mark.isdigit():
            return self.parts.power(part, mark, token)
        return self.parts.applied(mark.replace("*", "C"), part)

    def primary(self) -> Part:
        token = self.take()
        if token.kind == "number":
            return self.parts.part({(): Fraction(token.text)}, token.start, token.stop, number=True)
        if token.kind == "name":
            if not self.symbol(token):
                return self.parts.part({(): Fraction(1)}, token.start, token.stop)
            symbol = self.algebra.symbols[token.text]
            word: Word = (self.algebra.canonical(Atom(symbol.name)),)
            shape = symbol.rows, symbol.columns
            return self.parts.part({word: Fraction(1)}, token.start, token.stop, shape)
        if token.kind == "call":
            if token.text in self.algebra.symbols:
                fact = f"{token.text} is a function and a symbol: a product has a blank, {token.text} (...)."
                raise self.parts.error(fact, token)
            self.take()
        elif token.text != "(":
            where = f"before {token.text}" if token.text else "at the end"
            raise self.parts.error(f"An operand is missing {where}.", token)
        result = self.expression()
        stop = self.take().stop
        if token.kind == "call":
            op = FUNCTIONS[token.text]
            result = self.parts.inverse(result) if op == "inverse" else self.parts.applied(op, result)
        return result._replace(start=token.start, stop=stop)

    def symbol(self, token: Token) -> bool:
        """Whether a name is a symbol; if not, it is the identity."""
        name, symbols = token.text, self.algebra.symbols
        if name in symbols or name == "I":
            return name in symbols
        fact = f"{quote(name)} is not declared; the symbols are {', '.join(symbols) or 'none'}."
        folded = {known.casefold(): known for known in symbols}
        if all(c in symbols for c in name):
            fact += f" A product has blanks: {' '.join(name)}."
        elif name in FUNCTIONS:
            fact += f" The function is written {name}(...), without a blank."
        elif close := difflib.get_close_matches(name.casefold(), folded, 1):
            fact += f" Did you mean {folded[close[0]]}?"
        raise self.parts.error(fact, token)
