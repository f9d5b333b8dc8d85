"""minimize: every method converges with linad's derivatives; structures, options and errors."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pytest
import scipy.optimize
import scipy.sparse
from numpy.testing import assert_allclose

import linad.numpy as lnp
from linad.errors import (
    ArgumentError,
    ComplexOutputError,
    NonScalarOutputError,
    NoRuleError,
    ShapeError,
    StructureError,
)
from linad.optimize import (
    SR1,
    Bounds,
    LinearConstraint,
    NonlinearConstraint,
    OptimizeResult,
    minimize,
    minimize_scalar,
    rosen,
)
from tests.optimize.problems import CONVEX, START, gaussian, rosenbrock

GRADIENT = ("CG", "BFGS", "L-BFGS-B", "TNC", "SLSQP")
SECOND = ("Newton-CG", "trust-ncg", "trust-krylov", "trust-exact", "trust-constr", "dogleg")
NONE = ("Nelder-Mead", "Powell", "COBYQA")
BOUNDED = ("Nelder-Mead", "Powell", "L-BFGS-B", "TNC", "SLSQP", "trust-constr", "COBYLA", "COBYQA")


def quadratic(x: Any) -> Any:
    return np.sum((x - np.arange(3.0)) ** 2) + x[0] * x[1]


@pytest.mark.parametrize("method", GRADIENT + SECOND + NONE)
def test_each_method_finds_the_minimum_of_rosenbrocks_function(method: str) -> None:
    start = CONVEX if method == "dogleg" else START
    options = {"Nelder-Mead": {"maxiter": 4000}, "TNC": {"maxfun": 2000}}.get(method)
    found = minimize(rosenbrock, start, method=method, tol=1e-9, options=options)
    assert found.success, found.message
    # TNC stops by the function, which is flat in the valley
    assert_allclose(found.x, 1, atol=1e-3 if method == "TNC" else 1e-4)


@pytest.mark.slow
def test_cobyla_creeps_along_rosenbrocks_valley() -> None:
    """Linear models follow a curved valley in tiny steps; from SciPy's first step, 1, it ends in the other minimum."""
    options = {"maxiter": 200_000, "rhobeg": 0.1}
    found = minimize(rosenbrock, START, method="COBYLA", tol=1e-9, options=options)
    assert found.success, found.message
    assert_allclose(found.x, 1, atol=1e-4)


def test_cobyla_finds_a_minimum() -> None:
    assert_allclose(
        minimize(quadratic, np.ones(3), method="COBYLA", tol=1e-8).x, [-2 / 3, 4 / 3, 2], atol=1e-5
    )


@pytest.mark.parametrize("method", BOUNDED)
def test_each_method_with_bounds_agrees_with_scipy(method: str) -> None:
    bounds = [(None, 0.5), (0.2, 0.8), (3, None)]
    found = minimize(quadratic, np.array([0.3, 0.5, 3.5]), method=method, bounds=bounds, tol=1e-9)
    assert_allclose(found.x, [-0.4, 0.8, 3.0], atol=1e-4)


@pytest.mark.parametrize("method", ["SLSQP", "trust-constr", "COBYLA", "COBYQA"])
def test_each_constrained_method_finds_the_minimum(method: str) -> None:
    """Least distance from (1, 2, 3) on the sphere of radius 2, above a plane."""

    def distance(x: Any) -> Any:
        return np.sum((x - np.array([1.0, 2.0, 3.0])) ** 2)

    constraints = [
        NonlinearConstraint(lambda x: np.sum(x**2), 4.0, 4.0),
        LinearConstraint(np.array([[1.0, 0.0, 0.0]]), 1.0, np.inf),
    ]
    if method == "SLSQP":
        constraints = [
            {"type": "eq", "fun": lambda x: np.sum(x**2) - 4},
            {"type": "ineq", "fun": lambda x: [x[0] - 1]},
        ]
    found = minimize(distance, np.array([1.2, 1.0, 1.0]), method=method, constraints=constraints, tol=1e-9)
    yz = np.array([2.0, 3.0]) * np.sqrt(3 / 13)
    reached = (
        1e-4 if method == "COBYLA" else 1e-5
    )  # without derivatives its last steps are a matter of rounding
    assert_allclose(found.x, [1, *yz], atol=reached)


def test_a_value_and_its_gradient_take_one_call_for_each_point() -> None:
    points: Counter[bytes] = Counter()

    def counted(x: Any) -> Any:
        points[lnp.array(x).value.tobytes() if hasattr(x, "value") else x.tobytes()] += 1
        return rosenbrock(x)

    found = minimize(counted, START, method="L-BFGS-B")
    assert found.nfev == len(points)
    assert set(points.values()) == {1}


