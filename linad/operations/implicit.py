"""Functions that are defined by an equation and computed by a solver of the user's.

Equation    R(Y, X) = 0
Tangent     D[dY] = -(change of R along dX),     D the derivative of R by Y
Cotangent   D^H[gR] = gY,   gX = -(what gR sends back to X through R)
Undefined   where D is singular

The linear equations are an operation too, defined by D[U] - B = 0, of which the derivative by U is D again: one solver,
and one factorization, serve all orders.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from linad.core import tree
from linad.core.arguments import closed_over
from linad.core.expression import taping
from linad.core.forward import Deferred
from linad.core.kinds.operands import expanded
from linad.core.primitive import Primitive
from linad.core.space import zeros
from linad.core.transforms import jvp, vjp
from linad.errors import DegenerateError, OptionError
from linad.operations.problems import Declaration, Problem, lost, require_convergence
from linad.operations.residuals import Args, ByResidual


def answer(declared: Declaration, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """The solver's answer; differentiable where an argument is traced."""
    for what, function in (("residual", declared.residual), ("solver", declared.solver)):
        for name in closed_over(function):
            raise lost(declared.name, f"the {what} closes over the traced array {name!r}")
    problem = Problem(declared, args, kwargs)
    traced, problem.arguments.traced = problem.arguments.traced, ()
    if not traced:
        problem.found(declared.solver(*args, **kwargs), ())
        return problem.given
    if declared.has_aux and taping.get() is not None:
        raise OptionError(
            declared.name,
            "its aux would be frozen in a compiled program.",
            "Compile what stands around it, or declare a solver without has_aux.",
        )
    parts = iter(_solution.call(problem, *traced))
    found = tree.map_leaves(lambda _, __: next(parts), problem.unknowns)
    return (found, problem.aux) if declared.has_aux else found


def _left(args: Args, outputs: Args) -> tuple[Any, ...]:
    problem, *x = args
    return problem.residual(outputs, x)


def _change(args: Args, outputs: Args, right: Args, adjoint: bool) -> tuple[Any, ...]:
    problem, *x = args
    require_convergence(problem, tuple(outputs), tuple(x))
    return apply_inverse(problem, outputs, x, _filled(right, outputs), adjoint)


def apply_inverse(problem: Problem, y: Args, x: Args, right: Args, adjoint: bool) -> tuple[Any, ...]:
    """D^-1[right], or D^-H[right] with ``adjoint``, at (Y, X); flat."""
    return _inverse.call(problem, adjoint, *y, *x, *right)


def _parts(args: Args) -> tuple[Problem, bool, Args, Args, Args]:
    problem, adjoint, *operands = args
    n, m = (len(list(tree.leaves(side))) for side in (problem.unknowns, problem.equations))
    end = len(operands) - (n if adjoint else m)
    return problem, adjoint, operands[:n], operands[n:end], operands[end:]


def _inverse_numeric(*args: Any) -> tuple[Any, ...]:
    problem, adjoint, y, x, right = _parts(args)
    return problem.linearised(y, x).solve(tuple(right), adjoint)


def _inverse_left(args: Args, outputs: Args) -> list[Any]:
    problem, adjoint, y, x, right = _parts(args)

    def residual(*y: Any) -> tuple[Any, ...]:
        return problem.residual(y, x)

    product = vjp(residual, *y)[1](tuple(outputs)) if adjoint else jvp(residual, tuple(y), tuple(outputs))[1]
    return [part - b for part, b in zip(product, right, strict=True)]


def _inverse_change(args: Args, outputs: Args, right: Args, adjoint: bool) -> tuple[Any, ...]:
    problem, own, y, x, _ = _parts(args)
    return apply_inverse(problem, y, x, _filled(right, outputs), adjoint != own)


def _filled(right: Args, like: Args) -> Args:
    """Right sides without gaps: cotangents of the answer may be absent, changes of the residual never are."""
    return [zeros(like[i]) if g is None else g for i, g in enumerate(right)]


def _primitive(name: str, numeric: Callable[..., Any], rule: ByResidual, first: int) -> Primitive:
    """An operation of as many operands and outputs as a call has, behind what is no operand."""

    def push(values: Sequence[Any], out: Any, tangents: Sequence[Any]) -> tuple[Any, ...]:
        present = tuple([t is not None for t in tangents])
        try:
            return rule.tangent(present)(values, out, tangents)
        except DegenerateError as error:  # raised where a tangent is used
            return tuple([Deferred(partial(_raised, error)) for _ in out])

    def pull(values: Sequence[Any], out: Any, g: Any, live: Sequence[int]) -> list[Any]:
        present = tuple([c is not None for c in g])
        wanted = tuple([i in live for i in range(len(values))])
        found = rule.cotangent(present, wanted)(values, out, expanded(g, out))
        return [found[i] for i in live]

    return Primitive(name, "custom", numeric, push=push, pull=pull, first=first, last=None, outputs=0)


def _raised(error: Exception) -> Any:
    raise error


_solution = _primitive("implicit", Problem.answer, ByResidual(_left, _change), 1)
_inverse = _primitive(
    "apply_inverse_of_derivative", _inverse_numeric, ByResidual(_inverse_left, _inverse_change), 2
)
