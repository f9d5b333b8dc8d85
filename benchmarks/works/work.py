"""A work: one cost, in the words of linad and of each peer, at the same numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]
Cost = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Work:
    """A cost and its arguments.

    ``linad`` takes the arguments; a cost of ``peers`` takes the peer's namespace before them. ``floor`` is the bare
    LAPACK call, of about ``cubes`` times n^3 operations, ``factors`` what the mode ``cotangent`` pulls back. Of a
    ``symmetric`` argument libraries differ on what the gradient is outside of the symmetric matrices: symmetric parts
    are compared.
    """

    arrays: tuple[Any, ...]
    linad: Cost
    peers: dict[str, Cost] = field(default_factory=dict)
    floor: Callable[[], Any] | None = None
    cubes: float | None = None
    factors: Cost | None = None
    symmetric: bool = False


def same(cost: Cost, *names: str) -> dict[str, Cost]:
    """A cost that several peers understand."""
    return dict.fromkeys(names, cost)


def matrices(n: int, batch: tuple[int, ...] = ()) -> tuple[Array, Array, Array]:
    """A well-conditioned matrix, a positive definite one, and weights that make costs of factors."""
    rng = np.random.default_rng(n)
    A = rng.normal(size=(*batch, n, n)) / np.sqrt(n) + 2 * np.eye(n)
    return A, A @ A.swapaxes(-1, -2) + np.eye(n), rng.normal(size=(n, n)) / n


def vector(n: int) -> Array:
    return np.random.default_rng(1).normal(size=n)
