"""Schur and Hessenberg forms, and conversions between real and complex forms."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np
import scipy.linalg

from linad.core.dispatch import door
from linad.core.space import dtype_of, retype, shape_of
from linad.linalg.arguments import check_workspace, validated
from linad.linalg.eigen import outputs
from linad.operations import conversions as _conversions
from linad.operations import hessenberg as _hessenberg
from linad.operations import schur as _schur
from linad.operations.shape import broadcast_to

_SORTS = (None, "lhp", "rhp", "iuc", "ouc")


# SciPy's rules for dtypes are its own: it is asked.
@lru_cache
def _schur_dtype(dtype: np.dtype[Any], output: str) -> np.dtype[Any]:
    return np.dtype(scipy.linalg.schur(np.eye(2, dtype=dtype), output)[0].dtype)


@lru_cache
def _hessenberg_dtype(dtype: np.dtype[Any]) -> np.dtype[Any]:
    return np.dtype(scipy.linalg.hessenberg(np.eye(3, dtype=dtype)).dtype)


@lru_cache
def _complex_dtype(T: np.dtype[Any], Z: np.dtype[Any]) -> np.dtype[Any]:
    return np.dtype(scipy.linalg.rsf2csf(np.eye(1, dtype=T), np.eye(1, dtype=Z))[0].dtype)


def _squares(a: Any, name: str, check_finite: Any) -> Any:
    """Square matrices, with SciPy's errors; batches in front."""
    a = validated(a, name, check_finite)
    shape = shape_of(a)
    if math.prod(shape[:-2]) == 0:
        raise ValueError(f"`{name}` does not support zero-size batches.")
    if len(shape) < 2 or shape[-1] != shape[-2]:
        raise ValueError("expected square matrix")
    return a


@door(scipy.linalg.schur)
def schur(
    a: Any, output: Any = "real", lwork: Any = None, overwrite_a: Any = False, sort: Any = None, check_finite:
    Any = True,
) -> Any:  # fmt: skip
    """``T, Z`` with ``a = Z T Z^H``; with ``sort`` also how many eigenvalues it puts in front, plain.

    The order of the eigenvalues is held fixed. A cost must not depend on the phases of the columns of a complex Z. No
    derivative exists where eigenvalues are equal, but for costs that do not tell them apart, and where a block of order
    two of a real T is a multiple of a rotation, as those of normal matrices are: ``output="complex"`` has one there.
    """
    if output not in ["real", "complex", "r", "c"]:
        raise ValueError("argument must be 'real', or 'complex'")
    a = _squares(a, "schur", check_finite)
    a = retype(a, _schur_dtype(dtype_of(a), output))
    if not callable(sort) and sort not in _SORTS:
        raise ValueError(
            "'sort' parameter must either be 'None', or a callable, or one of ('lhp','rhp','iuc','ouc')"
        )
    check_workspace(lwork, shape_of(a)[-1] * (2 if dtype_of(a).kind == "c" else 3))
    T, Z = _schur.schur(a, sort)
    return outputs((T, Z) if sort is None else (T, Z, _schur.chosen(a, sort)), a)


@door(scipy.linalg.hessenberg)
def hessenberg(a: Any, calc_q: Any = False, overwrite_a: Any = False, check_finite: Any = True) -> Any:
    """``H``, or with ``calc_q`` ``H, Q``, with ``a = Q H Q^H``.

    No derivative exists where a subdiagonal entry of H is zero, but for costs that do not see the basis beyond it.
    """
    a = _squares(a, "hessenberg", check_finite)
    *batch, n, _ = shape_of(a)
    if 0 < n <= 2:  # SciPy keeps the dtype of the matrix, and the identity has its own
        return outputs((a, np.tile(np.eye(n), (*batch, 1, 1))), a) if calc_q else a
    H, Q = _hessenberg.hessenberg(retype(a, _hessenberg_dtype(dtype_of(a))))
    return outputs((H, Q), a) if calc_q else H


@door(scipy.linalg.rsf2csf)
def rsf2csf(T: Any, Z: Any, check_finite: Any = True) -> Any:
    """The complex Schur form for the real one ``T, Z``, which may be traced both. T must be quasi-triangular."""
    T, Z = (validated(X, "rsf2csf", check_finite) for X in (T, Z))
    batch = np.broadcast_shapes(shape_of(T)[:-2], shape_of(Z)[:-2])
    if math.prod(batch) == 0:
        raise ValueError("`rsf2csf` does not support zero-size batches.")
    for name, X in (("Z", Z), ("T", T)):
        if len(shape_of(X)) < 2 or shape_of(X)[-1] != shape_of(X)[-2]:
            raise ValueError(f"Input '{name}' must be square.")
    if shape_of(T)[-1] != shape_of(Z)[-1]:
        raise ValueError(f"Input array shapes must match: Z: {shape_of(Z)} vs. T: {shape_of(T)}")
    dtype, n = _complex_dtype(dtype_of(T), dtype_of(Z)), shape_of(T)[-1]
    T, Z = (broadcast_to(retype(X, dtype), (*batch, n, n)) for X in (T, Z))
    return outputs(_conversions.complex_schur(T, Z), T)


@door(scipy.linalg.cdf2rdf)
def cdf2rdf(w: Any, v: Any) -> Any:
    """Eigenvalues ``w`` and eigenvectors ``v`` of real matrices in a real form: blocks of order two for pairs."""
    w, v = (validated(x, "cdf2rdf", True) for x in (w, v))
    if len(shape_of(w)) < 1:
        raise ValueError("expected w to be at least 1D")
    if len(shape_of(v)) < 2:
        raise ValueError("expected v to be at least 2D")
    if len(shape_of(v)) != len(shape_of(w)) + 1:
        raise ValueError(
            "expected eigenvectors array to have exactly one dimension more than eigenvalues array"
        )
    if shape_of(v)[-2] != shape_of(v)[-1]:
        raise ValueError(
            "expected v to be a square matrix or stacked square matrices: v.shape[-2] = v.shape[-1]"
        )
    if shape_of(v)[-1] != shape_of(w)[-1]:
        raise ValueError("expected the same number of eigenvalues as eigenvectors")
    return _conversions.real_eigen(w, v)


__all__ = ["cdf2rdf", "hessenberg", "rsf2csf", "schur"]
