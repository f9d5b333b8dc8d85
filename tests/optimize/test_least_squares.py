"""least_squares and curve_fit: Jacobians, sparsity, containers, what is given, and errors."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.optimize
import scipy.sparse
from numpy.testing import assert_allclose

import linad as ln
from linad.errors import ArgumentError, ShapeError, StructureError
from linad.optimize import curve_fit, least_squares
from linad.optimize.coloring import groups
from linad.optimize.packing import Packing
from linad.optimize.recording import Residuals

T = np.linspace(0, 2, 8)
Y = 2 * np.exp(-1.5 * T) + 0.1 * np.sin(9 * T)


def decay(x: Any) -> Any:
    return x[0] * np.exp(-x[1] * T) - Y


def model(t: Any, a: Any, b: Any) -> Any:
    return a * np.exp(-b * t)


@pytest.mark.parametrize("method", ["trf", "dogbox", "lm"])
def test_each_method_agrees_with_scipy(method: str) -> None:
    ours = least_squares(decay, [1, 1], method=method)
    theirs = scipy.optimize.least_squares(
        decay, [1.0, 1.0], method=method, xtol=1e-14, ftol=1e-14, gtol=1e-14
    )
    assert ours.success
    assert_allclose(ours.x, theirs.x, rtol=1e-7)
    assert_allclose(ours.cost, theirs.cost, rtol=1e-10)
    assert_allclose(ours.jac, ln.jacobian(decay)(ours.x), rtol=1e-12)
    assert_allclose(ours.grad, ours.jac.T @ ours.fun)


@pytest.mark.parametrize("loss", ["soft_l1", "huber", "cauchy", "arctan"])
def test_each_loss_agrees_with_scipy(loss: str) -> None:
    options = {"loss": loss, "f_scale": 0.1, "ftol": 1e-12, "xtol": 1e-12, "gtol": 1e-12}
    assert_allclose(
        least_squares(decay, [1, 1], **options).x,
        scipy.optimize.least_squares(decay, [1.0, 1.0], jac="3-point", **options).x,
        rtol=1e-6,
    )


def test_the_jacobian_comes_in_the_cheaper_mode() -> None:
    """The counter of calls cannot tell; the shapes of products can: both give the same matrix."""

    def wide(x: Any) -> Any:
        return np.stack([np.sum(x**2), x[0] * x[3]])

    x = np.array([1.0, 2.0, 3.0, 4.0])
    for f in (wide, lambda x: np.concatenate([x, np.sin(x), wide(x)])):
        residuals = Residuals("least_squares", f, Packing("least_squares", x), (), True)
        assert_allclose(residuals.jacobian(x), ln.jacobian(f)(x), rtol=1e-14)
        assert_allclose(residuals.recording(x).rows(), residuals.recording(x).columns(), rtol=1e-14)


def test_an_evaluation_serves_the_residuals_and_the_jacobian() -> None:
    calls = 0

    def counted(x: Any) -> Any:
        nonlocal calls
        calls += 1
        return decay(x)

    found = least_squares(counted, [1, 1], refine=False)
    assert calls == found.nfev


# -- sparse Jacobians ----------------------------------------------------------------------------------------


def broyden(x: Any) -> Any:
    """Broyden's tridiagonal function."""
    before, after = np.concatenate([np.zeros(1), x[:-1]]), np.concatenate([x[1:], np.zeros(1)])
    return (3 - x) * x + 1 - before - 2 * after


def _band(n: int, width: int) -> Any:
    return scipy.sparse.diags_array(
        [np.ones(n - abs(k)) for k in range(-width, width + 1)], offsets=range(-width, width + 1)
    )


def test_a_banded_pattern_takes_as_many_products_as_its_width() -> None:
    pattern = scipy.sparse.csr_array(_band(50, 1)).astype(bool)
    color = groups(pattern)
    assert max(color) + 1 == 3
    for k in range(3):
        assert np.max(pattern[:, color == k].sum(1)) <= 1


