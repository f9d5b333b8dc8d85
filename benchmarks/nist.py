"""``python -m benchmarks.nist``: certified digits of nonlinear fits, beside SciPy with finite differences.

Each problem of tests/data/nist from its two starts, all with one set of options: the defaults of each. Digits are
those of the worst parameter, of the residual sum of squares, and of the worst standard error; ``calls`` counts calls
of the model (with finite differences, those for the differences too).
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import scipy.optimize

from linad import optimize

DATA = Path(__file__).parents[1] / "tests" / "data" / "nist"


def _gauss(x: Any, b1: Any, b2: Any, b3: Any, b4: Any, b5: Any, b6: Any, b7: Any, b8: Any) -> Any:
    peaks = b3 * np.exp(-((x - b4) ** 2) / b5**2) + b6 * np.exp(-((x - b7) ** 2) / b8**2)
    return b1 * np.exp(-b2 * x) + peaks


MODELS: dict[str, Callable[..., Any]] = {
    "Misra1a": lambda x, b1, b2: b1 * (1 - np.exp(-b2 * x)),
    "Misra1b": lambda x, b1, b2: b1 * (1 - (1 + b2 * x / 2) ** -2.0),
    "Chwirut2": lambda x, b1, b2, b3: np.exp(-b1 * x) / (b2 + b3 * x),
    "DanWood": lambda x, b1, b2: b1 * x**b2,
    "Gauss1": _gauss,
    "Gauss2": _gauss,
    "Kirby2": lambda x, b1, b2, b3, b4, b5: (b1 + b2 * x + b3 * x**2) / (1 + b4 * x + b5 * x**2),
    "MGH17": lambda x, b1, b2, b3, b4, b5: b1 + b2 * np.exp(-x * b4) + b3 * np.exp(-x * b5),
    "Thurber": lambda x, b1, b2, b3, b4, b5, b6, b7: (
        (b1 + b2 * x + b3 * x**2 + b4 * x**3) / (1 + b5 * x + b6 * x**2 + b7 * x**3)
    ),
}


@dataclass(frozen=True, slots=True)
class Certified:
    """A problem as published."""

    name: str
    x: Any
    y: Any
    starts: Any
    parameters: Any
    errors: Any
    squares: float

    @property
    def model(self) -> Callable[..., Any]:
        return MODELS[self.name]


def read(name: str) -> Certified:
    """A problem from its file."""
    lines = (DATA / f"{name}.dat").read_text(encoding="ascii").splitlines()
    parts = [line.partition("=") for line in lines[:60]]
    rows = np.array([right.split() for left, _, right in parts if left.strip().startswith("b") and right], float)
    (squares,) = [float(line.split(":")[1]) for line in lines if line.startswith("Residual Sum of Squares")]
    begin = max(i for i, line in enumerate(lines) if line.startswith("Data:"))
    y, x = np.array([line.split() for line in lines[begin + 1 :] if line.strip()], float).T
    return Certified(name, x, y, rows[:, :2].T, rows[:, 2], rows[:, 3], squares)


def digits(found: Any, certified: Any) -> float:
    """The digits in which the worst of some numbers agrees: at most 11, which is what is certified."""
    gap = np.max(np.abs(np.asarray(found) - certified) / np.abs(certified))
    return float(np.clip(-np.log10(max(gap, 1e-11)), 0, 11))


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
    columns = "digits of b, of squares, of errors; calls"
    yield f"{'':14} {'linad':^28} {'SciPy, differences':^28}"
    yield f"{'problem start':14} {'b':>6} {'rss':>6} {'err':>6} {'calls':>7} {'b':>6} {'rss':>6} {'err':>6} {'calls':>7}"
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
    yield f"({columns})"


if __name__ == "__main__":
    for line in table():
        print(line)
