"""Implicit functions: derivatives of answers, whatever solver found them, and what is said where there are none."""

from functools import partial
from typing import NamedTuple

import numpy as np
import pytest
from scipy import optimize

import linad as ln
from linad.check import check_gradients
from linad.derive import implicit
from linad.errors import (
    ArgumentError,
    ClosureError,
    ConvergenceError,
    ConvergenceWarning,
    DegenerateError,
    IllConditionedError,
    IllConditionedWarning,
    OptionError,
    OutputError,
    ShapeError,
    StructureError,
)


def balance(x, A, b):
    return A @ x + x**3 - b


def balanced(A, b):
    """By Newton's method."""
    x = 0 * b
    for _ in range(10):
        x = x - np.linalg.solve(linear_map(x, A), balance(x, A, b))
    return x


def linear_map(x, A):
    """The derivative of balance by x."""
    return A + np.diag(3 * x**2)


def by_lu(right, x, A, b, adjoint):
    D = linear_map(x, A)
    return np.linalg.solve(D.T if adjoint else D, right)


WAYS = {
    "dense": {"method": "dense"},
    "krylov": {"method": "krylov"},
    "flag": {"solve": by_lu},
    "two": {
        "solve": lambda B, x, A, b: by_lu(B, x, A, b, False),
        "adjoint_solve": lambda G, x, A, b: by_lu(G, x, A, b, True),
    },
}


@pytest.fixture
def system(rng):
    A = rng.standard_normal((3, 3)) / 4 + 2 * np.eye(3)
    return A, rng.standard_normal(3)


# -- derivatives -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", WAYS)
def test_every_law_holds_whichever_way_the_linear_equations_are_solved(way, system):
    report = check_gradients(implicit(balance, balanced, **WAYS[way]), *system)
    assert report.holds, str(report)


def test_third_derivatives_are_those_of_the_explicit_function():
    root = implicit(lambda y, x: y**3 - x, np.cbrt)
    third = ln.grad(ln.grad(ln.grad(root)))(2.0)
    assert third == pytest.approx(10 / 27 * 2.0 ** (-8 / 3), rel=1e-13)


def square_root(A):
    w, V = np.linalg.eig(A)
    return V * np.sqrt(w) @ np.linalg.inv(V)


def test_every_law_holds_of_complex_unknowns(rng):
    A = 2 * np.eye(2) + (rng.standard_normal((2, 2)) + 1j * rng.standard_normal((2, 2))) / 4
    report = check_gradients(implicit(lambda X, A: X @ X - A, square_root), A)
    assert report.holds, str(report)


def test_every_law_holds_where_the_residual_is_not_holomorphic(rng):
    """z + conj(z) |z|^2 / 8 = a, by its contraction."""

    def solver(a):
        z = a
        for _ in range(200):
            z = a - z.conj() * np.abs(z) ** 2 / 8
        return z

    f = implicit(lambda z, a: z + np.conj(z) * np.abs(z) ** 2 / 8 - a, solver)
    a = 0.4 * (rng.standard_normal(2) + 1j * rng.standard_normal(2))
    report = check_gradients(f, a)
    assert report.holds, str(report)


class Multiplied(NamedTuple):
    x: np.ndarray
    multiplier: float


def nearest(problem):
    """The point of a plane nearest to another, with its multiplier: real numbers of two sizes, in containers."""
    normal, offset = problem["plane"]
    multiplier = (normal @ problem["point"] - offset) / (normal @ normal)
    return Multiplied(problem["point"] - multiplier * normal, multiplier)


def nearest_conditions(y, problem):
    normal, offset = problem["plane"]
    return {"stationary": y.x - problem["point"] + y.multiplier * normal, "feasible": normal @ y.x - offset}


def test_every_law_holds_of_unknowns_arguments_and_residuals_in_containers(rng):
    problem = {"plane": (rng.standard_normal(3), 0.5), "point": rng.standard_normal(3)}
    f = implicit(nearest_conditions, nearest)
    assert isinstance(f(problem), Multiplied)
    assert ln.jvp(f, (problem,), (problem,))[0].multiplier == f(problem).multiplier
    report = check_gradients(lambda problem: tuple(f(problem)), problem)
    assert report.holds, str(report)


