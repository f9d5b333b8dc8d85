"""Operations declared by their residual, and by one solver of the equation that it becomes when it is linearised.

Equation    R(X1 .. Xn, Y) = 0
Tangent     D[dY] = -(change of R along dX1 .. dXn),     D the derivative of R by Y
Cotangent   D^H[gR] = gY,   gXi = -(what gR sends back to Xi through R)
Undefined   where D is singular

The changes of R are its own jvp and vjp, so that a rule says nothing but R and D. Solvers of D are operations, to which
the same applies: derivatives of any order follow.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from linad.core.space import fit
from linad.core.transforms import jvp, vjp

Args = Sequence[Any]
Residual = Callable[[Args, Args], Sequence[Any]]
# solver(args, outputs, right, adjoint): the unknowns of D[dY] = right, or of D^H[gR] = right.
Solver = Callable[[Args, Args, Args, bool], Sequence[Any]]


def _directly(residual: Residual, args: Args, outputs: Args) -> Callable[[Args], Sequence[Any]]:
    return lambda moved: residual(moved, outputs)


class ByResidual:
    """The rule of an operation from its residual.

    Parameters
    ----------
    residual
        ``residual(args, outputs)``: the defining equations, lhs - rhs.
    solver
        ``solver(args, outputs, right, adjoint)`` solves the linearised equations for the changes of the outputs, or
        the adjoint ones. Where outputs are Hermitian so are its results.
    fixed
        ``fixed(args, outputs)`` gives a function of the arguments with the derivative of the residual by them, which
        may hold fixed what the residual does not depend on to first order; without it, the residual itself.
    kernel
        A numeric twin of the cotangent for plain values, ``kernel(args, outputs, cotangents, wanted)``.
    """

    __slots__ = ("_fixed", "_kernel", "_residual", "_solver")

    def __init__(
        self,
        residual: Residual,
        solver: Solver,
        fixed: Callable[[Args, Args], Callable[[Args], Sequence[Any]]] | None = None,
        kernel: Callable[..., tuple[Any, ...]] | None = None,
    ) -> None:
        self._residual, self._solver, self._fixed, self._kernel = residual, solver, fixed, kernel

    def _moving(self, args: Args, outputs: Args, places: Sequence[int]) -> Callable[..., tuple[Any, ...]]:
        """The residual as a function of the arguments at some places."""
        of = _directly(self._residual, args, outputs) if self._fixed is None else self._fixed(args, outputs)

        def moving(*operands: Any) -> tuple[Any, ...]:
            moved = list(args)
            for i, x in zip(places, operands, strict=True):
                moved[i] = x
            return tuple(of(moved))

        return moving

    def tangent(self, present: tuple[bool, ...]) -> Callable[..., tuple[Any, ...]]:
        places = [i for i, there in enumerate(present) if there]

        def run(args: Args, outputs: Args, tangents: Args) -> tuple[Any, ...]:
            along = tuple([tangents[i] for i in places])
            changes = jvp(self._moving(args, outputs, places), tuple([args[i] for i in places]), along)[1]
            return tuple(self._solver(args, outputs, [-change for change in changes], False))

        return run

    def cotangent(
        self, present: tuple[bool, ...], wanted: tuple[bool, ...]
    ) -> Callable[..., tuple[Any, ...]]:
        places = [i for i, want in enumerate(wanted) if want]

        def run(args: Args, outputs: Args, cotangents: Args) -> tuple[Any, ...]:
            sent = tuple([-g for g in self._solver(args, outputs, cotangents, True)])
            pullback = vjp(self._moving(args, outputs, places), *[args[i] for i in places])[1]
            found = dict(zip(places, pullback(sent), strict=True))
            return tuple([found.get(i) for i in range(len(wanted))])

        return run

    def kernel(
        self, present: tuple[bool, ...], wanted: tuple[bool, ...]
    ) -> Callable[..., tuple[Any, ...]] | None:
        kernel = self._kernel
        if kernel is None:
            return None

        def run(args: Args, outputs: Args, cotangents: Args) -> tuple[Any, ...]:
            found = kernel(args, outputs, cotangents, wanted)
            return tuple(
                [fit(g, x) if want else None for g, x, want in zip(found, args, wanted, strict=False)]
            )

        return run

    def residual(self, args: Args, outputs: Args) -> Sequence[Any]:
        return self._residual(args, outputs)
