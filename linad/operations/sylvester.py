"""The Sylvester equation.

Equation    op(A) X + X op(B) = C
Tangent     op(A) dX + dX op(B) = dC - op(dA) X - X op(dB)
Cotangent   op(A)^H gC + gC op(B)^H = gX,   gA = -gC X^H,  gB = -X^H gC, the adjoints of those where op is H
Undefined   where an eigenvalue of A and one of -B meet

The Schur forms of A and B are aids: computed once for a traced matrix, and shared by all orders and modes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from linad.core.kinds import ByHand, Sample, composition
from linad.core.space import dtype_of
from linad.kernels import sylvester as kernels
from linad.kernels.schur import Schur
from linad.operations.contractions import H, matmul
from linad.operations.schur import schur_form

_ADJOINT = {"N": "H", "H": "N"}


def _op(A: Any, trans: str) -> Any:
    return A if trans == "N" else H(A)


def _numeric(A: Any, B: Any, C: Any, FA: Schur, FB: Schur, trans: str) -> Any:
    return kernels.solve(FA, FB, C, trans)


def _tangent(args: Sequence[Any], outputs: Sequence[Any], tangents: Sequence[Any]) -> tuple[Any, ...]:
    A, B, _, FA, FB, trans = args
    dA, dB, right = tangents
    X = outputs[0]
    for change in (
        None if dA is None else matmul(_op(dA, trans), X),
        None if dB is None else matmul(X, _op(dB, trans)),
    ):
        if change is not None:
            right = -change if right is None else right - change
    return (sylvester(A, B, right, FA, FB, trans),)


def _cotangent(
    args: Sequence[Any], outputs: Sequence[Any], cotangents: Sequence[Any], wanted: tuple[bool, ...]
) -> tuple[Any, ...]:
    A, B, _, FA, FB, trans = args
    XH = H(outputs[0])
    gC = sylvester(A, B, cotangents[0], FA, FB, _ADJOINT[trans])
    gA = _op(-matmul(gC, XH), trans) if wanted[0] else None
    gB = _op(-matmul(XH, gC), trans) if wanted[1] else None
    return gA, gB, gC


def _residual(args: Sequence[Any], outputs: Sequence[Any]) -> tuple[Any, ...]:
    A, B, C, _, _, trans = args
    X = outputs[0]
    return (matmul(_op(A, trans), X) + matmul(X, _op(B, trans)) - C,)


sylvester = composition(
    "sylvester",
    _numeric,
    rule=lambda: ByHand(_tangent, _cotangent, _residual),
    last=3,
    domain=("stable", "stable", "real"),
    samples=tuple(
        Sample(shapes, (False, trans), f"{'-'.join('x'.join(map(str, shape)) for shape in shapes)}-{trans}")
        for shapes in [
            ((3, 3), (2, 2), (3, 2)),
            ((2, 3, 3), (1, 1), (2, 3, 1)),
            ((2, 2), (2, 2, 2), (2, 2)),
            ((1, 1), (1, 1), (1, 1)),
            ((0, 0), (2, 2), (0, 2)),
        ]
        for trans in "NH"
    ),
)


def solve_sylvester(A: Any, B: Any, C: Any, hermitian: bool = False, trans: str = "N") -> Any:
    """X of op(A) X + X op(B) = C for matrices in the last two axes; batches broadcast.

    With ``hermitian`` the caller promises that A and B are: eigenvalues take the place of Schur forms, half
    a matrix is read, and derivatives are those of the general function.
    """
    dtype = kernels.common_dtype(dtype_of(A), dtype_of(B), dtype_of(C))
    FA = schur_form(A, dtype, hermitian)
    FB = FA if B is A else schur_form(B, dtype, hermitian)
    return sylvester(A, B, C, FA, FB, trans)


sylvester.primitive.entry = solve_sylvester  # type: ignore[attr-defined]  # functions of primitives carry them
