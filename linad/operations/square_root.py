"""Principal square roots of matrices, and their signs.

Equation    X X = A              eigenvalues of X in the right half-plane             sqrtm
            S S = I,  S A = A S  those of N = A S in the right half-plane             signm
Tangent     X dX + dX X = dA;    N dS + dS N = dA - S dA S
Cotangent   X^H gA + gA X^H = gX;    gA = W - S^H W S^H,  N^H W + W N^H = gS
Undefined   sqrtm at eigenvalues that are zero or negative, signm at those with real part zero

The rule of the root is the one that is derived, with a Schur form in its hands; that of the sign is by hand, since its
two equations determine S only together (Kenney and Laub, 1991). The Schur forms of X and N, by which Sylvester
equations are solved, are aids: one for all derivatives.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from linad.core.kinds import PART, ByHand, Sample, aid, composition, discrete, steady
from linad.core.kinds.derived import Args
from linad.errors import DegenerateError
from linad.kernels import square_root as kernels
from linad.operations.branches import off_the_imaginary_axis, off_the_negative_axis
from linad.operations.contractions import H, matmul
from linad.operations.forms import refused
from linad.operations.sylvester import sylvester

_SHAPES = ((3, 3), (2, 3, 3), (1, 1), (0, 0))
_SAMPLES = tuple(Sample((shape,)) for shape in _SHAPES)


# The Schur form of the coefficient; recorded in explicit graphs.
_form = discrete("coefficient_form", lambda known: known.form, untried=PART)


def _value(A: Any, known: kernels.Known) -> tuple[Any]:
    return (known.X,)


def _guarded(
    guard: Callable[[Any], None], program: Callable[..., tuple[Any, ...]]
) -> Callable[..., tuple[Any, ...]]:
    """A tangent program that is deferred where there is no derivative."""

    def tangent(args: Args, outputs: Args, tangents: Args) -> tuple[Any, ...]:
        try:
            guard(args[1])
        except DegenerateError as error:
            return (refused(error),)
        return program(args, outputs, tangents)

    return tangent


# -- roots ---------------------------------------------------------------------------------------------------

root_form = aid("root_form", kernels.root, domain=("stable",), samples=_SAMPLES)


def _guard_root(known: Any) -> None:
    if isinstance(known, kernels.Known):
        w = known.eigenvalues
        off_the_negative_axis(
            "sqrtm", w * w, "Of a positive semidefinite matrix: spectral(f, A) with a smooth f."
        )


def _tangent_of_root(args: Args, outputs: Args, tangents: Args) -> tuple[Any, ...]:
    X, F = outputs[0], _form(args[1])
    return (sylvester(X, X, tangents[0], F, F, "NN"),)


def _cotangent_of_root(
    args: Args, outputs: Args, cotangents: Args, wanted: tuple[bool, ...]
) -> tuple[Any, ...]:
    _guard_root(args[1])
    X, F = outputs[0], _form(args[1])
    return (sylvester(X, X, cotangents[0], F, F, "HH"),)


sqrtm_by = composition(
    "sqrtm",
    _value,
    rule=lambda: ByHand(
        _guarded(_guard_root, _tangent_of_root),
        _cotangent_of_root,
        lambda args, outputs: (matmul(outputs[0], outputs[0]) - args[0],),
    ),
    last=1,
    outputs=1,
    domain=("stable",),
    samples=_SAMPLES,
)


def _sqrtm(A: Any) -> tuple[Any]:
    return sqrtm_by(A, root_form(A))


def sqrtm(A: Any) -> Any:
    """The principal square root of matrices in the last two axes."""
    X = _sqrtm(A)[0]
    steady(np.iscomplexobj, X)  # real or not by numbers
    return X


# Estimates of errors; recorded in explicit graphs.
error = discrete(
    "sqrtm_error", kernels.root_error, last=2, domain=("stable", "real"), samples=(Sample(((3, 3), (3, 3))),)
)
sign_error = discrete("signm_error", kernels.sign_error, untried="it is None where SciPy gives no estimate")
sqrtm_by.primitive.entry = _sqrtm  # type: ignore[attr-defined]  # functions of primitives carry them

# -- signs ---------------------------------------------------------------------------------------------------

sign_form = aid("sign_form", kernels.sign, domain=("triangular",), samples=_SAMPLES)


def _guard_sign(known: Any) -> None:
    if isinstance(known, kernels.Known):
        off_the_imaginary_axis("signm", known.eigenvalues)


def _tangent_of_sign(args: Args, outputs: Args, tangents: Args) -> tuple[Any, ...]:
    A, known = args
    S, dA, N, F = outputs[0], tangents[0], matmul(A, outputs[0]), _form(known)
    return (sylvester(N, N, dA - matmul(S, matmul(dA, S)), F, F, "NN"),)


def _cotangent_of_sign(
    args: Args, outputs: Args, cotangents: Args, wanted: tuple[bool, ...]
) -> tuple[Any, ...]:
    _guard_sign(args[1])
    A, known = args
    SH, N, F = H(outputs[0]), matmul(A, outputs[0]), _form(known)
    W = sylvester(N, N, cotangents[0], F, F, "HH")
    return (W - matmul(SH, matmul(W, SH)),)


def _residual_of_sign(args: Args, outputs: Args) -> Sequence[Any]:
    A, S = args[0], outputs[0]
    return matmul(S, S) - np.eye(A.shape[-1]), matmul(S, A) - matmul(A, S)


signm_by = composition(
    "signm",
    _value,
    rule=lambda: ByHand(_guarded(_guard_sign, _tangent_of_sign), _cotangent_of_sign, _residual_of_sign),
    last=1,
    outputs=1,
    domain=("triangular",),
    samples=_SAMPLES,
)


def _signm(A: Any) -> tuple[Any]:
    return signm_by(A, sign_form(A))


def signm(A: Any) -> Any:
    """The sign of matrices in the last two axes."""
    return _signm(A)[0]


signm_by.primitive.entry = _signm  # type: ignore[attr-defined]  # functions of primitives carry them
