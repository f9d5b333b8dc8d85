"""The worked examples with closed forms, each by three routes: a transform, a variable, a symbol."""

import numpy as np
import pytest

import linad as ln


def by_grad(f, x):
    return ln.grad(f)(x)


def by_variable(f, x):
    leaf = ln.variable(x)
    f(leaf).backward()
    return leaf.grad


def by_symbol(f, x):
    a = ln.symbol("a", np.shape(x))
    return ln.function([a], ln.gradient(f(a), a))(x)


def by_symbol_without_shape(f, x):
    a = ln.symbol("a")
    return ln.function([a], ln.gradient(f(a), a))(x)


ROUTES = [by_grad, by_variable, by_symbol]
w, y0 = np.array([1.0, -2.0, 0.5]), 3.0
X = np.array([[1.0, 2.0], [0.5, -1.0], [3.0, 0.0]])
v = np.array([2.0, 1.0])


def product_of_doubles(x):
    def F1(t):
        return 2 * t

    return F1(x) * F1(x)


def product_of_two_functions(x):
    return (2 * x) * (3 * x + 1)


def cubic(x):
    return 4 * x**3 + x**2 + 3


@pytest.mark.parametrize("route", [*ROUTES, by_symbol_without_shape])
@pytest.mark.parametrize(
    ("f", "x", "expected"),
    [
        pytest.param(product_of_doubles, 2.0, 16.0, id="fan-out-of-one-function"),
        pytest.param(product_of_two_functions, 2.0, 26.0, id="fan-out-of-two-functions"),
        pytest.param(cubic, 2.0, 12 * 2.0**2 + 2 * 2.0, id="cubic"),
        pytest.param(cubic, -1.5, 12 * 1.5**2 - 2 * 1.5, id="cubic-negative"),
    ],
)
def test_derivative_of_a_number_is_the_worked_one(route, f, x, expected):
    assert route(f, x) == expected


@pytest.mark.parametrize("route", ROUTES)
def test_squared_error_of_one_sample_has_the_worked_gradient(route):
    x = np.array([0.5, 1.0, 4.0])
    gradient = route(lambda w: (x @ w - y0) ** 2, w)
    np.testing.assert_allclose(gradient, 2 * (x @ w - y0) * x, rtol=4 * np.finfo(float).eps)


@pytest.mark.parametrize("route", ROUTES)
def test_squared_norm_of_the_residual_has_the_worked_gradient(route):
    y = np.array([1.0, 0.0, 2.0])
    gradient = route(lambda v: np.sum((X @ v - y) ** 2), v)
    np.testing.assert_allclose(gradient, 2 * (X @ v - y) @ X, rtol=4 * np.finfo(float).eps)


def linear_sum(x, y):
    return (3 * x + 2 * y) + (2 * x + 3 * y)


def test_two_arguments_receive_five_each_by_grad():
    assert ln.grad(linear_sum, argnums=(0, 1))(1.0, 7.0) == (5.0, 5.0)


def test_two_arguments_receive_five_each_by_variables():
    x, y = ln.variable(1.0), ln.variable(7.0)
    linear_sum(x, y).backward()
    assert (x.grad, y.grad) == (5.0, 5.0)


def test_two_arguments_receive_five_each_by_symbols():
    x, y = ln.symbol("x"), ln.symbol("y")
    assert ln.function([x, y], ln.gradient(linear_sum(x, y), [x, y]))(1.0, 7.0) == [5.0, 5.0]


def test_ones_pulled_back_through_a_square_give_twice_the_argument_by_vjp():
    x = np.array([1.0, -2.0, 3.0])
    _, pullback = ln.vjp(lambda x: x * x, x)
    np.testing.assert_array_equal(pullback(np.ones(3))[0], 2 * x)


def test_backward_of_an_array_starts_from_ones():
    x = ln.variable(np.array([1.0, -2.0, 3.0]))
    (x * x).backward()
    np.testing.assert_array_equal(x.grad, [2.0, -4.0, 6.0])


def test_gradient_of_an_array_expression_starts_from_ones():
    a = ln.symbol("a", (3,))
    np.testing.assert_array_equal(
        ln.function([a], ln.gradient(a * a, a))(np.array([1.0, -2.0, 3.0])), [2.0, -4.0, 6.0]
    )


def test_backward_takes_a_cotangent():
    x = ln.variable(np.array([1.0, -2.0]))
    (x * x).backward(np.array([10.0, 1.0]))
    np.testing.assert_array_equal(x.grad, [20.0, -4.0])


def test_gradient_of_an_expression_takes_a_cotangent():
    a = ln.symbol("a", (2,))
    gradient = ln.gradient(a * a, a, np.array([10.0, 1.0]))
    np.testing.assert_array_equal(ln.function([a], gradient)(np.array([1.0, -2.0])), [20.0, -4.0])


# -- directions, tangents, seeds of ones -------------------------------------------------------------------

POINT, DIRECTION = np.array([1.0, 2.0]), np.array([3.0, 4.0])


def quadratic(x):
    return x[0] ** 2 + 3 * x[1]  # gradient (2, 3) at POINT


def test_directional_derivative_is_along_a_unit_vector():
    assert ln.directional_derivative(quadratic, POINT, DIRECTION) == pytest.approx(
        (2 * 3 + 3 * 4) / 5, rel=1e-15
    )


def test_directional_derivative_ignores_the_length_of_the_direction():
    long = ln.directional_derivative(quadratic, POINT, 8 * DIRECTION)
    assert long == ln.directional_derivative(quadratic, POINT, DIRECTION)


def test_tangent_is_not_normalised():
    assert ln.jvp(quadratic, (POINT,), (DIRECTION,))[1] == 2 * 3 + 3 * 4


