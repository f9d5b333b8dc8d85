"""Sums of small arrays, of products as products of BLAS, and numbers as Python's own.

A number is one of Python's or of NumPy's, in double precision; it is looked at before it leaves the program or meets
an operation without a template: what is finite has not met an overflow, of which NumPy would have warned.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from linad.core.expression import Expression
from linad.core.replay.lowering import quickens
from linad.core.replay.quick import Late, Quick
from linad.kernels.routines import routine

_MOST = 4096  # entries that are summed in one go
_FEW = 24  # up to this number Python's own sum is quickest
_DOUBLE = np.dtype(float)


def number(quick: Quick, text: str, boxed: bool) -> Late:
    """A number in double precision; ``boxed``: NumPy's."""

    def make() -> str:
        finite = quick.named("isfinite", math.isfinite)
        quick.unsure(f"not {finite}({text})")
        return text if boxed else f"{quick.named('float64', np.float64)}({text})"

    return Late(make, number=text, boxed=boxed)


def _numbers(quick: Quick, *operands: Any) -> list[str] | None:
    """The texts of operands, if all are such numbers."""
    texts = []
    for x in operands:
        if type(x) is float and math.isfinite(x):
            texts.append(f"({x!r})" if x < 0 else repr(x))
        elif quick.part(x, "number") is not None:
            texts.append(quick.part(x, "number"))
        else:
            return None
    return texts


def _arithmetic(quick: Quick, symbol: str, *operands: Any) -> Late | None:
    texts = _numbers(quick, *operands)
    if texts is None:
        return None
    boxed = any(quick.part(x, "boxed") for x in operands)
    return number(quick, quick.let(f"{texts[0]} {symbol} {texts[1]}"), boxed)


def flat(quick: Quick, x: Any, order: str) -> str:
    """The entries of a matrix or vector in a row, in C or in Fortran order."""
    turned = ".T" if order == "F" else ""
    if isinstance(x, np.ndarray):
        return quick.constant(
            ("flat", id(x), order), lambda: np.array(x.T if turned else x, order="C").reshape(-1)
        )
    text = quick.text(x)
    if len(x.value.shape) == 1:
        return text
    return quick.once(("flat", text, order), lambda: quick.let(f"{text}{turned}.ravel()", fresh=False))


def _is_real(quick: Quick, x: Any) -> bool:
    space = quick.space(x)
    if space is None or space.dtype is not _DOUBLE or len(space.shape) not in (1, 2):
        return False
    return 0 < math.prod(space.shape) <= _MOST


def _order(quick: Quick, x: Any) -> str:
    return quick.order(quick.text(x)) if isinstance(x, Expression) else "C"


# -- products --------------------------------------------------------------------------------------------------------


@quickens("multiply")
def multiply(quick: Quick, node: Expression) -> str | Late | None:
    """Of numbers; products that are only summed are not formed."""
    A, B = node.args
    found = _arithmetic(quick, "*", A, B)
    if found is not None or not (_is_real(quick, A) and _is_real(quick, B)):
        return found
    if (quick.part(A, "along"), quick.part(B, "along")) == (1, 0):
        return outer(quick, 1.0, quick.part(A, "vector"), quick.part(B, "vector"), "d")
    users = quick.users(node)
    if not users:
        return None
    if isinstance(A, np.ndarray) and all([_doubles(user, node) for user in users]):
        twice = quick.constant(("twice", id(A)), lambda: A + A)
        return Late(lambda: f"{quick.text(A)} * {quick.text(B)}", doubled=f"{twice} * {quick.text(B)}")
    if not all([user.primitive is not None and user.primitive.name == "sum" for user in users]):
        return None
    axes = {(user.args[1], user.args[2]) for user in users}
    if quick.space(A).shape == quick.space(B).shape:  # type: ignore[union-attr]  # both are real arrays
        whole = axes == {(None, False)}
        return Late(lambda: f"{quick.text(A)} * {quick.text(B)}", factors=(A, B)) if whole else None
    for M, v in ((A, B), (B, A)):
        along = quick.part(v, "along")
        if along is not None and quick.space(M).shape == node.value.shape:  # type: ignore[union-attr]  # as above
            if {which for which, _ in axes} == {(1 - along,)}:
                return Late(lambda: f"{quick.text(A)} * {quick.text(B)}", applied=(M, v))
    return None


def outer(quick: Quick, factor: float, left: str, right: str, code: str) -> Late:
    """factor left right^H of two vectors; added to a matrix in one go, in its order."""
    run = quick.named(*routine("ger", code))

    def added(other: Any) -> str:
        matrix = quick.text(other)
        if quick.order(matrix) == "F":
            return quick.let(f"{run}({factor}, {left}, {right}, 1, 1, {matrix}, 1, 1)", "F")
        if code in "FD":
            return quick.let(f"{matrix} + {run}({factor}, {left}, {right})")
        return quick.let(f"{run}({factor}, {right}, {left}, 1, 1, {matrix}.T, 1, 1).T")

    def make() -> str:
        if code in "FD":
            return quick.let(f"{run}({factor}, {left}, {right})", "F")
        return quick.let(f"{run}({factor}, {right}, {left}).T")

    return Late(make, added=added)


