"""Pieces that are computed again instead of kept."""

import gc

import numpy as np
import pytest

import linad as ln
from linad import errors
from linad.core.reverse import Record

X = np.array([0.5, 1.5])


def f(x):
    return np.sin(np.sin(x) * x)


def test_values_are_those_of_the_function():
    np.testing.assert_array_equal(ln.checkpoint(f)(X), f(X))
    assert ln.vjp(ln.checkpoint(f), X)[0].tolist() == f(X).tolist()


@pytest.mark.parametrize(
    "derivative",
    [
        lambda g: ln.grad(lambda x: np.sum(g(x)))(X),
        lambda g: ln.jvp(g, (X,), (np.ones(2),))[1],
        lambda g: ln.linearize(g, X)[1](np.ones(2)),
        lambda g: ln.jacfwd(g)(X),
        lambda g: ln.jacrev(g)(X),
        lambda g: ln.hessian(lambda x: np.sum(g(x)))(X),
        lambda g: ln.hvp(lambda x: np.sum(g(x)), (X,), (np.ones(2),)),
        lambda g: ln.grad(lambda x: np.sum(ln.grad(lambda y: np.sum(g(y)))(x)))(X),
        lambda g: ln.grad(lambda x: ln.jvp(lambda y: np.sum(g(y)), (x,), (x,))[1])(X),
        lambda g: ln.grad(ln.checkpoint(lambda x: np.sum(g(x * x))))(X),
    ],
    ids=[
        "grad", "jvp", "linearize", "jacfwd", "jacrev", "hessian", "hvp", "reverse-over-reverse",
        "reverse-over-forward", "checkpoint-in-checkpoint",
    ],
)  # fmt: skip
def test_derivatives_are_those_of_the_function(derivative):
    np.testing.assert_allclose(derivative(ln.checkpoint(f)), derivative(f), rtol=1e-13)


def test_only_what_is_traced_is_differentiated():
    assert ln.grad(ln.checkpoint(lambda x, y, z: x * y * z))(2.0, 3.0, 4.0) == 12.0


def test_keywords_may_be_traced():
    assert ln.grad(lambda x: ln.checkpoint(lambda *, scale, name: scale**2)(scale=x, name="text"))(3.0) == 6.0


def test_strings_and_flags_pass_through():
    piece = ln.checkpoint(lambda x, kind, flag=None: x * 2 if kind == "double" and flag else x)
    assert ln.grad(lambda x: piece(x, "double", flag=True))(1.0) == 2.0


def test_without_traced_arguments_the_function_just_runs():
    assert ln.checkpoint(lambda x: (x, [x]))(2.0) == (2.0, [2.0])


def test_discrete_outputs_are_plain():
    def g(x):
        y, winner = ln.checkpoint(lambda x: (x * 2, np.argmax(x)))(x)
        assert not isinstance(winner, ln.Array)
        return y[winner]

    np.testing.assert_array_equal(ln.grad(g)(X), [0.0, 2.0])


@pytest.mark.parametrize(
    "call", [lambda g: ln.grad(g)(2.0), lambda g: ln.jvp(g, (2.0,), (1.0,))], ids=["grad", "jvp"]
)
def test_closing_over_a_traced_array_raises_by_name(call):
    def g(x):
        def inner(y):
            return x * y

        return ln.checkpoint(inner)(x)

    with pytest.raises(
        errors.ClosureError, match=r"checkpoint\(inner\): the function closes over a traced array"
    ):
        call(g)


def test_closing_over_a_variable_raises():
    v = ln.variable(2.0)
    with pytest.raises(errors.ClosureError):
        ln.grad(ln.checkpoint(lambda x: x * v))(1.0)


def test_the_function_runs_once_more_for_each_derivative():
    runs = []
    piece = ln.checkpoint(lambda x: runs.append(1) or x * x)
    _, pullback = ln.vjp(piece, 2.0)
    assert len(runs) == 1
    pullback(1.0)
    assert len(runs) == 2


def test_a_function_that_raises_is_heard():
    def bad(x):
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        ln.grad(ln.checkpoint(bad))(1.0)


def test_it_works_on_variables():
    v = ln.variable(X)
    ln.checkpoint(f)(v).backward()
    np.testing.assert_allclose(v.grad, ln.grad(lambda x: np.sum(f(x)))(X), rtol=1e-14)


def test_a_graph_shows_it_as_one_node():
    assert "checkpoint(f, x0)" in str(ln.graph(ln.checkpoint(f), 1.0))


class TestMemory:
    @pytest.fixture(autouse=True)
    def _no_collector(self):
        gc.collect()
        gc.disable()
        yield
        gc.enable()

    def live_records(self, piece):
        counts = []

        def g(x):
            y = x
            for _ in range(10):
                y = piece(y)
            counts.append(sum(1 for o in gc.get_objects() if type(o) is Record))
            return y

        ln.grad(g)(0.5)
        return counts[0]

    def long(self, x):
        for _ in range(20):
            x = np.sin(x)
        return x

    def test_falls_to_the_pieces(self):
        before = sum(1 for o in gc.get_objects() if type(o) is Record)
        assert self.live_records(self.long) - before >= 200
        assert self.live_records(ln.checkpoint(self.long)) - before <= 25

    def test_leaves_no_record_behind(self):
        before = sum(1 for o in gc.get_objects() if type(o) is Record)
        ln.grad(ln.checkpoint(self.long))(0.5)
        ln.grad(ln.grad(ln.checkpoint(self.long)))(0.5)
        assert sum(1 for o in gc.get_objects() if type(o) is Record) == before
