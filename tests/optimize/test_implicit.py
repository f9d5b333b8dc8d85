"""Answers of the solvers are differentiable: as solving again at other parameters says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import scipy.optimize
from numpy.testing import assert_allclose

import linad as ln
from linad.errors import (
    ConvergenceError,
    ConvergenceWarning,
    DegenerateError,
    DegenerateWarning,
    IllConditionedWarning,
    SymbolError,
)
from linad.optimize import (
    Bounds,
    LinearConstraint,
    NonlinearConstraint,
    curve_fit,
    fixed_point,
    least_squares,
    minimize,
    minimize_scalar,
    newton,
    root,
    root_scalar,
)

T = np.linspace(0, 2, 6)
Y = 2 * np.exp(-1.5 * T) + 0.1 * np.sin(9 * T)
TIGHT = {"ftol": 1e-15, "xtol": 1e-15, "gtol": 1e-15}


def _bowl(x: Any, a: Any) -> Any:
    return np.sum((x - a) ** 4) + np.sum(x**2 * np.array([1.0, 2.0])) + a[0] * x[0] * x[1]


def unconstrained(a: Any) -> Any:
    return minimize(_bowl, np.ones(2), args=(a,), method="trust-exact", tol=1e-12).x


def bounded(a: Any) -> Any:
    """The first unknown is held by a bound, the second is free."""
    return minimize(_bowl, np.zeros(2), args=(a,), bounds=[(0.6, None), (-5, 5)], method="SLSQP", tol=1e-15).x


def moving_bounds(a: Any) -> Any:
    return minimize(
        _bowl, np.ones(2), args=(a,), bounds=[(None, 0.1 * a[1]), (None, 4)], method="SLSQP", tol=1e-15
    ).x


def equality(a: Any) -> Any:
    sphere = {"type": "eq", "fun": lambda x, a: np.sum(x**2) - a[1] ** 2, "args": (a,)}
    return minimize(_bowl, np.ones(2), args=(a,), constraints=sphere, tol=1e-15).x


def inequality(a: Any) -> Any:
    """One constraint holds, another does not."""
    plane = NonlinearConstraint(lambda x: np.stack([x[0] + x[1] ** 2, x[0]]), -np.inf, 0.3)
    limit = LinearConstraint(np.eye(2), -9, 9)
    return minimize(
        lambda x: _bowl(x, a), np.zeros(2), constraints=[plane, limit], method="trust-constr", tol=1e-12
    ).x


def fit(a: Any) -> Any:
    return least_squares(
        lambda x, a: x[0] * np.exp(-x[1] * a[0] * T) + 0.1 * a[1] - Y, [1.0, 1.0], args=(a,), **TIGHT
    ).x


def robust_fit(a: Any) -> Any:
    return least_squares(
        lambda x: x[0] * np.exp(-x[1] * a[0] * T) + 0.1 * a[1] - Y,
        [1.0, 1.0],
        loss="cauchy",
        f_scale=0.2,
        **TIGHT,
    ).x


def system(a: Any) -> Any:
    def equations(x: Any, a: Any) -> Any:
        return [x[0] ** 2 + a[0] * x[1] - 2, x[0] - a[1] * np.sin(x[1])]

    return root(equations, [1.0, 1.0], args=(a,), tol=1e-13).x


def iteration(a: Any) -> Any:
    return fixed_point(lambda x, a: np.cos(a * x) / 2, np.array([0.3, 0.4]), args=(a,), xtol=1e-14)


def scalar_root(a: Any) -> Any:
    def f(x: Any, a: Any) -> Any:
        return x**3 + a[0] * x - a[1]

    return np.stack(
        [
            root_scalar(f, args=(a,), bracket=(0, 2), xtol=1e-14).root,
            root_scalar(f, args=(a,), x0=1.0, xtol=1e-14).root,
            root_scalar(f, args=(a,), x0=1.0, method="halley", xtol=1e-14).root,
            newton(lambda x: f(x, a), 1.0, tol=1e-14),
        ]
    )


def elementwise_root(a: Any) -> Any:
    return newton(lambda x, a: x**3 + a * x - 1, np.ones(2), args=(a,), tol=1e-14)


def scalar_minimum(a: Any) -> Any:
    return np.stack(
        [
            minimize_scalar(lambda x, a: (x - a[0]) ** 4 + a[1] * x**2, args=(a,), tol=1e-14).x,
            minimize_scalar(lambda x: (x - a[0]) ** 4 + a[1] * x**2, bracket=(0, 1), tol=1e-14).x,
        ]
    )


SOLVERS = [
    unconstrained,
    bounded,
    moving_bounds,
    equality,
    inequality,
    fit,
    robust_fit,
    system,
    iteration,
    scalar_root,
    elementwise_root,
    scalar_minimum,
]
# How far the answer of a solver is from the exact one, where that is not rounding.
ROUGH = {
    "inequality": 1e-6,
    "bounded": 1e-8,
    "moving_bounds": 1e-8,
    "equality": 1e-8,
    "scalar_minimum": 1e-7,
    "robust_fit": 1e-7,
}
AT = np.array([0.8, 1.3])


def _differences(f: Callable[[Any], Any], a: Any, step: float) -> Any:
    return np.stack([(f(a + step * e) - f(a - step * e)) / (2 * step) for e in np.eye(len(a))], -1)


@pytest.mark.parametrize("solve", SOLVERS, ids=lambda f: f.__name__)
def test_derivatives_agree_with_solving_again(solve: Callable[[Any], Any]) -> None:
    rough = ROUGH.get(solve.__name__, 1e-12)
    step = max(1e-5, rough ** (1 / 3))
    forward, reverse = ln.jacfwd(solve)(AT), ln.jacrev(solve)(AT)
    assert_allclose(forward, reverse, rtol=1e-10, atol=1e-12)
    assert_allclose(forward, _differences(solve, AT, step), atol=10 * rough / step + 10 * step**2)
    assert np.max(np.abs(forward)) > 1e-3


@pytest.mark.parametrize("solve", SOLVERS, ids=lambda f: f.__name__)
def test_second_derivatives_agree_with_differences_of_the_first(solve: Callable[[Any], Any]) -> None:
    rough = 10 * ROUGH.get(solve.__name__, 1e-11)
    step = max(1e-4, rough ** (1 / 3))
    expected = _differences(ln.jacfwd(solve), AT, step)
    for outer, inner in ((ln.jacfwd, ln.jacrev), (ln.jacrev, ln.jacfwd)):
        assert_allclose(outer(inner(solve))(AT), expected, atol=10 * rough / step + 100 * step**2)


def test_third_derivatives_of_a_root_are_those_of_its_formula() -> None:
    def solve(a: Any) -> Any:
        return root(lambda x, a: x**2 - a, [1.0], args=(a,), tol=1e-14).x[0]

    assert_allclose(ln.grad(ln.grad(ln.grad(solve)))(4.0), 3 / 8 * 4.0**-2.5, rtol=1e-12)


def test_the_value_is_scipys_bit_for_bit() -> None:
    for solve in (unconstrained, equality, fit, system):
        assert np.array_equal(ln.value_and_grad(lambda a, solve=solve: solve(a)[0])(AT)[0], solve(AT)[0])


def test_a_closure_over_a_traced_array_is_differentiated_as_an_argument_is() -> None:
    def by_argument(a: Any) -> Any:
        return minimize(_bowl, np.ones(2), args=(a,), tol=1e-10).x

    def by_closure(a: Any) -> Any:
        return minimize(lambda x: _bowl(x, a), np.ones(2), tol=1e-10).x

    assert_allclose(ln.jacrev(by_closure)(AT), ln.jacrev(by_argument)(AT), rtol=1e-12)
    for method in ("Nelder-Mead", "BFGS"):
        derivative = ln.jacfwd(
            lambda a, method=method: minimize(lambda x: _bowl(x, a), np.ones(2), method=method, tol=1e-10).x
        )
        assert_allclose(derivative(AT), ln.jacfwd(by_argument)(AT), rtol=1e-4)  # as accurate as the answer


def test_bounds_of_a_fit_move_what_they_hold() -> None:
    model = lambda t, a, b: a * np.exp(-b * t)  # noqa: E731  # a line

    def fitted(high: Any) -> Any:
        return curve_fit(model, T, Y, [1.0, 0.5], bounds=([0.0, 0.0], np.stack([9.0 + 0 * high, high])))[0]

    step = 1e-4
    difference = (fitted(1.2 + step) - fitted(1.2 - step)) / (2 * step)
    assert_allclose(ln.jacobian(fitted)(1.2), difference, atol=1e-5)


def test_arguments_and_unknowns_may_be_containers() -> None:
    def ridge(x: Any, data: Any) -> Any:
        return np.sum((data["A"] @ x["w"] + x["c"] - data["b"]) ** 2) + data["k"] * np.sum(x["w"] ** 2)

    A = np.array([[1.0, 2.0], [0.5, -1.0], [2.0, 0.3]])
    b = np.array([1.0, 0.0, 2.0])

    def answer(data: Any) -> Any:
        found = minimize(ridge, {"w": np.zeros(2), "c": 0.0}, args=(data,), method="trust-exact", tol=1e-10)
        return np.sum(found.x["w"]) + found.x["c"]

    def exact(data: Any) -> Any:
        M = np.concatenate([data["A"], np.ones((3, 1))], 1)
        x = np.linalg.solve(M.T @ M + data["k"] * np.diag([1.0, 1.0, 0.0]), M.T @ data["b"])
        return np.sum(x)

    data = {"A": A, "b": b, "k": 0.5}
    ours, theirs = ln.grad(answer)(data), ln.grad(exact)(data)
    for key in data:
        assert_allclose(ours[key], theirs[key], rtol=1e-8)


def test_complex_unknowns_have_derivatives() -> None:
    def solve(a: Any) -> Any:
        return root(lambda z, a: z**2 + a, np.array([1 + 1j]), args=(a,), tol=1e-14).x.imag[0]

    assert_allclose(ln.grad(solve)(2.0), 0.5 / np.sqrt(2), rtol=1e-10)


def test_the_value_at_the_minimum_is_differentiable_too() -> None:
    """Its derivative is the partial one of the objective (the envelope theorem)."""

    def value(a: Any) -> Any:
        return minimize(_bowl, np.ones(2), args=(a,), tol=1e-10).fun

    x = ln.value(unconstrained(AT))
    assert_allclose(ln.grad(value)(AT), ln.grad(lambda a: _bowl(x, a))(AT), rtol=1e-8)


def test_a_differentiable_answer_carries_no_constant_arrays() -> None:
    def keys(a: Any) -> Any:
        found = minimize(_bowl, np.ones(2), args=(a,))
        assert not {"jac", "hess_inv"} & set(found)
        assert found.success
        return found.x[0]

    ln.grad(keys)(AT)


def test_many_unknowns_are_solved_for_by_products_alone() -> None:
    n = 600
    w = np.linspace(1, 3, n)

    def f(x: Any, a: Any) -> Any:
        return np.sum(w * x**2) / 2 + np.sum(x[1:] * x[:-1]) / 4 - a * np.sum(x)

    def total(a: Any) -> Any:
        return np.sum(minimize(f, np.zeros(n), args=(a,), method="trust-ncg", tol=1e-9).x)

    A = np.diag(w) + (np.eye(n, k=1) + np.eye(n, k=-1)) / 4
    exact = np.sum(np.linalg.solve(A, np.ones(n)))
    assert_allclose(ln.grad(total)(1.0), exact, rtol=1e-8)
    assert_allclose(ln.jvp(total, (1.0,), (1.0,))[1], exact, rtol=1e-8)


# -- what has no derivative ---------------------------------------------------------------------------------


def test_an_answer_that_is_not_isolated_has_no_derivative() -> None:
    def flat(a: Any) -> Any:
        return minimize(lambda x, a: (x[0] + x[1] - a) ** 2, np.zeros(2), args=(a,)).x[0]

    with pytest.raises(
        DegenerateError, match="minimize: the derivative of the residual by the 2 unknowns is singular"
    ):
        ln.grad(flat)(1.0)


def test_dependent_constraints_have_no_multipliers_and_no_derivative() -> None:
    twice = [
        {"type": "eq", "fun": lambda x: [x[0] + x[1] - 1]},
        {"type": "eq", "fun": lambda x: [2 * x[0] + 2 * x[1] - 2]},
    ]

    def solve(a: Any) -> Any:
        return minimize(
            lambda x, a: np.sum((x - a) ** 2),
            np.array([0.5, 0.5]),
            (a,),
            "trust-constr",
            constraints=[NonlinearConstraint(each["fun"], 0, 0) for each in twice],
        ).x[0]

    with (
        pytest.raises(DegenerateError, match="singular"),
        pytest.warns(UserWarning, match="Singular Jacobian"),
    ):
        ln.grad(solve)(1.0)


def test_a_bound_that_touches_without_holding_is_reported() -> None:
    def solve(a: Any) -> Any:
        return minimize(lambda x, a: np.sum((x - a) ** 2), np.ones(1), args=(a,), bounds=[(0, None)]).x[0]

    with pytest.raises(DegenerateError, match="the bound of unknown 0 touches the answer without holding it"):
        ln.grad(solve)(0.0)
    with ln.errstate(degenerate="warn"), pytest.warns(DegenerateWarning, match="touches"):
        assert_allclose(ln.grad(solve)(0.0), 1)
    assert ln.grad(solve)(-1.0) == 0
    assert_allclose(ln.grad(solve)(1.0), 1)

    def inside(a: Any) -> Any:  # interior points end at some distance
        options = {"bounds": [(1, None)], "method": "trust-constr", "tol": 1e-10}
        return minimize(lambda x: np.sum((x - a) ** 2), 2 * np.ones(1), **options).x[0]

    def followed(a: Any) -> Any:  # and another unknown comes along
        options = {"bounds": [(1, None), (None, None)], "method": "trust-constr", "tol": 1e-10}
        return minimize(lambda x: (x[0] - a) ** 2 + (x[1] - x[0]) ** 2, 2 * np.ones(2), **options).x[0]

    for solve in (inside, followed):
        with pytest.raises(DegenerateError, match="touches the answer"):
            ln.grad(solve)(1.0)
        assert ln.grad(solve)(0.0) == 0
        assert_allclose(ln.grad(solve)(2.0), 1)


def test_an_answer_that_did_not_converge_is_reported() -> None:
    def solve(a: Any) -> Any:
        return minimize(_bowl, np.ones(2), args=(a,), options={"maxiter": 1}).x[0]

    with pytest.raises(
        ConvergenceError, match=r"minimize: the solver had not converged \(Maximum number of iterations"
    ):
        ln.grad(solve)(AT)
    with ln.errstate(convergence="warn"), pytest.warns(ConvergenceWarning, match="had not converged"):
        ln.grad(solve)(AT)
    assert minimize(_bowl, np.ones(2), args=(AT,), options={"maxiter": 1}).nit == 1  # plain: SciPy's result


def test_an_answer_that_is_none_is_reported_though_the_solver_calls_it_one() -> None:
    def loose(a: Any) -> Any:
        return minimize(_bowl, np.ones(2), args=(a,), method="Nelder-Mead", tol=0.5).x[0]

    with pytest.raises(ConvergenceError, match="Newton's step"):
        ln.grad(loose)(AT)


def test_an_ill_conditioned_answer_warns() -> None:
    def f(x: Any, a: Any) -> Any:
        return (x[0] + x[1] - a) ** 2 + 1e-10 * (x[0] - x[1]) ** 2

    with pytest.warns(IllConditionedWarning, match="minimize"):
        ln.grad(lambda a: minimize(f, np.zeros(2), args=(a,), method="trust-exact", tol=1e-12).x[0])(1.0)


def test_units_of_the_unknowns_make_no_answer_ill_conditioned() -> None:
    def f(x: Any, a: Any) -> Any:
        return (x[0] * 1e8 - a) ** 2 + (x[1] * 1e-6 - a) ** 2 + a * x[0] * x[1]

    def solve(a: Any) -> Any:
        return root(lambda x, a: ln.grad(f)(x, a), [1e-8, 1e6], args=(a,), tol=1e-14).x[1]

    assert_allclose(
        ln.grad(solve)(1.0), _differences(lambda a: solve(a[0])[None], np.ones(1), 1e-4)[0, 0], rtol=1e-6
    )


def test_a_symbol_has_no_answer() -> None:
    a = ln.symbol("a", (2,))
    with pytest.raises(SymbolError, match="a symbol has no value"):
        minimize(_bowl, np.ones(2), args=(a,))


def test_the_derivative_of_a_rough_answer_has_twice_its_digits() -> None:
    def solve(a: Any, tol: float) -> Any:
        return minimize(_bowl, np.ones(2), args=(a,), method="trust-ncg", tol=tol).x

    rough, exact = solve(AT, 1e-3), solve(AT, 1e-13)
    error = np.max(np.abs(rough - exact))
    assert 1e-7 < error < 1e-3
    derivatives = [ln.jacobian(lambda a, tol=tol: solve(a, tol))(AT) for tol in (1e-3, 1e-13)]
    assert_allclose(*derivatives, atol=100 * error**2)


def test_the_other_results_stand_beside_a_differentiable_one() -> None:
    def roots(a: Any) -> Any:
        found, converged, _ = newton(lambda x: x**2 - a, np.ones(2), full_output=True)
        assert converged.all()
        return found

    assert_allclose(ln.jacobian(roots)(AT), np.diag(0.5 / np.sqrt(AT)), rtol=1e-10)
    assert_allclose(ln.grad(lambda a: newton(lambda x: x**2 - a, 1.0, full_output=True)[1].root)(4.0), 0.25)

    def fitted(y: Any) -> Any:
        p, _, info, message, status = curve_fit(lambda t, a: a * np.exp(-t), T, y, full_output=True)
        assert status in (1, 2, 3, 4)
        assert message
        return p[0] + np.sum(info["fvec"])

    w = np.exp(-T)
    exact = w / (w @ w) * (1 + np.sum(w)) - 1
    assert_allclose(ln.grad(fitted)(Y), exact, rtol=1e-8)


def test_a_fixed_point_of_containers_is_differentiable() -> None:
    def solve(a: Any) -> Any:
        found = fixed_point(lambda x, a: {"u": a * np.cos(x["u"])}, {"u": np.array([0.5, 0.6])}, (a,), 1e-14)
        return np.sum(found["u"])

    u = fixed_point(np.cos, 0.5, xtol=1e-14)
    assert_allclose(ln.grad(solve)(1.0), 2 * np.cos(u) / (1 + np.sin(u)), rtol=1e-10)


def test_constraints_that_contradict_each_other_are_no_answer() -> None:
    def solve(a: Any) -> Any:
        impossible = [{"type": "eq", "fun": lambda x: x[0]}, {"type": "eq", "fun": lambda x: x[0] - 1}]
        return minimize(lambda x, a: np.sum((x - a) ** 2), np.ones(2), args=(a,), constraints=impossible).x[0]

    with pytest.raises(ConvergenceError, match="minimize: the solver had not converged"):
        ln.grad(solve)(1.0)


def test_limits_of_a_constraint_may_be_traced() -> None:
    def solve(r: Any) -> Any:
        ball = NonlinearConstraint(lambda x: np.sum(x**2), -np.inf, r)
        start = np.array([0.5, 0.5])
        return minimize(lambda x: -x[0] - 2 * x[1], start, method="SLSQP", constraints=ball, tol=1e-14).x

    r = 2.0
    expected = np.array([1.0, 2.0]) / np.sqrt(5) / (2 * np.sqrt(r))
    assert_allclose(ln.jacobian(solve)(r), expected, rtol=1e-6)


def _robust(z: Any, a: Any) -> Any:
    return np.stack([a * np.log1p(z / a), 1 / (1 + z / a), -1 / (a * (1 + z / a) ** 2)])


def _quadratic(x: Any) -> Any:
    return (x[0] - 1) ** 2 + (x[1] - 2) ** 2 + (x[0] - x[1]) ** 4


def _decay(x: Any) -> Any:
    return x[0] * np.exp(-x[1] * T) - Y


def _model(t: Any, a: Any, b: Any) -> Any:
    return a * np.exp(-b * t)


READ = {
    "matrix": lambda a: minimize(
        _quadratic,
        np.zeros(2),
        constraints=LinearConstraint(np.stack([a, 2 * a**2])[None], -np.inf, 1),
        tol=1e-15,
    ),
    "limit": lambda a: minimize(
        _quadratic, np.zeros(2), constraints=LinearConstraint([[1, 2]], -np.inf, a), tol=1e-15
    ),
    "bounds": lambda a: minimize(_quadratic, np.zeros(2), bounds=Bounds(-1, np.stack([a, a**2])), tol=1e-15),
    "bounds-of-least-squares": lambda a: least_squares(
        _decay, np.ones(2) / 4, bounds=Bounds(-1, np.stack([a, 9])), **TIGHT
    ),
    "f_scale": lambda a: least_squares(_decay, np.ones(2), loss="cauchy", f_scale=a / 10, **TIGHT),
    "loss": lambda a: least_squares(_decay, np.ones(2), loss=lambda z: _robust(z, a / 100), **TIGHT),
    "bounds-of-curve_fit": lambda a: curve_fit(
        _model, T, Y, np.ones(2) / 4, bounds=Bounds(-1, np.stack([a, 9])), **TIGHT
    ),
    "f_scale-of-curve_fit": lambda a: curve_fit(_model, T, Y, loss="soft_l1", f_scale=a / 10, **TIGHT),
    "loss-of-curve_fit": lambda a: curve_fit(_model, T, Y, loss=lambda z: _robust(z, a / 100), **TIGHT),
}


@pytest.mark.parametrize("what", READ)
def test_all_that_the_equations_read_may_be_traced(what: str) -> None:
    def solve(a: Any) -> Any:
        found = READ[what](a)
        return found.x if hasattr(found, "x") else found[0]

    step = 1e-4
    difference = (solve(0.7 + step) - solve(0.7 - step)) / (2 * step)
    found = ln.jacfwd(solve)(0.7)
    assert np.max(np.abs(found)) > 1e-3
    # The solvers leave 1e-9 of the unknowns, by losses 1e-8.
    assert_allclose(found, difference, rtol=1e-4, atol=1e-4)
    assert_allclose(ln.jacrev(solve)(0.7), found, rtol=1e-8, atol=1e-12)


def test_what_moves_no_answer_is_a_constant() -> None:
    def fitted(a: Any) -> Any:
        options = {"x_scale": np.stack([a, a]), "ftol": 1e-9 * a, "xtol": 1e-9 * a, "gtol": None}
        exact = least_squares(_decay, np.ones(2), **options).x[0]
        rough = least_squares(_decay, np.ones(2), jac="2-point", diff_step=1e-7 * a, **options).x[0]
        return exact + rough + curve_fit(_model, T, Y, x_scale=np.stack([a, a]))[0][0]

    assert ln.grad(fitted)(0.7) == 0


def test_complex_roots_and_fixed_points_are_scipys_and_differentiable() -> None:
    def turned(a: Any) -> Any:
        return newton(lambda z: z**3 - a, np.array([1.0, -0.5 + 0.8j]), tol=1e-14)

    a, roots = 2.0, 2 ** (1 / 3) * np.array([1, np.exp(2j * np.pi / 3)])
    assert_allclose(turned(a), roots, rtol=1e-12)
    assert_allclose(ln.jvp(turned, (a,), (1.0,))[1], roots / (3 * a), rtol=1e-10)
    assert_allclose(ln.grad(lambda a: np.sum(turned(a).imag))(a), np.sum(roots.imag) / (3 * a), rtol=1e-10)

    def spiral(c: Any) -> Any:
        return fixed_point(lambda z, c: c * np.exp(-0.5 * z), 0.3 + 0.1j, args=(c,), xtol=1e-14)

    c = 0.4 + 0.3j
    z = spiral(c)
    assert_allclose(z, scipy.optimize.fixed_point(lambda z, c: c * np.exp(-0.5 * z), 0.3 + 0.1j, (c,), 1e-14))
    assert_allclose(ln.jvp(spiral, (c,), (1.0 + 0j,))[1], z / c / (1 + 0.5 * z), rtol=1e-10)