def kepler(E, M, e):
    return E - e * np.sin(E) - M


def anomaly(M, e):
    E = M + 0 * e
    for _ in range(30):
        E = E - kepler(E, M, e) / (1 - e * np.cos(E))
    return E


def test_elementwise_equations_cost_one_product_for_all_elements(rng):
    M, e = rng.uniform(0.2, 3, (2, 3)), rng.uniform(0.1, 0.7, (2, 3))
    calls = []

    def counted(E, M, e):
        calls.append(E)
        return kepler(E, M, e)

    elementwise = implicit(counted, anomaly, coupled=0)
    ln.grad(lambda M: np.sum(elementwise(M, e)))(M)
    assert len(calls) == 3  # the look, the recording of D, and what the adjoint is sent through
    report = check_gradients(implicit(kepler, anomaly, coupled=0), M, e)
    assert report.holds, str(report)


def test_many_elementwise_equations_are_solved_at_once(rng):
    x = rng.uniform(1, 2, 300)
    f = implicit(
        lambda y, x: y**3 + y - x,
        lambda x: np.array([np.roots([1, 0, 1, -t])[-1].real for t in x]),
        coupled=0,
    )
    np.testing.assert_allclose(ln.grad(lambda x: np.sum(f(x)))(x), 1 / (3 * f(x) ** 2 + 1), rtol=1e-13)


def test_a_batch_of_vectors_is_the_loop_over_its_elements(rng):
    A = rng.standard_normal((4, 3, 3)) / 4 + 2 * np.eye(3)
    b, g = rng.standard_normal((4, 3)), rng.standard_normal((4, 3))
    batched = implicit(
        lambda x, A, b: np.einsum("kij,kj->ki", A, x) + x**3 - b,
        lambda A, b: np.stack([balanced(*pair) for pair in zip(A, b, strict=True)]),
        coupled=1,
    )
    single = implicit(balance, balanced)
    _, pullback = ln.vjp(batched, A, b)
    expected = [ln.vjp(single, *pair)[1](v) for *pair, v in zip(A, b, g, strict=True)]
    for found, each in zip(pullback(g), zip(*expected, strict=True), strict=True):
        np.testing.assert_allclose(found, np.stack(each), rtol=1e-12, atol=1e-14)


def test_single_precision_stays_single(system):
    A, b = (x.astype(np.float32) for x in system)
    g = ln.grad(lambda A: np.sum(implicit(balance, balanced)(A, b)))(A)
    exact = ln.grad(lambda A: np.sum(implicit(balance, balanced)(A, b)))(A.astype(float))
    assert g.dtype == np.float32
    np.testing.assert_allclose(g, exact, rtol=1e-4, atol=1e-6)


def test_scipys_solver_takes_the_same_residual(system):
    f = implicit(balance, lambda A, b: optimize.root(balance, b, args=(A, b), tol=1e-12).x)
    expected = ln.jacobian(implicit(balance, balanced), (0, 1))(*system)
    for found, other in zip(ln.jacobian(f, (0, 1))(*system), expected, strict=True):
        np.testing.assert_allclose(found, other, rtol=1e-8, atol=1e-10)


def test_large_systems_are_solved_by_products_alone(rng):
    """More unknowns than are formed densely."""
    n = 800
    c = rng.standard_normal(n) / 8

    def residual(u, c):
        return u + (u - np.roll(u, 1)) / 4 + np.tanh(u) / 4 - c

    def solver(c):
        u = c
        for _ in range(200):
            u = c - (u - np.roll(u, 1)) / 4 - np.tanh(u) / 4
        return u

    f = implicit(residual, solver)
    with ln.counters() as counts:
        g = ln.grad(lambda c: np.sum(f(c)))(c)
    D = ln.jacobian(residual)(solver(c), c)
    assert "getrf" not in counts
    np.testing.assert_allclose(g, np.linalg.solve(D.T, np.ones(n)), rtol=1e-11)


