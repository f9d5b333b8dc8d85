"""Sums, entrywise products and powers, collected as they are made.

sum         c1 t1 + c2 t2 + ...     equal terms are added; numbers are multiplied out
product     c b1^p1 b2^p2 ...       entry by entry, scalars with arrays; equal bases are joined
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from linad.derive.symbolic.calculus.nodes import (
    ONE,
    Node,
    NumberError,
    Shape,
    is_zero,
    number,
    ones,
    scalars_first,
)

LARGEST = 64  # the exponent up to which powers of numbers are multiplied out


def shape_of(parts: Iterable[Node]) -> Shape:
    """The shape of parts of which the scalars stand for arrays."""
    return next((part.shape for part in parts if part.shape), ())


def coefficient(x: Node) -> tuple[Fraction, Node]:
    """The number in front of a term, and the rest."""
    if x.number is not None:
        return x.number, ones(x.shape)
    if x.op == "mul" and x.args[0].number is not None and not x.args[0].shape:
        rest = x.args[1:]
        return x.args[0].data, rest[0] if len(rest) == 1 else Node("mul", rest, x.shape)
    return Fraction(1), x


def plus(*terms: Node) -> Node:
    """The sum of terms; a scalar among arrays is added to every entry."""
    shape = shape_of(terms)
    found: dict[Node, Fraction] = {}
    stack = [(Fraction(1), term) for term in reversed(terms)]
    while stack:
        factor, term = stack.pop()
        if term.shape != shape:
            term = mul(term, ones(shape))
        c, rest = coefficient(term)
        if rest.op == "plus":
            stack.extend((factor * c, part) for part in reversed(rest.args))
        else:
            found[rest] = found.get(rest, Fraction(0)) + factor * c
    kept = [(c, rest) for rest, c in found.items() if c]
    if not kept:
        return number(0, shape)
    if len(kept) == 1:
        return mul(number(kept[0][0]), kept[0][1])
    front = _in_front([c for c, _ in kept])
    whole = Node("plus", tuple(mul(number(c / front), rest) for c, rest in kept), shape)
    return whole if front == 1 else Node("mul", (number(front), whole), shape)


def _in_front(numbers: list[Fraction]) -> Fraction:
    """What is written before the parentheses: a size that all have, the sign that all have."""
    sizes = {abs(c) for c in numbers}
    size = sizes.pop() if len(sizes) == 1 else Fraction(1)
    return -size if all(c < 0 for c in numbers) else size


def minus(x: Node) -> Node:
    return mul(number(-1), x)


def mul(*factors: Node) -> Node:
    """The entrywise product; scalars multiply every entry."""
    shape = shape_of(factors)
    c, powers = Fraction(1), dict[Node, list[Node]]()
    stack = list(reversed(factors))
    while stack:
        factor = stack.pop()
        if factor.number is not None:
            c *= factor.number
        elif factor.op == "mul":
            stack.extend(reversed(factor.args))
        else:
            base, exponent = factor.args if factor.op == "power" else (factor, ONE)
            powers.setdefault(base, []).append(exponent)
    if c == 0:
        return number(0, shape)
    made = [part for base, own in powers.items() for part in _joined(base, own)]
    scalars, arrays = scalars_first([part for part in made if part.number is None])
    for part in made:
        c *= 1 if part.number is None else part.number
    if shape and scalars and not arrays:
        arrays = [ones(shape)]
    if not scalars and not arrays:
        return number(c, shape)
    parts = [*([number(c)] if c != 1 else []), *scalars, *arrays]
    if len(parts) == 2 and c != 1 and parts[1].op == "plus":
        return plus(Node("mul", tuple(parts), shape))
    return parts[0] if len(parts) == 1 else Node("mul", tuple(parts), shape)


def _joined(base: Node, exponents: list[Node]) -> list[Node]:
    """The powers of one base: numbers among the exponents are added."""
    total = sum((e.data for e in exponents if e.number is not None), Fraction(0))
    rest = [power(base, e) for e in exponents if e.number is None]
    return [*([power(base, number(total))] if total else []), *rest]


def power(base: Node, exponent: Node) -> Node:
    """base^exponent, entry by entry."""
    shape = shape_of((base, exponent))
    e = exponent.number
    if is_zero(base) and e is not None and e < 0:
        raise NumberError("Something is divided by zero, whatever the data.")
    if e == 0:
        return ones(shape)
    if e == 1:
        return base
    if e is not None and e.denominator == 1:
        if base.op == "power":
            return power(base.args[0], mul(exponent, base.args[1]))
        if base.op == "mul":
            return mul(*[power(part, exponent) for part in base.args])
        if base.number is not None and abs(e) <= LARGEST:
            return number(base.data ** int(e), base.shape)
    return Node("power", (base, exponent), shape)


def quotient(x: Node, y: Node) -> Node:
    return mul(x, power(y, number(-1)))
