"""LAPACK's factorizations by unitary matrices: QR, with and without pivots, eigenvalues and singular values.

Matrices as in ``blas``. What is overwritten must be in Fortran order, but for what is merely destroyed.
"""

from __future__ import annotations

from ctypes import byref, c_int
from typing import Any

import numpy as np

from linad.kernels.counters import count
from linad.kernels.lapack import square, work_of
from linad.kernels.operands import Matrix, apart, fortran, fortran_output, kind_of, output, relaid
from linad.kernels.pointers import CHARACTERS, INTEGERS, Flags, Kind, pointer

Array = np.ndarray[Any, Any]

_A, _L, _N, _R, _S, _T, _C, _U, _V = (CHARACTERS[letter] for letter in "ALNRSTCUV")
_IS_LEFT = Flags({"L": True, "R": False})
_REAL = Flags({"N": _N, "T": _T, "H": _T})
_COMPLEX = Flags({"N": _N, "H": _C})
_INT = np.dtype(np.intc)
_BLOCK = 64  # columns that LAPACK takes at once, at most


def geqrf(A: Array) -> Array:
    """Q R = A: R overwrites the upper triangle of A, and the rest holds Q together with tau, which is returned."""
    kind = kind_of(A, "geqrf: A")
    start, ld, _, m, n, _, _ = fortran_output(A, kind, "geqrf: A")
    tau = np.empty(min(m, n), kind.dtype)
    if m and n:
        work, size = work_of(kind, n * _BLOCK)
        i = INTEGERS
        info = byref(c_int())
        kind.run["geqrf"](i[m], i[n], start, i[ld], pointer(tau), pointer(work), i[size], info)
        count("geqrf", 1, m, n)
    return tau


def geqp3(A: Array) -> tuple[Array, Array]:
    """Q R = A[:, perm], by pivots of largest norm, stored as geqrf does. Returns perm and tau."""
    kind = kind_of(A, "geqp3: A")
    start, ld, _, m, n, _, _ = fortran_output(A, kind, "geqp3: A")
    tau = np.empty(min(m, n), kind.dtype)
    if m == 0 or n == 0:
        return np.arange(n, dtype=_INT), tau
    perm = np.zeros(n, _INT)  # zero: any column may come first
    work, size = work_of(kind, 2 * n + (n + 1) * _BLOCK)
    real = _real_work(kind, 2 * n)
    i = INTEGERS
    kind.run["geqp3"](
        i[m], i[n], start, i[ld], pointer(perm), pointer(tau), pointer(work), i[size], *map(pointer, real),
        byref(c_int()),
    )  # fmt: skip
    count("geqp3", 1, m, n)
    perm -= 1
    return perm, tau


def _real_work(kind: Kind, size: int) -> list[Array]:
    """The real memory that complex routines work in besides; none for real ones."""
    return [np.empty(size, kind.real_dtype)] if kind.complex else []


def orgqr(QR: Array, tau: Array) -> None:
    """The first columns of Q overwrite what geqrf left: as many as QR has, and at most its rows."""
    kind = kind_of(QR, "orgqr: QR")
    q = fortran_output(QR, kind, "orgqr: QR")
    start, ld, _, m, n, _, _ = q
    tau = _reflectors(tau, kind, "orgqr")
    k = tau.size
    if not m >= n >= k:
        raise ValueError(
            f"orgqr: QR is {m} x {n}, with {k} reflectors; rows >= columns >= reflectors is needed."
        )
    if n:
        if np.may_share_memory(QR, tau):
            tau = tau.copy()
        work, size = work_of(kind, n * _BLOCK)
        i = INTEGERS
        info = byref(c_int())
        kind.run["orgqr"](i[m], i[n], i[k], start, i[ld], pointer(tau), pointer(work), i[size], info)
        count("orgqr", 1, m, n, k)


def ormqr(QR: Array, tau: Array, C: Array, side: str = "L", trans: str = "N") -> None:
    """C := op(Q) C, or C op(Q) where side is "R", from what geqrf left; Q is square. Complex: op is "N" or "H"."""
    kind = kind_of(C, "ormqr: C")
    left, flag = _IS_LEFT[side], (_COMPLEX if kind.complex else _REAL)[trans]
    c, q = fortran_output(C, kind, "ormqr: C"), fortran(QR, kind, "ormqr: QR")
    start, ld, _, m, n, _, _ = c
    tau = _reflectors(tau, kind, "ormqr")
    k, order = tau.size, m if left else n
    if q[3] != order or q[4] < k or k > order:
        raise ValueError(
            f"ormqr: QR is {q[3]} x {q[4]}, with {k} reflectors, C {m} x {n}, and Q is on side {side}."
        )
    if m == 0 or n == 0 or k == 0:
        return
    apart(c, q, kind, "ormqr: QR and C")
    if np.may_share_memory(C, tau):
        tau = tau.copy()
    if q[6] is QR and (k <= _BLOCK or not QR.flags.writeable):
        q = relaid(QR, False)  # LAPACK may write ones into it on the way, and restores it
    work, size = work_of(kind, ((n if left else m) + _BLOCK + 1) * _BLOCK)
    i = INTEGERS
    kind.run["ormqr"](
        _L if left else _R, flag, i[m], i[n], i[k], q[0], i[q[1]], pointer(tau), start, i[ld],
        pointer(work), i[size], byref(c_int()),
    )  # fmt: skip
    count("ormqr", 1, *((n, m, k) if left else (m, n, k)))


