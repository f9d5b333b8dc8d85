"""Random calls of BLAS: what must hold after each. See fuzz_checks for the form."""

import numpy as np
from fuzz_checks import OP, diagonal_heavy, near, shaped, size, triangle, triangular

from linad.kernels import blas


def gemm(d):
    m, n, k, ta, tb, alpha, beta = (
        d.size(),
        d.size(),
        d.size(),
        d.flag(*"NTH"),
        d.flag(*"NTH"),
        d.number(),
        d.number(),
    )
    A, B, C = d.matrix(*shaped(m, k, ta)), d.matrix(*shaped(k, n, tb)), d.matrix(m, n)

    def check(before, after, _):
        A, B, C = before[:3]
        expected = alpha * (OP[ta](A) @ OP[tb](B)) + (beta * C if beta else 0)
        return near(after[2], expected, abs(alpha) * size(A, B) + abs(beta) * size(C), C.dtype)

    return blas.gemm, [A, B, C, alpha, beta, ta, tb], [2], check


def gemv(d):
    m, n, trans, alpha, beta = d.size(), d.size(), d.flag(*"NTH"), d.number(), d.number()
    A, x, y = d.matrix(*shaped(m, n, trans)), d.vector(n), d.vector(m)

    def check(before, after, _):
        A, x, y = before[:3]
        expected = alpha * (OP[trans](A) @ x) + (beta * y if beta else 0)
        return near(after[2], expected, abs(alpha) * size(A, x) + abs(beta) * size(y), y.dtype)

    return blas.gemv, [A, x, y, alpha, beta, trans], [2], check


def rank_k(routine, adjoint):
    def build(d):
        n, k, trans, lower = d.size(), d.size(), d.flag("N", adjoint), d.flag(True, False)
        alpha, beta = (d.number(), d.number()) if adjoint == "T" else (0.5, d.pick(0.0, 1.0, -2.0))
        A, C = d.matrix(*shaped(n, k, trans)), d.matrix(n, n)

        def check(before, after, _):
            A, C = before[:2]
            A = A if trans == "N" else OP[adjoint](A)
            real = adjoint == "H" and C.dtype.kind == "c"
            if real:  # the diagonal is taken to be
                np.einsum("ii->i", C).imag = np.einsum("ii->i", after[1]).imag = 0
            assert np.array_equal(*(np.triu(X, 1) if lower else np.tril(X, -1) for X in (after[1], C)))
            expected = triangle(alpha * (A @ OP[adjoint](A)) + (beta * C if beta else 0), lower)
            scale = abs(alpha) * size(A, A) + abs(beta) * size(C)
            return near(triangle(after[1], lower), expected, scale, C.dtype)

        return routine, [A, C, alpha, beta, lower, trans], [1], check

    return build


def triangular_routine(routine, inverse):
    def build(d):
        m, n, side, trans = d.size(), d.size(), d.flag("L", "R"), d.flag(*"NTH")
        lower, unit, alpha = d.flag(True, False), d.flag(True, False), d.number()
        k = n if side == "R" else m
        T, B = d.matrix(k, k, values=diagonal_heavy(d, k)), d.matrix(m, n)

        def check(before, after, _):
            X, B = (after[1], before[1]) if inverse else (before[1], after[1])
            T = OP[trans](triangular(before[0], lower, unit))
            TX = T @ X if side == "L" else X @ T
            if inverse:
                return near(TX, alpha * B, size(T, X) + abs(alpha) * size(B), B.dtype)
            return near(B, alpha * TX, abs(alpha) * size(T, X), B.dtype)

        return routine, [T, B, side, lower, trans, unit, alpha], [1], check

    return build


BUILDERS = {
    "gemm": gemm,
    "gemv": gemv,
    "syrk": rank_k(blas.syrk, "T"),
    "herk": rank_k(blas.herk, "H"),
    "trsm": triangular_routine(blas.trsm, inverse=True),
    "trmm": triangular_routine(blas.trmm, inverse=False),
}
