"""Guards of what is computed from QR factors: of ranks that are not full, and of columns of Q that are a choice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from linad.core.errstate import asked, report
from linad.core.kinds import Derived, Sample, linear
from linad.core.space import shape_of
from linad.core.traced import Array, innermost
from linad.errors import DegenerateError
from linad.kernels.qr import Factors, Filled
from linad.operations.guards import enough_digits_of_triangle, no_tie

JUMPS = "tangents that laws take change the rank, and there it jumps"

Args = Sequence[Any]
_ROUNDING = 1e3  # of products and sums in a cost, in units of m eps


def require_full_rank(factors: Any, name: str) -> None:
    """Report a rank that is not full."""
    if not factors.deficient:
        return
    k = min(factors.R.shape[-2:])
    where = tuple(int(i) for i in np.argwhere(factors.rank < k)[0])
    matrix = f"matrix {where} of the batch" if where else "the matrix"
    fact = (
        f"pivot {int(factors.rank[where])} of {matrix} is zero to rounding: its leading {k} columns are dependent, "
        "and its QR factors have no derivative."
    )
    remedies = (
        "With pivoting the first columns are independent: scipy.linalg.qr(A, pivoting=True).",
        'linad.errstate(degenerate="warn") continues with the formula for matrices of this rank.',
    )
    if not factors.trailing:  # there is no such formula: the factors jump
        raise DegenerateError(name, fact, remedies[0])
    report("degenerate", name, fact, *remedies)


def _checked(R: Any, factors: Factors, name: str) -> Any:
    require_full_rank(factors, name)
    return R


full_rank = linear(
    "qr_full_rank",
    _checked,
    lambda g, space, factors, name: g,
    domain=("full rank",),
    samples=tuple(Sample((shape,)) for shape in [(3, 3), (2, 4, 3), (0, 0)]),
)


class Guarded(Derived):
    """A derived rule of an operation with outputs Q, R, ... and the factors as last argument, looked at first."""

    __slots__ = ("name",)

    def __init__(self, name: str, choose: Any, **arranged: Any) -> None:
        super().__init__(choose, **arranged)
        self.name = name

    def tangent(self, present: tuple[bool, ...]) -> Callable[..., tuple[Any, ...]]:
        program = super().tangent(present)

        def run(args: Args, outputs: Args, tangents: Args) -> tuple[Any, ...]:
            return program(args, self._guarded(args[-1], outputs), tangents)

        return run

    def cotangent(
        self, present: tuple[bool, ...], wanted: tuple[bool, ...]
    ) -> Callable[..., tuple[Any, ...]]:
        program = super().cotangent(present, wanted)

        def run(args: Args, outputs: Args, cotangents: Args) -> tuple[Any, ...]:
            factors = args[-1]
            if not isinstance(factors, Array) and cotangents[0] is not None:
                no_choice(factors, innermost(outputs[0]), innermost(cotangents[0]))
            return program(args, self._guarded(factors, outputs), cotangents)

        return run

    def _guarded(self, factors: Any, outputs: Args) -> Args:
        """The outputs; where the factors are a step of a recorded program, the guard is one too."""
        if not isinstance(factors, Array):
            no_tie("qr", lambda factors: factors.ties, factors)
            if not factors.deficient:
                k = min(shape_of(outputs[1])[-2:])
                enough_digits_of_triangle(self.name, innermost(outputs[1])[..., :k, :k], False)
            return outputs
        return (outputs[0], full_rank(outputs[1], factors, self.name), *outputs[2:])


def no_choice(factors: Factors | Filled, Q: Any, gQ: Any) -> None:
    """Report a cost that depends on which orthonormal basis the undetermined columns of Q are."""
    if not factors.open.any() or not asked("gauge") or not isinstance(gQ, np.ndarray):
        return
    open_columns = factors.open[..., None, :]
    G = gQ * open_columns
    within = Q.conj().swapaxes(-1, -2) @ G
    along = [G - Q @ within]  # where Q has fewer columns than rows, also into what it leaves
    within = within * open_columns.swapaxes(-1, -2)
    along.append(within - within.conj().swapaxes(-1, -2))
    turned = max(float(np.max(np.abs(x), initial=0)) for x in along)
    largest = float(np.max(np.abs(gQ), initial=0))
    if turned > _ROUNDING * Q.shape[-2] * np.finfo(gQ.dtype).eps * largest:
        report(
            "gauge",
            "qr",
            "the cost depends on which orthonormal basis stands in the columns of Q that A leaves open: its cotangent "
            f"has {turned:.1e} along rotations of them, of {largest:.1e}.",
            "Take a function of their projector, Q2 Q2^H, or the thin Q: mode='economic', in numpy 'reduced'.",
            'linad.errstate(gauge="ignore") differentiates in the gauge in which Q2^H dQ2 is zero.',
        )
