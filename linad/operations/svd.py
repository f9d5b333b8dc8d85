"""Singular value decompositions, economic: U with orthonormal columns, Vh with orthonormal rows.

Equation    U diag(s) Vh = A
Undefined   singular vectors where singular values tie or are zero; there also the singular values: at ties only what
            treats those that tie alike has a derivative, and a zero one has none. Phases of vectors are gauge: a cost
            that depends on them is reported.

What is computed of A is an aid: once for a traced A, and shared by all functions, orders and modes.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from linad.core.errstate import errstate
from linad.core.forward import Deferred
from linad.core.kinds import Sample, aid, composition, exceptional
from linad.core.kinds.derived import Args, Derived
from linad.core.space import shape_of
from linad.kernels import singular
from linad.kernels import svd as kernels
from linad.kernels.eigen import Request
from linad.kernels.orthogonal import single
from linad.kernels.svd import Singular
from linad.operations.clusters import eigenvalue_cotangent, eigenvalue_tangent
from linad.operations.contractions import H, matmul
from linad.operations.eigh import eigh_factors
from linad.operations.guards import no_gauge
from linad.operations.shape import concatenate
from linad.operations.singular import Degenerate
from linad.operations.ties import numbers

SHAPES = ((3, 3), (4, 2), (2, 4), (2, 3, 2), (2, 2, 3), (2, 2, 2), (1, 1), (3, 1), (0, 0), (3, 0), (0, 2))

svd_factors = aid(
    "svd_factors",
    kernels.decompose,
    domain=("graded",),
    samples=tuple(Sample((shape,), ("numpy", False)) for shape in SHAPES),
)


def by_shape(square: str, tall: str, wide: str) -> Callable[[Args], str]:
    """The entry for the shape of the first argument."""

    def choose(args: Args) -> str:
        m, n = shape_of(args[0])[-2:]
        return square if m == n else tall if m > n else wide

    return choose


class SvdRule(Derived):
    """The derived rules, with what is rounding of ties and of zeros looked at before. Tangents are computed when read.

    Singular values that tie are given to the operations for eigenvalues that do: those of [[0, A], [A^H, 0]].
    """

    __slots__ = ()

    def tangent(self, present: tuple[bool, ...]) -> Callable[..., tuple[Any, ...]]:
        def run(args: Args, outputs: Args, tangents: Args) -> tuple[Any, ...]:
            return tuple([Deferred(partial(self._part, i, args, outputs, tangents)) for i in range(3)])

        return run

    def _part(self, i: int, args: Args, outputs: Args, tangents: Args) -> Any:
        """The tangent of one output."""
        found = Degenerate.at(args[0], outputs)
        if found is not None:
            found.before_tangent(i, tangents[0])
            if i == 1 and found.tied_above_zero:
                return found.kept(1, _tangent_at_ties(args[0], tangents[0]))
            outputs = found.lifted(outputs)
        c = _extreme(outputs[1])
        if c is not None:
            args, outputs = _divided(args, outputs, c)
            tangents = (tangents[0] / c[..., None],)
        inputs, outs = self._values(args, outputs)
        wanted = tuple([k == i for k in range(3)])
        part = self._rule(args).tangent((True,), wanted)(inputs, outs, tangents)[i]  # type: ignore[call-arg]  # derived rules serve outputs one by one
        if c is not None and i == 1:
            part = part * c
        return part if found is None else found.kept(i, part)

    def cotangent(
        self, present: tuple[bool, ...], wanted: tuple[bool, ...]
    ) -> Callable[..., tuple[Any, ...]]:
        program = self._whatever_scale(super().cotangent(present, wanted))

        def run(args: Args, outputs: Args, cotangents: Args) -> tuple[Any, ...]:
            found = Degenerate.at(args[0], outputs)
            if found is None:
                return program(args, outputs, cotangents)
            found.before_cotangent(cotangents)
            g = [None if c is None else found.kept(i, c) for i, c in enumerate(cotangents)]
            lifted = found.lifted(outputs)
            if g[1] is None or not found.tied_above_zero:
                return program(args, lifted, g)
            gA = _cotangent_at_ties(args[0], g[1])
            if present[0] or present[2]:
                rest = Derived.cotangent(self, (present[0], False, present[2]), wanted)
                gA = gA + self._whatever_scale(rest)(args, lifted, (g[0], None, g[2]))[0]
            return (gA,)

        return run

    def _whatever_scale(self, program: Callable[..., tuple[Any, ...]]) -> Callable[..., tuple[Any, ...]]:
        """The same for singular values whose squares are no numbers: A / c has the vectors of A."""

        def run(args: Args, outputs: Args, cotangents: Args) -> tuple[Any, ...]:
            c = _extreme(outputs[1])
            if c is None:
                return program(args, outputs, cotangents)
            no_gauge(self._rule(args), args[:1], outputs, cotangents)
            gU, gs, gVh = cotangents
            with errstate(gauge="ignore"):
                (gA,) = program(*_divided(args, outputs, c), (gU, None if gs is None else gs * c, gVh))
            return (gA / c[..., None],)

        return run


def _extreme(s: Any) -> Any:
    """A power of two near the largest singular value, for each matrix; None where all squares are numbers."""
    plain = numbers(s)
    if plain is None:
        exceptional(lambda s: _extreme(s) is not None, s)
        return None
    s = plain
    if s.size == 0:
        return None
    largest = np.max(s, axis=-1, keepdims=True)
    exponent = np.frexp(np.where(largest > 0, largest, 1))[1]
    if np.max(np.abs(exponent)) <= np.finfo(s.dtype).maxexp // 8:
        return None
    return np.ldexp(np.ones((), s.dtype), np.maximum(exponent, np.finfo(s.dtype).minexp))


def _divided(args: Args, outputs: Args, c: Any) -> tuple[Args, Args]:
    """The arguments and results for A / c."""
    U, s, Vh = outputs
    return (args[0] / c[..., None], *args[1:]), (U, s / c, Vh)


def _small(args: Args, outputs: Args, cotangents: Args) -> tuple[Any, ...] | None:
    gA = singular.svd(*outputs, *cotangents)
    return None if gA is None else (gA,)


def economic_rule() -> SvdRule:
    return SvdRule(
        by_shape("svd-adjoint", "svd-tall-adjoint", "svd-wide-adjoint"),
        values=lambda args, outputs: (args[:1], outputs),
        outputs=(0, 1, 2),
        before=no_gauge,
        small=_small,
        fits=lambda args: single(args[0]),
    )


def _dilated(A: Any) -> Any:
    """[[0, A], [A^H, 0]], whose largest eigenvalues are the singular values of A."""
    *batch, m, n = shape_of(A)
    axis = len(batch)
    left = concatenate(axis, np.zeros((*batch, m, m), A.dtype), H(A))
    return concatenate(axis + 1, left, concatenate(axis, A, np.zeros((*batch, n, n), A.dtype)))


def _tangent_at_ties(A: Any, dA: Any) -> Any:
    """Of singular values: one-sided where they tie."""
    D = _dilated(A)
    dw = eigenvalue_tangent(eigh_factors(D, Request()), D, _dilated(dA))
    return dw[..., : -min(shape_of(A)[-2:]) - 1 : -1]


def _cotangent_at_ties(A: Any, gs: Any) -> Any:
    """From cotangents of singular values that are equal where those tie."""
    *batch, m, n = shape_of(A)
    D = _dilated(A)
    gw = concatenate(len(batch), np.zeros((*batch, max(m, n)), gs.dtype), gs[..., ::-1])
    return 2 * eigenvalue_cotangent(eigh_factors(D, Request()), D, gw)[..., :m, m:]


def without_phases(U: Any, s: Any, Vh: Any) -> tuple[Any, ...]:
    """What does not depend on a phase common to a column of U and a row of Vh."""
    c = 1.0 + np.arange(shape_of(s)[-1])
    return matmul(U * c, Vh), s, matmul(U * c, H(U)), matmul(H(Vh) * c, Vh)


singular_value_decomposition = composition(
    "svd",
    lambda A, F: (F.U.copy(), F.s.copy(), F.Vh.copy()),
    rule=economic_rule,
    last=1,
    outputs=3,
    invariants=without_phases,
    domain=("graded",),
    samples=tuple(Sample((shape,)) for shape in SHAPES),
)


def svd(A: Any, F: Singular | None = None) -> tuple[Any, Any, Any]:
    """U, s and Vh of A = U diag(s) Vh for matrices in the last two axes, economic; F is what is known of A."""
    return singular_value_decomposition(A, svd_factors(A, "numpy", False) if F is None else F)


singular_value_decomposition.primitive.entry = svd  # type: ignore[attr-defined]  # functions of primitives carry them
