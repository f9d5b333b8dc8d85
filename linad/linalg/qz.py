"""Generalized Schur forms, sorted or not."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np
import scipy.linalg

from linad.core.dispatch import door
from linad.core.space import dtype_of, retype, shape_of
from linad.linalg.arguments import validated
from linad.linalg.eigen import outputs
from linad.operations import qz as _qz
from linad.operations.shape import diagonal


# SciPy's rules for dtypes are its own: it is asked.
@lru_cache
def _dtype(a: np.dtype[Any], b: np.dtype[Any], output: str) -> np.dtype[Any]:
    return np.dtype(scipy.linalg.qz(np.eye(2, dtype=a), np.eye(2, dtype=b), output)[0].dtype)


def _forms(name: str, A: Any, B: Any, output: str, sort: Any, check_finite: Any) -> tuple[Any, ...]:
    if output not in ["real", "complex", "r", "c"]:
        raise ValueError("argument must be 'real', or 'complex'")
    A, B = (validated(X, name, check_finite) for X in (A, B))
    shapes = [shape_of(X) for X in (A, B)]
    if any(len(shape) < 2 for shape in shapes) or len({n for shape in shapes for n in shape[-2:]}) > 1:
        raise ValueError("Array dimensions must be square and agree")
    if math.prod(np.broadcast_shapes(*[shape[:-2] for shape in shapes])) == 0:
        raise ValueError(f"`{name}` does not support zero-size batches.")
    common = _dtype(dtype_of(A), dtype_of(B), output)
    return _qz.qz(retype(A, common), retype(B, common), output, sort, name)


@door(scipy.linalg.qz)
def qz(
    A: Any, B: Any, output: Any = "real", lwork: Any = None, sort: Any = None, overwrite_a: Any = False,
    overwrite_b: Any = False, check_finite: Any = True,
) -> Any:  # fmt: skip
    """``S, T, Q, Z`` with ``A = Q S Z^H`` and ``B = Q T Z^H``.

    The order of the eigenvalues is held fixed. A cost must not depend on the phases that the columns of complex Q and Z
    share. Real forms with blocks, of complex pairs, are refused: ``output="complex"`` has derivatives.
    """
    if sort is not None:
        raise ValueError(
            "The 'sort' input of qz() has to be None and will be removed in a future release. Use ordqz instead."
        )
    S, T, Q, Z = _forms("qz", A, B, output, None, check_finite)
    return outputs((S, T, Q, Z), S)


@door(scipy.linalg.ordqz)
def ordqz(
    A: Any, B: Any, sort: Any = "lhp", output: Any = "real", overwrite_a: Any = False, overwrite_b: Any = False,
    check_finite: Any = True,
) -> Any:  # fmt: skip
    """``S, T, alpha, beta, Q, Z`` as of qz; the eigenvalues ``alpha / beta`` that ``sort`` names are in front."""
    S, T, Q, Z = _forms("ordqz", A, B, output, sort, check_finite)
    alpha = retype(diagonal(S, 0), np.result_type(dtype_of(S), np.complex64))
    return outputs((S, T, alpha, diagonal(T, 0), Q, Z), S)


__all__ = ["ordqz", "qz"]
