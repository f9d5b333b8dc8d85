"""Eigenvalues and eigenvectors."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import scipy.linalg

from linad.core.dispatch import door
from linad.core.space import retype, shape_of
from linad.core.traced import Array
from linad.errors import NoRuleError
from linad.kernels.eigen import Request, Select
from linad.linalg.arguments import lapack_dtype, validated
from linad.operations import eig as _eig
from linad.operations import eigh as _eigh
from linad.operations import pencil
from linad.operations.cholesky import factorize
from linad.operations.contractions import H, matmul
from linad.operations.hermitian import require_hermitian
from linad.operations.shape import stack
from linad.operations.ties import numbers
from linad.operations.triangular import solve_triangular

_DRIVERS = (None, "ev", "evd", "evr", "evx", "gv", "gvd", "gvx")


def square(a: Any, name: str, check_finite: Any, what: str = "expected square matrix") -> Any:
    """Square matrices in a dtype of LAPACK, with SciPy's errors; batches in front."""
    a = validated(a, name, check_finite)
    shape = shape_of(a)
    if math.prod(shape[:-2]) == 0:
        raise ValueError(f"`{name}` does not support zero-size batches.")
    if len(shape) < 2 or shape[-1] != shape[-2]:
        raise ValueError(what)
    return retype(a, lapack_dtype(a))


def pair(a: Any, b: Any) -> tuple[Any, Any]:
    """Two matrices in one dtype, of one shape."""
    common = lapack_dtype(a, b)
    return retype(a, common), retype(b, common)


def outputs(parts: tuple[Any, ...], *arrays: Any) -> Any:
    """Several results as SciPy gives them: of batches in a list."""
    return list(parts) if any(len(shape_of(a)) > 2 for a in arrays) else parts


def selected(by_index: Any, by_value: Any, n: int) -> Select | None:
    """Which eigenvalues are asked for, with SciPy's errors."""
    if by_index and by_value:
        raise ValueError("Either index or value subset can be requested.")
    if by_index:
        first, last = (int(x) for x in by_index)
        if not (0 <= first <= last < n):
            raise ValueError(
                f"Requested eigenvalue indices are not valid. Valid range is [0, {n - 1}] and start <= end, but "
                f"start={first}, end={last} is given"
            )
        return Select("index", first, last)
    if by_value:
        low, high = by_value
        if not (-math.inf <= low < high <= math.inf):
            raise ValueError(
                "Requested eigenvalue bounds are not valid. Valid range is (-inf, inf) and low < high, but "
                f"low={low}, high={high} is given"
            )
        return Select("value", float(low), float(high))
    return None


def restricted(name: str, w: Any, V: Any, select: Select | None, count: int | None) -> tuple[Any, Any]:
    """The eigenvalues that were selected, which stand in front, and their vectors."""
    if select is None:
        return w, V
    if select.by == "index":
        count = select.high - select.low + 1
    if count is None:
        raise NoRuleError(
            name,
            "how many eigenvalues lie between bounds depends on numbers, which a recorded graph does not have.",
            "Select by indices.",
        )
    return w[..., :count], V[..., :, :count]


@door(scipy.linalg.eigh)
def eigh(
    a: Any, b: Any = None, *, lower: Any = True, eigvals_only: Any = False, overwrite_a: Any = False,
    overwrite_b: Any = False, type: Any = 1, check_finite: Any = True, subset_by_index: Any = None,
    subset_by_value: Any = None, driver: Any = None,
) -> Any:  # fmt: skip
    """Eigenvalues and eigenvectors of a Hermitian ``a``, or of ``a v = w b v`` with a positive definite ``b``.

    A traced matrix must be Hermitian, not only in the triangle that is read; gradients are. A cost that depends on
    signs or phases of eigenvectors is reported, and so is one without a derivative where eigenvalues are equal:
    functions that treat these alike have one. ``linad.linalg.spectral`` has all derivatives there.
    """
    if driver not in _DRIVERS:
        names = '", "'.join(str(name) for name in _DRIVERS[1:])
        raise ValueError(f'"{driver}" is unknown. Possible values are "None", "{names}".')
    a = square(a, "eigh", check_finite, 'expected square "a" matrix')
    n = shape_of(a)[-1]
    if b is not None and n > 0:
        b = square(b, "eigh", check_finite, 'expected square "b" matrix')
        if shape_of(b)[-2:] != shape_of(a)[-2:]:
            raise ValueError(f"wrong b dimensions {shape_of(b)}, should be {shape_of(a)}")
        if type not in (1, 2, 3):
            raise ValueError('"type" keyword only accepts 1, 2, and 3.')
    select = selected(subset_by_index, subset_by_value, n) if n > 0 else None
    _check_driver(driver, b is not None, select is not None)
    for x in (a, b):
        if x is not None and isinstance(x, Array):
            require_hermitian(x, "eigh")
    if b is None or n == 0:
        w, V = _standard(a, Request(bool(lower), driver or "evr", select))
    else:
        w, V = _generalized(*pair(a, b), Request(bool(lower), driver or "gvd", select), type)
    return w if eigvals_only else outputs((w, V), a, *(() if b is None else (b,)))


