"""The Sylvester equation.

Equation    op(A) X + X op(B) = C          each op the matrix itself or its adjoint
Undefined   where an eigenvalue of op(A) and one of -op(B) meet

The rule is that of :mod:`linad.operations.residuals`: the linearised equation is one of the same kind. The Schur forms
of A and B are aids: computed once for a traced matrix, and shared by all orders and modes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from linad.core.kinds import Sample, composition
from linad.core.space import dtype_of
from linad.kernels import sylvester as kernels
from linad.kernels.schur import Schur
from linad.operations.contractions import H, matmul
from linad.operations.residuals import ByResidual
from linad.operations.schur import schur_form

Args = Sequence[Any]
_ADJOINT = {"N": "H", "H": "N"}


def op(A: Any, trans: str) -> Any:
    """A for N, its adjoint for H."""
    return A if trans == "N" else H(A)


def adjoint(trans: str) -> str:
    """The letters of the adjoint equation."""
    return "".join([_ADJOINT[letter] for letter in trans])


def _numeric(A: Any, B: Any, C: Any, FA: Schur, FB: Schur, trans: str) -> Any:
    return kernels.solve(FA, FB, C, trans)


def _residual(args: Args, outputs: Args) -> tuple[Any, ...]:
    A, B, C, _, _, trans = args
    X = outputs[0]
    return (matmul(op(A, trans[0]), X) + matmul(X, op(B, trans[1])) - C,)


def _solver(args: Args, outputs: Args, right: Args, back: bool) -> tuple[Any, ...]:
    A, B, _, FA, FB, trans = args
    return (sylvester(A, B, right[0], FA, FB, adjoint(trans) if back else trans),)


def _kernel(args: Args, outputs: Args, cotangents: Args, wanted: tuple[bool, ...]) -> tuple[Any, ...]:
    _, _, _, FA, FB, trans = args
    gC, X = kernels.solve(FA, FB, cotangents[0], adjoint(trans)), outputs[0]
    gA = kernels.sent_back(-gC, X, trans[0]) if wanted[0] else None
    gB = kernels.sent_back(kernels.H(X), kernels.H(-gC), trans[1]) if wanted[1] else None
    return gA, gB, gC


sylvester = composition(
    "sylvester",
    _numeric,
    rule=lambda: ByResidual(_residual, _solver, kernel=_kernel),
    last=3,
    domain=("stable", "stable", "real"),
    samples=tuple(
        Sample(shapes, (False, trans), f"{'-'.join('x'.join(map(str, shape)) for shape in shapes)}-{trans}")
        for shapes, letters in [
            (((3, 3), (2, 2), (3, 2)), ("NN", "HH", "NH", "HN")),
            (((2, 3, 3), (1, 1), (2, 3, 1)), ("NN", "HH")),
            (((2, 2), (2, 2, 2), (2, 2)), ("NN", "HN")),
            (((1, 1), (1, 1), (1, 1)), ("NN",)),
            (((0, 0), (2, 2), (0, 2)), ("NN", "NH")),
        ]
        for trans in letters
    ),
)


def solve_sylvester(A: Any, B: Any, C: Any, hermitian: bool = False, trans: str = "NN") -> Any:
    """X of op(A) X + X op(B) = C for matrices in the last two axes; batches broadcast.

    ``trans`` has a letter for each op, N or H. With ``hermitian`` the caller promises that A and B are: eigenvalues
    take the place of Schur forms, half a matrix is read, and derivatives are those of the general function.
    """
    dtype = kernels.common_dtype(dtype_of(A), dtype_of(B), dtype_of(C))
    FA = schur_form(A, dtype, hermitian)
    FB = FA if B is A else schur_form(B, dtype, hermitian)
    return sylvester(A, B, C, FA, FB, trans)


sylvester.primitive.entry = solve_sylvester  # type: ignore[attr-defined]  # functions of primitives carry them
