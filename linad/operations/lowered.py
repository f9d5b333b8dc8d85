"""How operations are written in programs that are replayed, where that is shorter or quicker than their call.

Texts are names and literals; what is known of an argument is its shape and dtype, or the constant itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from linad.core.replay.lowering import lowers
from linad.core.space import Space
from linad.kernels import products

_Written = tuple[str, dict[str, Any]] | None


def _is_array(x: Any, *dimensions: int) -> bool:
    return isinstance(x, Space) and len(x.shape) in dimensions


def _matmul(values: Sequence[Any], texts: Sequence[str]) -> _Written:
    """``dot`` costs a third of ``@`` where matrices are small."""
    A, B = values
    if _is_array(A, 1, 2) and _is_array(B, 1, 2) and products.is_small(A.shape, B.shape):
        return f"{texts[0]}.dot({texts[1]})", {}
    return None


def _method(name: str) -> Any:
    def written(values: Sequence[Any], texts: Sequence[str]) -> _Written:
        x, *parameters = values
        if not isinstance(x, Space) or not x.shape or parameters[1:] not in ([], ["C"]):
            return None
        return f"{texts[0]}.{name}({texts[1]})", {}

    return written


def _times_one(values: Sequence[Any], texts: Sequence[str]) -> _Written:
    """A product with Python's 1.0, which is weak, is the other factor."""
    for x, one, text in ((values[0], values[1], texts[0]), (values[1], values[0], texts[1])):
        weak = type(one) is float and one == 1.0
        if weak and isinstance(x, Space) and x.shape and x.dtype.kind in "fc" and x.dtype.isnative:
            return text, {}
    return f"{texts[0]} * {texts[1]}", {}


def _summed(values: Sequence[Any], texts: Sequence[str]) -> _Written:
    """A ufunc's own reduction, by position."""
    if not _is_array(values[0], 1, 2):
        return None
    kept = f", None, None, {texts[2]}" if values[2] else ""
    return f"add_reduce({texts[0]}, {texts[1]}{kept})", {"add_reduce": np.add.reduce}


lowers("sum", _summed, fresh=True)
lowers("matmul", _matmul, fresh=True)
lowers("multiply", _times_one)
lowers("reshape", _method("reshape"))
lowers("transpose", _method("transpose"))
