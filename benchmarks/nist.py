"""``python -m benchmarks.nist``: certified digits of nonlinear fits, beside SciPy with finite differences.

Each problem of tests/data/nist from its two starts, all with one set of options: the defaults of each. Digits are
those of the worst parameter, of the residual sum of squares, and of the worst standard error; ``calls`` counts calls
of the model (with finite differences, those for the differences too).
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import scipy.optimize

from linad import optimize
from tests.optimize.nist import MODELS, Certified, digits, read


def fitted(problem: Certified, start: Any, curve_fit: Callable[..., Any]) -> tuple[float, float, float, int]:
    """Digits of parameters, squares and errors, and the number of calls of the model."""
    calls = 0

    def model(x: Any, *b: Any) -> Any:
        nonlocal calls
        calls += 1
        return problem.model(x, *b)

    with warnings.catch_warnings(), np.errstate(all="ignore"):  # starts are far away
        warnings.simplefilter("ignore")
        try:
            p, covariance = curve_fit(model, problem.x, problem.y, start)
        except RuntimeError:  # no convergence
            return 0.0, 0.0, 0.0, calls
    squares = np.sum((problem.model(problem.x, *p) - problem.y) ** 2)
    errors = np.sqrt(np.diagonal(covariance))
    return (
        digits(p, problem.parameters),
        digits(squares, problem.squares),
        digits(errors, problem.errors),
        calls,
    )


def table() -> Iterator[str]:
    """The lines of the table."""
    yield f"{'':14} {'linad':^28} {'SciPy, differences':^28}"
    columns = f"{'b':>6} {'rss':>6} {'err':>6} {'calls':>7}"
    yield f"{'problem start':14} {columns} {columns}"
    for name in MODELS:
        problem = read(name)
        for i, start in enumerate(problem.starts):
            cells = [
                f"{b:6.1f} {rss:6.1f} {err:6.1f} {calls:7d}"
                for b, rss, err, calls in (
                    fitted(problem, start, curve_fit)
                    for curve_fit in (optimize.curve_fit, scipy.optimize.curve_fit)
                )
            ]
            yield f"{name:10} {i + 1:3d} {' '.join(cells)}"


if __name__ == "__main__":
    for line in table():
        print(line)
