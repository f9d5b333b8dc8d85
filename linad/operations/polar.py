"""Polar factors: U with orthonormal columns or rows, P Hermitian and positive, on the shorter side of A.

Equation    U P = A          A square or tall
            P U = A          A wide
Undefined   where A has not full rank

Both come from the singular value decomposition of A, which is computed once for a traced A.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from linad.core.errstate import report
from linad.core.forward import Deferred
from linad.core.kinds import Sample, composition
from linad.core.kinds.derived import Args, Derived
from linad.core.space import shape_of
from linad.kernels.svd import Singular, rounding
from linad.operations.clusters import numbers
from linad.operations.svd import SHAPES, by_shape, svd_factors


def _numeric(A: Any, F: Singular) -> tuple[Any, Any]:
    U = F.U @ F.Vh
    if A.shape[-2] < A.shape[-1]:
        return U, (F.U * F.s[..., None, :]) @ F.U.swapaxes(-1, -2).conj()
    return U, (F.Vh.swapaxes(-1, -2).conj() * F.s[..., None, :]) @ F.Vh


def require_full_rank(name: str, args: Sequence[Any]) -> None:
    """Report a matrix of deficient rank, by what is known of it, the second argument."""
    F = args[1]
    if not isinstance(F, Singular) or F.s.size == 0:
        return
    missing = F.s[..., -1:] <= rounding(F.s, shape_of(args[0]))
    if missing.any():
        *element, _ = (int(i) for i in np.argwhere(missing)[0])
        which = f"matrix {tuple(element)} of the batch" if element else "the matrix"
        report(
            "degenerate",
            name,
            f"{which} has not full rank: its smallest singular value is {F.s[(*element, -1)]:.1e}, "
            "and the factors have no derivative.",
            "Of the sum of its singular values a subgradient exists: norm(A, 'nuc').",
        )


class PolarRule(Derived):
    """The derived rules, where A has full rank."""

    __slots__ = ()

    def tangent(self, present: tuple[bool, ...]) -> Callable[..., tuple[Any, ...]]:
        program = super().tangent(present)

        def part(i: int, *vectors: Any) -> Any:
            require_full_rank("polar", vectors[0])
            return program(*vectors)[i]

        def run(args: Args, outputs: Args, tangents: Args) -> tuple[Any, ...]:
            if _deficient(args):
                return tuple([Deferred(partial(part, i, args, outputs, tangents)) for i in range(2)])
            return program(args, outputs, tangents)

        return run

    def cotangent(
        self, present: tuple[bool, ...], wanted: tuple[bool, ...]
    ) -> Callable[..., tuple[Any, ...]]:
        program = super().cotangent(present, wanted)

        def run(args: Args, outputs: Args, cotangents: Args) -> tuple[Any, ...]:
            if any(g is not None and np.any(numbers(g)) for g in cotangents):
                require_full_rank("polar", args)
            return program(args, outputs, cotangents)

        return run


def _deficient(args: Args) -> bool:
    F = args[1]
    return isinstance(F, Singular) and bool(np.any(F.s[..., -1:] <= rounding(F.s, shape_of(args[0]))))


polar_factors = composition(
    "polar",
    _numeric,
    rule=lambda: PolarRule(
        by_shape("polar", "polar-tall", "polar-wide"),
        values=lambda args, outputs: (args[:1], outputs),
        outputs=(0, 1),
    ),
    last=1,
    outputs=2,
    domain=("graded",),
    samples=tuple(Sample((shape,)) for shape in SHAPES),
)


def polar(A: Any, F: Singular | None = None) -> tuple[Any, Any]:
    """U and P of A = U P, or of A = P U where A is wide, for matrices in the last two axes; F is what is known of A."""
    return polar_factors(A, svd_factors(A, "gesdd", False) if F is None else F)  # type: ignore[no-any-return]  # two outputs


polar_factors.primitive.entry = polar  # type: ignore[attr-defined]  # functions of primitives carry them
