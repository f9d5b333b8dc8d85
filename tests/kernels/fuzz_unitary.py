"""Random calls of LAPACK's unitary factorizations: what must hold after each. See fuzz_checks for the form."""

import numpy as np
from fuzz_checks import OP, hermitian, near, size

from linad.kernels import unitary


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
    "geqrf": geqrf,
    "geqp3": geqp3,
    "orgqr": orgqr,
    "ormqr": ormqr,
    "syevd": syevd,
    "gesdd": gesdd,
}
