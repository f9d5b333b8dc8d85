"""Shapes and dtypes of values, tangents and gradients; weak and strong scalars."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import linad as ln


def dtype(code):
    return np.dtype(code)


INEXACT = ["float16", "float32", "float64", "longdouble", "complex64", "complex128", "clongdouble"]
DISCRETE = ["bool", "int8", "int32", "int64", "uint8", "uint64"]


def square(x):
    return np.sum(x * np.conj(x)).real


def real_part(x):
    return np.real(x * x)


@pytest.mark.parametrize("code", INEXACT)
class TestInexactArguments:
    @pytest.mark.parametrize("shape", [(), (3,), (2, 1), (0,)], ids=str)
    def test_gradient_has_shape_and_dtype_of_the_argument(self, code, shape):
        x = np.ones(shape, code)
        gradient = ln.grad(square)(x)
        assert (type(gradient), gradient.shape, gradient.dtype) == (np.ndarray, shape, dtype(code))
        np.testing.assert_array_equal(gradient, 2 * x)

    def test_gradient_of_a_numpy_scalar_is_one(self, code):
        gradient = ln.grad(square)(dtype(code).type(2))
        assert type(gradient) is dtype(code).type
        assert gradient == 4

    def test_tangent_has_the_dtype_of_the_output(self, code):
        x = np.ones(3, code)
        out, tangent = ln.jvp(lambda x: x * x, (x,), (np.ones(3),))
        assert out.dtype == tangent.dtype == dtype(code)

    def test_pushforward_has_the_dtype_of_the_output(self, code):
        out, pushforward = ln.linearize(lambda x: x * x, np.ones(3, code))
        assert pushforward(np.ones(3)).dtype == out.dtype == dtype(code)

    def test_cotangent_of_another_precision_is_taken(self, code):
        x = np.ones(3, code)
        assert ln.vjp(lambda x: x * x, x)[1](np.ones(3))[0].dtype == dtype(code)

    def test_hessian_has_the_dtype_of_the_argument(self, code):
        assert ln.hessian(square)(np.ones(2, code)).dtype == dtype(code)  # its gradient, 2x, is holomorphic

    def test_hvp_has_the_dtype_of_the_argument(self, code):
        assert ln.hvp(square, (np.ones(2, code),), (np.ones(2),)).dtype == dtype(code)

    def test_a_longer_chain_keeps_the_dtype(self, code):
        def f(x):
            return np.sum(np.abs(np.exp(np.sin(x) / 2.0) - 1 + x[::-1] * 3) ** 2)

        gradient = ln.grad(f)(np.full(2, 0.5, code))
        assert gradient.dtype == dtype(code)

    def test_backward_gives_the_dtype_of_the_variable(self, code):
        x = ln.variable(np.ones(2, code))
        (x * 2.0).backward()
        assert x.grad.dtype == dtype(code)

    def test_a_complex_constant_leaves_a_real_gradient_real(self, code):
        gradient = ln.grad(lambda x: np.sum(np.abs(x * (1 + 1j)) ** 2))(np.ones(2, code))
        assert gradient.dtype == dtype(code)

    def test_byteswapped_arguments_give_native_gradients(self, code):
        x = np.ones(3, code).astype(dtype(code).newbyteorder("S"))
        gradient = ln.grad(square)(x)
        assert gradient.dtype == dtype(code)
        np.testing.assert_array_equal(gradient, np.full(3, 2, code))


@pytest.mark.parametrize("code", DISCRETE)
@pytest.mark.parametrize("shape", [(), (3,)], ids=str)
def test_gradient_of_a_discrete_argument_is_a_double(code, shape):
    gradient = ln.grad(square)(np.ones(shape, code))
    assert gradient.dtype == np.float64
    np.testing.assert_array_equal(gradient, np.full(shape, 2.0))


@pytest.mark.parametrize("value", [2, 2.0, True], ids=["int", "float", "bool"])
def test_gradient_of_a_python_number_is_a_double(value):
    assert type(ln.grad(lambda x: x * x)(value)) is np.float64


def test_gradient_of_a_python_complex_is_complex():
    assert ln.grad(square)(2 + 1j) == 4 + 2j


# -- 0-d arrays and scalars --------------------------------------------------------------------------------


def test_a_0d_array_gives_a_0d_array():
    gradient = ln.grad(lambda x: x * x)(np.array(2.0))
    assert type(gradient) is np.ndarray
    assert gradient.shape == ()


def test_a_numpy_scalar_stays_one_through_value_and_tangent():
    out, tangent = ln.jvp(np.sin, (np.float32(1),), (np.float32(1),))
    assert type(out) is type(tangent) is np.float32


def test_a_full_index_gives_a_scalar_as_in_numpy():
    seen = []
    ln.grad(lambda x: seen.append(ln.value(x[0])) or x[0])(np.ones(2))
    assert type(seen[0]) is np.float64


def test_a_python_number_stays_one_inside_the_function():
    seen = []
    ln.grad(lambda x: seen.append(ln.value(x * 2)) or x)(3.0)
    assert type(seen[0]) is float


# -- weak and strong scalars -------------------------------------------------------------------------------

PROMOTIONS = {
    "python-float": lambda x: x * 2.0,
    "python-float-from-the-left": lambda x: 2.0 * x,
    "python-int": lambda x: x + 2,
    "python-power": lambda x: x**2,
    "python-exponent": lambda x: 2.0**x,
    "python-complex": lambda x: x * 1j,
    "numpy-double": lambda x: x * np.float64(2),
    "numpy-single": lambda x: x * np.float32(2),
    "numpy-int": lambda x: x * np.int64(2),
    "double-array": lambda x: x + np.ones(2),
    "single-array": lambda x: x + np.ones(2, np.float32),
    "0d-double": lambda x: x + np.array(1.0),
    "where-python": lambda x: np.where(x > 0, x, 0.0),
    "where-double": lambda x: np.where(x > 0, x, np.float64(0)),
    "maximum-python": lambda x: np.maximum(x, 0.0),
    "mean": np.mean,
    "sum": np.sum,
    "astype": lambda x: x.astype(np.complex128),
    "divide": lambda x: 1 / x,
    "matmul": lambda x: x @ np.ones((2, 2)),
    "concatenate": lambda x: np.concatenate([x, np.ones(1)]),
}


@pytest.mark.parametrize(
    ("name", "code"),
    [
        (name, code)
        for name in PROMOTIONS
        for code in ("float32", "float64", "complex64")
        if (name, code) != ("maximum-python", "complex64")  # complex numbers have no maximum here
    ],
)
class TestPromotion:
    def plain(self, name, code):
        return np.full(2, 0.5, code), PROMOTIONS[name]

    def test_of_the_value_is_numpys(self, name, code):
        x, f = self.plain(name, code)
        out, _ = ln.vjp(f, x)
        assert (out.dtype, np.shape(out)) == (f(x).dtype, np.shape(f(x)))

    def test_of_the_tangent_is_the_values(self, name, code):
        x, f = self.plain(name, code)
        out, tangent = ln.jvp(f, (x,), (x,))
        assert (tangent.dtype, np.shape(tangent)) == (out.dtype, np.shape(out))

    def test_does_not_change_the_gradients_dtype(self, name, code):
        x, f = self.plain(name, code)
        out, pullback = ln.vjp(f, x)
        assert pullback(np.ones_like(out))[0].dtype == dtype(code)

    def test_gives_a_gradient_that_is_the_adjoint_of_the_tangent(self, name, code):
        x, f = self.plain(name, code)
        out, pullback = ln.vjp(f, x)
        seed = np.ones_like(out)
        left = np.sum(np.conj(seed) * ln.jvp(f, (x,), (x,))[1]).real
        right = np.sum(np.conj(pullback(seed)[0]) * x).real
        assert left == pytest.approx(right, rel=1e-5)


def test_a_python_number_is_weak_as_an_argument_too():
    out, pullback = ln.vjp(lambda x, y: x * y, 2.0, np.float32(3))
    assert type(out) is np.float32
    gx, gy = pullback(1.0)
    assert (gx.dtype, gy.dtype) == (np.float64, np.float32)


def test_mixed_precision_returns_each_gradient_in_its_own():
    ga, gb = ln.grad(lambda a, b: np.sum(a * b), argnums=(0, 1))(np.ones(2, np.float32), np.ones(2))
    assert (ga.dtype, gb.dtype) == (np.float32, np.float64)


def test_broadcasting_is_summed_away():
    ga, gb = ln.grad(lambda a, b: np.sum(a * b), argnums=(0, 1))(np.ones((2, 1)), np.arange(3.0))
    np.testing.assert_array_equal(ga, [[3.0], [3.0]])
    np.testing.assert_array_equal(gb, [2.0, 2.0, 2.0])


@settings(deadline=None, max_examples=60)
@given(
    st.sampled_from(["float32", "float64", "complex64", "complex128", "int64", ">f8", "<f4"]),
    hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3),
    st.data(),
)
def test_random_arguments_get_gradients_of_their_shape_and_dtype(code, shape, data):
    x = data.draw(hnp.arrays(code, shape, elements=st.integers(-2, 2)))
    gradient = ln.grad(square)(x)
    expected = x.dtype.newbyteorder("=") if x.dtype.kind in "fc" else np.dtype(float)
    assert (gradient.shape, gradient.dtype) == (x.shape, expected)
    np.testing.assert_array_equal(gradient, 2 * x)


@settings(deadline=None, max_examples=60)
@given(hnp.mutually_broadcastable_shapes(num_shapes=2, max_dims=3, max_side=3, min_side=0))
def test_random_broadcasts_are_summed_back(shapes):
    a, b = (np.ones(shape) for shape in shapes.input_shapes)
    ga, gb = ln.grad(lambda a, b: np.sum(a * b), argnums=(0, 1))(a, b)
    whole = int(np.prod(shapes.result_shape))
    assert ga.shape == a.shape
    assert gb.shape == b.shape
    np.testing.assert_array_equal(ga, np.full(a.shape, whole / max(a.size, 1)))
    np.testing.assert_array_equal(gb, np.full(b.shape, whole / max(b.size, 1)))


@pytest.mark.parametrize(
    "number", [2.0, np.float64(2), np.float32(2), np.array(2.0)], ids=lambda x: type(x).__name__
)
@pytest.mark.parametrize(
    "f",
    [lambda x, c: x + c, lambda x, c: c + x, lambda x, c: x - c, lambda x, c: c - x, lambda x, c: x * c,
     lambda x, c: x / c, lambda x, c: np.maximum(c, x), lambda x, c: np.where(x > 1, c, x), lambda x, c: x**c],
    ids=["x+c", "c+x", "x-c", "c-x", "x*c", "x/c", "maximum", "where", "x**c"],
)  # fmt: skip
def test_a_number_that_meets_an_array_receives_the_sum_of_its_cotangents(f, number):
    x = np.array([1.0, 3.0, 4.0])
    forward = ln.jvp(lambda c: np.sum(f(x, c)), (number,), (np.ones_like(number)[()],))[1]
    for cost in (np.sum, lambda y: y.sum(), lambda y: y.mean() * 3):
        assert ln.grad(lambda c, cost=cost: cost(f(x, c)))(number) == pytest.approx(float(forward), rel=1e-6)


# -- complex convention ------------------------------------------------------------------------------------


def test_the_gradient_of_the_real_part_descends():
    """z = Re(c x): dz = Re(c dx) = Re(conj(g) dx), so g = conj(c)."""
    c = 2 - 3j
    assert ln.grad(lambda x: np.real(c * x))(1 + 1j) == np.conj(c)


def test_real_and_imaginary_parts_of_a_gradient_are_those_of_the_two_parts():
    def f(x):
        return np.abs(x) ** 2 * np.real(x) + np.imag(x)

    z = 1.5 - 0.5j
    by_parts = ln.grad(lambda a, b: (a * a + b * b) * a + b, argnums=(0, 1))(z.real, z.imag)
    assert ln.grad(f)(z) == pytest.approx(by_parts[0] + 1j * by_parts[1], rel=1e-15)


@pytest.mark.parametrize(
    "f",
    [
        np.conj,
        np.abs,
        np.angle,
        np.real,
        np.imag,
        np.exp,
        lambda z: z * np.conj(z),
        lambda z: z / np.abs(z),
        np.sign,
    ],
    ids=["conj", "abs", "angle", "real", "imag", "exp", "square", "phase", "sign"],
)
def test_pullback_and_tangent_are_adjoint_over_the_reals(f):
    z, t = np.array([1 + 2j, -0.5 + 1j]), np.array([0.25 - 1j, 2 + 0.5j])
    out, pullback = ln.vjp(f, z)
    seed = np.array([1.5, -2.0]) * (1 if np.isrealobj(out) else 1 - 0.5j)
    left = np.sum(np.conj(seed) * ln.jvp(f, (z,), (t,))[1]).real
    right = np.sum(np.conj(pullback(seed)[0]) * t).real
    assert left == pytest.approx(right, rel=1e-14)


def test_pieces_of_a_complex_array_take_real_cotangents():
    gradient = ln.grad(lambda A: np.real(A[0, 0]))(np.full((2, 2), 1 + 1j))
    np.testing.assert_array_equal(gradient, [[1, 0], [0, 0]])
    assert gradient.dtype == complex
