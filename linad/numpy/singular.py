"""numpy.linalg's functions of singular values."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.linalg._linalg import SVDResult

from linad.core.constants import stop_gradient
from linad.core.dispatch import door
from linad.core.space import retype, shape_of
from linad.core.traced import Array, override
from linad.errors import NoRuleError
from linad.numpy.axes import as_operand
from linad.operations import elementwise, singular_norms, subspaces
from linad.operations.hermitian import hermitian_part, require_hermitian
from linad.operations.shape import reshape
from linad.operations.svd import svd as _svd
from linad.operations.svd import svd_factors
from linad.operations.svd_whole import svd_whole


def _matrices(a: Any) -> Any:
    """Matrices in a dtype of LAPACK, with NumPy's errors."""
    a = as_operand(a, "numpy.linalg.svd")
    if a.ndim < 2:
        raise np.linalg.LinAlgError(
            f"{a.ndim}-dimensional array given. Array must be at least two-dimensional"
        )
    if a.dtype.char in "fdFD":
        return a
    if a.dtype.kind in "fc":
        raise TypeError(f"array type {a.dtype.name} is unsupported in linalg")
    return retype(a, np.dtype(np.float64))


def _hermitian(a: Any) -> Any:
    """A Hermitian matrix; of one that is traced the gradient is."""
    shape = shape_of(a)
    if shape[-1] != shape[-2]:
        raise np.linalg.LinAlgError("Last 2 dimensions of the array must be square")
    require_hermitian(a, "svd")
    return hermitian_part(a)


@door(np.linalg.svd)
def svd(a: Any, full_matrices: Any = True, compute_uv: Any = True, hermitian: Any = False) -> Any:
    """The singular value decomposition ``a = U @ diag(S) @ Vh``.

    What completes ``U`` and ``Vh`` to square matrices is a basis of a subspace: a cost that depends on which one is
    reported, as is one that depends on the signs or phases of singular vectors. Where singular values tie or are zero,
    functions that treat those that tie alike, and do not see the zeros, have derivatives. With ``hermitian`` a
    traced ``a`` must be Hermitian, not only in the triangle that is read; its gradient is.
    """
    a = _matrices(a)
    driver = "numpy"
    if hermitian:
        a, driver = _hermitian(a), "hermitian"
    whole = bool(full_matrices) and bool(compute_uv) and not hermitian
    U, s, Vh = (svd_whole if whole else _svd)(a, svd_factors(a, driver, whole))
    return SVDResult(U, s, Vh) if compute_uv else s


@door(np.linalg.svdvals)
def svdvals(x: Any, /) -> Any:
    """The singular values. At ties functions that treat those that tie alike have derivatives; a zero one has none."""
    return svd.traced(x, compute_uv=False)  # type: ignore[attr-defined]  # a door has it


def by_singular_values(A: Any, order: Any) -> Any:
    """The norm of matrices in the last two axes of an order 2, -2 or 'nuc'."""
    A = _matrices(A)
    if order == "nuc":
        return singular_norms.nuclear_norm(A)
    return singular_norms.largest(A) if order > 0 else singular_norms.smallest(A)


@door(np.linalg.cond)
def cond(x: Any, p: Any = None) -> Any:
    """The condition number. Of a singular matrix it is infinite, and has no derivative."""
    x = as_operand(x, "numpy.linalg.cond")
    if isinstance(p, Array):
        raise NoRuleError("numpy.linalg.cond", "the order is traced.", "Pass linad.value(p).")
    if x.ndim >= 2 and 0 in x.shape[-2:]:
        raise np.linalg.LinAlgError("cond is not defined on empty arrays")
    if p is not None and p not in (2, -2):
        return _by_inverse(x, p)
    x = _matrices(x)
    above, below = singular_norms.largest(x), singular_norms.smallest(x)
    if p == -2:
        above, below = below, above
    zero = elementwise.equal(below, 0)
    found = above / elementwise.where(zero, 1, below)
    return elementwise.where(zero, above + below + np.inf, found)  # whose derivative raises


def _by_inverse(x: Any, p: Any) -> Any:
    """With any other norm: of x times that of its inverse, infinite where there is none."""
    norm, inverse = override(np.linalg.norm), override(np.linalg.inv)
    infinite = None
    try:
        inverted = inverse(x)
    except np.linalg.LinAlgError:
        infinite = subspaces.infinite_condition(x, p)
        if not np.any(infinite):
            raise
        whole, mask = _matrices(x), reshape(infinite, (*shape_of(infinite), 1, 1))
        x = elementwise.where(mask, np.eye(x.shape[-1]), x)
        inverted = inverse(x)
    found = norm(x, p, (-2, -1)) * norm(inverted, p, (-2, -1))
    if infinite is not None:
        found = elementwise.where(
            infinite, singular_norms.smallest(whole) + np.inf, found
        )  # whose derivative raises
    return retype(found, elementwise.real(_matrices(x)).dtype)


@door(np.linalg.matrix_rank)
def matrix_rank(A: Any, tol: Any = None, hermitian: Any = False, *, rtol: Any = None) -> Any:
    """The rank, to a tolerance: discrete."""
    A = as_operand(A, "numpy.linalg.matrix_rank")
    return subspaces.matrix_rank(A, stop_gradient(tol), bool(hermitian), stop_gradient(rtol))


__all__ = ["cond", "matrix_rank", "svd", "svdvals"]
