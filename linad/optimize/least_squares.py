"""least_squares: the Jacobian supplied, last digits by Gauss and Newton's step, the answer differentiable."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.optimize
from scipy.optimize import OptimizeResult

from linad.core.constants import value
from linad.operations.linearised import DENSE
from linad.optimize.bounds import sides
from linad.optimize.callbacks import told
from linad.optimize.coloring import jacobian
from linad.optimize.conditions import unlimited
from linad.optimize.holding import minimum
from linad.optimize.implicit import Verdict, any_traced
from linad.optimize.packing import Packing
from linad.optimize.recording import Residuals, Vector
from linad.optimize.scalars import watched

_LOSSES: dict[str, Callable[[Any], Any]] = {  # rho(z), z the square of a residual
    "soft_l1": lambda z: 2 * (np.sqrt(1 + z) - 1),
    "huber": lambda z: np.where(z <= 1, z, 2 * np.sqrt(np.where(z <= 1, 1.0, z)) - 1),
    "cauchy": np.log1p,
    "arctan": np.arctan,
}
_STEPS = 12  # of refinement
_ROUNDING = 1e-14  # of a step, by the unknowns, both in residuals
_RISE = 1e-10  # of the sum of squares that rounding may cause
EVALUATIONS = 1000  # for each unknown: SciPy's 100 end some fits too early


def least_squares(
    fun: Callable[..., Any],
    x0: Any,
    jac: Any = None,
    bounds: Any = (-np.inf, np.inf),
    method: str = "trf",
    ftol: Any = 1e-8,
    xtol: Any = 1e-8,
    gtol: Any = 1e-8,
    x_scale: Any = None,
    loss: Any = "linear",
    f_scale: float = 1.0,
    diff_step: Any = None,
    tr_solver: Any = None,
    tr_options: Any = None,
    jac_sparsity: Any = None,
    max_nfev: int | None = None,
    verbose: int = 0,
    args: Any = (),
    kwargs: Any = None,
    callback: Any = None,
    workers: Any = None,
    refine: bool = True,
) -> OptimizeResult:
    """scipy.optimize.least_squares with exact Jacobians, and a differentiable answer.

    Parameters
    ----------
    fun
        ``fun(x, *args, **kwargs)``: residuals, an array or arrays in containers; complex ones count as their parts.
    x0
        The start: an array, or arrays in containers. ``bounds`` is a pair, each a number or as x0 is.
    jac
        Where left out, products of forward or reverse mode, whichever is cheaper; with ``jac_sparsity`` groups of
        columns. ``"2-point"``, ``"3-point"``, ``"cs"`` and functions are used as SciPy uses them.
    x_scale, max_nfev
        Where left out, ``"jac"``, for exact columns are a sound scale, and 1000 for each unknown. SciPy's own defaults
        are 1 and 100 for each unknown.
    refine
        Whether steps of Gauss and Newton, and of Newton, follow as long as they become shorter: SciPy ends where the
        sum of squares stands still, which is half of the digits of x. For the linear loss and dense Jacobians of
        linad's; steps of Newton up to 500 unknowns.

    Other parameters are SciPy's.

    Returns
    -------
    OptimizeResult
        SciPy's, with ``x`` in the containers of ``x0``. Where the answer is differentiable by arguments or closures,
        it has ``x``, ``cost``, ``fun`` and what are no arrays of numbers.

    Examples
    --------
    >>> import numpy as np, linad as ln
    >>> from linad.optimize import least_squares
    >>> t, y = np.array([0.0, 1.0, 2.0]), np.array([2.0, 1.3, 0.7])
    >>> fit = lambda y: least_squares(lambda x, y: x[0] * np.exp(-x[1] * t) - y, [1.0, 1.0], args=(y,)).x
    >>> fit(y).round(3)
    array([2.02 , 0.493])
    >>> ln.jacobian(fit)(y).round(3)
    array([[ 0.939,  0.18 , -0.13 ],
           [ 0.319, -0.257, -0.433]])
    """
    where = "least_squares"
    packing = Packing(where, x0)
    args, kwargs = (args if isinstance(args, tuple) else (args,)), kwargs or {}
    exact = jac is None
    residuals = Residuals(where, fun, packing, value(args), exact, value(kwargs))
    given_bounds, ends = sides(packing, bounds)
    plain_loss, seen = watched_loss(loss)
    rest: dict[str, Any] = {}
    if workers is not None:
        rest["workers"] = workers
    if not exact:
        rest["jac_sparsity"] = jac_sparsity
        jac = _of_vectors(jac, residuals) if callable(jac) else jac
    found = scipy.optimize.least_squares(
        residuals.value,
        packing.start(),
        jac=jacobian(residuals, jac_sparsity) if exact else jac,
        bounds=given_bounds,
        method=method,
        ftol=ftol,
        xtol=xtol,
        gtol=gtol,
        x_scale="jac" if exact and x_scale is None else value(x_scale),
        loss=plain_loss,
        f_scale=value(f_scale),
        diff_step=value(diff_step),
        tr_solver=tr_solver,
        tr_options=tr_options,
        max_nfev=EVALUATIONS * packing.size if exact and max_nfev is None and packing.size else max_nfev,
        verbose=verbose,
        callback=told(packing, callback),
        **rest,
    )
    if refine and exact and found.success and is_linear(loss) and jac_sparsity is None:
        refined(residuals, found, value(ends))
    x = found.x
    if not packing.plain:
        found.x = packing.unpack(x)
        found.grad = packing.unpack(found.grad)
    if not (residuals.closes or seen or any_traced((args, kwargs, ends, f_scale))):
        return found

    def own(x: Any) -> Any:
        return residuals.at(x, args, kwargs)

    each = cost_of(loss, f_scale)

    def cost(x: Any) -> Any:
        return each(own(x)).sum()

    answer = minimum(
        where,
        unlimited(cost, packing.size, ends),
        np.array(x, float),
        Verdict(found.success, found.message),
        packing.start(),
    )
    kept = {key: found[key] for key in ("active_mask", "nfev", "njev", "status", "message", "success")}
    return OptimizeResult(x=packing.unpack(answer), cost=cost(answer), fun=own(answer), **kept)


def watched_loss(loss: Any) -> tuple[Any, list[bool]]:
    """A loss for SciPy, which writes to its results, and a list that is filled when a traced array was seen in them."""
    if not callable(loss):
        return loss, []
    seen, plain = watched(loss, ())
    return lambda z: np.array(plain(z)), seen


def cost_of(loss: Any, f_scale: Any) -> Callable[[Any], Any]:
    """The cost of each residual, whose sum is minimized."""
    if is_linear(loss):
        return lambda f: 0.5 * f**2

    def each(f: Any) -> Any:
        z = (f / f_scale) ** 2
        return 0.5 * f_scale**2 * (loss(z)[0] if callable(loss) else _LOSSES[loss](z))

    return each


def is_linear(loss: Any) -> bool:
    """Whether squares of residuals are summed as they are."""
    return isinstance(loss, str) and loss == "linear"


def _of_vectors(jac: Callable[..., Any], residuals: Residuals) -> Callable[[Vector], Any]:
    return lambda x: jac(residuals.packing.unpack(np.array(x)), *residuals.args, **residuals.kwargs)


def refined(residuals: Residuals, found: OptimizeResult, bounds: tuple[Vector, Vector]) -> None:
    """Steps from the answer, as long as each is less than half of the one before: Gauss and Newton's, then Newton's.

    Unknowns at a bound stay. A step of Gauss and Newton is a least-squares solution with the Jacobian itself, so that
    digits are not lost twice, as in the normal equations. Where the model is curved and residuals are large it does
    not shorten; then the second derivatives are taken.
    """
    free = np.asarray(found.active_mask) == 0
    x, f, J = found.x, found.fun, found.jac

    def newton(x: Vector, f: Vector, J: Vector) -> tuple[Vector, float]:
        return _newton(f, J[:, free], residuals.curvature(x, f)[np.ix_(free, free)])

    def first(x: Vector, f: Vector, J: Vector) -> tuple[Vector, float]:
        return gauss_newton(f, J[:, free])

    for step_at in (first, newton) if len(x) <= DENSE else (first,):
        step, size = step_at(x, f, J)
        for _ in range(_STEPS):
            if not _ROUNDING * np.linalg.norm(J * x) < size < np.inf:
                break
            trial = x.copy()
            trial[free] -= step
            if np.any(trial < bounds[0]) or np.any(trial > bounds[1]):
                break
            g, K = residuals.value(trial), residuals.jacobian(trial)
            found.nfev, found.njev = found.nfev + 1, found.njev and found.njev + 1
            step, shorter = step_at(trial, g, K)
            if not (shorter < size / 2 and g @ g <= f @ f * (1 + _RISE)):
                break
            x, f, J, size = trial, g, K, shorter
    found.x, found.fun, found.jac, found.cost, found.grad = x, f, J, 0.5 * float(f @ f), J.T @ f
    if free.all():
        found.optimality = float(np.max(np.abs(found.grad), initial=0))


def gauss_newton(f: Vector, J: Vector) -> tuple[Vector, float]:
    """Gauss and Newton's step, to be subtracted, and its size in residuals; infinite where the rank is deficient."""
    scale = np.linalg.norm(J, axis=0)
    if not (np.all(np.isfinite(f)) and np.all(np.isfinite(scale)) and np.all(scale > 0)):
        return np.zeros(J.shape[1]), np.inf
    turned, _, rank, _ = np.linalg.lstsq(J / scale, f, rcond=None)
    return turned / scale, float(np.linalg.norm(turned)) if rank == J.shape[1] else np.inf


def _newton(f: Vector, J: Vector, curvature: Vector) -> tuple[Vector, float]:
    """Newton's step, and its size as above; infinite where the second derivatives are not positive definite."""
    H = J.T @ J + curvature
    d = np.diagonal(H)
    if not (np.all(np.isfinite(H)) and np.all(d > 0)):
        return np.zeros(len(d)), np.inf
    scale = np.sqrt(d)
    w, V = np.linalg.eigh(H / scale / scale[:, None])
    if len(d) and w[0] <= len(d) * np.finfo(float).eps * w[-1]:
        return np.zeros(len(d)), np.inf
    turned = V @ ((V.T @ (J.T @ f / scale)) / w)
    return turned / scale, float(np.linalg.norm(turned))
