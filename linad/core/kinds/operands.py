"""Operands and parameters: what is checked of them, and the filling of lazy cotangents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from linad.core.space import expand, shape_of
from linad.errors import NoRuleError


def expanded(g: Any, out: Any) -> Any:
    """Lazy scalars of one cotangent, or of several, filled to the shapes of their outputs."""
    if type(g) is list:
        for i, c in enumerate(g):
            if c is not None and (type(c) is not np.ndarray or not c.ndim) and shape_of(out[i]):
                g = [*g[:i], expand(c, shape_of(out[i])), *g[i + 1 :]]
        return g
    return expand(g, shape_of(out))


def only_operands(name: str, positions: Sequence[int], first: int, last: int | None) -> None:
    """Raise if a parameter is traced: its derivative is not declared, and must not pass for zero."""
    for i in positions:
        if i < first or (last is not None and i >= last):
            raise operand_without_rule(name, i)


def operand_without_rule(name: str, i: int) -> NoRuleError:
    return NoRuleError(
        name,
        f"linad has no derivative with respect to argument {i}.",
        "If it is constant here, pass linad.value(x).",
    )
