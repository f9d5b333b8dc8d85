"""Eigenvalues and eigenvectors of Hermitian matrices that are stored by diagonals; gradients live in the storage."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import scipy.linalg

from linad.core.dispatch import door
from linad.core.space import retype, shape_of
from linad.kernels.eigen import Request, Select
from linad.linalg.arguments import lapack_dtype, validated
from linad.linalg.eigen import outputs, restricted
from linad.operations import eigh_banded as _eigh
from linad.operations.banded import lower_triangle
from linad.operations.eigh import chosen as _chosen
from linad.operations.eigh import eigh as _empty
from linad.operations.shape import broadcast_to, concatenate, reshape, stack

_SELECT = {0: "all", 1: "value", 2: "index", "all": "all", "value": "value", "index": "index"}
_SELECT |= {"a": "all", "v": "value", "i": "index"}
_DRIVERS = ("auto", "stemr", "sterf", "stebz", "stev", "stevd")


def _selected(select: Any, select_range: Any, n: int) -> Select | None:
    """Which eigenvalues are asked for, with SciPy's errors."""
    key = select.lower() if isinstance(select, str) else select
    if key not in _SELECT:
        raise ValueError("invalid argument for select")
    by = _SELECT[key]
    if by == "all":
        return None
    bounds = np.asarray(select_range)
    if bounds.ndim != 1 or bounds.size != 2 or bounds[1] < bounds[0]:
        raise ValueError("select_range must be a 2-element array-like in nondecreasing order")
    if by == "value":
        return Select(by, float(bounds[0]), float(bounds[1]))
    if bounds.dtype.char.lower() not in "hilqp":
        raise ValueError(
            f'when using select="i", select_range must contain integers, got dtype {bounds.dtype} ({bounds.dtype.char})'
        )
    low, high = (int(x) for x in bounds)
    if low < 0 or high >= n:
        raise ValueError("select_range out of bounds")
    return Select(by, low, high)


@door(scipy.linalg.eigh_tridiagonal)
def eigh_tridiagonal(
    d: Any, e: Any, eigvals_only: Any = False, select: Any = "a", select_range: Any = None, check_finite:
    Any = True, tol: Any = 0.0, lapack_driver: Any = "auto",
) -> Any:  # fmt: skip
    """Eigenvalues and eigenvectors of the real symmetric matrix with diagonal ``d`` and off-diagonal ``e``."""
    name = "eigh_tridiagonal"
    d, e = validated(d, name, check_finite), validated(e, name, check_finite)
    if not shape_of(d) or not shape_of(e):
        raise ValueError("expected a 1-D array")
    batch = np.broadcast_shapes(shape_of(d)[:-1], shape_of(e)[:-1])
    if math.prod(batch) == 0:
        raise ValueError(f"`{name}` does not support zero-size batches.")
    if any(x.dtype.char in "GFD" for x in (d, e)):
        raise TypeError("Only real arrays currently supported")
    n = shape_of(d)[-1]
    if n != shape_of(e)[-1] + 1:
        raise ValueError(f"d ({n}) must have one more element than e ({shape_of(e)[-1]})")
    chosen = _selected(select, select_range, n)
    if not isinstance(lapack_driver, str):
        raise TypeError("lapack_driver must be str")
    if lapack_driver not in _DRIVERS:
        raise ValueError(f"lapack_driver must be one of {_DRIVERS}, got {lapack_driver}")
    if lapack_driver in ("sterf", "stev", "stevd") and chosen is not None:
        raise ValueError(f'{lapack_driver} can only be used when select == "a"')
    if lapack_driver == "sterf" and not eigvals_only:
        raise ValueError("sterf can only be used when eigvals_only is True")
    common = lapack_dtype(d, e)
    e = concatenate(
        len(batch), broadcast_to(retype(e, common), (*batch, n - 1)), np.zeros((*batch, 1), common)
    )
    ab = stack(len(batch), broadcast_to(retype(d, common), (*batch, n)), e)
    factors = _eigh.tridiagonal_factors(ab, Request(True, lapack_driver, chosen))
    return _results(name, ab, factors, chosen, eigvals_only)


def _results(name: str, ab: Any, factors: Any, chosen: Select | None, eigvals_only: Any) -> Any:
    w, V = _eigh.eigh_by(ab, factors)
    w, V = restricted(name, w, V, chosen, _chosen(factors))
    return w if eigvals_only else outputs((w, V), ab)


@door(scipy.linalg.eigvalsh_tridiagonal)
def eigvalsh_tridiagonal(
    d: Any, e: Any, select: Any = "a", select_range: Any = None, check_finite: Any = True, tol: Any = 0.0,
    lapack_driver: Any = "auto",
) -> Any:  # fmt: skip
    """Eigenvalues of the real symmetric matrix with diagonal ``d`` and off-diagonal ``e``."""
    return eigh_tridiagonal(
        d, e, eigvals_only=True, select=select, select_range=select_range, check_finite=check_finite,
        tol=tol, lapack_driver=lapack_driver,
    )  # fmt: skip


@door(scipy.linalg.eig_banded)
def eig_banded(
    a_band: Any, lower: Any = False, eigvals_only: Any = False, overwrite_a_band: Any = False, select: Any =
    "a", select_range: Any = None, max_ev: Any = 0, check_finite: Any = True,
) -> Any:  # fmt: skip
    """Eigenvalues and eigenvectors of a Hermitian band matrix. Unused entries of the storage have the gradient zero."""
    name = "eig_banded"
    band = validated(a_band, name, check_finite)
    shape = shape_of(band)
    if math.prod(shape[:-2]) == 0:
        raise ValueError(f"`{name}` does not support zero-size batches.")
    if len(shape) < 2:
        raise ValueError("expected a 2-D array")
    band = retype(band, lapack_dtype(band))
    if 0 in shape[-2:]:
        w, V = _empty(reshape(band, (*shape[:-2], 0, 0)))
        return w if eigvals_only else outputs((w, V), band)
    chosen = _selected(select, select_range, shape[-1])
    ab = lower_triangle(band, bool(lower))
    factors = _eigh.banded_factors(ab, Request(bool(lower), None, chosen))
    return _results(name, ab, factors, chosen, eigvals_only)


@door(scipy.linalg.eigvals_banded)
def eigvals_banded(
    a_band: Any, lower: Any = False, overwrite_a_band: Any = False, select: Any = "a", select_range: Any =
    None, check_finite: Any = True,
) -> Any:  # fmt: skip
    """Eigenvalues of a Hermitian band matrix."""
    return eig_banded(
        a_band,
        lower=lower,
        eigvals_only=True,
        select=select,
        select_range=select_range,
        check_finite=check_finite,
    )


__all__ = [
    "eig_banded",
    "eigh_tridiagonal",
    "eigvals_banded",
    "eigvalsh_tridiagonal",
]
