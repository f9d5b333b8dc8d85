"""A random call of each routine, and what must hold after it.

A builder answers the function, its arguments, the positions of those it overwrites, and a check of what was there
before, what is there after and what was returned. A check answers False where it cannot say.
"""

import numpy as np
import scipy.linalg

from linad.kernels import blas, lapack, unitary

OP = {"N": lambda X: X, "T": lambda X: X.T, "H": lambda X: X.conj().T}


def near(found, expected, scale, dtype):
    """To rounding: eps times the scale, and times the number of operations that meet in an entry, generously."""
    if not np.all(np.isfinite(found)):
        return False
    bound = 50 * (max(found.shape, default=1) + 10) * np.finfo(dtype).eps * (scale + 1e-30)
    error = np.max(np.abs(found - expected), initial=0)
    assert error <= bound, f"{error} > {bound}"
    return True


def size(*arrays):
    """The product of their norms."""
    return float(np.prod([np.linalg.norm(X) for X in arrays]))


def triangle(X, lower):
    return np.tril(X) if lower else np.triu(X)


def hermitian(X, lower):
    """The Hermitian matrix of which one triangle is stored."""
    X = triangle(X, lower)
    return (
        X
        + np.tril(X, -1).conj().T
        + np.triu(X, 1).conj().T
        - 1j * np.diag(np.diag(X).imag) * (X.dtype.kind == "c")
    )


def triangular(X, lower, unit):
    X = triangle(X, lower)
    return X - np.diag(np.diag(X)) + np.eye(len(X), dtype=X.dtype) if unit else X


def diagonal_heavy(d, n):
    X = d.numbers((n, n)) + 3 * np.eye(n)
    return X if X.dtype.kind == "f" else X - 1j * np.diag(np.diag(X).imag)


def shaped(m, n, trans):
    return (m, n) if trans == "N" else (n, m)


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


def pivots_of(d, n):
    pivots = np.array([d.rng.integers(i, n) for i in range(n)], np.intc) + 1
    if d.spoil and d.rng.random() < 0.3 and n:
        zero, beyond = pivots.copy(), pivots.copy()
        zero[-1], beyond[0] = d.pick(0, -1, -(2**31)), d.pick(n + 1, 2**31 - 1)
        rest = (
            pivots.astype(np.int64),
            pivots.astype(">i4"),
            pivots[:-1],
            pivots.tolist(),
            None,
            pivots.astype(float),
        )
        return d.pick(zero, beyond, *rest, np.repeat(pivots, 2)[::2], pivots[:, None])
    return pivots


def factors(LU):
    k = min(LU.shape)
    return np.tril(LU[:, :k], -1) + np.eye(LU.shape[0], k), np.triu(LU[:k])


def exchanged(X, pivots, back=False):
    X = X.copy()
    for i, p in list(enumerate(pivots))[:: -1 if back else 1]:
        X[[i, p - 1]] = X[[p - 1, i]]
    return X


def getrf(d):
    m, n = d.size(), d.size()

    def check(before, after, result):
        L, U = factors(after[0])
        return near(L @ U, exchanged(before[0], result[0]), size(L, U), U.dtype)

    return lapack.getrf, [d.matrix(m, n, fortran=True)], [0], check


def getrs(d):
    n, k, trans = d.size(), d.size(), d.flag(*"NTH")
    LU, pivots, B = d.matrix(n, n, values=diagonal_heavy(d, n)), pivots_of(d, n), d.matrix(n, k, fortran=True)

    def check(before, after, _):
        L, U = factors(before[0])
        A = OP[trans](exchanged(L @ U, before[1], back=True))
        return near(A @ after[2], before[2], size(L, U, after[2]) + size(before[2]), U.dtype)

    return lapack.getrs, [LU, pivots, B, trans], [2], check


def getri(d):
    n = d.size()
    LU, pivots = d.matrix(n, n, fortran=True, values=diagonal_heavy(d, n)), pivots_of(d, n)

    def check(before, after, info):
        L, U = factors(before[0])
        A = exchanged(L @ U, before[1], back=True)
        return info == 0 and near(after[0] @ A, np.eye(len(A)), size(after[0], L, U), U.dtype)

    return lapack.getri, [LU, pivots], [0], check


def potrf(d):
    n, lower = d.size(), d.flag(True, False)
    X = d.numbers((n, n))

    def check(before, after, info):
        C, A = triangle(after[0], lower), hermitian(before[0], lower)
        assert np.array_equal(*(np.triu(X, 1) if lower else np.tril(X, -1) for X in (after[0], before[0])))
        return info == 0 and near(C @ OP["H"](C) if lower else OP["H"](C) @ C, A, size(C, C), C.dtype)

    return lapack.potrf, [d.matrix(n, n, values=X @ OP["H"](X) + np.eye(n)), lower], [0], check


