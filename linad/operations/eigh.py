"""Eigenvalues and eigenvectors of Hermitian matrices.

Equation    A V = V diag(w)         V^H V = I,  w real                          eigh
            A V = B V diag(w)       V^H B V = I,  w real, B positive definite   eigh_generalized
Undefined   V where eigenvalues are equal, but for costs with a zero block of V^H gV there; single equal eigenvalues

Eigenvalues alone need less: where some are equal, sums over them have derivatives (:mod:`linad.operations.clusters`).
The factors are an aid: computed once for a traced A, and shared by all orders and modes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from linad.core.forward import Deferred
from linad.core.kinds import Sample, aid, composition, steady
from linad.core.kinds.derived import Args
from linad.core.traced import innermost
from linad.kernels import eigen as kernels
from linad.kernels import orthogonal
from linad.kernels.eigen import Request
from linad.operations.clusters import eigenvalue_cotangent, eigenvalue_tangent
from linad.operations.contractions import H, matmul
from linad.operations.guards import no_gauge
from linad.operations.hermitian import DerivedOnHermitian, hermitian_part
from linad.operations.ties import require_constant, ties, undetermined

_SHAPES = ((3, 3), (2, 3, 3), (2, 2), (1, 1), (0, 0))

eigh_factors = aid(
    "eigh_factors",
    kernels.hermitian,
    domain=("hermitian",),
    samples=tuple(Sample((shape,), (Request(),)) for shape in _SHAPES),
)


class _Eigen(DerivedOnHermitian):
    """The derived rule; eigenvalues that are equal are given to the operations for clusters."""

    __slots__ = ()

    def tangent(self, present: tuple[bool, ...]) -> Callable[..., tuple[Any, ...]]:
        program = super().tangent(present)

        def run(args: Args, outputs: Args, tangents: Args) -> tuple[Any, ...]:
            dw, dV = program(args, outputs, tangents)
            if ties(outputs[0]) is not None:
                A, factors = args
                dw = Deferred(partial(eigenvalue_tangent, factors, A, tangents[0]))
            return dw, dV

        return run

    def cotangent(
        self, present: tuple[bool, ...], wanted: tuple[bool, ...]
    ) -> Callable[..., tuple[Any, ...]]:
        program = super().cotangent(present, wanted)
        rest = super().cotangent((False, True), wanted) if all(present) else None

        def run(args: Args, outputs: Args, cotangents: Args) -> tuple[Any, ...]:
            gw, gV = cotangents
            if gw is None or ties(outputs[0]) is None:
                return program(args, outputs, cotangents)
            gA = eigenvalue_cotangent(args[1], args[0], gw)
            if rest is not None:
                gA = gA + rest(args, outputs, (None, gV))[0]
            return (gA,)

        return run


def eigen_invariants(w: Any, V: Any) -> tuple[Any, Any]:
    """The eigenvalues, and V diag(1, 2, ...) V^H, which no phase changes."""
    ranks = np.arange(1.0, V.shape[-1] + 1)
    return w, matmul(V * ranks, H(V))


def _small(args: Args, outputs: Args, cotangents: Args) -> tuple[Any, ...] | None:
    gA = orthogonal.eigh(*outputs, *cotangents)
    return None if gA is None else (gA,)


eigh_by = composition(
    "eigh",
    lambda A, factors: (factors.w, factors.V),
    rule=lambda: _Eigen(
        "eigh",
        values=lambda args, outputs: (args[:1], outputs),
        outputs=(0, 1),
        before=no_gauge,
        small=_small,
        fits=lambda args: orthogonal.single(args[0]),
    ),
    last=1,
    outputs=2,
    invariants=eigen_invariants,
    domain=("hermitian",),
    samples=tuple(Sample((shape,)) for shape in _SHAPES),
)


def eigh(A: Any, request: Request | None = None) -> Any:
    """w and V of Hermitian matrices in the last two axes: tangents are made Hermitian, and cotangents are."""
    return eigh_by(A, eigh_factors(A, request or Request()))


def chosen(factors: Any) -> int | None:
    """How many eigenvalues were selected: they stand in front. None where a graph is recorded."""
    steady(lambda factors: factors.chosen, factors)
    plain = innermost(factors)
    return plain.chosen if isinstance(plain, kernels.Eigen) else None


eigh_by.primitive.entry = eigh  # type: ignore[attr-defined]  # functions of primitives carry them


# -- A V = B V diag(w) ----------------------------------------------------------------------------------------


def _guarded(rule: Any, inputs: Sequence[Any], outputs: Sequence[Any], cotangents: Sequence[Any]) -> None:
    no_gauge(rule, inputs, outputs, cotangents)
    if cotangents[0] is not None:
        require_constant(rule.name, outputs[0], cotangents[0])


class _Generalized(DerivedOnHermitian):
    """The derived rule. Equal eigenvalues have no tangents of their own; their sums have cotangents."""

    __slots__ = ()

    def tangent(self, present: tuple[bool, ...]) -> Callable[..., tuple[Any, ...]]:
        program = super().tangent(present)

        def run(args: Args, outputs: Args, tangents: Args) -> tuple[Any, ...]:
            dw, dV = program(args, outputs, tangents)
            tied = ties(outputs[0])
            if tied is not None:
                *at, i, j = (int(k) for k in np.argwhere(tied & ~np.eye(tied.shape[-1], dtype=bool))[0])
                dw = Deferred(partial(_refused, "eigh_generalized", tuple(at), i, j, dw))
            return dw, dV

        return run

    def residual(self, args: Args, outputs: Args) -> Sequence[Any]:
        A, B, *rest = args
        return super().residual((A, hermitian_part(B), *rest), outputs)


def _refused(where: str, at: tuple[int, ...], i: int, j: int, dw: Any) -> Any:
    undetermined(where, at, i, j)
    return dw.force() if isinstance(dw, Deferred) else dw


eigh_generalized_by = composition(
    "eigh_generalized",
    lambda A, B, request: kernels.generalized(A, B, request)[:2],
    rule=lambda: _Generalized(
        "eigh-generalized",
        values=lambda args, outputs: (args[:2], outputs),
        inputs=(0, 1),
        outputs=(0, 1),
        before=_guarded,
    ),
    last=2,
    outputs=2,
    invariants=eigen_invariants,
    domain=("hermitian", "definite"),
    samples=tuple(Sample((shape, shape), (Request(),)) for shape in _SHAPES),
)


def eigh_generalized(A: Any, B: Any, request: Request) -> Any:
    """w and V of A V = B V diag(w), with V^H B V = I."""
    return eigh_generalized_by(A, B, request)
