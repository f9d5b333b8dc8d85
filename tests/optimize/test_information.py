"""Standard errors from exact second derivatives, and the maximum likelihood of the Nile."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.optimize
from numpy.testing import assert_allclose

import linad as ln
from linad.errors import ArgumentError, DegenerateError, NoRuleError, OutputError
from linad.optimize import minimize, observed_information
from tests.optimize.problems import NILE_VARIANCE, local_level


def _counted(solve: Any) -> tuple[Any, int]:
    calls = 0

    def loss(logs: Any) -> Any:
        nonlocal calls
        calls += 1
        return local_level(logs)

    found = solve(loss, np.log([NILE_VARIANCE / 2, NILE_VARIANCE / 2]), method="BFGS", tol=1e-6)
    return found, calls


def test_the_nile_has_the_published_variances_in_fewer_calls_than_differences_take() -> None:
    (ours, calls), (_, theirs) = _counted(minimize), _counted(scipy.optimize.minimize)
    assert ours.success
    assert np.rint(np.exp(ours.x)).tolist() == [15099, 1469]
    assert calls < theirs / 2


def test_the_information_of_a_normal_sample_is_that_of_its_formula(rng: np.random.Generator) -> None:
    y = rng.standard_normal(40) * 3 + 1

    def loss(x: Any) -> Any:
        return np.sum((y - x["mean"]) ** 2) / (2 * x["variance"]) + len(y) / 2 * np.log(x["variance"])

    s = np.var(y)
    found = observed_information(loss, {"mean": np.mean(y), "variance": s})
    assert_allclose(found.errors["mean"], np.sqrt(s / 40), rtol=1e-10)
    assert_allclose(found.errors["variance"], s * np.sqrt(2 / 40), rtol=1e-10)
    assert_allclose(found.covariance @ found.matrix, np.eye(2), atol=1e-12)
    assert_allclose(found.gradient["mean"], 0, atol=1e-10)


def test_of_a_linear_model_it_is_the_covariance_of_least_squares(rng: np.random.Generator) -> None:
    A, y = rng.standard_normal((9, 3)), rng.standard_normal(9)
    x = np.linalg.lstsq(A, y)[0]
    found = observed_information(lambda x: A @ x - y, x, residuals=True)
    s2 = np.sum((A @ x - y) ** 2) / 6
    assert_allclose(found.covariance, s2 * np.linalg.inv(A.T @ A), rtol=1e-10)
    known = observed_information(lambda x: A @ x - y, x, residuals=True, variance=2.0)
    assert_allclose(known.covariance, 2 * np.linalg.inv(A.T @ A), rtol=1e-10)


def test_of_a_curved_model_it_is_the_hessian_over_the_variance() -> None:
    t = np.linspace(0, 1, 5)

    def residuals(x: Any) -> Any:
        return np.exp(-x[0] * t) * x[1] - np.array([1.0, 0.5, 0.5, 0.2, 0.3])

    x = np.array([1.0, 0.9])
    H = ln.hessian(lambda x: np.sum(residuals(x) ** 2) / 2)(x)
    assert_allclose(
        observed_information(residuals, x, residuals=True, variance=0.5).matrix, H / 0.5, rtol=1e-12
    )


def test_what_has_no_standard_errors_is_refused() -> None:
    with pytest.raises(DegenerateError, match="not positive definite"):
        observed_information(lambda x: (x[0] + x[1]) ** 2, np.zeros(2))
    with pytest.raises(DegenerateError, match="its diagonal has the entry"):
        observed_information(lambda x: -np.sum(x**2), np.zeros(2))
    with pytest.raises(OutputError, match="2 residuals do not tell the variance beside 2 unknowns"):
        observed_information(lambda x: x - 1, np.ones(2), residuals=True)
    with pytest.raises(ArgumentError, match="variance= belongs to residuals"):
        observed_information(lambda x: np.sum(x**2), np.ones(2), variance=1.0)


@pytest.mark.parametrize(
    "errors",
    [
        lambda c: observed_information(lambda x: np.sum(c * x**2), np.zeros(1)),
        lambda c: observed_information(lambda x, c: np.sum(c * x**2), np.zeros(1), args=(c,)),
        lambda c: observed_information(lambda x: np.cosh(np.sum(x)), np.stack([c])),
        lambda c: observed_information(lambda x: x - np.arange(3), np.ones(1), residuals=True, variance=c),
        lambda c: observed_information(lambda x: c * x - np.arange(3), np.ones(1), residuals=True),
    ],
    ids=["closure", "args", "x", "variance", "residuals"],
)
def test_of_what_is_traced_there_are_no_errors(errors: Any) -> None:
    assert np.isfinite(errors(1.0).errors[0])
    with pytest.raises(NoRuleError, match="what it reads is traced"):
        ln.grad(lambda c: errors(c).errors[0])(1.0)
