"""Polynomials by their coefficients, the highest power first: NumPy's older functions for them."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from linad.core.dispatch import door
from linad.core.space import is_complex, retype
from linad.errors import ArgumentError
from linad.numpy.axes import as_operand, with_dtype
from linad.numpy.order import sort
from linad.numpy.systems import inv
from linad.operations import elementwise, reductions
from linad.operations.contractions import matmul
from linad.operations.convolutions import convolve
from linad.operations.polynomials import powers
from linad.operations.polynomials import roots as _roots
from linad.operations.shape import concatenate, reshape, stack, transpose


def _coefficients(p: Any, name: str) -> Any:
    """A vector of coefficients; a number is one."""
    if isinstance(p, np.poly1d):
        raise ArgumentError(
            f"numpy.{name}", "a poly1d cannot hold traced coefficients.", "Pass its coefficients: p.coeffs."
        )
    p = as_operand(p, f"numpy.{name}")
    return reshape(p, (1,)) if p.ndim == 0 else p


@door(np.polyval)
def polyval(p: Any, x: Any) -> Any:
    """The value of a polynomial at numbers, by Horner's scheme."""
    p = as_operand(p.coeffs if isinstance(p, np.poly1d) else p, "numpy.polyval")
    if isinstance(x, np.poly1d):
        raise ArgumentError(
            "numpy.polyval",
            "at a poly1d it composes polynomials, and a poly1d cannot hold traced coefficients.",
            "Compose by numpy.polymul and numpy.polyadd on vectors of coefficients.",
        )
    x = as_operand(x, "numpy.polyval")
    y: Any = np.zeros(x.shape, x.dtype)
    for c in p:
        y = y * x + c
    return y


def _sum(original: Any, function: Any) -> Any:
    @door(original)
    def added(a1: Any, a2: Any) -> Any:
        """The coefficients of a sum or difference of polynomials."""
        a1, a2 = (_coefficients(x, original.__name__) for x in (a1, a2))
        n = max(a1.shape[0], a2.shape[0])
        a1, a2 = (
            x if x.shape[0] == n else concatenate(0, np.zeros(n - x.shape[0], x.dtype), x) for x in (a1, a2)
        )
        return function(a1, a2)

    return added


polyadd = _sum(np.polyadd, elementwise.add)
polysub = _sum(np.polysub, elementwise.subtract)


def _leading_zeros(p: Any) -> int:
    """How many leading coefficients are zero, all but the last at most."""
    count = 0
    while count < p.shape[0] - 1 and p[count] == 0:
        count += 1
    return count


@door(np.polymul)
def polymul(a1: Any, a2: Any) -> Any:
    """The coefficients of a product; leading zeros of the factors are left out, as NumPy does."""
    a1, a2 = (_coefficients(x, "polymul") for x in (a1, a2))
    if a1.ndim > 1 or a2.ndim > 1:
        raise ValueError("Polynomial must be 1d only.")
    a1, a2 = (x if x.shape[0] else np.zeros(1, x.dtype) for x in (a1, a2))
    return convolve(a1, a2, "full")[_leading_zeros(a1) + _leading_zeros(a2) :]


@door(np.polydiv)
def polydiv(u: Any, v: Any) -> Any:
    """Quotient and remainder by long division; the length of the remainder is held fixed."""
    u, v = (_coefficients(x, "polydiv") + 0.0 for x in (u, v))
    dtype = (u[0] + v[0]).dtype
    m, n = u.shape[0] - 1, v.shape[0] - 1
    scale, rest = 1.0 / v[0], retype(u, dtype)
    quotient, done = [], []
    for _ in range(m - n + 1):
        q = retype(scale * rest[0], dtype)
        reduced = rest[: n + 1] - q * v
        quotient.append(q)
        done.append(reduced[:1])
        rest = concatenate(0, reduced[1:], rest[n + 1 :])
    rest = concatenate(0, *done, rest) if done else rest
    while rest.shape[0] > 1 and elementwise.absolute(rest[0]) <= 1e-8:
        rest = rest[1:]
    return (stack(0, *quotient) if quotient else np.zeros(1, dtype)), retype(rest, dtype)


def _falling(n: int, dtype: np.dtype[Any]) -> Any:
    """n, ..., 1 in the dtype in which NumPy multiplies by them."""
    return np.arange(n, 0, -1).astype(np.result_type(dtype, np.int64))


@door(np.polyder)
def polyder(p: Any, m: Any = 1) -> Any:
    """The coefficients of the m-th derivative."""
    m = int(m)
    if m < 0:
        raise ValueError("Order of derivative must be positive (see polyint)")
    p = _coefficients(p, "polyder")
    for _ in range(m):
        p = p[:-1] * _falling(max(p.shape[0] - 1, 0), p.dtype)
    return p


