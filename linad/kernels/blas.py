"""BLAS in one library with LAPACK: in place, on blocks of larger arrays, in either order.

Matrices are two-dimensional arrays of one of the four types, with unit stride along one axis and a stride that spans it
along the other. An output must be such a block and share no memory with an input; an input in another layout is copied.
``trans`` names op: "N" the matrix, "T" its transpose, "H" its adjoint.

Seen in Fortran order, a matrix in C order is its transpose; so C^T = op(B)^T op(A)^T is computed where C is in C order,
and the other flags turn accordingly. Only an adjoint that meets a transpose is a copy, as BLAS cannot conjugate alone.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from linad.kernels.counters import count
from linad.kernels.operands import (
    Matrix,
    apart,
    kind_of,
    matrix,
    output,
    output_vector,
    relaid,
    vector,
)
from linad.kernels.pointers import CHARACTERS, INTEGERS, Flags, Kind

Array = np.ndarray[Any, Any]

_L, _R, _U, _N, _T, _C = (CHARACTERS[letter] for letter in "LRUNTC")
_IS_LEFT = Flags({"L": True, "R": False})
_SYRK = Flags({"N": (_N, _T), "T": (_T, _N)})
_HERK = Flags({"N": (_N, _C), "H": (_C, _N)})


def gemm(
    A: Array,
    B: Array,
    C: Array,
    alpha: complex = 1,
    beta: complex = 0,
    trans_a: str = "N",
    trans_b: str = "N",
) -> None:
    """C := alpha op(A) op(B) + beta C. Where beta is zero, C is not read."""
    kind = kind_of(C, "gemm: C")
    op_a, op_b, factor, old = kind.op[trans_a], kind.op[trans_b], kind.scalars[alpha], kind.scalars[beta]
    c = output(C, kind, "gemm: C")
    a = matrix(A, kind, "gemm: A")
    b = matrix(B, kind, "gemm: B")
    start_c, ld_c, flipped, m, n, _, _ = c
    start_a, ld_a, flipped_a, rows, k, _, _ = a
    start_b, ld_b, flipped_b, inner, columns, _, _ = b
    if trans_a != "N":
        rows, k = k, rows
    if trans_b != "N":
        inner, columns = columns, inner
    if rows != m or inner != k or columns != n:
        raise ValueError(f"gemm: op(A) is {rows} x {k}, op(B) {inner} x {columns}, C {m} x {n}.")
    if m == 0 or n == 0:
        return
    apart(c, a, kind, "gemm: A and C")
    apart(c, b, kind, "gemm: B and C")
    flag_a, flag_b = op_a[flipped_a != flipped], op_b[flipped_b != flipped]
    if flag_a is None:
        start_a, ld_a, *_held_a = relaid(A, flipped)
        flag_a = op_a[0]
    if flag_b is None:
        start_b, ld_b, *_held_b = relaid(B, flipped)
        flag_b = op_b[0]
    i = INTEGERS
    if flipped:
        kind.run["gemm"](
            flag_b, flag_a, i[n], i[m], i[k], factor, start_b, i[ld_b], start_a, i[ld_a], old, start_c, i[ld_c]
        )  # fmt: skip
    else:
        kind.run["gemm"](
            flag_a, flag_b, i[m], i[n], i[k], factor, start_a, i[ld_a], start_b, i[ld_b], old, start_c, i[ld_c]
        )  # fmt: skip
    count("gemm", 1, m, n, k)


def gemv(A: Array, x: Array, y: Array, alpha: complex = 1, beta: complex = 0, trans: str = "N") -> None:
    """y := alpha op(A) x + beta y, for vectors of any stride but zero. Where beta is zero, y is not read."""
    kind = kind_of(y, "gemv: y")
    op, factor, old = kind.op[trans], kind.scalars[alpha], kind.scalars[beta]
    to, to_step = output_vector(y, kind, "gemv: y")
    by, by_step = vector(x, kind, "gemv: x")
    a = matrix(A, kind, "gemv: A")
    start, ld, flipped, m, n, _, _ = a
    rows, columns = (m, n) if trans == "N" else (n, m)
    if rows != y.size or columns != x.size:
        raise ValueError(f"gemv: op(A) is {rows} x {columns}, x {x.size}, y {y.size}.")
    if rows == 0:
        return
    apart(to, a, kind, "gemv: A and y")
    apart(to, by, kind, "gemv: x and y")
    if columns == 0:  # BLAS would leave y as it is
        y[...] = 0 if beta == 0 else beta * y
        return
    flag = op[flipped]
    if flag is None:
        start, ld, flipped, *_held = relaid(A, False)
        flag = op[0]
    if flipped:
        m, n = n, m
    i = INTEGERS
    kind.run["gemv"](flag, i[m], i[n], factor, start, i[ld], by[0], i[by_step], old, to[0], i[to_step])
    count("gemv", 1, m, n)


def syrk(
    A: Array, C: Array, alpha: complex = 1, beta: complex = 0, lower: bool = True, trans: str = "N"
) -> None:
    """The lower or upper triangle of C := alpha A A^T + beta C, or of alpha A^T A + beta C where trans is "T"."""
    kind = kind_of(C, "syrk: C")
    flags, factor, old, lower = _SYRK[trans], kind.scalars[alpha], kind.scalars[beta], bool(lower)
    c, a = output(C, kind, "syrk: C"), matrix(A, kind, "syrk: A")
    _rank_k("syrk", c, a, kind, flags[0] is _N, flags[a[2]], lower, factor, old)


def herk(A: Array, C: Array, alpha: float = 1, beta: float = 0, lower: bool = True, trans: str = "N") -> None:
    """The lower or upper triangle of C := alpha A A^H + beta C, or of alpha A^H A + beta C where trans is "H".

    Both factors are real, and so is the diagonal of C taken to be.
    """
    kind = kind_of(C, "herk: C")
    flags = _HERK[trans]
    if not kind.complex:
        return syrk(A, C, alpha, beta, lower, "T" if trans == "H" else "N")
    factor, old, lower = kind.real[alpha], kind.real[beta], bool(lower)
    c, a = output(C, kind, "herk: C"), matrix(A, kind, "herk: A")
    if a[2] != c[2]:  # the transpose of C is its conjugate, and comes from that of A
        a = relaid(A, c[2])
    _rank_k("herk", c, a, kind, flags[0] is _N, flags[a[2]], lower, factor, old)


def _rank_k(
    routine: str, c: Matrix, a: Matrix, kind: Kind, plain: bool, flag: Any, lower: bool, factor: Any, old: Any
) -> None:
    start_c, ld_c, flipped, m, columns, _, _ = c
    start_a, ld_a, _, n, k, _, _ = a
    if not plain:
        n, k = k, n
    if m != n or columns != n:
        raise ValueError(f"{routine}: op(A) is {n} x {k}, C {m} x {columns}.")
    if n == 0:
        return
    apart(c, a, kind, f"{routine}: A and C")
    i = INTEGERS
    kind.run[routine](
        _L if lower != flipped else _U, flag, i[n], i[k], factor, start_a, i[ld_a], old, start_c, i[ld_c]
    )
    count(routine, 1, n, k)


def trsm(
    T: Array,
    B: Array,
    side: str = "L",
    lower: bool = True,
    trans: str = "N",
    unit: bool = False,
    alpha: complex = 1,
) -> None:
    """B := alpha op(T)^-1 B, or alpha B op(T)^-1 where side is "R". T is triangular; no other entry of it is read.

    A zero on the diagonal gives infinities. With ``unit``, the diagonal is taken for ones, and not read.
    """
    _triangular("trsm", T, B, side, lower, trans, unit, alpha)


def trmm(
    T: Array,
    B: Array,
    side: str = "L",
    lower: bool = True,
    trans: str = "N",
    unit: bool = False,
    alpha: complex = 1,
) -> None:
    """B := alpha op(T) B, or alpha B op(T) where side is "R". T is triangular; no other entry of it is read."""
    _triangular("trmm", T, B, side, lower, trans, unit, alpha)


def _triangular(
    routine: str, T: Array, B: Array, side: str, lower: bool, trans: str, unit: bool, alpha: complex
) -> None:
    kind = kind_of(B, "B")
    op, left, factor = kind.op[trans], _IS_LEFT[side], kind.scalars[alpha]
    diag = _U if unit else _N
    lower = bool(lower)
    b = output(B, kind, "B")
    t = matrix(T, kind, "T")
    start, ld, flipped, m, n, _, _ = b
    start_t, ld_t, flipped_t, rows, columns, _, _ = t
    order = m if left else n
    if rows != order or columns != order:
        raise ValueError(f"{routine}: T is {rows} x {columns}, B {m} x {n}, and T is on side {side}.")
    if m == 0 or n == 0:
        return
    apart(b, t, kind, "T and B")
    flag = op[flipped_t != flipped]
    if flag is None:
        start_t, ld_t, flipped_t, *_held = relaid(T, flipped)
        flag = op[0]
    uplo = _L if lower != flipped_t else _U
    i = INTEGERS
    if flipped:
        m, n, left = n, m, not left
    kind.run[routine](
        _L if left else _R, uplo, flag, diag, i[m], i[n], factor, start_t, i[ld_t], start, i[ld]
    )
    count(routine, 1, order, m * n // order)
