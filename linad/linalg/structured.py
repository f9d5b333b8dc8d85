"""Matrices made of vectors and of blocks."""

from __future__ import annotations

import math
import operator
import warnings
from itertools import accumulate, pairwise
from typing import Any

import numpy as np
import scipy.linalg
from scipy.linalg import dft, hadamard, helmert, hilbert, invhilbert, invpascal, pascal  # of integers alone

from linad.core.dispatch import door
from linad.core.space import conj
from linad.core.traced import PYTHON, Array, innermost, operand
from linad.operations import elementwise
from linad.operations.indexing import HOLE, assemble, index, scatter
from linad.operations.shape import broadcast_to, concatenate, flip, from_diagonal, reshape


def _array(x: Any, name: str, least: int = 1) -> Any:
    """A traced array, or a plain one, with leading axes of length one up to as many axes as asked for."""
    x = operand(x, f"scipy.linalg.{name}")
    x = x if isinstance(x, Array) else np.asarray(x)
    if x.ndim < least or type(innermost(x)) in PYTHON:
        return reshape(x, (1,) * (least - x.ndim) + x.shape)
    return x


def _batches(name: str, *vectors: Any) -> list[Any]:
    """Vectors in the last axis, repeated to their common batch."""
    batch = np.broadcast_shapes(*[x.shape[:-1] for x in vectors])
    if math.prod(batch) == 0:
        raise ValueError(f"`{name}` does not support zero-size batches.")
    return [x if x.shape[:-1] == batch else broadcast_to(x, (*batch, x.shape[-1])) for x in vectors]


def _gathered(v: Any, places: Any) -> Any:
    """The entries at places along the last axis, as an array of their own: to a view += would be refused."""
    entries = index(v, (..., HOLE), places)
    return entries if v.ndim == 1 else elementwise.positive(entries)


def _striped(v: Any, n: int, m: int) -> Any:
    """The n x m matrices with the entries v[n - 1 - i + j]: a stripe for each number."""
    return _gathered(v, (n - 1 - np.arange(n))[:, None] + np.arange(m))


def _reversed(x: Any) -> Any:
    return flip(x, (x.ndim - 1,))


def _joined(*vectors: Any) -> Any:
    return concatenate(vectors[0].ndim - 1, *vectors)


@door(scipy.linalg.toeplitz)
def toeplitz(c: Any, r: Any = None) -> Any:
    """The matrices with constant diagonals, of which c is the first column and r the first row."""
    c = _array(c, "toeplitz")
    c, r = _batches("toeplitz", c, conj(c) if r is None else _array(r, "toeplitz"))
    return _striped(_joined(_reversed(c), r[..., 1:]), c.shape[-1], r.shape[-1])


@door(scipy.linalg.circulant)
def circulant(c: Any) -> Any:
    """The matrices of which each column is the one before, turned by one; c is the first."""
    c = _array(c, "circulant")
    n = c.shape[-1]
    back = _reversed(c)
    return _striped(_joined(back, back[..., : max(n - 1, 0)]), n, n)


@door(scipy.linalg.hankel)
def hankel(c: Any, r: Any = None) -> Any:
    """The matrix with constant anti-diagonals, of which c is the first column and r the last row."""
    c = _array(c, "hankel", 0)
    r = np.zeros(c.shape, c.dtype) if r is None else _array(r, "hankel", 0)
    if c.ndim > 1 or r.ndim > 1:
        warnings.warn(
            "Beginning in SciPy 1.19, multidimensional input will be treated as a batch, not `ravel`ed. "
            "To preserve the existing behavior and silence this warning, `ravel` arguments before passing "
            "them to `hankel`.",
            FutureWarning,
            stacklevel=3,
        )
        c, r = reshape(c, (c.size,)), reshape(r, (r.size,))
    v = _joined(c, r[1:])
    return _gathered(v, np.arange(c.shape[0])[:, None] + np.arange(r.shape[0]))


@door(scipy.linalg.leslie)
def leslie(f: Any, s: Any) -> Any:
    """The matrices of growth by age: f in the first row, s below the diagonal."""
    f, s = _array(f, "leslie"), _array(s, "leslie")
    n = f.shape[-1]
    f, s = _batches("leslie", f, s)
    if n != s.shape[-1] + 1:
        raise ValueError(
            "Incorrect lengths for f and s. The length of s along the last axis must be one less than the length of f."
        )
    if n == 1:
        raise ValueError("The length of s must be at least 1.")
    return concatenate(f.ndim - 1, reshape(f, (*f.shape[:-1], 1, n)), from_diagonal(s, 0, (n - 1, n)))


def _leads_with_zero(a: Any) -> bool:
    """Whether the first coefficient of a polynomial is 0; a symbol, which has no numbers yet, is not asked."""
    plain = innermost(a)
    return isinstance(plain, np.ndarray) and bool((plain[..., 0] == 0).any())


