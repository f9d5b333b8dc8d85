"""QR and RQ factorizations."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import scipy.linalg

from linad.core.dispatch import door
from linad.core.space import conj, dtype_of, is_complex, retype, shape_of
from linad.errors import NoRuleError
from linad.linalg.arguments import check_workspace, lapack_dtype, validated
from linad.operations import qr as _qr
from linad.operations.contractions import H, matmul
from linad.operations.shape import concatenate, flip, reshape


def _matrices(a: Any, name: str, check_finite: bool, fact: str) -> Any:
    """Matrices in a dtype of LAPACK, with SciPy's errors."""
    a = validated(a, f"scipy.linalg.{name}", check_finite)
    if len(shape_of(a)) < 2:
        raise ValueError(fact)
    _no_empty_batch(name, shape_of(a)[:-2])
    common = lapack_dtype(a)
    return a if dtype_of(a) == common else retype(a, common)


def _no_empty_batch(name: str, batch: tuple[int, ...]) -> None:
    if batch and math.prod(batch) == 0:
        raise ValueError(f"`{name}` does not support zero-size batches.")


def _packed(parts: tuple[Any, ...], batched: bool) -> Any:
    """What SciPy returns: from batches a list, or the array itself if there is one."""
    if not batched:
        return parts
    return parts[0] if len(parts) == 1 else list(parts)


def _with_rows(R: Any, m: int) -> Any:
    """R with rows of zeros below, m in all."""
    *batch, k, n = shape_of(R)
    return R if k == m else concatenate(len(batch), R, np.zeros((*batch, m - k, n), dtype_of(R)))


@door(scipy.linalg.qr)
def qr(
    a: Any, overwrite_a: Any = False, lwork: Any = None, mode: Any = "full", pivoting: Any = False,
    check_finite: Any = True,
) -> Any:  # fmt: skip
    """``Q, R`` with ``a = Q R``; with ``pivoting`` also ``P``, plain and held fixed, with ``a[:, P] = Q R``.

    No derivative exists where the leading min(m, n) columns, of ``a[:, P]`` with pivoting, are dependent. The columns
    that complete Q to a square matrix are any orthonormal basis: a cost must not depend on which.
    """
    if mode not in ("full", "qr", "r", "economic", "raw"):
        raise ValueError("Mode argument should be one of ['full', 'r', 'economic', 'raw']")
    a = _matrices(a, "qr", check_finite, "expected a 2-D array")
    if mode == "raw":
        raise NoRuleError(
            "scipy.linalg.qr",
            "mode='raw' gives LAPACK's reflectors, which linad does not differentiate.",
            "Take mode='economic', or qr_multiply for products with Q.",
        )
    m, n = shape_of(a)[-2:]
    check_workspace(lwork, 0 if pivoting else n)
    full = mode in ("full", "qr")
    Q, R, perm = _qr.qr(a, bool(pivoting), full and m > n)
    if mode != "economic":
        R = _with_rows(R, m)
    parts = (R,) if mode == "r" else (Q, R)
    return _packed((*parts, perm) if pivoting else parts, len(shape_of(a)) > 2)


@door(scipy.linalg.rq)
def rq(
    a: Any, overwrite_a: Any = False, lwork: Any = None, mode: Any = "full", check_finite: Any = True
) -> Any:
    """``R, Q`` with ``a = R Q``: the QR factors of ``a^H``, its rows and columns in reverse order."""
    if mode not in ("full", "r", "economic"):
        raise ValueError("Mode argument should be one of ['full', 'r', 'economic']")
    a = _matrices(a, "rq", check_finite, "expected matrix")
    m, n = shape_of(a)[-2:]
    check_workspace(lwork, m)
    Q, R, _ = _qr.qr(_reversed(a), False, mode == "full" and n > m)
    if mode != "economic":
        R = _with_rows(R, n)
    parts = (_reversed(R),) if mode == "r" else (_reversed(R), _reversed(Q))
    return parts[0] if mode == "r" else _packed(parts, len(shape_of(a)) > 2)


def _reversed(A: Any) -> Any:
    """A^H with rows and columns in reverse order."""
    n = len(shape_of(A))
    return flip(H(A), (n - 2, n - 1))


@door(scipy.linalg.qr_multiply)
def qr_multiply(
    a: Any, c: Any, mode: Any = "right", pivoting: Any = False, conjugate: Any = False, overwrite_a: Any = False,
    overwrite_c: Any = False,
) -> Any:  # fmt: skip
    """``Q c`` or ``c Q``, with the conjugate of Q if so asked, and ``R``; with ``pivoting`` also ``P``."""
    name = "qr_multiply"
    if mode not in ("left", "right"):
        raise ValueError(f"Mode argument can only be 'left' or 'right' but not '{mode}'")
    left = mode == "left"
    c = validated(c, f"scipy.linalg.{name}", True)
    a = validated(a, f"scipy.linalg.{name}", True)
    if len(shape_of(a)) < 2:
        a = reshape(a, (1, -1))
    a = retype(a, lapack_dtype(a))
    vector = len(shape_of(c)) < 2
    if vector:
        c = reshape(c, (-1, 1) if left else (1, -1))
    batch = np.broadcast_shapes(shape_of(a)[:-2], shape_of(c)[:-2])
    _no_empty_batch(name, batch)
    (m, n), (rows, columns) = shape_of(a)[-2:], shape_of(c)[-2:]
    wide = bool(left and overwrite_c and m > n)  # c then has as many rows as the complete Q
    if left and rows != (m if wide else min(m, n)):
        raise ValueError(
            f"Array shapes are not compatible for Q @ c operation: {shape_of(a)} vs {shape_of(c)}"
        )
    if not left and columns != m:
        raise ValueError(
            f"Array shapes are not compatible for c @ Q operation: {shape_of(c)} vs {shape_of(a)}"
        )
    Q, R, perm = _qr.qr(a, bool(pivoting), wide)
    R = R[..., : min(m, n), :]
    dtype = dtype_of(Q)
    if is_complex(c) and dtype.kind != "c":
        raise NoRuleError(
            "scipy.linalg.qr_multiply",
            "c is complex and a is real: SciPy drops the imaginary part.",
            "Pass c.real, or a + 0j.",
        )
    if conjugate:
        Q = conj(Q)
    if 0 in shape_of(c):
        product = c
    else:
        c = retype(c, dtype)
        product = matmul(Q, c) if left else matmul(c, Q)
        product = reshape(product, (*shape_of(product)[:-2], -1)) if vector else product
    parts = (product, R, perm) if pivoting else (product, R)
    if len(shape_of(a)) > 2 or not batch:
        return _packed(parts, bool(batch))
    return list(parts[:1]) + [np.broadcast_to(part, (*batch, *shape_of(part))) for part in parts[1:]]


__all__ = ["qr", "qr_multiply", "rq"]
