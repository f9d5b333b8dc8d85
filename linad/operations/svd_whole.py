"""Singular value decompositions with square U and Vh.

Equation    U_1 diag(s) Vh = A   [U_1 N]^H [U_1 N] = I      A tall; mirrored where it is wide
Tangent     dU_1, ds, dVh as of the economic one;  dN = -U_1 dU_1^H N, so that N^H dN = 0
Cotangent   gU_1 - N gN^H U_1 in the place of gU_1
Undefined   as the economic one; where a cost depends on which basis N is of what is orthogonal to U_1
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from linad.core.forward import Deferred
from linad.core.kinds import Sample, composition
from linad.core.kinds.derived import Args
from linad.core.space import shape_of
from linad.kernels.svd import Singular
from linad.operations.contractions import H, matmul
from linad.operations.shape import concatenate
from linad.operations.subspaces import no_rotation
from linad.operations.svd import SHAPES, SvdRule, economic_rule, svd_factors, without_phases


def _parts(X: Any, k: int) -> tuple[Any, Any]:
    """The first k columns, and the others."""
    return X[..., :k], X[..., k:]


def _economic(args: Args, outputs: Args) -> tuple[Any, Any, Any]:
    """The outputs of the economic decomposition."""
    U, s, Vh = outputs
    k = min(shape_of(args[0])[-2:])
    return U[..., :k], s, Vh[..., :k, :]


class WholeRule:
    """The rule of the economic decomposition, and what completes its vectors."""

    __slots__ = ("_rule",)

    def __init__(self, rule: SvdRule) -> None:
        self._rule = rule

    def tangent(self, present: tuple[bool, ...]) -> Callable[..., tuple[Any, ...]]:
        program = self._rule.tangent(present)

        def run(args: Args, outputs: Args, tangents: Args) -> tuple[Any, ...]:
            dU, ds, dVh = program(args, _economic(args, outputs), tangents)
            m, n = shape_of(args[0])[-2:]
            if m > n:
                dU = Deferred(partial(_completed, outputs[0], dU, n))
            elif m < n:
                dVh = Deferred(partial(_completed_rows, outputs[2], dVh, m))
            return dU, ds, dVh

        return run

    def cotangent(
        self, present: tuple[bool, ...], wanted: tuple[bool, ...]
    ) -> Callable[..., tuple[Any, ...]]:
        return partial(self._gathering, self._rule.cotangent(present, wanted))

    def kernel(
        self, present: tuple[bool, ...], wanted: tuple[bool, ...]
    ) -> Callable[..., tuple[Any, ...] | None] | None:
        kernel = self._rule.kernel(present, wanted)
        return kernel and partial(self._gathering, kernel)

    def pays(self, args: Args) -> bool:
        """Whether the kernel is to be asked."""
        return self._rule.pays is not None and self._rule.pays(args)

    def _gathering(self, run: Callable[..., Any], args: Args, outputs: Args, cotangents: Args) -> Any:
        """What a program or kernel of the economic decomposition gives from the cotangents of all vectors."""
        m, n = shape_of(args[0])[-2:]
        gU, gs, gVh = cotangents
        if m > n and gU is not None:
            gU = _gathered(outputs[0], gU, n)
        elif m < n and gVh is not None:
            gVh = H(_gathered(H(outputs[2]), H(gVh), m))
        return run(args, _economic(args, outputs), (gU, gs, gVh))

    def residual(self, args: Args, outputs: Args) -> Sequence[Any]:
        U, _, Vh = outputs
        of_unitary = [matmul(H(X), X) - np.eye(shape_of(X)[-1]) for X in (U, H(Vh))]
        return *self._rule.residual(args, _economic(args, outputs)), *of_unitary


def _completed(U: Any, dU_1: Any, k: int) -> Any:
    """The tangent of [U_1 N]."""
    U_1, N = _parts(U, k)
    dU_1 = dU_1.force()
    return concatenate(len(shape_of(U)) - 1, dU_1, -matmul(U_1, matmul(H(dU_1), N)))


def _completed_rows(Vh: Any, dVh_1: Any, k: int) -> Any:
    return H(_completed(H(Vh), Deferred(lambda: H(dVh_1.force())), k))


def _gathered(U: Any, gU: Any, k: int) -> Any:
    """The cotangent of U_1 from that of [U_1 N]."""
    (U_1, N), (gU_1, gN) = _parts(U, k), _parts(gU, k)
    no_rotation("svd", N, gN)
    return gU_1 - matmul(N, matmul(H(gN), U_1))


def _invariants(U: Any, s: Any, Vh: Any) -> tuple[Any, ...]:
    k = shape_of(s)[-1]
    N, M = U[..., k:], H(Vh)[..., k:]
    return *without_phases(U[..., :k], s, Vh[..., :k, :]), matmul(N, H(N)), matmul(M, H(M))


whole_decomposition = composition(
    "svd_whole",
    lambda A, F: (F.whole[0].copy(), F.s.copy(), F.whole[1].copy()),
    rule=lambda: WholeRule(economic_rule()),
    last=1,
    outputs=3,
    invariants=_invariants,
    domain=("graded",),
    samples=tuple(Sample((shape,)) for shape in SHAPES),
)


def svd_whole(A: Any, F: Singular | None = None) -> tuple[Any, Any, Any]:
    """U, s and Vh of matrices in the last two axes, U and Vh square; F is what is known of A."""
    return whole_decomposition(A, svd_factors(A, "numpy", True) if F is None else F)


whole_decomposition.primitive.entry = svd_whole  # type: ignore[attr-defined]  # functions of primitives carry them
