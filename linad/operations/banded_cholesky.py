"""Cholesky factors of Hermitian band matrices, in the storage of the lower triangle.

Equation    A = L L^H                                    banded_cholesky
            sym(X, L) = X L^H + L X^H = M                banded_half_solve: the tangent of L, with M = dA
            the lower triangle of (Y + Y^H) L is G       banded_dual_solve: its adjoint
Undefined   where A is not positive definite

These three and the two products are closed: the derivative of each is made of the others. Diagonals of L, X and Y are
real: the imaginary parts of what is passed are not read.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from linad.core.kinds import ByHand, Sample, aid, bilinear, composition
from linad.kernels import banded, banded_cholesky
from linad.operations.banded import real_diagonal, stored

Args = Sequence[Any]
Wanted = tuple[bool, ...]
_SHAPES = ((1, 3), (2, 4), (3, 5), (2, 2, 4), (3, 2), (2, 0), (2, 1))
_PAIRS = tuple(Sample((shape, shape)) for shape in _SHAPES)

symmetric = bilinear(
    "banded_symmetric",
    banded_cholesky.symmetric,
    left=lambda g, L: dual(g, L),
    right=lambda g, X: dual(g, X),
    samples=_PAIRS,
)
dual = bilinear(
    "banded_dual",
    banded_cholesky.dual,
    left=lambda g, L: symmetric(g, L),
    right=lambda g, Y: dual(Y, g),
    samples=_PAIRS,
)


# -- the linearised equation and its adjoint ------------------------------------------------------------------------


def _half_tangent(args: Args, outputs: Args, tangents: Args) -> tuple[Any, ...]:
    L, _ = args
    dL, right = tangents
    if dL is not None:
        change = symmetric(outputs[0], real_diagonal(dL))
        right = -change if right is None else right - change
    return (half_solve(L, right),)


def _half_cotangent(args: Args, outputs: Args, cotangents: Args, wanted: Wanted) -> tuple[Any, ...]:
    gM = dual_solve(args[0], cotangents[0])
    return (-real_diagonal(dual(gM, outputs[0])) if wanted[0] else None), gM


half_solve = composition(
    "banded_half_solve",
    lambda L, M: banded_cholesky.solve(_true(L), M),
    rule=lambda: ByHand(
        _half_tangent,
        _half_cotangent,
        lambda args, outputs: (symmetric(outputs[0], real_diagonal(args[0])) - stored(args[1]),),
    ),
    last=2,
    domain=("lower band", "real"),
    samples=_PAIRS,
)


def _dual_tangent(args: Args, outputs: Args, tangents: Args) -> tuple[Any, ...]:
    L, _ = args
    dL, right = tangents
    if dL is not None:
        change = dual(outputs[0], real_diagonal(dL))
        right = -change if right is None else right - change
    return (dual_solve(L, right),)


def _dual_cotangent(args: Args, outputs: Args, cotangents: Args, wanted: Wanted) -> tuple[Any, ...]:
    gG = half_solve(args[0], cotangents[0])
    return (-real_diagonal(dual(outputs[0], gG)) if wanted[0] else None), gG


dual_solve = composition(
    "banded_dual_solve",
    lambda L, G: banded_cholesky.solve_dual(_true(L), G),
    rule=lambda: ByHand(
        _dual_tangent,
        _dual_cotangent,
        lambda args, outputs: (stored(dual(outputs[0], real_diagonal(args[0])) - args[1]),),
    ),
    last=2,
    domain=("lower band", "real"),
    samples=_PAIRS,
)


def _true(L: Any) -> Any:
    if L.dtype.kind == "c":
        L = L.copy()
        L[..., 0, :].imag = 0
    return L


# -- the factorization ----------------------------------------------------------------------------------------------

banded_factor = aid(
    "banded_factor",
    lambda ab: banded.cholesky(ab, True),
    domain=("lower band",),
    samples=tuple(Sample((shape,)) for shape in _SHAPES),
)


def _residual(args: Args, outputs: Args) -> tuple[Any, ...]:
    return (0.5 * symmetric(outputs[0], outputs[0]) - stored(args[0]),)


cholesky_by = composition(
    "banded_cholesky",
    lambda ab, C: C.copy(),
    rule=lambda: ByHand(
        lambda args, outputs, tangents: (half_solve(outputs[0], tangents[0]),),
        lambda args, outputs, cotangents, wanted: (dual_solve(outputs[0], cotangents[0]),),
        _residual,
    ),
    last=1,
    domain=("lower band",),
    samples=tuple(Sample((shape,)) for shape in _SHAPES),
)


def cholesky(ab: Any) -> Any:
    """L of A = L L^H, both by the diagonals of their lower triangles; computed once for a traced ``ab``."""
    return cholesky_by(ab, banded_factor(ab))


cholesky_by.primitive.entry = cholesky  # type: ignore[attr-defined]  # functions of primitives carry them
