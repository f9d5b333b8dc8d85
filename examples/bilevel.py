"""How much to penalise each weight of a regression, learnt by differentiating the fit's answer.

    inner   w(p) = least of   loss of logistic regression on training data + sum_j exp(p_j) w_j^2 / 2
    outer   p    = least of   loss of w(p) on validation data

The inner answer is differentiated implicitly: one linear solve with its Hessian, no iteration is recorded.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

import linad as ln
from examples.drawing import BLACK, BLUE, GREY, ORANGE, VERMILION, panels, save
from linad.check import FunctionReport, check_gradients
from linad.optimize import Bounds, minimize

LIMITS = (-6.0, 6.0)  # of the logarithms of the penalties


@dataclass(frozen=True, slots=True)
class Data:
    X: Any
    y: Any  # -1 or 1


def loss(w: Any, data: Data) -> Any:
    """Of logistic regression, the mean over the data."""
    return np.mean(np.logaddexp(0, -data.y * (data.X @ w)))


def penalised(w: Any, p: Any, data: Data) -> Any:
    """The loss with penalties exp(p), one for each weight or one for all."""
    return loss(w, data) + np.mean(np.exp(p) * w**2) / 2


def fit(p: Any, data: Data) -> Any:
    """The best weights."""
    start = np.zeros(data.X.shape[1])
    return minimize(lambda w, p: penalised(w, p, data), start, args=(p,), method="trust-exact", tol=1e-9).x


def observe(n: int, features: int, telling: int) -> tuple[Data, Data, Data, Any]:
    """Training, validation and test data, and the true weights: of some features only the first few tell anything."""
    rng = np.random.default_rng(3)
    true = np.concatenate([1.5 * (-1.0) ** np.arange(telling), np.zeros(features - telling)])

    def draw(n: int) -> Data:
        X = rng.standard_normal((n, features))
        return Data(X, np.where(rng.random(n) < 1 / (1 + np.exp(-X @ true)), 1.0, -1.0))

    return draw(n), draw(n), draw(20000), true


@dataclass(frozen=True, slots=True)
class Tuned:
    p: Any
    w: Any
    validation: float
    test: float
    evaluations: int


@dataclass(frozen=True, slots=True)
class Study:
    true: Any
    shared: Tuned  # one penalty for all weights
    each: Tuned  # one for each
    path: Any  # logarithms of a shared penalty, losses in training, validation, test


def solve(n: int = 150, features: int = 16, telling: int = 4) -> Study:
    training, validation, test, true = observe(n, features, telling)

    def tuned(start: Any) -> Tuned:
        found = minimize(
            lambda p: loss(fit(p, training), validation), start, method="L-BFGS-B", bounds=Bounds(*LIMITS)
        )
        w = fit(found.x, training)
        return Tuned(found.x, w, float(found.fun), float(loss(w, test)), found.nfev)

    shared = tuned(np.zeros(1))
    path = []
    for p in np.linspace(*LIMITS, 25):
        w = fit(np.array([p]), training)
        path.append([p, loss(w, training), loss(w, validation), loss(w, test)])
    return Study(true, shared, tuned(np.full(features, shared.p[0])), np.array(path))


def verify() -> FunctionReport:
    """The outer gradient, by differences of the loss at answers brought to their last digit by Newton's method."""
    training, validation, _, _ = observe(20, 3, 1)

    def outer(p: Any) -> Any:
        return loss(fit(p, training), validation)

    def to_the_last_digit(p: Any) -> Any:
        w = fit(p, training)
        for _ in range(2):
            slope, curvature = ln.grad(penalised)(w, p, training), ln.hessian(penalised)(w, p, training)
            w = w - np.linalg.solve(curvature, slope)
        return loss(w, validation)

    return check_gradients(to_the_last_digit, np.array([-1.0, 0.0, 1.0]), gradient=ln.grad(outer), order=1)


def draw(study: Study) -> Any:
    numbers = np.arange(1, len(study.true) + 1)
    telling = study.true != 0

    def fill(curve: Any, penalties: Any, weights: Any) -> None:
        p, *losses = study.path.T
        for values, colour, name, dashes in zip(
            losses, (GREY, BLUE, VERMILION), ("training", "validation", "test"), (":", "-", "--"), strict=True
        ):
            curve.plot(np.exp(p), values, color=colour, ls=dashes, label=name)
        curve.plot(np.exp(study.shared.p), study.shared.validation, "o", color=BLUE, ms=5)
        curve.axhline(study.each.test, color=VERMILION, lw=0.8)
        curve.text(
            np.exp(LIMITS[0]),
            study.each.test - 0.006,
            "test, one each",
            color=VERMILION,
            fontsize=8,
            va="top",
        )
        curve.set(title="One penalty for all", xscale="log", xlabel="penalty", ylabel="loss (nats)")
        curve.legend(fontsize=8)
        for axes, values in ((penalties, np.exp(study.each.p)), (weights, study.each.w)):
            axes.plot(numbers[telling], values[telling], "o", color=BLUE, label="features that tell", ms=5)
            axes.plot(numbers[~telling], values[~telling], "x", color=ORANGE, label="noise", ms=5)
            axes.set_xlabel("feature")
        penalties.set(title="One penalty each", yscale="log", ylabel="penalty")
        penalties.legend(fontsize=8, loc="center right")
        weights.plot(numbers, study.shared.w, "_", color=GREY, ms=8, label="one penalty for all")
        weights.plot(
            numbers[telling],
            study.true[telling],
            "o",
            color=BLACK,
            mfc="none",
            ms=8,
            mew=0.7,
            label="true, else 0",
        )
        weights.set(title="Weights", ylabel="weight")
        weights.legend(*[handles[2:] for handles in weights.get_legend_handles_labels()], fontsize=8)

    return panels(fill, 1, 3, size=(9.4, 2.9))


def main() -> None:
    print(verify().sentence)
    study = solve()
    for name, tuned in (("one penalty", study.shared), ("one each", study.each)):
        print(f"{name:12} validation {tuned.validation:.4f}, test {tuned.test:.4f}, {tuned.evaluations} fits")
    save(draw(study), __file__)


if __name__ == "__main__":
    main()