def test_scipy_gets_contiguous_writable_double_numbers(rng: np.random.Generator) -> None:
    """Integers, single precision, strides and read-only starts are the user's; the solver works on its own array."""
    seen = []

    def solver(fun: Any, x0: Any, **options: Any) -> OptimizeResult:
        seen.append((x0.dtype, x0.flags.writeable, x0.flags.c_contiguous))
        g = options["jac"](x0)
        assert g.dtype == np.float64
        assert g.flags.writeable
        return OptimizeResult(x=x0, success=True, message="", fun=fun(x0))

    fixed = np.arange(6.0)[::2]
    fixed.flags.writeable = False
    for start in ([1, 2, 3], np.arange(3), np.ones(3, np.float32), fixed, (1.0, 2.0, 3.0)):
        minimize(quadratic, start, method=solver)
    assert seen == [(np.dtype(np.float64), True, True)] * 5


def test_an_integer_start_gives_scipys_answer_in_double_precision() -> None:
    found = minimize(quadratic, [1, 1, 1])
    assert found.x.dtype == np.float64
    assert_allclose(found.x, scipy.optimize.minimize(quadratic, [1, 1, 1]).x, atol=1e-5)


# -- structures ----------------------------------------------------------------------------------------------


class Point(NamedTuple):
    a: Any
    b: Any


@dataclass
class Place:
    a: Any
    b: Any


@pytest.mark.parametrize("kind", [Point, Place, lambda a, b: {"a": a, "b": b}, lambda a, b: (a, b)])
def test_the_answer_and_gradient_have_the_containers_of_the_start(kind: Any) -> None:
    def parts(x: Any) -> tuple[Any, Any]:
        return tuple(x.values()) if isinstance(x, dict) else (x.a, x.b) if hasattr(x, "a") else x  # type: ignore[return-value]

    def f(x: Any) -> Any:
        a, b = parts(x)
        return np.sum((a - 2.0) ** 2) + (b - 1) ** 4 + b**2

    start = kind(np.zeros((2, 3), np.float32), 3)
    found = minimize(f, start)
    assert type(found.x) is type(start)
    assert type(found.jac) is type(start)
    assert_allclose(parts(found.x)[0], np.full((2, 3), 2.0), atol=1e-5)
    assert np.shape(parts(found.x)[1]) == ()
    assert parts(found.jac)[0].shape == (2, 3)
    assert_allclose(parts(found.jac)[0], 0, atol=1e-4)


def test_a_covariance_is_estimated_from_a_nested_start(rng: np.random.Generator) -> None:
    data = rng.standard_normal((50, 3)) @ np.array([[1.0, 0, 0], [0.5, 2, 0], [0.1, -0.3, 0.7]]).T + 1
    start = {"mean": np.zeros(3), "L": np.eye(3)}
    found = minimize(gaussian, start, args=(data,), method="trust-exact", tol=1e-9)
    L = np.tril(found.x["L"])
    assert_allclose(found.x["mean"], data.mean(0), atol=1e-8)
    assert_allclose(L @ L.T, np.cov(data.T, bias=True), atol=1e-8)


def test_complex_unknowns_are_their_real_and_imaginary_parts() -> None:
    target = np.array([1 + 2j, -0.5j])
    found = minimize(lambda z: np.sum(np.abs(z - target) ** 2), np.zeros(2, complex))
    assert found.x.dtype == np.complex128
    assert_allclose(found.x, target, atol=1e-5)
    assert found.jac.dtype == np.complex128


def test_bounds_stand_in_the_containers_of_the_start() -> None:
    def f(x: Any) -> Any:
        return np.sum((x["a"] - 2) ** 2) + (x["b"] + 1) ** 2

    found = minimize(f, {"a": np.zeros(2), "b": 0.5}, bounds={"b": (0, None), "a": ([0, -1], 1.5)})
    assert_allclose(found.x["a"], 1.5)
    assert_allclose(found.x["b"], 0)
    free = minimize(f, {"a": np.zeros(2), "b": 0.5}, bounds={"b": (0, None), "a": None})
    assert_allclose(free.x["a"], 2, atol=1e-5)
    flat = minimize(f, {"a": np.zeros(2), "b": 0.5}, bounds=Bounds([-np.inf, -np.inf, 0], 1.5))
    assert_allclose(flat.x["a"], 1.5)


