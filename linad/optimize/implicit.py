"""The derivative of an answer by what its equation depends on.

Equation    G(z, t) = 0,  z the answer, t whatever G reads: arguments, or arrays that its functions close over
Tangent     dz = -D^-1 (dG along dt),     D the derivative of G by z at the answer
Undefined   where D is singular

z is returned with the derivative of x - D^-1 (G(x) - its value), where x is a step of Newton's method from z: the
value is the solver's, bit for bit, and the derivative that of the solution next to it, by both modes. The step taken
n times is right to order n: each is one of Newton's method with the matrix held fixed, of which one more order is exact
(Griewank and Walther, Evaluating Derivatives, 2nd edition, chapter 15). Only G is recorded, once for each level of
derivatives; D is formed on plain numbers and serves all orders and modes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from linad.core import tree
from linad.core.constants import stop_gradient
from linad.core.errstate import report
from linad.core.kinds.operands import expanded
from linad.core.level import no_recording
from linad.core.primitive import Primitive
from linad.core.traced import Array
from linad.errors import DegenerateError
from linad.operations.linearised import Linearised
from linad.optimize.recording import Vector

LOOSE = (
    1e-3  # of a step of Newton's method from the answer, by its size: what SciPy's default tolerances leave
)
ROUNDING = 1e-13  # of the same: not worth forming D again
TIGHT = 1e-6  # where the solver says that it did not converge


def _solve(system: Linearised, adjoint: bool, v: Any) -> Any:
    with no_recording():  # products may evaluate the equations, which close over what is traced
        return system.solve((v,), adjoint)[0]


def _push(values: Sequence[Any], out: Any, tangents: Sequence[Any]) -> Any:
    return solved(values[0], values[1], tangents[2])


def _pull(values: Sequence[Any], out: Any, g: Any, live: Sequence[int]) -> list[Any]:
    return [solved(values[0], not values[1], expanded(g, out))]


# solved(system, adjoint, v): linear in v; the system is a constant.
solved = Primitive("solved", "linear", _solve, push=_push, pull=_pull, first=2, last=3, reads=False).call


def levels(x: Any) -> int:
    """How many derivatives a value is inside of."""
    count = 0
    while isinstance(x, Array):
        count, x = count + 1, x.value
    return count


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a solver says of its answer."""

    success: bool = True
    message: str = ""


CLAIMED = Verdict()


@dataclass(frozen=True, slots=True)
class Nearer:
    """The point next to a solution, the equations there, and the step that would follow."""

    z: Vector
    system: Linearised

    @property
    def left(self) -> Vector:
        """Newton's step from there: the error that is left, once more by its square."""
        return np.asarray(self.system.solve(tuple(self.system.left), False)[0])


def linearised(
    where: str, equations: Callable[[Any], Any], coupled: int | None = None
) -> Callable[[Vector], Linearised]:
    """Equations at a point, as a function of it. ``coupled=0``: each has an unknown of its own."""
    return lambda at: Linearised(where, lambda z: (equations(z),), (at,), coupled, None, {})


def nearer(
    at: Callable[[Vector], Linearised], z: Vector, verdict: Verdict, system: Linearised | None = None
) -> Nearer:
    """The point one step of Newton's method closer, where that is another; ``system``: at z, if known."""
    system = at(z) if system is None else system
    step = _step(system, z, verdict)
    far, size = _size(step), _size(z)
    if far <= ROUNDING * size:
        return Nearer(z, system)
    found = Nearer(z - step, at(z - step))
    if far > LOOSE * size:  # next to zero: whether that is near tells the step that would follow
        left = _size(found.left)
        if left > LOOSE * max(size, _size(found.z), ROUNDING):
            _report_far(system.where, verdict, left, _size(found.z))
    return found


def answer(
    where: str,
    equations: Callable[[Any], Any],
    z: Vector,
    verdict: Verdict,
    coupled: int | None = None,
    near: Nearer | None = None,
) -> Any:
    """An answer with its derivative; ``equations(z)`` reads what is traced from outside, or closes over it.

    ``near``: the point next to the solution, if known.
    """
    right = equations(z)
    order = levels(right)
    if not order:
        return z
    with no_recording():
        near = nearer(linearised(where, equations, coupled), z, verdict) if near is None else near
    x: Any = near.z
    for _ in range(order):
        right = right if x is z else equations(x)
        x = x - solved(near.system, False, right - stop_gradient(right))
    return z + (x - stop_gradient(x))


def _step(system: Linearised, z: Vector, verdict: Verdict) -> Vector:
    """Newton's step from an answer; zero, and reported, where it leads far away.

    Of an answer that the solver itself does not vouch for more is asked; not all, since solvers say so too where
    rounding keeps them from getting closer.
    """
    try:
        step = np.asarray(system.solve(tuple(system.left), False)[0])
    except DegenerateError:
        if verdict.success:
            raise
        step, far = np.zeros_like(z), np.inf
    else:
        far = _size(step)
    size = _size(z)
    if far <= (LOOSE if verdict.success else TIGHT) * max(size, LOOSE):
        return step
    _report_far(system.where, verdict, far, size)
    return np.zeros_like(z)


def _size(z: Vector) -> float:
    return float(np.max(np.abs(z), initial=0))


def _report_far(where: str, verdict: Verdict, far: float, size: float) -> None:
    said = "" if verdict.success else f" ({' '.join(verdict.message.split()).rstrip('.')})"
    report(
        "convergence",
        where,
        f"the solver had not converged{said}: Newton's step from its answer is {far:.1e}, of {size:.1e}.",
        "Let it run longer, or to a smaller tolerance: the derivative is that of a solution.",
    )


def any_traced(x: Any) -> bool:
    """Whether an array in containers is traced."""
    return any(isinstance(leaf, Array) for _, leaf in tree.leaves(x))
