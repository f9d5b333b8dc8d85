"""A sparse inverse covariance from few samples, by maximum likelihood with a price on its entries.

    least   tr(S P) - log det P + price sum_{i != j} |P_ij|      over P positive definite
    dual    most log det(S + U),  |U_ij| <= price,  U_ii = 0;     P = (S + U)^-1, and P_ij = 0 where |U_ij| < price

The dual (Banerjee, El Ghaoui and d'Aspremont, Journal of Machine Learning Research 9, 2008) is smooth within bounds.
Line searches step out of the cone of definite matrices; there log is continued by its parabola at LEAST, which changes
nothing at a solution whose eigenvalues are larger.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from examples.drawing import BLUE, VERMILION, heat, key, panels, save
from linad.check import FunctionReport, check_gradients
from linad.optimize import Bounds, minimize

LEAST = 1e-3


def ring(p: int) -> Any:
    """The precision of p variables of variance one, each bound to its two neighbours on a ring."""
    i = np.arange(p)
    P = np.eye(p)
    P[i, i - 1] = P[i - 1, i] = -0.4
    return P * np.linalg.inv(P)[0, 0]


def observe(p: int, n: int) -> Any:
    """The correlations of n samples."""
    rng = np.random.default_rng(1)
    return np.corrcoef(np.linalg.solve(np.linalg.cholesky(ring(p)).T, rng.standard_normal((p, n))))


def loss(U: Any, S: Any) -> Any:
    """The dual, of a matrix that need not be symmetric: its symmetric part counts."""
    w = np.linalg.eigvalsh(S + (U + U.T) / 2)
    inside = np.maximum(w, LEAST)
    below = np.minimum(w - LEAST, 0) / LEAST
    return np.sum(-np.log(inside) - below + below**2 / 2)


@dataclass(frozen=True, slots=True)
class Estimate:
    S: Any
    U: Any
    P: Any
    price: float

    @property
    def edges(self) -> Any:
        """Where the bound holds: the entries of P that are not zero."""
        return np.triu(abs(self.U) > (1 - 1e-6) * self.price, 1)

    @property
    def gap(self) -> float:
        """Between the primal and the dual: zero at the solution, a bound on the error elsewhere."""
        off = self.P - np.diag(np.diagonal(self.P))
        return float(np.sum(self.S * self.P) - len(self.S) + self.price * np.sum(abs(off)))


def solve(S: Any, price: float) -> Estimate:
    p = len(S)
    limits = price * (1 - np.eye(p)).ravel()
    found = minimize(
        loss,
        np.zeros((p, p)),
        args=(S,),
        method="L-BFGS-B",
        bounds=Bounds(-limits, limits),
        options={"ftol": 1e-15, "gtol": 1e-9, "maxiter": 5000, "maxfun": 10000},
    )
    U = (found.x + found.x.T) / 2
    if np.linalg.eigvalsh(S + U)[0] <= LEAST:
        raise ValueError(
            f"sparse_precision: an eigenvalue of the covariance is below {LEAST}; raise the price."
        )
    P = np.linalg.inv(S + U)
    return Estimate(S, U, (P + P.T) / 2, price)


def verify() -> FunctionReport:
    return check_gradients(loss, np.zeros((4, 4)), observe(4, 20), order=1, domains={"S": "symmetric"})


def surprise(P: Any, S: Any) -> float:
    """The negative log-likelihood, twice, of samples with correlations S, but for a constant."""
    return float(np.sum(S * P) - np.linalg.slogdet(P)[1])


def draw(true: Any, sparse: Estimate, estimates: list[Estimate]) -> Any:
    covariance = np.linalg.inv(true)

    def fill(truth: Any, inverse: Any, estimate: Any, curve: Any) -> None:
        heat(truth, true, f"True: {len(true)} edges", 3)
        heat(inverse, np.linalg.inv(sparse.S), "Inverse of the sample's", 3)
        image = heat(estimate, sparse.P, f"Sparse: {np.sum(sparse.edges)} edges", 3)
        key(image, [truth, inverse, estimate], "entry of the inverse correlation")
        prices = [e.price for e in estimates]
        excess = np.array([surprise(e.P, covariance) for e in estimates]) - surprise(true, covariance)
        plain = surprise(np.linalg.inv(sparse.S), covariance) - surprise(true, covariance)
        curve.plot(prices, excess / 2, "-", color=BLUE)
        curve.plot(
            sparse.price, (surprise(sparse.P, covariance) - surprise(true, covariance)) / 2, "o", color=BLUE
        )
        curve.axhline(plain / 2, color=VERMILION, lw=1)
        curve.text(prices[0], plain / 2 * 0.97, "without a price", color=VERMILION, fontsize=8, va="top")
        curve.set(
            title="Loss on new samples", xlabel="price", ylabel="excess (nats a sample)", ylim=(0, None)
        )
        curve.set_xlim(left=0)

    return panels(fill, 1, 4, size=(10, 2.8), width_ratios=(1, 1, 1, 1.15))


def main() -> None:
    print(verify().sentence)
    S = observe(20, 100)
    sparse = solve(S, 0.1)
    estimates = [solve(S, price) for price in np.linspace(0.01, 0.3, 25)]
    hits = np.sum(sparse.edges & (ring(20) != 0))
    print(f"{np.sum(sparse.edges)} edges, {hits} of the true 20 among them; duality gap {sparse.gap:.1e}")
    save(draw(ring(20), sparse, estimates), __file__)


if __name__ == "__main__":
    main()
