"""Powers at zero and at exponents that are whole, to second order, and what is added under a logarithm at infinity."""

from typing import Any

import numpy as np
import pytest

import linad as ln
from linad.operations.powers import power_derivative

INF = np.inf


def power(v: Any) -> Any:
    return v[0] ** v[1]


@pytest.mark.parametrize(
    ("x", "y", "expected"),
    [
        (0.0, 1.0, [[0, -INF], [-INF, 0]]),
        (0.0, 2.0, [[2, 0], [0, 0]]),
        (0.0, 3.0, [[0, 0], [0, 0]]),
        (0.0, 0.5, [[-INF, -INF], [-INF, 0]]),
        (0.0, 0.0, [[0, INF], [INF, INF]]),
        (2.0, 0.0, [[0, 0.5], [0.5, np.log(2) ** 2]]),
        (2.0, 1.0, [[0, 1 + np.log(2)], [1 + np.log(2), 2 * np.log(2) ** 2]]),
    ],
)
def test_second_derivatives_of_a_power_are_limits(x: float, y: float, expected: Any) -> None:
    with np.errstate(divide="ignore"):
        np.testing.assert_allclose(ln.hessian(power)(np.array([x, y])), expected, rtol=1e-14)  # a few eps


def test_a_mixed_derivative_is_the_same_in_both_orders() -> None:
    """At y = 0 the derivative in x is 0, and moves with y."""
    v = np.array([2.0, 0.0])
    for jacobian in (ln.jacfwd, ln.jacrev):
        H = jacobian(ln.grad(power))(v)
        np.testing.assert_allclose(H, H.T, rtol=1e-15)


@pytest.mark.parametrize(("m", "n"), [(1, 0), (0, 1), (2, 0), (1, 1), (0, 2), (3, 0), (2, 1), (1, 2), (0, 3)])
def test_every_derivative_of_a_power_agrees_with_differences(m: int, n: int) -> None:
    x, y, h = np.array([0.7, 1.3, 2.0]), np.array([2.0, -1.5, 0.0]), 1e-5
    if m:
        lower = (power_derivative(x + h, y, m - 1, n) - power_derivative(x - h, y, m - 1, n)) / (2 * h)
    else:
        lower = (power_derivative(x, y + h, m, n - 1) - power_derivative(x, y - h, m, n - 1)) / (2 * h)
    np.testing.assert_allclose(
        power_derivative(x, y, m, n), lower, rtol=1e-6, atol=1e-8
    )  # differences err by 1e-9


def test_a_zero_exponent_is_flat_at_zero_too() -> None:
    assert ln.grad(lambda x: np.sum(x ** np.array([0.0, 1.0])))(0.0) == 1.0


@pytest.mark.parametrize(
    ("x", "y", "expected"),
    [
        (-INF, -INF, [0.5, 0.5]),
        (INF, INF, [0.5, 0.5]),
        (INF, -INF, [1, 0]),
        (-INF, 2.0, [0, 1]),
        (INF, 2.0, [1, 0]),
    ],
)
def test_logaddexp_shares_at_infinity(x: float, y: float, expected: list[float]) -> None:
    v = np.array([x, y])
    np.testing.assert_array_equal(ln.grad(lambda v: np.logaddexp(v[0], v[1]))(v), expected)
    assert np.isfinite(ln.hessian(lambda v: np.logaddexp(v[0], v[1]))(v)).all()


def test_logaddexp_neither_overflows_nor_loses_its_tail() -> None:
    g = ln.grad(lambda x: np.sum(np.logaddexp(x, 0.0)))(np.array([-800.0, -700.0, 0.0, 700.0]))
    np.testing.assert_allclose(g, [0.0, np.exp(-700), 0.5, 1.0], rtol=1e-13)  # 700 eps in the exponent
