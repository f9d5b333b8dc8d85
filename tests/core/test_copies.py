"""Large arrays are made once where nobody can tell, and anew where somebody could."""

import numpy as np
import pytest

import linad as ln
from linad.core import copies

N = 100  # large enough: 80 kB


def test_a_constant_that_is_used_twice_is_one_copy(rng):
    W = rng.normal(size=(N, N))
    first = copies.copied(W)
    assert copies.copied(W) is first
    assert not first.flags.writeable
    np.testing.assert_array_equal(first, W)


@pytest.mark.parametrize("dtype", ["f", "d", "F", "D"])
@pytest.mark.parametrize(
    "change", [lambda W: W.__setitem__((3, 4), 1), lambda W: W.__setitem__((0, 0), -0.0)]
)
def test_one_that_was_written_to_is_copied_again(change, dtype, rng):
    W = rng.normal(size=(N, N)).astype(dtype)
    W[0, 0] = 0.0
    first = copies.copied(W)
    change(W)
    second = copies.copied(W)
    assert second is not first
    assert second.tobytes() == W.tobytes()


def test_gradients_are_those_of_what_stood_there(rng):
    x, W = rng.normal(size=(2, N, N))
    once, twice = W.copy(), 3 * W

    def cost(x):
        total = np.sum(x * W)
        W[...] = twice
        return total + np.sum(x * W)

    np.testing.assert_array_equal(ln.grad(cost)(x), once + twice)


def test_a_gradient_that_is_a_constant_is_the_callers_own(rng):
    x, W = rng.normal(size=(2, N, N))
    W.flags.writeable = False
    g = ln.grad(lambda x: np.sum(x * W))(x)
    np.testing.assert_array_equal(g, W)
    assert not np.shares_memory(g, W)
    assert g.flags.writeable
    leaf = ln.variable(x)
    np.sum(leaf * W).backward()
    assert not np.shares_memory(leaf.grad, W)


def test_sums_of_cotangents_leave_what_others_hold(rng):
    x, g = rng.normal(size=(2, N, N))
    before = g.copy()
    _, pullback = ln.vjp(lambda x: (x, x + x, x), x)
    (total,) = pullback((g, g, g))
    np.testing.assert_array_equal(g, before)
    np.testing.assert_allclose(total, 4 * g)
    np.testing.assert_array_equal(pullback((g, g, g))[0], total)


def test_a_sum_is_made_in_place_only_where_one_variable_holds_it(rng):
    c = rng.normal(size=(N, N))
    have = [rng.normal(size=(N, N))]
    own = have[0]
    expected = own + c
    assert copies.added(own, c) is not own  # the list holds it, too
    np.testing.assert_array_equal(copies.added(own, c), expected)
    have.clear()
    address = own.ctypes.data
    total = copies.added(own, c)
    np.testing.assert_array_equal(total, expected)
    assert total.ctypes.data == address
    view = total[:]
    assert copies.added(view, c) is not view  # it is not its own memory
