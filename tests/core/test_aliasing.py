"""What comes back is the caller's to change; what went in can be changed afterwards."""

import itertools

import numpy as np
import pytest

import linad as ln

C = np.array([1.0, 2.0, 3.0])
FUNCTIONS = {
    "identity": lambda x: x,
    "sum": lambda x: x + x,
    "product": lambda x: x * C,
    "reversed": lambda x: x[::-1],
    "reshaped": lambda x: x.reshape(3, 1),
    "transposed": lambda x: x.reshape(3, 1).T,
    "pair": lambda x: (x, x),
    "constant": lambda x: C * 1.0,
    "stopped": ln.stop_gradient,
    "where": lambda x: np.where(C > 1, x, 0.0),
}


def arrays(tree):
    return [tree] if isinstance(tree, np.ndarray) else [part for item in tree for part in arrays(item)]


def ones_like(out):
    return np.ones_like(out) if isinstance(out, np.ndarray) else tuple(ones_like(part) for part in out)


def results(f, x, cotangent=None):
    """All that the transforms give back for a function."""
    out, pullback = ln.vjp(f, x)
    c = ones_like(out) if cotangent is None else cotangent(out)
    yield "vjp", out, pullback(c), c
    t = np.ones_like(x)
    out, pushforward = ln.linearize(f, x)
    yield "linearize", out, pushforward(t), t
    t = np.ones_like(x)
    out, tangent = ln.jvp(f, (x,), (t,))
    yield "jvp", out, tangent, t


@pytest.mark.parametrize("name", list(FUNCTIONS))
@pytest.mark.parametrize("read_only", [False, True], ids=["writable", "read-only"])
class TestNothingIsShared:
    @pytest.fixture
    def everything(self, name, read_only):
        x = np.array([0.5, 1.5, 2.5])
        x.flags.writeable = not read_only
        return x, list(results(FUNCTIONS[name], x))

    def test_derivatives_are_writable_and_own_their_memory(self, everything):
        _, all_results = everything
        for _, _, derivative, _ in all_results:
            for g in arrays(derivative):
                assert g.flags.writeable
                assert g.base is None
                assert g.flags.c_contiguous or g.flags.f_contiguous

    def test_derivatives_share_nothing_with_what_went_in(self, everything):
        x, all_results = everything
        for _, _, derivative, seed in all_results:
            for g, other in itertools.product(arrays(derivative), [x, C, *arrays(seed)]):
                assert not np.shares_memory(g, other)

    def test_derivatives_share_nothing_with_each_other_or_the_value(self, everything):
        _, all_results = everything
        for _, out, derivative, _ in all_results:
            for g, other in itertools.combinations(arrays(derivative), 2):
                assert not np.shares_memory(g, other)
            for g, other in itertools.product(arrays(derivative), arrays(out)):
                assert not np.shares_memory(g, other)

    def test_the_value_shares_nothing_with_the_argument(self, everything):
        x, all_results = everything
        for _, out, _, _ in all_results:
            for y in arrays(out):
                assert not np.shares_memory(x, y)
                assert y.flags.writeable


def test_gradients_of_two_arguments_that_receive_the_same_are_two_arrays():
    ga, gb = ln.grad(lambda a, b: np.sum((a + b) * C), argnums=(0, 1))(np.ones(3), np.ones(3))
    assert not np.shares_memory(ga, gb)


def test_gradients_in_a_container_are_separate_arrays():
    x = np.ones(3)
    gradient = ln.grad(lambda p: np.sum((p[0] + p[1]) * C))([x, x])
    assert not np.shares_memory(gradient[0], gradient[1])


def test_variables_that_receive_the_same_have_separate_gradients():
    a, b = ln.variable(np.ones(3)), ln.variable(np.ones(3))
    seed = np.ones(3)
    (a + b).backward(seed)
    assert not np.shares_memory(a.grad, b.grad)
    assert not np.shares_memory(a.grad, seed)


def test_a_gradient_that_is_accumulated_leaves_the_one_handed_out_alone():
    a = ln.variable(np.ones(3))
    (a * 2).backward()
    first = a.grad
    (a * 2).backward()
    np.testing.assert_array_equal(first, np.full(3, 2.0))


@pytest.mark.parametrize("value", [np.array(2.0), np.ones(1)[0]], ids=["0-d", "scalar"])
def test_the_value_of_value_and_grad_is_writable(value):
    result, _ = ln.value_and_grad(lambda x: x)(value)
    assert isinstance(result, np.generic) or result.flags.writeable


def test_what_is_passed_through_can_be_changed():
    x = np.ones(3)
    _, aux = ln.grad(lambda x: (np.sum(x), [x, np.sin(x), x[:2]]), has_aux=True)(x)
    for part in aux:
        part[:] = 7.0
    np.testing.assert_array_equal(x, np.ones(3))
    assert [part.tolist() for part in aux] == [[7.0] * 3, [7.0] * 3, [7.0] * 2]


# -- changing things afterwards ----------------------------------------------------------------------------


def squares(x):
    return x * x


