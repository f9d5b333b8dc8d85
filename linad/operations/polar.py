"""Polar factors: U with orthonormal columns or rows, P Hermitian and positive, on the shorter side of A.

Equation    U P = A          A square or tall
            P U = A          A square or wide
Undefined   where A has not full rank: then U is not determined, and P is not smooth

Both come from the singular value decomposition of A, which is computed once for a traced A.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NoReturn

import numpy as np

from linad.core.forward import Deferred
from linad.core.kinds import Sample, composition
from linad.core.kinds.derived import Args, Derived
from linad.core.space import shape_of
from linad.errors import DegenerateError
from linad.kernels import singular
from linad.kernels.orthogonal import single
from linad.kernels.svd import Singular, rounding
from linad.operations.svd import SHAPES, svd_factors


def _numeric(A: Any, F: Singular, left: bool) -> tuple[Any, Any]:
    U = F.U @ F.Vh
    if left:
        return U, (F.U * F.s[..., None, :]) @ F.U.swapaxes(-1, -2).conj()
    return U, (F.Vh.swapaxes(-1, -2).conj() * F.s[..., None, :]) @ F.Vh


def _deficient(args: Sequence[Any]) -> Any:
    """Which matrices have not full rank, by what is known of them; None where numbers are not known yet."""
    F = args[1]
    if not isinstance(F, Singular) or F.s.size == 0:
        return None
    return (F.s[..., -1:] <= rounding(F.s, shape_of(args[0])))[..., 0]


def _refuse(args: Sequence[Any], missing: Any) -> NoReturn:
    where = tuple(int(i) for i in np.argwhere(missing)[0])
    which = f"matrix {where} of the batch" if where else "the matrix"
    raise DegenerateError(
        "polar",
        f"{which} has not full rank: its smallest singular value is {args[1].s[(*where, -1)]:.1e}, "
        "and its factors have no derivative.",
        "Of the sum of its singular values a subgradient exists: norm(A, 'nuc').",
    )


def _choose(args: Args) -> str:
    m, n = shape_of(args[0])[-2:]
    if m == n:
        return "polar-left" if args[2] else "polar"
    return "polar-tall" if m > n else "polar-wide"


def _kept(args: Args, outputs: Args) -> Sequence[tuple[Any, Any]]:
    """P is decomposed once: its memo is kept beside the singular values, one for each side."""
    F, left = args[1:]
    return [(outputs[1], F.memos.setdefault(("polar", left), {}))] if isinstance(F, Singular) else []


class PolarRule(Derived):
    """The derived rules, where A has full rank."""

    __slots__ = ()

    def tangent(self, present: tuple[bool, ...]) -> Callable[..., tuple[Any, ...]]:
        program = super().tangent(present)

        def run(args: Args, outputs: Args, tangents: Args) -> tuple[Any, ...]:
            missing = _deficient(args)
            if missing is not None and missing.any():
                refused = Deferred(partial(_refuse, args, missing))
                return refused, refused
            return program(args, outputs, tangents)

        return run

    def cotangent(
        self, present: tuple[bool, ...], wanted: tuple[bool, ...]
    ) -> Callable[..., tuple[Any, ...]]:
        program = super().cotangent(present, wanted)

        def run(args: Args, outputs: Args, cotangents: Args) -> tuple[Any, ...]:
            missing = _deficient(args)
            if missing is not None and missing.any():
                _refuse(args, missing)
            return program(args, outputs, cotangents)

        return run


def _small(args: Args, outputs: Args, cotangents: Args) -> tuple[Any, ...] | None:
    F = args[1]
    gA = singular.polar(F.U, F.s, F.Vh, args[2], *cotangents) if type(F) is Singular else None
    return None if gA is None else (gA,)


polar_factors = composition(
    "polar",
    _numeric,
    rule=lambda: PolarRule(
        _choose,
        values=lambda args, outputs: (args[:1], outputs),
        outputs=(0, 1),
        kept=_kept,
        small=_small,
        fits=lambda args: single(args[0]),
    ),
    last=1,
    outputs=2,
    domain=("graded",),
    samples=tuple(
        Sample((shape,), (left,), f"{'x'.join(map(str, shape))}-{'left' if left else 'right'}")
        for shape in SHAPES
        for left in (False, True)
        if shape[-2] == shape[-1] or left == (shape[-2] < shape[-1])
    ),
)


def polar(A: Any, left: bool, F: Singular | None = None) -> tuple[Any, Any]:
    """U and P of A = U P, or with ``left`` of A = P U, for matrices in the last two axes; F is what is known of A.

    P stands on the shorter side: ``left`` is a choice for square matrices only.
    """
    return polar_factors(A, svd_factors(A, "gesdd", False) if F is None else F, left)


polar_factors.primitive.entry = polar  # type: ignore[attr-defined]  # functions of primitives carry them
