"""Schur forms.

Equation    A = Z T Z^H          Z unitary, T upper triangular; of a real A with blocks of equal diagonal
Undefined   where eigenvalues are equal; where a block [a b; c a] of a real form has b = -c: nothing fixes its rotation

The rule is that of :mod:`linad.operations.turns`. The order of the eigenvalues is LAPACK's, or that of ``sort``, and is
held fixed. Phases of a complex Z are LAPACK's: a cost must not depend on them. The form is an aid: computed once for a
traced A, and shared with the equations that are solved by it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from linad.core.errstate import asked, report
from linad.core.kinds import Sample, aid, reading
from linad.core.space import dtype_of, is_complex
from linad.kernels import schur as kernels
from linad.kernels.schur import Quasi
from linad.operations.ties import numbers
from linad.operations.turns import declared_form, declared_turn, require_smooth, turn_samples

_SHAPES = ((3, 3), (2, 3, 3), (4, 4), (2, 2), (1, 1), (0, 0))
_ROUNDING = 1e3  # of products and sums in a cost, in units of n eps

schur_form = aid(
    "schur_form",
    kernels.schur,
    domain=("stable",),
    samples=tuple(
        Sample((shape,), (np.dtype(np.complex128), False)) for shape in [(3, 3), (2, 3, 3), (1, 1), (0, 0)]
    ),
)
sorted_schur_form = aid(
    "sorted_schur_form",
    kernels.sorted_schur,
    domain=("apart",),
    samples=tuple(Sample((shape,), ("lhp",)) for shape in [(3, 3), (2, 3, 3), (1, 1), (0, 0)]),
)
# How many eigenvalues were sorted to the front; recorded in explicit graphs.
_chosen = reading(
    "schur_chosen",
    lambda factors: factors.chosen,
    of=lambda A: sorted_schur_form(A, "lhp"),
    domain=("apart",),
    samples=tuple(Sample((shape,)) for shape in [(3, 3), (2, 3, 3), (0, 0)]),
)

_UNDEFINED = (
    "eigenvalues {i} and {j}{element} are equal, and what depends on their order or basis has no derivative."
)
triangular_turn = declared_turn(
    "schur",
    _UNDEFINED,
    "triangular_turn",
    domain=("real", "near diagonal"),
    samples=turn_samples("triangular", Quasi(), [(3, 3), (2, 3, 3), (1, 1), (0, 0)]),
)
_UNDEFINED_OF_BLOCKS = (
    "eigenvalues {i} and {j}{element} are equal, or those of a block that is a multiple of a rotation, and what "
    "depends on their order or basis has no derivative."
)
quasi_turn = declared_turn(
    "schur",
    _UNDEFINED_OF_BLOCKS,
    "quasi_turn",
    domain=("real", "turning"),
    samples=turn_samples("blocks", Quasi(np.array([True, False])), [(3, 3), (2, 3, 3)]),
    dtypes="f",
)


def turn(M: Any, T: Any, trans: str) -> Any:
    """The turn of a basis by M where T is upper triangular, real or complex; or with trans H what is adjoint to it."""
    return triangular_turn(M, T, Quasi(), trans)


def _turn(M: Any, T: Any, pattern: Any, trans: str) -> Any:
    return (triangular_turn if is_complex(T) else quasi_turn)(M, T, pattern, trans)


def _guard(T: Any, W: Any, gT: Any, gZ: Any, pattern: Any) -> None:
    require_smooth("schur", _UNDEFINED if is_complex(T) else _UNDEFINED_OF_BLOCKS, T, gT, pattern)
    if is_complex(T):
        _no_phase(T, W, gT, gZ)


def _no_phase(T: Any, W: Any, gT: Any, gZ: Any) -> None:
    """Report a cost that depends on the phases of the columns of Z: along these, W is imaginary on its diagonal."""
    if not asked("gauge"):
        return
    T, W = numbers(T), numbers(W)
    given = [x for x in (numbers(g) for g in (gT, gZ) if g is not None) if x is not None]
    if T is None or W is None or W.size == 0 or not given:
        return
    along = float(np.max(np.abs(np.diagonal(W, 0, -2, -1).imag)))
    largest = max(float(np.max(np.abs(g))) for g in given)
    limit = (
        _ROUNDING * W.shape[-1] * float(np.finfo(W.dtype).eps) * largest * max(1.0, float(np.max(np.abs(T))))
    )
    if along > limit:
        report(
            "gauge",
            "schur",
            "the cost depends on the phases of the columns of Z, which schur leaves open: "
            f"its cotangent has {along:.1e} there, of {largest:.1e}.",
            "Take a function that does not depend on phases: |T|, |Z|, diag(T), a projector.",
            'linad.errstate(gauge="ignore") differentiates in the gauge in which diag(Z^H dZ) is zero.',
        )


schur_parts = declared_form(
    "schur",
    _turn,
    _guard,
    domain=("turning",),
    samples=tuple(
        Sample((shape,), (sort,), f"{'x'.join(map(str, shape))}{'-sorted' if sort else ''}")
        for shape in _SHAPES
        for sort in ((None, "lhp") if shape in ((3, 3), (2, 3, 3)) else (None,))
    ),
)


def _factors(A: Any, sort: str | Callable[..., bool] | None) -> Any:
    return schur_form(A, dtype_of(A), False) if sort is None else sorted_schur_form(A, sort)


def schur(A: Any, sort: str | Callable[..., bool] | None = None) -> tuple[Any, Any]:
    """T and Z of square matrices in the last two axes, in a dtype of LAPACK."""
    return schur_parts(A, _factors(A, sort))


def chosen(A: Any, sort: str | Callable[..., bool]) -> Any:
    """How many eigenvalues ``sort`` puts in front; plain."""
    return _chosen(_factors(A, sort))


schur_parts.primitive.entry = schur  # type: ignore[attr-defined]  # functions of primitives carry them
