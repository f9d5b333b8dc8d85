"""Sums of small arrays in quick programs, of products as products of BLAS; sums and differences of arrays."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from linad.core.expression import Expression
from linad.core.replay.lowering import quickens
from linad.core.replay.quick import Late, Quick
from linad.operations.replayed.numbers import arithmetic, flat, is_real, number, order_of, plain
from linad.operations.replayed.products import applied

_FEW = 24  # up to this number Python's own sum is quickest


@quickens("sum")
def total(quick: Quick, node: Expression) -> str | Late | None:
    """Of a number itself; of an array by a product with ones, of a product by a product of its factors."""
    x, axes, keepdims = node.args
    if quick.part(x, "number") is not None:
        return quick.late(x)
    if quick.part(x, "applied") is not None:
        return applied(quick, node, *quick.part(x, "applied"))
    if axes is not None or keepdims or not isinstance(x, Expression) or not is_real(quick, x):
        return None
    factors = quick.part(x, "factors")
    if factors is None:
        return _total(quick, x)
    A, B = factors
    order = order_of(quick, A if isinstance(A, Expression) else B)
    return number(quick, quick.let(f"{flat(quick, A, order)}.dot({flat(quick, B, order)})"), True)


def _total(quick: Quick, x: Expression) -> Late:
    entries = flat(quick, x, order_of(quick, x))
    size = math.prod(x.value.shape)
    if size <= _FEW:
        return number(quick, quick.let(f"sum({entries}.tolist())"), False)
    ones = quick.constant(("ones", size), lambda: np.ones(size))
    return number(quick, quick.let(f"{entries}.dot({ones})"), True)


@quickens("negative")
def negative(quick: Quick, node: Expression) -> str | Late | None:
    """Of numbers; what is only added is subtracted."""
    x = node.args[0]
    texts = plain(quick, x)
    if texts is not None:
        return number(quick, quick.let(f"-{texts[0]}"), bool(quick.part(x, "boxed")))
    users = quick.users(node)
    if not isinstance(x, Expression) or quick.space(x) is None or not users:
        return None
    if not all([user.primitive is not None and user.primitive.name in ("add", "subtract") for user in users]):
        return None
    text = quick.text(x)
    return Late(lambda: quick.let(f"-{text}", quick.order(text)), negated=text)


@quickens("add")
def add(quick: Quick, node: Expression) -> str | Late | None:
    return _added(quick, node, "+", "-")


@quickens("subtract")
def subtract(quick: Quick, node: Expression) -> str | Late | None:
    return _added(quick, node, "-", "+")


def _added(quick: Quick, node: Expression, sign: str, opposite: str) -> str | Late | None:
    """Of numbers; of matrices and outer products."""
    A, B = node.args
    found = arithmetic(quick, sign, A, B)
    if found is not None:
        return found
    if sign == "+" and A is B and isinstance(A, Expression) and quick.space(A) is not None and A.value.shape:
        return _twice(quick, A)
    if sign == "+" and _shape(quick, A) == _shape(quick, B):
        for x, other in ((A, B), (B, A)):
            added = None if quick.part(other, "added") else quick.part(x, "added")
            whole = added and added(other, _is_last(quick, other, node))
            if whole:
                return str(whole)
    taken = quick.part(B, "negated")
    if taken is not None:
        sign, right = opposite, str(taken)
    elif quick.part(A, "negated") is not None and sign == "+" and quick.space(B) is not None:
        left, right = quick.text(B), str(quick.part(A, "negated"))
        return quick.let(f"{left} - {right}", _common(quick, left, right))
    elif quick.space(A) is None or quick.space(B) is None or not node.value.shape:
        return None
    else:
        right = quick.text(B)
    left = quick.text(A)
    return quick.let(f"{left} {sign} {right}", _common(quick, left, right))


def _is_last(quick: Quick, x: Any, node: Expression) -> bool:
    """Whether a step is the last that reads an array which an elementwise step made: others have summed it."""
    if not isinstance(x, Expression) or x.primitive is None or x.primitive.kind != "elementwise":
        return False
    text, users = quick.text(x), quick.users(x)
    if not quick.is_fresh(text) or any(
        [quick.text(part) == text for part in x.args]
    ):  # one times an array is itself
        return False
    return users is not None and all([user is node or _is_summed(quick, user, node) for user in users])


def _is_summed(quick: Quick, product: Expression, node: Expression) -> bool:
    late = quick.late(product)
    if late is None or late.text is not None or "factors" not in late.parts:
        return False
    return all([user.index < node.index for user in quick.users(product) or [node]])


def _shape(quick: Quick, x: Any) -> tuple[int, ...] | None:
    space = quick.space(x)
    return None if space is None else space.shape


def _twice(quick: Quick, x: Expression) -> str | Late:
    """Of a product with a constant the product with twice the constant."""
    product = quick.part(x, "doubled")
    if product is not None:
        return quick.let(product)
    text = quick.text(x)
    return Late(lambda: quick.let(f"{text} + {text}", quick.order(text)), doubled=text)


def _common(quick: Quick, *texts: str) -> str:
    return "F" if all([quick.order(text) == "F" for text in texts]) else "C"
