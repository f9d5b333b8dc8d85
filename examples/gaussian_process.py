"""Gaussian-process regression: the scales of a kernel by maximum marginal likelihood.

K = s^2 exp(-(x - x')^2 / (2 l^2)) + e^2 I        y ~ N(0, K)        unknown: log l, log s, log e
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from examples.drawing import BLACK, BLUE, GREY, VERMILION, panels, save
from linad.check import FunctionReport, check_gradients
from linad.optimize import minimize, observed_information

START = np.log([0.3, 1.0, 0.5])  # length, spread, noise


def covariance(logs: Any, x: Any, z: Any) -> Any:
    """Of the function's values at x and at z."""
    length, spread, _ = np.exp(logs)
    return spread**2 * np.exp(-0.5 * ((x[:, None] - z) / length) ** 2)


def evidence(logs: Any, x: Any, y: Any) -> Any:
    """The negative logarithm of the marginal likelihood; K is factored once, here and in every derivative."""
    K = covariance(logs, x, x) + np.exp(2 * logs[2]) * np.eye(len(x))
    return 0.5 * (y @ np.linalg.solve(K, y) + np.linalg.slogdet(K)[1] + len(x) * np.log(2 * np.pi))


def predict(logs: Any, x: Any, y: Any, z: Any) -> tuple[Any, Any]:
    """Mean and standard deviation of the function at z."""
    K = covariance(logs, x, x) + np.exp(2 * logs[2]) * np.eye(len(x))
    C = covariance(logs, x, z)
    weights = np.linalg.solve(K, C)
    return weights.T @ y, np.sqrt(np.exp(2 * logs[1]) - np.sum(C * weights, 0))


def truth(x: Any) -> Any:
    return np.sin(x) + 0.3 * np.sin(2.6 * x)


def observe(n: int) -> tuple[Any, Any]:
    """Points with a gap in their middle, and noisy values there."""
    rng = np.random.default_rng(4)
    x = np.sort(np.concatenate([rng.uniform(0, 4, n // 2), rng.uniform(6, 10, n - n // 2)]))
    return x, truth(x) + 0.2 * rng.standard_normal(n)


@dataclass(frozen=True, slots=True)
class Fit:
    x: Any
    y: Any
    logs: Any
    errors: Any  # of logs, by the observed information
    loss: float
    evaluations: int


def solve(n: int = 60) -> Fit:
    x, y = observe(n)
    found = minimize(evidence, START, args=(x, y), method="BFGS", tol=1e-6)
    information = observed_information(lambda logs: evidence(logs, x, y), found.x)
    return Fit(x, y, found.x, information.errors, found.fun, found.nfev)


def verify() -> FunctionReport:
    return check_gradients(evidence, START, *observe(8), order=1)


def draw(fit: Fit) -> Any:
    z = np.linspace(0, 10, 300)

    def fill(before: Any, after: Any, likelihood: Any) -> None:
        for axes, logs, title in ((before, START, "Start"), (after, fit.logs, "Maximum likelihood")):
            mean, error = predict(logs, fit.x, fit.y, z)
            axes.fill_between(z, mean - 2 * error, mean + 2 * error, color=BLUE, alpha=0.2, lw=0)
            axes.plot(z, mean, color=BLUE)
            axes.plot(z, truth(z), color=BLACK, lw=0.9, ls="--")
            axes.plot(fit.x, fit.y, ".", color=GREY, ms=4)
            axes.set(title=f"{title}: l = {np.exp(logs[0]):.2f}", xlabel="x", ylim=(-2.6, 2.6))
        before.set_ylabel("f(x), mean and 2 standard deviations")
        after.text(0.35, -2.2, "dots: measurements\ndashed: the true function", fontsize=8)
        a, b = fit.logs[0] + np.linspace(-1, 1, 41), fit.logs[2] + np.linspace(-0.6, 0.6, 41)
        gap = [[evidence(np.array([u, fit.logs[1], v]), fit.x, fit.y) - fit.loss for u in a] for v in b]
        lines = likelihood.contour(
            np.exp(a), np.exp(b), gap, levels=[0.5, 2, 8, 32], colors=GREY, linewidths=0.9
        )
        likelihood.clabel(lines, fontsize=7, fmt="%g")
        likelihood.plot(*np.exp(fit.logs[[0, 2]]), "o", color=VERMILION, ms=5)
        likelihood.annotate(
            "maximum",
            np.exp(fit.logs[[0, 2]]),
            (6, 6),
            textcoords="offset points",
            color=VERMILION,
            fontsize=8,
        )
        likelihood.set(title="Loss of log-likelihood", xlabel="length l", ylabel="noise e")

    return panels(fill, 1, 3, size=(9, 2.9), sharey=False)


def main() -> None:
    print(verify().sentence)
    fit = solve()
    for name, log, error in zip(("length", "spread", "noise"), fit.logs, fit.errors, strict=True):
        print(f"{name:6} {np.exp(log):.3f}, relative standard error {error:.2f}")
    save(draw(fit), __file__)


if __name__ == "__main__":
    main()
