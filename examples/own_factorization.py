"""A factorization of one's own, from its equation: the triangle that carries one covariance to another.

    L K L^H = G      K, G positive definite, L lower triangular with a positive diagonal

x -> L x is the transport of Knothe and Rosenblatt between the normal distributions of covariances K and G. It depends
on the order and directions of the axes; the cheapest transport of all does not. Turning the axes, by gradients through
L, makes the triangular one the cheapest: its cost becomes the squared Bures distance,
tr K + tr G - 2 tr (K^1/2 G K^1/2)^1/2.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.linalg
from numpy.linalg import cholesky

import linad as ln
import linad.linalg as la
from examples.drawing import BLUE, GREY, ORANGE, VERMILION, panels, save
from linad.check import FunctionReport, check_gradients
from linad.derive import operation
from linad.optimize import minimize

carry = operation(
    {"K": "n n positive definite", "G": "n n positive definite"},
    {"L": "n n positive lower"},
    "L @ K @ L.H = G",
    lambda K, G: cholesky(G) @ np.linalg.inv(cholesky(K)),
    name="carry",
)


def turned(angles: Any, A: Any) -> Any:
    """A in axes turned by the exponential of a skew matrix."""
    n = len(A)
    places = np.zeros((n * n, n * (n - 1) // 2))
    rows, columns = np.tril_indices(n, -1)
    places[rows * n + columns, np.arange(len(rows))] = 1
    places[columns * n + rows, np.arange(len(rows))] = -1
    Q = la.expm((places @ angles).reshape(n, n))
    B = Q.T @ A @ Q
    return (B + B.T) / 2


def cost(angles: Any, K: Any, G: Any) -> Any:
    """The mean of |L x - x|^2 over x ~ N(0, K), in the turned axes."""
    K, G = turned(angles, K), turned(angles, G)
    D = carry(K, G) - np.eye(len(K))
    return np.sum(D @ K * D)


def cheapest(K: Any, G: Any) -> float:
    """The squared Bures distance."""
    root = scipy.linalg.sqrtm(K)
    return float(np.trace(K) + np.trace(G) - 2 * np.trace(scipy.linalg.sqrtm(root @ G @ root)))


@dataclass(frozen=True, slots=True)
class Turn:
    K: Any
    G: Any
    angles: Any
    costs: tuple[float, float]  # before and after
    evaluations: int


def example(n: int) -> tuple[Any, Any]:
    """Two covariances."""
    X, Y = np.random.default_rng(6).standard_normal((2, n, n + 1))
    return X @ X.T / n + np.eye(n) / 4, Y @ Y.T / n + np.eye(n) / 4


def solve(K: Any, G: Any) -> Turn:
    start = np.zeros(len(K) * (len(K) - 1) // 2)
    found = minimize(cost, start, args=(K, G), method="BFGS", options={"gtol": 1e-7})
    return Turn(K, G, found.x, (float(cost(start, K, G)), float(found.fun)), found.nfev)


def verify() -> FunctionReport:
    angles = np.array([0.1, -0.2, 0.3])
    return check_gradients(cost, angles, *example(3), domains={"K": "spd", "G": "spd"})


def draw(turn: Turn) -> Any:
    """Of two dimensions: the transport before and after, and the cost by the angle."""
    circle = np.linspace(0, 2 * np.pi, 200)
    ring = np.stack([np.cos(circle), np.sin(circle)])

    def fill(before: Any, after: Any, curve: Any) -> None:
        for axes, angles, value, title in (
            (before, np.zeros(1), turn.costs[0], "Axes as given"),
            (after, turn.angles, turn.costs[1], "Axes turned"),
        ):
            K, G = turned(angles, turn.K), turned(angles, turn.G)
            L = carry(K, G)
            start = cholesky(K) @ ring * 1.5
            end = L @ start
            axes.plot(*start, color=ORANGE, label="from N(0, K)")
            axes.plot(*end, color=BLUE, label="to N(0, G)")
            for i in range(0, 200, 10):
                arrow = {"arrowstyle": "-|>", "color": GREY, "lw": 0.7, "shrinkA": 0, "shrinkB": 0}
                axes.annotate("", end[:, i], start[:, i], arrowprops=arrow)
            axes.set(title=f"{title}: cost {value:.4f}", aspect="equal", xlabel="$x_1$", ylabel="$x_2$")
            axes.set(xlim=(-4.1, 4.1), ylim=(-3, 3))
        before.legend(fontsize=8, loc="lower center", ncols=2)
        angles = np.linspace(-np.pi / 2, np.pi / 2, 91)
        curve.plot(np.degrees(angles), [cost(np.array([a]), turn.K, turn.G) for a in angles], color=BLUE)
        bound = cheapest(turn.K, turn.G)
        curve.axhline(bound, color=VERMILION, lw=1)
        curve.text(
            90, bound - 0.015, "cheapest of all transports", color=VERMILION, fontsize=8, ha="right", va="top"
        )
        curve.set_ylim(bottom=bound - 0.06)
        for angle, value, colour in ((0.0, turn.costs[0], GREY), (turn.angles[0], turn.costs[1], BLUE)):
            slope = float(ln.grad(cost)(np.array([angle]), turn.K, turn.G)[0])
            reach = np.array([-0.25, 0.25])
            curve.plot(np.degrees(angle + reach), value + slope * reach, color=colour, lw=1)
            curve.plot(np.degrees(angle), value, "o", color=colour, ms=5)
        curve.set(
            title="Cost, and its gradient",
            xlabel="angle of the axes (degrees)",
            ylabel="mean of |L x - x|$^2$",
        )

    return panels(fill, 1, 3, size=(9.6, 3.2))


def main() -> None:
    print(verify().sentence)
    print("dimensions, cost as given, cost in turned axes, squared Bures distance:")
    for n in (2, 3, 5):
        turn = solve(*example(n))
        print(f"{n} {turn.costs[0]:.12f} {turn.costs[1]:.12f} {cheapest(turn.K, turn.G):.12f}")
    save(draw(solve(*example(2))), __file__)


if __name__ == "__main__":
    main()
