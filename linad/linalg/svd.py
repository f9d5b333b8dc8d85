"""Singular values and vectors, and the subspaces that they span."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import scipy.linalg

from linad.core.constants import stop_gradient
from linad.core.dispatch import door
from linad.core.kinds import outcome
from linad.core.space import retype, shape_of
from linad.core.traced import Array
from linad.errors import NoRuleError
from linad.linalg.arguments import lapack_dtype, validated
from linad.operations import elementwise, subspaces
from linad.operations.contractions import H, matmul
from linad.operations.shape import broadcast_to, from_diagonal
from linad.operations.svd import svd as _svd
from linad.operations.svd import svd_factors
from linad.operations.svd_whole import svd_whole


def matrices(a: Any, name: str, check_finite: Any = True) -> Any:
    """Matrices in a dtype of LAPACK, with SciPy's errors; batches in front."""
    a = validated(a, name, check_finite)
    shape = shape_of(a)
    if math.prod(shape[:-2]) == 0:
        raise ValueError(f"`{name}` does not support zero-size batches.")
    if len(shape) < 2:
        raise ValueError("expected matrix")
    return retype(a, lapack_dtype(a))


def outputs(parts: tuple[Any, ...], a: Any) -> Any:
    """Several results as SciPy gives them: of batches in a list."""
    return list(parts) if len(shape_of(a)) > 2 else parts


@door(scipy.linalg.svd)
def svd(
    a: Any, full_matrices: Any = True, compute_uv: Any = True, overwrite_a: Any = False, check_finite: Any =
    True, lapack_driver: Any = "gesdd",
) -> Any:  # fmt: skip
    """The singular value decomposition ``a = U @ diag(s) @ Vh``.

    What completes ``U`` and ``Vh`` to square matrices is a basis of a subspace: a cost that depends on which one is
    reported, as is one that depends on the signs or phases of singular vectors. Where singular values tie or are zero,
    functions that treat those that tie alike, and do not see the zeros, have derivatives.
    """
    a = matrices(a, "svd", check_finite)
    if not isinstance(lapack_driver, str):
        raise TypeError("lapack_driver must be a string")
    if lapack_driver not in ("gesdd", "gesvd"):
        raise ValueError(f'lapack_driver must be "gesdd" or "gesvd", not "{lapack_driver}"')
    whole = bool(full_matrices) and bool(compute_uv)
    U, s, Vh = (svd_whole if whole else _svd)(a, svd_factors(a, lapack_driver, whole))
    return outputs((U, s, Vh), a) if compute_uv else s


@door(scipy.linalg.svdvals)
def svdvals(a: Any, overwrite_a: Any = False, check_finite: Any = True) -> Any:
    """The singular values. At ties functions that treat those that tie alike have derivatives; a zero one has none."""
    a = matrices(a, "svdvals", check_finite)
    return _svd(a, svd_factors(a, "gesdd", False))[1]


@door(scipy.linalg.diagsvd)
def diagsvd(s: Any, M: Any, N: Any) -> Any:
    """The M x N matrix with the singular values ``s`` on its diagonal."""
    s = validated(s, "diagsvd", False)
    if math.prod(shape_of(s)[:-1]) == 0:
        raise ValueError("`diagsvd` does not support zero-size batches.")
    k = shape_of(s)[-1]
    if k not in (M, N):
        raise ValueError("Length of s must be M or N.")
    if min(M, N) < k:
        raise ValueError("negative dimensions are not allowed")
    return from_diagonal(s, 0, (M, N))


def _rank(A: Any, F: Any, rcond: Any, name: str) -> int:
    """The rank of all matrices of a batch."""
    if isinstance(rcond, Array):
        raise NoRuleError(name, "rcond is traced, and the rank is discrete.", "Pass linad.value(rcond).")
    if rcond is None:
        rcond = np.finfo(A.dtype).eps * max(shape_of(A)[-2:])
    found = outcome(np.unique, stop_gradient(subspaces.ranks(F, rcond)))
    if found.size > 1:
        raise ValueError(f"{name}: all matrices of a batch must have the same rank, not {found.tolist()}.")
    return int(found[0])


@door(scipy.linalg.orth)
def orth(A: Any, rcond: Any = None) -> Any:
    """An orthonormal basis of the range, in the gauge in which ``Q^H dQ`` is zero.

    A cost that depends on which basis it is is reported. A matrix of deficient rank has no derivative:
    ``errstate(degenerate="warn")`` differentiates along directions that keep the rank.
    """
    A = matrices(A, "orth")
    F = svd_factors(A, "gesdd", False)
    return subspaces.orth(A, F, _rank(A, F, rcond, "orth"))


@door(scipy.linalg.null_space)
def null_space(
    A: Any, rcond: Any = None, *, overwrite_a: Any = False, check_finite: Any = True, lapack_driver: Any =
    "gesdd",
) -> Any:  # fmt: skip
    """An orthonormal basis of the vectors that ``A`` takes to zero, in the gauge in which ``N^H dN`` is zero.

    A cost that depends on which basis it is is reported. A matrix of deficient rank has no derivative:
    ``errstate(degenerate="warn")`` differentiates along directions that keep the rank.
    """
    A = matrices(A, "null_space", check_finite)
    if lapack_driver not in ("gesdd", "gesvd"):
        raise ValueError(f'lapack_driver must be "gesdd" or "gesvd", not "{lapack_driver}"')
    F = svd_factors(A, lapack_driver, True)
    return subspaces.null_space(A, F, _rank(A, F, rcond, "null_space"))


@door(scipy.linalg.subspace_angles)
def subspace_angles(A: Any, B: Any) -> Any:
    """The angles between two ranges, descending. An angle of 0 or pi/2 has no derivative.

    The values are SciPy's; derivatives are those of whichever of arcsin and arccos is the flatter one.
    """
    A, B = matrices(A, "subspace_angles"), matrices(B, "subspace_angles")
    m, rows = shape_of(A)[-2], shape_of(B)[-2]
    if m != rows:
        raise ValueError(f"A and B must have the same number of rows, got {m} and {rows}")
    common = lapack_dtype(A, B)
    batch = np.broadcast_shapes(shape_of(A)[:-2], shape_of(B)[:-2])
    A, B = (broadcast_to(retype(x, common), (*batch, *shape_of(x)[-2:])) for x in (A, B))
    Q, R = orth.traced(A), orth.traced(B)  # type: ignore[attr-defined]  # doors have it
    if Q.shape[-1] < R.shape[-1]:
        Q, R = R, Q
    product = matmul(H(Q), R)
    cosines = _svd(product)[1]
    sines = _svd(R - matmul(Q, product))[1]
    theirs = _chosen(cosines * cosines >= 0.5, stop_gradient(sines), stop_gradient(cosines[..., ::-1]))
    cosines = cosines[..., ::-1]
    ours = _chosen(cosines * cosines >= 0.5, sines, cosines)
    return ours + stop_gradient(theirs - ours)


def _chosen(small: Any, sines: Any, cosines: Any) -> Any:
    """Angles by their sines where they are small, by their cosines elsewhere; what is not chosen is not looked at."""
    by_sine = elementwise.arcsin(elementwise.minimum(elementwise.where(small, sines, 0), 1))
    by_cosine = elementwise.arccos(elementwise.minimum(elementwise.where(small, 0, cosines), 1))
    return elementwise.where(small, by_sine, by_cosine)


__all__ = ["diagsvd", "null_space", "orth", "subspace_angles", "svd", "svdvals"]
