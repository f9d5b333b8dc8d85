"""Linear systems."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import scipy.linalg

from linad.core.dispatch import door
from linad.core.space import retype, shape_of
from linad.core.traced import Array, innermost, operand
from linad.operations.shape import reshape
from linad.operations.triangular import solve_triangular as _solve_triangular

_TRANS = {0: "N", 1: "T", 2: "H", "N": "N", "T": "T", "C": "H"}


def _validated(x: Any, name: str, check_finite: bool) -> Any:
    x = operand(x, name)
    x = x if isinstance(x, Array) else np.asarray(x)
    plain = innermost(x)
    if check_finite and isinstance(plain, np.ndarray) and not np.isfinite(plain).all():
        raise ValueError("array must not contain infs or NaNs")
    return x


def _lapack(*arrays: Any) -> np.dtype[Any]:
    """The dtype in which LAPACK computes: never wider than double."""
    common = np.result_type(*[x.dtype for x in arrays], np.float32)
    return {"g": np.dtype("d"), "G": np.dtype("D")}.get(common.char, common)


@door(scipy.linalg.solve_triangular)
def solve_triangular(
    a: Any, b: Any, trans: Any = 0, lower: Any = False, unit_diagonal: Any = False, overwrite_b: Any =
    False, check_finite: Any = True,
) -> Any:  # fmt: skip
    """The solution of ``op(a) x = b`` for a triangular ``a``, of which one triangle is read.

    Batches broadcast; ``b`` is a vector where it has one axis. A traced array is never overwritten.
    """
    name = "solve_triangular"
    a, b = _validated(a, name, check_finite), _validated(b, name, check_finite)
    A_shape, b_shape = shape_of(a), shape_of(b)
    if trans not in _TRANS:
        raise ValueError(f"{name}: trans={trans!r} is not one of 0, 1, 2, 'N', 'T', 'C'")
    if len(A_shape) < 2 or A_shape[-1] != A_shape[-2]:
        raise ValueError(f"expected square matrix, but a has shape {A_shape}")
    if not b_shape:
        raise IndexError(f"{name}: b is a number; it must be a vector or a matrix")
    vector = len(b_shape) == 1
    batch = np.broadcast_shapes(A_shape[:-2], b_shape[:-2])
    if math.prod(batch) == 0:
        raise ValueError(f"`{name}` does not support zero-size batches.")
    if b_shape[-1 if vector else -2] != A_shape[-1]:
        raise ValueError(f"shapes of a {A_shape} and b {b_shape} are incompatible")
    common = _lapack(a, b)
    if vector:
        b = reshape(b, (*b_shape, 1))
    x = _solve_triangular(
        retype(a, common), retype(b, common), bool(lower), _TRANS[trans], bool(unit_diagonal)
    )
    return reshape(x, x.shape[:-1]) if vector else x


__all__ = ["solve_triangular"]
