"""The value of every part of an expression whose kinds are known."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from linad.derive.symbolic.calculus.calls import CALLS, FILLED, constant
from linad.derive.symbolic.calculus.dimensions import shape
from linad.derive.symbolic.calculus.factorizations import FACTORIZATIONS, part_of
from linad.derive.symbolic.calculus.inference import Inference, subscripts
from linad.derive.symbolic.calculus.nodes import Node, eye, number, symbol
from linad.derive.symbolic.calculus.products import inverse, product, transpose
from linad.derive.symbolic.calculus.sums import minus, mul, plus, power
from linad.derive.symbolic.calculus.syntax import Tree
from linad.derive.symbolic.calculus.tensors import einsum


class Building:
    """Nodes from trees; rows are transposed vectors."""

    def __init__(self, known: Inference) -> None:
        self.known = known

    def node(self, name: str) -> Node:
        entry = self.known.symbols[name]
        return symbol(name, shape(entry.kind.dimensions), entry.symmetric)

    def build(self, tree: Tree) -> Node:
        node: Node = getattr(self, f"build_{tree.kind}")(tree)
        return node

    def build_number(self, tree: Tree) -> Node:
        return number(Fraction(tree.text))

    def build_name(self, tree: Tree) -> Node:
        if tree.text in self.known.symbols:
            return self.node(tree.text)
        return constant(tree.text, shape(self.known.kinds[tree].dimensions))

    def build_negative(self, tree: Tree) -> Node:
        return minus(self.build(tree.parts[0]))

    def build_transpose(self, tree: Tree) -> Node:
        x = self.build(tree.parts[0])
        return x if self.known.python and len(x.shape) == 1 else transpose(x)

    def build_sum(self, tree: Tree) -> Node:
        terms = [self.build(part) for part in tree.parts]
        for i, sign in enumerate(tree.signs, 1):
            terms[i] = minus(terms[i]) if sign.text == "-" else terms[i]
        return self.by_entry(plus, terms)

    def by_entry(self, operation: Callable[..., Node], parts: Sequence[Node]) -> Node:
        """An operation on entries; of rows, by the columns that they are."""
        row = any(part.is_row for part in parts)
        made = operation(*[transpose(part) if part.is_row else part for part in parts])
        return transpose(made) if row else made

    def build_product(self, tree: Tree) -> Node:
        result, pending = self.build(tree.parts[0]), list[Node]()
        for sign, part in zip(tree.signs, tree.parts[1:], strict=True):
            x = self.build(part)
            if sign.text == "@" or (sign.text == "*" and not self.known.python):
                pending.append(x)
                if not self.known.python or len(x.shape) != 1:
                    continue
            result, pending = self.multiplied(result, pending), []
            if sign.text != "@":
                x = self.by_entry(power, [x, number(-1)]) if sign.text in ("/", "./") else x
                result = self.by_entry(mul, [result, x])
        return self.multiplied(result, pending)

    def multiplied(self, first: Node, others: list[Node]) -> Node:
        """A matrix product at once; in Python's spelling a vector is a row on the left, and vectors come out."""
        if not others:
            return first
        python = self.known.python
        result = product(transpose(first) if python and len(first.shape) == 1 else first, *others)
        return transpose(result) if python and result.is_row else result

    def build_power(self, tree: Tree) -> Node:
        base, exponent = (self.build(part) for part in tree.parts)
        if tree.text != "^" or not base.shape:
            return self.by_entry(power, [base, exponent])
        e = self.known.exponent(tree) or 0
        base = inverse(base) if e < 0 else base
        return product(*[base] * abs(e)) if e else eye(base.rows)

    def build_pick(self, tree: Tree) -> Node:
        return self.build_factor(tree.parts[0], tree)

    def build_factor(self, call: Tree, tree: Tree) -> Node:
        x = self.build(call.parts[0])
        if FACTORIZATIONS[call.text].symmetric and x != transpose(x):
            fact = f"{call.text} needs a symmetric matrix: declare it, as S: n n symmetric, or write (X + X.T)/2."
            raise self.known.error(fact, call.parts[0])
        return part_of(call.text, self.known.part(call, tree), x)

    def build_call(self, tree: Tree) -> Node:
        if tree.text in FACTORIZATIONS:
            return self.build_factor(tree, tree)
        own = shape(self.known.kinds[tree].dimensions)
        if tree.text == "einsum":
            inputs, output = subscripts(tree.parts[0].text)
            operands = [self.build(part) for part in tree.parts[1:]]
            operands = [transpose(x) if x.is_row else x for x in operands]
            return einsum(",".join(inputs) + "->" + output, *operands)
        if tree.text in FILLED:
            return mul(self.build(tree.parts[0]), constant(tree.text, own))
        if tree.text in ("ones", "eye"):
            return constant(tree.text, own)
        return CALLS[tree.text].value([self.build(part) for part in tree.parts], own)
