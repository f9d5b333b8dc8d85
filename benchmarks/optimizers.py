"""``python -m benchmarks.optimizers``: calls of the objective with linad's derivatives, beside SciPy's differences.

Each problem by each method of minimize that uses a gradient and takes it. ``error`` is the largest of x; a method that
SciPy does not run without a gradient has no second column. Of the Nile both print the two variances, as published
15 099 and 1 469.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import scipy.optimize

import linad.numpy as lnp
from linad import optimize
from tests.optimize.problems import CONVEX, NILE_VARIANCE, START, gaussian, local_level, rosenbrock

BY_BOUNDS = ("L-BFGS-B", "TNC", "SLSQP", "trust-constr")
GRADIENT = ("CG", "BFGS", *BY_BOUNDS)
SECOND = ("Newton-CG", "trust-ncg", "trust-krylov", "trust-exact")
DATA = np.random.default_rng(0).standard_normal((50, 3)) @ np.array(
    [[1.0, 0.5, 0.1], [0, 2, -0.3], [0, 0, 0.7]]
)
TRIL = np.tril_indices(3)


def covariance(x: Any) -> Any:
    """The negative log-likelihood of DATA, unknowns in one vector: SciPy knows no containers."""
    L = lnp.index_set(np.zeros((3, 3)), TRIL, x[3:])
    return gaussian({"mean": x[:3], "L": L}, DATA)


def distance(x: Any) -> Any:
    return np.sum((x - np.array([1.0, 2.0, 3.0])) ** 2)


SPHERE = {"constraints": [scipy.optimize.NonlinearConstraint(lambda x: np.sum(x**2), 4.0, 4.0)]}
ESTIMATE = np.concatenate([DATA.mean(0), np.linalg.cholesky(np.cov(DATA.T, bias=True))[TRIL]])
# The objective, methods, start, answer, and what else minimize is given.
PROBLEMS: dict[str, tuple[Any, ...]] = {
    "Rosenbrock": (rosenbrock, (*GRADIENT, *SECOND), START, np.ones(5), {}),
    "Rosenbrock, convex": (rosenbrock, ("dogleg",), CONVEX, np.ones(5), {}),
    "bounded": (distance, BY_BOUNDS, np.zeros(3), [0.5, 1, 3], {"bounds": [(0, 0.5), (None, 1), (0, None)]}),
    "on a sphere": (
        distance,
        ("SLSQP", "trust-constr"),
        np.array([1.2, 1.0, 1.0]),
        np.array([1.0, 2.0, 3.0]) * 2 / 14**0.5,
        SPHERE,
    ),
    "covariance": (
        covariance,
        (*GRADIENT, *SECOND),
        np.concatenate([np.zeros(3), np.eye(3)[TRIL]]),
        ESTIMATE,
        {},
    ),
}


def counted(f: Callable[..., Any], minimize: Callable[..., Any], x0: Any, **options: Any) -> tuple[int, Any]:
    """The number of calls of an objective, and the result."""
    calls = 0

    def objective(x: Any) -> Any:
        nonlocal calls
        calls += 1
        return f(x)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return (lambda found: (calls, found))(minimize(objective, x0, **options))


def table() -> Iterator[str]:
    """The lines of the table."""
    yield f"{'':34} {'linad':>18} {'SciPy, differences':>20}"
    yield f"{'problem, method':34} {'calls':>8} {'error':>9} {'calls':>10} {'error':>9}"
    for name, (f, methods, start, answer, options) in PROBLEMS.items():
        for method in methods:
            line = f"{name + ', ' + method:34}"
            for minimize in (optimize.minimize, scipy.optimize.minimize):
                if minimize is scipy.optimize.minimize and method in (*SECOND, "dogleg"):
                    continue
                calls, found = counted(f, minimize, start, method=method, tol=1e-8, **options)
                line += f" {calls:8d} {np.max(np.abs(found.x - answer)):9.1e} "
            yield line
    start = np.log([NILE_VARIANCE / 2, NILE_VARIANCE / 2])
    for minimize, name in ((optimize.minimize, "linad"), (scipy.optimize.minimize, "SciPy, differences")):
        calls, found = counted(local_level, minimize, start, method="BFGS")
        noise, drift = np.exp(found.x)
        yield f"Nile, BFGS: {name:20} {calls:4d} calls, variances {noise:.1f} and {drift:.1f}"


if __name__ == "__main__":
    for line in table():
        print(line)
