"""Generalized Schur forms of pairs.

Equation    A = Q S Z^H,  B = Q T Z^H      Q and Z unitary, S and T upper triangular, the diagonal of T not negative
Undefined   where eigenvalues S_jj / T_jj are equal; where S_jj = T_jj = 0: the pencil is singular

For a combination C = c B + s A that is regular, Q is the basis of the Schur form of (c A - s B) C^-1, and Q^H C = U Z^H
an RQ factorization. Each has its own rule, and the forms are S = Q^H A Z, T = Q^H B Z. The numbers are LAPACK's.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from linad.core.kinds import PART, aid, exceptional, joint_aid
from linad.core.space import conj, is_complex, shape_of
from linad.errors import NoRuleError
from linad.kernels import qz as kernels
from linad.operations.contractions import H, matmul
from linad.operations.elementwise import absolute, real
from linad.operations.qr import qr_by
from linad.operations.schur import schur_parts
from linad.operations.shape import diagonal, flip, from_diagonal, reshape, triu
from linad.operations.solve import solve

qz_factors = joint_aid("qz_factors", kernels.decompose)
part = aid("qz_part", getattr, untried=PART)


def qz(A: Any, B: Any, output: str, sort: Any, name: str) -> tuple[Any, Any, Any, Any]:
    """S, T, Q and Z of square matrices in the last two axes, both in the dtype of the forms."""
    pencil = qz_factors(A, B, output, sort)
    if exceptional(lambda pencil: pencil.blocks, pencil):
        raise NoRuleError(
            name,
            "the real form has blocks of order two, for complex eigenvalues, which linad does not differentiate.",
            f'{name}(A, B, output="complex") is triangular, and differentiable.',
        )
    if exceptional(lambda pencil: pencil.singular, pencil):
        raise np.linalg.LinAlgError(
            f"{name}: the pencil is singular: generalized eigenvalues are 0 / 0, and no form of it has derivatives."
        )
    c, s = part(pencil, "c"), part(pencil, "s")
    C = c * B + s * A
    M = H(solve(H(C), H(c * A - s * B)))
    Q = schur_parts(M, part(pencil, "form"))[1]
    last = (len(shape_of(C)) - 1,)
    Z = flip(qr_by(flip(H(matmul(H(Q), C)), last), part(pencil, "factors"), False)[0], last)
    if is_complex(Z):
        Z = Z * _phases(diagonal(matmul(H(Q), matmul(B, Z)), 0))
    return triu(matmul(H(Q), matmul(A, Z)), 0), _with_real_diagonal(matmul(H(Q), matmul(B, Z))), Q, Z


def _with_real_diagonal(T: Any) -> Any:
    """The upper triangle, whose diagonal is real but for rounding."""
    n = shape_of(T)[-1]
    return triu(T, 1) + from_diagonal(real(diagonal(T, 0)), 0, (n, n))


def _phases(d: Any) -> Any:
    """What makes the columns with these diagonal entries have real ones; one where they are zero."""
    zero = absolute(d) == 0
    phases = conj(d + zero) / absolute(d + zero)
    return reshape(phases, (*shape_of(d)[:-1], 1, shape_of(d)[-1]))