def test_one_factorization_serves_all_orders_and_both_modes(system):
    f = implicit(balance, balanced)
    x = system[1]
    with ln.counters() as counts:
        ln.hessian(lambda b: np.sum(f(system[0], b) ** 2))(x)
    assert counts["getrf"] == 1
    with ln.counters() as counts:
        ln.vjp(lambda b: ln.jvp(lambda b: f(system[0], b), (b,), (x,))[1], x)[1](x)
    assert counts["getrf"] == 1


def test_keyword_arguments_are_differentiated_too(system):
    f = implicit(balance, balanced)
    by_name = ln.grad(lambda b: np.sum(f(A=system[0], b=b)))(system[1])
    np.testing.assert_array_equal(by_name, ln.grad(lambda b: np.sum(f(system[0], b)))(system[1]))


def test_plain_arguments_get_what_the_solver_returns(system):
    answer = [np.ones(3)]
    f = implicit(lambda x, b: [x[0] * b - b], lambda b: answer)
    assert f(2.0) is answer


def test_aux_is_passed_through(system):
    f = implicit(lambda y, x: y**2 - x, lambda x: (np.sqrt(x), {"iterations": 7}), has_aux=True)
    assert f(4.0) == (2.0, {"iterations": 7})
    assert ln.value_and_grad(f, has_aux=True)(4.0) == ((2.0, {"iterations": 7}), 0.25)


def test_an_integer_answer_has_a_derivative():
    assert ln.grad(implicit(lambda y, x: y - x, lambda x: round(x)))(3.0) == 1.0


def test_a_work_array_that_the_solver_reuses_changes_no_gradient():
    work = np.zeros(2)

    def solver(x):
        work[:] = np.sqrt(x)
        return work

    f = implicit(lambda y, x: y * y - x, solver)
    g = ln.grad(lambda x: np.sum(f(x) * f(4 * x)))(np.array([1.0, 4.0]))
    np.testing.assert_allclose(g, 2.0, rtol=1e-14)


def test_a_solver_may_overwrite_what_it_gets(system):
    def solver(A, b):
        x = balanced(A, b)
        A[:], b[:] = np.nan, np.nan
        return x

    expected = ln.grad(lambda b: np.sum(implicit(balance, balanced)(system[0], b)))(system[1])
    found = ln.grad(lambda b: np.sum(implicit(balance, solver)(system[0], b)))(system[1])
    np.testing.assert_array_equal(found, expected)


def test_a_bound_graph_has_the_derivative_at_its_data():
    x = ln.symbol("x", shape=())
    y = implicit(lambda y, x: y**3 - x, np.cbrt)(x)
    assert float(ln.function([x], ln.gradient(y, x))(8.0)) == pytest.approx(1 / 12, rel=1e-14)


def test_a_compiled_derivative_solves_anew_and_looks_at_convergence_again():
    steps = {"many": 60}

    def solver(x):
        y = 1.0
        for _ in range(steps["many"]):
            y = y - (y**3 - x) / (3 * y**2)
        return y

    slope = ln.compile(ln.grad(implicit(lambda y, x: y**3 - x, solver)))
    assert [float(slope(x)) for x in (1.0, 8.0, 27.0)] == pytest.approx([1 / 3, 1 / 12, 1 / 27], rel=1e-14)
    assert slope.statistics.replayed == 2
    steps["many"] = 1
    with pytest.raises(ConvergenceError):
        slope(64.0)


def test_aux_is_not_frozen_in_a_compiled_program():
    f = implicit(lambda y, x: y - x, lambda x: (x, 7), has_aux=True)
    with pytest.raises(OptionError, match="its aux would be frozen"):
        ln.compile(lambda x: f(x)[0])(1.0)


# -- what is refused -------------------------------------------------------------------------------------------------


