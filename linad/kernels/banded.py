"""Band matrices by diagonals, A[i, j] = ab[u + i - j, j] with l diagonals below the main one and u above it.

The storage has l + u + 1 rows in the axis before the last; its corners that stand for no entry are never read, and zero
in what is made here. Nothing of order n^2 is formed.
"""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Any

import numpy as np
from scipy.linalg import blas, lapack

from linad.kernels.counters import count
from linad.kernels.dtypes import LETTERS, lapack_type

Array = np.ndarray[Any, Any]

_ROUTINES = {
    name: {letter: getattr(lapack, letter + name) for letter in LETTERS}
    for name in ("gbtrf", "gbtrs", "pbtrf", "pbtrs", "tbtrs")
}
_TRANS = {"N": 0, "T": 1, "H": 2}


# -- products -------------------------------------------------------------------------------------------------------


def _columns(d: int, n: int) -> slice:
    """The columns in which the diagonal i - j = d has entries."""
    return slice(max(0, -d), max(min(n, n - d), max(0, -d)))


def _moved(columns: slice, d: int) -> slice:
    return slice(columns.start + d, columns.stop + d)


@np.errstate(invalid="ignore")  # infinities pass in silence, as through BLAS
def times(ab: Array, X: Array, below: int, above: int) -> Array:
    """A X."""
    n = X.shape[-2]
    batch = np.broadcast_shapes(ab.shape[:-2], X.shape[:-2])
    Y = np.zeros((*batch, *X.shape[-2:]), np.result_type(ab, X))
    for d in range(-above, below + 1):
        j = _columns(d, n)
        Y[..., _moved(j, d), :] += ab[..., above + d, j, None] * X[..., j, :]
    return Y


def outer(Y: Array, X: Array, below: int, above: int) -> Array:
    """The diagonals of Y X^H."""
    n = X.shape[-2]
    batch = np.broadcast_shapes(Y.shape[:-2], X.shape[:-2])
    ab = np.zeros((*batch, below + above + 1, n), np.result_type(Y, X))
    X = X.conj()
    for d in range(-above, below + 1):
        j = _columns(d, n)
        ab[..., above + d, j] = np.einsum("...jk,...jk->...j", Y[..., _moved(j, d), :], X[..., j, :])
    return ab


def adjoint(ab: Array, below: int, above: int) -> Array:
    """The diagonals of A^H, of which there are u below the main one and l above it."""
    n = ab.shape[-1]
    turned = np.zeros_like(ab)
    for d in range(-below, above + 1):
        j = _columns(d, n)
        turned[..., below + d, j] = ab[..., above - d, _moved(j, d)].conj()
    return turned


def inside(above: int, shape: tuple[int, ...]) -> Array:
    """Where in the storage an entry stands, and not in a corner."""
    i = np.arange(shape[-2])[:, None] - above + np.arange(shape[-1])
    return np.asarray((i >= 0) & (i < shape[-1]))


# -- factors --------------------------------------------------------------------------------------------------------


class Factors:
    """What solves with each matrix of a batch of band matrices; immutable.

    ``name`` is that of the LAPACK routine which does, ``parts`` what it takes of each matrix, ``options`` of all.
    """

    __slots__ = ("batch", "dtype", "name", "options", "parts")

    def __init__(self, name: str, ab: Array, dtype: np.dtype[Any], parts: list[Any], *options: Any) -> None:
        self.name, self.batch, self.dtype, self.parts, self.options = (
            name,
            ab.shape[:-2],
            dtype,
            parts,
            options,
        )

    def apply(self, B: Array, trans: str) -> Array:
        """op(A)^-1 B for matrices B, where op is named by N, T or H; batches broadcast."""
        letter, dtype = lapack_type(np.empty(0, self.dtype), B)
        batch = np.broadcast_shapes(self.batch, B.shape[:-2])
        X = np.empty((*batch, *B.shape[-2:]), dtype)
        if X.size == 0:
            return X
        count(self.name, prod(batch))
        solve, routine = _SOLVERS[self.name], _ROUTINES[self.name][letter]
        B = np.broadcast_to(B.astype(dtype, copy=False), X.shape)
        which = np.broadcast_to(np.arange(prod(self.batch)).reshape(self.batch), batch)
        for i in np.ndindex(batch):
            X[i] = solve(routine, self.parts[int(which[i])], B[i], trans, *self.options)
        return X


