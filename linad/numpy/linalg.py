"""numpy.linalg's functions."""

from __future__ import annotations

from typing import Any

import numpy as np

from linad.core.dispatch import door
from linad.core.space import retype
from linad.numpy.axes import as_operand
from linad.operations import solve as _solve


@door(np.linalg.solve)
def solve(a: Any, b: Any) -> Any:
    """The solution of ``a x = b``. A traced ``a`` is factored once, for the value and all derivatives."""
    a, b = as_operand(a, "numpy.linalg.solve"), as_operand(b, "numpy.linalg.solve")
    if a.ndim < 2:
        raise np.linalg.LinAlgError(
            f"{a.ndim}-dimensional array given. Array must be at least two-dimensional"
        )
    if a.shape[-1] != a.shape[-2]:
        raise np.linalg.LinAlgError("Last 2 dimensions of the array must be square")
    if b.ndim == 0 or b.shape[-1 if b.ndim == 1 else -2] != a.shape[-1]:
        raise ValueError(
            f"solve: a of shape {a.shape} and b of shape {b.shape} do not fit: a x = b needs {a.shape[-1]} rows in b"
        )
    common = np.result_type(a.dtype, b.dtype, np.float32)
    return _solve.solve(retype(a, common), retype(b, common))


__all__ = ["solve"]