def test_a_residual_that_closes_over_a_traced_array_is_refused():
    def cost(a):
        return implicit(lambda y, x: y * a - x, lambda x: x / 2.0)(1.0)

    with pytest.raises(ClosureError, match="the residual closes over the traced array 'a'"):
        ln.grad(cost)(2.0)


def test_a_solver_that_closes_over_a_traced_array_is_refused():
    def cost(a):
        return implicit(lambda y, x: y - x, partial(lambda a, x: x, a), name="f")(1.0)

    with pytest.raises(ClosureError, match=r"the solver closes over the traced array 'args\[0\]'"):
        ln.grad(cost)(2.0)


class Model:
    scale = 1.0


def test_a_traced_array_in_an_attribute_is_refused():
    model = Model()

    def cost(a):
        model.scale = a
        return implicit(lambda y, x: y * model.scale - x, lambda x: x / 2.0)(1.0)

    with pytest.raises(ClosureError, match="the residual uses a traced array that it was not passed"):
        ln.grad(cost)(2.0)


def test_an_answer_that_solves_nothing_raises_or_warns_as_errstate_says():
    f = implicit(lambda y, x: y**2 - x, lambda x: np.sqrt(x) + 0.1)
    with pytest.raises(ConvergenceError, match=r"Newton's step from its answer is 9\.5e-02"):
        ln.grad(f)(1.0)
    with ln.errstate(convergence="warn"), pytest.warns(ConvergenceWarning):
        ln.grad(f)(1.0)
    with ln.errstate(convergence="ignore"):
        assert ln.grad(f)(1.0) == pytest.approx(1 / 2.2)
    assert ln.grad(implicit(lambda y, x: y**2 - x, lambda x: np.sqrt(x) + 0.1, tolerance=0.2))(1.0) > 0


def test_an_answer_that_is_no_number_has_not_converged():
    f = implicit(lambda y, x: 2 * y + 0 * x, lambda x: np.nan)
    with pytest.raises(ConvergenceError, match="nan"):
        ln.grad(f)(1.0)


def test_a_zero_answer_has_converged():
    assert ln.grad(implicit(lambda y, x: y - x**2 + x, lambda x: 1e-15))(1.0) == 1.0


def test_a_double_root_has_no_derivative():
    f = implicit(lambda y, x: (y - x) ** 2, lambda x: 1.0 * x)
    with pytest.raises(DegenerateError, match="by the 1 unknowns is singular at the solution"):
        ln.grad(f)(1.0)
    with pytest.raises(np.linalg.LinAlgError):
        ln.grad(f)(1.0)


def test_forward_mode_raises_where_the_missing_tangent_is_used():
    f = implicit(lambda y, x: (y - x) ** 2, lambda x: 1.0 * x)
    assert ln.jvp(lambda x: (x, f(x))[0] * 2, (1.0,), (1.0,))[1] == 2.0
    with pytest.raises(DegenerateError):
        ln.jvp(f, (1.0,), (1.0,))


def test_an_element_of_a_batch_that_is_singular_is_named():
    f = implicit(lambda y, x: y**2 - x, np.sqrt, coupled=0)
    with (
        ln.errstate(convergence="ignore"),
        pytest.raises(DegenerateError, match=r"for element \(1,\) of the batch"),
    ):
        ln.grad(lambda x: np.sum(f(x)))(np.array([1.0, 0.0]))


def test_lost_digits_are_told():
    A = np.array([[1.0, 1.0], [1.0, 1.0 + 1e-10]])
    f = implicit(lambda y, b: A @ y - b, lambda b: np.linalg.solve(A, b))
    with ln.errstate(convergence="ignore"):
        with pytest.warns(
            IllConditionedWarning, match=r"by the unknowns has the condition number [0-9.]+e\+10"
        ):
            ln.grad(lambda b: np.sum(f(b)))(np.array([1.0, 2.0]))
        with ln.errstate(conditioning="raise"), pytest.raises(IllConditionedError):
            ln.grad(lambda b: np.sum(f(b)))(np.array([1.0, 2.0]))


