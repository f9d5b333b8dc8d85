"""A sparse inverse covariance from few samples, by maximum likelihood with a price on its entries.

    least   tr(S P) - log det P + price sum_{i != j} |P_ij|      over P positive definite
    dual    most log det(S + U),  |U_ij| <= price,  U_ii = 0;     P = (S + U)^-1, and P_ij = 0 where |U_ij| < price

The dual (Banerjee, El Ghaoui and d'Aspremont, Journal of Machine Learning Research 9, 2008) is smooth within bounds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from examples.drawing import BLUE, GREY, VERMILION, heat, panels, save
from linad.check import FunctionReport, check_gradients
from linad.optimize import Bounds, minimize


def chain(p: int) -> Any:
    """The precision of neighbours in a ring that know of each other alone."""
    P = np.eye(p)
    i = np.arange(p)
    P[i, (i + 1) % p] = P[(i + 1) % p, i] = -0.45
    return P


def observe(p: int, n: int, seed: int = 1) -> Any:
    """The correlations of n samples."""
    rng = np.random.default_rng(seed)
    samples = np.linalg.solve(np.linalg.cholesky(chain(p)).T, rng.standard_normal((p, n)))
    return np.corrcoef(samples)


def loss(U: Any, S: Any) -> Any:
    """The dual, of a matrix that need not be symmetric: its symmetric part counts."""
    return -np.linalg.slogdet(S + (U + U.T) / 2)[1]


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
    P = np.linalg.inv(S + U)
    return Estimate(S, U, (P + P.T) / 2, price)


def verify() -> FunctionReport:
    return check_gradients(loss, np.zeros((4, 4)), observe(4, 20), order=1)


def surprise(P: Any, S: Any) -> float:
    """The negative log-likelihood, twice, of samples with correlations S, but for a constant."""
    return float(np.sum(S * P) - np.linalg.slogdet(P)[1])


