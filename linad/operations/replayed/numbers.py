"""Numbers and small real arrays in quick programs: what the templates of sums and products know of them.

A number is one of Python's or of NumPy's, in double precision; it is looked at before it leaves the program or meets
an operation without a template: what is finite has not met an overflow, of which NumPy would have warned.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from linad.core.expression import Expression
from linad.core.replay.quick import Late, Quick

_MOST = 4096  # entries that are summed in one go
_DOUBLE = np.dtype(float)


def number(quick: Quick, text: str, boxed: bool) -> Late:
    """A number in double precision; ``boxed``: NumPy's."""

    def make() -> str:
        finite = quick.named("isfinite", math.isfinite)
        quick.unsure(f"not {finite}({text})")
        return text if boxed else f"{quick.named('float64', np.float64)}({text})"

    return Late(make, number=text, boxed=boxed)


def plain(quick: Quick, *operands: Any) -> list[str] | None:
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


def arithmetic(quick: Quick, symbol: str, *operands: Any) -> Late | None:
    texts = plain(quick, *operands)
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


def is_real(quick: Quick, x: Any) -> bool:
    space = quick.space(x)
    if space is None or space.dtype is not _DOUBLE or len(space.shape) not in (1, 2):
        return False
    return 0 < math.prod(space.shape) <= _MOST


def order_of(quick: Quick, x: Any) -> str:
    return quick.order(quick.text(x)) if isinstance(x, Expression) else "C"
