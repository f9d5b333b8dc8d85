"""Combinations, permutations and factorials, continued by gamma functions where SciPy continues them; 0 outside."""

from __future__ import annotations

from typing import Any

from linad.operations.elementwise import equal, greater_equal, less, less_equal, logical_and, where
from linad.operations.special.gammas import binom, gamma, poch


def _inside(N: Any, k: Any) -> Any:
    return logical_and(logical_and(less_equal(k, N), greater_equal(N, 0)), greater_equal(k, 0))


def comb(N: Any, k: Any) -> Any:
    inside = _inside(N, k)
    return where(inside, binom(where(inside, N, 1), where(inside, k, 0)), 0)


def comb_with_repetition(N: Any, k: Any) -> Any:
    none = logical_and(equal(k, 0), greater_equal(N, 0))
    return where(none, 1, binom(where(none, 1, N + k - 1), where(none, 0, k)))


def perm(N: Any, k: Any) -> Any:
    inside = _inside(N, k)
    N, k = where(inside, N, 1), where(inside, k, 0)
    return where(inside, poch(N - k + 1, k), 0)


def factorial(n: Any) -> Any:
    below = less(n, 0)
    return where(below, 0, gamma(where(below, 0, n) + 1))
