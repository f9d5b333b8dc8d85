"""What defines an implicit function, and one call of it: equations with the traced arguments left open."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from linad.core import tree
from linad.core.arguments import Arguments
from linad.core.boundary import admit
from linad.core.errstate import asked
from linad.core.kinds import look
from linad.core.space import Space, Unknown, dtype_of
from linad.core.traced import Array, innermost
from linad.errors import ClosureError, OutputError, StructureError
from linad.operations.linearised import Linearised
from linad.operations.residuals import Args


@dataclass(frozen=True, slots=True)
class Declaration:
    """What is said of an implicit function: see :func:`linad.derive.implicit`."""

    name: str
    residual: Callable[..., Any]
    solver: Callable[..., Any]
    has_aux: bool = False
    method: str | None = None
    solve: Callable[..., Any] | None = None
    adjoint_solve: Callable[..., Any] | None = None
    coupled: int | None = None
    tolerance: float | None = None
    krylov: Mapping[str, Any] = field(default_factory=dict)


class Problem:
    """The equations of one call, with the arguments that are traced left open; unknowns and equations come flat."""

    __slots__ = ("arguments", "aux", "declared", "equations", "given", "kept", "unknowns")

    def __init__(self, declared: Declaration, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        self.declared, self.arguments = declared, Arguments(args, kwargs)
        self.unknowns: Any = None  # containers, of the solver's answer
        self.equations: Any = None  # and of the residual
        self.given: Any = None  # what the solver returned
        self.aux: Any = None
        self.kept: tuple[Args, Linearised] | None = None

    def __repr__(self) -> str:
        return self.declared.name

    def answer(self, *values: Any) -> tuple[Any, ...]:
        """The solver's answer at plain values of what is traced; it may write into what it gets."""
        args, kwargs = _copied(self.arguments.filled(values))
        return self.found(self.declared.solver(*args, **kwargs), values)

    def found(self, given: Any, values: Args) -> tuple[Any, ...]:
        """What the solver returned, flat: copies, which nobody else holds."""
        name = self.declared.name
        answer = self.given = given
        if self.declared.has_aux:
            if not isinstance(answer, tuple) or len(answer) != 2:
                raise OutputError(name, "with has_aux=True the solver must return a pair (answer, aux).")
            answer, self.aux = answer
        found = list(tree.leaves(answer))
        if any(isinstance(part, Array) for _, part in found):
            raise lost(name, "the solver uses a traced array that it was not passed")
        if not found:
            raise OutputError(
                name, "the solver returned None, or nothing.", "Does it lack a return statement?"
            )
        self.unknowns = answer
        y = tuple([_own(admit(name, f"the solver's answer{path}", part)) for path, part in found])
        self._look(y, values)
        return y

    def _look(self, y: Args, x: Args) -> None:
        """Evaluate the residual once, for its containers, and for what it should not be."""
        name = self.declared.name
        args, kwargs = self.arguments.filled(x)
        self.equations = self.declared.residual(self._in_containers(y), *args, **kwargs)
        found = list(tree.leaves(self.equations, "the residual"))
        if not found:
            raise OutputError(
                name, "the residual returned None, or nothing.", "Does it lack a return statement?"
            )
        for path, part in found:
            if isinstance(part, Array):
                raise lost(name, "the residual uses a traced array that it was not passed")
            if (
                not isinstance(part, (np.ndarray, np.generic, float, complex))
                or dtype_of(part).kind not in "fc"
            ):
                raise OutputError(
                    name, f"{path} is a {type(part).__name__} and not an array of floating-point numbers."
                )

    def _in_containers(self, y: Args) -> Any:
        parts = iter(y)
        return tree.map_leaves(lambda _, __: next(parts), self.unknowns)

    def residual(self, y: Args, x: Args) -> tuple[Any, ...]:
        """R(Y, X)."""
        args, kwargs = self.arguments.filled(x)
        left = self.declared.residual(self._in_containers(y), *args, **kwargs)
        found = tuple([part for _, part in tree.leaves(left)])
        count = len(list(tree.leaves(self.equations)))
        if len(found) != count:
            raise StructureError(
                self.declared.name,
                f"the residual returned {len(found)} arrays where it returned {count} before.",
            )
        return found

    def linearised(self, y: Args, x: Args) -> Linearised:
        """D at plain values; the last one is kept."""
        values = (*y, *x)
        if self.kept is None or not all(map(_same, self.kept[0], values)):
            declared = self.declared
            method: Any = declared.method if declared.solve is None else partial(self._solve, y, x)
            made = Linearised(
                declared.name,
                lambda *y: self.residual(y, x),
                tuple(y),
                declared.coupled,
                method,
                declared.krylov,
            )
            self.kept = values, made
        return self.kept[1]

    def _solve(self, y: Args, x: Args, right: Args, adjoint: bool) -> Sequence[Any]:
        """By the user's linear solvers."""
        declared = self.declared
        args, kwargs = _copied(self.arguments.filled(x))
        given, asked_for = (self.unknowns, self.equations) if adjoint else (self.equations, self.unknowns)
        parts = iter(right)
        right_side = tree.map_leaves(lambda _, __: next(parts), given)
        function = declared.adjoint_solve if adjoint and declared.adjoint_solve else declared.solve
        if declared.adjoint_solve is None:
            kwargs["adjoint"] = adjoint
        found = function(right_side, _copied(self._in_containers(y)), *args, **kwargs)  # type: ignore[misc]  # asked before
        what = "the linear solver's answer"
        pairs = list(tree.pair(declared.name, what, asked_for, found))
        for path, like, part in pairs:
            if part is None or np.shape(part) != np.shape(like):
                raise StructureError(
                    declared.name, f"{what}{path} has shape {np.shape(part)}, expected {np.shape(like)}."
                )
        return [part for _, _, part in pairs]


@look
def require_convergence(problem: Problem, y: Args, x: Args) -> None:
    """Report an answer that does not solve the equations; once for each, and not while shapes alone are known."""
    y, x = tuple(map(innermost, y)), tuple(map(innermost, x))
    if not asked("convergence") or any(isinstance(part, (Space, Unknown)) for part in (*y, *x)):
        return
    linearised = problem.linearised(y, x)
    if not linearised.converged:
        linearised.require_convergence(problem.declared.tolerance)
        linearised.converged = True


def _own(x: Any) -> Any:
    """A copy: a solver may go on using its work arrays."""
    return np.array(x) if isinstance(x, np.ndarray) else x


def _copied(x: Any) -> Any:
    return tree.map_leaves(lambda _, part: _own(part), x)


def _same(a: Any, b: Any) -> bool:
    return a is b or (np.shape(a) == np.shape(b) and dtype_of(a) == dtype_of(b) and bool(np.all(a == b)))


def lost(name: str, fact: str) -> ClosureError:
    """The error for a traced array whose derivative would be lost."""
    return ClosureError(
        name,
        f"{fact}: its derivative would be lost.",
        "Pass it as an argument: residual and solver get all arguments of the call.",
        "For a constant, say so: linad.value(x).",
    )
