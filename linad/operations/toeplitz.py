"""Toeplitz and circulant matrices by their first columns and rows: products by Fourier transforms, and solving.

Matrix      T[i, j] = c[i - j] on the diagonal and below, r[j - i] above it; as one vector v = (c, reversed r[1:]), the
            first column of a circulant matrix of which T is a corner
Product     T X by transforms of v and X, that of the circulant matrix
Sums        those of Y X^H along its diagonals, by transforms of Y and X: the adjoint of the product in v
Equation    op(T) X = B
Tangent     dX = op(T)^-1 (dB - op(dT) X)
Cotangent   gB = op(T)^-H gX,   gv = -sums(gB, X), or where op is H the adjoint of that
Undefined   where T, or one of its leading blocks, is singular

No n x n matrix is formed. Transforms are linear operations of their own, so products need no rule.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from linad.core.kinds import ByHand, Sample, composition
from linad.core.space import conj, is_complex, shape_of
from linad.kernels import toeplitz as kernels
from linad.operations.elementwise import divide, real, where
from linad.operations.fourier import fft, ifft, irfft, rfft
from linad.operations.indexing import HOLE, index
from linad.operations.reductions import sum as total
from linad.operations.shape import concatenate, reshape

Args = Sequence[Any]
_ADJOINT = {"N": "H", "H": "N"}


def packed(c: Any, r: Any) -> Any:
    """v from the first column and row."""
    n = shape_of(r)[-1]
    return concatenate(len(shape_of(c)) - 1, c, index(r, (..., slice(n - 1, 0, -1))))


def adjoint(v: Any) -> Any:
    """v of T^H, T square."""
    return conj(index(v, (..., HOLE), kernels.reflected(shape_of(v)[-1])))


def times(v: Any, X: Any, rows: int) -> Any:
    """T X for matrices X; T has as many rows as are named."""
    p = shape_of(v)[-1]
    along_v, along_X = len(shape_of(v)) - 1, len(shape_of(X)) - 2
    if is_complex(v) or is_complex(X):
        spectrum = fft(v, p, along_v, "backward")
        product = reshape(spectrum, (*shape_of(spectrum), 1)) * fft(X, p, along_X, "backward")
        whole = ifft(product, p, len(shape_of(product)) - 2, "backward")
    else:
        spectrum = rfft(v, p, along_v, "backward")
        product = reshape(spectrum, (*shape_of(spectrum), 1)) * rfft(X, p, along_X, "backward")
        whole = irfft(product, p, len(shape_of(product)) - 2, "backward")
    return index(whole, (..., slice(0, rows), slice(None)))


def sums(Y: Any, X: Any) -> Any:
    """The sums of Y X^H along its diagonals, in the order of v; Y and X have n rows each."""
    p = max(2 * shape_of(X)[-2] - 1, 0)
    forward = rfft if not is_complex(Y) and not is_complex(X) else fft
    parts = [forward(Z, p, len(shape_of(Z)) - 2, "backward") for Z in (Y, X)]
    product = parts[0] * conj(parts[1])
    axis = len(shape_of(product)) - 2
    return (irfft if forward is rfft else ifft)(total(product, (axis + 1,), False), p, axis, "backward")


# -- solving --------------------------------------------------------------------------------------------------------


def _op(v: Any, X: Any, trans: str) -> Any:
    return times(v if trans == "N" else adjoint(v), X, shape_of(X)[-2])


def _tangent(args: Args, outputs: Args, tangents: Args) -> tuple[Any, ...]:
    v, _, trans = args
    dv, right = tangents
    if dv is not None:
        change = _op(dv, outputs[0], trans)
        right = -change if right is None else right - change
    return (solve_toeplitz(v, right, trans),)


def _cotangent(args: Args, outputs: Args, cotangents: Args, wanted: tuple[bool, ...]) -> tuple[Any, ...]:
    v, _, trans = args
    gB = solve_toeplitz(v, cotangents[0], _ADJOINT[trans])
    left, right = (gB, outputs[0]) if trans == "N" else (outputs[0], gB)
    return (-sums(left, right) if wanted[0] else None), gB


solve_toeplitz = composition(
    "solve_toeplitz",
    kernels.solve,
    rule=lambda: ByHand(
        _tangent, _cotangent, lambda args, outputs: (_op(args[0], outputs[0], args[2]) - args[1],)
    ),
    last=2,
    domain=("dominant first", "real"),
    samples=tuple(
        Sample((v, B), (trans,), f"{'x'.join(map(str, v))}-{'x'.join(map(str, B))}-{trans}")
        for v, B in [
            ((5,), (3, 2)),
            ((7,), (4, 1)),
            ((2, 5), (3, 1)),
            ((5,), (2, 3, 2)),
            ((1,), (1, 2)),
        ]
        for trans in "NH"
    ),
)


# -- circulant matrices ---------------------------------------------------------------------------------------------


def solve_circulant(c: Any, b: Any, zero: Any) -> Any:
    """x with the circular convolution of c and x equal to b, along the last axis of both.

    Where ``zero`` says that a frequency of c counts as zero, that of x is zero, too: the solution of least norm.
    """
    n, size = shape_of(c)[-1], shape_of(b)
    of_c, of_b = (fft(x, n, len(shape_of(x)) - 1, "backward") for x in (c, b))
    one = np.ones((), of_c.dtype)
    quotient = divide(where(zero, 0 * one, of_b), where(zero, one, of_c))
    x = ifft(quotient, n, max(len(size), len(shape_of(c))) - 1, "backward")
    return x if is_complex(c) or is_complex(b) else real(x)