@quickens("sum")
def total(quick: Quick, node: Expression) -> str | Late | None:
    """Of a number itself; of an array by a product with ones, of a product by a product of its factors."""
    x, axes, keepdims = node.args
    if quick.part(x, "number") is not None:
        return quick.late(x)
    if quick.part(x, "applied") is not None:
        return _applied(quick, node, *quick.part(x, "applied"))
    if axes is not None or keepdims or not isinstance(x, Expression) or not _is_real(quick, x):
        return None
    factors = quick.part(x, "factors")
    if factors is None:
        return _total(quick, x)
    A, B = factors
    order = _order(quick, A if isinstance(A, Expression) else B)
    return number(quick, quick.let(f"{flat(quick, A, order)}.dot({flat(quick, B, order)})"), True)


def _total(quick: Quick, x: Expression) -> Late:
    entries = flat(quick, x, _order(quick, x))
    size = math.prod(x.value.shape)
    if size <= _FEW:
        return number(quick, quick.let(f"sum({entries}.tolist())"), False)
    ones = quick.constant(("ones", size), lambda: np.ones(size))
    return number(quick, quick.let(f"{entries}.dot({ones})"), True)


def _applied(quick: Quick, node: Expression, M: Any, v: Any) -> Late:
    """A matrix by a row, or by a column, and summed along it: a product of both."""
    vector, along = quick.part(v, "vector"), quick.part(v, "along")
    matrix = quick.text(M)
    product = quick.let(f"{matrix}.dot({vector})" if along == 0 else f"{vector}.dot({matrix})")
    return _shaped(quick, product, node, 1 - along)


@quickens("matmul")
def matmul(quick: Quick, node: Expression) -> Late | None:
    """Of two vectors a number."""
    x, y = node.args
    if node.value.shape != () or not (_is_real(quick, x) and _is_real(quick, y)):
        return None
    return number(quick, quick.let(f"{quick.text(x)}.dot({quick.text(y)})"), True)


# -- vectors as rows and columns -------------------------------------------------------------------------------------


def _shaped(quick: Quick, vector: str, node: Expression, along: int) -> Late:
    """A vector in the shape of a node: itself, or a row (0) or a column (1)."""
    shape = node.value.shape
    if len(shape) == 1:
        return Late(lambda: vector)
    return Late(lambda: f"{vector}.reshape({shape})", vector=vector, along=along)


@quickens("reshape")
def reshape(quick: Quick, node: Expression) -> str | Late | None:
    """A vector as a row or a column, and back."""
    x, shape = node.args[0], node.value.shape
    if not isinstance(x, Expression) or not _is_real(quick, x):
        return None
    vector = quick.part(x, "vector")
    if vector is not None:
        return str(vector) if len(shape) == 1 else None
    if len(x.value.shape) != 1 or len(shape) != 2 or 1 not in shape or shape == (1, 1):
        return None
    return _shaped(quick, quick.text(x), node, int(shape[1] == 1))


@quickens("transpose")
def transpose(quick: Quick, node: Expression) -> str | Late | None:
    """Of a matrix; what is in C order then is in that of Fortran."""
    x, axes = node.args
    if not isinstance(x, Expression) or quick.space(x) is None or tuple(axes) != (1, 0):
        return None
    text = quick.text(x)
    order = "F" if quick.order(text) == "C" else "C"
    return quick.once(("transposed", text), lambda: quick.let(f"{text}.T", order, fresh=False))


# -- sums and differences --------------------------------------------------------------------------------------------


@quickens("negative")
def negative(quick: Quick, node: Expression) -> str | Late | None:
    """Of numbers; what is only added is subtracted."""
    x = node.args[0]
    texts = _numbers(quick, x)
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


def _doubles(user: Expression, x: Any) -> bool:
    """Whether a step adds a value to itself."""
    return user.primitive is not None and user.primitive.name == "add" and user.args[0] is x is user.args[1]


def _added(quick: Quick, node: Expression, sign: str, opposite: str) -> str | Late | None:
    """Of numbers; of matrices and outer products."""
    A, B = node.args
    found = _arithmetic(quick, sign, A, B)
    if found is not None:
        return found
    if sign == "+" and A is B and isinstance(A, Expression) and quick.space(A) is not None and A.value.shape:
        return _twice(quick, A)
    for x, other in ((A, B), (B, A)) if sign == "+" else ():
        added = quick.part(x, "added")
        if added is not None and quick.space(other) is not None and quick.part(other, "added") is None:
            return str(added(other))
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


def _twice(quick: Quick, x: Expression) -> str | Late:
    """Of a product with a constant the product with twice the constant."""
    product = quick.part(x, "doubled")
    if product is not None:
        return quick.let(product)
    text = quick.text(x)
    return Late(lambda: quick.let(f"{text} + {text}", quick.order(text)), doubled=text)


def _common(quick: Quick, *texts: str) -> str:
    return "F" if all([quick.order(text) == "F" for text in texts]) else "C"
