"""Solving with a Hermitian positive definite matrix, and its log-determinant, by the Cholesky factor.

solve_definite    A X = B
Tangent           dX = A^-1 (dB - (dA + dA^H)/2 X)
Cotangent         gB = A^-1 gX,   gA = -(gB X^H + X gB^H)/2
logdet_definite   y = log det A
Tangent           dy = Re tr(A^-1 dA)
Cotangent         gA = gy A^-1
Undefined         where A is not positive definite

The equation is "solve-hermitian", and its rule this one. It stands here by hand because programs would factor A again.
The Cholesky factor is an aid, computed once for a traced A and shared with all that reads it, also with cholesky.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from linad.core.kinds import ByHand, Sample, composition
from linad.core.space import dtype_of, shape_of
from linad.kernels import cholesky as kernels
from linad.kernels import products
from linad.operations.cholesky import definite_factor, factorize
from linad.operations.contractions import H, matmul
from linad.operations.elementwise import log, real
from linad.operations.hermitian import hermitian_part
from linad.operations.reductions import sum as total
from linad.operations.shape import diagonal, reshape

Args = Sequence[Any]
Wanted = tuple[bool, ...]


def _tangent(args: Args, outputs: Args, tangents: Args) -> tuple[Any, ...]:
    A, _, factor, form = args
    dA, dB = tangents
    right = dB
    if dA is not None:
        change = matmul(hermitian_part(dA), outputs[0])
        right = -change if dB is None else dB - change
    return (apply_definite(A, right, factor, form),)


def _cotangent(args: Args, outputs: Args, cotangents: Args, wanted: Wanted) -> tuple[Any, ...]:
    A, _, factor, form = args
    gB = apply_definite(A, cotangents[0], factor, form)
    return (-hermitian_part(matmul(gB, H(outputs[0]))) if wanted[0] else None), gB


def _kernel(args: Args, outputs: Args, cotangents: Args, wanted: Wanted) -> tuple[Any, ...]:
    factor, form = args[2:]
    gB = kernels.apply_inverse(factor, cotangents[0], form)
    if not wanted[0]:
        return None, gB
    right = outputs[0].swapaxes(-1, -2)
    if right.dtype.kind != "c":
        G = products.matmul(gB, right)
        G = G + G.swapaxes(-1, -2)
    else:
        G = products.matmul(gB, right.conj())
        G = G + G.swapaxes(-1, -2).conj()
    G *= -0.5
    return G, gB


def _residual(args: Args, outputs: Args) -> tuple[Any, ...]:
    return (matmul(hermitian_part(args[0]), outputs[0]) - args[1],)


apply_definite = composition(
    "solve_definite",
    lambda A, B, factor, form: kernels.apply_inverse(factor, B, form),
    rule=lambda: ByHand(_tangent, _cotangent, _residual, _kernel),
    last=2,
    domain=("definite", "real"),
    samples=tuple(
        Sample(shapes, (form,), f"{form}-{'-'.join('x'.join(map(str, shape)) for shape in shapes)}")
        for shapes in [
            ((3, 3), (3, 2)),
            ((2, 3, 3), (2, 3, 1)),
            ((3, 3), (2, 3, 2)),
            ((2, 3, 3), (3, 2)),
            ((1, 1), (1, 1)),
            ((0, 0), (0, 2)),
            ((3, 3), (3, 0)),
        ]
        for form in ("lower", "upper")
    ),
)


def solve_definite(A: Any, B: Any, form: str = "lower") -> Any:
    """A^-1 B for Hermitian positive definite matrices in the last two axes; B is a vector where its shape says so.

    ``form`` says which factor: of A = L L^H, ``lower``, or of A = U^H U, ``upper``; that triangle of A is read.
    A function on Hermitian matrices; whoever calls it has seen to it that A is one.
    """
    factor = definite_factor(A, form)
    if len(shape_of(B)) == 1:
        X = apply_definite(A, reshape(B, (*shape_of(B), 1)), factor, form)
        return reshape(X, shape_of(X)[:-1])
    return apply_definite(A, B, factor, form)


apply_definite.primitive.entry = solve_definite  # type: ignore[attr-defined]  # functions of primitives carry them


# -- log-determinants -----------------------------------------------------------------------------------------------


def _scaled(c: Any, A: Any) -> Any:
    """Matrices times numbers, one for each."""
    return reshape(c, (*shape_of(c), 1, 1)) * A


def _logdet(A: Any, factor: Any, form: str) -> Any:
    d = np.diagonal(factor, 0, -2, -1).real
    return 2 * np.sum(np.log(d), axis=-1)


def _logdet_tangent(args: Args, outputs: Args, tangents: Args) -> tuple[Any, ...]:
    change = apply_definite(args[0], hermitian_part(tangents[0]), *args[1:])
    return (total(real(diagonal(change, 0)), (len(shape_of(change)) - 2,), False),)


def _logdet_cotangent(args: Args, outputs: Args, cotangents: Args, wanted: Wanted) -> tuple[Any, ...]:
    A = args[0]
    inverse = apply_definite(A, np.eye(shape_of(A)[-1], dtype=dtype_of(A)), *args[1:])
    return (_scaled(cotangents[0], hermitian_part(inverse)),)


def _logdet_residual(args: Args, outputs: Args) -> tuple[Any, ...]:
    d = real(diagonal(factorize(args[0], args[2]), 0))
    return (2 * total(log(d), (len(shape_of(d)) - 1,), False) - outputs[0],)


logdet_by = composition(
    "logdet_definite",
    _logdet,
    rule=lambda: ByHand(_logdet_tangent, _logdet_cotangent, _logdet_residual),
    last=1,
    domain=("definite",),
    samples=tuple(
        Sample((shape,), (form,), f"{form}-{'x'.join(map(str, shape))}")
        for shape in [(3, 3), (2, 3, 3), (1, 1), (0, 0)]
        for form in ("lower", "upper")
    ),
)


def logdet_definite(A: Any, form: str = "lower") -> Any:
    """The logarithms of the determinants of Hermitian positive definite matrices in the last two axes."""
    return logdet_by(A, definite_factor(A, form), form)


logdet_by.primitive.entry = logdet_definite  # type: ignore[attr-defined]  # functions of primitives carry them
