"""What derivatives cost: counted operations, live objects, and chains longer than any stack."""

import gc
import sys
import weakref

import numpy as np
import pytest

import linad as ln
from linad.core.forward import Dual
from linad.core.kinds import custom
from linad.core.reverse import Record

MILLION = 1_000_000


def chain(length):
    def f(x):
        y = x
        for _ in range(length):
            y = y * 1.0
        return y

    return f


def derivative_by_grad(f, x):
    return ln.grad(f)(x)


def derivative_by_jvp(f, x):
    return ln.jvp(f, (x,), (1.0,))[1]


def derivative_by_linearize(f, x):
    return ln.linearize(f, x)[1](1.0)


def derivative_by_variable(f, x):
    leaf = ln.variable(x)
    f(leaf).backward()
    return leaf.grad


def derivative_by_graph(f, x):
    a = ln.symbol("a")
    return ln.function([a], f(a))(x) / x


WAYS = [
    derivative_by_grad,
    derivative_by_jvp,
    derivative_by_linearize,
    derivative_by_variable,
    derivative_by_graph,
]


@pytest.mark.parametrize("way", WAYS)
def test_a_chain_far_beyond_the_recursion_limit_differentiates(way):
    assert way(chain(10_000), 2.0) == 1.0


@pytest.mark.slow  # seconds each
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("length", [100_000, MILLION])
def test_a_chain_of_a_million_operations_differentiates(way, length):
    assert way(chain(length), 2.0) == 1.0


@pytest.mark.parametrize("length", [100_000, pytest.param(MILLION, marks=pytest.mark.slow)])
@pytest.mark.parametrize("walked", [False, True], ids=["dropped", "walked-and-kept"])
def test_a_long_graph_is_freed_without_deep_recursion(length, walked):
    x = ln.variable(2.0)
    y = chain(length)(x)
    if walked:
        y.backward(retain_graph=True)
    alive = weakref.ref(y)
    del y
    assert alive() is None


def test_a_long_graph_of_symbols_is_freed_without_deep_recursion():
    y = chain(50_000)(ln.symbol("a"))
    alive = weakref.ref(y)
    del y
    assert alive() is None


def test_a_wide_sum_of_a_thousand_uses_differentiates():
    assert ln.grad(lambda x: sum(x * k for k in range(1000)))(1.0) == sum(range(1000))


# -- counted operations ------------------------------------------------------------------------------------


def wave(length):
    def f(x):
        y = x
        for _ in range(length):
            y = np.sin(y) * x
        return y

    return f


class Counts:
    """How often an operation and its rules ran."""

    def __init__(self):
        self.primal = self.tangent = self.cotangent = 0

    def operation(self):
        def numeric(x):
            self.primal += 1
            return x * 0.5

        def tangent(tangents, out, x):
            self.tangent += 1
            return tangents[0] * 0.5

        def cotangent(g, out, wanted, x):
            self.cotangent += 1
            return [g * 0.5]

        return custom("half", numeric, tangent, cotangent)


@pytest.fixture
def counts():
    return Counts()


@pytest.fixture
def half(fresh_table, counts):
    return counts.operation()


LENGTHS = [10, 1000, pytest.param(100_000, marks=pytest.mark.slow)]


@pytest.mark.parametrize("length", LENGTHS)
class TestEveryRuleRunsOnce:
    """However often a value is used: a diamond of n stages has 2^n paths and 2 n operations."""

    def diamonds(self, half, length):
        def f(x):
            y = x
            for _ in range(length):
                y = half(y) + half(y)
            return y

        return f

    def test_in_reverse_mode(self, half, counts, length):
        assert ln.grad(self.diamonds(half, length))(2.0) == 1.0
        assert (counts.primal, counts.tangent, counts.cotangent) == (2 * length, 0, 2 * length)

    def test_in_forward_mode(self, half, counts, length):
        assert ln.jvp(self.diamonds(half, length), (2.0,), (1.0,))[1] == 1.0
        assert (counts.primal, counts.tangent, counts.cotangent) == (2 * length, 2 * length, 0)

    def test_in_a_pushforward(self, half, counts, length):
        _, pushforward = ln.linearize(self.diamonds(half, length), 2.0)
        pushforward(1.0)
        pushforward(1.0)
        assert (counts.primal, counts.tangent, counts.cotangent) == (2 * length, 2 * 2 * length, 0)

    def test_in_reverse_mode_for_all_arguments_at_once(self, half, counts, length):
        ln.grad(lambda xs: sum(half(x) for x in xs))([1.0] * length)
        assert (counts.primal, counts.cotangent) == (length, length)


def calls(run):
    """All calls of Python and C functions: a measure of work without a clock."""
    count = 0

    def profile(frame, event, argument):
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(profile)
    try:
        run()
    finally:
        sys.setprofile(None)
    return count


