"""Determinants of small matrices in quick programs: from the product of the pivots."""

from __future__ import annotations

import math
from typing import Any

from linad.core.expression import Expression
from linad.core.replay.lowering import quickens
from linad.core.replay.quick import Late, Quick
from linad.kernels import lu
from linad.operations.determinants import SMALL_PIVOT, nearly_singular
from linad.operations.replayed.numbers import number
from linad.operations.replayed.systems import adjoint, inverse_of, look, pivots

_LEAST = 1e-290  # a product of pivots below it has lost digits


@quickens("slogdet")
def slogdet(quick: Quick, node: Expression) -> Late | None:
    """The logarithm is that of the product of the pivots."""
    _, F = node.args
    packed = quick.part(F, "packed")
    if packed is None or quick.part(F, "code") != "d":
        return None
    return Late(items=(lambda: _sign(quick, packed), lambda: _logabs(quick, packed)))


def _product(quick: Quick, packed: str) -> str:
    """The absolute value of the determinant."""

    def found() -> str:
        product = quick.let(f"{quick.named('prod', math.prod)}({pivots(quick, packed)})", fresh=False)
        quick.unsure(f"not {_LEAST} < {product} < {1 / _LEAST:.0e}")
        return product

    return quick.once(("product", packed), found)


def _logabs(quick: Quick, packed: str) -> Late:
    log = f"{quick.named('log', math.log)}({_product(quick, packed)})"
    return number(quick, quick.let(log, fresh=False), False)


def _sign(quick: Quick, packed: str) -> Late:
    return Late(lambda: f"{quick.named('sign_of', lu.sign_of)}({packed}, {packed}_pivots)")


@quickens(nearly_singular)
def nearly(quick: Quick, node: Expression) -> str | None:
    """It is not, else the program is left."""
    packed = quick.part(node.args[0], "packed")
    if packed is None or node.primitive.rule[1]:  # type: ignore[union-attr]  # a condition, and what it said
        return None
    sizes = pivots(quick, packed)
    quick.unsure(f"not min({sizes}) > {SMALL_PIVOT} * max({sizes})")
    return "True"  # the condition holds: as recorded


@quickens("det")
def det(quick: Quick, node: Expression) -> Late | None:
    _, F = node.args
    packed = quick.part(F, "packed")
    if packed is None or quick.part(F, "code") != "d":
        return None
    sign = f"{quick.named('sign_of', lu.sign_of)}({packed}, {packed}_pivots)"
    return number(quick, quick.let(f"{sign} * {_product(quick, packed)}", fresh=False), True)


@quickens(("det", "cotangent"))
def det_cotangent(quick: Quick, node: Expression) -> Late | None:
    """A determinant times an inverse; who asks has made sure of the pivots."""
    _, F, value, g = node.args
    if quick.part(F, "code") != "d" or not (type(g) is float or _is_number(g, "d")):
        return None
    factor = quick.text(value)
    if type(g) is not float or g != 1:
        factor = f"({quick.text(g)} * {factor})"
    inverse = inverse_of(quick, F)[0]
    return Late(items=(quick.let(f"{adjoint(inverse, 'd')} * {factor}"),))


def _is_number(x: Any, code: str) -> bool:
    return isinstance(x, Expression) and x.value.shape == () and x.value.dtype.char == code


@quickens(("slogdet", "cotangent"))
def slogdet_cotangent(quick: Quick, node: Expression) -> Late | None:
    A, F, _, _, gsign, c = node.args
    code = quick.part(F, "code")
    if code is None or c is None or (gsign is not None and code in "FD"):
        return None
    if type(c) is not float and not _is_number(c, code.lower()):
        return None
    look(quick, "slogdet", A, F)
    inverse, alone = inverse_of(quick, F)
    turned = adjoint(inverse, code)
    if type(c) is not float or c != 1:
        turned = f"{turned} * {quick.text(c)}"
        alone = True
    gA = quick.let(turned, "C", alone or code in "FD")
    return Late(items=(gA,))
