"""Covariances and correlations of variables, by NumPy's formulas."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from linad.core.constants import stop_gradient
from linad.core.dispatch import door
from linad.core.space import is_complex, retype
from linad.core.traced import Array
from linad.errors import NoRuleError
from linad.numpy.axes import as_operand, with_dtype
from linad.numpy.creation import result_type
from linad.numpy.statistics import average
from linad.operations import elementwise, reductions
from linad.operations.contractions import H, matmul
from linad.operations.shape import concatenate, diagonal, reshape, transpose


def _observed(m: Any, name: str, letter: str) -> Any:
    m = as_operand(m, name)
    if m.ndim > 2:
        raise ValueError(f"{letter} has more than 2 dimensions")
    return m


def _rows(m: Any, dtype: Any, by_columns: bool) -> Any:
    """Variables as rows."""
    m = with_dtype(m, dtype)
    m = reshape(m, (1,) * (2 - m.ndim) + m.shape) if m.ndim < 2 else m
    return transpose(m, (1, 0)) if by_columns else m


def _checked(weights: Any, count: int, name: str) -> Any:
    weights = retype(as_operand(weights, "numpy.cov"), np.dtype(np.float64))
    if weights.ndim > 1:
        raise RuntimeError(f"cannot handle multidimensional {name}")
    if weights.shape[0] != count:
        raise RuntimeError(f"incompatible numbers of samples and {name}")
    if (weights < 0).any():
        raise ValueError(f"{name} cannot be negative")
    return weights


def _weights(fweights: Any, aweights: Any, count: int) -> tuple[Any, Any]:
    """The weights of observations, None for equal ones; and the part of them that is no count."""
    whole = None
    if fweights is not None:
        if isinstance(fweights, Array):
            raise NoRuleError(
                "numpy.cov", "fweights counts observations, which is discrete.", "Pass linad.value(fweights)."
            )
        whole = np.asarray(fweights, float)
        if not np.all(whole == np.around(whole)):
            raise TypeError("fweights must be integer")
        whole = _checked(whole, count, "fweights")
    if aweights is not None:
        aweights = _checked(aweights, count, "aweights")
        whole = aweights if whole is None else whole * aweights
    return whole, aweights


def _normalization(total: Any, ddof: Any, weights: Any, aweights: Any) -> Any:
    """What the sum of products is divided by."""
    if weights is None or ddof == 0 or aweights is None:
        factor = total - ddof
    else:
        factor = total - ddof * reductions.sum(weights * aweights, None, False) / total
    if factor <= 0:
        warnings.warn("Degrees of freedom <= 0 for slice", RuntimeWarning, stacklevel=4)
        return np.float64(0.0)
    return factor


@door(np.cov)
def cov(
    m: Any, y: Any = None, rowvar: Any = True, bias: Any = False, ddof: Any = None, fweights: Any = None,
    aweights: Any = None, *, dtype: Any = None,
) -> Any:  # fmt: skip
    """The covariance matrix of variables; their observations may carry weights, which may be traced."""
    if ddof is not None and ddof != int(ddof):
        raise ValueError("ddof must be integer")
    m = _observed(m, "numpy.cov", "m")
    y = None if y is None else _observed(y, "numpy.cov", "y")
    if dtype is None:
        dtype = result_type(*[x for x in (m, y) if x is not None], np.float64)
    X = _rows(m, np.dtype(dtype), not rowvar and m.ndim != 1)
    if X.shape[0] == 0:
        return np.array([]).reshape(0, 0)
    if y is not None:
        y = _rows(y, np.dtype(dtype), False)
        X = concatenate(0, X, transpose(y, (1, 0)) if not rowvar and y.shape[0] != 1 else y)
    if ddof is None:
        ddof = 1 if bias == 0 else 0
    weights, aweights = _weights(fweights, aweights, X.shape[1])
    centre, total = average(X, axis=1, weights=weights, returned=True)
    total = X.shape[1] if weights is None else total[0]
    factor = _normalization(total, ddof, weights, aweights)
    X = X - reshape(centre, (-1, 1))
    products = matmul(X, H(X if weights is None else X * weights))
    c = with_dtype(products * np.true_divide(1, factor), products.dtype)
    return reshape(c, ()) if c.shape == (1, 1) else c


def _limited(x: Any) -> Any:
    """Numbers that exceed 1 by rounding, as 1; they move as they did."""
    return x + stop_gradient(elementwise.minimum(elementwise.maximum(x, -1.0), 1.0) - x)


@door(np.corrcoef)
def corrcoef(x: Any, y: Any = None, rowvar: Any = True, *, dtype: Any = None) -> Any:
    """The matrix of correlation coefficients."""
    c = cov(x, y, rowvar, dtype=dtype)
    if c.ndim == 0:
        return c / c
    deviations = elementwise.sqrt(elementwise.real(diagonal(c, 0)))
    c = c / reshape(deviations, (-1, 1)) / deviations
    if is_complex(c):
        return _limited(elementwise.real(c)) + 1j * _limited(elementwise.imag(c))
    return _limited(c)


__all__ = ["corrcoef", "cov"]
