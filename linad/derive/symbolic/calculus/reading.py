"""Text into nodes: which spelling, what each part is, then its value. Nothing is evaluated."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from linad.derive.symbolic.calculus.calls import CALLS, FILLED, SCALAR, Unfit, constant
from linad.derive.symbolic.calculus.dimensions import (
    Declared,
    Dimension,
    Kind,
    declared,
    guessed,
    join,
    name_all,
    shape,
    turned,
)
from linad.derive.symbolic.calculus.nodes import Node, eye, number, symbol
from linad.derive.symbolic.calculus.products import inverse, product, transpose
from linad.derive.symbolic.calculus.sums import minus, mul, plus, power
from linad.derive.symbolic.calculus.syntax import Tree, tree_of
from linad.derive.symbolic.calculus.tensors import einsum
from linad.derive.symbolic.calculus.tokens import PYTHON, scan, spelling_of
from linad.derive.symbolic.parsing.tokens import EquationError, quote

POWER = 16  # of a matrix, written as a product


@dataclass(frozen=True, slots=True)
class Reading:
    """A text that was read: its value, the symbols in order of appearance, and its spelling."""

    text: str
    value: Node
    symbols: tuple[Node, ...]
    spelling: str


def read(text: str, declarations: Mapping[str, str], spelling: str | None = None) -> Reading:
    """The value of a text; a row is read as the vector that it is."""
    tokens = scan(text)
    own = spelling_of(text, tokens, spelling)
    reader = _Reader(text, declarations, own)
    tree = tree_of(text, tokens)
    reader.infer(tree)
    unused = [name for name in declarations if name not in reader.symbols]
    if unused:
        raise EquationError(
            text, 0, f"{quote(unused[0])} is declared and does not occur.", len(text.rstrip())
        )
    name_all([d for entry in reader.symbols.values() for d in entry.kind.dimensions])
    reader.check_filled()
    value = reader.build(tree)
    nodes = tuple(reader.node(name) for name in reader.symbols)
    return Reading(text, transpose(value) if value.is_row else value, nodes, own)


class _Reader:
    def __init__(self, text: str, declarations: Mapping[str, str], spelling: str) -> None:
        self.text, self.python = text, spelling == PYTHON
        self.letters: dict[str, Dimension] = {}
        self.declared: dict[str, Declared] = {}
        for name, said in declarations.items():
            entry = declared(said, self.letters)
            if isinstance(entry, str):
                raise EquationError(f"{name}: {said}", len(name) + 2, f"{entry}.", len(said))
            self.declared[name] = entry
        self.symbols: dict[str, Declared] = {}
        self.kinds: dict[Tree, Kind] = {}
        self.filled: list[Tree] = []

    def error(self, fact: str, tree: Tree) -> EquationError:
        return EquationError(self.text, tree.start, fact, tree.stop - tree.start)

    def sign_error(self, tree: Tree, i: int, fact: str) -> EquationError:
        sign = tree.signs[i]
        return EquationError(self.text, sign.start, fact, len(sign.text))

    # -- what each part is ----------------------------------------------------------------------------------------

    def infer(self, tree: Tree) -> Kind:
        kind: Kind = getattr(self, f"infer_{tree.kind}")(tree)
        self.kinds[tree] = kind
        return kind

    def infer_number(self, tree: Tree) -> Kind:
        return SCALAR

    def infer_subscripts(self, tree: Tree) -> Kind:
        raise self.error("Subscripts stand first in einsum(...) only.", tree)

    def infer_pick(self, tree: Tree) -> Kind:
        raise self.error(f"{quote(tree.text)} names no part: this is one value.", tree)

    def infer_name(self, tree: Tree, rank: int | None = None) -> Kind:
        name = tree.text
        if name not in self.symbols:
            if name in ("eye", "I") and name not in self.declared:
                return self.constant_of(tree, 1)
            if name in CALLS and name not in self.declared:
                raise self.error(f"{name} is a function: write {name}(...).", tree)
            self.symbols[name] = self.declared.get(name) or guessed(name, rank)
        return self.symbols[name].kind

    def constant_of(self, tree: Tree, count: int) -> Kind:
        """The identity or an array of ones whose size follows from what stands beside it."""
        self.filled.append(tree)
        dimensions = tuple(Dimension() for _ in range(count))
        return Kind(dimensions * 2 if tree.text in ("eye", "I") else dimensions)

    def infer_negative(self, tree: Tree) -> Kind:
        return self.infer(tree.parts[0])

    def infer_transpose(self, tree: Tree) -> Kind:
        kind = self.infer(tree.parts[0])
        if kind.rank > 2:
            raise self.error(f"The transpose needs a vector or a matrix, and this is {kind.words}.", tree)
        return kind if self.python and kind.rank == 1 else turned(kind)

    def infer_sum(self, tree: Tree) -> Kind:
        kinds = [self.infer(part) for part in tree.parts]
        result = kinds[0]
        for i, kind in enumerate(kinds[1:]):
            result = self.matched(tree, i, result, kind)
        return result

    def matched(self, tree: Tree, i: int, a: Kind, b: Kind) -> Kind:
        """Entry by entry: the same shapes, or a scalar."""
        if not a.rank or not b.rank:
            return a if a.rank else b
        fits = a.rank == b.rank and a.row == b.row
        if fits and all([join(p, q) for p, q in zip(a.dimensions, b.dimensions, strict=True)]):
            return a
        fact = f"{tree.signs[i].text} joins {a.words} and {b.words}"
        if self.python and {a.rank, b.rank} == {1, 2}:
            fact += ": write a product with @, or diag(x) @ A, outer(x, ones(n)) * A"
        raise self.sign_error(tree, i, f"{fact}.")

    def infer_product(self, tree: Tree) -> Kind:
        kinds = [self.infer(part) for part in tree.parts]
        result = kinds[0]
        for i, kind in enumerate(kinds[1:]):
            sign = tree.signs[i].text
            if sign == "@" or (sign == "*" and not self.python):
                result = self.multiplied(tree, i, result, kind)
            elif sign == "/" and not self.python and kind.rank:
                raise self.sign_error(
                    tree, i, f"/ divides by {kind.words}: entry by entry is ./, and a solve is inv(A)*b."
                )
            else:
                result = self.matched(tree, i, result, kind)
        return result

    def multiplied(self, tree: Tree, i: int, a: Kind, b: Kind) -> Kind:
        """The matrix product."""
        sign = tree.signs[i].text
        if not a.rank or not b.rank:
            if sign == "@":
                raise self.sign_error(tree, i, f"@ joins {a.words} and {b.words}: with a scalar write *.")
            return a if a.rank else b
        if max(a.rank, b.rank) > 2:
            raise self.sign_error(tree, i, f"{sign} joins {a.words} and {b.words}: write einsum.")
        if self.python:  # as NumPy does: a vector is a row on the left and a column on the right
            a, b = (k._replace(row=k.rank == 1 and left) for k, left in ((a, True), (b, False)))
        inner = a.dimensions[-1] if a.rank == 2 or a.row else None
        other = b.dimensions[0] if b.rank == 2 or not b.row else None
        if (inner is None) != (other is None) or (inner and other and not join(inner, other)):
            fact = f"{sign} joins {a.words} and {b.words}: "
            fact += "the inner dimensions are not equal" if inner and other else "transpose one, or write .*"
            raise self.sign_error(tree, i, f"{fact}.")
        rows = [] if a.row else [a.dimensions[0]]
        columns = [] if b.rank == 1 and not b.row else [b.dimensions[-1]]
        return Kind((*rows, *columns), not self.python and not rows and bool(columns))

    def infer_power(self, tree: Tree) -> Kind:
        base, exponent = (self.infer(part) for part in tree.parts)
        if tree.text == "^" and base.rank:
            e = self.exponent(tree)
            if base.rank != 2 or not join(*base.dimensions):
                raise self.sign_error(
                    tree, 0, f"^ is of a scalar or a square matrix, and this is {base.words}: write .^"
                )
            if e is None or not -POWER <= e <= POWER:
                fact = f"A matrix has integer powers up to {POWER} only: entry by entry is .^"
                raise self.sign_error(tree, 0, fact)
            return base
        return self.matched(tree, 0, base, exponent)

    def exponent(self, tree: Tree) -> int | None:
        """The integer that is written as an exponent."""
        part, sign = tree.parts[1], 1
        if part.kind == "negative":
            part, sign = part.parts[0], -1
        return sign * int(part.text) if part.kind == "number" and part.text.isdigit() else None

    def infer_call(self, tree: Tree) -> Kind:
        name = tree.text
        if name == "einsum":
            return self.infer_einsum(tree)
        if name in FILLED or name in ("ones", "eye"):
            return self.infer_filled(tree)
        if name not in CALLS:
            fact = f"{quote(name)} is no function"
            if name in self.symbols or name in self.declared:
                fact += f": a product is written with an operator, {name}*(...)"
            elif close := difflib.get_close_matches(name, CALLS, 1):
                fact += f"; did you mean {close[0]}?"
            raise self.error(f"{fact}.", tree)
        call = CALLS[name]
        if len(tree.parts) != call.arguments:
            fact = (
                f"{name} takes {call.arguments} argument{'s' * (call.arguments > 1)}, not {len(tree.parts)}."
            )
            raise self.error(fact, tree)
        kinds = [self.infer(part) for part in tree.parts]
        try:
            return call.kind(kinds)
        except Unfit as unfit:
            raise self.error(f"{name}: {unfit.fact}.", tree.parts[unfit.argument]) from None

    def infer_filled(self, tree: Tree) -> Kind:
        """vector(1), matrix(1), ones(n), ones(m, n), eye(n)."""
        if tree.text in FILLED:
            if len(tree.parts) != 1 or self.infer(tree.parts[0]).rank:
                raise self.error(f"{tree.text} takes one scalar, the value of its entries.", tree)
            return self.constant_of(tree, FILLED[tree.text])
        allowed = (1,) if tree.text == "eye" else (1, 2)
        names = [part for part in tree.parts if part.kind == "name"]
        if len(tree.parts) not in allowed or len(names) != len(tree.parts):
            raise self.error(f"{tree.text} takes the letters of its dimensions.", tree)
        self.filled.append(tree)
        dimensions = tuple(self.letters.setdefault(part.text, Dimension(part.text)) for part in names)
        return Kind(dimensions * 2 if tree.text == "eye" else dimensions)

    def infer_einsum(self, tree: Tree) -> Kind:
        if not tree.parts or tree.parts[0].kind != "subscripts":
            raise self.error("einsum takes subscripts first, such as 'ijk,kl->ijl'.", tree)
        inputs, output = _subscripts(tree.parts[0].text)
        operands = tree.parts[1:]
        if len(inputs) != len(operands):
            fact = f"The subscripts name {len(inputs)} operands, and there are {len(operands)}."
            raise self.error(fact, tree)
        letters: dict[str, Dimension] = {}
        for own, part in zip(inputs, operands, strict=True):
            if len(set(own)) < len(own):
                raise self.error(f"{own} repeats a letter: write trace or diag.", tree.parts[0])
            bare = part.kind == "name" and part.text not in self.declared
            kind = self.infer_name(part, len(own)) if bare else self.infer(part)
            self.kinds[part] = kind
            if kind.rank != len(own):
                raise self.error(f"{own} has {len(own)} letters, and this is {kind.words}.", part)
            for c, dimension in zip(own, kind.dimensions, strict=True):
                if not join(letters.setdefault(c, dimension), dimension):
                    raise self.error(f"{c} is {letters[c]} elsewhere, and {dimension} here.", part)
        if len(set(output)) < len(output) or any(c not in letters for c in output):
            raise self.error("The letters behind -> are different, and occur before it.", tree.parts[0])
        return Kind(tuple(letters[c] for c in output))

    def check_filled(self) -> None:
        """Every array of constants must have a size that symbols give it."""
        known = {d.root() for entry in self.symbols.values() for d in entry.kind.dimensions}
        for tree in self.filled:
            if any(d.root() not in known for d in self.kinds[tree].dimensions):
                raise self.error("Its size follows from nothing that has data.", tree)

    # -- values ----------------------------------------------------------------------------------------------------

    def node(self, name: str) -> Node:
        entry = self.symbols[name]
        return symbol(name, shape(entry.kind.dimensions), entry.symmetric)

    def build(self, tree: Tree) -> Node:
        node: Node = getattr(self, f"build_{tree.kind}")(tree)
        return node

    def build_number(self, tree: Tree) -> Node:
        return number(Fraction(tree.text))

    def build_name(self, tree: Tree) -> Node:
        if tree.text in self.symbols:
            return self.node(tree.text)
        return constant(tree.text, shape(self.kinds[tree].dimensions))

    def build_negative(self, tree: Tree) -> Node:
        return minus(self.build(tree.parts[0]))

    def build_transpose(self, tree: Tree) -> Node:
        x = self.build(tree.parts[0])
        return x if self.python and len(x.shape) == 1 else transpose(x)

    def build_sum(self, tree: Tree) -> Node:
        terms = [self.build(part) for part in tree.parts]
        for i, sign in enumerate(tree.signs, 1):
            terms[i] = minus(terms[i]) if sign.text == "-" else terms[i]
        return self.by_entry(plus, terms)

    def by_entry(self, operation, parts: Sequence[Node]) -> Node:  # type: ignore[no-untyped-def]  # plus, mul, power
        """An operation on entries; of rows, by the columns that they are."""
        row = any(part.is_row for part in parts)
        made: Node = operation(*[transpose(part) if part.is_row else part for part in parts])
        return transpose(made) if row else made

    def build_product(self, tree: Tree) -> Node:
        result = self.build(tree.parts[0])
        for sign, part in zip(tree.signs, tree.parts[1:], strict=True):
            x = self.build(part)
            if sign.text in ("/", "./"):
                x = self.by_entry(power, [x, number(-1)])
            if sign.text == "@" or (sign.text == "*" and not self.python):
                vector = self.python and len(result.shape) == 1
                result = product(transpose(result) if vector else result, x)
                result = transpose(result) if self.python and result.is_row else result
            else:
                result = self.by_entry(mul, [result, x])
        return result

    def build_power(self, tree: Tree) -> Node:
        base, exponent = (self.build(part) for part in tree.parts)
        if tree.text != "^" or not base.shape:
            return self.by_entry(power, [base, exponent])
        e = self.exponent(tree) or 0
        base = inverse(base) if e < 0 else base
        return product(*[base] * abs(e)) if e else eye(base.rows)

    def build_call(self, tree: Tree) -> Node:
        own = shape(self.kinds[tree].dimensions)
        if tree.text == "einsum":
            inputs, output = _subscripts(tree.parts[0].text)
            operands = [self.build(part) for part in tree.parts[1:]]
            operands = [transpose(x) if x.is_row else x for x in operands]
            return einsum(",".join(inputs) + "->" + output, *operands)
        if tree.text in FILLED:
            return mul(self.build(tree.parts[0]), constant(tree.text, own))
        if tree.text in ("ones", "eye"):
            return constant(tree.text, own)
        return CALLS[tree.text].value([self.build(part) for part in tree.parts], own)


def _subscripts(text: str) -> tuple[list[str], str]:
    inputs, _, output = text.strip("'\"").replace(" ", "").partition("->")
    return inputs.split(","), output
