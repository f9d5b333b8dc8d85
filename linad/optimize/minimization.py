"""minimize and minimize_scalar: derivatives supplied, and the answer differentiable by what it depends on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.optimize
from scipy.optimize import OptimizeResult

from linad.core.constants import value
from linad.core.traced import Array, innermost
from linad.optimize.bounds import pairs
from linad.optimize.callbacks import told
from linad.optimize.conditions import NEAR, minimum, unlimited
from linad.optimize.constraints import Constraints
from linad.optimize.implicit import any_traced, converged
from linad.optimize.packing import Packing
from linad.optimize.recording import Objective, scalar

_WITHOUT = ("nelder-mead", "powell", "cobyla", "cobyqa")  # methods that use no derivatives
_BY_HESSIAN = ("dogleg", "trust-exact", "trust-constr")
_BY_PRODUCTS = ("newton-cg", "trust-ncg", "trust-krylov")


def minimize(
    fun: Callable[..., Any],
    x0: Any,
    args: Any = (),
    method: Any = None,
    jac: Any = None,
    hess: Any = None,
    hessp: Any = None,
    bounds: Any = None,
    constraints: Any = (),
    tol: Any = None,
    callback: Any = None,
    options: Any = None,
) -> OptimizeResult:
    """scipy.optimize.minimize with the derivatives that the method uses, and a differentiable answer.

    Parameters
    ----------
    fun
        ``fun(x, *args)``, a real number, by NumPy's or linad's operations.
    x0
        The start: an array, or arrays in containers, which is how ``fun`` then gets x. Complex arrays are taken as
        their real and imaginary parts. A list of numbers is an array.
    args
        Further arguments. Traced ones are constants while SciPy iterates; the answer then is differentiable by them,
        as it is by what ``fun`` and the constraints close over.
    jac, hess, hessp
        Where given, they are used as SciPy uses them: functions of x in its containers, ``"2-point"``, ``jac=True``.
        ``jac=False`` leaves the gradient to SciPy's differences.
    bounds
        As SciPy takes them for an array; for containers, a pair (least, greatest) in the place of each array.
    constraints
        Jacobians and Hessians are supplied where they are not given.
    method, tol, callback, options
        As in SciPy.

    Returns
    -------
    OptimizeResult
        SciPy's, with ``x`` and the gradient ``jac`` in the containers of ``x0``. Where the answer is differentiable
        it has ``x`` and ``fun`` and what are no arrays of numbers.

    Notes
    -----
    Each derivative of the answer solves one linear system with the Hessian of the Lagrangian, bounds and constraints
    that hold included; it is as accurate as the answer. It does not exist where that matrix is singular.

    Examples
    --------
    >>> import numpy as np, linad as ln
    >>> from linad.optimize import minimize
    >>> f = lambda x, a: np.sum((x - a) ** 4) + np.sum(x**2)
    >>> minimize(f, np.ones(2), args=(1.0,), method="trust-exact").x.round(3)
    array([0.41, 0.41])
    >>> ln.grad(lambda a: minimize(f, np.ones(2), args=(a,), tol=1e-10).x[0])(1.0).round(3)
    np.float64(0.676)
    """
    packing = Packing("minimize", x0)
    args = args if isinstance(args, tuple) else (args,)
    kind = "" if callable(method) else _chosen(method, bounds, constraints)
    exact = jac is None and kind not in _WITHOUT
    objective = Objective("minimize", _first(fun) if jac is True else fun, packing, value(args), exact or jac is True)
    limits = Constraints("minimize", packing, constraints, kind not in _WITHOUT)
    given_bounds, ends = pairs(packing, bounds)
    derivatives = _derivatives(objective, packing, kind, fun, jac, hess, hessp, exact)
    found = scipy.optimize.minimize(
        objective.plain_value if jac in ("2-point", "3-point", "cs") else objective.value,
        packing.start(),
        method=method,
        bounds=given_bounds,
        constraints=limits.given,
        tol=tol,
        callback=told(packing, callback),
        options=options,
        **derivatives,
    )
    x = found.x
    _rearrange(packing, found, kind)
    if not (objective.closes or limits.closes or any_traced(args) or any_traced(ends)):
        return found
    converged("minimize", found.success, found.message)

    def own(x: Any) -> Any:
        return objective.at(x, args)

    problem = limits.problem(unlimited(own, packing.size, ends), x)
    return _differentiable(found, packing, minimum("minimize", problem, np.array(x, float)), own)


def _first(fun: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *args: fun(*args)[0]


def _chosen(method: Any, bounds: Any, constraints: Any) -> str:
    """The method by SciPy's rule where none is named."""
    if method is not None:
        return str(method).lower()
    return "slsqp" if constraints else "bfgs" if bounds is None else "l-bfgs-b"


