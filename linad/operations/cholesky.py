"""Cholesky factors of Hermitian positive definite matrices.

Equation    A = C C^H                C lower or upper triangular, its diagonal positive; one triangle of A is read
Tangent     dC = C half(S)           S = C^-1 (dA + dA^H)/2 C^-H;  half: that triangle, with half of the diagonal
Cotangent   gA = (G + G^H)/2         G = C^-H half(C^H gC) C^-1
Undefined   where A is not positive definite
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from linad.core.kinds import ByHand, Sample, composition
from linad.kernels import cholesky as kernels
from linad.operations.contractions import H, matmul
from linad.operations.shape import tril, triu
from linad.operations.triangular import solve_triangular


def _half(A: Any, lower: bool) -> Any:
    """A triangle with half of the diagonal."""
    return 0.5 * (tril(A, 0) + tril(A, -1) if lower else triu(A, 0) + triu(A, 1))


def _hermitian(A: Any) -> Any:
    return 0.5 * (A + H(A))


def _between(C: Any, M: Any, lower: bool, trans: str) -> Any:
    """op(C)^-1 M^H op(C)^-H."""
    return solve_triangular(C, H(solve_triangular(C, M, lower, trans, False)), lower, trans, False)


def _tangent(args: Sequence[Any], outputs: Sequence[Any], tangents: Sequence[Any]) -> tuple[Any, ...]:
    C, lower = outputs[0], args[1]
    S = _between(C, _hermitian(tangents[0]), lower, "N")
    return (matmul(C, _half(S, lower)),)


def _cotangent(
    args: Sequence[Any], outputs: Sequence[Any], cotangents: Sequence[Any], wanted: tuple[bool, ...]
) -> tuple[Any, ...]:
    C, lower = outputs[0], args[1]
    M = _half(matmul(H(C), cotangents[0]), lower)
    return (_hermitian(_between(C, M, lower, "H")),)


def _residual(args: Sequence[Any], outputs: Sequence[Any]) -> tuple[Any, ...]:
    return (matmul(outputs[0], H(outputs[0])) - _hermitian(args[0]),)


cholesky_factor = composition(
    "cholesky",
    kernels.cholesky,
    rule=lambda: ByHand(_tangent, _cotangent, _residual),
    last=1,
    domain=("definite",),
    samples=tuple(
        Sample((shape,), (lower,), f"{'lower' if lower else 'upper'}-{'x'.join(map(str, shape))}")
        for shape in [(3, 3), (2, 3, 3), (1, 1), (0, 0)]
        for lower in (True, False)
    ),
)


def cholesky(A: Any, lower: bool = True) -> Any:
    """C of A = C C^H for Hermitian positive definite matrices in the last two axes; C is lower or upper.

    A function on Hermitian matrices: tangents are made Hermitian, and cotangents are.
    """
    return cholesky_factor(A, lower)


cholesky_factor.primitive.entry = cholesky  # type: ignore[attr-defined]  # functions of primitives carry them
