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

_MOST = 290  # powers of ten that a product of pivots may have, of some of them too: then no digit is lost
_FEW = 16  # up to this order a logarithm of a product is quicker than a sum of logarithms


@quickens("slogdet")
def slogdet(quick: Quick, node: Expression) -> Late | None:
    """The logarithm is that of the product of the pivots."""
    A, F = node.args
    n, packed = A.value.shape[0], quick.part(F, "packed")
    if packed is None or quick.part(F, "code") != "d":
        return None
    return Late(items=(lambda: _sign(quick, packed), lambda: _logabs(quick, packed, n)))


def _product(quick: Quick, packed: str, n: int) -> str:
    """The absolute value of the determinant, where no product of some pivots loses digits."""

    def found() -> str:
        sizes, most = pivots(quick, packed), 10 ** (_MOST // n)
        quick.unsure(f"not 1 / {most:.0e} < {sizes}[0] <= {sizes}[-1] < {most:.0e}")
        return quick.let(f"{quick.named('prod', math.prod)}({sizes})", fresh=False)

    return quick.once(("product", packed), found)


def _logabs(quick: Quick, packed: str, n: int) -> Late:
    log = quick.named("log", math.log)
    if n <= _FEW:
        found = f"{log}({_product(quick, packed, n)})"
    else:
        found = f"{quick.named('fsum', math.fsum)}(map({log}, {pivots(quick, packed)}))"
    return number(quick, quick.let(found, fresh=False), False)


def _sign(quick: Quick, packed: str) -> Late:
    return Late(lambda: f"{quick.named('sign_of', lu.sign_of)}({packed}, {packed}_pivots)")


@quickens(nearly_singular)
def nearly(quick: Quick, node: Expression) -> str | None:
    """It is not, else the program is left."""
    packed = quick.part(node.args[0], "packed")
    if packed is None or node.primitive.rule[1]:  # type: ignore[union-attr]  # a condition, and what it said
        return None
    sizes = pivots(quick, packed)
    quick.unsure(f"not {sizes}[0] > {SMALL_PIVOT} * {sizes}[-1]")
    return "True"  # the condition holds: as recorded


@quickens("det")
def det(quick: Quick, node: Expression) -> Late | None:
    A, F = node.args
    packed = quick.part(F, "packed")
    if packed is None or quick.part(F, "code") != "d":
        return None
    sign = f"{quick.named('sign_of', lu.sign_of)}({packed}, {packed}_pivots)"
    return number(
        quick, quick.let(f"{sign} * {_product(quick, packed, A.value.shape[0])}", fresh=False), True
    )


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
