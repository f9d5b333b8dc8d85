"""The annual flow of the Nile, a random walk seen with noise: variances by maximum likelihood.

    y[t] = a[t] + e[t]      e ~ N(0, noise)      a[t+1] = a[t] + u[t]      u ~ N(0, drift)

The start is diffuse, exactly: the first observation is the first estimate of the level (Durbin and Koopman, Time
Series Analysis by State Space Methods, 2nd edition, section 5.2; the estimates, 15 099 and 1 469, are in section 2.10).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from examples.drawing import BLUE, GREY, VERMILION, panels, save
from linad.check import FunctionReport, check_gradients
from linad.optimize import minimize, observed_information

DATA = Path(__file__).parents[1] / "tests" / "data" / "nile.txt"
YEARS = np.arange(1871, 1971)


def read() -> Any:
    """The flow in 10^8 cubic metres, year by year."""
    return np.array(DATA.read_text(encoding="ascii").split(), float)


def kalman(logs: Any, y: Any) -> tuple[Any, list[Any], list[Any], list[Any]]:
    """The negative log-likelihood; filtered levels, their variances, and standardised surprises."""
    noise, drift = np.exp(logs[0]), np.exp(logs[1])
    loss, levels, variances, surprises = 0.0, [y[0]], [noise], []
    for value in y[1:]:
        variance = variances[-1] + drift  # of the level, before it is observed
        spread = variance + noise
        surprise = value - levels[-1]
        loss = loss + 0.5 * (np.log(2 * np.pi * spread) + surprise**2 / spread)
        levels.append(levels[-1] + variance / spread * surprise)
        variances.append(variance * noise / spread)
        surprises.append(surprise / np.sqrt(spread))
    return loss, levels, variances, surprises


def likelihood(logs: Any, y: Any) -> Any:
    return kalman(logs, y)[0]


@dataclass(frozen=True, slots=True)
class Fit:
    y: Any
    logs: Any
    errors: Any  # of logs, by the observed information
    loss: float
    evaluations: int

    @property
    def variances(self) -> Any:
        return np.exp(self.logs)


def solve(years: int = 100) -> Fit:
    y = read()[:years]
    start = np.log([np.var(y) / 2, np.var(y) / 2])
    found = minimize(likelihood, start, args=(y,), method="BFGS", tol=1e-6)
    information = observed_information(lambda logs: likelihood(logs, y), found.x)
    return Fit(y, found.x, information.errors, found.fun, found.nfev)


def verify() -> FunctionReport:
    return check_gradients(likelihood, np.log([15000.0, 1500.0]), read()[:10], order=1)


def draw(fit: Fit) -> Any:
    years = YEARS[: len(fit.y)]
    _, levels, variances, surprises = kalman(fit.logs, fit.y)

    def fill(flow: Any, surprise: Any, valley: Any) -> None:
        band = 1.645 * np.sqrt(variances)
        flow.fill_between(years, levels - band, levels + band, color=BLUE, alpha=0.2, lw=0)
        flow.plot(years, fit.y, ".", color=GREY, ms=4)
        flow.plot(years, levels, color=BLUE)
        flow.set(title="Level, and its 90 % band", xlabel="year", ylabel="flow (10$^8$ m$^3$ a year)")
        surprise.vlines(years[1:], 0, surprises, color=BLUE, lw=1.2)
        surprise.axhline(0, color=GREY, lw=0.6)
        surprise.set(title="Surprises", xlabel="year", ylabel="standard deviations")
        a, b = fit.logs[0] + np.linspace(-0.9, 0.9, 31), fit.logs[1] + np.linspace(-3, 2.5, 31)
        gap = [[likelihood(np.array([u, v]), fit.y) - fit.loss for u in a] for v in b]
        lines = valley.contour(
            np.exp(a / 2), np.exp(b / 2), gap, levels=[0.5, 1, 2, 4, 8], colors=GREY, linewidths=0.9
        )
        valley.clabel(lines, fontsize=7, fmt="%g")
        valley.plot(*np.sqrt(fit.variances), "o", color=VERMILION, ms=5)
        valley.set(title="Loss of log-likelihood")
        valley.set(xlabel="noise, deviation (10$^8$ m$^3$)", ylabel="drift, deviation (10$^8$ m$^3$)")

    return panels(fill, 1, 3, size=(9.4, 2.9))


def main() -> None:
    print(verify().sentence)
    fit = solve()
    for name, variance, error in zip(("noise", "drift"), fit.variances, fit.errors, strict=True):
        print(f"{name} {variance:.1f}, relative standard error {error:.2f}")
    print(f"{fit.evaluations} evaluations of value and gradient")
    save(draw(fit), __file__)


if __name__ == "__main__":
    main()
