"""The words of emitted programs, over linad's operations: they run on plain and on traced arrays, batched."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from linad.core.space import conj, dtype_of, is_complex, shape_of
from linad.derive.assembling import assembled, place, put_left, put_right, size
from linad.operations import solve as general
from linad.operations.cholesky import cholesky
from linad.operations.contractions import H, matmul, swap
from linad.operations.elementwise import absolute, real
from linad.operations.gaps import divided
from linad.operations.generalized_sylvester import solve_generalized_sylvester
from linad.operations.indexing import HOLE, index
from linad.operations.reductions import argsort
from linad.operations.schur import turn
from linad.operations.shape import concatenate, reshape, tril, triu
from linad.operations.shape import diagonal as _diagonal
from linad.operations.shape import from_diagonal as _from_diagonal
from linad.operations.stein import solve_stein
from linad.operations.sylvester import solve_sylvester
from linad.operations.triangular import solve_triangular


def diagonal(A: Any) -> Any:
    """The diagonals of matrices, as vectors."""
    return _diagonal(A, 0)


def from_diagonal(d: Any) -> Any:
    """Diagonal matrices from vectors."""
    n = shape_of(d)[-1]
    return _from_diagonal(d, 0, (n, n))


def rows(d: Any) -> Any:
    """A vector that varies with the row."""
    return reshape(d, (*shape_of(d), 1))


def columns(d: Any) -> Any:
    """A vector that varies with the column."""
    shape = shape_of(d)
    return reshape(d, (*shape[:-1], 1, shape[-1]))


class Quotient(NamedTuple):
    """A factor for each entry: a numerator, and the factors of a denominator, each with the size of its numbers."""

    above: Any
    gaps: tuple[tuple[Any, Any], ...]


def quotient(above: Any, *gaps: tuple[Any, Any]) -> Quotient:
    return Quotient(above, gaps)


def real_part(x: Any) -> Any:
    """The real part; a real array itself."""
    return real(x) if is_complex(x) else x


def scale_left(d: Any, A: Any) -> Any:
    """diag(d) A."""
    return rows(d) * A


def scale_right(d: Any, A: Any) -> Any:
    """A diag(d)."""
    return A * columns(d)


def unscale_left(d: Any, A: Any) -> Any:
    """diag(d)^-1 A."""
    return A / rows(d)


def unscale_right(d: Any, A: Any) -> Any:
    """A diag(d)^-1."""
    return A / columns(d)


def permute_left(P: Any, A: Any, transposed: bool) -> Any:
    """P A or P^T A, for a permutation given as a matrix, or as indices: then P^T A is A[P]."""
    if _is_indices(P):
        return take_rows(A, P if transposed else argsort(P, -1, "stable"))
    return matmul(swap(P) if transposed else P, A)


def permute_right(P: Any, A: Any, transposed: bool) -> Any:
    """A P or A P^T, for a permutation given as a matrix, or as indices: then A P is A[:, P]."""
    if _is_indices(P):
        return swap(take_rows(swap(A), argsort(P, -1, "stable") if transposed else P))
    return matmul(A, swap(P) if transposed else P)


def _is_indices(P: Any) -> bool:
    return dtype_of(P).kind in "iu"


def take_rows(A: Any, perm: Any) -> Any:
    """A[perm], for each matrix of a batch its own."""
    batch = shape_of(perm)[:-1]
    if not batch:
        return index(A, (..., HOLE, slice(None)), perm)
    grid = [i[..., None] for i in np.indices(batch, sparse=True)]
    return index(A, (*[HOLE] * len(grid), HOLE), *grid, perm)


def identity(A: Any) -> Any:
    """The identity of the order of a square matrix."""
    return np.eye(shape_of(A)[-1])


def solve_left(A: Any, B: Any, trans: str, triangle: str | None, unit: bool, part: str | None = None) -> Any:
    """op(A)^-1 B; of a trapezoidal A the one-sided inverse, which reads its square part.

    ``part`` says which block of order one less suffices, ``leading`` or ``trailing``: the other row of the result is
    zero, or not wanted, and zeros stand there. The pivot beside the block is not divided by.
    """
    if part is not None and min(shape_of(A)[-2:]):
        return _solve_block(A, B, trans, triangle, unit, part)
    if trans == "C":
        return conj(solve_left(A, conj(B), "N", triangle, unit))
    if triangle is None:
        return (
            general.apply_inverse(A, B, general.lu_factors(A), trans) if trans != "T" else _transposed(A, B)
        )
    m, n = shape_of(A)[-2:]
    if m == n:
        return solve_triangular(A, B, triangle == "lower", trans, unit)
    k = min(m, n)
    square = A[..., :k, :k]
    if (m > n) == (trans == "N"):  # [A1; A2]^-1 = [A1^-1, 0]
        return solve_triangular(square, B[..., :k, :], triangle == "lower", trans, unit)
    top = solve_triangular(square, B, triangle == "lower", trans, unit)  # ... and its adjoint
    zero = np.zeros((*shape_of(top)[:-2], max(m, n) - k, shape_of(top)[-1]))
    return concatenate(len(shape_of(top)) - 2, top, zero)


def _transposed(A: Any, B: Any) -> Any:
    return conj(general.apply_inverse(A, conj(B), general.lu_factors(A), "H"))


def _solve_block(A: Any, B: Any, trans: str, triangle: str | None, unit: bool, part: str) -> Any:
    """With the block of the square part of A that leaves one row and column out."""
    k = min(shape_of(A)[-2:])
    kept, left = (slice(0, k - 1), slice(k - 1, k)) if part == "leading" else (slice(1, k), slice(0, 1))
    X = solve_left(A[..., kept, kept], B[..., kept, :], trans, triangle, unit)
    zero = np.zeros((*shape_of(X)[:-2], len(range(k)[left]), shape_of(X)[-1]))
    size = shape_of(A)[-1 if trans in ("N", "C") else -2]
    axis = len(shape_of(X)) - 2
    rest = np.zeros((*shape_of(X)[:-2], size - k, shape_of(X)[-1]))
    return concatenate(axis, *((X, zero) if part == "leading" else (zero, X)), rest)


def solve_right(A: Any, B: Any, trans: str, triangle: str | None, unit: bool, part: str | None = None) -> Any:
    """B op(A)^-1."""
    turned = {"N": "T", "T": "N", "H": "C", "C": "H"}[trans]
    return swap(solve_left(A, swap(B), turned, triangle, unit, part))


def strict_tril(A: Any) -> Any:
    return tril(A, -1)


def strict_triu(A: Any) -> Any:
    return triu(A, 1)


def diag(A: Any) -> Any:
    """The matrix with everything off the diagonal zero."""
    return tril(triu(A, 0), 0)


def half_diag(A: Any) -> Any:
    """Half of the diagonal."""
    return 0.5 * diag(A)


def half_tril(A: Any) -> Any:
    """The lower triangle with half of the diagonal."""
    return 0.5 * (tril(A, 0) + tril(A, -1))


def half_triu(A: Any) -> Any:
    """The upper triangle with half of the diagonal."""
    return 0.5 * (triu(A, 0) + triu(A, 1))


def zones(A: Any, below: Any, on: Any, above: Any = None) -> Any:
    """Entries below, on and above the diagonal, each times its factor; ``on`` is a number or a vector.

    Without ``above``, ``below`` is the factor of all entries off the diagonal.
    """
    parts = [(below, strict_tril), (above, strict_triu)] if above is not None else [(below, _off_diagonal)]
    total = None
    for factor, zone in parts:
        if isinstance(factor, Quotient):
            whole = divided(factor.above * zone(A), factor.gaps, 2)
            total = _plus(total, zone(whole))  # what a cotangent has elsewhere is not divided, either
        elif not _is_zero(factor):
            total = _plus(total, factor * zone(A))
    if isinstance(on, Quotient):
        d = diagonal(A)
        total = _plus(total, from_diagonal(divided(on.above * d, on.gaps, 1)))
    elif not _is_zero(on):
        total = _plus(total, from_diagonal(on * diagonal(A)))
    return 0 * A if total is None else total


def _off_diagonal(A: Any) -> Any:
    return tril(A, -1) + triu(A, 1)


def _is_zero(x: Any) -> bool:
    return type(x) is int and x == 0


def _plus(total: Any, part: Any) -> Any:
    return part if total is None else total + part


def lower_part(A: Any) -> Any:
    """The lower triangle."""
    return tril(A, 0)


def upper_part(A: Any) -> Any:
    """The upper triangle."""
    return triu(A, 0)


def cholesky_upper(A: Any) -> Any:
    """The upper factor C of A = C C^H."""
    return cholesky(A, lower=False)


# What emitted source may call, by the names it uses.
WORDS: dict[str, Any] = {
    "absolute": absolute,
    "adjoint": H,
    "assembled": assembled,
    "cholesky": cholesky,
    "cholesky_upper": cholesky_upper,
    "columns": columns,
    "conj": conj,
    "diag": diag,
    "diagonal": diagonal,
    "from_diagonal": from_diagonal,
    "half_diag": half_diag,
    "half_tril": half_tril,
    "half_triu": half_triu,
    "identity": identity,
    "mul": matmul,
    "permute_left": permute_left,
    "permute_right": permute_right,
    "place": place,
    "put_left": put_left,
    "put_right": put_right,
    "real": real_part,
    "quotient": quotient,
    "rows": rows,
    "scale_left": scale_left,
    "scale_right": scale_right,
    "size": size,
    "solve_generalized_sylvester": solve_generalized_sylvester,
    "solve_left": solve_left,
    "solve_right": solve_right,
    "solve_stein": solve_stein,
    "solve_sylvester": solve_sylvester,
    "strict_tril": strict_tril,
    "strict_triu": strict_triu,
    "transpose": swap,
    "tril": lower_part,
    "triu": upper_part,
    "turn": turn,
    "unscale_left": unscale_left,
    "unscale_right": unscale_right,
    "zones": zones,
}
