"""Linear systems."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.linalg

from linad.core.dispatch import door
from linad.core.space import retype
from linad.core.traced import Array, innermost, operand
from linad.operations.shape import reshape
from linad.operations.triangular import solve_triangular as _solve_triangular

_TRANS = {0: "N", 1: "T", 2: "H", "N": "N", "T": "T", "C": "H"}


def _matrix(x: Any, name: str, check_finite: bool) -> Any:
    x = operand(x, name)
    x = x if isinstance(x, Array) else np.asarray(x)
    if check_finite and not np.all(np.isfinite(innermost(x))):
        raise ValueError(f"{name}: array must not contain infs or NaNs")
    return x


@door(scipy.linalg.solve_triangular)
def solve_triangular(
    a: Any, b: Any, trans: int | str = 0, lower: bool = False, unit_diagonal: bool = False,
    overwrite_b: bool = False, check_finite: bool = True,
) -> Any:  # fmt: skip
    """The solution of ``op(a) x = b`` for a triangular ``a``, of which one triangle is read."""
    name = "solve_triangular"
    a, b = _matrix(a, name, check_finite), _matrix(b, name, check_finite)
    if trans not in _TRANS:
        raise ValueError(f"{name}: trans={trans!r} is not one of 0, 1, 2, 'N', 'T', 'C'")
    if a.ndim < 2 or a.shape[-1] != a.shape[-2]:
        raise ValueError("expected square matrix")
    vector = b.ndim == 1
    if b.ndim == 0 or b.shape[-1 if vector else -2] != a.shape[-1]:
        raise ValueError(f"shapes of a {a.shape} and b {b.shape} are incompatible")
    common = np.result_type(a.dtype, b.dtype, np.float32)
    if vector:
        b = reshape(b, (*b.shape, 1))
    x = _solve_triangular(
        retype(a, common), retype(b, common), bool(lower), _TRANS[trans], bool(unit_diagonal)
    )
    return reshape(x, x.shape[:-1]) if vector else x


__all__ = ["solve_triangular"]