@pytest.mark.parametrize("method", ["BFGS", "trust-constr", "SLSQP", "TNC", "COBYLA", "Nelder-Mead"])
def test_callbacks_of_either_signature_get_the_users_containers(method: str) -> None:
    seen = []

    def f(x: Any) -> Any:
        return (x["a"] - 1.0) ** 2

    def by_point(x: Any, *state: Any) -> None:
        seen.append(x)

    minimize(f, {"a": 3.0}, method=method, callback=by_point)
    assert all(type(x) is dict for x in seen)
    assert seen
    if method in ("TNC", "COBYLA"):
        return  # SciPy calls them by point alone
    seen.clear()
    minimize(
        f, {"a": 3.0}, method=method, callback=lambda intermediate_result: seen.append(intermediate_result.x)
    )
    assert all(type(x) is dict for x in seen)
    assert seen


def test_a_callback_ends_the_iteration() -> None:
    def stop(xk: Any) -> None:
        raise StopIteration

    found = minimize(lambda x: np.sum(x["a"] ** 4), {"a": np.ones(2)}, callback=stop)
    assert found.message == "`callback` raised `StopIteration`."
    assert found.nit == 1


# -- what is given is respected ---------------------------------------------------------------------------


def test_given_derivatives_are_used() -> None:
    calls: Counter[str] = Counter()

    def named(name: str, f: Any) -> Any:
        def counted(*args: Any) -> Any:
            calls[name] += 1
            return f(*args)

        return counted

    def f(x: Any, a: float) -> Any:
        return a * float(x @ x)  # of a traced array, float raises

    jac = named("jac", lambda x, a: 2 * a * x)
    assert minimize(f, np.ones(3), args=(2.0,), jac=jac).success
    assert calls["jac"]
    minimize(
        f, np.ones(3), args=2.0, jac=jac, hess=named("hess", lambda x, a: 2 * a * np.eye(3)), method="dogleg"
    )
    assert calls["hess"]
    minimize(
        f, np.ones(3), args=2.0, jac=jac, hessp=named("hessp", lambda x, p, a: 2 * a * p), method="trust-ncg"
    )
    assert calls["hessp"]
    assert minimize(lambda x: (float(x @ x), 2 * x), np.ones(3), jac=True).success
    assert minimize(f, np.ones(3), args=2.0, jac=False).success
    assert minimize(f, np.ones(3), args=2.0, jac="3-point").success
    assert minimize(lambda x: np.sum(x**2), np.ones(3), jac="cs").success
    assert minimize(rosenbrock, START, hess=SR1(), method="trust-constr").success


def test_derivatives_of_containers_come_in_containers() -> None:
    def f(x: Any) -> Any:
        return np.sum(x["a"] ** 2) + x["b"] ** 2

    start = {"a": np.ones(2), "b": 1.0}

    def jac(x: Any) -> Any:
        return {"a": 2 * x["a"], "b": 2 * x["b"]}

    assert_allclose(minimize(f, start, jac=jac).x["a"], 0, atol=1e-6)
    found = minimize(
        f, start, jac=jac, hessp=lambda x, p: {"a": 2 * p["a"], "b": 2 * p["b"]}, method="trust-ncg"
    )
    assert_allclose(found.x["a"], 0, atol=1e-6)
    with pytest.raises(StructureError, match=r"the gradient has the keys \['a'\]"):
        minimize(f, start, jac=lambda x: {"a": x["a"]})
    with pytest.raises(ShapeError, match=r"the gradient\['a'\] has shape \(3,\), expected \(2,\)"):
        minimize(f, start, jac=lambda x: {"a": np.ones(3), "b": 0.0})


def test_constraints_keep_the_derivatives_that_were_given() -> None:
    def f(x: Any) -> Any:
        return np.sum((x - 2) ** 2)

    def plain(x: Any) -> Any:
        return [float(x[0] ** 2)]  # of a traced array, float raises

    constraint = NonlinearConstraint(
        plain, -np.inf, 1, jac=lambda x: np.array([[2 * x[0], 0]]), hess=lambda x, v: np.diag([2 * v[0], 0])
    )
    found = minimize(f, np.zeros(2), method="trust-constr", constraints=constraint, tol=1e-10)
    assert_allclose(found.x, [1, 2], atol=1e-4)  # an interior point: the barrier keeps it away
    given = {
        "type": "ineq",
        "fun": lambda x, r: r - float(x[0] ** 2),
        "jac": lambda x, r: [-2 * x[0], 0.0],
        "args": (1.0,),
    }
    assert_allclose(minimize(f, np.zeros(2), constraints=[given], tol=1e-10).x, [1, 2], atol=1e-6)


