"""The generalized Sylvester equation.

Equation    A X B + C X D = E              or that of the adjoints, A^H X B^H + C^H X D^H = E
Undefined   where an eigenvalue of the pencil (A, C) and one of (D, B) are opposite, or a pencil is singular

The rule is that of :mod:`linad.operations.residuals`: the linearised equation is one of the same kind. The generalized
Schur forms of (A, C) and (B, D) are handed on: computed once, and shared by all orders and modes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from linad.core.kinds import Sample, composition, joint_aid
from linad.core.space import dtype_of
from linad.kernels import generalized_sylvester as kernels
from linad.kernels.sylvester import sent_back
from linad.operations.contractions import H, matmul
from linad.operations.residuals import ByResidual
from linad.operations.sylvester import adjoint, op

Args = Sequence[Any]

_forms = joint_aid("pencil_forms", kernels.forms)


def _numeric(
    A: Any, B: Any, C: Any, D: Any, E: Any, left: kernels.Forms, right: kernels.Forms, trans: str
) -> Any:
    X = kernels.solve(left, right, E, trans)
    return X if any(np.iscomplexobj(Y) for Y in (A, B, C, D, E)) else X.real.copy()


def _residual(args: Args, outputs: Args) -> tuple[Any, ...]:
    A, B, C, D, E, _, _, trans = args
    A, B, C, D = (op(X, trans) for X in (A, B, C, D))
    X = outputs[0]
    return (matmul(A, matmul(X, B)) + matmul(C, matmul(X, D)) - E,)


def _solver(args: Args, outputs: Args, right: Args, back: bool) -> tuple[Any, ...]:
    *matrices, _, forms, others, trans = args
    return (generalized_sylvester(*matrices, right[0], forms, others, adjoint(trans) if back else trans),)


def _kernel(args: Args, outputs: Args, cotangents: Args, wanted: tuple[bool, ...]) -> tuple[Any, ...]:
    A, B, C, D, _, left, right, trans = args
    X, gE = outputs[0], _numeric(A, B, C, D, cotangents[0], left, right, adjoint(trans))
    sent: list[Any] = [None] * 4
    for i, (P, R) in enumerate(((A, B), (C, D))):
        if wanted[2 * i]:
            sent[2 * i] = sent_back(-gE, matmul(X, op(R, trans)), trans)
        if wanted[2 * i + 1]:
            sent[2 * i + 1] = sent_back(H(matmul(op(P, trans), X)), H(-gE), trans)
    return (*sent, gE)


generalized_sylvester = composition(
    "generalized_sylvester",
    _numeric,
    rule=lambda: ByResidual(_residual, _solver, kernel=_kernel),
    last=5,
    domain=("stable", "stable", "damped", "damped", "real"),
    samples=tuple(
        Sample(shapes, (trans,), f"{'-'.join('x'.join(map(str, shape)) for shape in shapes)}-{trans}")
        for shapes, letters in [
            (((3, 3), (2, 2), (3, 3), (2, 2), (3, 2)), "NH"),
            (((2, 3, 3), (1, 1), (3, 3), (1, 1), (2, 3, 1)), "NH"),
            (((1, 1), (1, 1), (1, 1), (1, 1), (1, 1)), "N"),
            (((0, 0), (2, 2), (0, 0), (2, 2), (0, 2)), "N"),
        ]
        for trans in letters
    ),
)


def solve_generalized_sylvester(A: Any, B: Any, C: Any, D: Any, E: Any, trans: str = "N") -> Any:
    """X of A X B + C X D = E for matrices in the last two axes; batches broadcast. With H, of the adjoints."""
    common = np.result_type(*[dtype_of(X) for X in (A, B, C, D, E)], np.complex64)
    dtype = common if common.char in "FD" else np.dtype(np.complex128)
    return generalized_sylvester(A, B, C, D, E, _forms(A, C, dtype), _forms(B, D, dtype), trans)


generalized_sylvester.primitive.entry = solve_generalized_sylvester  # type: ignore[attr-defined]  # as others carry them
