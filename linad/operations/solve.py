"""Solving with a general square matrix, factored once.

Equation    op(A) X = B
Tangent     dX = op(A)^-1 (dB - op(dA) X)
Cotangent   gB = op(A)^-H gX,   gA = -gB X^H, the adjoint of that where op is H
Undefined   where A is singular

The factors of A are an aid: computed once for a traced A, and shared by all orders and modes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from linad.core.kinds import ByHand, Sample, aid, composition
from linad.core.origins import origin
from linad.core.space import conj, shape_of
from linad.core.traced import Array
from linad.kernels import definite, products
from linad.kernels import lu as kernels
from linad.kernels.counters import count
from linad.kernels.lu import Factors
from linad.kernels.turned import Turned
from linad.operations.cholesky import definite_factors
from linad.operations.contractions import H, matmul
from linad.operations.guards import enough_digits
from linad.operations.shape import reshape

lu_factors = aid(
    "lu_factors",
    kernels.factor,
    domain=("regular",),
    samples=tuple(Sample((shape,)) for shape in [(3, 3), (2, 3, 3), (1, 1), (0, 0)]),
)
looks_definite = aid(
    "looks_definite",
    definite.plausible,
    domain=("definite",),
    samples=tuple(Sample((shape,)) for shape in [(3, 3), (2, 3, 3), (0, 0)]),
)
_ADJOINT = {"N": "H", "H": "N"}


def factors(A: Any) -> Any:
    """The factors of square matrices: Cholesky's of traced ones that are found to be positive definite, or LU.

    Those of A serve its transpose, conjugate and adjoint.
    """
    if isinstance(A, Array):
        inner = A
        while isinstance(inner.value, Array):
            inner = inner.value
        memo = inner.memo
        if memo is not None:
            root, op = origin(inner)
            if op != "N":
                return Turned(factors(root), op)
        if (
            not inner.explicit
            and inner.value.shape[-1] >= definite.PAYS
            and (memo is None or ("lu_factors",) not in memo)
            and looks_definite(A)
        ):
            try:
                return definite_factors(A, "lower")
            except np.linalg.LinAlgError:
                count("potrf in vain")
    return lu_factors(A)


def _numeric(A: Any, B: Any, factors: Factors, trans: str) -> Any:
    return factors.apply(B, trans)


def _tangent(args: Sequence[Any], outputs: Sequence[Any], tangents: Sequence[Any]) -> tuple[Any, ...]:
    A, _, factors, trans = args
    enough_digits("solve", A, factors)
    dA, dB = tangents
    right = dB
    if dA is not None:
        change = matmul(dA if trans == "N" else H(dA), outputs[0])
        right = -change if dB is None else dB - change
    return (apply_inverse(A, right, factors, trans),)


def _cotangent(
    args: Sequence[Any], outputs: Sequence[Any], cotangents: Sequence[Any], wanted: tuple[bool, ...]
) -> tuple[Any, ...]:
    A, _, factors, trans = args
    enough_digits("solve", A, factors)
    X = outputs[0]
    gB = apply_inverse(A, cotangents[0], factors, _ADJOINT[trans])
    if not wanted[0]:
        return None, gB
    left, right = (-gB, X) if trans == "N" else (-X, gB)
    if len(shape_of(X)) == 1:
        return reshape(left, (-1, 1)) * reshape(conj(right), (1, -1)), gB
    return matmul(left, H(right)), gB


def _kernel(
    args: Sequence[Any], outputs: Sequence[Any], cotangents: Sequence[Any], wanted: tuple[bool, ...]
) -> tuple[Any, ...]:
    factors, trans = args[2:]
    enough_digits("solve", args[0], factors)
    X = outputs[0]
    gB = factors.apply(cotangents[0], _ADJOINT[trans])
    if not wanted[0]:
        return None, gB
    left, right = (-gB, X) if trans == "N" else (-X, gB)
    if right.dtype.kind == "c":
        right = right.conj()
    if X.ndim == 1:
        return products.outer(left, right), gB
    if X.shape[-1] == 1:
        return products.outer(left[..., 0], right[..., 0]), gB
    return products.matmul(left, right.swapaxes(-1, -2)), gB


def _residual(args: Sequence[Any], outputs: Sequence[Any]) -> tuple[Any, ...]:
    A, B, _, trans = args
    return (matmul(A if trans == "N" else H(A), outputs[0]) - B,)


apply_inverse = composition(
    "apply_inverse",
    _numeric,
    rule=lambda: ByHand(_tangent, _cotangent, _residual, _kernel, straight=True),
    last=2,
    domain=("regular", "real"),
    samples=tuple(
        Sample(shapes, (trans,), f"{'x'.join(map(str, shapes[0]))}-{'x'.join(map(str, shapes[1]))}-{trans}")
        for shapes in [
            ((3, 3), (3,)),
            ((3, 3), (3, 2)),
            ((2, 3, 3), (2, 3, 1)),
            ((3, 3), (2, 3, 2)),
            ((1, 1), (1, 1)),
            ((0, 0), (0, 2)),
            ((0, 0), (0,)),
        ]
        for trans in "NH"
    ),
)


def solve(A: Any, B: Any, trans: str = "N") -> Any:
    """op(A)^-1 B for matrices in the last two axes; B is a vector where its shape says so."""
    return solve_by(A, factors(A), B, trans)


def solve_by(A: Any, factors: Any, B: Any, trans: str = "N") -> Any:
    """op(A)^-1 B by factors of A."""
    if len(shape_of(B)) == 1 and len(shape_of(A)) > 2:
        X = apply_inverse(A, reshape(B, (*shape_of(B), 1)), factors, trans)
        return reshape(X, shape_of(X)[:-1])
    return apply_inverse(A, B, factors, trans)


apply_inverse.primitive.entry = solve  # type: ignore[attr-defined]  # functions of primitives carry them