@door(np.polyint)
def polyint(p: Any, m: Any = 1, k: Any = None) -> Any:
    """The coefficients of the m-th integral; k are its constants, which may be traced."""
    m = int(m)
    if m < 0:
        raise ValueError("Order of integral must be positive (see polyder)")
    k = np.zeros(m) if k is None else _coefficients(k, "polyint")
    if k.shape[0] == 1 and m > 1:
        k = k[0] * np.ones(m)
    if k.shape[0] < m:
        raise ValueError("k must be a scalar or a rank-1 array of length 1 or >m.")
    p = _coefficients(p, "polyint")
    for i in range(m):
        p = concatenate(0, p / _falling(p.shape[0], p.dtype), k[i : i + 1])
    return p


@door(np.poly)
def poly(seq_of_zeros: Any) -> Any:
    """The polynomial with given roots, or the characteristic one of a matrix, by its eigenvalues."""
    z = _coefficients(seq_of_zeros, "poly")
    if z.ndim == 2 and z.shape[0] == z.shape[1] != 0:
        z = np.linalg.eigvals(z)
    elif z.ndim != 1:
        raise ValueError("input must be 1d or non-empty square 2d array.")
    else:
        z = retype(z, np.dtype(np.mintypecode(z.dtype.char)))
    if z.shape[0] == 0:
        return 1.0
    one, none = np.ones(1, z.dtype), np.zeros(1, z.dtype)
    a: Any = one
    for i in range(z.shape[0]):
        a = concatenate(0, a, none) - z[i] * concatenate(0, none, a)
    if is_complex(a) and (sort(z) == sort(elementwise.conjugate(z))).all():
        return elementwise.real(a)
    return a


@door(np.roots)
def roots(p: Any) -> Any:
    """The roots of a polynomial. A repeated root has no derivative."""
    p = _coefficients(p, "roots")
    if p.ndim != 1:
        raise ValueError("Input must be a rank-1 array.")
    return _roots(p)


def _samples(x: Any, y: Any, w: Any, deg: Any) -> tuple[Any, Any, Any]:
    """The operands of a fit, as floating numbers, with NumPy's errors."""
    x, y = as_operand(x, "numpy.polyfit") + 0.0, as_operand(y, "numpy.polyfit") + 0.0
    if deg < 0:
        raise ValueError("expected deg >= 0")
    if x.ndim != 1:
        raise TypeError("expected 1D vector for x")
    if x.size == 0:
        raise TypeError("expected non-empty vector for x")
    if y.ndim < 1 or y.ndim > 2:
        raise TypeError("expected 1D or 2D array for y")
    if x.shape[0] != y.shape[0]:
        raise TypeError("expected x and y to have same length")
    if w is not None:
        w = as_operand(w, "numpy.polyfit") + 0.0
        if w.ndim != 1:
            raise TypeError("expected a 1-d array for weights")
        if w.shape[0] != y.shape[0]:
            raise TypeError("expected w and y to have the same length")
    return x, y, w


def _covariance(A: Any, scale: Any, residuals: Any, spare: int, unscaled: bool, vector: bool) -> Any:
    V = inv(matmul(transpose(A, (1, 0)), A)) / (reshape(scale, (-1, 1)) * scale)
    if unscaled:
        factor: Any = 1
    elif spare <= 0:
        raise ValueError("the number of data points must exceed order to scale the covariance matrix")
    else:
        factor = residuals / spare
    return (V if vector else reshape(V, (*V.shape, 1))) * factor


@door(np.polyfit)
def polyfit(
    x: Any, y: Any, deg: Any, rcond: Any = None, full: Any = False, w: Any = None, cov: Any = False
) -> Any:
    """The polynomial of least squares through samples, which may be traced, as may their weights."""
    order = int(deg) + 1
    x, y, w = _samples(x, y, w, deg)
    if rcond is None:
        rcond = x.shape[0] * np.finfo(x.dtype).eps
    A, b = powers(retype(x, np.promote_types(x.dtype, np.int64)), order), y
    if w is not None:
        column = reshape(w, (-1, 1))
        A = with_dtype(A * column, A.dtype, "same_kind")  # NumPy multiplies in place
        b = with_dtype(b * (w if y.ndim == 1 else column), y.dtype, "same_kind")
    scale = elementwise.sqrt(reductions.sum(A * A, (0,), False))
    A = A / scale
    c, residuals, rank, s = np.linalg.lstsq(A, b, rcond)
    c = c / (scale if y.ndim == 1 else reshape(scale, (-1, 1)))
    if full:
        return c, residuals, rank, s, rcond
    if rank != order:
        warnings.warn("Polyfit may be poorly conditioned", np.exceptions.RankWarning, stacklevel=3)
    if cov:
        return c, _covariance(
            A, scale, residuals, x.shape[0] - order, isinstance(cov, str) and cov == "unscaled", y.ndim == 1
        )
    return c


__all__ = [
    "poly", "polyadd", "polyder", "polydiv", "polyfit", "polyint", "polymul", "polysub", "polyval", "roots",
]  # fmt: skip
