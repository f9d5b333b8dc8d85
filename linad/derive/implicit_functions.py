"""Functions that are defined by an equation and computed by any solver: the public call."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from linad.errors import ArgumentError, OptionError
from linad.operations.implicit import answer
from linad.operations.problems import Declaration

_METHODS = ("dense", "krylov")
_KRYLOV = ("rtol", "atol", "restart", "maxiter")


def implicit(
    residual: Callable[..., Any],
    solver: Callable[..., Any],
    *,
    name: str | None = None,
    has_aux: bool = False,
    method: str | None = None,
    solve: Callable[..., Any] | None = None,
    adjoint_solve: Callable[..., Any] | None = None,
    coupled: int | None = None,
    tolerance: float | None = None,
    krylov: Mapping[str, Any] | None = None,
) -> Callable[..., Any]:
    """The differentiable function Y(X) that is defined by R(Y, X) = 0 and computed by a solver.

    Parameters
    ----------
    residual
        ``residual(Y, *args, **kwargs)``: what is zero at the solution, as many real numbers as Y has. The unknowns
        come first, as in SciPy's solvers. It is traced, so it is written in NumPy calls that linad differentiates.
    solver
        ``solver(*args, **kwargs)`` returns Y. It is never traced: any code that gets plain arrays will do. Y, the
        arguments and the residual may be nested tuples, lists, dicts, named tuples and dataclasses.
    name
        For messages; the solver's name where it is left out.
    has_aux
        The solver returns ``(Y, aux)``; ``aux`` is passed through, a constant.
    method
        How the linear equations of the derivative are solved: ``"dense"`` forms and factors the matrix, once for all
        orders and modes; ``"krylov"`` uses GMRES on products alone. Left out: dense up to 500 real unknowns.
    solve, adjoint_solve
        Your own linear solvers, on plain arrays. ``solve(B, Y, *args)`` returns the change of Y that changes the
        residual by B, ``adjoint_solve(G, Y, *args)`` solves with the adjoint. Without the second the first is called
        with ``adjoint=True`` or ``False``. Their answers are tried by one product.
    coupled
        How many last axes of Y's arrays are coupled, where the elements of the others are equations of their own: 0
        for elementwise equations, 1 for a batch of vectors. Their derivatives then cost no more than those of one.
    tolerance
        How far, relative to Y, Newton's step may lead from the solver's answer before it counts as not converged:
        the cube root of eps where it is left out.
    krylov
        ``rtol``, ``atol``, ``restart``, ``maxiter`` of :func:`scipy.sparse.linalg.gmres`.

    Returns
    -------
    callable
        Takes the solver's arguments. Where none is traced it returns what the solver does.

    Notes
    -----
    No derivative exists where that of the residual by Y is singular (DegenerateError); an ill-conditioned one warns,
    an answer that does not solve the equation raises, as :func:`linad.errstate` says. The dense method costs a product
    with the derivative for each real unknown, n^3 once, and n^2 for each later solve.

    Examples
    --------
    Kepler's equation, E - e sin E = M, for many M and e at once:

    >>> import numpy as np, linad as ln
    >>> from linad.derive import implicit
    >>> def newton(M, e):
    ...     E = M + 0 * e
    ...     for _ in range(20):
    ...         E = E - (E - e * np.sin(E) - M) / (1 - e * np.cos(E))
    ...     return E
    >>> anomaly = implicit(lambda E, M, e: E - e * np.sin(E) - M, newton, coupled=0)
    >>> float(anomaly(1.0, 0.0)), float(ln.grad(anomaly)(1.0, 0.5).round(6))
    (1.0, 1.037362)
    """
    functions = {"residual": residual, "solver": solver, "solve": solve, "adjoint_solve": adjoint_solve}
    for what, given in functions.items():
        if not callable(given) and (given is not None or what in ("residual", "solver")):
            raise ArgumentError("implicit", f"{what} must be a function, not {type(given).__name__}.")
    own = name or called(solver)
    if method is not None and method not in _METHODS:
        raise OptionError(own, f"method={method!r} is not known.", f"Methods: {', '.join(_METHODS)}.")
    if method is not None and solve is not None:
        raise OptionError(own, f"method={method!r} and solve= are two ways to solve.", "Leave one out.")
    if adjoint_solve is not None and solve is None:
        raise OptionError(own, "adjoint_solve= is given without solve=.", "Forward mode needs solve=.")
    if coupled is not None and (not isinstance(coupled, int) or coupled < 0):
        raise OptionError(own, f"coupled={coupled!r} is no number of axes.")
    if coupled is not None and (method == "krylov" or solve is not None):
        raise OptionError(own, "coupled= is for the dense method.", "Leave out coupled= or the other.")
    strange = [option for option in krylov or () if option not in _KRYLOV]
    if strange:
        raise OptionError(
            own, f"krylov={{{strange[0]!r}: ...}} is not known.", f"Options: {', '.join(_KRYLOV)}."
        )
    declared = Declaration(
        own, residual, solver, has_aux, method, solve, adjoint_solve, coupled, tolerance, dict(krylov or {})
    )

    @wraps(solver)
    def function(*args: Any, **kwargs: Any) -> Any:
        return answer(declared, args, kwargs)

    function.__name__ = function.__qualname__ = own
    return function


def called(function: Callable[..., Any]) -> str:
    """What a user's function is called in messages."""
    name = str(getattr(function, "__name__", type(function).__name__))
    return "implicit function" if name == "<lambda>" else name
