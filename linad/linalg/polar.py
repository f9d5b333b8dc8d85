"""Polar decompositions, and the rotation that takes one set of points closest to another."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import scipy.linalg

from linad.core.dispatch import door
from linad.core.space import retype, shape_of
from linad.linalg.arguments import lapack_dtype, validated
from linad.linalg.svd import matrices, outputs
from linad.operations import polar as _polar
from linad.operations.contractions import H, matmul
from linad.operations.shape import broadcast_to
from linad.operations.singular_norms import nuclear
from linad.operations.svd import svd_factors


@door(scipy.linalg.polar)
def polar(a: Any, side: Any = "right") -> Any:
    """The factors of ``a = u p``, or of ``a = p u`` with side left. ``a`` must have full rank to have derivatives."""
    if side not in ["right", "left"]:
        raise ValueError("`side` must be either 'right' or 'left'")
    if len(np.shape(a) if not hasattr(a, "shape") else a.shape) < 2:
        raise ValueError("`a` must be a 2-D array.")
    a = matrices(a, "polar")
    m, n = shape_of(a)[-2:]
    U, P = _polar.polar(a, m < n or (m == n and side == "left"))
    if side == "right" and m < n:
        P = matmul(H(U), matmul(P, U))  # P stands on the left, on the shorter side
    elif side == "left" and m > n:
        P = matmul(U, matmul(P, H(U)))
    return outputs((U, P), a)


@door(scipy.linalg.orthogonal_procrustes)
def orthogonal_procrustes(A: Any, B: Any, check_finite: Any = True) -> Any:
    """The unitary ``R`` with ``A R`` closest to ``B``, and the sum of the singular values of ``A^H B``.

    ``R`` is the polar factor of ``A^H B``, which must have full rank for ``R`` to have derivatives.
    """
    A, B = (validated(x, "orthogonal_procrustes", check_finite) for x in (A, B))
    batch = np.broadcast_shapes(shape_of(A)[:-2], shape_of(B)[:-2])
    if math.prod(batch) == 0:
        raise ValueError("`orthogonal_procrustes` does not support zero-size batches.")
    if len(shape_of(A)) < 2:
        raise ValueError(f"expected ndim to be 2, but observed {len(shape_of(A))}")
    if shape_of(A)[-2:] != shape_of(B)[-2:]:
        raise ValueError(f"the shapes of A and B differ ({shape_of(A)} vs {shape_of(B)})")
    common = lapack_dtype(A, B)
    A, B = (broadcast_to(retype(x, common), (*batch, *shape_of(x)[-2:])) for x in (A, B))
    M = matmul(H(A), B)
    F = svd_factors(M, "gesdd", False)
    return outputs((_polar.polar(M, False, F)[0], nuclear(M, F)), M)


__all__ = ["orthogonal_procrustes", "polar"]
