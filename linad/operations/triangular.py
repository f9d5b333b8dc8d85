"""Solving with a triangular matrix.

Equation    op(T) X = B        T triangular: one triangle is read, without its diagonal if that is ones
Tangent     dX = op(T)^-1 (dB - op(dT) X)
Cotangent   gB = op(T)^-H gX,   gT = -tri(gB X^H), transposed or conjugated as op says
Undefined   where a diagonal entry is zero
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np

from linad.core.kinds import ByHand, Sample, composition
from linad.core.space import conj
from linad.kernels import triangular as kernels
from linad.kernels.programs import large
from linad.kernels.triangles import multiply
from linad.operations.contractions import H, matmul, swap
from linad.operations.guards import enough_digits_of_triangle
from linad.operations.shape import tril, triu

_OF = {"N": lambda T: T, "T": swap, "H": H}
_ADJOINT = {"N": "H", "H": "N"}


def _read(T: Any, lower: bool, unit: bool) -> Any:
    """The part of T that the operation reads."""
    return tril(T, -1 if unit else 0) if lower else triu(T, 1 if unit else 0)


def _adjoint_solve(T: Any, G: Any, lower: bool, trans: str, unit: bool) -> Any:
    """op(T)^-H G."""
    if trans == "T":
        return conj(solve_triangular(T, conj(G), lower, "N", unit))
    return solve_triangular(T, G, lower, _ADJOINT[trans], unit)


def _enough_digits(T: Any, lower: bool, unit: bool) -> None:
    if not unit:
        enough_digits_of_triangle("solve_triangular", T, lower)


def _tangent(args: Sequence[Any], outputs: Sequence[Any], tangents: Sequence[Any]) -> tuple[Any, ...]:
    T, _, lower, trans, unit = args
    _enough_digits(T, lower, unit)
    dT, dB = tangents
    right = dB
    if dT is not None:
        change = matmul(_OF[trans](_read(dT, lower, unit)), outputs[0])
        right = -change if dB is None else dB - change
    return (solve_triangular(T, right, lower, trans, unit),)


def _cotangent(
    args: Sequence[Any], outputs: Sequence[Any], cotangents: Sequence[Any], wanted: tuple[bool, ...]
) -> tuple[Any, ...]:
    T, _, lower, trans, unit = args
    _enough_digits(T, lower, unit)
    gB = _adjoint_solve(T, cotangents[0], lower, trans, unit)
    if not wanted[0]:
        return None, gB
    G = {
        "N": lambda: matmul(gB, H(outputs[0])),
        "T": lambda: matmul(conj(outputs[0]), swap(gB)),
        "H": lambda: matmul(outputs[0], H(gB)),
    }
    return -_read(G[trans](), lower, unit), gB


def _kernel(
    args: Sequence[Any], outputs: Sequence[Any], cotangents: Sequence[Any], wanted: tuple[bool, ...]
) -> tuple[Any, ...] | None:
    """Of the product that is the cotangent of T, one triangle is computed."""
    (T, _, lower, trans, unit), X = args, outputs[0]
    if not wanted[0] or not T.dtype == X.dtype == cotangents[0].dtype:
        return None
    _enough_digits(T, lower, unit)
    gB = _adjoint_solve(T, cotangents[0], lower, trans, unit)
    left, right = (gB, X) if trans == "N" else (X, gB)
    if trans == "T":
        left, right = left.conj(), right.conj()  # conj(X) gB^T
    zone = f"{'strict ' if unit else ''}{'lower' if lower else 'upper'}"
    gT = np.zeros((*gB.shape[:-2], *T.shape[-2:]), T.dtype)
    for i in np.ndindex(gB.shape[:-2]):
        multiply(gT[i], left[i], right[i], -1, zone=zone, trans_b="H")
    return gT, gB


def _residual(args: Sequence[Any], outputs: Sequence[Any]) -> tuple[Any, ...]:
    T, B, lower, trans, unit = args
    op = _OF[trans]
    product = matmul(op(_read(T, lower, unit)), outputs[0])
    return (product + outputs[0] - B if unit else product - B,)


def _samples() -> tuple[Sample, ...]:
    cases = [(lower, trans, unit) for lower in (True, False) for trans in "NTH" for unit in (False, True)]
    shapes = [
        ((3, 3), (3, 2)),
        ((2, 3, 3), (2, 3, 1)),
        ((3, 3), (2, 3, 2)),
        ((1, 1), (1, 1)),
        ((0, 0), (0, 2)),
    ]
    return tuple(
        Sample(pair, case, _label(pair, *case))
        for case, pair in zip(cases, itertools.cycle(shapes), strict=False)
    )


def _label(shapes: tuple[tuple[int, ...], ...], lower: bool, trans: str, unit: bool) -> str:
    return f"{'lower' if lower else 'upper'}-{trans}{'-unit' if unit else ''}-{'x'.join(map(str, shapes[0]))}"


solve_triangular = composition(
    "solve_triangular",
    kernels.solve_triangular,
    rule=lambda: ByHand(_tangent, _cotangent, _residual, _kernel, pays=lambda args: large(args[0])),
    last=2,
    domain=("triangular", "real"),
    samples=_samples(),
)