def potri(d):
    n, lower = d.size(), d.flag(True, False)

    def check(before, after, info):
        C, X = triangle(before[0], lower), hermitian(after[0], lower)
        A = C @ OP["H"](C) if lower else OP["H"](C) @ C
        if np.any(np.diag(C).imag):  # which LAPACK takes for zero
            return False
        return info == 0 and near(X @ A, np.eye(len(A)), size(X, C, C), C.dtype)

    return lapack.potri, [d.matrix(n, n, values=diagonal_heavy(d, n)), lower], [0], check


def potrs(d):
    n, k, lower = d.size(), d.size(), d.flag(True, False)
    C, B = d.matrix(n, n, values=diagonal_heavy(d, n)), d.matrix(n, k)

    def check(before, after, _):
        C = triangle(before[0], lower)
        A = C @ OP["H"](C) if lower else OP["H"](C) @ C
        return near(A @ after[1], before[1], size(C, C, after[1]) + size(before[1]), C.dtype)

    return lapack.potrs, [C, B, lower], [1], check


def trtri(d):
    n, lower, unit = d.size(), d.flag(True, False), d.flag(True, False)

    def check(before, after, info):
        T, X = triangular(before[0], lower, unit), triangular(after[0], lower, unit)
        return info == 0 and near(X @ T, np.eye(len(T)), size(X, T) + n, T.dtype)

    return lapack.trtri, [d.matrix(n, n, values=diagonal_heavy(d, n)), lower, unit], [0], check


def trsyl(d):
    m, n, sign = d.size(), d.size(), d.flag(1, -1)
    ta, tb = (d.flag("N", "H") if d.dtype.kind == "c" else d.flag(*"NTH") for _ in "AB")
    A, B = (
        d.matrix(m, m, values=np.triu(d.numbers((m, m)))),
        d.matrix(n, n, values=np.triu(d.numbers((n, n)))),
    )
    C = d.matrix(m, n, fortran=True)

    def check(before, after, result):
        A, B, C = before[:3]
        if result[1] != 0 or np.tril(A, -1).any() or np.tril(B, -1).any():
            return False
        X, scale = after[2], result[0]
        left = OP[ta](A) @ X + sign * (X @ OP[tb](B))
        return near(left, scale * C, size(A, X) + size(B, X) + size(C), C.dtype)

    return lapack.trsyl, [A, B, C, ta, tb, sign], [2], check


def indefinite(routine, name):
    def build(d):
        n, lower = d.size(), d.flag(True, False)

        def check(before, after, result):
            letter = dict(zip("fdFD", "sdcz", strict=True))[before[0].dtype.char]
            wrapper = name if letter in "cz" else "sytrf"
            found = getattr(scipy.linalg.lapack, letter + wrapper)
            A, _, _ = (
                found(before[0], lower=bool(lower), lwork=64 * len(before[0]))
                if before[0].size
                else (before[0], 0, 0)
            )
            return near(triangle(after[0], lower), triangle(A, lower), size(A) ** 2 + 1, A.dtype) and None

        X = d.numbers((n, n))
        return routine, [d.matrix(n, n, fortran=True, values=X + OP["H"](X)), lower], [0], check

    return build


def reflected(QR, tau, X, adjoint=False):
    """Q X, or Q^H X, and the largest norm on the way."""
    X, largest = X.astype(np.result_type(X, np.complex128)), size(X)
    for i in range(len(tau)) if adjoint else reversed(range(len(tau))):
        v = np.concatenate([np.zeros(i), [1], QR[i + 1 :, i]])
        factor = np.conj(tau[i]) if adjoint else tau[i]
        X = X - factor * np.outer(v, v.conj() @ X)
        largest = max(largest, size(X), abs(factor) * size(v, v) * size(X))
    return X, largest


def reflectors_of(d, QR, k):
    if type(QR) is not np.ndarray or QR.ndim != 2 or QR.dtype.kind not in "fc" or min(QR.shape) < k:
        return d.numbers(k)
    norms = [1 + size(QR[i + 1 :, i]) ** 2 for i in range(k)]
    tau = (2 / np.array(norms)).astype(d.dtype)
    if d.spoil and d.rng.random() < 0.2:
        return d.pick(
            tau[1:],
            tau.astype("g"),
            tau.tolist(),
            tau[:, None],
            np.repeat(tau, 2)[::2],
            QR[:, 0] if k else 0,
            np.append(tau, 1),
        )
    return tau


