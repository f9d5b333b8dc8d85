"""Products of small real arrays in quick programs, of rows and columns too: what is only summed is not formed."""

from __future__ import annotations

from typing import Any

import numpy as np

from linad.core.expression import Expression
from linad.core.replay.lowering import quickens
from linad.core.replay.quick import Late, Quick
from linad.kernels.routines import routine
from linad.operations.replayed.numbers import arithmetic, is_real, number


@quickens("multiply")
def multiply(quick: Quick, node: Expression) -> str | Late | None:
    """Of numbers; products that are only summed are not formed."""
    A, B = node.args
    found = arithmetic(quick, "*", A, B)
    if found is not None or not (is_real(quick, A) and is_real(quick, B)):
        return found
    if (quick.part(A, "along"), quick.part(B, "along")) == (1, 0):
        return outer(quick, 1.0, quick.part(A, "vector"), quick.part(B, "vector"), "d")
    users = quick.users(node)
    if not users:
        return None

    def formed() -> str:
        return quick.let(f"{quick.text(A)} * {quick.text(B)}")

    if isinstance(A, np.ndarray) and all([doubles(user, node) for user in users]):
        twice = quick.constant(("twice", id(A)), lambda: A + A)
        return Late(formed, doubled=f"{twice} * {quick.text(B)}")
    if not all([user.primitive is not None and user.primitive.name == "sum" for user in users]):
        return None
    axes = {(user.args[1], user.args[2]) for user in users}
    if quick.space(A).shape == quick.space(B).shape:  # type: ignore[union-attr]  # both are real arrays
        whole = axes == {(None, False)}
        return Late(formed, factors=(A, B)) if whole else None
    for M, v in ((A, B), (B, A)):
        along = quick.part(v, "along")
        if along is None or quick.space(M).shape != node.value.shape:  # type: ignore[union-attr]  # as above
            continue
        if {summed for summed, _ in axes} == {(1 - along,)}:
            return Late(formed, applied=(M, v))
    return None


def outer(quick: Quick, factor: float, left: str, right: str, code: str) -> Late:
    """factor left right^H of two vectors; added to a matrix of the same dtype in one go, in its order.

    It is added ``into`` what nobody has use for any more.
    """
    run = quick.named(*routine("ger", code))

    def added(other: Any, into: bool) -> str | None:
        if quick.space(other).dtype.char != code:  # type: ignore[union-attr]  # who asks knows the shape
            return None
        matrix = quick.text(other)
        rest = "1, 1, 1" if into else "1, 1"
        if quick.order(matrix) == "F":
            return quick.let(f"{run}({factor}, {left}, {right}, 1, 1, {matrix}, {rest})", "F")
        if code in "FD":
            return quick.let(f"{matrix} + {run}({factor}, {left}, {right})")
        return quick.let(f"{run}({factor}, {right}, {left}, 1, 1, {matrix}.T, {rest}).T")

    def make() -> str:
        if code in "FD":
            return quick.let(f"{run}({factor}, {left}, {right})", "F")
        return quick.let(f"{run}({factor}, {right}, {left}).T")

    return Late(make, added=added)


def applied(quick: Quick, node: Expression, M: Any, v: Any) -> Late:
    """A matrix by a row, or by a column, and summed along it: a product of both."""
    vector, along = quick.part(v, "vector"), quick.part(v, "along")
    matrix = quick.text(M)
    product = quick.let(f"{matrix}.dot({vector})" if along == 0 else f"{vector}.dot({matrix})")
    return shaped(quick, product, node, 1 - along)


@quickens("matmul")
def matmul(quick: Quick, node: Expression) -> Late | None:
    """Of two vectors a number."""
    x, y = node.args
    if node.value.shape != () or not (is_real(quick, x) and is_real(quick, y)):
        return None
    return number(quick, quick.let(f"{quick.text(x)}.dot({quick.text(y)})"), True)


def shaped(quick: Quick, vector: str, node: Expression, along: int) -> Late:
    """A vector in the shape of a node: itself, or a row (0) or a column (1)."""
    shape = node.value.shape
    if len(shape) == 1:
        return Late(lambda: vector)
    return Late(lambda: f"{vector}.reshape({shape})", vector=vector, along=along)


@quickens("reshape")
def reshape(quick: Quick, node: Expression) -> str | Late | None:
    """A vector as a row or a column, and back."""
    x, shape = node.args[0], node.value.shape
    if not isinstance(x, Expression) or not is_real(quick, x):
        return None
    vector = quick.part(x, "vector")
    if vector is not None:
        return str(vector) if len(shape) == 1 else None
    if len(x.value.shape) != 1 or len(shape) != 2 or 1 not in shape or shape == (1, 1):
        return None
    return shaped(quick, quick.text(x), node, int(shape[1] == 1))


@quickens("transpose")
def transpose(quick: Quick, node: Expression) -> str | Late | None:
    """Of a matrix; what is in C order then is in that of Fortran."""
    x, axes = node.args
    if not isinstance(x, Expression) or quick.space(x) is None or tuple(axes) != (1, 0):
        return None
    text = quick.text(x)
    order = "F" if quick.order(text) == "C" else "C"
    return quick.once(("transposed", text), lambda: quick.let(f"{text}.T", order, fresh=False))


def doubles(user: Expression, x: Any) -> bool:
    """Whether a step adds a value to itself."""
    return user.primitive is not None and user.primitive.name == "add" and user.args[0] is x is user.args[1]
