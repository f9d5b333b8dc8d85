"""minimize: derivatives supplied, and the answer differentiable by what it depends on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.optimize
from scipy.optimize import OptimizeResult

from linad.core.constants import value
from linad.optimize.bounds import pairs
from linad.optimize.callbacks import told
from linad.optimize.conditions import unlimited
from linad.optimize.constraints import Constraints
from linad.optimize.holding import minimum
from linad.optimize.implicit import Verdict, any_traced
from linad.optimize.packing import Packing
from linad.optimize.recording import Objective, scalar

_WITHOUT = ("nelder-mead", "powell", "cobyla", "cobyqa")  # methods that use no derivatives
_BY_HESSIAN = ("dogleg", "trust-exact", "trust-constr", "")  # a method of the user's: may be
_BY_PRODUCTS = ("newton-cg", "trust-ncg", "trust-krylov", "")
_WITHOUT_SECOND = ("newton-cg", "trust-constr", "")  # methods that do without second derivatives if need be
_DIFFERENCES = (False, "2-point", "3-point", "cs")


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
    that hold included. It does not exist where that matrix is singular.

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
    objective = Objective("minimize", _first(fun) if jac is True else fun, packing, value(args), exact)
    limits = Constraints("minimize", packing, constraints, kind not in _WITHOUT, kind in ("trust-constr", ""))
    given_bounds, ends = pairs(packing, bounds)
    derivatives = _derivatives(objective, packing, kind, jac, hess, hessp, exact)
    found = scipy.optimize.minimize(
        _called(objective, fun, jac),
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

    def own(x: Any) -> Any:
        return objective.at(x, args)

    problem = limits.problem(unlimited(own, packing.size, ends), x)
    return differentiable(
        found,
        packing,
        minimum("minimize", problem, np.array(x, float), verdict_of(found), packing.start()),
        own,
    )


def _first(fun: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *args: fun(*args)[0]


def _called(objective: Objective, fun: Callable[..., Any], jac: Any) -> Callable[[Any], Any]:
    """The objective for SciPy: with its gradient beside it, where the user's gives both."""
    if jac is not True:
        return objective.plain_value if jac in _DIFFERENCES else objective.value

    def both(x: Any) -> tuple[Any, Any]:
        value, gradient = fun(objective.packing.unpack(np.array(x)), *objective.args)
        return objective.seen(scalar("minimize", value)), np.array(
            objective.packing.pack("the gradient", gradient), float
        )

    return both


def _chosen(method: Any, bounds: Any, constraints: Any) -> str:
    """The method by SciPy's rule where none is named."""
    if method is not None:
        return str(method).lower()
    return "slsqp" if constraints else "bfgs" if bounds is None else "l-bfgs-b"


def _derivatives(
    objective: Objective, packing: Packing, kind: str, jac: Any, hess: Any, hessp: Any, exact: bool
) -> dict[str, Any]:
    """jac, hess and hessp for SciPy: what was given, in terms of the vector, and else linad's."""
    args, unpack = objective.args, packing.unpack
    given: dict[str, Any] = {"jac": jac, "hess": hess, "hessp": hessp}
    if exact:
        given["jac"] = objective.gradient
    elif callable(jac):
        given["jac"] = lambda x: np.array(
            packing.pack("the gradient", jac(unpack(np.array(x)), *args)), float
        )
    if callable(hess):
        given["hess"] = lambda x: hess(unpack(np.array(x)), *args)
    if callable(hessp):
        given["hessp"] = lambda x, p: packing.pack(
            "the product", hessp(unpack(np.array(x)), unpack(np.array(p)), *args)
        )
    # Of a function whose gradient was given, second derivatives are supplied where the method cannot do without.
    if (
        hess is None
        and hessp is None
        and (exact or (kind not in _WITHOUT_SECOND and jac not in _DIFFERENCES))
    ):
        if kind in _BY_HESSIAN:
            given["hess"] = objective.hessian
        if kind in _BY_PRODUCTS:
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


def verdict_of(found: OptimizeResult) -> Verdict:
    return Verdict(bool(found.success), str(found.message))


def differentiable(
    found: OptimizeResult, packing: Packing, x: Any, f: Callable[[Any], Any]
) -> OptimizeResult:
    """The answer with its derivative; arrays of numbers that would be constants are left out."""
    kept = {
        key: part for key, part in found.items() if isinstance(part, (bool, int, str, np.integer, np.bool_))
    }
    return OptimizeResult(x=packing.unpack(x), fun=f(x), **kept)