WORK = {
    "grad": lambda f: ln.grad(f)(0.5),
    "grad-of-arrays": lambda f: ln.grad(lambda x: np.sum(f(x)))(np.full(3, 0.5)),
    "jvp": lambda f: ln.jvp(f, (0.5,), (1.0,)),
    "pullback": lambda f: ln.vjp(f, 0.5)[1](1.0),
    "backward": lambda f: f(ln.variable(0.5)).backward(),
    "grad-of-grad": lambda f: ln.grad(ln.grad(f))(0.5),
    "hvp": lambda f: ln.hvp(f, (0.5,), (1.0,)),
}


@pytest.mark.parametrize("name", list(WORK))
def test_work_grows_linearly_with_the_length(name):
    """Each step costs the same: what 900 more cost is ten times what 90 more cost."""
    work = [calls(lambda n=n: WORK[name](wave(n))) for n in (10, 100, 1000)]
    assert work[2] - work[1] == pytest.approx(10 * (work[1] - work[0]), rel=0.1)


@pytest.mark.parametrize("length", LENGTHS)
def test_the_work_of_a_gradient_is_a_bounded_multiple_of_recording(length):
    """Recording alone against recording and walking back: a factor of 2 is the bound."""
    forward = calls(lambda: ln.linearize(wave(length), 0.5))
    both = calls(lambda: ln.grad(wave(length))(0.5))
    assert both <= 2 * forward


# -- memory: live objects, with the cyclic collector off ---------------------------------------------------


@pytest.fixture
def _no_collector():
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def alive(kind):
    return sum(1 for x in gc.get_objects() if type(x) is kind)


@pytest.mark.usefixtures("_no_collector")
class TestMemory:
    @pytest.mark.parametrize("length", [10, 300])
    def test_forward_mode_keeps_no_intermediates(self, length):
        before = alive(Dual)
        peak = [0]

        def f(x):
            y = x
            for i in range(length):
                y = np.sin(y) * 2.0 + x
                if i % 7 == 0:
                    peak[0] = max(peak[0], alive(Dual) - before)
            return y

        ln.jvp(f, (0.5,), (1.0,))
        assert peak[0] <= 3  # x, y, and a temporary: whatever the length

    def test_forward_mode_leaves_nothing_behind(self):
        before = alive(Dual)
        ln.jvp(wave(50), (0.5,), (1.0,))
        assert alive(Dual) == before

    @pytest.mark.parametrize(
        "transform", [ln.grad, ln.value_and_grad, ln.jacrev, ln.jacfwd, ln.hessian], ids=lambda t: t.__name__
    )
    def test_a_transform_leaves_no_record_behind(self, transform):
        before = alive(Record)
        transform(wave(20))(0.5)
        assert alive(Record) == before

    def test_no_record_is_left_behind_when_the_function_raises(self):
        before = alive(Record)

        def f(x):
            np.sin(x) * 2
            raise KeyError("mine")

        with pytest.raises(KeyError):
            ln.grad(f)(0.5)
        assert alive(Record) == before

    def test_large_arrays_go_when_the_gradient_is_there(self):
        kept = []

        def f(x):
            y = np.sin(x)
            kept.append(weakref.ref(y.value))
            return np.sum(y * y)

        ln.grad(f)(np.ones(1000))
        assert kept[0]() is None

    def test_a_pullback_holds_its_records_until_it_is_dropped(self):
        before = alive(Record)
        _, pullback = ln.vjp(wave(20), 0.5)
        assert alive(Record) > before
        pullback(1.0)
        del pullback
        assert alive(Record) == before

    def test_a_pushforward_holds_its_records_until_it_is_dropped(self):
        before = alive(Record)
        _, pushforward = ln.linearize(wave(20), 0.5)
        pushforward(1.0)
        del pushforward
        assert alive(Record) == before

    def test_backward_frees_the_graph_behind_a_kept_output(self):
        x = ln.variable(0.5)
        before = alive(Record)
        y = wave(50)(x)
        assert alive(Record) >= before + 100
        y.backward()
        assert alive(Record) <= before + 1

    def test_backward_with_retain_graph_keeps_it(self):
        x = ln.variable(0.5)
        before = alive(Record)
        y = wave(50)(x)
        y.backward(retain_graph=True)
        assert alive(Record) >= before + 100

    def test_reverse_mode_frees_records_while_it_walks(self, fresh_table):
        """Half way back, half of the records are gone."""
        seen = []

        def pull(g, out, wanted, x):
            seen.append(alive(Record))
            return [g]

        mark = custom("mark", lambda x: x * 1.0, lambda tangents, out, x: tangents[0], pull)

        def f(x):
            y = mark(x)
            y = wave(40)(y)
            y = mark(y)
            return wave(40)(y)

        ln.grad(f)(0.5)
        late, early = seen[1], seen[0]
        assert late <= early - 70

    def test_reverse_over_reverse_leaves_nothing_behind(self):
        before = alive(Record)
        ln.grad(lambda x: np.sum(ln.grad(lambda y: np.sum(np.sin(y) * x))(x)))(np.ones(4))
        assert alive(Record) == before

    def test_factors_go_with_the_computation(self):
        kept = []

        def f(A):
            x = np.linalg.solve(A, np.ones(3))
            kept.append(weakref.ref(A.value))
            return np.sum(x)

        ln.grad(f)(2 * np.eye(3))
        assert kept[0]() is None
