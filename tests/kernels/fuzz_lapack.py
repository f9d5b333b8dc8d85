"""Random calls of LAPACK's elimination: what must hold after each. See fuzz_checks for the form."""

import numpy as np
import scipy.linalg
from fuzz_checks import OP, diagonal_heavy, hermitian, near, size, triangle, triangular

from linad.kernels import lapack


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


BUILDERS = {
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
}