class TestChangesAfterRecording:
    def test_of_the_argument_do_not_reach_the_pullback(self):
        x = np.ones(3)
        _, pullback = ln.vjp(squares, x)
        x[:] = 100.0
        np.testing.assert_array_equal(pullback(np.ones(3))[0], np.full(3, 2.0))

    def test_of_the_argument_do_not_reach_the_pushforward(self):
        x = np.ones(3)
        _, pushforward = ln.linearize(squares, x)
        x[:] = 100.0
        np.testing.assert_array_equal(pushforward(np.ones(3)), np.full(3, 2.0))

    def test_of_the_base_of_a_read_only_view_do_not_reach_the_pullback(self):
        base = np.ones(4)
        view = base[1:]
        view.flags.writeable = False
        _, pullback = ln.vjp(squares, view)
        base[:] = 100.0
        np.testing.assert_array_equal(pullback(np.ones(3))[0], np.full(3, 2.0))

    def test_of_the_value_do_not_reach_the_pullback(self):
        out, pullback = ln.vjp(np.exp, np.zeros(3))
        out[:] = 100.0
        np.testing.assert_array_equal(pullback(np.ones(3))[0], np.ones(3))

    def test_of_the_value_do_not_reach_the_pushforward(self):
        out, pushforward = ln.linearize(np.exp, np.zeros(3))
        out[:] = 100.0
        np.testing.assert_array_equal(pushforward(np.ones(3)), np.ones(3))

    def test_of_a_gradient_do_not_reach_the_next_one(self):
        _, pullback = ln.vjp(lambda x: x * C, np.ones(3))
        pullback(np.ones(3))[0][:] = 100.0
        np.testing.assert_array_equal(pullback(np.ones(3))[0], C)

    def test_of_a_cotangent_do_not_reach_the_gradient(self):
        seed = np.ones(3)
        (gradient,) = ln.vjp(lambda x: x, np.zeros(3))[1](seed)
        seed[:] = 100.0
        np.testing.assert_array_equal(gradient, np.ones(3))

    def test_of_a_list_do_not_reach_the_pullback(self):
        x = [1.0, 2.0]
        _, pullback = ln.vjp(lambda x: x[0] * x[1], x)
        x.append(3.0)
        assert pullback(1.0) == ([2.0, 1.0],)

    def test_of_a_list_do_not_reach_the_pushforward(self):
        x = [1.0, 2.0]
        _, pushforward = ln.linearize(lambda x: x[0] * x[1], x)
        del x[:]
        assert pushforward([1.0, 1.0]) == 3.0

    def test_of_a_list_by_the_function_itself_do_not_reach_the_gradient(self):
        def f(x):
            x.append(x[0] * x[1])
            return x.pop() * x.pop(0)

        x = [2.0, 3.0]
        assert ln.grad(f)(x) == [12.0, 4.0]
        assert x == [2.0, 3.0]

    def test_of_a_list_that_the_function_returned_do_not_reach_the_pullback(self):
        outputs = []

        def f(x):
            outputs[:] = [x, 2 * x]
            return outputs

        _, pullback = ln.vjp(f, 1.0)
        outputs.clear()
        assert pullback([1.0, 1.0]) == (3.0,)

    def test_of_the_array_do_not_reach_a_variable(self):
        start = np.ones(2)
        x = ln.variable(start)
        start[:] = 100.0
        (x * x).backward()
        np.testing.assert_array_equal(x.grad, [2.0, 2.0])


def test_changes_of_the_original_inside_the_function_do_not_reach_the_traced_argument():
    x = np.ones(2)

    def f(t):
        y = t * t
        x[:] = 100.0
        return np.sum(y * t)

    np.testing.assert_array_equal(ln.grad(f)(x), [3.0, 3.0])


# -- a work array that is used again -----------------------------------------------------------------------


def reuse(work, change, operate):
    """The gradient of an operation with a work array that is overwritten before the derivative is taken."""
    x = np.array([[2.0, 1.0], [0.5, 3.0]])

    def f(x):
        y = operate(x, work)
        change(work)
        return np.sum(y * y)

    return ln.grad(f)(x)


def spoil(work):
    work[...] = 1 if work.dtype.kind in "iub" else 1e3


