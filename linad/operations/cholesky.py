"""Cholesky factors of Hermitian positive definite matrices.

Equation    A = L L^H     L lower triangular, its diagonal positive; the lower triangle of A is read      lower
            A = U^H U     U upper triangular; the upper triangle of A is read                            upper
            A = C C^H     C upper triangular; the upper triangle of A is read                            reversed
Undefined   where A is not positive definite

The factors are an aid: computed once for a traced A and each form, and shared by what solves with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from linad.core.kinds import Sample, aid, composition
from linad.kernels import batch_rules, small
from linad.kernels import definite as kernels
from linad.kernels.programs import large
from linad.operations.hermitian import DerivedOnHermitian

_EQUATIONS = {"lower": "cholesky", "upper": "cholesky-upper", "reversed": "cholesky-reversed"}
FORMS = tuple(_EQUATIONS)

definite_factors = aid(
    "definite_factors",
    kernels.factor,
    domain=("definite",),
    samples=tuple(
        Sample((shape,), (form,), f"{form}-{'x'.join(map(str, shape))}")
        for form in FORMS
        for shape in [(3, 3), (2, 3, 3), (0, 0)]
    ),
)


def _small(args: Sequence[Any], outputs: Sequence[Any], cotangents: Sequence[Any]) -> tuple[Any, ...] | None:
    if args[2] != "lower":
        return None
    run = batch_rules.cholesky if batch_rules.served(outputs[0]) else small.cholesky
    gA = run(outputs[0], cotangents[0])
    return None if gA is None else (gA,)


cholesky_factor = composition(
    "cholesky",
    lambda A, factors, form: factors.C,
    rule=lambda: DerivedOnHermitian(
        lambda args: _EQUATIONS[args[2]],
        values=lambda args, outputs: (args[:1], outputs),
        pays=lambda args: large(args[0]),
        small=_small,
        fits=lambda args: args[2] == "lower" and (small.fits(args[0]) or batch_rules.served(args[0])),
    ),
    last=1,
    domain=("definite",),
    samples=tuple(
        Sample((shape,), (form,), f"{form}-{'x'.join(map(str, shape))}")
        for shape in [(3, 3), (2, 3, 3), (1, 1), (0, 0)]
        for form in FORMS
    ),
)


def factorize(A: Any, form: str) -> Any:
    """The factor of A in one of the forms, for matrices in the last two axes.

    A function on Hermitian matrices: tangents are made Hermitian, and cotangents are.
    """
    return cholesky_factor(A, definite_factors(A, form), form)


def cholesky(A: Any, lower: bool = True) -> Any:
    """C of A = C C^H for Hermitian positive definite matrices in the last two axes; C is lower or upper."""
    return factorize(A, "lower" if lower else "reversed")


cholesky_factor.primitive.entry = factorize  # type: ignore[attr-defined]  # functions of primitives carry them
