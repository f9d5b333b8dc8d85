"""curve_fit: the Jacobian supplied, robust defaults, and the fit differentiable by the data."""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np
import scipy.optimize
from scipy.optimize import OptimizeResult, OptimizeWarning

from linad.core.constants import value
from linad.core.jacobians import jacobian
from linad.core.transforms import jvp
from linad.linalg import cholesky, solve_triangular
from linad.optimize.bounds import sides
from linad.optimize.conditions import unlimited
from linad.optimize.holding import minimum
from linad.optimize.implicit import CLAIMED, any_traced
from linad.optimize.least_squares import EVALUATIONS, cost_of, is_linear, refined, watched_loss
from linad.optimize.packing import Packing, stacked
from linad.optimize.recording import Residuals

_OF_LEASTSQ = {"diag", "factor", "epsfcn", "col_deriv"}  # options that only "lm" knows


def curve_fit(
    f: Callable[..., Any],
    xdata: Any,
    ydata: Any,
    p0: Any = None,
    sigma: Any = None,
    absolute_sigma: bool = False,
    check_finite: Any = None,
    bounds: Any = (-np.inf, np.inf),
    method: Any = None,
    jac: Any = None,
    *,
    full_output: bool = False,
    nan_policy: Any = None,
    **kwargs: Any,
) -> Any:
    """scipy.optimize.curve_fit with exact Jacobians, and a fit that is differentiable by the data.

    Parameters
    ----------
    f
        ``f(xdata, *parameters)``, by NumPy's or linad's operations.
    method
        Where left out, ``"trf"`` with the columns of the Jacobian as scale, and the last digits as in
        :func:`least_squares`. SciPy's own default, ``"lm"``, has neither bounds nor as wide a reach; it is taken where
        options of it are given (``diag``, ``factor``, ``epsfcn``, ``col_deriv``) or a Jacobian is.
    jac
        Where left out, linad's. A function, or ``"2-point"``, ``"3-point"``, ``"cs"``, as in SciPy.

    Other parameters, and the results, are SciPy's. Of traced ``xdata``, ``ydata`` or ``sigma``, or what ``f`` closes
    over, the parameters and their covariance are differentiable; the start is a constant.

    Examples
    --------
    >>> import numpy as np, linad as ln
    >>> from linad.optimize import curve_fit
    >>> x, y = np.array([0.0, 1.0, 2.0, 3.0]), np.array([2.0, 1.3, 0.7, 0.4])
    >>> model = lambda x, a, b: a * np.exp(-b * x)
    >>> curve_fit(model, x, y)[0].round(3)
    array([2.029, 0.51 ])
    >>> ln.jacobian(lambda y: curve_fit(model, x, y)[0])(y).round(2)
    array([[ 0.91,  0.23, -0.04, -0.14],
           [ 0.25, -0.16, -0.28, -0.28]])
    """
    data = value((xdata, ydata, sigma))
    exact, by_default = jac is None, method is None
    if (
        exact and sigma is not None and np.size(data[2]) == 1
    ):  # SciPy's scaling of Jacobians knows vectors only
        data = (*data[:2], np.full(np.size(data[1]), np.ravel(data[2])[0]))
    omit = nan_policy == "omit"
    if exact and method is None and not _OF_LEASTSQ & set(kwargs):
        method = "trf"
    if exact and method != "lm":
        kwargs.setdefault("x_scale", "jac")
        count = _parameters(f, p0)
        if by_default and 1 < np.size(data[1]) < count:
            raise TypeError(
                f"The number of func parameters={count} must not exceed the number of data points={np.size(data[1])}"
            )
        if not {"maxfev", "max_nfev"} & set(kwargs):
            kwargs["max_nfev"] = EVALUATIONS * count
    loss, f_scale = kwargs.get("loss", "linear"), kwargs.get("f_scale", 1.0)
    plain_loss, seen = watched_loss(loss)
    kwargs = value({**kwargs, "loss": plain_loss} if callable(loss) else kwargs)
    if isinstance(bounds, scipy.optimize.Bounds):
        bounds = (bounds.lb, bounds.ub)
    made: list[Residuals] = []

    def values(x: Any, n: int) -> Residuals:
        """The model at the x that SciPy hands on, the same for all parameters."""
        if not made:
            count = np.size((_without_nan if omit else _numbers)(*data)[1])
            packing = Packing("curve_fit", np.zeros(n))
            made.append(Residuals("curve_fit", lambda p: _filled(f(x, *p), count), packing, (), exact))
        return made[0]

    @wraps(f)
    def plain(x: Any, *parameters: Any) -> Any:
        return values(x, len(parameters)).value(np.array(parameters))

    def slopes(x: Any, *parameters: Any) -> Any:
        return values(x, len(parameters)).jacobian(np.array(parameters))

    popt, pcov, info, message, status = scipy.optimize.curve_fit(
        plain,
        data[0],
        data[1],
        value(p0),
        data[2],
        absolute_sigma,
        check_finite,
        value(bounds),
        method,
        slopes if exact else jac,
        full_output=True,
        nan_policy=nan_policy,
        **kwargs,
    )

    def weighted(xdata: Any, ydata: Any, sigma: Any) -> Callable[[Any], Any]:
        return _weighted(f, *(_without_nan if omit else _numbers)(xdata, ydata, sigma))

    if exact and is_linear(loss):
        popt, info, J = _with_last_digits(weighted(*data), popt, info, bounds)
        if np.all(np.isfinite(pcov)):  # else there are too few data
            pcov = _covariance_of(info["fvec"], J, absolute_sigma, by_default)
    if not (made[0].closes or seen or any_traced((xdata, ydata, sigma, bounds, f_scale))):
        return (popt, pcov, info, message, status) if full_output else (popt, pcov)
    own = weighted(xdata, ydata, sigma)
    limits = sides(Packing("curve_fit", popt), bounds)[1]
    cost = cost_of(loss, f_scale)
    answer = minimum("curve_fit", unlimited(lambda p: cost(own(p)).sum(), len(popt), limits), popt, CLAIMED)
    moved = _covariance(own, answer, absolute_sigma, cost) if np.all(np.isfinite(pcov)) else pcov
    if full_output:
        return answer, moved, {"nfev": info["nfev"], "fvec": own(answer)}, message, status
    return answer, moved