def test_a_seed_of_ones_sums_rows_and_a_tangent_of_ones_sums_columns():
    J = np.array([[1.0, 2.0], [30.0, 40.0]])
    assert ln.vjp(lambda x: J @ x, POINT)[1](np.ones(2))[0].tolist() == [31.0, 42.0]
    assert ln.jvp(lambda x: J @ x, (POINT,), (np.ones(2),))[1].tolist() == [3.0, 70.0]


def test_directional_derivative_of_a_vector_function_is_a_vector():
    J = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    result = ln.directional_derivative(lambda x: J @ x, POINT, np.array([0.0, 2.0]))
    np.testing.assert_array_equal(result, J[:, 1])


def test_directional_derivative_takes_containers_of_one_length():
    def f(p):
        return 2 * p["a"] + p["b"][0]

    result = ln.directional_derivative(f, {"a": 1.0, "b": [1.0]}, {"a": 3.0, "b": [4.0]})
    assert result == pytest.approx(2 * 0.6 + 0.8, rel=1e-15)


def test_a_direction_of_length_zero_is_refused():
    with pytest.raises(ln.errors.ArgumentError, match="the direction has length zero"):
        ln.directional_derivative(quadratic, POINT, np.zeros(2))


def test_projection_gives_the_signed_length_and_its_vector():
    value, vector = ln.projection(np.array([-2.0, 1.0]), np.array([5.0, 0.0]))
    assert value == -2.0
    np.testing.assert_array_equal(vector, [-2.0, 0.0])


def test_projection_is_differentiable_with_respect_to_both():
    a, b = np.array([2.0, 1.0]), np.array([3.0, 4.0])
    ga, gb = ln.grad(lambda a, b: ln.projection(a, b)[0], argnums=(0, 1))(a, b)
    np.testing.assert_allclose(ga, b / 5, rtol=1e-15)
    np.testing.assert_allclose(gb, a / 5 - (a @ b) * b / 125, rtol=1e-14)


def test_projection_on_a_vector_of_another_shape_is_refused():
    with pytest.raises(ln.errors.ArgumentError, match=r"a has shape \(2,\), b has shape \(3,\)"):
        ln.projection(np.ones(2), np.ones(3))


# -- Jacobians ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("transform", [ln.jacobian, ln.jacfwd, ln.jacrev])
class TestJacobian:
    def test_output_axes_come_first(self, transform):
        J = transform(lambda x: np.stack([x[0] * x[1], x[1], x[0] ** 2]))(np.array([2.0, 5.0]))
        np.testing.assert_array_equal(J, [[5.0, 2.0], [0.0, 1.0], [4.0, 0.0]])

    def test_of_a_matrix_function_has_all_axes(self, transform):
        A, x = np.arange(6.0).reshape(2, 3), np.ones((3, 2))
        J = transform(lambda B: A @ B)(x)
        np.testing.assert_array_equal(J, np.einsum("ij,kl->ikjl", A, np.eye(2)))

    def test_of_a_number_by_a_number_is_a_number(self, transform):
        assert transform(lambda x: x**3)(2.0) == 12.0

    def test_of_a_constant_is_zero(self, transform):
        np.testing.assert_array_equal(transform(lambda x: np.ones(2))(np.ones(3)), np.zeros((2, 3)))

    @pytest.mark.parametrize("shapes", [((0,), (0,)), ((0, 2), (0, 2))], ids=str)
    def test_of_an_empty_argument_is_empty(self, transform, shapes):
        assert transform(lambda x: x * 2)(np.zeros(shapes[0])).shape == shapes[0] + shapes[1]

    def test_of_containers_nests_arguments_in_outputs(self, transform):
        J = transform(lambda p: {"s": p[0] + p[1], "t": (p[0] * p[1],)})([2.0, 3.0])
        assert J == {"s": [1.0, 1.0], "t": ([3.0, 2.0],)}

    def test_by_two_arguments_is_a_pair(self, transform):
        J = transform(lambda x, y: x * y, argnums=(1, 0))(2.0, 3.0)
        assert J == (2.0, 3.0)

    def test_of_a_holomorphic_function_is_the_complex_derivative(self, transform):
        assert transform(lambda z: z * z)(1 + 2j) == pytest.approx(2 + 4j, rel=1e-15)

    def test_of_a_real_output_by_a_complex_argument_is_the_gradient(self, transform):
        z = np.array([1 + 2j, -3j])
        J = transform(lambda z: (z * np.conj(z)).real)(z)
        np.testing.assert_array_equal(J, np.diag(2 * z))

    def test_of_a_complex_output_by_a_real_argument_is_complex(self, transform):
        J = transform(lambda x: np.exp(1j * x))(0.5)
        assert pytest.approx(1j * np.exp(0.5j), rel=1e-15) == J

    def test_of_a_function_that_is_not_holomorphic_is_refused(self, transform):
        with pytest.raises(ln.errors.UndefinedDerivativeError, match="not holomorphic"):
            transform(np.conj)(1 + 2j)

    def test_has_the_precision_of_the_argument(self, transform):
        J = transform(lambda x: x.astype(np.float64) * 2)(np.ones(2, np.float32))
        assert J.dtype == np.float32


def test_hessian_of_two_arguments_is_a_square_of_blocks():
    H = ln.hessian(lambda x, y: x**2 * y, argnums=(0, 1))(3.0, 5.0)
    assert H == ((10.0, 6.0), (6.0, 0.0))


def test_hvp_of_two_arguments_is_a_pair():
    assert ln.hvp(lambda x, y: x**2 * y, (3.0, 5.0), (1.0, 2.0)) == (10.0 + 12.0, 6.0)