def _by_lu(gbtrs: Any, part: tuple[Array, Array], B: Array, trans: str, below: int, above: int) -> Any:
    return gbtrs(part[0], below, above, B, part[1], trans=_TRANS[trans])[0]


def _by_cholesky(pbtrs: Any, C: Array, B: Array, trans: str, lower: bool) -> Any:
    """A is its own adjoint, and its transpose its conjugate."""
    if trans == "T":
        return pbtrs(C, B.conj(), lower=lower)[0].conj()
    return pbtrs(C, B, lower=lower)[0]


def _by_substitution(tbtrs: Any, T: Array, B: Array, trans: str, lower: bool) -> Any:
    X, info = tbtrs(T, B, uplo="L" if lower else "U", trans="C" if trans == "H" else trans)
    if info > 0:  # a zero on the diagonal: tbtrs does nothing
        tbsv = getattr(blas, lapack_type(T, B)[0] + "tbsv")
        columns = [tbsv(T.shape[0] - 1, T, b, lower=lower, trans=_TRANS[trans]) for b in B.T]
        X = np.stack(columns, axis=1)
    return X


_SOLVERS: dict[str, Callable[..., Any]] = {
    "gbtrs": _by_lu,
    "pbtrs": _by_cholesky,
    "tbtrs": _by_substitution,
}


def factor(ab: Array, below: int, above: int) -> Factors:
    """LU factors, by gbtrf.

    Raises
    ------
    numpy.linalg.LinAlgError
        where a matrix is exactly singular.
    """
    letter, dtype = lapack_type(ab)
    gbtrf = _ROUTINES["gbtrf"][letter]
    n, parts = ab.shape[-1], []
    for i, matrix in enumerate(_each(ab)):
        storage = np.zeros((2 * below + above + 1, n), dtype, order="F")
        storage[below:] = matrix
        lu, pivots, info = (
            gbtrf(storage, below, above, overwrite_ab=True) if n else (storage, np.zeros(0, np.int32), 0)
        )
        if info > 0:
            raise np.linalg.LinAlgError(f"singular matrix: {_which(i, ab)}: pivot {info - 1} is zero.")
        parts.append((lu, pivots))
    count("gbtrf", len(parts))
    return Factors("gbtrs", ab, dtype, parts, below, above)


def cholesky(ab: Array, lower: bool) -> Array:
    """C of A = C C^H or, upper, A = C^H C, in the storage of the triangle of A that is given.

    Raises
    ------
    numpy.linalg.LinAlgError
        where a matrix is not positive definite.
    """
    letter, dtype = lapack_type(ab)
    pbtrf = _ROUTINES["pbtrf"][letter]
    C = np.zeros(ab.shape, dtype)
    if ab.size:
        for i, matrix in enumerate(_each(ab)):
            found, info = pbtrf(matrix, lower=lower)
            if info > 0:
                raise np.linalg.LinAlgError(
                    f"{info}-th leading minor not positive definite: {_which(i, ab)}."
                )
            _each(C)[i] = found
        count("pbtrf", prod(ab.shape[:-2]))
        C[..., ~inside(0 if lower else C.shape[-2] - 1, C.shape)] = 0
    C.flags.writeable = False
    return C


def definite(C: Array, lower: bool) -> Factors:
    """What solves with A by its Cholesky factor."""
    return Factors("pbtrs", C, C.dtype, list(_each(C)), lower)


def triangular(cb: Array, lower: bool) -> Factors:
    """What solves with a triangular band matrix; by IEEE's rules where a diagonal entry is zero, as pbtrs does."""
    _, dtype = lapack_type(cb)
    return Factors("tbtrs", cb, dtype, list(_each(cb.astype(dtype, copy=False))), lower)


def _each(ab: Array) -> Array:
    return ab.reshape(prod(ab.shape[:-2]), *ab.shape[-2:])


def _which(i: int, ab: Array) -> str:
    if ab.ndim == 2:
        return "the matrix"
    return f"matrix {tuple(int(k) for k in np.unravel_index(i, ab.shape[:-2]))} of the batch"
