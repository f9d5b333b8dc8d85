"""The derivative of an answer by what its equation depends on.

Equation    G(z, t) = 0,  z the answer, t whatever G reads: arguments, or arrays that its functions close over
Tangent     dz = -D^-1 (dG along dt),     D the derivative of G by z at the answer
Undefined   where D is singular

z is returned as z - D^-1 (G(z) - its value), which has the value of z, bit for bit, and the derivative above, by both
modes. The step taken n times is right to order n: each step is one of Newton's method with the matrix held fixed, of
which one more order is exact (Griewank and Walther, Evaluating Derivatives, 2nd edition, chapter 15). Only G is
recorded, once for each level of derivatives, and D is formed once, on plain numbers, and serves all orders and modes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np
from scipy.sparse.linalg import LinearOperator, gmres

from linad.core import tree
from linad.core.constants import stop_gradient
from linad.core.errstate import report
from linad.core.kinds.operands import expanded
from linad.core.level import no_recording
from linad.core.primitive import Primitive
from linad.core.traced import Array, innermost
from linad.errors import ConvergenceError, DegenerateError
from linad.kernels import condition, lu
from linad.operations.guards import enough_digits
from linad.optimize.recording import Recording

Vector = np.ndarray[Any, Any]
DENSE = 500  # unknowns up to which the matrix is formed
LOOSE = 1e-3  # of a step of Newton's method from the answer, by the size of the answer
_SWEEPS = 3  # of scaling rows and columns
_KRYLOV = 1e-12  # relative residual


class System(Protocol):
    """Linear equations with a fixed matrix, on plain vectors."""

    def solve(self, v: Vector, adjoint: bool) -> Vector: ...


class Dense:
    """A matrix in factors, its rows and columns scaled: units of the unknowns make none ill-conditioned."""

    def __init__(self, where: str, D: Vector) -> None:
        if not np.all(np.isfinite(D)):
            raise DegenerateError(where, "the derivative of its equations at the answer is not finite.")
        self.rows, self.columns = np.ones(len(D)), np.ones(len(D))
        for _ in range(_SWEEPS):
            for axis, scale in ((1, self.rows), (0, self.columns)):
                largest = np.max(np.abs(self._scaled(D)), axis, initial=0)
                scale /= np.sqrt(np.where(largest > 0, largest, 1))
        E = self._scaled(D)
        self.factors = lu.factor(E)
        eps = float(np.finfo(float).eps)
        reciprocal = 0.0 if self.factors.singular else float(condition.of_factors(E, self.factors))
        if len(D) and reciprocal < len(D) * eps:
            raise DegenerateError(
                where,
                f"the derivative of its {len(D)} equations at the answer is singular (reciprocal condition "
                f"{reciprocal:.1e}), so the answer has no derivative.",
                "An answer that is not isolated, or a constraint that says nothing new: fix an unknown, or add a term "
                "that determines it.",
            )
        enough_digits(where, E, self.factors)

    def _scaled(self, D: Vector) -> Vector:
        return self.rows[:, None] * D * self.columns

    def solve(self, v: Vector, adjoint: bool) -> Vector:
        before, after = (self.columns, self.rows) if adjoint else (self.rows, self.columns)
        return after * self.factors.apply(before * v, "H" if adjoint else "N")


class Krylov:
    """A matrix known by its products alone."""

    def __init__(self, where: str, recording: Recording, size: int) -> None:
        self.where = where
        self.products = tuple(
            LinearOperator((size, size), matvec=by, dtype=float) for by in (recording.push, recording.pull)
        )

    def solve(self, v: Vector, adjoint: bool) -> Vector:
        n = len(v)
        x, failed = gmres(self.products[adjoint], v, rtol=_KRYLOV, restart=min(n, 100), maxiter=20)
        if failed:
            raise ConvergenceError(
                self.where,
                f"the linear equations of its derivative ({n} unknowns) were not solved to {_KRYLOV:.0e} by GMRES.",
                "Scale the unknowns so that the second derivatives are alike.",
            )
        return x  # type: ignore[no-any-return]  # SciPy ships no types


def _push(values: Sequence[Any], out: Any, tangents: Sequence[Any]) -> Any:
    return solved(values[0], values[1], tangents[2])


def _pull(values: Sequence[Any], out: Any, g: Any, live: Sequence[int]) -> list[Any]:
    return [solved(values[0], not values[1], expanded(g, out))]


# solved(system, adjoint, v): linear in v; the system is a constant.
solved = Primitive(
    "solved",
    "linear",
    lambda system, adjoint, v: system.solve(v, adjoint),
    push=_push,
    pull=_pull,
    first=2,
    last=3,
    reads=False,
).call


def levels(x: Any) -> int:
    """How many derivatives a value is inside of."""
    count = 0
    while isinstance(x, Array):
        count, x = count + 1, x.value
    return count


def answer(where: str, equations: Callable[[Any], Any], z: Vector) -> Any:
    """An answer with its derivative; ``equations(z)`` reads what is traced from outside, or closes over it."""
    right = equations(z)
    order = levels(right)
    if not order:
        return z
    with no_recording():
        recording = Recording(where, equations, z)
        system: System = (
            Dense(where, recording.columns())
            if len(z) <= DENSE
            else Krylov(where, recording, len(z))
        )
        step = system.solve(np.array(innermost(right)), False)
    far, size = float(np.max(np.abs(step), initial=0)), float(np.max(np.abs(z), initial=0))
    if not far <= LOOSE * max(size, LOOSE):
        report(
            "convergence",
            where,
            f"a step of Newton's method leads {far:.1e} away from the answer, whose size is {size:.1e}.",
            "Ask for a smaller tolerance.",
        )
    x: Any = z
    for i in range(order):
        right = equations(x) if i else right
        x = x - solved(system, False, right - stop_gradient(right))
    return x


def converged(where: str, success: bool, message: Any) -> None:
    """Report an answer that is to be differentiated and is none."""
    if not success:
        report("convergence", where, f"the solver did not converge: {message}", "Its options, or another start.")


def any_traced(x: Any) -> bool:
    """Whether an array in containers is traced."""
    return any(isinstance(leaf, Array) for _, leaf in tree.leaves(x))
