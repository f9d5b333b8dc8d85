"""value, stop_gradient, no_recording."""

import numpy as np
import pytest

import linad as ln

ORDERS = {
    "grad": lambda f: ln.grad(f)(3.0),
    "jvp": lambda f: ln.jvp(f, (3.0,), (1.0,))[1],
    "linearize": lambda f: ln.linearize(f, 3.0)[1](1.0),
    "vjp": lambda f: ln.vjp(f, 3.0)[1](1.0)[0],
}
each_mode = pytest.mark.parametrize("mode", list(ORDERS))


@each_mode
@pytest.mark.parametrize("constant", [ln.stop_gradient, ln.value], ids=["stop_gradient", "value"])
class TestAConstant:
    def test_has_the_value_and_no_derivative(self, mode, constant):
        assert ORDERS[mode](lambda x: x * constant(x)) == 3.0

    def test_alone_has_derivative_zero(self, mode, constant):
        assert ORDERS[mode](lambda x: constant(x * x)) == 0.0

    def test_stays_one_at_second_order(self, mode, constant):
        assert ORDERS[mode](lambda x: ln.grad(lambda y: y * y * constant(y))(x)) == 6.0

    def test_of_an_inner_variable_loses_the_outer_derivative_too(self, mode, constant):
        assert ORDERS[mode](lambda x: ln.grad(lambda y: constant(x * y) * y)(x)) == 0.0


def test_value_of_what_is_not_traced_is_itself():
    x = np.ones(2)
    assert ln.value(x) is x
    assert ln.value("text") == "text"


def test_value_goes_through_all_levels():
    seen = []
    ln.grad(lambda x: ln.grad(lambda y: seen.append(ln.value(x * y)) or x * y)(x))(3.0)
    assert seen == [9.0]


@pytest.mark.parametrize(
    "value", [2.0, np.float32(2), np.array(2.0), np.ones(3)], ids=["float", "float32", "0-d", "array"]
)
def test_value_has_the_type_of_the_plain_value(value):
    assert type(ln.value(ln.variable(value))) is type(value)


class TestNoRecording:
    def test_makes_outer_variables_constants(self):
        v = ln.variable(3.0)
        with ln.no_recording():
            c = v * v
        assert not isinstance(c, ln.Array)
        (c * v).backward()
        assert v.grad == 9.0

    @pytest.mark.parametrize("mode", list(ORDERS))
    def test_makes_outer_arguments_constants(self, mode):
        def f(x):
            with ln.no_recording():
                c = x * x
            return c * x

        assert ORDERS[mode](f) == 9.0

    @pytest.mark.parametrize("mode", list(ORDERS))
    def test_leaves_inner_derivatives_alone(self, mode):
        with ln.no_recording():
            assert ORDERS[mode](lambda x: x * x) == 6.0

    def test_takes_outer_values_as_constants_in_inner_derivatives(self):
        def f(x):
            with ln.no_recording():
                slope = ln.grad(lambda y: x * y * y)(2.0)
            assert not isinstance(slope, ln.Array)
            return slope * x

        assert ln.grad(f)(3.0) == 12.0

    def test_nests(self):
        v = ln.variable(3.0)
        with ln.no_recording():
            with ln.no_recording():
                pass
            assert not isinstance(v * 2, ln.Array)
        assert isinstance(v * 2, ln.Array)

    def test_holds_for_several_outputs(self, fresh_table):
        from linad.core.kinds import custom

        two = custom(
            "two",
            lambda x: (x * 2, x * 3),
            lambda t, out, x: (t[0], t[0]),
            lambda g, out, w, x: [1.0],
            outputs=2,
        )
        with ln.no_recording():
            parts = two(ln.variable(1.0))
        assert parts == (2.0, 3.0)

    def test_is_left_in_other_threads(self):
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(1) as pool, ln.no_recording():
            assert pool.submit(lambda: isinstance(ln.variable(1.0) * 2, ln.Array)).result()

    def test_an_array_can_be_used_on_inside(self):
        v = ln.variable(np.array([1.0, 2.0]))
        with ln.no_recording():
            assert np.sum(v[0] + v @ v + np.sin(v).sum()) > 0
            assert np.linalg.solve(np.eye(2) * v[1], v).shape == (2,)