@door(scipy.linalg.companion)
def companion(a: Any) -> Any:
    """The matrices whose eigenvalues are the roots of polynomials with coefficients a, the leading one first."""
    a = _array(a, "companion")
    n = a.shape[-1]
    if n < 2:
        raise ValueError("The length of `a` along the last axis must be at least 2.")
    if _leads_with_zero(a):
        raise ValueError("The first coefficient(s) of `a` (i.e. elements of `a[..., 0]`) must not be zero.")
    row = -a[..., 1:] / a[..., 0:1]
    row = reshape(row, (*a.shape[:-1], 1, n - 1))
    below = np.broadcast_to(np.eye(n - 2, n - 1, dtype=row.dtype), (*a.shape[:-1], n - 2, n - 1))
    return concatenate(a.ndim - 1, row, below)


@door(scipy.linalg.fiedler_companion)
def fiedler_companion(a: Any) -> Any:
    """Companion matrices with five diagonals."""
    a = _array(a, "fiedler_companion")
    batch, n = a.shape[:-1], a.shape[-1] - 1
    if math.prod(batch) == 0:
        raise ValueError("Cannot apply_along_axis when any iteration dimensions are 0")
    if n < 1:
        return np.zeros((*batch, 0), a.dtype)
    if n > 1 and _leads_with_zero(a):
        raise ValueError("Leading coefficient is zero.")
    k = np.arange(n)
    rows, columns = k - k % 2, np.maximum(k - 1 + k % 2, 0)
    coefficients = scatter(-(a[..., 1:] / a[..., :1]), (*batch, n, n), (..., HOLE, HOLE), rows, columns)
    return coefficients + scipy.linalg.fiedler_companion(np.eye(1, n + 1, dtype=a.dtype)[0])


@door(scipy.linalg.fiedler)
def fiedler(a: Any) -> Any:
    """The matrices of the distances between all pairs of numbers."""
    a = _array(a, "fiedler")
    if a.size < 2:
        return np.zeros((a.size,) * (1 + a.size))  # as SciPy: without the batch
    return elementwise.absolute(a[..., :, None] - a[..., None, :])


@door(scipy.linalg.convolution_matrix)
def convolution_matrix(a: Any, n: Any, mode: Any = "full") -> Any:
    """The matrices that convolve vectors of length n with a."""
    if n <= 0:
        raise ValueError("n must be a positive integer.")
    a = _array(a, "convolution_matrix", 0)
    if a.size == 0:
        raise ValueError("len(a) must be at least 1.")
    if mode not in ("full", "valid", "same"):
        raise ValueError("'mode' argument must be one of ('full', 'valid', 'same')")
    n = operator.index(n)
    if a.ndim == 0:
        raise IndexError("convolution_matrix: a is a number; it must be a vector")
    m = a.shape[-1]
    surplus = {"full": 0, "same": min(m, n) - 1, "valid": 2 * (min(m, n) - 1)}[mode]
    outside = np.zeros((*a.shape[:-1], n - 1), a.dtype)
    first = np.arange(m + n - 1 - surplus) + n - 1 + surplus // 2
    return _gathered(_joined(outside, a, outside), first[:, None] - np.arange(n))


@door(scipy.linalg.block_diag)
def block_diag(*arrs: Any) -> Any:
    """The matrix with the given blocks on its diagonal; a vector is a row, a number one entry."""
    blocks = [_array(x, "block_diag", 2) for x in arrs]
    batch = np.broadcast_shapes(*[x.shape[:-2] for x in blocks])
    rows, columns = ([0, *accumulate(x.shape[axis] for x in blocks)] for axis in (-2, -1))
    places = tuple(
        [(..., slice(*i), slice(*j)) for i, j in zip(pairwise(rows), pairwise(columns), strict=True)]
    )
    return assemble((*batch, rows[-1], columns[-1]), places, *blocks)


@door(scipy.linalg.khatri_rao)
def khatri_rao(a: Any, b: Any) -> Any:
    """The Kronecker products of each column of a with the same column of b."""
    a, b = _array(a, "khatri_rao", 0), _array(b, "khatri_rao", 0)
    if a.ndim < 2 or b.ndim < 2:
        raise ValueError("The both arrays should be 2-dimensional.")
    (n, k), m = a.shape[-2:], b.shape[-2]
    if k != b.shape[-1]:
        raise ValueError("The number of columns for both arrays should be equal.")
    batch = np.broadcast_shapes(a.shape[:-2], b.shape[:-2])
    if batch and 0 in batch:
        raise ValueError("`khatri_rao` does not support zero-size batches.")
    if a.size == 0 or b.size == 0:
        return np.zeros((*batch, n * m, k), a.dtype)
    product = reshape(a, (*a.shape[:-1], 1, k)) * reshape(b, (*b.shape[:-2], 1, m, k))
    return elementwise.positive(reshape(product, (*batch, n * m, k)))


__all__ = [
    "block_diag", "circulant", "companion", "convolution_matrix", "dft", "fiedler", "fiedler_companion",
    "hadamard", "hankel", "helmert", "hilbert", "invhilbert", "invpascal", "khatri_rao", "leslie", "pascal",
    "toeplitz",
]  # fmt: skip
