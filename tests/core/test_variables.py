"""Implicit graphs by hand: variables, backward, grad."""

import numpy as np
import pytest

import linad as ln
from linad import errors


def test_a_variable_copies_its_array():
    start = np.ones(2)
    assert not np.shares_memory(ln.value(ln.variable(start)), start)


def test_a_variable_copies_a_read_only_array_too():
    start = np.ones(2)
    start.flags.writeable = False
    assert not np.shares_memory(ln.value(ln.variable(start)), start)


@pytest.mark.parametrize(
    ("start", "dtype"),
    [
        (1, np.float64),
        (True, np.float64),
        ([1, 2], np.float64),
        ((1.0, 2.0), np.float64),
        (np.float32(1), np.float32),
        (np.ones(2, np.complex64), np.complex64),
        (np.arange(3), np.float64),
        (2j, np.complex128),
    ],
    ids=["int", "bool", "list", "tuple", "float32", "complex64", "int-array", "complex"],
)
def test_a_variable_is_floating_or_complex(start, dtype):
    assert ln.variable(start).dtype == dtype


@pytest.mark.parametrize(
    "start",
    ["text", None, object(), {"a": 1.0}, np.array(["a"])],
    ids=["string", "None", "object", "dict", "strings"],
)
def test_a_variable_of_no_array_is_refused(start):
    with pytest.raises(errors.ArgumentError):
        ln.variable(start)


def test_a_variable_of_a_variable_is_refused_with_the_alternatives():
    with pytest.raises(errors.ClosureError, match=r"use the array itself[\s\S]*linad\.value\(x\)"):
        ln.variable(ln.variable(1.0))


def test_a_variable_of_a_traced_argument_is_refused():
    with pytest.raises(errors.ClosureError, match="the argument is a traced array"):
        ln.grad(lambda x: ln.variable(x))(1.0)


def test_grad_is_none_before_backward():
    assert ln.variable(1.0).grad is None


def test_backward_accumulates_over_calls():
    x = ln.variable(3.0)
    (x * x).backward()
    (x * 10).backward()
    assert x.grad == 16.0


def test_grad_can_be_reset():
    x = ln.variable(3.0)
    (x * x).backward()
    x.grad = None
    (x * x).backward()
    assert x.grad == 6.0


def test_grad_can_be_set_to_zeros():
    x = ln.variable(np.ones(2))
    x.grad = np.zeros(2)
    (x * x).backward()
    np.testing.assert_array_equal(x.grad, [2.0, 2.0])


def test_backward_reaches_every_variable_that_leads_there():
    x, y, unused = ln.variable(2.0), ln.variable(3.0), ln.variable(4.0)
    (x * y * y).backward()
    assert (x.grad, y.grad, unused.grad) == (9.0, 12.0, None)


def test_backward_of_a_variable_itself_is_its_seed():
    x = ln.variable(np.zeros(2))
    x.backward()
    x.backward(np.array([5.0, 6.0]))
    np.testing.assert_array_equal(x.grad, [6.0, 7.0])


def test_backward_of_a_complex_variable_follows_the_convention():
    z = ln.variable(1 + 2j)
    np.real(z * (2 - 3j)).backward()
    assert z.grad == 2 + 3j


class TestAFreedGraph:
    def test_raises_with_the_reason_and_the_remedies(self):
        y = ln.variable(2.0) ** 2
        y.backward()
        with pytest.raises(
            errors.FreedGraphError,
            match=r"freed by an earlier backward[\s\S]*retain_graph=True[\s\S]*compute the output again",
        ):
            y.backward()

    def test_raises_when_a_part_of_it_is_used_again(self):
        x = ln.variable(2.0)
        y = x * x
        (y * 3).backward()
        with pytest.raises(errors.FreedGraphError):
            (y * 4).backward()

    def test_leaves_the_gradient_of_the_first_pass(self):
        x = ln.variable(2.0)
        y = x * x
        y.backward()
        with pytest.raises(errors.FreedGraphError):
            y.backward()
        assert x.grad == 4.0

    def test_raises_for_outputs_of_an_operation_with_several(self, fresh_table):
        from linad.core.kinds import custom

        two = custom(
            "two",
            lambda x: (x * 2, x * 3),
            lambda tangents, out, x: (tangents[0] * 2, tangents[0] * 3),
            lambda g, out, wanted, x: [(0 if g[0] is None else g[0] * 2) + (0 if g[1] is None else g[1] * 3)],
            outputs=2,
        )
        x = ln.variable(1.0)
        a, b = two(x)
        a.backward()
        assert x.grad == 2.0
        with pytest.raises(errors.FreedGraphError):
            b.backward()

    def test_can_still_be_looked_at(self):
        y = ln.variable(2.0) ** 2
        y.backward()
        assert ln.value(y) == 4.0

    def test_is_not_freed_with_retain_graph(self):
        x = ln.variable(2.0)
        y = x * x
        y.backward(retain_graph=True)
        y.backward(retain_graph=True)
        y.backward()
        assert x.grad == 12.0

    def test_does_not_touch_a_graph_that_only_shares_the_variable(self):
        x = ln.variable(2.0)
        y, z = x * x, x * 3
        y.backward()
        z.backward()
        assert x.grad == 7.0


@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("grad", lambda f: ln.grad(f)(1.0)),
        ("vjp", lambda f: ln.vjp(f, 1.0)),
        ("jvp", lambda f: ln.jvp(f, (1.0,), (1.0,))),
        ("linearize", lambda f: ln.linearize(f, 1.0)),
        ("graph", lambda f: ln.graph(f, 1.0)),
        ("jacfwd", lambda f: ln.jacfwd(f)(1.0)),
    ],
)
def test_backward_inside_a_transform_raises_by_its_name(name, call):
    with pytest.raises(
        errors.ArgumentError, match=rf"belongs to a call of {name}, not to a graph of variables"
    ):
        call(lambda x: (x * x).backward())


def test_backward_of_a_symbol_raises():
    with pytest.raises(errors.ArgumentError, match="belongs to a call of symbol"):
        (ln.symbol("a") * 2).backward()


def test_a_whole_graph_of_variables_inside_a_transform_is_separate():
    def f(x):
        leaf = ln.variable(3.0)
        (leaf**2).backward()
        return x * leaf.grad

    assert ln.grad(f)(1.0) == 6.0


def test_variables_work_with_linear_algebra():
    A, b = ln.variable(np.array([[2.0, 1.0], [0.0, 3.0]])), ln.variable(np.array([1.0, 2.0]))
    x = np.linalg.solve(A, b)
    (x @ x).backward()
    gA, gb = ln.grad(lambda A, b: np.linalg.solve(A, b) @ np.linalg.solve(A, b), argnums=(0, 1))(
        ln.value(A), ln.value(b)
    )
    np.testing.assert_allclose(A.grad, gA, rtol=1e-14)
    np.testing.assert_allclose(b.grad, gb, rtol=1e-14)


def test_a_descent_loop_needs_nothing_else():
    target = np.array([1.0, -2.0])
    x = np.zeros(2)
    for _ in range(60):
        v = ln.variable(x)
        np.sum((v - target) ** 2).backward()
        x = x - 0.25 * v.grad
    np.testing.assert_allclose(x, target, rtol=1e-12)
