"""The principal logarithm of matrices, and their real powers.

    X = log A     exp X = A, eigenvalues of X in the strip |Im| < pi
    X = A^t       exp(t log A);  of an integer t a product, which has no cut

Tangent    dX = T(dt log A + t d log A)                    T the form of the exponential at t log A
Cotangent  gM = T(gX^H)^H,   gA = t gM through the logarithm,   gt = Re tr(log A^H gM)
Undefined  at eigenvalues that are zero, or on the negative real axis

Forms of the logarithm take the complex Schur form of A, an aid: one for all derivatives.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from linad.core.kinds import Sample, aid, custom, discrete, steady
from linad.core.space import conj
from linad.errors import DegenerateError
from linad.kernels import logarithm as kernels
from linad.operations.branches import off_the_negative_axis
from linad.operations.contractions import H
from linad.operations.elementwise import real
from linad.operations.exponential import frechet
from linad.operations.forms import declared_form, refused
from linad.operations.reductions import sum as total

Args = Sequence[Any]

complex_form = aid(
    "complex_schur_form",
    kernels.complex_form,
    domain=("stable",),
    samples=tuple(Sample((shape,)) for shape in [(3, 3), (2, 3, 3), (1, 1), (0, 0)]),
)


def _guard(where: str, nearby: str, factors: Any) -> None:
    if isinstance(factors, kernels.Schur):
        off_the_negative_axis(where, np.diagonal(factors.T, 0, -2, -1), nearby)


def _numeric(f: None, factors: Any, A: Any, *matrices: Any) -> Any:
    return kernels.corner(A, factors, matrices) if matrices else kernels.logm(A)


_form = declared_form(
    "logm",
    _numeric,
    lambda f, A: complex_form(A),
    lambda f, factors: _guard("logm", "slogdet, for the trace of the logarithm.", factors),
    domain="stable",
)


def logm(A: Any) -> Any:
    """log A for matrices in the last two axes."""
    X = _form(None, A)
    steady(np.iscomplexobj, X)  # real or not by numbers
    return X


# An estimate of the error of a logarithm; recorded in explicit graphs.
error = discrete(
    "logm_error", kernels.error, last=2, domain=("stable", "real"), samples=(Sample(((2, 2, 2), (2, 2, 2))),)
)


def _guard_power(factors: Any) -> None:
    _guard("fractional_matrix_power", "An integer power, or solve: they have no branch cut.", factors)


def _tangent_of_power(tangents: Args, out: Any, A: Any, t: Any, factors: Any) -> tuple[Any]:
    try:
        _guard_power(factors)
    except DegenerateError as error:
        return (refused(error),)
    dA, dt, _ = tangents
    L = _form(None, A, factors=factors)
    dM = None if dA is None else t * _form(None, A, dA, factors=factors)
    if dt is not None:
        dM = dt * L if dM is None else dM + dt * L
    return (frechet(t * L, dM),)


def _cotangent_of_power(g: Args, out: Any, wanted: Sequence[int], A: Any, t: Any, factors: Any) -> list[Any]:
    _guard_power(factors)
    L = _form(None, A, factors=factors)
    gM = H(frechet(t * L, H(g[0])))
    own = {
        0: lambda: H(_form(None, A, H(t * gM), factors=factors)),
        1: lambda: total(real(conj(L) * gM), None, False),
    }
    return [own[i]() for i in wanted]


_power = custom(
    "matrix_power",
    lambda A, t, factors: (kernels.power(A, float(t)),),
    _tangent_of_power,
    _cotangent_of_power,
    last=2,
    outputs=1,
    domain=("stable", "unit"),
    samples=tuple(Sample((shape, ())) for shape in [(3, 3), (2, 3, 3), (1, 1), (0, 0)]),
    dtypes="f",
)


def power(A: Any, t: Any) -> Any:
    """A^t for matrices in the last two axes and a real number t."""
    X = _power(A, t, complex_form(A))[0]
    steady(np.iscomplexobj, X)  # real or not by numbers
    return X


_power.primitive.entry = power  # type: ignore[attr-defined]  # functions of primitives carry them
