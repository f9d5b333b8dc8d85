"""Problems that tests and benchmarks of the optimisers share."""

from __future__ import annotations

from typing import Any

import numpy as np

from examples import nile

NILE = nile.read()
NILE_VARIANCE = float(np.var(NILE))
START = np.array([1.3, 0.7, 0.8, 1.9, 1.2])  # for Rosenbrock's function of five variables
CONVEX = np.array(
    [1.1, 1.1, 1.2, 1.5, 2.2]
)  # a start from where Hessians are positive definite, as dogleg asks


def rosenbrock(x: Any) -> Any:
    """Least, 0, where all are one; the valley is curved."""
    return np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


def local_level(logs: Any, y: Any = NILE) -> Any:
    """The negative log-likelihood of a random walk seen with noise; the logarithms of both variances."""
    return nile.likelihood(logs, y)


def gaussian(x: Any, data: Any) -> Any:
    """The mean negative log-likelihood of a normal distribution: a mean, and the Cholesky factor of its covariance."""
    mean, L = x["mean"], x["L"]
    L = np.tril(L)
    z = np.linalg.solve(L, (data - mean).T)
    return 0.5 * np.mean(np.sum(z**2, 0)) + np.sum(np.log(np.abs(np.diagonal(L))))
