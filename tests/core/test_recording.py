"""What is recorded and what is walked; threads; identical bits."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import linad as ln
from linad import errors
from linad.core.kinds import custom
from linad.core.reverse import Record


def forbidden(*args):
    raise AssertionError("this rule must not run")


@pytest.fixture
def trap(fresh_table):
    """An operation whose rules must never run."""
    return custom("trap", lambda x: x * 1.0, forbidden, forbidden)


def test_branches_that_do_not_lead_to_the_output_are_never_visited(trap):
    def f(x):
        trap(x)
        dead = trap(np.sin(x))
        dead * 2
        return x * x

    assert ln.grad(f)(3.0) == 6.0


def test_branches_behind_stop_gradient_are_never_visited(trap):
    def f(x):
        return x * ln.stop_gradient(trap(x))

    assert ln.grad(f)(3.0) == 3.0


def test_outputs_without_a_cotangent_are_never_visited(trap):
    _, pullback = ln.vjp(lambda x: (x * x, trap(x)), 3.0)
    assert pullback((1.0, None)) == (6.0,)


def test_a_pushforward_visits_only_what_leads_to_the_outputs(trap):
    def f(x):
        trap(x)
        return x * x

    assert ln.linearize(f, 3.0)[1](1.0) == 6.0


def test_a_pushforward_visits_nothing_that_only_an_absent_tangent_reaches(trap):
    _, pushforward = ln.linearize(lambda x, y: x * x + trap(y), 3.0, 1.0)
    assert pushforward(1.0, None) == 6.0


def test_an_absent_tangent_visits_nothing(trap):
    assert ln.jvp(lambda x, y: x * x + trap(y), (3.0, 1.0), (1.0, None))[1] == 6.0


def test_arguments_outside_argnums_are_not_traced(trap):
    seen = []

    def f(x, y):
        seen.append(type(y))
        trap(y)
        return x * y

    assert ln.grad(f)(3.0, 2.0) == 2.0
    assert seen == [float]


def test_operations_on_untraced_values_are_not_recorded():
    def f(x):
        plain = np.sin(np.ones(2)) * 3
        assert type(plain) is np.ndarray
        return x * np.sum(plain)

    level_graph = ln.graph(f, 1.0)
    assert len(level_graph.nodes) == 2


def test_results_of_discrete_operations_are_plain():
    seen = []

    def f(x):
        seen.extend([x > 0, np.argmax(x), np.floor(x), np.sign(x), x == x, np.isnan(x)])
        return np.sum(x)

    ln.grad(f)(np.array([1.0, -2.0]))
    assert not any(isinstance(part, ln.Array) for part in seen)


def test_discrete_results_are_recorded_in_graphs():
    seen = []
    ln.graph(lambda x: seen.append(x > 0) or x, 1.0)
    assert isinstance(seen[0], ln.Array)


def test_values_of_an_inner_level_are_arrays_of_the_outer_one():
    def f(x):
        def g(y):
            z = y * x
            assert isinstance(z, Record)
            assert z.level > x.level
            assert z.value.level is x.level
            return z

        return ln.grad(g)(x)

    ln.grad(f)(2.0)


def test_fan_out_is_summed_in_a_fixed_order():
    """Floating sums depend on their order: twenty runs, one result."""
    weights = np.random.default_rng(7).standard_normal(50) * 10.0 ** np.arange(-25, 25)

    def f(x):
        return sum(np.sin(x * w) for w in weights)

    results = {ln.grad(f)(0.3).tobytes() for _ in range(20)}
    assert len(results) == 1


@pytest.mark.parametrize(
    "derivative",
    [ln.grad, ln.jacobian, ln.hessian, lambda f: lambda x: ln.jvp(f, (x,), (np.ones_like(x),))[1]],
    ids=["grad", "jacobian", "hessian", "jvp"],
)
def test_two_runs_give_identical_bits(derivative):
    rng = np.random.default_rng(3)
    A, x = rng.standard_normal((5, 5)) + 5 * np.eye(5), rng.standard_normal(5)

    def f(x):
        y = np.linalg.solve(A + np.outer(x, x), np.tanh(x))
        return np.sum(np.exp(y) * x) / np.sum(x * x)

    assert derivative(f)(x).tobytes() == derivative(f)(x).tobytes()


# -- threads -----------------------------------------------------------------------------------------------


def test_derivatives_in_eight_threads_at_once_are_right():
    def work(k):
        x = 0.1 + 0.01 * k

        def f(y):
            z = y
            for _ in range(20):
                z = np.sin(z) * y
            return ln.grad(lambda w: w * w * z)(y) * ln.jvp(lambda w: w**3, (y,), (1.0,))[1]

        return [ln.grad(f)(x), ln.jvp(f, (x,), (1.0,))[1], ln.hvp(f, (x,), (1.0,))]

    expected = [work(k) for k in range(40)]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(work, range(40))) == expected


@pytest.mark.parametrize("mode", ["grad", "jvp"])
def test_a_traced_value_used_in_worker_threads_gives_the_right_derivative(mode):
    def f(x):
        with ThreadPoolExecutor(4) as pool:
            return sum(pool.map(lambda k: np.sin(x * k), range(8)))

    x = 0.5
    expected = sum(k * np.cos(k * x) for k in range(8))
    result = ln.grad(f)(x) if mode == "grad" else ln.jvp(f, (x,), (1.0,))[1]
    assert result == pytest.approx(expected, rel=1e-14)


def test_one_pullback_serves_several_threads():
    _, pullback = ln.vjp(lambda x: np.sin(x) * x, np.linspace(0, 1, 100))
    seeds = [np.full(100, float(k)) for k in range(16)]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda s: pullback(s)[0], seeds))
    for k, g in enumerate(found):
        np.testing.assert_array_equal(g, pullback(seeds[k])[0])


def test_a_derivative_inside_a_worker_thread_nests_in_the_one_outside():
    def f(x):
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(lambda: ln.grad(lambda y: x * y**3)(x)).result()  # 3 x^3

    assert ln.grad(f)(2.0) == 36.0


def test_a_value_leaked_to_a_thread_that_outlives_the_call_raises_by_name():
    with ThreadPoolExecutor(1) as pool:
        futures = []
        import threading

        gate = threading.Event()

        def late(x):
            gate.wait(10)
            return x * 2

        ln.grad(lambda x: futures.append(pool.submit(late, x)) or x * 1.0)(1.0)
        gate.set()
        with pytest.raises(errors.LeakedTracerError, match="call of grad"):
            futures[0].result()
