"""Eigenvalues and eigenvectors by LAPACK, as NumPy and as SciPy ask for them: the same values, bit for bit.

NumPy's own functions take a whole batch; SciPy's run once for each matrix, with the driver that it would take.
"""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Any, NamedTuple

import numpy as np
import scipy.linalg

from linad.kernels.banded import adjoint
from linad.kernels.counters import count, counted
from linad.kernels.eigh import eigh
from linad.kernels.lu import Factors

Array = np.ndarray[Any, Any]
Pair = tuple[Array, Array]


# What numpy.linalg.eigh runs for real matrices, by their lower triangles, without the wrapper: the same bits; None
# where this NumPy has it elsewhere.
symmetric = getattr(getattr(np.linalg, "_umath_linalg", None), "eigh_lo", None)


class Select(NamedTuple):
    """Which eigenvalues a caller wants: those of indices ``low`` to ``high``, or with low < w <= high."""

    by: str  # index or value
    low: Any
    high: Any


class Request(NamedTuple):
    """How eigenvalues of Hermitian matrices are to be computed."""

    lower: bool = True
    driver: str | None = None  # None for NumPy's; SciPy's by their names
    select: Select | None = None


class Eigen(NamedTuple):
    """Eigenvalues w and eigenvectors V of each matrix; the first ``chosen`` are those that were selected."""

    w: Array
    V: Array
    chosen: int


def hermitian(A: Array, request: Request) -> Eigen:
    """Of Hermitian matrices in the last two axes, of which one triangle is read."""
    n = A.shape[-1]
    count("heevd" if A.dtype.kind == "c" else "syevd", prod(A.shape[:-2]), n, 1)
    if request.driver is None:
        with counted():
            found = eigh(A) if request.lower else None
        if found is not None:
            return Eigen(*found, n)
        w, V = np.linalg.eigh(A, UPLO="L" if request.lower else "U")
        return Eigen(w, V, n)

    def run(a: Array, **select: Any) -> Pair:
        driver = request.driver if not select or request.driver in ("evr", "evx") else None
        found: Pair = scipy.linalg.eigh(a, lower=request.lower, driver=driver, check_finite=False, **select)
        return found

    return _each(run, (A,), request.select)


def generalized(A: Array, B: Array, request: Request) -> Eigen:
    """Of A V = B V diag(w), with V^H B V = I."""
    count("hegvd" if "c" in (A.dtype.kind, B.dtype.kind) else "sygvd", prod(A.shape[:-2]))

    def run(a: Array, b: Array, **select: Any) -> Pair:
        driver = request.driver if not select or request.driver == "gvx" else None
        found: Pair = scipy.linalg.eigh(
            a, b, lower=request.lower, driver=driver, check_finite=False, **select
        )
        return found

    return _each(run, (A, B), request.select)


def tridiagonal(ab: Array, request: Request) -> Eigen:
    """Of real symmetric tridiagonal matrices, by two diagonals; drivers are those of SciPy's ``eigh_tridiagonal``."""
    driver = request.driver or "auto"
    count("stevd", prod(ab.shape[:-2]))

    def run(ab: Array, **select: Any) -> Pair:
        found: Pair = scipy.linalg.eigh_tridiagonal(
            ab[0],
            ab[1, :-1],
            lapack_driver=driver if select or driver != "sterf" else "auto",
            check_finite=False,
            **_as_of_bands(select),
        )
        return found

    return _each(run, (ab,), request.select)


def banded(ab: Array, request: Request) -> Eigen:
    """Of Hermitian matrices in the storage of the lower triangle; LAPACK reads the triangle that is asked for.

    Rows without an entry are left out: of one by one matrices LAPACK takes the first row for the diagonal.
    """
    ab = ab[..., : ab.shape[-1], :]
    count("hbevd" if ab.dtype.kind == "c" else "sbevd", prod(ab.shape[:-2]))
    if not request.lower:
        ab = adjoint(ab, ab.shape[-2] - 1, 0)

    def run(ab: Array, **select: Any) -> Pair:
        found: Pair = scipy.linalg.eig_banded(
            ab, lower=request.lower, check_finite=False, **_as_of_bands(select)
        )
        return found

    return _each(run, (ab,), request.select)


def _as_of_bands(select: dict[str, Any]) -> dict[str, Any]:
    """The same choice of eigenvalues, in the words of SciPy's functions for bands."""
    return {
        word: value
        for name, bounds in select.items()
        for word, value in (("select", name.removeprefix("subset_by_")[0]), ("select_range", bounds))
    }


def _each(run: Callable[..., Pair], arrays: tuple[Array, ...], select: Select | None) -> Eigen:
    """One matrix of a batch after the other; batches broadcast."""
    batch = np.broadcast_shapes(*[A.shape[:-2] for A in arrays])
    n = arrays[0].shape[-1]
    if prod(batch) == 0:
        dtype = np.result_type(*arrays)
        return Eigen(np.zeros((*batch, n), dtype.type(0).real.dtype), np.zeros((*batch, n, n), dtype), n)
    arrays = tuple([np.broadcast_to(A, batch + A.shape[-2:]) for A in arrays])
    found = []
    for i in np.ndindex(batch):
        own = [A[i] for A in arrays]
        w, V = run(*own)
        found.append((w, V, n) if select is None else _chosen_first(w, V, run, own, select))
    counts = {m for _, _, m in found}
    if len(counts) > 1:
        raise ValueError("all input arrays must have the same shape")  # SciPy's, of the parts that it stacks
    w = np.stack([w for w, _, _ in found]).reshape(*batch, n)
    return Eigen(w, np.stack([V for _, V, _ in found]).reshape(*batch, n, n), counts.pop())


