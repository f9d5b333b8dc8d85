"""Expressions as text, in both spellings, and as LaTeX: one writer, a style for each.

What is written in Python's or matrixcalculus.org's spelling can be read again, and means the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from linad.derive.symbolic.calculus.factorizations import FACTORIZATIONS
from linad.derive.symbolic.calculus.functions import FUNCTIONS
from linad.derive.symbolic.calculus.nodes import Node, number, scalars_first
from linad.derive.symbolic.calculus.products import transpose
from linad.derive.symbolic.calculus.styles import (
    ATOM,
    COLUMNS,
    LATEX,
    POWER,
    PRODUCT,
    PYTHON,
    SIGN,
    SUM,
    Style,
    Text,
    decimal,
    name,
)
from linad.derive.symbolic.calculus.tensors import split


def write(x: Node, style: Style, names: Mapping[Node, str] | None = None, sized: bool = False) -> str:
    """An expression; nodes that have names are written by them, sizes of constants where the style leaves them out."""
    return _Writer(style, names or {}, sized).text(x).text


class _Writer:
    def __init__(self, style: Style, names: Mapping[Node, str], sized: bool) -> None:
        self.style, self.names, self.bare = style, names, style is COLUMNS and not sized
        self.latex = style is LATEX
        self.marked = POWER if self.latex else ATOM  # two marks above one letter need parentheses

    def text(self, x: Node) -> Text:
        if x in self.names:
            return Text(name(self.names[x], self.style), ATOM)
        own: Text = getattr(self, f"_{x.op}")(x) if x.op in _WRITTEN else self.call(x.op, x.args)
        return own

    def held(self, x: Node | Text, strength: int) -> str:
        """A text that holds together at least so strongly, in parentheses if need be."""
        own = self.text(x) if isinstance(x, Node) else x
        return own.text if own.strength >= strength else self.style.parentheses.format(own.text)

    def call(self, name: str, args: Sequence[Node]) -> Text:
        if self.latex:
            name = _LATEX_NAMES.get(name, rf"\operatorname{{{name}}}")
        return Text(name + self.style.parentheses.format(", ".join(self.text(a).text for a in args)), ATOM)

    # -- atoms -----------------------------------------------------------------------------------------------------

    def _symbol(self, x: Node) -> Text:
        return Text(name(x.data[0], self.style), ATOM)

    def _number(self, x: Node) -> Text:
        if not x.shape:
            return self.fraction(x.data)
        if self.bare:
            return Text(f"{'vector' if len(x.shape) == 1 else 'matrix'}({self.fraction(x.data).text})", ATOM)
        filled = rf"\mathbf{{1}}_{{{' '.join(x.shape)}}}" if self.latex else f"ones({', '.join(x.shape)})"
        if x.data == 1:
            return Text(filled, ATOM)
        return Text(f"{self.held(self.fraction(x.data), POWER)}{self.style.scalars}{filled}", PRODUCT)

    def fraction(self, c: Fraction) -> Text:
        short = decimal(c)
        if short is not None and not (self.latex and c.denominator != 1):
            return Text(short, ATOM if c >= 0 else SUM)
        whole = self.style.scalar_quotient.format(abs(c.numerator), c.denominator)
        strength = ATOM if self.latex else PRODUCT
        return Text(whole, strength) if c > 0 else Text(f"-{whole}", SUM)

    def _eye(self, x: Node) -> Text:
        if self.latex:
            return Text("I", ATOM)
        return Text("eye" if self.bare else f"eye({x.rows})", ATOM)

    # -- operators -------------------------------------------------------------------------------------------------

    def _plus(self, x: Node) -> Text:
        terms = sorted(
            x.args, key=lambda term: (_is_negative(term), term.op == "T")
        )  # -b + A' + A is A + A' - b
        parts = []
        for i, term in enumerate(terms):
            own = self.term(term, len(x.shape))
            negative = own.text.startswith("-")
            text = own.text.removeprefix("-")
            parts.append(
                ("-" if negative and not i else "" if not i else " - " if negative else " + ") + text
            )
        return Text("".join(parts), SUM)

    def term(self, term: Node, rank: int) -> Text:
        """A term of a sum: where a scalar stands for an array, without its ones."""
        if self.style is PYTHON and rank:
            if term.number is not None:
                return self.fraction(term.number)
            if term.op == "mul" and term.args[-1].number is not None and term.args[-1].shape:
                bare = term.args[:-1]
                return self.text(bare[0] if len(bare) == 1 else Node("mul", bare, ()))
        return self.text(term)

    def _mul(self, x: Node) -> Text:
        c, above, below = Fraction(1), list[Node](), list[Node]()
        for part in x.args:
            if part.number is not None and not part.shape:
                c *= part.number
            elif part.op == "power" and (e := part.args[1].number) is not None and e < 0:
                below.append(
                    part.args[0] if e == -1 else Node("power", (part.args[0], number(-e)), part.shape)
                )
            else:
                above.append(part)
        front = [] if abs(c) == 1 else [self.fraction(abs(c))]
        if not self.latex and decimal(c) is None:
            front = [] if abs(c.numerator) == 1 and above else [Text(str(abs(c.numerator)), ATOM)]
            below.insert(0, number(c.denominator))
        whole = self.divided(front, above, below)
        return whole if c > 0 else Text(f"-{whole.text}", SUM)

    def divided(self, front: list[Text], above: list[Node], below: list[Node]) -> Text:
        """A product over a product; in LaTeX scalars are a fraction in front."""
        scalars, arrays = scalars_first(above)
        under_scalars, under_arrays = scalars_first(below)
        if self.latex and under_scalars:
            whole = [] if len(front) == 1 and front[0].text.startswith("\\") else front
            upper, lower = (self.inside(*parts) for parts in ((whole, scalars), ([], under_scalars)))
            front = [*([] if whole else front), Text(self.style.scalar_quotient.format(upper, lower), ATOM)]
            scalars, under_scalars = [], []
        made = self.joined(front, scalars, arrays, bare=not (self.latex and under_arrays))
        if under_scalars:
            made = self.over(made, under_scalars, self.style.scalar_quotient)
        return self.over(made, under_arrays, self.style.array_quotient) if under_arrays else made

    def inside(self, front: list[Text], scalars: list[Node]) -> str:
        """A product of scalars above or below the line of a fraction, which holds a sum together."""
        if not front and len(scalars) == 1:
            return self.text(scalars[0]).text
        return self.joined(front, scalars, []).text

    def over(self, text: Text, below: list[Node], template: str) -> Text:
        lower = self.joined([], *scalars_first(below))
        return Text(template.format(self.held(text, PRODUCT), self.held(lower, POWER)), PRODUCT)

    def joined(
        self, front: list[Text], scalars: Sequence[Node], arrays: Sequence[Node], bare: bool = True
    ) -> Text:
        """The factors of a product. One matrix product may stand bare at the end: c*A @ x is (c A) x."""
        last = arrays or scalars
        chains = [part for part in last if part.op == "chain" and part not in self.names]
        end = chains[-1:] if bare and (len(arrays) == 1 or not arrays) else []
        scalars, arrays = ([part for part in parts if part not in end] for parts in (scalars, arrays))
        parts = [*front, *(self.factor(part) for part in scalars)]
        own = [self.factor(part) for part in arrays]
        if own:
            parts.append(Text(self.style.arrays.join(part.text for part in own), PRODUCT))
        parts += [self.text(part) for part in end]
        if not parts:
            return Text("1", ATOM)
        if len(parts) == 1:
            return parts[0] if len(own) != 1 else own[0]
        return Text(self.style.scalars.join(part.text for part in parts), PRODUCT)

    def factor(self, x: Node) -> Text:
        own = self.text(x)
        return own if own.strength >= SIGN else Text(self.style.parentheses.format(own.text), ATOM)

    def _chain(self, x: Node) -> Text:
        parts = list(x.args)
        if self.style is PYTHON:
            if _is_outer(x):
                cut = next(i for i, part in enumerate(parts) if i and part.is_row)
                left, right = parts[:cut], [transpose(part) for part in reversed(parts[cut:])]
                sides = [
                    s[0] if len(s) == 1 else Node("chain", tuple(s), (s[0].rows,)) for s in (left, right)
                ]
                return self.call("outer", sides)
            parts[0] = parts[0].args[0] if parts[0].is_row else parts[0]
        texts = [self.held(part, SIGN) for part in parts]
        return Text(self.style.chain.join(texts), PRODUCT)

    def _T(self, x: Node) -> Text:  # named as the operation
        return Text(self.style.transpose.format(self.held(x.args[0], ATOM)), self.marked)

    def _inv(self, x: Node) -> Text:
        if not self.latex:
            return self.call("inv", x.args)
        (arg,) = x.args
        turned = arg.op == "T"
        base = self.held(arg.args[0] if turned else arg, ATOM)
        return Text(rf"{base}^{{-\top}}" if turned else rf"{base}^{{-1}}", self.marked)

    def _power(self, x: Node) -> Text:
        base, e = x.args
        if e.number is not None and e.number < 0:
            return self._mul(Node("mul", (x,), x.shape))
        if self.latex:
            exponent = self.text(e).text
        else:
            own = self.text(e)
            exponent = own.text if own.strength == ATOM and "/" not in own.text else f"({own.text})"
        template = self.style.array_power if x.shape else self.style.scalar_power
        return Text(template.format(self.held(base, ATOM), exponent), POWER)

    # -- functions -------------------------------------------------------------------------------------------------

    def _fn(self, x: Node) -> Text:
        inside = self.text(x.args[0]).text
        if self.latex and x.data == "sqrt" and not x.shape:
            return Text(rf"\sqrt{{{inside}}}", ATOM)
        if self.latex and x.data == "abs":
            return Text(rf"\left\lvert {inside} \right\rvert", ATOM)
        name = FUNCTIONS[x.data].latex if self.latex else x.data
        return Text(name + self.style.parentheses.format(inside), ATOM)

    def _norm2(self, x: Node) -> Text:
        matrix = len(x.args[0].shape) != 1
        if self.latex:
            inside = self.text(x.args[0]).text
            return Text(rf"\left\lVert {inside} \right\rVert_{{{'F' if matrix else '2'}}}", ATOM)
        return self.call("norm" if matrix else "norm2", x.args)

    def _factor(self, x: Node) -> Text:
        name, part, _ = x.data
        if len(FACTORIZATIONS[name].parts) == 1:
            return self.call(name, x.args)
        whole = self.call(name, x.args).text
        return Text(f"{whole}_{{{part}}}" if self.latex else f"{whole}.{part}", ATOM)

    def _trace(self, x: Node) -> Text:
        return self.call("tr", x.args)

    def _diagonal(self, x: Node) -> Text:
        return self.call("diag", x.args)

    def _einsum(self, x: Node) -> Text:
        if not self.latex:
            inside = ", ".join([f"'{x.data}'", *(self.text(arg).text for arg in x.args)])
            return Text(f"einsum({inside})", ATOM)
        inputs, output = split(x.data)
        over = "".join(dict.fromkeys(c for own in inputs for c in own if c not in output))
        factors = [rf"{self.held(arg, ATOM)}_{{{own}}}" for own, arg in zip(inputs, x.args, strict=True)]
        body = r" \, ".join(factors)
        whole = rf"\sum_{{{over}}} {body}" if over else body
        return Text(rf"\left[{whole}\right]_{{{output}}}" if output else whole, PRODUCT)


_LATEX_NAMES = {"tr": r"\operatorname{tr}", "det": r"\det", "logdet": r"\log\lvert\det\rvert"}
_WRITTEN = frozenset(name[1:] for name in vars(_Writer) if name.startswith("_") and not name.startswith("__"))


def _is_outer(x: Node) -> bool:
    """Whether a chain is a column times a row."""
    return x.op == "chain" and x.args[0].rows != "1" and any(part.is_row for part in x.args[1:])


def _is_negative(x: Node) -> bool:
    if x.number is not None:
        return x.number < 0
    return x.op == "mul" and x.args[0].number is not None and x.args[0].data < 0
