"""BLAS and LAPACK with the arguments of their C interface, by SciPy's wrappers: where the pointers do not serve.

Slower, as the wrappers copy, and with the same results. Like the routines, these trust what they are given.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.linalg import blas, lapack

Array = np.ndarray[Any, Any]
Pointer = ctypes.c_void_p
Routine = Callable[..., Any]

_TRANS = {"N": 0, "T": 1, "C": 2}
_INT = np.dtype(np.intc)


def emulated(routine: str, name: str, dtype: np.dtype[Any]) -> Routine:
    """A routine of a type by the wrapper of a name; takes what a pointer takes: references and addresses."""
    wrapper = getattr(blas, name, None) or getattr(lapack, name)
    memory = Memory(dtype)
    body = _BODIES[routine]

    def call(*arguments: Any) -> None:
        info = body(wrapper, memory, *[_value(argument) for argument in arguments])
        if info is not None:
            arguments[-1]._obj.value = info

    return call


def _value(argument: Any) -> Any:
    """The character or number that is referred to; an address stays one."""
    if isinstance(argument, Pointer):
        return argument
    found = argument._obj
    if isinstance(found, ctypes.Array):
        return complex(*found)
    return found.value.decode() if isinstance(found, ctypes.c_char) else found.value


class Memory:
    """Arrays of a type at addresses."""

    __slots__ = ("dtype", "real")

    def __init__(self, dtype: np.dtype[Any]) -> None:
        self.dtype, self.real = dtype, np.empty(0, dtype).real.dtype

    def matrix(self, start: Pointer, rows: int, columns: int, ld: int) -> Array:
        size = self.dtype.itemsize
        buffer = (ctypes.c_char * (((columns - 1) * ld + rows) * size)).from_address(start.value or 0)
        return np.ndarray((rows, columns), self.dtype, memoryview(buffer), strides=(size, ld * size))

    def vector(self, start: Pointer, n: int, dtype: np.dtype[Any] | None = None) -> Array:
        dtype = dtype or self.dtype
        if n == 0:
            return np.empty(0, dtype)
        buffer = (ctypes.c_char * (n * dtype.itemsize)).from_address(start.value or 0)
        return np.ndarray(n, dtype, memoryview(buffer))

    def strided(self, start: Pointer, n: int, step: int) -> Array:
        return self.vector(start, (n - 1) * abs(step) + 1)[::step]


def _gemm(f: Routine, at: Memory, ta: str, tb: str, m: int, n: int, k: int, alpha: complex, a: Pointer, lda: int,
          b: Pointer, ldb: int, beta: complex, c: Pointer, ldc: int) -> None:  # fmt: skip
    C = at.matrix(c, m, n, ldc)
    if k == 0:
        C[...] = beta * C if beta != 0 else 0
        return
    A = at.matrix(a, m, k, lda) if ta == "N" else at.matrix(a, k, m, lda)
    B = at.matrix(b, k, n, ldb) if tb == "N" else at.matrix(b, n, k, ldb)
    old = {"beta": beta, "c": C} if beta != 0 else {}
    C[...] = f(alpha, A, B, trans_a=_TRANS[ta], trans_b=_TRANS[tb], **old)


def _gemv(f: Routine, at: Memory, ta: str, m: int, n: int, alpha: complex, a: Pointer, lda: int, x: Pointer, incx: int,
          beta: complex, y: Pointer, incy: int) -> None:  # fmt: skip
    columns, rows = (n, m) if ta == "N" else (m, n)
    Y = at.strided(y, rows, incy)
    old = {"beta": beta, "y": Y} if beta != 0 else {}
    Y[...] = f(alpha, at.matrix(a, m, n, lda), at.strided(x, columns, incx), trans=_TRANS[ta], **old)


def _rank_k(f: Routine, at: Memory, uplo: str, trans: str, n: int, k: int, alpha: complex, a: Pointer, lda: int,
            beta: complex, c: Pointer, ldc: int) -> None:  # fmt: skip
    C = at.matrix(c, n, n, ldc)
    A = at.matrix(a, n, k, lda) if trans == "N" else at.matrix(a, k, n, lda)
    product = f(alpha, A, trans=_TRANS[trans], lower=uplo == "L") if k > 0 else np.zeros_like(C)
    for j in range(n):
        part = slice(j, None) if uplo == "L" else slice(j + 1)
        C[part, j] = product[part, j] + (beta * C[part, j] if beta != 0 else 0)


def _herk(f: Routine, at: Memory, *arguments: Any) -> None:
    _rank_k(f, at, *arguments)
    n, c, ld = arguments[2], arguments[-2], arguments[-1]
    diagonal = np.einsum("ii->i", at.matrix(c, n, n, ld))
    diagonal[...] = diagonal.real


def _triangular(f: Routine, at: Memory, side: str, uplo: str, trans: str, diag: str, m: int, n: int, alpha: complex,
                a: Pointer, lda: int, b: Pointer, ldb: int) -> None:  # fmt: skip
    order = m if side == "L" else n
    A, B = at.matrix(a, order, order, lda), at.matrix(b, m, n, ldb)
    B[...] = f(alpha, A, B, side=side == "R", lower=uplo == "L", trans_a=_TRANS[trans], diag=diag == "U")


def _getrf(f: Routine, at: Memory, m: int, n: int, a: Pointer, lda: int, pivots: Pointer, info: int) -> int:
    A = at.matrix(a, m, n, lda)
    A[...], found, info = f(A)
    at.vector(pivots, min(m, n), _INT)[:] = found + 1
    return info


def _getrs(f: Routine, at: Memory, trans: str, n: int, k: int, a: Pointer, lda: int, pivots: Pointer, b: Pointer,
           ldb: int, info: int) -> int:  # fmt: skip
    B = at.matrix(b, n, k, ldb)
    B[...], info = f(at.matrix(a, n, n, lda), at.vector(pivots, n, _INT) - 1, B, trans=_TRANS[trans])
    return info


def _getri(f: Routine, at: Memory, n: int, a: Pointer, lda: int, pivots: Pointer, work: Pointer, lwork: int,
           info: int) -> int:  # fmt: skip
    A = at.matrix(a, n, n, lda)
    A[...], info = f(A, at.vector(pivots, n, _INT) - 1, lwork=lwork)
    return info


def _potrf(f: Routine, at: Memory, uplo: str, n: int, a: Pointer, lda: int, info: int) -> int:
    A = at.matrix(a, n, n, lda)
    A[...], info = f(A, lower=uplo == "L", clean=False)
    return info


def _potrs(f: Routine, at: Memory, uplo: str, n: int, k: int, a: Pointer, lda: int, b: Pointer, ldb: int,
           info: int) -> int:  # fmt: skip
    B = at.matrix(b, n, k, ldb)
    B[...], info = f(at.matrix(a, n, n, lda), B, lower=uplo == "L")
    return info


def _in_triangle(f: Routine, at: Memory, uplo: str, n: int, a: Pointer, lda: int, info: int) -> int:
    A = at.matrix(a, n, n, lda)
    A[...], info = f(A, lower=uplo == "L")
    return info


def _trtri(f: Routine, at: Memory, uplo: str, diag: str, n: int, a: Pointer, lda: int, info: int) -> int:
    A = at.matrix(a, n, n, lda)
    A[...], info = f(A, lower=uplo == "L", unitdiag=diag == "U")
    return info


def _trsyl(f: Routine, at: Memory, ta: str, tb: str, sign: int, m: int, n: int, a: Pointer, lda: int, b: Pointer,
           ldb: int, c: Pointer, ldc: int, scale: Pointer, info: int) -> int:  # fmt: skip
    C = at.matrix(c, m, n, ldc)
    A, B = at.matrix(a, m, m, lda), at.matrix(b, n, n, ldb)
    C[...], at.vector(scale, 1, at.real)[0], info = f(A, B, C, trana=ta, tranb=tb, isgn=sign)
    return info


def _sytrf(f: Routine, at: Memory, uplo: str, n: int, a: Pointer, lda: int, pivots: Pointer, work: Pointer, lwork: int,
           info: int) -> int:  # fmt: skip
    A = at.matrix(a, n, n, lda)
    A[...], at.vector(pivots, n, _INT)[:], info = f(A, lower=uplo == "L", lwork=lwork)
    return info


def _geqrf(f: Routine, at: Memory, m: int, n: int, a: Pointer, lda: int, tau: Pointer, work: Pointer, lwork: int,
           info: int) -> int:  # fmt: skip
    A = at.matrix(a, m, n, lda)
    A[...], at.vector(tau, min(m, n))[:], _, info = f(A, lwork=lwork)
    return info


def _orgqr(f: Routine, at: Memory, m: int, n: int, k: int, a: Pointer, lda: int, tau: Pointer, work: Pointer,
           lwork: int, info: int) -> int:  # fmt: skip
    A = at.matrix(a, m, n, lda)
    A[...], _, info = f(A, at.vector(tau, k), lwork=lwork)
    return info


def _ormqr(f: Routine, at: Memory, side: str, trans: str, m: int, n: int, k: int, a: Pointer, lda: int, tau: Pointer,
           c: Pointer, ldc: int, work: Pointer, lwork: int, info: int) -> int:  # fmt: skip
    C = at.matrix(c, m, n, ldc)
    A = at.matrix(a, m if side == "L" else n, k, lda)
    C[...], _, info = f(side, trans, A, at.vector(tau, k), C, lwork)
    return info


def _geqp3(f: Routine, at: Memory, m: int, n: int, a: Pointer, lda: int, perm: Pointer, tau: Pointer, work: Pointer,
           lwork: int, *rest: Any) -> int:  # fmt: skip
    A = at.matrix(a, m, n, lda)
    A[...], at.vector(perm, n, _INT)[:], at.vector(tau, min(m, n))[:], _, info = f(A, lwork=lwork)
    return int(info)


def _syevd(
    f: Routine, at: Memory, job: str, uplo: str, n: int, a: Pointer, lda: int, w: Pointer, *rest: Any
) -> int:
    A = at.matrix(a, n, n, lda)
    at.vector(w, n, at.real)[:], V, info = f(A, compute_v=job == "V", lower=uplo == "L")
    if job == "V":
        A[...] = V
    return int(info)


def _gesdd(f: Routine, at: Memory, job: str, m: int, n: int, a: Pointer, lda: int, s: Pointer, u: Pointer, ldu: int,
           vt: Pointer, ldvt: int, work: Pointer, lwork: int, *rest: Any) -> int:  # fmt: skip
    k = min(m, n)
    U, values, Vh, info = f(at.matrix(a, m, n, lda), compute_uv=job != "N", full_matrices=job == "A")
    at.vector(s, k, at.real)[:] = values
    if job != "N":
        at.matrix(u, m, U.shape[1], ldu)[...] = U
        at.matrix(vt, Vh.shape[0], n, ldvt)[...] = Vh
    return int(info)


_BODIES: dict[str, Callable[..., int | None]] = {
    "gemm": _gemm, "gemv": _gemv, "syrk": _rank_k, "herk": _herk, "trsm": _triangular, "trmm": _triangular,
    "getrf": _getrf, "getrs": _getrs, "getri": _getri, "potrf": _potrf, "potrs": _potrs, "potri": _in_triangle,
    "lauum": _in_triangle,
    "trtri": _trtri, "trsyl": _trsyl, "sytrf": _sytrf, "hetrf": _sytrf, "geqrf": _geqrf, "orgqr": _orgqr,
    "ormqr": _ormqr, "geqp3": _geqp3, "syevd": _syevd, "gesdd": _gesdd,
}  # fmt: skip
