"""Tangents that do not exist raise when they are used, and only then."""

import pytest

import linad as ln
from linad.core.forward import Deferred
from linad.core.kinds import custom
from linad.errors import DegenerateError


@pytest.fixture
def halves(fresh_table):
    """Two outputs, of which the second has no derivative."""

    def undefined():
        raise DegenerateError("first_alone", "the second output has no derivative.")

    def cotangent(g, out, wanted, x):
        if g[1] is not None:
            undefined()
        return [None if g[0] is None else g[0] * 2.0]

    return custom(
        "first_alone",
        lambda x: (x * 2.0, x * 3.0),
        lambda tangents, out, x: (tangents[0] * 2.0, Deferred(undefined)),
        cotangent,
        outputs=2,
    )


ALONG = {
    "jvp": lambda f: ln.jvp(f, (1.5,), (1.0,))[1],
    "linearize": lambda f: ln.linearize(f, 1.5)[1](1.0),
    "grad": lambda f: ln.grad(f)(1.5),
    "jacfwd": lambda f: ln.jacfwd(f)(1.5),
    "hvp": lambda f: ln.hvp(lambda x: f(x) * x, (1.5,), (1.0,)) / 2,
    "jvp-of-jvp": lambda f: (
        ln.jvp(lambda x: ln.jvp(lambda y: f(y) * y, (x,), (1.0,))[1], (1.5,), (1.0,))[1] / 2
    ),
    "jvp-of-grad": lambda f: ln.jvp(ln.grad(lambda y: f(y) * y), (1.5,), (1.0,))[1] / 2,
    "grad-of-jvp": lambda f: ln.grad(lambda x: ln.jvp(lambda y: f(y) * y, (x,), (1.0,))[1])(1.5) / 2,
}


@pytest.mark.parametrize("mode", list(ALONG))
class TestAnOutputWithoutDerivative:
    def test_does_not_disturb_a_cost_that_makes_no_use_of_it(self, halves, mode):
        assert ALONG[mode](lambda x: halves(x)[0]) == pytest.approx(2.0)

    def test_does_not_disturb_through_what_was_computed_from_it(self, halves, mode):
        def f(x):
            a, b = halves(x)
            c, _ = halves(b * x + 1)
            assert ln.value(c) > 0
            return a

        assert ALONG[mode](f) == pytest.approx(2.0)

    def test_raises_in_what_was_computed_from_it(self, halves, mode):
        with pytest.raises(DegenerateError, match="the second output has no derivative"):
            ALONG[mode](lambda x: halves(halves(x)[1] * x)[0])

    def test_may_be_used_as_a_constant(self, halves, mode):
        def f(x):
            a, b = halves(x)
            return a * (1.0 if ln.value(b) > 0 else -1.0)

        assert ALONG[mode](f) == pytest.approx(2.0)

    def test_raises_where_it_is_used(self, halves, mode):
        with pytest.raises(DegenerateError, match="the second output has no derivative"):
            ALONG[mode](lambda x: halves(x)[0] + halves(x)[1])

    def test_raises_where_it_is_returned(self, halves, mode):
        with pytest.raises(DegenerateError):
            ALONG[mode](lambda x: halves(x)[1])

    def test_does_not_disturb_through_a_checkpoint(self, halves, mode):
        assert ALONG[mode](lambda x: ln.checkpoint(halves)(x)[0]) == pytest.approx(2.0)


def test_the_error_is_raised_at_every_use():
    def compute():
        raise DegenerateError("op", "undefined.")

    tangent = Deferred(compute)
    for _ in range(2):
        with pytest.raises(DegenerateError):
            tangent.force()


def test_a_deferred_tangent_is_computed_once():
    runs = []
    tangent = Deferred(lambda: runs.append(1) or 5.0)
    assert (tangent.force(), tangent.force(), len(runs)) == (5.0, 5.0, 1)


def test_a_deferred_tangent_that_exists_is_used(fresh_table):
    lazy = custom(
        "lazy",
        lambda x: (x * 2.0, x * 3.0),
        lambda tangents, out, x: (Deferred(lambda: tangents[0] * 2.0), Deferred(lambda: tangents[0] * 3.0)),
        lambda g, out, wanted, x: [(0 if g[0] is None else g[0] * 2.0) + (0 if g[1] is None else g[1] * 3.0)],
        outputs=2,
    )

    def f(x):
        return lazy(x)[0] * lazy(x)[1]  # 6 x^2

    assert ln.jvp(f, (2.0,), (1.0,))[1] == 24.0
    assert ln.linearize(f, 2.0)[1](1.0) == 24.0
    assert ln.jvp(lambda x: ln.jvp(f, (x,), (1.0,))[1], (2.0,), (1.0,))[1] == 12.0
