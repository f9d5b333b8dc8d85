"""root, root_scalar, newton and fixed_point on plain arguments: SciPy's answers, derivatives supplied."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.optimize
from numpy.testing import assert_allclose

from linad.errors import NoRuleError, StructureError
from linad.optimize import fixed_point, newton, root, root_scalar


def equations(x: Any, a: float) -> Any:
    return [x[0] ** 2 + a * x[1] - 2, x[0] - np.sin(x[1])]


@pytest.mark.parametrize(
    "method", ["hybr", "lm", "broyden1", "anderson", "krylov", "df-sane", "linearmixing", "excitingmixing"]
)
def test_each_method_of_root_agrees_with_scipy(method: str) -> None:
    start = np.array([0.8, 1.2])
    ours = root(equations, start, args=(1.0,), method=method)
    theirs = scipy.optimize.root(equations, start, args=(1.0,), method=method)
    assert ours.success == theirs.success
    if ours.success:
        assert_allclose(ours.x, theirs.x, atol=1e-5)


def test_root_counts_no_calls_for_differences() -> None:
    ours, theirs = (module(lambda x: equations(x, 1.0), [1.0, 1.0]) for module in (root, scipy.optimize.root))
    assert ours.njev >= 1
    assert ours.nfev < theirs.nfev


def test_given_jacobians_of_root_are_used() -> None:
    def plain(x: Any) -> Any:
        return [float(x[0]) ** 2 - 2.0]  # of a traced array, float raises

    assert_allclose(root(plain, [1.0], jac=lambda x: [[2 * x[0]]]).x, np.sqrt(2))
    assert_allclose(root(lambda x: (plain(x), [[2 * x[0]]]), [1.0], jac=True).x, np.sqrt(2))
    assert_allclose(root(plain, [1.0], jac=False).x, np.sqrt(2))


def test_unknowns_of_root_may_be_containers() -> None:
    def f(x: Any) -> Any:
        return (x["A"] @ x["A"] - np.diag([4.0, 9.0]), x["s"] - np.trace(x["A"]))

    found = root(f, {"A": np.eye(2), "s": 1.0})
    assert_allclose(found.x["A"], np.diag([2.0, 3.0]), atol=1e-8)
    assert_allclose(found.x["s"], 5)


def test_a_wrong_number_of_equations_is_refused_as_in_scipy() -> None:
    with pytest.raises(TypeError, match="mismatch between the input and output shape"):
        root(lambda x: x[:1], [1.0, 1.0])


@pytest.mark.parametrize(
    "options",
    [
        {"bracket": (0, 2)},
        {"bracket": (0, 2), "method": "bisect"},
        {"bracket": (0, 2), "method": "toms748"},
        {"x0": 1.0},
        {"x0": 1.0, "method": "newton"},
        {"x0": 1.0, "method": "halley"},
        {"x0": 1.0, "x1": 1.2},
        {"x0": 1.0, "method": "secant"},
        {"x0": 1.0, "fprime": lambda x, a: 3 * x**2},
        {"x0": 1.0, "fprime": lambda x, a: 3 * x**2, "fprime2": lambda x, a: 6 * x},
    ],
)
def test_each_way_of_root_scalar_finds_the_root(options: dict[str, Any]) -> None:
    found = root_scalar(lambda x, a: x**3 - a, args=(2.0,), **options)
    assert found.converged
    assert_allclose(found.root, 2 ** (1 / 3), rtol=1e-8)


def test_a_function_that_returns_its_derivatives_is_taken_as_in_scipy() -> None:
    found = root_scalar(lambda x: (x**3 - 2, 3 * x**2), x0=1.0, fprime=True)
    assert_allclose(found.root, 2 ** (1 / 3))
    found = root_scalar(lambda x: (x**3 - 2, 3 * x**2, 6 * x), x0=1.0, fprime=True, fprime2=True)
    assert_allclose(found.root, 2 ** (1 / 3))


def test_what_root_scalar_cannot_choose_it_says_in_scipys_words() -> None:
    with pytest.raises(ValueError, match="Unable to select a solver"):
        root_scalar(lambda x: x)
    with pytest.raises(ValueError, match="x0 must not be None for newton"):
        root_scalar(lambda x: x, method="newton")
    with pytest.raises(NoRuleError, match="frompyfunc"):
        root_scalar(lambda x: np.frompyfunc(abs, 1, 1)(x), x0=1.0)


def test_newton_is_elementwise_for_arrays() -> None:
    a = np.array([2.0, 3.0, 5.0])
    assert_allclose(newton(lambda x: x**2 - a, np.ones(3)), np.sqrt(a))
    found, converged, zero = newton(lambda x: x**2 - a, np.ones(3), full_output=True)
    assert_allclose(found, np.sqrt(a))
    assert converged.all()
    assert not zero.any()
    assert newton(lambda x: x**2 - 2, 1, tol=1e-12) == pytest.approx(np.sqrt(2))
    assert newton(lambda x: x**2 - 2, 1.0, x1=2.0) == scipy.optimize.newton(lambda x: x**2 - 2, 1.0, x1=2.0)
    with pytest.raises(RuntimeError, match="Failed to converge"):
        newton(lambda x: x**2 + 1, 1.0, maxiter=3)


@pytest.mark.parametrize("method", ["del2", "iteration"])
def test_fixed_points_are_scipys(method: str) -> None:
    def f(x: Any, a: Any) -> Any:
        return np.cos(a * x)

    for start in (0.5, np.array([0.5, 0.6])):
        ours = fixed_point(f, start, args=(1.0,), method=method)
        assert_allclose(ours, scipy.optimize.fixed_point(f, start, args=(1.0,), method=method))
        assert np.shape(ours) == np.shape(start)


def test_fixed_points_of_containers_keep_them() -> None:
    found = fixed_point(
        lambda x: {"a": np.cos(x["a"]), "b": 0.5 * x["b"] + x["a"][0]}, {"a": np.ones(2), "b": 1.0}
    )
    assert_allclose(found["a"], 0.7390851332)
    assert_allclose(found["b"], 2 * 0.7390851332)
    with pytest.raises(StructureError, match="the result"):
        fixed_point(lambda x: {"c": x["a"]}, {"a": 1.0})