OPERATIONS = {
    "multiply": lambda x, w: x * w,
    "multiply-from-the-left": lambda x, w: w * x,
    "add": lambda x, w: (x + w) * x,
    "subtract": lambda x, w: (w - x) * x,
    "divide": lambda x, w: x / w,
    "divide-by": lambda x, w: w / x,
    "power": lambda x, w: x**w,
    "power-of": lambda x, w: w**x,
    "remainder": lambda x, w: np.remainder(x * 5, w),
    "maximum": lambda x, w: np.maximum(x, w),
    "arctan2": lambda x, w: np.arctan2(w, x),
    "hypot": lambda x, w: np.hypot(w, x),
    "matmul": lambda x, w: x @ w,
    "matmul-from-the-left": lambda x, w: w @ x,
    "dot": lambda x, w: np.dot(x, w),
    "outer": lambda x, w: np.outer(x, w),
    "einsum": lambda x, w: np.einsum("ij,jk->ik", w, x),
    "einsum-of-three": lambda x, w: np.einsum("ij,jk,kl->il", x, w, x),
    "solve": lambda x, w: np.linalg.solve(x, w),
    "solve-with": lambda x, w: np.linalg.solve(w, x),
    "where": lambda x, w: np.where(w > 1, x, w),
    "concatenate": lambda x, w: np.concatenate([x, w]) * np.concatenate([w, x]),
    "clip": lambda x, w: np.clip(x, None, w),
    "index_set": lambda x, w: ln.numpy.index_set(w, 0, x[1]),
    "index_add": lambda x, w: ln.numpy.index_add(w, 0, x[1]) * x,
    "checkpoint": lambda x, w: ln.checkpoint(lambda x, w: x * w)(x, w),
    "checkpoint-by-keyword": lambda x, w: ln.checkpoint(lambda x, w: x * w)(x, w=w),
    "inner-gradient": lambda x, w: ln.grad(lambda z: np.sum(z * z * w * x))(w),
}


@pytest.mark.parametrize("name", list(OPERATIONS))
@pytest.mark.parametrize("kind", ["array", "view", "read-only-view"])
def test_a_work_array_that_is_reused_changes_no_gradient(name, kind):
    def made():
        base = np.array([[1.5, 2.0, 9.0], [0.5, 1.25, 9.0]])
        work = base if kind == "array" else base[:, :2]
        if kind == "array":
            work = base[:, :2].copy()
            return work, spoil
        if kind == "read-only-view":
            work.flags.writeable = False
        return work, lambda _: spoil(base)

    operate = OPERATIONS[name]
    expected = reuse(made()[0], lambda _: None, operate)
    np.testing.assert_array_equal(reuse(*made(), operate), expected)


@pytest.mark.parametrize(
    "operate",
    [
        pytest.param(lambda x, i: x[i], id="rows"),
        pytest.param(lambda x, i: x[:, i], id="columns"),
        pytest.param(lambda x, i: x[i, i], id="pairs"),
        pytest.param(lambda x, i: np.take(x, i), id="take"),
        pytest.param(lambda x, i: np.take(x, i, axis=1), id="take-axis"),
        pytest.param(lambda x, i: np.take_along_axis(x, i[:, None], 1), id="take-along-axis"),
        pytest.param(lambda x, i: ln.numpy.index_set(x, i, 2 * x[0]), id="index-set"),
        pytest.param(lambda x, i: ln.numpy.index_add(x, i, 2 * x[0]), id="index-add"),
        pytest.param(lambda x, i: x[i > 0], id="mask"),
        pytest.param(lambda x, i: np.where(i > 0, x, 0), id="where"),
    ],
)
def test_an_index_array_that_is_reused_changes_no_gradient(operate):
    expected = reuse(np.array([0, 0]), lambda _: None, operate)
    np.testing.assert_array_equal(reuse(np.array([0, 0]), spoil, operate), expected)


def test_a_mask_that_is_reused_changes_no_gradient():
    def operate(x, mask):
        return x[mask]

    def mask():
        return np.array([[True, False], [False, False]])

    expected = reuse(mask(), lambda _: None, operate)
    np.testing.assert_array_equal(reuse(mask(), spoil, operate), expected)


def test_a_read_only_array_that_owns_its_memory_is_not_copied():
    w = np.array([1.0, 2.0])
    w.flags.writeable = False
    record = ln.variable(np.ones(2)) * w
    assert record.args[1] is w


def test_a_buffer_of_bytes_is_not_copied():
    w = np.frombuffer(np.array([1.0, 2.0]).tobytes())
    record = ln.variable(np.ones(2)) * w
    assert record.args[1] is w


def test_a_buffer_that_somebody_can_write_to_is_copied():
    buffer = bytearray(np.array([1.0, 2.0]).tobytes())
    w = np.frombuffer(buffer)
    w.flags.writeable = False
    x = ln.variable(np.ones(2))
    y = x * w
    buffer[:] = np.array([7.0, 7.0]).tobytes()
    y.backward()
    np.testing.assert_array_equal(x.grad, [1.0, 2.0])


# -- looking at values does not open a way to change them --------------------------------------------------


@pytest.mark.parametrize("look", [ln.value, ln.stop_gradient], ids=["value", "stop_gradient"])
def test_a_constant_taken_from_a_traced_array_is_read_only(look):
    def f(x):
        y = np.sin(x)
        with pytest.raises(ValueError, match="read-only"):
            look(y)[0] = 100.0
        return np.sum(y * y)

    x = np.array([0.5, 1.0])
    np.testing.assert_allclose(ln.grad(f)(x), np.sin(2 * x), rtol=1e-15)


def test_a_view_taken_while_nothing_is_recorded_is_read_only():
    def f(x):
        y = np.sin(x)
        with ln.no_recording():
            view = y[:1]
        with pytest.raises(ValueError, match="read-only"):
            view[0] = 100.0
        return np.sum(y * y)

    x = np.array([0.5, 1.0])
    np.testing.assert_allclose(ln.grad(f)(x), np.sin(2 * x), rtol=1e-15)