def _check_driver(driver: Any, general: bool, subset: bool) -> None:
    if driver and not general and driver.startswith("g"):
        raise ValueError(
            f"{driver} requires input b array to be supplied for generalized eigenvalue problems."
        )
    if driver and general and not driver.startswith("g"):
        raise ValueError(f'"{driver}" does not accept input b array for standard eigenvalue problems.')
    if subset and driver in ("ev", "evd", "gv", "gvd"):
        raise ValueError(f'"{driver}" cannot compute subsets of eigenvalues')


def _standard(A: Any, request: Request) -> tuple[Any, Any]:
    factors = _eigh.eigh_factors(A, request)
    w, V = _eigh.eigh_by(A, factors)
    return restricted("eigh", w, V, request.select, _eigh.chosen(factors))


def _generalized(A: Any, B: Any, request: Request, type: int) -> tuple[Any, Any]:
    if type == 1:
        w, V = _eigh.eigh_generalized(A, B, request)
        plain, select, count = numbers(w), request.select, None
        if select is not None and plain is not None:
            found = np.count_nonzero((plain > select.low) & (plain <= select.high), axis=-1)
            count = int(np.max(found, initial=0))
        return restricted("eigh", w, V, select, count)
    # A B v = w v and B A v = w v: with B = L L^H, both are L^H A L y = w y; v is L^-H y, or L y.
    C = factorize(B, "lower" if request.lower else "upper")
    C = C if request.lower else H(C)
    driver = {"gv": "ev", "gvd": "evd", "gvx": "evx"}[request.driver or "gvd"]
    w, Y = _standard(matmul(H(C), matmul(A, C)), request._replace(driver=driver))
    return w, matmul(C, Y) if type == 3 else solve_triangular(C, Y, True, "H", False)


@door(scipy.linalg.eigvalsh)
def eigvalsh(
    a: Any, b: Any = None, *, lower: Any = True, overwrite_a: Any = False, overwrite_b: Any = False,
    type: Any = 1, check_finite: Any = True, subset_by_index: Any = None, subset_by_value: Any = None,
    driver: Any = None,
) -> Any:  # fmt: skip
    """Eigenvalues of a Hermitian ``a``, or of ``a v = w b v``.

    Where some are equal, functions that treat them alike have derivatives: sums, log-determinants.
    """
    return eigh(
        a, b, lower=lower, eigvals_only=True, type=type, check_finite=check_finite,
        subset_by_index=subset_by_index, subset_by_value=subset_by_value, driver=driver,
    )  # fmt: skip


@door(scipy.linalg.eig)
def eig(
    a: Any, b: Any = None, left: Any = False, right: Any = True, overwrite_a: Any = False, overwrite_b: Any =
    False, check_finite: Any = True, homogeneous_eigvals: Any = False,
) -> Any:  # fmt: skip
    """Eigenvalues of a square ``a``, or of ``a v = w b v``, and right and left eigenvectors of length one.

    A cost must not depend on signs or phases of eigenvectors. Defective matrices have no derivative.
    """
    a = square(a, "eig", check_finite)
    if b is None or shape_of(a)[-1] == 0:
        w, W, V = _eig.both(a, left, right)
        w = stack(-2, w, np.ones(shape_of(w), w.dtype)) if homogeneous_eigvals else w
    else:
        b = square(b, "eig", check_finite)
        if shape_of(b)[-2:] != shape_of(a)[-2:]:
            raise ValueError("a and b must have the same shape")
        w, W, V = pencil.eig(*pair(a, b), bool(left), bool(right), bool(homogeneous_eigvals))
    w = retype(w, np.result_type(w.dtype, np.complex64))
    if not (left or right):
        return w
    parts = (w, *([W] if left else []), *([V] if right else []))
    return outputs(parts, a, *(() if b is None else (b,)))


@door(scipy.linalg.eigvals)
def eigvals(
    a: Any, b: Any = None, overwrite_a: Any = False, check_finite: Any = True, homogeneous_eigvals: Any =
    False,
) -> Any:  # fmt: skip
    """Eigenvalues of a square ``a``, or of ``a v = w b v``. Defective matrices have no derivative."""
    return eig(a, b, False, False, check_finite=check_finite, homogeneous_eigvals=homogeneous_eigvals)


__all__ = ["eig", "eigh", "eigvals", "eigvalsh"]
