"""What derivatives cost: counted operations, live objects, and chains longer than any stack."""

import gc
import weakref

import numpy as np
import pytest

import linad as ln
from linad.core.forward import Dual
from linad.core.primitive import Primitive
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


# -- counted operations -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def counted(monkeypatch):
    """The number of operations, counted where each primitive's numbers are computed: the primal's and those of rules."""
    count = [0]
    from linad.operations import elementwise

    for name in ("multiply", "add", "sin", "cos"):
        primitive: Primitive = getattr(elementwise, name).primitive
        numeric = primitive.numeric

        def counting(*args, numeric=numeric):
            count[0] += 1
            return numeric(*args)

        monkeypatch.setattr(primitive, "numeric", counting)
    return count


def wave(length):
    def f(x):
        y = x
        for _ in range(length):
            y = np.sin(y) * x
        return y

    return f


@pytest.mark.parametrize("length", [10, 1000, pytest.param(30_000, marks=pytest.mark.slow)])
def test_reverse_mode_takes_a_bounded_multiple_of_the_operations(counted, length):
    """The primal has 2 operations a step. The rules have at most 4 more: a cosine and three products; numbers multiply
    directly where rules need no derivative, so the count of primitives is bounded by 3 times the primal's."""
    ln.value_and_grad(wave(length))(np.array([0.5, 0.2])[0])
    assert counted[0] <= 3 * 2 * length


@pytest.mark.parametrize("ways", [(ln.grad, ln.grad)], ids=["reverse-over-reverse"])
def test_second_order_grows_linearly(counted, ways):
    counts = []
    for length in (10, 100):
        counted[0] = 0
        ways[0](ways[1](wave(length)))(0.5)
        counts.append(counted[0])
    assert counts[1] <= 10 * counts[0]
    assert counts[1] <= 3 * 3 * 2 * 100


def test_the_number_of_arguments_does_not_multiply_the_operations(counted):
    """One reverse pass serves all inputs: 1,000 gradients for a bounded multiple of the primal."""
    n = 1000

    def f(xs):
        total = 0.0
        for x in xs:
            total = total + np.sin(x) * x
        return total

    ln.grad(f)([0.001 * i for i in range(n)])
    assert counted[0] <= 3 * 3 * n


# -- memory: live objects, with the cyclic collector off ----------------------------------------------------------------------------


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
        from linad.core.kinds import custom

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
