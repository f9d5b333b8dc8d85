"""Hessenberg forms.

Equation    A = Q H Q^H          Q unitary, its first column e1; H zero below the subdiagonal, which is real
Undefined   where a subdiagonal entry of H is zero: what it would lead to is free. The last one is harmless if A is real

The rule is that of :mod:`linad.operations.turns`. Signs of the subdiagonal are LAPACK's, and held fixed. The form is an
aid: computed once for a traced A.
"""

from __future__ import annotations

from typing import Any

from linad.core.kinds import Sample, aid
from linad.kernels import hessenberg as kernels
from linad.kernels.hessenberg import Beneath
from linad.operations.turns import declared_form, declared_turn, require_smooth, turn_samples

_SHAPES = ((3, 3), (4, 4), (2, 3, 3), (2, 2), (1, 1), (0, 0))

hessenberg_form = aid(
    "hessenberg_form",
    kernels.hessenberg,
    domain=("coupled",),
    samples=tuple(Sample((shape,)) for shape in _SHAPES),
)
_UNDEFINED = "subdiagonal entry ({i}, {j}){element} is zero: it and the basis beyond it have no derivative."
hessenberg_turn = declared_turn(
    "hessenberg",
    _UNDEFINED,
    "hessenberg_turn",
    domain=("real", "coupled"),
    samples=turn_samples("beneath", Beneath(), [(4, 4), (2, 3, 3), (2, 2), (1, 1), (0, 0)]),
)
hessenberg_parts = declared_form(
    "hessenberg",
    hessenberg_turn,
    lambda T, W, gT, gZ, pattern: require_smooth("hessenberg", _UNDEFINED, T, gT, pattern),
    domain=("coupled",),
    samples=tuple(Sample((shape,)) for shape in _SHAPES),
)


def hessenberg(A: Any) -> tuple[Any, Any]:
    """H and Q of square matrices in the last two axes, in a dtype of LAPACK."""
    return hessenberg_parts(A, hessenberg_form(A))


hessenberg_parts.primitive.entry = hessenberg  # type: ignore[attr-defined]  # functions of primitives carry them
