"""Hermitian matrices: the guard of functions that read one triangle, the matrix that one triangle says, their rules.

Functions that read one triangle are functions on Hermitian matrices, and their gradients are Hermitian. For a matrix
of which only one triangle was filled these are not the derivatives of what was computed: so a traced one must be
Hermitian.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from linad.core.kinds import look
from linad.core.kinds.derived import Args, Derived
from linad.core.traced import innermost
from linad.errors import NotHermitianError
from linad.kernels.turning import is_hermitian
from linad.operations.contractions import H
from linad.operations.elementwise import real
from linad.operations.shape import diagonal, from_diagonal, tril, triu

_FEW = 4096  # entries that are compared by their bytes first
_ROUNDING = 100.0  # in units of eps of the norm


def hermitian(A: Any, lower: bool = True) -> Any:
    """The Hermitian matrices whose lower or upper triangles are those of A; the diagonal's real part counts."""
    half = tril(A, -1) if lower else triu(A, 1)
    n = A.shape[-1]
    return half + H(half) + from_diagonal(real(diagonal(A, 0)), 0, (n, n))


def hermitian_part(A: Any) -> Any:
    """(A + A^H) / 2."""
    return 0.5 * (A + H(A))


class DerivedOnHermitian(Derived):
    """A derived rule of which the first operand is a Hermitian matrix: its equation speaks of the Hermitian part.

    Programs make tangents Hermitian; so does the residual here, which is differentiated along any direction.
    """

    __slots__ = ()

    def residual(self, args: Args, outputs: Args) -> Sequence[Any]:
        return super().residual((hermitian_part(args[0]), *args[1:]), outputs)


def require_hermitian(A: Any, name: str, *, conjugate: bool = True) -> None:
    """Raise where a matrix is not Hermitian, without ``conjugate`` not symmetric, to 100 eps of its norm."""
    hermitian_or_not(A, name, conjugate)


@look
def hermitian_or_not(A: Any, name: str, conjugate: bool) -> None:
    """The innermost numbers are looked at; a symbol, which has none, passes."""
    plain = innermost(A)
    if not isinstance(plain, np.ndarray) or plain.size == 0:
        return
    if plain.dtype.kind not in "fc":
        plain = plain.astype(np.float64)
    adjoint = plain.swapaxes(-1, -2)
    if conjugate and plain.dtype.kind == "c":
        adjoint = adjoint.conj()
    if plain.size <= _FEW and plain.tobytes() == adjoint.tobytes():
        return
    if (conjugate or plain.dtype.kind != "c") and is_hermitian(plain):
        return
    with np.errstate(invalid="ignore"):  # inf - inf
        difference = np.abs(plain - adjoint)
    largest = difference.max()
    if largest == 0:
        return
    if not np.isfinite(largest):
        missing = ~np.isfinite(plain)
        if (missing != missing.swapaxes(-1, -2)).any():
            difference = np.where(missing | missing.swapaxes(-1, -2), np.inf, difference)
        else:
            difference = np.where(missing, 0, difference)
    norms, distances = _norms(plain), difference.max(axis=(-2, -1))
    far = ~(distances <= _ROUNDING * np.finfo(plain.dtype).eps * norms)
    if far.any():
        where = tuple(int(i) for i in np.argwhere(far)[0])
        matrix = f"matrix {where} of the batch" if where else "the matrix"
        raise NotHermitianError(
            name,
            matrix,
            float(distances[where]),
            float(norms[where]),
            "Hermitian" if conjugate else "symmetric",
        )


def _norms(A: np.ndarray[Any, Any]) -> Any:
    """The Frobenius norms of the finite entries; nothing overflows."""
    size = np.where(np.isfinite(A), np.abs(A), 0)
    largest = size.max(axis=(-2, -1))
    unit = np.where(largest == 0, 1, largest)
    return largest * np.sqrt(np.sum((size / unit[..., None, None]) ** 2, axis=(-2, -1)))