def _filled(out: Any, count: int) -> Any:
    """One number from the model stands for all data."""
    out = stacked(out) if isinstance(out, (list, tuple)) or np.ndim(out) == 0 else out
    return np.broadcast_to(out, (count,)) if out.size == 1 else out


def _parameters(f: Callable[..., Any], p0: Any) -> int:
    """How many parameters there are; at least one, so that SciPy says it where there are none."""
    count = len(inspect.signature(f).parameters) - 1 if p0 is None else np.size(value(p0))
    return max(1, count)


def _numbers(xdata: Any, ydata: Any, sigma: Any) -> tuple[Any, Any, Any]:
    """Data as SciPy hands them on: lists as arrays."""
    if isinstance(xdata, (list, tuple, np.ndarray)):
        xdata = stacked(xdata)
    return xdata, stacked(ydata), None if sigma is None else stacked(sigma)


def _without_nan(xdata: Any, ydata: Any, sigma: Any) -> tuple[Any, Any, Any]:
    """Data without points where a number is missing."""
    xdata, ydata, sigma = _numbers(xdata, ydata, sigma)
    missing = np.isnan(value(xdata))
    missing = missing.any(axis=tuple(range(missing.ndim - 1))) | np.isnan(value(ydata))
    if sigma is not None and sigma.ndim:
        sigma = sigma[~missing] if sigma.ndim == 1 else sigma[~missing][:, ~missing]
    return xdata[..., ~missing], ydata[~missing], sigma


def _weighted(f: Callable[..., Any], xdata: Any, ydata: Any, sigma: Any) -> Callable[[Any], Any]:
    """The residuals as a function of the parameters, by their standard deviations or covariance."""
    if sigma is None:
        return lambda p: f(xdata, *p) - ydata
    if sigma.ndim < 2 or sigma.size == 1:
        return lambda p: (f(xdata, *p) - ydata) / sigma
    L = cholesky(sigma, lower=True)
    return lambda p: solve_triangular(L, f(xdata, *p) - ydata, lower=True)


def _with_last_digits(
    weighted: Callable[[Any], Any], popt: Any, info: Any, bounds: Any
) -> tuple[Any, Any, Any]:
    packing = Packing("curve_fit", popt)
    residuals = Residuals("curve_fit", weighted, packing, (), True)
    ends = value(sides(packing, bounds)[1])
    near = 1e-8 * np.maximum(1, np.abs(popt))
    held = (np.abs(popt - ends[0]) <= near) | (np.abs(popt - ends[1]) <= near)
    found = OptimizeResult(
        x=popt,
        fun=residuals.value(popt),
        jac=residuals.jacobian(popt),
        active_mask=held,
        nfev=info["nfev"],
        njev=0,
    )
    refined(residuals, found, ends)
    return found.x, {**info, "fvec": found.fun, "nfev": found.nfev}, found.jac


def _covariance_of(f: Any, J: Any, absolute_sigma: bool, by_default: bool) -> Any:
    """The inverse of J^T J times the mean square of the residuals.

    Where J has not full rank SciPy takes the pseudo-inverse, but by its default method, which warns.
    """
    eps = float(np.finfo(float).eps) * max(J.shape)
    scale = np.linalg.norm(J, axis=0)
    scale = scale if np.all(scale > 0) else np.ones_like(scale)
    _, s, Vh = np.linalg.svd(J / scale, full_matrices=False)
    if s[-1] <= eps * s[0]:
        if by_default:
            warnings.warn(
                "Covariance of the parameters could not be estimated", OptimizeWarning, stacklevel=3
            )
            return np.full((J.shape[1], J.shape[1]), np.inf)
        scale = np.ones_like(scale)
        _, s, Vh = np.linalg.svd(J, full_matrices=False)
    kept = s > eps * s[0]
    half = Vh[kept].T / s[kept] / scale[:, None]
    covariance = half @ half.T
    return covariance if absolute_sigma else covariance * (f @ f / (len(f) - J.shape[1]))


def _covariance(
    weighted: Callable[[Any], Any], p: Any, absolute_sigma: bool, cost: Callable[[Any], Any]
) -> Any:
    """(J^T W J)^-1, times twice the mean cost of the residuals: by QR of W^1/2 J, columns scaled.

    W is the curvature of the cost of each residual, one for the linear loss; SciPy keeps it above zero.
    """
    f, J = weighted(p), jacobian(weighted)(p)
    curvature = _slope(lambda f: _slope(cost, f), f)
    J = np.sqrt(np.maximum(curvature, np.finfo(float).eps))[:, None] * J
    scale = np.linalg.norm(value(J), axis=0)
    R = np.linalg.qr(J / scale, mode="r")
    right = solve_triangular(R, np.diag(1 / scale), trans="T")
    covariance = right.T @ right
    return covariance if absolute_sigma else covariance * (2 * cost(f).sum() / (len(f) - len(p)))


def _slope(function: Callable[[Any], Any], x: Any) -> Any:
    """The derivative of a function of entries."""
    return jvp(function, (x,), (np.ones(np.shape(x)),))[1]