@pytest.mark.parametrize("pattern", [_band(40, 1), _band(40, 1).toarray(), _band(40, 2)])
def test_a_sparse_jacobian_by_groups_of_columns_solves_the_problem(pattern: Any) -> None:
    found = least_squares(broyden, -np.ones(40), jac_sparsity=pattern)
    assert scipy.sparse.issparse(found.jac)
    assert_allclose(found.jac.toarray(), ln.jacobian(broyden)(found.x), atol=1e-13)
    assert_allclose(found.x, least_squares(broyden, -np.ones(40)).x, atol=1e-6)
    assert found.cost < 1e-12


def test_a_pattern_that_misses_an_entry_is_refused() -> None:
    with pytest.raises(
        StructureError, match=r"the Jacobian has an entry in row \d+ where jac_sparsity has none"
    ):
        least_squares(broyden, -np.ones(40), jac_sparsity=np.eye(40))
    with pytest.raises(ShapeError, match=r"jac_sparsity has shape \(3, 3\), expected \(40, 40\)"):
        least_squares(broyden, -np.ones(40), jac_sparsity=np.eye(3))
    with pytest.raises(ValueError, match="works only with dense"):
        least_squares(broyden, -np.ones(40), jac_sparsity=_band(40, 1), method="lm")


# -- containers, bounds, what is given -----------------------------------------------------------------------


def test_unknowns_and_residuals_may_be_containers() -> None:
    def residuals(x: Any, weight: float, *, shift: float) -> Any:
        return {"fit": weight * (x["a"] * np.exp(-x["b"] * T) - Y), "prior": [x["b"] - shift]}

    found = least_squares(residuals, {"a": 1, "b": 1.0}, args=(2.0,), kwargs={"shift": 1.2})
    flat = least_squares(lambda x: np.concatenate([2 * decay(x), x[1:] - 1.2]), [1, 1])
    assert_allclose([found.x["a"], found.x["b"]], flat.x, rtol=1e-9)
    assert set(found.grad) == {"a", "b"}
    bounds = ({"a": 0.0, "b": 1.9}, {"a": 9.0, "b": 3.0})
    held = least_squares(residuals, {"a": 1, "b": 2.0}, args=(2.0,), kwargs={"shift": 1.2}, bounds=bounds)
    assert_allclose(held.x["b"], 1.9)


def test_complex_residuals_count_as_their_parts() -> None:
    z = np.exp(1j * T)
    found = least_squares(lambda x: x[0] * z - (2 - 1j) * z, np.zeros(1, complex))
    assert_allclose(found.x, [2 - 1j], rtol=1e-12)


def test_given_jacobians_are_used() -> None:
    def plain(x: Any) -> Any:
        return [float(x[0]) - 1.0, float(x[1]) ** 2 - 2.0]  # of a traced array, float raises

    for jac in ("2-point", "3-point", lambda x: np.array([[1, 0], [0, 2 * x[1]]])):
        assert_allclose(least_squares(plain, [1.0, 1.0], jac=jac).x, [1, np.sqrt(2)], rtol=1e-6)
    assert_allclose(least_squares(decay, [1.0, 1.0], jac="cs").x, least_squares(decay, [1, 1]).x, rtol=1e-5)
    with pytest.raises(ArgumentError, match="complex steps"):
        least_squares(lambda z: np.abs(z - 1), np.ones(1, complex) * 1j, jac="cs")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"method": "gauss"}, "`method` must be"),
        ({"loss": "square"}, "`loss` must be"),
        ({"bounds": (2, 1)}, "strictly less"),
        ({"bounds": (1,)}, "must contain 2 elements"),
        ({"method": "lm", "bounds": (0, 9)}, "doesn't support bounds"),
        ({"x_scale": -1}, "`x_scale` must be"),
    ],
)
def test_what_scipy_refuses_it_refuses_in_its_own_words(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        least_squares(decay, [1.0, 1.0], **change)


def test_residuals_that_are_not_finite_are_refused_as_in_scipy() -> None:
    with pytest.raises(ValueError, match="Residuals are not finite"):
        least_squares(lambda x: x * np.nan, np.ones(2))


# -- curve_fit -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"sigma": np.linspace(1, 2, 8)},
        {"sigma": 2, "absolute_sigma": True},
        {"sigma": np.diag(np.linspace(1, 2, 8)) + 0.1, "absolute_sigma": True},
        {"bounds": ([0, 0], [5, 1.2])},
        {"p0": [1, 2], "method": "dogbox"},
        {"method": "lm"},
        {"jac": lambda t, a, b: np.stack([np.exp(-b * t), -a * t * np.exp(-b * t)], -1)},
        {"jac": "3-point", "method": "trf"},
        {"jac": "cs", "method": "trf"},
        {"method": "trf", "loss": "soft_l1", "f_scale": 0.01},
        {"method": "dogbox", "loss": "huber", "f_scale": 0.01, "absolute_sigma": True},
    ],
)
def test_curve_fit_agrees_with_scipy(options: dict[str, Any]) -> None:
    (p, covariance), (q, theirs) = (
        module(model, T, Y, **options) for module in (curve_fit, scipy.optimize.curve_fit)
    )
    assert_allclose(p, q, rtol=1e-5)
    assert_allclose(covariance, theirs, rtol=1e-4)


