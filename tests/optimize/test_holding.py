"""Which limits hold an answer: told by how far it would go without them, in the problem's own lengths."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose

import linad as ln
from linad.errors import ConvergenceError, DegenerateError
from linad.optimize import LinearConstraint, minimize

TIGHT = {"method": "SLSQP", "tol": 1e-16}


def _coupled(x: Any, a: Any) -> Any:
    """Alone, the first unknown would hardly move; the second goes with it a million times as far."""
    c = 1 - 1e-7
    return (x[0] ** 2 + 2 * c * x[0] * x[1] + x[1] ** 2) / 2 - a * x[1] - (c * a - 1e-7) * x[0]


@pytest.mark.parametrize("bound", ["bound", "constraint"])
def test_a_limit_with_a_small_force_holds_what_is_strongly_coupled(bound: str) -> None:
    limits = (
        {"bounds": [(0, None), (None, None)]}
        if bound == "bound"
        else {"constraints": [LinearConstraint([[1.0, 0.0]], 0, np.inf)]}
    )

    def solve(a: Any) -> Any:  # the force is 1e-7, the way without the bound half of the unit
        return minimize(lambda x: _coupled(x, a) + 2e-7 * x[0], [0.0, 1.0], **limits, **TIGHT).x

    with ln.errstate(conditioning="ignore"):
        assert_allclose(ln.jacobian(solve)(1.0), [0, 1], atol=1e-8)


@pytest.mark.parametrize("unit", [1e-9, 1e-6, 1.0, 1e6])
@pytest.mark.parametrize("a", [-0.5, -1e-6, 1e-6, 0.5])
def test_units_of_the_unknowns_make_no_bound_touch(unit: float, a: float) -> None:
    def f(x: Any, a: Any) -> Any:
        u = x / unit
        return (u[0] - a) ** 2 + (u[1] - u[0]) ** 2 + (u[1] - u[0]) ** 4

    def solve(a: Any) -> Any:
        bounds = [(0, None), (None, None)]
        start = np.array([0.7, 0.9]) * unit
        found = minimize(
            f, start, args=(a,), bounds=bounds, method="L-BFGS-B", options={"ftol": 0, "gtol": 0}
        )
        return np.stack([found.x[0], found.x[1]]) / unit

    with ln.errstate(convergence="ignore"):  # "abnormal", for tolerances of zero
        forward = ln.jacobian(solve)(a)
    assert_allclose(forward, [0, 0] if a < 0 else [1, 1], atol=1e-8)


def test_a_narrow_interval_is_the_length_of_its_bounds() -> None:
    width = 1e-7

    def solve(a: Any) -> Any:
        f = lambda x: np.sum((x - 1 - width * a) ** 2) / width**2  # noqa: E731  # a line
        return minimize(f, np.array([1 + width / 2]), bounds=[(1, 1 + width)], **TIGHT).x[0]

    assert ln.grad(solve)(-0.05) == 0
    assert_allclose(ln.grad(solve)(0.05), width, rtol=1e-8)
    assert ln.grad(solve)(1.05) == 0


def test_a_bound_beyond_a_rough_answer_holds_it() -> None:
    """The solver ends at some distance from a bound of zero; a step leads over it."""

    def solve(a: Any) -> Any:
        f = lambda x: 1e-3 * (x[0] + 0.1) ** 2 + (x[1] - a) ** 2 + (x[0] - x[1]) ** 2 / 100  # noqa: E731
        options = {"bounds": [(0, None), (None, None)], "method": "trust-constr", "tol": 1e-3}
        return minimize(f, np.array([0.02, 0.1]), **options, options={"barrier_tol": 1e-3}).x

    with ln.errstate(convergence="ignore"):
        plain = solve(0.001)
        assert plain[0] > 1e-2
        assert_allclose(ln.jacobian(solve)(0.001), [0, 1 / 1.01], atol=1e-12)


def test_an_early_end_next_to_zero_is_reported() -> None:
    def solve(a: Any) -> Any:
        return minimize(lambda x: 1e-13 * np.sum((np.exp(1e6 * x) - a) ** 2), np.zeros(1)).x[0]

    with pytest.raises(ConvergenceError, match="the solver had not converged"):
        ln.grad(solve)(1.5)


def test_rounding_does_not_decide_whether_a_bound_of_zero_holds() -> None:
    def solve(a: Any) -> Any:
        return minimize(lambda x: np.sum((x - a - 0.2 + 0.3) ** 2), np.ones(1), bounds=[(0, None)]).x[0]

    with pytest.raises(DegenerateError, match="touches the answer"):
        ln.grad(solve)(0.1)


@pytest.mark.parametrize("n", [40, pytest.param(600, marks=pytest.mark.slow)])
def test_many_bounds_and_an_equation_hold_together(n: int) -> None:
    """The projection onto the simplex: by its formula."""
    w = np.linspace(1, 2, n)

    def f(x: Any, a: Any) -> Any:
        return np.sum(w * (x - a) ** 2) / 2

    a = np.where(np.arange(n) % 3 == 0, 2.0 / n + 0.01 * np.sin(np.arange(n)) / n, -0.1)
    held = np.arange(n) % 3 != 0

    def solve(a: Any) -> Any:
        start = np.where(held, 0.0, 3.0 / n)
        total = LinearConstraint(np.ones((1, n)), 1, 1)
        options = {"bounds": [(0, None)] * n, "constraints": total, "method": "SLSQP", "tol": 1e-14}
        return minimize(f, start, args=(a,), **options).x

    t = np.cos(np.arange(n))
    moved = ln.jvp(solve, (a,), (t,))[1]
    v = np.where(held, 0, 1 / w)
    free = np.where(held, 0, t)
    assert_allclose(moved, free - v * np.sum(free) / np.sum(v), atol=1e-9)
