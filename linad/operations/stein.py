"""The Stein equation, or discrete Sylvester equation.

Equation    X - op(A) X op(B) = C          each op the matrix itself or its adjoint
Undefined   where the product of an eigenvalue of op(A) and one of op(B) is one

The rule is that of :mod:`linad.operations.residuals`: the linearised equation is one of the same kind. The complex
Schur forms of A and B are aids: computed once for a traced matrix, and shared by all orders and modes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from linad.core.kinds import Sample, composition
from linad.core.space import dtype_of
from linad.kernels import stein as kernels
from linad.kernels.schur import Schur
from linad.kernels.sylvester import sent_back
from linad.operations.contractions import H, matmul
from linad.operations.residuals import ByResidual
from linad.operations.schur import schur_form
from linad.operations.sylvester import adjoint, op

Args = Sequence[Any]


def _numeric(A: Any, B: Any, C: Any, FA: Schur, FB: Schur, trans: str, regular: bool = False) -> Any:
    X = kernels.solve(FA, FB, C, trans, regular)
    return X if any(np.iscomplexobj(Y) for Y in (A, B, C)) else X.real.copy()


def _residual(args: Args, outputs: Args) -> tuple[Any, ...]:
    A, B, C, _, _, trans = args
    X = outputs[0]
    return (X - matmul(op(A, trans[0]), matmul(X, op(B, trans[1]))) - C,)


def _solver(args: Args, outputs: Args, right: Args, back: bool) -> tuple[Any, ...]:
    A, B, _, FA, FB, trans = args
    return (stein(A, B, right[0], FA, FB, adjoint(trans) if back else trans),)


def _kernel(args: Args, outputs: Args, cotangents: Args, wanted: tuple[bool, ...]) -> tuple[Any, ...]:
    A, B, _, FA, FB, trans = args
    X, gC = outputs[0], _numeric(A, B, cotangents[0], FA, FB, adjoint(trans), True)
    gA = gB = None
    if wanted[0]:
        gA = sent_back(gC, matmul(X, op(B, trans[1])), trans[0])
    if wanted[1]:
        gB = sent_back(H(matmul(op(A, trans[0]), X)), H(gC), trans[1])
    return gA, gB, gC


stein = composition(
    "stein",
    _numeric,
    rule=lambda: ByResidual(_residual, _solver, kernel=_kernel),
    last=3,
    domain=("damped", "damped", "real"),
    samples=tuple(
        Sample(shapes, (trans,), f"{'-'.join('x'.join(map(str, shape)) for shape in shapes)}-{trans}")
        for shapes, letters in [
            (((3, 3), (2, 2), (3, 2)), ("NN", "HH", "NH", "HN")),
            (((2, 3, 3), (1, 1), (2, 3, 1)), ("NN", "HH")),
            (((2, 2), (2, 2, 2), (2, 2)), ("NH",)),
            (((1, 1), (1, 1), (1, 1)), ("NN",)),
            (((0, 0), (2, 2), (0, 2)), ("HN",)),
        ]
        for trans in letters
    ),
)


def stein_form(A: Any, *others: Any) -> Any:
    """The form by which Stein equations with A are solved, in the precision of all of their matrices."""
    common = np.result_type(*[dtype_of(X) for X in (A, *others)], np.complex64)
    return schur_form(A, common if common.char in "FD" else np.dtype(np.complex128), False)


def solve_stein(A: Any, B: Any, C: Any, trans: str = "NN") -> Any:
    """X of X - op(A) X op(B) = C for matrices in the last two axes; batches broadcast. Letters name the ops, N or H."""
    FA = stein_form(A, B, C)
    FB = FA if B is A else stein_form(B, A, C)
    return stein(A, B, C, FA, FB, trans)


stein.primitive.entry = solve_stein  # type: ignore[attr-defined]  # functions of primitives carry them
