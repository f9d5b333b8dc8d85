"""Systems with band matrices that are stored by diagonals; gradients live in the storage."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import scipy.linalg

from linad.core.dispatch import door
from linad.core.space import retype, shape_of
from linad.kernels.banded import inside
from linad.linalg.arguments import lapack_dtype, validated
from linad.operations import banded as _banded
from linad.operations import banded_cholesky as _cholesky
from linad.operations.elementwise import where
from linad.operations.indexing import index
from linad.operations.shape import broadcast_to, reshape, stack


def _operands(ab: Any, b: Any, name: str, check_finite: Any) -> tuple[Any, Any]:
    """Storage and right sides in a common dtype, with SciPy's errors; a vector is one where its shape says so."""
    ab, b = validated(ab, name, check_finite), validated(b, name, check_finite)
    core = min(len(shape_of(b)), 2)
    batch = np.broadcast_shapes(shape_of(ab)[:-2], shape_of(b)[: len(shape_of(b)) - core])
    if math.prod(batch) == 0:
        raise ValueError(f"`{name}` does not support zero-size batches.")
    if shape_of(ab)[-1:] != shape_of(b)[-core:][:1]:
        what = "cb" if "cho" in name else "ab"
        raise ValueError(f"shapes of {what} and b are not compatible.")
    common = lapack_dtype(ab, b)
    return retype(ab, common), retype(b, common)


def _by_columns(solve: Callable[[Any, Any], Any], ab: Any, b: Any) -> Any:
    """A solution for a vector, or for matrices as they are."""
    if 0 in shape_of(b):
        batch = np.broadcast_shapes(shape_of(ab)[:-2], shape_of(b)[:-2])
        return broadcast_to(b, batch + shape_of(b)[-2:])
    if len(shape_of(b)) > 1:
        return solve(ab, b)
    x = solve(ab, reshape(b, (*shape_of(b), 1)))
    return reshape(x, shape_of(x)[:-1])


@door(scipy.linalg.solve_banded)
def solve_banded(
    l_and_u: Any,
    ab: Any,
    b: Any,
    overwrite_ab: Any = False,
    overwrite_b: Any = False,
    check_finite: Any = True,
) -> Any:
    """The solution of ``a x = b`` for ``a[i, j] = ab[u + i - j, j]``; its derivatives cost what it costs.

    The factors of a traced ``ab`` are computed once.
    """
    below, above = (np.asarray(x) for x in l_and_u)
    if below.ndim or above.ndim:
        return _each_with_its_own(below, above, ab, b, check_finite)
    ab, b = _operands(ab, b, "_solve_banded", check_finite)
    return _by_columns(partial(_solved, int(below), int(above)), ab, b)


def _solved(below: int, above: int, ab: Any, b: Any) -> Any:
    rows, n = shape_of(ab)[-2:]
    if below + above + 1 != rows:
        raise ValueError(
            f"invalid values for the number of lower and upper diagonals: l+u+1 ({below + above + 1}) does not equal "
            f"ab.shape[0] ({rows})"
        )
    if n == 1:  # what else stands there is no entry
        return b / index(ab, (..., slice(above, above + 1), slice(None)))
    return _banded.solve_banded(ab, b, below, above)


def _each_with_its_own(below: Any, above: Any, ab: Any, b: Any, check_finite: Any) -> Any:
    """A batch in which every matrix has its own numbers of diagonals."""
    ab, b = _operands(ab, b, "_solve_banded", check_finite)
    core = shape_of(b)[-min(len(shape_of(b)), 2) :]
    batch = np.broadcast_shapes(below.shape, above.shape, shape_of(ab)[:-2], shape_of(b)[: -len(core)])
    below, above = np.broadcast_to(below, batch), np.broadcast_to(above, batch)
    ab, b = broadcast_to(ab, batch + shape_of(ab)[-2:]), broadcast_to(b, batch + core)
    parts = []
    for i in np.ndindex(batch):
        solve = partial(_solved, int(below[i]), int(above[i]))
        parts.append(_by_columns(solve, ab[i], b[i]))
    return reshape(stack(0, *parts), batch + core)


@door(scipy.linalg.solveh_banded)
def solveh_banded(
    ab: Any, b: Any, overwrite_ab: Any = False, overwrite_b: Any = False, lower: Any = False,
    check_finite: Any = True,
) -> Any:  # fmt: skip
    """The solution of ``a x = b`` for a Hermitian positive definite band matrix, by Cholesky.

    Every stored entry is a variable of its own: one off the diagonal stands for two of the matrix.
    """
    ab, b = _operands(ab, b, "solveh_banded", check_finite)
    return _by_columns(lambda ab, b: _definite(_banded.lower_triangle(ab, bool(lower)), b), ab, b)


def _definite(ab: Any, b: Any) -> Any:
    return _banded.solve_definite(ab, _cholesky.banded_factor(ab), b)


@door(scipy.linalg.cholesky_banded)
def cholesky_banded(ab: Any, overwrite_ab: Any = False, lower: Any = False, check_finite: Any = True) -> Any:
    """The factor of a Hermitian positive definite band matrix, in the storage of ``ab``.

    What stands in the unused corners is left there.
    """
    name = "cholesky_banded"
    ab = validated(ab, name, check_finite)
    if math.prod(shape_of(ab)[:-2]) == 0:
        raise ValueError(f"`{name}` does not support zero-size batches.")
    ab = retype(ab, lapack_dtype(ab))
    if 0 in shape_of(ab):
        return ab
    k = shape_of(ab)[-2] - 1
    L = _cholesky.cholesky(_banded.lower_triangle(ab, bool(lower)))
    C = L if lower else _banded.banded_adjoint(L, k, 0)
    return where(inside(0 if lower else k, shape_of(ab)), C, ab)


@door(scipy.linalg.cho_solve_banded)
def cho_solve_banded(cb_and_lower: Any, b: Any, overwrite_b: Any = False, check_finite: Any = True) -> Any:
    """The solution of ``a x = b`` from the factor of ``a``: two triangular solves, both of which are differentiated."""
    cb, lower = cb_and_lower
    cb, b = _operands(cb, b, "_cho_solve_banded", check_finite)
    return _by_columns(
        lambda cb, b: _banded.solve_by_triangles(_banded.lower_triangle(cb, bool(lower)), b), cb, b
    )


__all__ = ["cho_solve_banded", "cholesky_banded", "solve_banded", "solveh_banded"]