def _reflectors(tau: Array, kind: Kind, routine: str) -> Array:
    if type(tau) is not np.ndarray or tau.dtype != kind.dtype or tau.ndim != 1:
        raise TypeError(f"{routine}: tau must be a vector of {kind.dtype}, as geqrf returns it.")
    return tau if tau.flags.c_contiguous and tau.flags.aligned else tau.copy()


def _finite(X: Array, lower: bool | None, what: str) -> None:
    """Raise where an entry, of one triangle if told, is infinite or no number: LAPACK could stop at it for good."""
    if not _all(np.isfinite(X)):
        if lower is not None:
            X = np.tril(X) if lower else np.triu(X)
        if lower is None or not _all(np.isfinite(X)):
            raise ValueError(f"{what} has an entry that is infinite or no number.")


def _all(X: Array) -> bool:
    """``X.all()``, of which the call alone costs a microsecond."""
    return b"\0" not in X.tobytes()


def syevd(A: Array, lower: bool = True, vectors: bool = True) -> tuple[Array, int]:
    """The eigenvalues of a Hermitian matrix in ascending order; the eigenvectors overwrite it.

    Only one triangle of A is read. Without ``vectors`` A is destroyed. Returns the eigenvalues and info, not zero where
    the iteration failed.
    """
    kind = kind_of(A, "syevd: A")
    lower, vectors = bool(lower), bool(vectors)
    a = (fortran_output if vectors else output)(A, kind, "syevd: A")
    n = square(a, "syevd: A")
    w, info = np.empty(n, kind.real_dtype), c_int()
    if n == 0:
        return w, 0
    _finite(A, lower, "syevd: A")
    i = INTEGERS
    if kind.complex:
        size, real_size = (n * n + 2 * n, 2 * n * n + 5 * n + 1) if vectors else (n + 1, n)
    else:
        size, real_size = (2 * n * n + 6 * n + 1 if vectors else 2 * n + 1), 0
    whole = 5 * n + 3 if vectors else 1
    size = max(size, (n + 2) * _BLOCK)
    sizes = [i[size]] + ([i[real_size]] if kind.complex else [])  # raises where these are too large
    work, *real = [np.empty(size, kind.dtype), *_real_work(kind, real_size)]
    integers = np.empty(whole, _INT)
    arrays = [pointer(work), sizes[0]] + ([pointer(real[0]), sizes[1]] if kind.complex else [])
    kind.run["syevd"](
        _V if vectors else _N, _L if lower != a[2] else _U, i[n], a[0], i[a[1]], pointer(w),
        *arrays, pointer(integers), i[whole], byref(info),
    )  # fmt: skip
    count("heevd" if kind.complex else "syevd", 1, n, vectors)
    return w, info.value


def gesdd(
    A: Array, full_matrices: bool = False, vectors: bool = True
) -> tuple[Array | None, Array, Array | None, int]:
    """U, s and Vh of A = U diag(s) Vh, and info, not zero where the iteration failed; A is destroyed.

    Without ``vectors`` U and Vh are None.
    """
    kind = kind_of(A, "gesdd: A")
    full_matrices, vectors = bool(full_matrices), bool(vectors)
    a = output(A, kind, "gesdd: A")
    _, _, flipped, m, n, _, _ = a
    rows, columns = (n, m) if flipped else (m, n)  # A^T = Vh^T diag(s) U^T
    k = min(m, n)
    s, U, Vh = np.empty(k, kind.real_dtype), None, None
    if vectors:
        U = np.empty((rows, rows if full_matrices else k), kind.dtype, order="F")
        Vh = np.empty((columns if full_matrices else k, columns), kind.dtype, order="F")
    info = 0
    if k > 0:
        _finite(A, None, "gesdd: A")
        info = _gesdd(kind, a, rows, columns, s, U, Vh, full_matrices)
        count("gesdd", 1, rows, columns, vectors)
    elif U is not None and Vh is not None:
        U[...], Vh[...] = np.eye(*U.shape), np.eye(*Vh.shape)
    if flipped and U is not None and Vh is not None:
        U, Vh = Vh.T, U.T
    return U, s, Vh, info


def _gesdd(
    kind: Kind, a: Matrix, m: int, n: int, s: Array, U: Array | None, Vh: Array | None, full_matrices: bool
) -> int:
    i, info, k = INTEGERS, c_int(), min(m, n)
    job = _N if U is None else _A if full_matrices else _S
    u = U if U is not None else np.empty((1, 1), kind.dtype)
    vh = Vh if Vh is not None else np.empty((1, 1), kind.dtype)
    size = 4 * k * k + 10 * k + _BLOCK * (m + n)  # at least what each of LAPACK's paths asks for
    work, integers = np.empty(size, kind.dtype), np.empty(8 * k, _INT)
    real = _real_work(kind, max(5 * k * k + 7 * k, 2 * (max(m, n) + k) * k + k) if U is not None else 7 * k)
    kind.run["gesdd"](
        job, i[m], i[n], a[0], i[a[1]], pointer(s), pointer(u), i[u.shape[0]], pointer(vh), i[vh.shape[0]],
        pointer(work), i[size], *map(pointer, real), pointer(integers), byref(info),
    )  # fmt: skip
    return info.value
