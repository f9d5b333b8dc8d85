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

from linad.core.constants import stop_gradient
from linad.core.forward import Deferred
from linad.core.kinds import Sample, aid, composition, linear
from linad.core.kinds.derived import Args, Derived
from linad.core.space import shape_of
from linad.kernels import svd as kernels
from linad.kernels.svd import Singular
from linad.operations.contractions import H, matmul
from linad.operations.guards import no_gauge
from linad.operations.singular import Degenerate

SHAPES = ((3, 3), (4, 2), (2, 4), (2, 3, 2), (2, 2, 3), (2, 2, 2), (1, 1), (3, 1), (0, 0), (3, 0), (0, 2))

svd_factors = aid(
    "svd_factors",
    kernels.decompose,
    domain=("graded",),
    samples=tuple(Sample((shape,), ("numpy", False)) for shape in SHAPES),
)

averaged = linear(
    "averaged_over_ties",
    kernels.averaged,
    lambda g, space, s, size: averaged(g, s, size),
    reads=True,
    dtypes="f",
    samples=(
        Sample(((3,),), (np.array([2.0, 2.0, 1.0]), 3), "tie"),
        Sample(((2, 2),), (np.array([[1.0, 1.0], [2.0, 1.0]]), 2), "batch"),
        Sample(((0,),), (np.zeros(0), 0), "empty"),
    ),
)


def by_shape(square: str, tall: str, wide: str) -> Callable[[Args], str]:
    """The entry for the shape of the first argument."""

    def choose(args: Args) -> str:
        m, n = shape_of(args[0])[-2:]
        return square if m == n else tall if m > n else wide

    return choose


class SvdRule(Derived):
    """The derived rules, with what is rounding of ties and of zeros looked at before.

    A tangent of s is averaged over ties: functions that treat those that tie alike see no difference, and the numbers
    do not depend on the basis that LAPACK happened to choose. Tangents are computed when they are read.
    """

    __slots__ = ()

    def tangent(self, present: tuple[bool, ...]) -> Callable[..., tuple[Any, ...]]:
        def run(args: Args, outputs: Args, tangents: Args) -> tuple[Any, ...]:
            return tuple([Deferred(partial(self._part, i, args, outputs, tangents)) for i in range(3)])

        return run

    def _part(self, i: int, args: Args, outputs: Args, tangents: Args) -> Any:
        """The tangent of one output."""
        inputs, outs = self._values(args, outputs)
        found = Degenerate.at(inputs[0], outs)
        if found is not None:
            found.before_tangent(i, tangents[0])
            outs = found.lifted(outs)
        part = self._rule(args).tangent((True,), tuple([k == i for k in range(3)]))(inputs, outs, tangents)[i]  # type: ignore[call-arg]  # derived rules serve outputs one by one
        if i == 1:
            part = averaged(part, stop_gradient(outs[1]), max(shape_of(inputs[0])[-2:]))
        return part if found is None else found.kept(i, part)

    def cotangent(
        self, present: tuple[bool, ...], wanted: tuple[bool, ...]
    ) -> Callable[..., tuple[Any, ...]]:
        program = super().cotangent(present, wanted)

        def run(args: Args, outputs: Args, cotangents: Args) -> tuple[Any, ...]:
            found = Degenerate.at(args[0], outputs)
            if found is not None:
                found.before_cotangent(cotangents)
                cotangents = tuple([g if g is None else found.kept(i, g) for i, g in enumerate(cotangents)])
                outputs = found.lifted(outputs)
            return program(args, outputs, cotangents)

        return run


def _without_phases(U: Any, s: Any, Vh: Any) -> tuple[Any, ...]:
    """What does not depend on a phase common to a column of U and a row of Vh."""
    c = 1.0 + np.arange(shape_of(s)[-1])
    return matmul(U * c, Vh), s, matmul(U * c, H(U)), matmul(H(Vh) * c, Vh)


singular_value_decomposition = composition(
    "svd",
    lambda A, F: (F.U.copy(), F.s.copy(), F.Vh.copy()),
    rule=lambda: SvdRule(
        by_shape("svd-adjoint", "svd-tall-adjoint", "svd-wide-adjoint"),
        values=lambda args, outputs: (args[:1], outputs),
        outputs=(0, 1, 2),
        before=no_gauge,
    ),
    last=1,
    outputs=3,
    invariants=_without_phases,
    domain=("graded",),
    samples=tuple(Sample((shape,)) for shape in SHAPES),
)


def svd(A: Any, F: Singular | None = None) -> tuple[Any, Any, Any]:
    """U, s and Vh of A = U diag(s) Vh for matrices in the last two axes, economic; F is what is known of A."""
    return singular_value_decomposition(A, svd_factors(A, "numpy", False) if F is None else F)  # type: ignore[no-any-return]  # three outputs


singular_value_decomposition.primitive.entry = svd  # type: ignore[attr-defined]  # functions of primitives carry them
