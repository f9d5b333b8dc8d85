"""``python -m benchmarks.optimizers``: calls of the objective with linad's derivatives, beside SciPy's differences.

Rosenbrock's function of five variables, by each method of minimize that uses a gradient, and the local-level model of
the Nile. A method that SciPy does not run without a gradient has no second column. Of the Nile, both columns print the
two variances, as published 15 099 and 1 469.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import scipy.optimize

from linad import optimize
from tests.optimize.problems import CONVEX, NILE_VARIANCE, START, local_level, rosenbrock

GRADIENT = ("CG", "BFGS", "L-BFGS-B", "TNC", "SLSQP", "trust-constr")
SECOND = ("Newton-CG", "trust-ncg", "trust-krylov", "trust-exact", "dogleg")


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
    yield f"{'':24} {'linad':>18} {'SciPy, differences':>20}"
    yield f"{'method':24} {'calls':>8} {'error':>9} {'calls':>10} {'error':>9}"
    for method in (*GRADIENT, *SECOND):
        start = CONVEX if method == "dogleg" else START
        line = f"{method:24}"
        for minimize in (optimize.minimize, scipy.optimize.minimize):
            if minimize is scipy.optimize.minimize and method in SECOND:
                continue
            calls, found = counted(rosenbrock, minimize, start, method=method, tol=1e-8)
            line += f" {calls:8d} {np.max(np.abs(found.x - 1)):9.1e} "
        yield line
    yield ""
    start = np.log([NILE_VARIANCE / 2, NILE_VARIANCE / 2])
    for minimize, name in ((optimize.minimize, "linad"), (scipy.optimize.minimize, "SciPy, differences")):
        calls, found = counted(local_level, minimize, start, method="BFGS")
        noise, drift = np.exp(found.x)
        yield f"Nile, BFGS: {name:20} {calls:4d} calls, variances {noise:.1f} and {drift:.1f}"


if __name__ == "__main__":
    for line in table():
        print(line)
