"""Expressions as they are calculated with: nodes that are equal when they are written equally.

A shape is a tuple of letters: ``()`` a scalar, ``("n",)`` a vector, ``("m", "n")`` a matrix; more letters, a tensor.
A vector is a column; its transpose is a row, ``("1", "n")``, which occurs inside of products only.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from hashlib import blake2b
from typing import Any

Shape = tuple[str, ...]
BITS = 960  # of a numerator or a denominator


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """An operation on nodes; ``data`` is what it has besides them: a name, a number, subscripts.

    Terms of a sum and factors of an entrywise product are written in their order, which makes no difference. Nor does
    it whether a scalar is written as x^T A y or y^T A^T x, and where a trace begins: then ``data`` is the same.
    """

    op: str
    args: tuple[Node, ...]
    shape: Shape
    data: Any = None
    key: bytes = field(init=False, repr=False)

    def __post_init__(self) -> None:
        mark = blake2b(repr((self.op, self.shape, self.data)).encode(), digest_size=16)
        spelled = self.op in ("chain", "trace") and self.data is not None
        keys = [] if spelled else [arg.key for arg in self.args]
        for key in sorted(keys) if self.op in ("plus", "mul") else keys:  # whatever the order
            mark.update(key)
        object.__setattr__(self, "key", mark.digest())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Node) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)

    @property
    def rows(self) -> str:
        return self.shape[0] if self.shape else "1"

    @property
    def columns(self) -> str:
        return self.shape[1] if len(self.shape) == 2 else "1"

    @property
    def is_row(self) -> bool:
        return len(self.shape) == 2 and self.shape[0] == "1"

    @property
    def number(self) -> Fraction | None:
        """The number of a scalar, or of an array that is filled with one."""
        return self.data if self.op == "number" else None


class NumberError(ArithmeticError):
    """A number of an expression is too long, or is divided by although it is zero."""


def number(value: int | Fraction, shape: Shape = ()) -> Node:
    """A number; with a shape, an array filled with it."""
    exact = Fraction(value)
    if max(exact.numerator.bit_length(), exact.denominator.bit_length()) > BITS:
        raise NumberError("Numbers have become longer than floating-point numbers can be.")
    return Node("number", (), shape, exact)


ONE, ZERO = number(1), number(0)


def symbol(name: str, shape: Shape, symmetric: bool = False) -> Node:
    return Node("symbol", (), shape, (name, symmetric))


def eye(n: str) -> Node:
    return Node("eye", (), (n, n))


def ones(shape: Shape) -> Node:
    return number(1, shape)


def is_zero(x: Node) -> bool:
    return x.number == 0


def ordered(ends: Iterable[Node]) -> list[Node]:
    """All nodes that lead to the ends, each once, after its arguments. A loop, no recursion."""
    seen: set[Node] = set()
    result: list[Node] = []
    stack = [(end, False) for end in reversed(list(ends))]
    while stack:
        node, expanded = stack.pop()
        if expanded:
            result.append(node)
        elif node not in seen:
            seen.add(node)
            stack.append((node, True))
            stack.extend((arg, False) for arg in reversed(node.args) if arg not in seen)
    return result


def apart(x: Node) -> tuple[list[Node], list[Node]]:
    """The factors of an entrywise product that are scalars, and those that are arrays; of anything else, itself."""
    return scalars_first(x.args if x.op == "mul" else (x,))


def scalars_first(parts: Sequence[Node]) -> tuple[list[Node], list[Node]]:
    """The scalars among parts, and the arrays."""
    return [part for part in parts if not part.shape], [part for part in parts if part.shape]