def test_curve_fit_leaves_out_missing_data_as_scipy_does() -> None:
    y = Y.copy()
    y[3] = np.nan
    options: dict[str, Any] = {"nan_policy": "omit", "check_finite": False, "full_output": True}
    ours, theirs = curve_fit(model, T, y, **options), scipy.optimize.curve_fit(model, T, y, **options)
    assert_allclose(ours[0], theirs[0], rtol=1e-6)
    assert ours[2]["fvec"].shape == (7,)
    with pytest.raises(ValueError, match="contain"):
        curve_fit(model, T, y)


def test_bounds_may_be_of_scipys_class() -> None:
    bounds = scipy.optimize.Bounds([0, 0], [5, 1.2])
    expected = scipy.optimize.curve_fit(model, T, Y, bounds=bounds)[0]
    assert_allclose(curve_fit(model, T, Y, bounds=bounds)[0], expected, rtol=1e-5)
    assert_allclose(least_squares(decay, [1.0, 1.0], bounds=bounds).x, expected, rtol=1e-5)


def test_a_parameter_without_effect_has_an_infinite_variance_as_in_scipy() -> None:
    with pytest.warns(scipy.optimize.OptimizeWarning, match="could not be estimated"):
        _, covariance = curve_fit(lambda t, a, b: a * t + 0 * b, T, Y)
    assert np.all(np.isinf(covariance))
    with pytest.raises(TypeError, match="func parameters=3 must not exceed the number of data points=2"):
        curve_fit(lambda t, a, b, c: a + b * t + c * t**2, T[:2], Y[:2])


def test_a_model_that_is_one_number_fits_the_mean() -> None:
    p, _ = curve_fit(lambda t, a: a, T, Y)
    assert_allclose(p, np.mean(Y), rtol=1e-12)


def test_the_covariance_of_a_fit_is_differentiable() -> None:
    def error(y: Any) -> Any:
        return np.sqrt(np.diagonal(curve_fit(model, T, y, sigma=np.linspace(1, 2, 8))[1]))

    step = 1e-5
    differences = np.stack([(error(Y + step * e) - error(Y - step * e)) / (2 * step) for e in np.eye(8)], -1)
    assert_allclose(ln.jacobian(error)(Y), differences, atol=1e-8)


@pytest.mark.parametrize("loss", ["soft_l1", "huber"])
def test_a_robust_fit_and_its_covariance_are_differentiable(loss: str) -> None:
    def fit(y: Any) -> Any:
        options = {"loss": loss, "f_scale": 0.02, "xtol": 1e-15, "ftol": 1e-15, "gtol": 1e-15}
        p, covariance = curve_fit(model, T, y, **options)
        return np.concatenate([p, np.ravel(covariance)])

    direction, step = np.cos(np.arange(8.0)), 1e-4
    differences = (fit(Y + step * direction) - fit(Y - step * direction)) / (2 * step)
    assert_allclose(ln.jvp(fit, (Y,), (direction,))[1], differences, rtol=1e-4, atol=1e-5)
