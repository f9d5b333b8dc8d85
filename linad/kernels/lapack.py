"""LAPACK's factorizations by elimination, in place: LU, Cholesky, L D L^T, inverses, and Sylvester equations.

Matrices as in ``blas``. Where a result has an order of its own (rows are permuted, factors stand in one triangle), what
is overwritten must be in Fortran order; where the transpose serves as well, C order is taken with its triangle flipped.
``info`` is LAPACK's: zero, or the position, counted from one, where a pivot or a minor fails.
"""

from __future__ import annotations

from ctypes import byref, c_int
from typing import Any

import numpy as np

from linad.kernels.blas import trsm
from linad.kernels.counters import count
from linad.kernels.operands import (
    Matrix,
    apart,
    fortran,
    fortran_output,
    kind_of,
    matrix,
    output,
)
from linad.kernels.pointers import CHARACTERS, INT_MAX, INTEGERS, Flags, Kind, pointer

Array = np.ndarray[Any, Any]

_L, _U, _N, _T, _C = (CHARACTERS[letter] for letter in "LUNTC")
_OP = Flags({"N": _N, "T": _T, "H": _C})
_INT = np.dtype(np.intc)
_SIGN = Flags({1: 1, -1: -1})
_FEW = 128  # pivots, that a list serves faster
_BLOCK = 64  # columns that LAPACK takes at once, at most


def square(found: Matrix, what: str) -> int:
    m, n = found[3:5]
    if m != n:
        raise ValueError(f"{what} must be square, not {m} x {n}.")
    return m


def work_of(kind: Kind, size: int) -> tuple[Array, int]:
    """Memory to work in, of a size that LAPACK can be told."""
    size = max(1, min(size, INT_MAX))
    return np.empty(size, kind.dtype), size


def getrf(A: Array) -> tuple[Array, int]:
    """P L U = A, where L and U overwrite A. Returns the pivots and info, the first pivot that is zero.

    Row i was exchanged with row pivots[i] - 1, one after the other.
    """
    kind = kind_of(A, "getrf: A")
    start, ld, _, m, n, _, _ = fortran_output(A, kind, "getrf: A")
    pivots = np.empty(min(m, n), _INT)
    info = c_int()
    if m and n:
        i = INTEGERS
        kind.run["getrf"](i[m], i[n], start, i[ld], pointer(pivots), byref(info))
        count("getrf", 1, m, n)
    return pivots, info.value


def getrs(LU: Array, pivots: Array, B: Array, trans: str = "N") -> None:
    """B := op(A)^-1 B, from what getrf left of A."""
    kind = kind_of(B, "getrs: B")
    flag = _OP[trans]
    b, a = fortran_output(B, kind, "getrs: B"), fortran(LU, kind, "getrs: LU")
    n = square(a, "getrs: LU")
    start, ld, _, m, k, _, _ = b
    if m != n:
        raise ValueError(f"getrs: LU is {n} x {n}, B {m} x {k}.")
    pivots = _checked(pivots, n, B, "getrs")
    if n and k:
        apart(b, a, kind, "getrs: LU and B")
        i = INTEGERS
        info = byref(c_int())
        kind.run["getrs"](flag, i[n], i[k], a[0], i[a[1]], pointer(pivots), start, i[ld], info)
        count("getrs", 1, n, k)


def getri(LU: Array, pivots: Array) -> int:
    """LU := A^-1, from what getrf left of A. Returns info, the first pivot that is zero; then LU is unchanged."""
    kind = kind_of(LU, "getri: LU")
    a = fortran_output(LU, kind, "getri: LU")
    n = square(a, "getri: LU")
    info = c_int()
    pivots = _checked(pivots, n, LU, "getri")
    if n:
        work, size = work_of(kind, n * _BLOCK)
        i = INTEGERS
        kind.run["getri"](i[n], a[0], i[a[1]], pointer(pivots), pointer(work), i[size], byref(info))
        count("getri", 1, n)
    return info.value


def _checked(pivots: Array, n: int, written: Array, routine: str) -> Array:
    """Pivots that stay inside of n rows: LAPACK exchanges what they say."""
    if type(pivots) is not np.ndarray or pivots.dtype != _INT:
        raise TypeError(f"{routine}: pivots must be a numpy.ndarray of {_INT}, as getrf returns them.")
    if pivots.shape != (n,):
        raise ValueError(f"{routine}: {n} pivots are needed; their shape is {pivots.shape}.")
    flags = pivots.flags
    if not (flags.c_contiguous and flags.aligned) or np.may_share_memory(pivots, written):
        pivots = pivots.copy()
    if n:
        numbers = pivots.tolist() if n < _FEW else (int(pivots.min()), int(pivots.max()))
        if min(numbers) < 1 or max(numbers) > n:
            raise ValueError(f"{routine}: pivots must lie between 1 and {n}.")
    return pivots


def potrf(A: Array, lower: bool = True) -> int:
    """C of A = C C^H, or of C^H C where not lower, overwrites its triangle of A; the other one is not read.

    Returns info, the order of the first leading minor that is not positive.
    """
    return _in_triangle("potrf", A, lower)


def potri(C: Array, lower: bool = True) -> int:
    """The triangle of A^-1 overwrites that of A's Cholesky factor.

    Returns info, the first diagonal entry that is zero.
    """
    return _in_triangle("potri", C, lower)


