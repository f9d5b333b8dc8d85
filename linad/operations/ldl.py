"""Bunch and Kaufman's factors of indefinite matrices.

Equation    A = lu D lu^H, lu[perm] = L        L unit lower (or upper) triangular; D of blocks of order 1 and 2, where
                                               L is the identity; perm and the blocks are held fixed
Tangent     dL = L S,  dD = within(M)          S = off(M) D^-1,  M = L^-1 dA L^-H
Cotangent   gA = L^-H G L^-1                   G = off(L^H gL) D^-H + within(gD)
Undefined   where a block of D is singular, but for the last (or first) one, which nothing is divided by

The linearised equation is S D + dD + D S^H = M; off, what is below the blocks (or above), and within, what is in them,
are complementary. For symmetric matrices ^T stands for ^H, and conj(L)^-1 for the last L^-1. Rows and columns of dA are
permuted first, those of gA last; both are made Hermitian (symmetric), since one triangle is read. It stands here by
hand because the zones of L are those of the blocks, which derivations do not know. Inverses of blocks are those of
LAPACK's hetrs: nothing overflows that need not.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from linad.core.errstate import report
from linad.core.forward import Deferred
from linad.core.kinds import ByHand, Sample, aid, composition, reading
from linad.core.kinds.derived import rule_named
from linad.core.space import shape_of
from linad.errors import DegenerateError
from linad.kernels import ldl as kernels
from linad.kernels.ldl import Factors
from linad.kernels.pivoted import cotangent as by_blocks
from linad.kernels.programs import large
from linad.operations.contractions import H, matmul, swap
from linad.operations.elementwise import where
from linad.operations.indexing import HOLE, index
from linad.operations.shape import concatenate, diagonal, reshape
from linad.operations.triangular import solve_triangular

Args = Sequence[Any]

ldl_factors = aid(
    "ldl_factors",
    kernels.factor,
    domain=("indefinite",),
    samples=tuple(Sample((shape,), (True, True)) for shape in [(3, 3), (2, 3, 3), (0, 0)]),
)
# What is discrete in the factors, by name; recorded in explicit graphs.
part = reading(
    "ldl_part",
    getattr,
    of=lambda A: ldl_factors(A, True, True),
    domain=("indefinite",),
    samples=tuple(Sample((shape,), ("perm",)) for shape in [(3, 3), (2, 3, 3), (0, 0)]),
)


def _rows(A: Any, order: Any) -> Any:
    """A[order], for each matrix of a batch its own."""
    if 0 in shape_of(A):
        return A
    grid = [i[..., None] for i in np.indices(shape_of(order)[:-1], sparse=True)]
    if not grid:
        return index(A, (..., HOLE, slice(None)), order)
    return index(A, (*[HOLE] * len(grid), HOLE), *grid, order)


def _symmetrised(A: Any, order: Any, op: Callable[[Any], Any]) -> Any:
    """The Hermitian or symmetric part of A[order][:, order]."""
    P = op(_rows(op(_rows(A, order)), order))
    return 0.5 * (P + op(P))


def _both_sides(L: Any, M: Any, lower: bool, op: Callable[[Any], Any], trans: str) -> Any:
    """L^-1 M L^-H, or with ``trans`` L^-H M L^-1; L^T and conj(L) in the place of L^H and L where op transposes."""
    left = solve_triangular(L, M, lower, trans, True)
    return op(solve_triangular(L, op(left), lower, trans, True))


def _divided(X: Any, D: Any, F: Any) -> Any:
    """X D^-1; columns of blocks that are not divided by are zero.

    A block [d f; e d'] has the inverse [v/e, -1/e; -1/f, u/f] / w with u = d/e, v = d'/f, w = uv - 1.
    """
    n = shape_of(D)[-1]
    if n == 0:
        return X
    first, alone, d = part(F, "first"), part(F, "alone"), diagonal(D, 0)
    e, f = where(first, diagonal(D, -1), 1), where(first, diagonal(D, 1), 1)
    u, v = where(first, d[..., : n - 1] / e, 0), where(first, d[..., 1:] / f, 0)
    w = where(first, u * v - 1, 1)
    end = np.zeros((*shape_of(d)[:-1], 1))
    axis = len(shape_of(d)) - 1
    on = where(alone, 1 / where(alone, d, 1), 0)
    on = on + concatenate(axis, where(first, v / (e * w), 0), end)
    on = on + concatenate(axis, end, where(first, u / (f * w), 0))
    from_right = concatenate(axis, where(first, -1 / (f * w), 0), end)
    from_left = concatenate(axis, end, where(first, -1 / (e * w), 0))
    column, axis = np.zeros((*shape_of(X)[:-1], 1)), len(shape_of(X)) - 1
    right = concatenate(axis, X[..., 1:], column)
    left = concatenate(axis, column, X[..., : n - 1])
    return _across(on) * X + _across(from_right) * right + _across(from_left) * left


def _across(d: Any) -> Any:
    """A vector that varies with the column."""
    shape = shape_of(d)
    return reshape(d, (*shape[:-1], 1, shape[-1]))


def _require_regular(F: Any) -> None:
    if not isinstance(F, Factors) or F.singular is None:
        return
    *batch, pivot = F.singular
    element = f" of matrix {tuple(batch)} in the batch" if batch else ""
    report(
        "degenerate",
        "ldl",
        f"pivot {pivot}{element} is zero, and what is eliminated with it has no derivative.",
        "slogdet and solve need no factors.",
        'linad.errstate(degenerate="warn") continues with these terms dropped.',
    )


# -- the rule -------------------------------------------------------------------------------------------------------


def _tangent(args: Args, outputs: Args, tangents: Args, hermitian: bool) -> tuple[Any, ...]:
    try:
        _require_regular(args[1])
    except DegenerateError:
        return tuple([Deferred(partial(_late, i, args, outputs, tangents, hermitian)) for i in range(2)])
    return _tangents(args, outputs, tangents, hermitian)


def _late(i: int, args: Args, outputs: Args, tangents: Args, hermitian: bool) -> Any:
    _require_regular(args[1])
    return _tangents(args, outputs, tangents, hermitian)[i]


def _tangents(args: Args, outputs: Args, tangents: Args, hermitian: bool) -> tuple[Any, ...]:
    (lu, D), (_, F, lower), op = outputs, args, H if hermitian else swap
    L = _rows(lu, part(F, "perm"))
    dA = _symmetrised(tangents[0], part(F, "perm"), op)
    M = _both_sides(L, dA, lower, op, "N")
    S = _divided(where(part(F, "off"), M, 0), D, F)
    return _rows(matmul(L, S), part(F, "order")), where(part(F, "within"), M, 0)


def _cotangent(
    args: Args, outputs: Args, cotangents: Args, wanted: tuple[bool, ...], hermitian: bool
) -> tuple[Any, ...]:
    _require_regular(args[1])
    (lu, D), (_, F, lower), op = outputs, args, H if hermitian else swap
    L = _rows(lu, part(F, "perm"))
    glu, gD = cotangents
    G = None
    if glu is not None:
        gL = _rows(glu, part(F, "perm"))
        G = _divided(where(part(F, "off"), matmul(H(L), gL), 0), H(D), F)
    if gD is not None:
        on = where(part(F, "within"), gD, 0)
        G = on if G is None else G + on
    return (_symmetrised(_both_sides(L, G, lower, op, "H"), part(F, "order"), op),)


def _kernel(
    args: Args, outputs: Args, cotangents: Args, wanted: tuple[bool, ...], hermitian: bool
) -> tuple[Any, ...] | None:
    """By blocks: the program is that of a diagonal D."""
    _, F, lower = args
    if any(g is not None and g.dtype != F.lu.dtype for g in cotangents):
        return None
    _require_regular(F)
    rule: Any = rule_named("ldl" if hermitian else "ldl-symmetric")
    program = rule.blocks.kernel("cotangent").lowered
    glu, gD = cotangents
    return (by_blocks(program, F, glu, gD, lower, hermitian),)


def _residual(args: Args, outputs: Args, hermitian: bool) -> tuple[Any, ...]:
    (lu, D), A, op = outputs, args[0], H if hermitian else swap
    return (matmul(matmul(lu, D), op(lu)) - 0.5 * (A + op(A)),)


def _declared(name: str, hermitian: bool) -> Callable[..., tuple[Any, Any]]:
    """lu and D, given the factors and whether L is lower, for Hermitian or for symmetric matrices."""
    return composition(
        name,
        lambda A, F, lower: (F.lu, F.D),
        rule=lambda: ByHand(
            partial(_tangent, hermitian=hermitian),
            partial(_cotangent, hermitian=hermitian),
            partial(_residual, hermitian=hermitian),
            partial(_kernel, hermitian=hermitian),
            pays=lambda args: large(args[0]),
        ),
        last=1,
        outputs=2,
        domain=("indefinite" if hermitian else "indefinite symmetric",),
        samples=tuple(
            Sample((shape,), (lower,), f"{'lower' if lower else 'upper'}-{'x'.join(map(str, shape))}")
            for shape in [(3, 3), (4, 4), (2, 3, 3), (1, 1), (0, 0)]
            for lower in (True, False)
        ),
    )


_hermitian_parts = _declared("ldl", hermitian=True)
_symmetric_parts = _declared("ldl_symmetric", hermitian=False)


def ldl(A: Any, lower: bool = True) -> tuple[Any, Any]:
    """lu and D of Hermitian matrices in the last two axes; for the permutation see :func:`permutation`."""
    lu, D = _hermitian_parts(A, ldl_factors(A, lower, True), lower)
    return lu, D


def ldl_symmetric(A: Any, lower: bool = True) -> tuple[Any, Any]:
    """lu and D of symmetric matrices, which may be complex."""
    lu, D = _symmetric_parts(A, ldl_factors(A, lower, False), lower)
    return lu, D


def permutation(A: Any, lower: bool, hermitian: bool) -> Any:
    """perm, for which lu[perm] is triangular; plain."""
    return part(ldl_factors(A, lower, hermitian), "perm")


_hermitian_parts.primitive.entry = ldl  # type: ignore[attr-defined]  # functions of primitives carry them
_symmetric_parts.primitive.entry = ldl_symmetric  # type: ignore[attr-defined]
