"""Orthonormal bases of subspaces, determined up to a rotation: the range of a matrix, what is orthogonal to it.

Range       Q Q^H A = A,  Q^H Q = I      A of full column rank;  X = Q^H A
Tangent     dQ = (I - Q Q^H) dA X^-1
Cotangent   gA = (I - Q Q^H) gQ X^-H
Complement  Q^H N = 0,  N^H N = I        as many columns as are missing;  Q^H Q = I
Tangent     dN = -Q dQ^H N
Cotangent   gQ = -N gN^H Q
Undefined   where A has not full rank; where a cost depends on the rotation

The tangents are those of the parallel gauge, Q^H dQ = 0 and N^H dN = 0, which no structure of a factor says: so both
rules are written here. Which basis it is, LAPACK has chosen: it is a parameter, and so is X.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np

from linad.core.errstate import asked, report
from linad.core.forward import Deferred
from linad.core.kinds import ByHand, Sample, composition, discrete, joint_aid, reading
from linad.core.space import shape_of
from linad.kernels import svd as kernels
from linad.operations.clusters import numbers
from linad.operations.contractions import H, matmul
from linad.operations.solve import solve_by
from linad.operations.svd import svd_factors

_ROUNDING = 1e3  # of products and sums in a cost, in units of n eps

vectors = reading(
    "singular_vectors",
    kernels.vectors,
    of=lambda A: svd_factors(A, "numpy", False),
    last=0,
    domain=("graded",),
    samples=tuple(Sample((shape,), ("left", 0, 2)) for shape in [(3, 3), (4, 2), (2, 4)]),
)
stretch = joint_aid("singular_stretch", kernels.stretch)
ranks = reading(
    "singular_ranks",
    kernels.ranks,
    of=lambda A: svd_factors(A, "numpy", False),
    last=0,
    domain=("graded",),
    samples=tuple(Sample((shape,), (0.5,)) for shape in [(3, 3), (2, 3, 2), (0, 2)]),
)
matrix_rank = discrete(
    "matrix_rank",
    lambda A, tol, hermitian, rtol: np.linalg.matrix_rank(A, tol, hermitian, rtol=rtol),
    samples=tuple(Sample((shape,), (None, False, None)) for shape in [(3, 3), (2, 3, 2), (3,), (0, 2)]),
)

infinite_condition = discrete(
    "infinite_condition",
    lambda A, p: np.isinf(np.linalg.cond(A, p)),
    samples=tuple(Sample((shape,), (1,)) for shape in [(3, 3), (2, 3, 3)]),
)


def no_rotation(name: str, Q: Any, gQ: Any) -> None:
    """Report a cost that depends on which basis of a subspace was chosen."""
    Q, gQ = numbers(Q), numbers(gQ)
    if Q is None or gQ is None or Q.size == 0 or not asked("gauge"):
        return
    M = Q.swapaxes(-1, -2).conj() @ gQ
    along, largest = np.abs(M - M.swapaxes(-1, -2).conj()), float(np.max(np.abs(gQ)))
    if float(np.max(along)) > _ROUNDING * Q.shape[-2] * float(np.finfo(M.dtype).eps) * largest:
        report(
            "gauge",
            name,
            f"the cost depends on the basis, which is chosen up to a rotation: its cotangent has {np.max(along):.1e} "
            f"along rotations, of {largest:.1e}.",
            "Take a function of the subspace: the projector Q Q^H, angles, a determinant of Q^H B Q.",
            'linad.errstate(gauge="ignore") differentiates in the gauge in which Q^H dQ is zero.',
        )


def _constant_rank(name: str, deficient: bool) -> None:
    """Report a rank that is not full: it falls along no direction, but grows along almost all."""
    if deficient:
        report(
            "degenerate",
            name,
            "the matrix has not full rank, so that almost every change of it changes the dimension of its range.",
            'linad.errstate(degenerate="warn") differentiates along directions that keep the rank.',
        )


# -- the range -------------------------------------------------------------------------------------------------


def _range_tangent(args: Sequence[Any], outputs: Sequence[Any], tangents: Sequence[Any]) -> tuple[Any, ...]:
    if args[3]:
        return (Deferred(partial(_range_moved, args, outputs, tangents)),)
    return (_range_moved(args, outputs, tangents),)


def _range_moved(args: Sequence[Any], outputs: Sequence[Any], tangents: Sequence[Any]) -> Any:
    A, _, X, deficient = args
    Q, dA = outputs[0], tangents[0]
    _constant_rank("orth", deficient)
    Z = dA - matmul(Q, matmul(H(Q), dA))
    return H(solve_by(matmul(H(Q), A), X, H(Z), "H"))


def _range_cotangent(
    args: Sequence[Any], outputs: Sequence[Any], cotangents: Sequence[Any], wanted: tuple[bool, ...]
) -> tuple[Any, ...]:
    A, _, X, deficient = args
    Q, gQ = outputs[0], cotangents[0]
    _constant_rank("orth", deficient and bool(np.any(numbers(gQ))))
    no_rotation("orth", Q, gQ)
    T = H(solve_by(matmul(H(Q), A), X, H(gQ)))
    return (T - matmul(Q, matmul(H(Q), T)),)


def _range_residual(args: Sequence[Any], outputs: Sequence[Any]) -> tuple[Any, ...]:
    Q = outputs[0]
    return matmul(Q, matmul(H(Q), args[0])) - args[0], matmul(H(Q), Q) - np.eye(shape_of(Q)[-1])


def _projector(Q: Any) -> tuple[Any]:
    return (matmul(Q, H(Q)),)


column_space = composition(
    "column_space",
    lambda A, Q, X, deficient: (np.array(Q),),
    rule=lambda: ByHand(_range_tangent, _range_cotangent, _range_residual),
    last=1,
    outputs=1,
    invariants=_projector,
    domain=("graded",),
    samples=tuple(Sample((shape,)) for shape in [(4, 2), (5, 3), (2, 3, 2), (3, 1), (3, 0)]),
)


def _range(A: Any, F: Any, side: str, rank: int, deficient: bool) -> Any:
    """A basis of the range of A, whose left singular vectors are those of F on a side."""
    return column_space(A, vectors(F, side, 0, rank), stretch(F, side, rank), deficient)[0]


def range_basis(A: Any) -> tuple[Any]:
    """An orthonormal basis of the range of matrices of full column rank in the last two axes."""
    return (_range(A, svd_factors(A, "numpy", False), "left", shape_of(A)[-1], False),)


column_space.primitive.entry = range_basis  # type: ignore[attr-defined]  # functions of primitives carry them

# -- what is orthogonal to it ----------------------------------------------------------------------------------


def _complement_tangent(
    args: Sequence[Any], outputs: Sequence[Any], tangents: Sequence[Any]
) -> tuple[Any, ...]:
    return (-matmul(args[0], matmul(H(tangents[0]), outputs[0])),)


def _complement_cotangent(
    args: Sequence[Any], outputs: Sequence[Any], cotangents: Sequence[Any], wanted: tuple[bool, ...]
) -> tuple[Any, ...]:
    N, gN = outputs[0], cotangents[0]
    no_rotation("what is orthogonal", N, gN)
    return (-matmul(N, matmul(H(gN), args[0])),)


def _complement_residual(args: Sequence[Any], outputs: Sequence[Any]) -> tuple[Any, ...]:
    N = outputs[0]
    return matmul(H(args[0]), N), matmul(H(N), N) - np.eye(shape_of(N)[-1])


orthogonal_complement = composition(
    "orthogonal_complement",
    lambda Q, N: (np.array(N),),
    rule=lambda: ByHand(_complement_tangent, _complement_cotangent, _complement_residual),
    last=1,
    outputs=1,
    invariants=_projector,
    domain=("graded",),
    samples=tuple(Sample((shape,)) for shape in [(4, 2), (2, 3, 1), (3, 3), (1, 1), (3, 0)]),
)


def _complement(Q: Any, F: Any, side: str, rank: int) -> Any:
    return orthogonal_complement(Q, vectors(F, side, rank, None))[0]


def complement_basis(A: Any) -> tuple[Any]:
    """An orthonormal basis of what is orthogonal to the range of matrices of full column rank."""
    F, k = svd_factors(A, "numpy", True), shape_of(A)[-1]
    return (_complement(_range(A, F, "left", k, False), F, "left", k),)


orthogonal_complement.primitive.entry = complement_basis  # type: ignore[attr-defined]  # functions of primitives carry them

# -- of any matrix ---------------------------------------------------------------------------------------------


def orth(A: Any, F: Any, rank: int) -> Any:
    """An orthonormal basis of the range. At constant rank it is that of A V, with singular vectors V held fixed."""
    B = A if rank == shape_of(A)[-1] else matmul(A, vectors(F, "right", 0, rank))
    return _range(B, F, "left", rank, rank < min(shape_of(A)[-2:]))


def null_space(A: Any, F: Any, rank: int) -> Any:
    """An orthonormal basis of the vectors that A takes to zero: what is orthogonal to the range of A^H."""
    B = H(A) if rank == shape_of(A)[-2] else matmul(H(A), vectors(F, "left", 0, rank))
    V = _range(B, F, "right", rank, rank < min(shape_of(A)[-2:]))
    return _complement(V, F, "right", rank)