def test_constraints_with_a_pattern_have_sparse_jacobians() -> None:
    n = 12
    band = scipy.sparse.diags_array([np.ones(n - 1)] * 2, offsets=[0, 1], shape=(n - 1, n))
    products = NonlinearConstraint(lambda x: x[1:] * x[:-1], -1, 1, finite_diff_jac_sparsity=band)
    found = minimize(lambda x: np.sum((x - 2) ** 2), np.zeros(n), method="trust-constr", constraints=products)
    J = found.jac[0]
    assert scipy.sparse.issparse(J)
    assert_allclose(
        J.toarray(), np.diag(found.x[1:]) @ np.eye(n)[:-1] + np.diag(found.x[:-1]) @ np.eye(n)[1:]
    )
    with pytest.warns(scipy.optimize.OptimizeWarning, match="ignored by this method"):
        same = minimize(lambda x: np.sum((x - 2) ** 2), np.zeros(n), method="SLSQP", constraints=products)
    assert_allclose(same.fun, found.fun, rtol=1e-4)


# -- errors, and results that are none ------------------------------------------------------------------------


def test_an_objective_with_several_values_is_refused() -> None:
    with pytest.raises(NonScalarOutputError, match=r"minimize: .* shape \(3,\)"):
        minimize(lambda x: x**2, np.ones(3))
    with pytest.raises(ComplexOutputError, match="minimize"):
        minimize(lambda x: np.sum(x) * 1j, np.ones(3))
    assert minimize(lambda x: x[:1] ** 2, [3.0]).success  # one entry is a number, as in SciPy


def test_a_start_that_is_no_number_is_refused_by_its_place() -> None:
    with pytest.raises(ArgumentError, match=r"x0\['name'\] is of type str"):
        minimize(lambda x: x["a"] ** 2, {"a": 1.0, "name": "x"})


def test_bounds_that_are_nested_otherwise_are_refused() -> None:
    def f(x: Any) -> Any:
        return x["a"] ** 2

    with pytest.raises(StructureError, match="bounds is not nested as x0"):
        minimize(f, {"a": 1.0}, bounds={"b": (0, 1)})
    with pytest.raises(StructureError, match=r"bounds\['a'\] is not a pair"):
        minimize(f, {"a": 1.0}, bounds={"a": (0, 1, 2)})
    with pytest.raises(ArgumentError, match="complex unknown"):
        minimize(lambda x: np.abs(x["a"]) ** 2, {"a": 1j}, bounds={"a": (0, 1)})
    with pytest.raises(ValueError, match="length of x0"):
        minimize(quadratic, np.ones(3), bounds=[(0, 1)])


def test_an_objective_without_a_rule_is_named_with_the_way_out() -> None:
    strange = np.frompyfunc(lambda entry: entry, 1, 1)
    with pytest.raises(NoRuleError, match="frompyfunc") as caught:
        minimize(lambda x: np.sum(strange(x)), np.ones(3))
    assert any("jac='2-point'" in note for note in caught.value.__notes__)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"method": "Newton"}, "Unknown solver Newton"),
        ({"method": "dogleg", "jac": False}, "Jacobian is required"),
    ],
)
def test_what_scipy_refuses_it_refuses_in_its_own_words(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        minimize(quadratic, np.ones(3), **change)


def test_not_a_number_and_infeasible_constraints_end_as_in_scipy() -> None:
    with np.errstate(all="ignore"):
        found = minimize(lambda x: np.sum(np.log(x)) * np.nan, np.ones(2))
    assert not found.success
    assert "NaN" in found.message
    impossible = [{"type": "eq", "fun": lambda x: x[0]}, {"type": "eq", "fun": lambda x: x[0] - 1}]
    found = minimize(quadratic, np.ones(3), constraints=impossible)
    theirs = scipy.optimize.minimize(quadratic, np.ones(3), constraints=impossible)
    assert not found.success
    assert found.message == theirs.message


def test_constraints_of_other_types_are_refused() -> None:
    with pytest.raises(ArgumentError, match="constraint 0 is of type float"):
        minimize(quadratic, np.ones(3), constraints=[1.0])


def test_minimize_scalar_is_scipys_on_plain_arguments() -> None:
    def f(x: Any, a: Any) -> Any:
        return (x - a) ** 2 + np.cos(x)

    for options in ({}, {"bracket": (0, 1)}, {"bounds": (0, 1), "method": "bounded"}):
        ours, theirs = (
            module(f, args=(2.0,), **options) for module in (minimize_scalar, scipy.optimize.minimize_scalar)
        )
        assert ours.x == theirs.x


def test_a_constant_objective_ends_at_its_start() -> None:
    found = minimize(lambda x: 0, np.ones(2), method="SLSQP", constraints=None)
    assert found.success
    assert_allclose(found.x, 1)


def test_scipys_rosenbrock_function_has_a_differentiable_twin() -> None:
    assert rosen(START) == scipy.optimize.rosen(START)
    assert_allclose(minimize(rosen, START).x, 1, atol=1e-5)