def geqrf(d):
    m, n = d.size(), d.size()

    def check(before, after, tau):
        QR = after[0]
        A, scale = reflected(QR, tau, np.triu(QR))
        return near(A, before[0], scale, QR.dtype)

    return unitary.geqrf, [d.matrix(m, n, fortran=True)], [0], check


def geqp3(d):
    m, n = d.size(), d.size()

    def check(before, after, result):
        perm, tau = result
        A, scale = reflected(after[0], tau, np.triu(after[0]))
        assert sorted(perm) == list(range(before[0].shape[1]))
        return near(A, before[0][:, perm], scale, after[0].dtype)

    return unitary.geqp3, [d.matrix(m, n, fortran=True)], [0], check


def orgqr(d):
    m, n, k = sorted((d.size(), d.size(), d.size()), reverse=True)
    QR = d.matrix(m, n, fortran=True)

    def check(before, after, _):
        Q, scale = reflected(before[0], before[1], np.eye(*before[0].shape))
        return near(after[0], Q, scale, after[0].dtype)

    return unitary.orgqr, [QR, reflectors_of(d, QR, k)], [0], check


def ormqr(d):
    m, n, side = d.size(), d.size(), d.flag("L", "R")
    trans = d.flag("N", "H") if d.dtype.kind == "c" else d.flag(*"NTH")
    order = n if side == "R" else m
    k = int(d.rng.integers(order + 1))
    QR = d.matrix(order, k)
    tau = reflectors_of(d, QR, k)

    def check(before, after, _):
        QR, tau, C = before[:3]
        if side == "L":
            found, scale = reflected(QR, tau, C, adjoint=trans != "N")
        else:  # (Q^H C^H)^H = C Q
            found, scale = reflected(QR, tau, OP["H"](C), adjoint=trans == "N")
            found = OP["H"](found)
        return near(after[2], found, scale, C.dtype)

    return unitary.ormqr, [QR, tau, d.matrix(m, n, fortran=True), side, trans], [2], check


def syevd(d):
    n, lower, vectors = d.size(), d.flag(True, False), d.flag(True, False)

    def check(before, after, result):
        A, (w, info), V = hermitian(before[0], lower), result, after[0]
        if info != 0 or not vectors:
            return info == 0 and near(w, np.linalg.eigvalsh(A), size(A), A.dtype)
        return near(A @ V, V * w, size(A) * (n + 1), A.dtype) and near(
            OP["H"](V) @ V, np.eye(len(V)), n + 1, A.dtype
        )

    return unitary.syevd, [d.matrix(n, n, fortran=vectors is True), lower, vectors], [0], check


def gesdd(d):
    m, n, full, vectors = d.size(), d.size(), d.flag(True, False), d.flag(True, False)

    def check(before, after, result):
        A, (U, s, Vh, info) = before[0], result
        if info != 0 or U is None:
            return info == 0 and near(
                s, np.linalg.svd(A, compute_uv=False) if A.size else s, size(A), A.dtype
            )
        k = len(s)
        assert U.shape == (A.shape[0], A.shape[0] if full else k)
        near(OP["H"](U) @ U, np.eye(U.shape[1]), U.shape[1], A.dtype)
        near(Vh @ OP["H"](Vh), np.eye(len(Vh)), len(Vh), A.dtype)
        return near(U[:, :k] * s @ Vh[:k], A, size(A), A.dtype)

    return unitary.gesdd, [d.matrix(m, n), full, vectors], [0], check


BUILDERS = {
    "gemm": gemm,
    "gemv": gemv,
    "syrk": rank_k(blas.syrk, "T"),
    "herk": rank_k(blas.herk, "H"),
    "trsm": triangular_routine(blas.trsm, inverse=True),
    "trmm": triangular_routine(blas.trmm, inverse=False),
    "getrf": getrf,
    "getrs": getrs,
    "getri": getri,
    "potrf": potrf,
    "potri": potri,
    "potrs": potrs,
    "trtri": trtri,
    "trsyl": trsyl,
    "sytrf": indefinite(lapack.sytrf, "sytrf"),
    "hetrf": indefinite(lapack.hetrf, "hetrf"),
    "geqrf": geqrf,
    "geqp3": geqp3,
    "orgqr": orgqr,
    "ormqr": ormqr,
    "syevd": syevd,
    "gesdd": gesdd,
}
