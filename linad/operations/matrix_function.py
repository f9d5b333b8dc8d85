"""Functions of diagonalisable matrices, f any function of one complex variable that NumPy can evaluate.

    f(A) = V diag(f(w)) V^-1                                                 A = V diag(w) V^-1
    T(H1 .. Hk)_ij = sum f[w_i, w_a, .., w_j] K1_ia K2_a. .. Kk_.j           K = V^-1 H V,  in the basis of V

Undefined   at defective matrices: what is there a function of more derivatives of f is refused

Divided differences are exact at any multiplicity; the derivatives of f that they take are linad's
(:mod:`linad.operations.divided`).
Values are SciPy's, by Parlett's recurrence. Eigenvectors are an aid: computed once for a traced A.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from linad.core.kinds import Sample, aid, discrete, steady
from linad.errors import ConversionError, NoRuleError
from linad.kernels import eigenbasis as kernels
from linad.operations.divided import divided_differences, evaluated
from linad.operations.eig import require_simple
from linad.operations.forms import declared_form
from linad.operations.spectral import own, path

Array = np.ndarray[Any, Any]
Function = Callable[[Any], Any]

_ROUNDING = 1e3  # of values of f, in units of n eps of the largest

eigenbasis = aid(
    "eigenbasis",
    kernels.basis,
    domain=("apart",),
    samples=tuple(Sample((shape,)) for shape in [(3, 3), (2, 3, 3), (1, 1), (0, 0)]),
)


def _numeric(f: Function, basis: kernels.Basis, A: Array, *matrices: Array) -> Array:
    evaluated(f, basis.w.ravel(), "funm")  # so that errors of f are told by name
    if not matrices:
        return kernels.funm(A, f)[0]
    batch = np.broadcast_shapes(A.shape[:-2], *[X.shape[:-2] for X in matrices])
    if A.size == 0:
        return np.zeros((*batch, *A.shape[-2:]), A.dtype)
    n, k = A.shape[-1], len(matrices)
    turned = [np.broadcast_to(basis.into(X), (*batch, n, n)) for X in matrices]
    inner = np.empty((*batch, n, n), basis.V.dtype)
    try:
        cores = {i: divided_differences(f, basis.w[i], k) for i in np.ndindex(basis.w.shape[:-1])}
    except ConversionError as error:
        raise NoRuleError(
            "funm",
            "the derivative of func is needed, and linad cannot take it: func hides its numbers from NumPy.",
            "Write it in NumPy's functions of arrays: numpy.exp, not numpy.vectorize(cmath.exp).",
        ) from error
    for i in np.ndindex(batch):
        inner[i] = path(cores[own(i, basis.w.shape[:-1])], [K[i] for K in turned])
    found = basis.out_of(inner)
    kept = all(X.dtype.kind != "c" for X in (A, *matrices)) and _keeps_reals(f, basis.w)
    return found.real if kept else found


def _keeps_reals(f: Function, w: Array) -> bool:
    """Whether f has conjugate values at conjugate eigenvalues."""
    y, z = evaluated(f, w.ravel()), evaluated(f, w.ravel().conj())
    allowed = _ROUNDING * max(w.shape[-1], 1) * np.finfo(w.dtype).eps * np.max(np.abs(y), initial=0)
    return bool(np.all(np.abs(z - y.conj()) <= allowed))


def _guard(f: Function, basis: Any) -> None:
    if isinstance(basis, kernels.Basis):
        require_simple("funm", basis.w, basis.V, None)


_form = declared_form("funm", _numeric, lambda f, A: eigenbasis(A), _guard, sampled=np.exp, domain="apart")


def funm(f: Function, A: Any) -> Any:
    """f(A) for matrices in the last two axes."""
    X = _form(f, A)
    steady(np.iscomplexobj, X)  # real or not by numbers
    return X


# SciPy's estimate of the error of a value; recorded in explicit graphs.
error = discrete(
    "funm_error",
    lambda A, f: kernels.funm(A, f)[1],
    domain=("apart",),
    samples=(Sample(((2, 3, 3),), (np.exp,)),),
)
