"""Where to measure: D-, A- and E-optimal designs of a polynomial regression, weights on a simplex.

    M(w) = sum_i w_i f(x_i) f(x_i)^T      D: log det M      A: -tr M^-1      E: the least eigenvalue of M

A design is optimal if and only if no candidate has a larger derivative of the criterion than the design itself has on
average (Kiefer, General equivalence theory for optimum designs, Annals of Statistics 2, 1974): the gradient by w tells.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

import linad as ln
from examples.drawing import BLUE, VERMILION, panels, save
from linad.check import FunctionReport, check_gradients
from linad.optimize import LinearConstraint, minimize


def information(w: Any, F: Any) -> Any:
    return F.T @ (w[:, None] * F)


CRITERIA: dict[str, Callable[[Any], Any]] = {
    "D": lambda M: np.linalg.slogdet(M)[1],
    "A": lambda M: -np.trace(np.linalg.inv(M)),
    "E": lambda M: np.linalg.eigvalsh(M)[0],
}


@dataclass(frozen=True, slots=True)
class Design:
    x: Any
    w: Any
    sensitivity: Any  # the derivative of the criterion by each weight
    bound: float  # what no sensitivity exceeds at the optimum


def solve(criterion: str, n: int = 41, degree: int = 3) -> Design:
    x = np.linspace(-1, 1, n)
    F = x[:, None] ** np.arange(degree + 1)

    def loss(w: Any) -> Any:
        return -CRITERIA[criterion](information(w, F))

    simplex = LinearConstraint(np.ones((1, n)), 1, 1)
    found = minimize(
        loss,
        np.full(n, 1 / n),
        method="SLSQP",
        bounds=[(0, 1)] * n,
        constraints=simplex,
        options={"ftol": 1e-12, "maxiter": 500},
    )
    sensitivity = -ln.grad(loss)(found.x)
    return Design(x, found.x, sensitivity, float(found.x @ sensitivity))


def verify() -> FunctionReport:
    F = np.linspace(-1, 1, 7)[:, None] ** np.arange(3)

    def criteria(w: Any) -> list[Any]:
        return [criterion(information(w, F)) for criterion in CRITERIA.values()]

    return check_gradients(criteria, np.linspace(0.1, 0.2, 7), order=1)


def draw(designs: dict[str, Design]) -> Any:
    def fill(*axes: Any) -> None:
        for (name, design), weights, sensitivity in zip(designs.items(), axes[:3], axes[3:], strict=True):
            weights.vlines(design.x, 0, design.w, color=BLUE, lw=2.5)
            weights.set(title=f"{name}-optimal", ylim=(0, 0.5))
            sensitivity.axhline(1, color=VERMILION, lw=1)
            sensitivity.plot(design.x, design.sensitivity / design.bound, color=BLUE)
            carries = design.w > 1e-3
            sensitivity.plot(
                design.x[carries], (design.sensitivity / design.bound)[carries], "o", color=BLUE, ms=4
            )
            sensitivity.set(xlabel="x, where to measure", ylim=(0, 1.15))
        axes[0].set_ylabel("share of measurements")
        axes[3].set_ylabel("gradient by weight,\nof its bound")
        axes[3].text(0, 1.04, "bound", color=VERMILION, fontsize=8, ha="center")

    return panels(fill, 2, 3, size=(9, 3.9), sharex=True, sharey="row")


def main() -> None:
    print(verify().sentence)
    designs = {name: solve(name) for name in CRITERIA}
    for name, design in designs.items():
        places = ", ".join(f"{x:.2f} ({w:.3f})" for x, w in zip(design.x, design.w, strict=True) if w > 1e-3)
        print(
            f"{name}: {places}; largest sensitivity {max(design.sensitivity) / design.bound:.6f} of its bound"
        )
    save(draw(designs), __file__)


if __name__ == "__main__":
    main()