def lauum(C: Array, lower: bool = True) -> None:
    """The triangle of C^H C overwrites that of C if lower, else that of C C^H."""
    _in_triangle("lauum", C, lower)


def _in_triangle(routine: str, A: Array, lower: bool) -> int:
    kind = kind_of(A, "A")
    lower = bool(lower)
    a = output(A, kind, "A")
    n = square(a, "A")
    info = c_int()
    if n:
        i = INTEGERS
        uplo = _L if lower != a[2] else _U  # A^T = conj(A), and so their factors
        kind.run[routine](uplo, i[n], a[0], i[a[1]], byref(info))
        count(routine, 1, n)
    return info.value


def potrs(C: Array, B: Array, lower: bool = True) -> None:
    """B := A^-1 B, from the Cholesky factor of A."""
    kind = kind_of(B, "potrs: B")
    lower = bool(lower)
    b, c = output(B, kind, "potrs: B"), matrix(C, kind, "potrs: C")
    n = square(c, "potrs: C")
    start, ld, flipped, m, k, _, _ = b
    if m != n:
        raise ValueError(f"potrs: C is {n} x {n}, B {m} x {k}.")
    if n == 0 or k == 0:
        return
    if flipped or (kind.complex and c[2]):
        for trans in ("N", "H") if lower else ("H", "N"):
            trsm(C, B, lower=lower, trans=trans)
        return
    apart(b, c, kind, "potrs: C and B")
    i = INTEGERS
    uplo = _L if lower != c[2] else _U
    kind.run["potrs"](uplo, i[n], i[k], c[0], i[c[1]], start, i[ld], byref(c_int()))
    count("potrs", 1, n, k)


def trtri(T: Array, lower: bool = True, unit: bool = False) -> int:
    """The inverse of a triangular matrix overwrites it. Returns info, the first diagonal entry that is zero."""
    kind = kind_of(T, "trtri: T")
    lower, diag = bool(lower), _U if unit else _N
    t = output(T, kind, "trtri: T")
    n = square(t, "trtri: T")
    info = c_int()
    if n:
        i = INTEGERS
        kind.run["trtri"](_L if lower != t[2] else _U, diag, i[n], t[0], i[t[1]], byref(info))
        count("trtri", 1, n)
    return info.value


def trsyl(
    A: Array, B: Array, C: Array, trans_a: str = "N", trans_b: str = "N", sign: int = 1
) -> tuple[float, int]:
    """X of op(A) X + sign X op(B) = scale C overwrites C; A and B are upper quasi-triangular, as Schur forms are.

    Returns the scale, at most one, and info: one where eigenvalues met and were moved apart.
    """
    kind = kind_of(C, "trsyl: C")
    flag_a, flag_b, sign = _OP[trans_a], _OP[trans_b], _SIGN[sign]
    if kind.complex and (flag_a is _T or flag_b is _T):
        raise ValueError("trsyl: trans must be N or H for complex matrices.")
    c = fortran_output(C, kind, "trsyl: C")
    a, b = fortran(A, kind, "trsyl: A"), fortran(B, kind, "trsyl: B")
    start, ld, _, m, n, _, _ = c
    if square(a, "trsyl: A") != m or square(b, "trsyl: B") != n:
        raise ValueError(f"trsyl: A is {a[3]} x {a[3]}, B {b[3]} x {b[3]}, C {m} x {n}.")
    if m == 0 or n == 0:
        return 1.0, 0
    apart(c, a, kind, "trsyl: A and C")
    apart(c, b, kind, "trsyl: B and C")
    scale, info = np.ones(1, kind.real_dtype), c_int()
    i = INTEGERS
    kind.run["trsyl"](
        flag_a, flag_b, i[sign], i[m], i[n], a[0], i[a[1]], b[0], i[b[1]], start, i[ld], pointer(scale), byref(info)
    )  # fmt: skip
    count("trsyl", 1, m, n)
    return float(scale[0]), info.value


def sytrf(A: Array, lower: bool = True) -> tuple[Array, int]:
    """L D L^T of a symmetric matrix, or U D U^T where not lower, overwrites its triangle of A.

    Returns the pivots, as LAPACK counts them, and info, the first block of D that is exactly singular.
    """
    return _indefinite("sytrf", A, lower)


def hetrf(A: Array, lower: bool = True) -> tuple[Array, int]:
    """L D L^H of a Hermitian matrix, or U D U^H where not lower, as ``sytrf``."""
    kind = kind_of(A, "hetrf: A")
    return _indefinite("hetrf" if kind.complex else "sytrf", A, lower)


def _indefinite(routine: str, A: Array, lower: bool) -> tuple[Array, int]:
    kind = kind_of(A, f"{routine}: A")
    uplo = _L if lower else _U
    a = fortran_output(A, kind, f"{routine}: A")
    n = square(a, f"{routine}: A")
    pivots, info = np.empty(n, _INT), c_int()
    if n:
        work, size = work_of(kind, n * _BLOCK)
        i = INTEGERS
        kind.run[routine](uplo, i[n], a[0], i[a[1]], pointer(pivots), pointer(work), i[size], byref(info))
        count(routine, 1, n)
    return pivots, info.value