def _chosen_first(
    w: Array, V: Array, run: Callable[..., Pair], own: list[Array], select: Select
) -> tuple[Array, Array, int]:
    """All eigenvalues, for derivatives, those that were selected in front, with the phases that SciPy gives them."""
    chosen, C = run(*own, **{f"subset_by_{select.by}": (select.low, select.high)})
    m = chosen.size
    first = select.low if select.by == "index" else int(np.searchsorted(w, select.low, side="right"))
    first = max(0, min(first, w.size - m))
    inside = np.arange(first, first + m)
    order = np.concatenate([inside, np.delete(np.arange(w.size), inside)])
    V = V.copy()
    overlap = np.sum(C.conj() * V[:, inside], axis=0)
    V[:, inside] *= np.where(overlap == 0, 1, np.conj(np.sign(overlap))).astype(V.dtype)
    return w[order], V[:, order], m


class General(NamedTuple):
    """w, and V with columns of unit length; ``memos`` holds what is made of V, its factors."""

    w: Array
    V: Array
    memos: dict[str, dict[Any, Any]]


def general(A: Array, scipys: bool) -> General:
    """Of square matrices; real where all eigenvalues of a real batch are."""
    count("geev", prod(A.shape[:-2]))
    if not scipys or A.size == 0:
        return General(*np.linalg.eig(A), {})
    w, V = _stacked(lambda a: scipy.linalg.eig(a, check_finite=False), A)
    return General(w, V, {})


def both(A: Array, right: bool) -> tuple[General, General]:
    """Of A^H, in the order of A, whose vectors are the left ones of A; and with ``right`` of A, by one call."""
    count("geev", prod(A.shape[:-2]))
    if A.size == 0:
        w, V = np.linalg.eig(A)
        return General(w, V, {}), General(w, V, {})
    w, *vectors = _stacked(lambda a: scipy.linalg.eig(a, left=True, right=right, check_finite=False), A)
    return General(w.conj(), vectors[0], {}), General(w, vectors[-1], {})


def general_pair(A: Array, B: Array) -> Pair:
    """Of A V = B V diag(w), likewise."""
    batch = np.broadcast_shapes(A.shape[:-2], B.shape[:-2])
    if prod(batch) * A.shape[-1] == 0:
        dtype = np.result_type(A, B)
        return np.zeros((*batch, A.shape[-1]), dtype), np.zeros(batch + A.shape[-2:], dtype)
    found = pencil(A, B, False, True)
    return found.w, found.V


class Pencil(NamedTuple):
    """Eigenvalues alpha / beta of A V = B V diag(w) and A^H W = B^H W diag(w)^*, one at least of V and W."""

    pairs: Array  # alpha, and beta below it
    w: Array
    V: Array  # columns of length one
    W: Array  # likewise beside V; else SciPy leaves the lengths to LAPACK


def pencil(A: Array, B: Array, left: bool, right: bool) -> Pencil:
    """As one call of SciPy gives them for each matrix."""
    batch = np.broadcast_shapes(A.shape[:-2], B.shape[:-2])
    count("ggev", prod(batch))
    A, B = (np.broadcast_to(X, batch + X.shape[-2:]) for X in (A, B))
    options = {"left": left, "right": right, "check_finite": False, "homogeneous_eigvals": True}
    found = [scipy.linalg.eig(A[i], B[i], **options) for i in np.ndindex(batch)]
    pairs, *vectors = (np.stack(part).reshape(*batch, *part[0].shape) for part in zip(*found, strict=True))
    alpha, beta = pairs[..., 0, :], pairs[..., 1, :]
    w = np.where(alpha == 0, np.nan, np.inf).astype(pairs.dtype)
    np.divide(alpha, beta, out=w, where=beta != 0)
    if A.dtype.kind != "c" and B.dtype.kind != "c" and vectors[0].dtype.kind != "c":
        w = w.real
    return Pencil(pairs, w, vectors[-1], vectors[0])


def conditions(V: Array, factors: Factors) -> Array:
    """Of eigenvalues: the lengths of rows of V^-1 times those of columns of V; infinite where there is no V^-1."""
    with np.errstate(all="ignore"):
        try:
            found = np.linalg.norm(factors.inverse(), axis=-1) * np.linalg.norm(V, axis=-2)
        except np.linalg.LinAlgError:
            return np.full(V.shape[:-1], np.inf)
    return np.asarray(np.where(np.isfinite(found), found, np.inf))


def _stacked(run: Callable[[Array], tuple[Array, ...]], A: Array) -> tuple[Array, ...]:
    """Eigenvalues and vectors of a batch; real where all of a real batch are."""
    found = zip(*[run(A[i]) for i in np.ndindex(A.shape[:-2])], strict=True)
    w, *vectors = (np.stack(part).reshape(*A.shape[:-2], *part[0].shape) for part in found)
    return (w if vectors[0].dtype.kind == "c" else w.real, *vectors)
