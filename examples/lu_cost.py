"""A cost of the pivoted LU factors, and its gradient by hand: what a factorization's derivative is, and where it jumps.

    A = P L U      L unit lower triangular, U upper triangular, P a permutation, held fixed
    z = |stril(L)|^2 / 2 + |U|^2 / 2      gL = stril(L)      gU = U

    tangent     P dL U + P L dU = dA;  dL = L S with S strictly lower, dU = T U with T upper:  S + T = L^-1 P^T dA U^-1
    cotangent   Re<gL, dL> + Re<gU, dU> = Re<stril(L^H gL) + triu(gU U^H), S + T>
                gA = P L^-H (stril(L^H gL) + triu(gU U^H)) U^-H

As if L alone depended on A, dL = P^T dA U^-1, one would write gA = P gL U^-H: that has nothing to do with the gradient.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.linalg
from scipy.linalg import solve_triangular

import linad as ln
from examples.drawing import BLUE, GREY, VERMILION, heat, key, panels, save
from linad.check import FunctionReport, check_gradients


def cost(A: Any) -> Any:
    _, L, U = ln.lu(A)
    return np.sum(np.tril(L, -1) ** 2) / 2 + np.sum(U**2) / 2


def by_hand(A: Any) -> Any:
    """The gradient by the last formula above: plain SciPy, two products and two triangular solves."""
    P, L, U = scipy.linalg.lu(A)
    gM = np.tril(L.T @ np.tril(L, -1), -1) + np.triu(U @ U.T)
    left = solve_triangular(L, gM, lower=True, trans="T", unit_diagonal=True)
    return P @ solve_triangular(U, left.T).T


def as_if_free(A: Any) -> Any:
    """What is not the gradient: L alone, free."""
    P, L, U = scipy.linalg.lu(A)
    return P @ solve_triangular(U, np.tril(L, -1).T).T


@dataclass(frozen=True, slots=True)
class Line:
    """The cost along A + t E, with its derivative from linad, and the steps at which the pivots change."""

    t: Any
    costs: Any
    slopes: Any
    jumps: list[float]


@dataclass(frozen=True, slots=True)
class Study:
    A: Any
    gradient: Any
    line: Line


def along(A: Any, E: Any, t: Any) -> Line:
    costs, slopes = zip(*(ln.jvp(cost, (A + s * E,), (E,)) for s in t), strict=True)
    pivots = [np.argmax(scipy.linalg.lu(A + s * E)[0], 0) for s in t]
    changes = [i for i in range(1, len(t)) if not np.array_equal(pivots[i], pivots[i - 1])]
    return Line(t, np.array(costs), np.array(slopes), [float(t[i - 1] + t[i]) / 2 for i in changes])


def solve(n: int = 8, steps: int = 401) -> Study:
    rng = np.random.default_rng(2)
    A, E = rng.standard_normal((2, n, n))
    return Study(A, ln.grad(cost)(A), along(A, E, np.linspace(-0.12, 0.12, steps)))


def verify() -> FunctionReport:
    return check_gradients(cost, solve(4, 2).A)


def draw(study: Study) -> Any:
    def fill(true: Any, hand: Any, free: Any, path: Any) -> None:
        limit = float(np.max(abs(study.gradient)))
        gap = np.max(abs(by_hand(study.A) - study.gradient)) / limit
        heat(true, study.gradient, "linad's gradient", limit)
        heat(hand, by_hand(study.A), "by hand", limit)
        hand.set_xlabel(f"differs by {gap:.0e}", fontsize=8)
        image = heat(free, as_if_free(study.A), "as if L were free", limit)
        free.set_xlabel("not the gradient", fontsize=8, color=VERMILION)
        key(image, [true, hand, free], "derivative by an entry of A")
        line = study.line
        pieces = np.split(np.arange(len(line.t)), np.searchsorted(line.t, line.jumps))
        for piece in pieces:
            path.plot(line.t[piece], line.costs[piece], color=BLUE)
        for jump in line.jumps:
            path.axvline(jump, color=GREY, lw=0.8, ls=":")
        for i in np.linspace(0, len(line.t) - 1, 9).astype(int)[1:-1]:
            reach = np.array([-0.015, 0.015])
            path.plot(line.t[i] + reach, line.costs[i] + reach * line.slopes[i], color=VERMILION, lw=1)
            path.plot(line.t[i], line.costs[i], "o", color=VERMILION, ms=3)
        path.set(title="Along a line; dotted: a pivot changes", xlabel="t, of A + t E", ylabel="cost")

    return panels(fill, 1, 4, size=(10, 2.9), width_ratios=(1, 1, 1, 1.5))


def main() -> None:
    print(verify().sentence)
    study = solve()
    gap = np.max(abs(by_hand(study.A) - study.gradient)) / np.max(abs(study.gradient))
    print(f"by hand and by linad: {gap:.1e} apart; pivots change at t = {np.round(study.line.jumps, 4)}")
    save(draw(study), __file__)


if __name__ == "__main__":
    main()
