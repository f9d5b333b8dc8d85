"""Derivatives of derivatives, in every order of modes, against closed forms."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import linad as ln

D = {
    "grad": ln.grad,
    "value_and_grad": lambda f: lambda x: ln.value_and_grad(f)(x)[1],
    "jvp": lambda f: lambda x: ln.jvp(f, (x,), (1.0,))[1],
    "vjp": lambda f: lambda x: ln.vjp(f, x)[1](1.0)[0],
    "linearize": lambda f: lambda x: ln.linearize(f, x)[1](1.0),
    "jacfwd": ln.jacfwd,
    "jacrev": ln.jacrev,
    "directional": lambda f: lambda x: ln.directional_derivative(f, x, 1.0),
    "checkpointed": lambda f: ln.grad(ln.checkpoint(f)),
}
FORWARD, REVERSE = D["jvp"], D["grad"]
WORDS = [word for depth in (1, 2, 3) for word in itertools.product(D, repeat=depth)]
MODES = [
    word for depth in (2, 3) for word in itertools.product(["jvp", "grad", "vjp", "linearize"], repeat=depth)
]


def composed(word, f):
    for name in word:
        f = D[name](f)
    return f


def named(words):
    return [pytest.param(word, id="-of-".join(reversed(word))) for word in words]


@pytest.mark.parametrize("word", named(WORDS))
def test_every_word_of_transforms_gives_the_same_derivative(word):
    x = 0.7
    expected = [
        math.cos(x) * x + math.sin(x),
        -math.sin(x) * x + 2 * math.cos(x),
        -math.cos(x) * x - 3 * math.sin(x),
    ][len(word) - 1]
    assert composed(word, lambda x: np.sin(x) * x)(x) == pytest.approx(expected, rel=1e-14)


@pytest.mark.parametrize("word", named(itertools.product(["jvp", "grad"], repeat=3)))
def test_third_derivatives_of_arrays_agree(word):
    x, t = np.array([0.5, 1.5]), np.array([1.0, -2.0])

    def along(name, f):
        if name == "jvp":
            return lambda x: ln.jvp(f, (x,), (t,))[1]
        return lambda x: ln.grad(f)(x) @ t

    def f(x):
        return np.sum(np.exp(x) * x[::-1]) + np.prod(x)

    for name in word:
        f = along(name, f)
    a, b = x
    p, q = t
    # d^3 of exp(a) b + exp(b) a + a b
    expected = math.exp(a) * (p**3 * b + 3 * p**2 * q) + math.exp(b) * (q**3 * a + 3 * q**2 * p)
    assert f(x) == pytest.approx(expected, rel=1e-13)


@pytest.mark.parametrize("outer", list(D))
@pytest.mark.parametrize("inner", list(D))
class TestPerturbationsAreNotConfused:
    def closed_over(self, name, inner):
        """checkpoint refuses closures over traced arrays; everything else takes them."""
        return D["grad" if name == "checkpointed" else name]

    def test_where_the_inner_derivative_does_not_depend(self, outer, inner):
        d = self.closed_over(inner, inner)
        assert D[outer](lambda x: x * d(lambda y: x + y)(1.0))(2.0) == 1.0

    def test_where_the_inner_derivative_is_the_outer_variable(self, outer, inner):
        d = self.closed_over(inner, inner)
        assert D[outer](lambda x: x * d(lambda y: x * y)(1.0))(3.0) == 6.0

    def test_where_both_are_taken_at_the_same_point(self, outer, inner):
        d = self.closed_over(inner, inner)
        # d/dx [x d/dy (x y^2) at y = x] = d/dx 2 x^3
        assert D[outer](lambda x: x * d(lambda y: x * y * y)(x))(2.0) == 24.0

    def test_where_the_inner_point_depends_on_the_outer_variable(self, outer, inner):
        assert D[outer](lambda x: D[inner](lambda y: y**3)(x**2))(2.0) == pytest.approx(96.0)  # d/dx 3 x^4


@pytest.mark.parametrize("middle", ["grad", "jvp", "linearize", "vjp"])
def test_three_levels_that_close_over_each_other_are_kept_apart(middle):
    d = D[middle]

    def f(x):
        return d(lambda y: x * y * ln.grad(lambda z: x * y * z * z)(y))(
            x
        )  # d/dy [2 x^2 y^3] = 6 x^2 y^2 at y = x

    assert ln.grad(f)(2.0) == 6 * 4 * 2.0**3
    assert FORWARD(f)(2.0) == 6 * 4 * 2.0**3


@pytest.mark.parametrize("outer", ["grad", "jvp", "linearize", "vjp", "jacfwd", "jacrev"])
class TestMapsMadeOutside:
    """Pullbacks and pushforwards are functions like any other: called, and differentiated, later."""

    def test_a_pullback_is_linear_in_its_cotangent(self, outer):
        _, pullback = ln.vjp(lambda x: x**3, 2.0)
        assert D[outer](lambda c: pullback(c * c)[0])(5.0) == 12 * 10.0

    def test_a_pushforward_is_linear_in_its_tangent(self, outer):
        _, pushforward = ln.linearize(lambda x: x**3, 2.0)
        assert D[outer](lambda t: pushforward(t * t))(5.0) == 12 * 10.0

    def test_a_pullback_made_inside_depends_on_the_point(self, outer):
        assert D[outer](lambda x: ln.vjp(lambda y: y**3, x)[1](x)[0])(2.0) == 9 * 4.0  # d/dx 3 x^3

    def test_a_pushforward_made_inside_depends_on_the_point(self, outer):
        assert D[outer](lambda x: ln.linearize(lambda y: y**3, x)[1](x))(2.0) == 9 * 4.0

    def test_a_pullback_called_in_two_transforms_serves_both(self, outer):
        _, pullback = ln.vjp(lambda x: x**3, 2.0)
        assert D[outer](lambda c: D["grad"](lambda b: pullback(b * c)[0])(1.0) * c)(5.0) == 12 * 10.0


def test_an_inner_gradient_with_two_arguments_differentiates_again():
    def f(x):
        a, b = ln.grad(lambda y, z: x * y**2 * z, argnums=(0, 1))(x, 3 * x)
        return a * b  # (6 x^3) (x^3)

    assert ln.grad(f)(2.0) == pytest.approx(36 * 2.0**5)


def test_jvp_with_several_traced_tangents_differentiates_again():
    def f(x):
        return ln.jvp(lambda y, z: y * z * x, (x, x**2), (x, 1.0))[1]  # x (x x^2 + x 1) = x^4 + x^2

    assert ln.grad(f)(2.0) == 4 * 8.0 + 2 * 2.0
    assert FORWARD(f)(2.0) == 4 * 8.0 + 2 * 2.0


def test_hvp_inside_grad_gives_the_third_derivative():
    assert ln.grad(lambda x: ln.hvp(lambda y: y**4, (x,), (1.0,)))(2.0) == 48.0


def test_hvp_inside_hvp_gives_the_fourth_derivative():
    assert ln.hvp(lambda x: ln.hvp(lambda y: y**5, (x,), (1.0,)), (2.0,), (1.0,)) == 240.0


def test_value_and_grad_inside_grad_carries_both_parts():
    def f(x):
        value, slope = ln.value_and_grad(lambda y: y**3)(x)
        return value * slope  # 3 x^5

    assert ln.grad(f)(2.0) == 15 * 16.0


def test_an_inner_constant_function_has_derivative_zero_at_every_order():
    assert ln.grad(lambda x: x * ln.grad(lambda y: x * 1.0)(x))(2.0) == 0.0


def test_a_hessian_is_symmetric_and_right():
    x = np.array([0.3, -1.2, 2.0])
    H = ln.hessian(lambda x: np.sum(x) ** 3 + np.sum(x**4))(x)
    np.testing.assert_allclose(H, 6 * np.sum(x) + np.diag(12 * x**2), rtol=1e-14)


@pytest.mark.parametrize("pair", list(itertools.product([ln.jacfwd, ln.jacrev], repeat=2)))
def test_both_jacobians_nest(pair):
    outer, inner = pair
    x = np.array([0.3, -1.2])
    H = outer(inner(lambda x: np.stack([x[0] ** 2 * x[1], np.sin(x[1])])))(x)
    expected = [[[2 * x[1], 2 * x[0]], [2 * x[0], 0]], [[0, 0], [0, -np.sin(x[1])]]]
    np.testing.assert_allclose(H, expected, rtol=1e-15)


def test_a_variable_closed_over_by_a_gradient_is_differentiated_by_backward():
    x = ln.variable(3.0)
    slope = ln.grad(lambda y: x * y**2)(2.0)  # 4 x
    (slope * x).backward()
    assert x.grad == 24.0


def test_a_gradient_of_a_function_that_walks_a_graph_of_variables_is_kept_apart():
    def f(x):
        leaf = ln.variable(5.0)
        (leaf * leaf).backward()
        return x * leaf.grad

    assert ln.grad(f)(2.0) == 10.0


@settings(deadline=None, max_examples=60)
@given(st.lists(st.sampled_from(list(D)), min_size=1, max_size=4), st.floats(-2, 2))
def test_random_words_differentiate_a_polynomial(word, x):
    derivative = np.polynomial.Polynomial([1.0, -2.0, 0.5, 3.0, 1.0]).deriv(len(word))
    f = composed(word, lambda x: 1.0 - 2.0 * x + 0.5 * x**2 + 3.0 * x**3 + x**4)
    assert f(x) == pytest.approx(derivative(x), rel=1e-12, abs=1e-12)


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.sampled_from(["grad", "jvp", "vjp", "linearize"]), min_size=2, max_size=4), st.floats(0.5, 2)
)
def test_nested_products_over_closures_never_confuse(word, x0):
    """The innermost of k nested derivatives, each multiplied by all outer variables, is a monomial."""

    def nest(outer, names):
        if not names:
            return math.prod(outer[1:], start=outer[0])
        point = outer[-1] if outer else x0
        return D[names[0]](lambda y: nest([*outer, y], names[1:]))(point) * (outer[0] if outer else 1.0)

    expected = monomial(len(word))
    assert nest([], word) == pytest.approx(expected(x0), rel=1e-12)


def monomial(depth):
    """The same nest by hand: polynomials of several variables, from exponents to coefficients."""

    def nest(k, remaining):  # a polynomial in y_1 .. y_k
        if not remaining:
            return {(1,) * k: 1.0}
        inner = nest(k + 1, remaining - 1)
        result: dict[tuple[int, ...], float] = {}
        for exponents, c in inner.items():
            *rest, e = exponents
            if e == 0:
                continue
            if k == 0:  # differentiated at x0
                key = (e - 1,)
                result[key] = result.get(key, 0.0) + c * e
                continue
            rest[-1] += e - 1  # evaluated at y_k
            rest[0] += 1  # times y_1
            result[tuple(rest)] = result.get(tuple(rest), 0.0) + c * e
        return result

    polynomial = nest(0, depth)
    return lambda x: sum(c * x ** exponents[0] for exponents, c in polynomial.items())
