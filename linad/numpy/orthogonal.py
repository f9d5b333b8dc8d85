"""numpy.linalg's QR factorization, least squares and pseudo-inverses."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from linad.core.dispatch import door
from linad.core.space import conj, is_complex, retype, shape_of
from linad.core.traced import Array
from linad.errors import NoRuleError
from linad.numpy.axes import NO, as_operand
from linad.operations import least_squares as _least_squares
from linad.operations import qr as _qr
from linad.operations.contractions import matmul
from linad.operations.elementwise import real
from linad.operations.hermitian import hermitian_part, require_hermitian
from linad.operations.reductions import sum as _sum
from linad.operations.shape import concatenate, reshape

_QRResult = type(np.linalg.qr(np.eye(1)))
_OLD_MODES = {"f": "reduced", "full": "reduced", "e": "raw", "economic": "raw"}


def _common(*arrays: Any) -> np.dtype[Any]:
    """The dtype in which numpy.linalg computes: single only where all are."""
    for x in arrays:
        if x.dtype.kind not in "biufc" or (x.dtype.kind in "fc" and x.dtype.char not in "fdFD"):
            raise TypeError(f"array type {x.dtype.name} is unsupported in linalg")
    wide = any(x.dtype.char not in "fF" for x in arrays)
    return np.dtype("fFdD"[2 * wide + any(x.dtype.kind == "c" for x in arrays)])


def _double(a: Any, common: np.dtype[Any]) -> Any:
    """An operand in double precision, in which numpy.linalg computes whatever it returns."""
    return retype(a, np.dtype("D" if common.kind == "c" else "d"))


def _at_least_matrices(a: Any) -> None:
    n = len(shape_of(a))
    if n < 2:
        raise np.linalg.LinAlgError(f"{n}-dimensional array given. Array must be at least two-dimensional")


@door(np.linalg.qr)
def qr(a: Any, mode: Any = "reduced") -> Any:
    """``Q, R`` with ``a = Q R``, or R alone.

    No derivative exists where the leading min(m, n) columns are dependent. The columns that complete Q to a square
    matrix are any orthonormal basis: a cost must not depend on which.
    """
    if mode not in ("reduced", "complete", "r", "raw", *_OLD_MODES):
        raise ValueError(f"Unrecognized mode '{mode}'")
    if mode in _OLD_MODES:
        message = f"The '{'full' if mode[0] == 'f' else 'economic'}' option is deprecated."
        warnings.warn(message, DeprecationWarning, stacklevel=3)
        mode = _OLD_MODES[mode]
    a = as_operand(a, "numpy.linalg.qr")
    _at_least_matrices(a)
    dtype = _common(a)
    a = _double(a, dtype)
    if mode == "raw":
        raise NoRuleError(
            "numpy.linalg.qr",
            "its raw output, LAPACK's reflectors, has no derivative rule.",
            "Take mode='reduced'.",
        )
    m, n = shape_of(a)[-2:]
    Q, R, _ = _qr.qr(a, False, mode == "complete" and m > n)
    Q, R = retype(Q, dtype), retype(R, dtype)
    if mode == "r":
        return R
    if mode == "complete" and shape_of(R)[-2] < m:
        *batch, k, _ = shape_of(R)
        R = concatenate(len(batch), R, np.zeros((*batch, m - k, n), R.dtype))
    return _QRResult(Q, R)


@door(np.linalg.lstsq)
def lstsq(a: Any, b: Any, rcond: Any = None) -> Any:
    """``x, residuals, rank, s`` of the least-squares problem ``a x = b``; of wide ``a`` the smallest solution.

    Singular values may tie. Where the rank is not full there is no derivative of ``x``;
    ``errstate(degenerate="warn")`` gives that among matrices of the same rank.
    """
    a, b = as_operand(a, "numpy.linalg.lstsq"), as_operand(b, "numpy.linalg.lstsq")
    vector = b.ndim == 1
    b = reshape(b, (-1, 1)) if vector else b
    for x in (a, b):
        if x.ndim != 2:
            raise np.linalg.LinAlgError(f"{x.ndim}-dimensional array given. Array must be two-dimensional")
    m, n = shape_of(a)
    if shape_of(b)[0] != m:
        raise np.linalg.LinAlgError("Incompatible dimensions")
    dtype = _common(a, b)
    a, b = _double(a, dtype), _double(b, dtype)
    if rcond is None:
        rcond = np.finfo(a.dtype).eps * max(n, m)
    rcond = np.finfo(a.dtype).eps / 2 if _constant(rcond, "lstsq") < 0 else rcond  # as LAPACK takes it
    x, rank, s = _least_squares.lstsq(a, b, lambda s: s > rcond * s[..., :1], vector)
    residuals: Any = np.array([], np.zeros(0, dtype).real.dtype)
    if m > n and (isinstance(rank, Array) or rank == n):
        r = b - matmul(a, reshape(x, (n, 1)) if vector else x)
        residuals = _sum(real(conj(r) * r) if is_complex(r) else r * r, (0,), False)
    real_dtype = np.zeros(0, dtype).real.dtype
    rank = retype(rank, np.dtype(np.int32)) if isinstance(rank, Array) else np.int32(rank)
    return retype(x, dtype), retype(residuals, real_dtype), rank, retype(s, real_dtype)


@door(np.linalg.pinv)
def pinv(a: Any, rcond: Any = None, hermitian: Any = False, *, rtol: Any = NO) -> Any:
    """The pseudo-inverses of matrices. Singular values may tie; where the rank is not full there is no derivative."""
    a = as_operand(a, "numpy.linalg.pinv")
    if rcond is None:
        rcond = 1e-15 if rtol is NO else rtol
        if rcond is None:
            rcond = max(shape_of(a)[-2:]) * np.finfo(a.dtype).eps
    elif rtol is not NO:
        raise ValueError("`rtol` and `rcond` can't be both set.")
    _at_least_matrices(a)
    dtype = _common(a)
    a = _double(a, dtype)
    if hermitian:
        if shape_of(a)[-1] != shape_of(a)[-2]:
            raise np.linalg.LinAlgError("Last 2 dimensions of the array must be square")
        require_hermitian(a, "pinv")
        a = hermitian_part(a)
    threshold = np.asarray(_constant(rcond, "pinv"))[..., None]
    X, _ = _least_squares.pinv(
        a, lambda s: s > threshold * np.max(s, axis=-1, keepdims=True, initial=0), bool(hermitian)
    )
    return retype(X, dtype)


def _constant(x: Any, name: str) -> Any:
    if isinstance(x, Array):
        raise NoRuleError(
            f"numpy.linalg.{name}",
            "its threshold is traced, and what depends on it jumps.",
            "Pass linad.value(x).",
        )
    return x


__all__ = ["lstsq", "pinv", "qr"]