def _derivatives(
    objective: Objective, packing: Packing, kind: str, fun: Any, jac: Any, hess: Any, hessp: Any, exact: bool
) -> dict[str, Any]:
    """jac, hess and hessp for SciPy: what was given, in terms of the vector, and else linad's."""
    args, unpack = objective.args, packing.unpack
    given: dict[str, Any] = {"jac": jac, "hess": hess, "hessp": hessp}
    if exact:
        given["jac"] = objective.gradient
    elif jac is True:
        given["jac"] = lambda x: np.array(packing.pack("the gradient", fun(unpack(np.array(x)), *args)[1]), float)
    elif callable(jac):
        given["jac"] = lambda x: np.array(packing.pack("the gradient", jac(unpack(np.array(x)), *args)), float)
    if callable(hess):
        given["hess"] = lambda x: hess(unpack(np.array(x)), *args)
    if callable(hessp):
        given["hessp"] = lambda x, p: packing.pack(
            "the product", hessp(unpack(np.array(x)), unpack(np.array(p)), *args)
        )
    if hess is None and hessp is None and callable(given["jac"]):
        if kind in (*_BY_HESSIAN, ""):
            given["hess"] = objective.hessian
        if kind in (*_BY_PRODUCTS, ""):
            given["hessp"] = objective.product
    return given


def _rearrange(packing: Packing, found: OptimizeResult, kind: str) -> None:
    """Put x, the gradient and the points passed into the containers of the start."""
    if packing.plain:
        return
    found.x = packing.unpack(found.x)
    gradient = "grad" if kind == "trust-constr" else "jac"
    if np.shape(found.get(gradient)) == (packing.size,):
        found[gradient] = packing.unpack(np.asarray(found[gradient]))
    if "allvecs" in found:
        found.allvecs = [packing.unpack(x) for x in found.allvecs]


def _differentiable(found: OptimizeResult, packing: Packing, x: Any, f: Callable[[Any], Any]) -> OptimizeResult:
    """The answer with its derivative; arrays of numbers that would be constants are left out."""
    kept = {key: part for key, part in found.items() if isinstance(part, (bool, int, str, np.integer, np.bool_))}
    return OptimizeResult(x=packing.unpack(x), fun=f(x), **kept)


def minimize_scalar(
    fun: Callable[..., Any],
    bracket: Any = None,
    bounds: Any = None,
    args: Any = (),
    method: Any = None,
    tol: Any = None,
    options: Any = None,
) -> OptimizeResult:
    """scipy.optimize.minimize_scalar, whose methods use no derivatives, with a differentiable answer.

    Examples
    --------
    >>> import linad as ln
    >>> from linad.optimize import minimize_scalar
    >>> ln.grad(lambda a: minimize_scalar(lambda x: (x - a) ** 2 + x**4).x)(1.0).round(3)
    np.float64(0.324)
    """
    args = args if isinstance(args, tuple) else (args,)
    seen: list[Any] = []

    def plain(x: Any) -> Any:
        out = fun(x, *value(args))
        if isinstance(out, Array):
            seen.append(True)
        return innermost(out)

    found = scipy.optimize.minimize_scalar(
        plain, bracket=value(bracket), bounds=value(bounds), method=method, tol=tol, options=options
    )
    if not (seen or any_traced(args) or any_traced(bounds)):
        return found
    converged("minimize_scalar", found.success, found.message)

    def own(x: Any) -> Any:
        return scalar("minimize_scalar", fun(x[0], *args))

    limits = None if bounds is None else tuple(np.reshape(end, (1,)) for end in bounds)
    near = max(NEAR, 10 * float((options or {}).get("xatol", tol or NEAR)))
    x = minimum("minimize_scalar", unlimited(own, 1, limits), np.array([found.x], float), near)  # type: ignore[arg-type]  # two of them
    result = _differentiable(found, Packing("minimize_scalar", 0.0), x, own)
    result.x = x[0]
    return result