def test_units_are_no_ill_condition():
    scales = np.array([1e-12, 1.0, 1e12])
    f = implicit(lambda y, b: scales * (y * scales - b), lambda b: b / scales)
    g = ln.grad(lambda b: np.sum(f(b) * scales))(np.ones(3))
    np.testing.assert_allclose(g, 1, rtol=1e-14)


def test_krylov_that_does_not_converge_raises(rng):
    A = rng.standard_normal((30, 30))
    f = implicit(
        lambda x, b: A @ x - b,
        partial(np.linalg.solve, A),
        method="krylov",
        krylov={"restart": 2, "maxiter": 1},
    )
    with pytest.raises(ConvergenceError, match="GMRES left a residual"):
        ln.grad(lambda b: np.sum(f(b)))(np.ones(30))


def test_a_linear_solver_that_is_wrong_is_caught(system):
    f = implicit(balance, balanced, solve=lambda B, x, A, b, adjoint: by_lu(B, x, A, b, False))
    with pytest.raises(
        ConvergenceError, match=r"the linear solver left a residual .* in the adjoint linear equations"
    ):
        ln.grad(lambda b: np.sum(f(system[0], b)))(system[1])


def test_equations_that_are_coupled_are_not_taken_for_independent_ones(rng):
    f = implicit(lambda y, x: y + np.sum(y) - x, lambda x: x - np.sum(x) / (1 + x.size), coupled=0)
    with pytest.raises(StructureError, match="are coupled"):
        ln.grad(lambda x: np.sum(f(x)))(rng.standard_normal(3))


@pytest.mark.parametrize(
    ("residual", "answer", "error", "sentence"),
    [
        (lambda y, x: y[:1] - x, np.ones(2), StructureError, "1 real numbers for 2 unknown"),
        (lambda y, x: None, 1.0, OutputError, "the residual returned None"),
        (lambda y, x: 1, 1.0, OutputError, "the residual is a int"),
        (lambda y, x: y - x, None, OutputError, "the solver returned None"),
    ],
)
def test_what_determines_nothing_is_refused(residual, answer, error, sentence):
    with pytest.raises(error, match=sentence):
        ln.grad(lambda x: np.sum(implicit(residual, lambda x: answer)(x)))(1.0)


def test_a_linear_solvers_answer_of_another_shape_is_refused():
    f = implicit(lambda y, x: y - x, lambda x: x, solve=lambda B, y, x, adjoint: B[:1])
    with pytest.raises(StructureError, match=r"answer has shape \(1,\), expected \(2,\)"):
        ln.grad(lambda x: np.sum(f(x)))(np.ones(2))


def test_a_linear_solver_that_returns_nothing_is_refused():
    f = implicit(lambda y, x: y - x, lambda x: x, solve=lambda B, y, x, adjoint: None)
    with pytest.raises(StructureError, match="the linear solver's answer"):
        ln.grad(f)(1.0)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"method": "lu"}, "method='lu' is not known"),
        ({"method": "dense", "solve": abs}, "two ways"),
        ({"adjoint_solve": abs}, "without solve="),
        ({"coupled": -1}, "no number of axes"),
        ({"coupled": 1, "method": "krylov"}, "for the dense method"),
        ({"krylov": {"tol": 1}}, "'tol'"),
    ],
)
def test_options_that_make_no_sense_are_refused(options, sentence):
    with pytest.raises(OptionError, match=sentence):
        implicit(lambda y, x: y - x, lambda x: x, **options)


@pytest.mark.parametrize("functions", [(1, abs), (abs, None), (abs, abs, 2)])
def test_what_is_no_function_is_refused(functions):
    with pytest.raises(ArgumentError, match="must be a function, not"):
        implicit(*functions[:2], solve=functions[2] if functions[2:] else None)


def test_axes_that_are_not_there_cannot_be_coupled():
    with pytest.raises(ShapeError, match=r"shape \(\) has no 1 axes"):
        ln.grad(implicit(lambda y, x: y - x, lambda x: x, coupled=1))(1.0)
