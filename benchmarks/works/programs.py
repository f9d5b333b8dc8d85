"""Programs of many small operations, which the engine's own time decides."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.works.work import Work, matrices, same, vector

EVERYBODY = ("torch", "jax", "autograd")


def chain(n: int) -> Work:
    """n products of numbers; JAX would compile for minutes."""

    def cost(*args: Any) -> Any:
        x = args[-1]
        y = x
        for _ in range(n):
            y = y * x
        return y

    return Work((np.float64(1.0 + 0.1 / n),), cost, same(cost, "torch", "autograd"))


def rosenbrock(n: int) -> Work:
    def cost(*args: Any) -> Any:
        x = args[-1]
        return (100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2).sum()

    return Work((vector(n),), cost, same(cost, *EVERYBODY))


def least_squares(n: int) -> Work:
    def cost(*args: Any) -> Any:
        A, b = args[-2:]
        return ((A @ b - b) ** 2).sum()

    return Work((matrices(n)[0], vector(n)), cost, same(cost, *EVERYBODY))


def elementwise(n: int) -> Work:
    def cost(xp: Any, x: Any) -> Any:
        return (xp.sin(x) * xp.exp(-(x**2))).sum()

    return Work((vector(n),), lambda x: cost(np, x), same(cost, *EVERYBODY))
