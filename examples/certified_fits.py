"""Nonlinear regression with certified answers, those of the National Institute of Standards and Technology.

linad.optimize.curve_fit with its defaults, from the far start of each problem, beside SciPy's own with its defaults.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.optimize

from examples.drawing import BLUE, GREY, VERMILION, panels, save
from linad.check import FunctionReport, check_gradients
from linad.optimize import curve_fit
from tests.optimize.nist import MODELS, Certified, digits, read

AXES = {  # as the files name them: they tell no units
    "Misra1a": ("pressure", "volume"),
    "Chwirut2": ("distance of the metal", "ultrasonic response"),
    "Gauss2": ("x", "y"),
    "Kirby2": ("x", "y"),
    "MGH17": ("x", "y"),
    "Thurber": ("log of the density", "electron mobility"),
}


@dataclass(frozen=True, slots=True)
class Fit:
    problem: Certified
    parameters: Any
    digits: float  # of the worst parameter
    digits_of_errors: float
    digits_of_scipy: float  # of the worst parameter


def fitted(problem: Certified, fit: Callable[..., Any], start: int = 0) -> tuple[Any, Any]:
    """Parameters and their standard errors."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):  # the far starts overflow
        warnings.simplefilter("ignore", scipy.optimize.OptimizeWarning)
        parameters, covariance = fit(problem.model, problem.x, problem.y, problem.starts[start])
    return parameters, np.sqrt(np.diagonal(covariance))


def solve(names: Iterable[str] = tuple(MODELS)) -> list[Fit]:
    fits = []
    for problem in map(read, names):
        parameters, errors = fitted(problem, curve_fit)
        theirs = digits(fitted(problem, scipy.optimize.curve_fit)[0], problem.parameters)
        ours = digits(parameters, problem.parameters), digits(errors, problem.errors)
        fits.append(Fit(problem, parameters, *ours, theirs))
    return fits


def verify() -> FunctionReport:
    problem = read("Thurber")

    def model(b: Any) -> Any:
        return problem.model(problem.x, *b)

    return check_gradients(model, problem.parameters, order=1)


def draw(fits: list[Fit]) -> Any:
    def key(axes: Any) -> dict[str, Any]:
        return {"transform": axes.transAxes, "fontsize": 8}

    def fill(*grid: Any) -> None:
        chosen = [fit for fit in fits if fit.problem.name in AXES]
        for fit, axes in zip(chosen, grid, strict=True):
            problem = fit.problem
            x = np.linspace(np.min(problem.x), np.max(problem.x), 300)
            with np.errstate(all="ignore"):
                start = problem.model(x, *problem.starts[0])
                axes.plot(x, start, color=VERMILION, ls="--", lw=1)
            axes.plot(problem.x, problem.y, ".", color=GREY, ms=3)
            axes.plot(x, problem.model(x, *fit.parameters), color=BLUE)
            spread = np.ptp(problem.y)
            low, high = np.min(problem.y) - 0.15 * spread, np.max(problem.y) + 0.3 * spread
            axes.set_ylim(low, high)
            if not np.any((low < start) & (start < high)):
                axes.text(0.97, 0.9, "the start is out of sight", color=VERMILION, ha="right", **key(axes))
            xlabel, ylabel = AXES[problem.name]
            axes.set(xlabel=xlabel, ylabel=ylabel)
            axes.set_title(f"{problem.name}: {fit.digits:.0f} digits (SciPy: {fit.digits_of_scipy:.0f})")
        grid[0].text(0.05, 0.9, "dashed: the start", color=VERMILION, **key(grid[0]))
        grid[0].text(0.05, 0.8, "line: the fit", color=BLUE, **key(grid[0]))

    return panels(fill, 2, 3, size=(9.4, 4.6))


def main() -> None:
    print(verify().sentence)
    print(f"{'':9} parameters  errors   SciPy's parameters (digits)")
    fits = solve()
    for fit in fits:
        print(
            f"{fit.problem.name:9} {fit.digits:10.1f} {fit.digits_of_errors:7.1f} {fit.digits_of_scipy:10.1f}"
        )
    save(draw(fits), __file__)


if __name__ == "__main__":
    main()
