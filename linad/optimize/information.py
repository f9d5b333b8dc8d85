"""Standard errors from exact second derivatives: the observed information of a likelihood or of a fit.

Efron and Hinkley, Assessing the accuracy of the maximum likelihood estimator, Biometrika 65 (1978).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from linad.core.constants import value
from linad.errors import ArgumentError, DegenerateError, NoRuleError, OutputError
from linad.optimize.implicit import any_traced
from linad.optimize.packing import Packing
from linad.optimize.recording import Objective, Residuals


@dataclass(frozen=True, slots=True)
class Information:
    """The observed information at an estimate.

    Attributes
    ----------
    matrix
        The Hessian of the negative log-likelihood, unknowns in the order in which they stand in x.
    covariance
        Its inverse.
    errors
        The standard errors, in the containers of x.
    gradient
        The gradient of the negative log-likelihood, in the containers of x: small at a maximum.
    """

    matrix: Any
    covariance: Any
    errors: Any
    gradient: Any


def observed_information(
    fun: Callable[..., Any], x: Any, args: Any = (), *, residuals: bool = False, variance: Any = None
) -> Information:
    """Standard errors of estimates, from exact second derivatives.

    Parameters
    ----------
    fun
        ``fun(x, *args)``: the negative log-likelihood, whole and not a mean; with ``residuals``, those of a
        least-squares fit.
    x
        The estimate, an array or arrays in containers: where ``fun`` is least.
    residuals
        Whether ``fun`` gives residuals. Then half of their sum of squares over ``variance`` is the negative
        log-likelihood; its Hessian has the curvature of the model, which the covariance of curve_fit leaves out.
    variance
        The variance of the residuals; where left out, their sum of squares over m - n.

    Examples
    --------
    >>> import numpy as np
    >>> from linad.optimize import observed_information
    >>> y = np.array([1.0, 2.0, 4.0])
    >>> loss = lambda rate: np.sum(rate * y - np.log(rate))  # waiting times
    >>> observed_information(loss, 3 / 7).errors.round(4)  # rate / sqrt(3)
    array([0.2474])
    """
    where = "observed_information"
    args = args if isinstance(args, tuple) else (args,)
    packing = Packing(where, x)
    start = packing.start()
    n = packing.size
    if variance is not None and not residuals:
        raise ArgumentError(where, "variance= belongs to residuals.", "Pass residuals=True.")
    if residuals:
        model = Residuals(where, fun, packing, value(args), True)
        f = model.value(start)
        _require_plain(where, model.closes, x, args, variance)
        if variance is None:
            if len(f) <= n:
                raise OutputError(
                    where,
                    f"{len(f)} residuals do not tell the variance beside {n} unknowns.",
                    "Pass variance=.",
                )
            variance = float(f @ f) / (len(f) - n)
        J = model.jacobian(start)
        matrix, gradient = (J.T @ J + model.curvature(start, f)) / variance, J.T @ f / variance
    else:
        objective = Objective(where, fun, packing, value(args), True)
        objective.value(start)
        _require_plain(where, objective.closes, x, args)
        gradient, matrix = objective.gradient(start), objective.hessian(start)
    d = np.diagonal(matrix)
    if not np.all(np.isfinite(matrix)) or not np.all(d > 0):
        raise _no_minimum(where, f"its diagonal has the entry {np.min(d):.1e}")
    scale = 1 / np.sqrt(d)
    w, V = np.linalg.eigh(scale[:, None] * matrix * scale)
    if n and w[0] <= n * np.finfo(float).eps * w[-1]:
        raise _no_minimum(where, f"scaled to a diagonal of ones it has the eigenvalue {w[0]:.1e}")
    half = scale[:, None] * V / np.sqrt(w)
    covariance = half @ half.T
    errors = np.sqrt(np.diagonal(covariance))
    return Information(matrix, covariance, packing.unpack(errors), packing.unpack(gradient))


def _require_plain(where: str, closes: bool, *given: Any) -> None:
    """Refuse what is traced: the errors would be constants."""
    if closes or any_traced(given):
        raise NoRuleError(
            where,
            "what it reads is traced, and standard errors have no derivative here.",
            "If they are constant, pass linad.value(x).",
        )


def _no_minimum(where: str, fact: str) -> DegenerateError:
    return DegenerateError(
        where,
        f"the second derivatives are not positive definite: {fact}.",
        "x must be a minimum; an unknown at a bound, or one that the data do not determine, has no such error.",
    )
