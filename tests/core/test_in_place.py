"""Changing arrays in place: a traced array never changes, and whoever tries is told what to write."""

import operator

import numpy as np
import pytest

import linad as ln
from linad import errors

X = np.array([1.0, 2.0, 3.0])

modes = pytest.mark.parametrize(
    "derivative",
    [
        lambda f: ln.grad(f)(X),
        lambda f: np.stack([ln.jvp(f, (X,), (e,))[1] for e in np.eye(3)]),
        lambda f: np.stack([ln.linearize(f, X)[1](e) for e in np.eye(3)]),
    ],
    ids=["grad", "jvp", "linearize"],
)


@modes
class TestATracedArray:
    @pytest.mark.parametrize(
        "key", [0, slice(0, 2), [0, 1], X > 1, ...], ids=["entry", "slice", "list", "mask", "all"]
    )
    def test_refuses_assignment_and_names_index_set(self, derivative, key):
        def f(x):
            x[key] = 5.0
            return np.sum(x)

        with pytest.raises(errors.InPlaceError, match=r"index_set\(x, i, v\)[\s\S]*index_add\(x, i, v\)"):
            derivative(f)

    def test_refuses_augmented_assignment_to_an_entry(self, derivative):
        def f(x):
            x[0] += 5.0
            return np.sum(x)

        with pytest.raises(errors.InPlaceError, match="index_add"):
            derivative(f)

    @pytest.mark.parametrize("attribute", ["T", "real", "imag", "mT", "flat"])
    def test_refuses_assignment_to_an_attribute(self, derivative, attribute):
        with pytest.raises(errors.InPlaceError, match=rf"x\.{attribute} = \.\.\."):
            derivative(lambda x: setattr(x, attribute, 1.0))

    @pytest.mark.parametrize("method", ["sort", "fill", "put", "resize", "partition"])
    def test_refuses_methods_that_change_it(self, derivative, method):
        with pytest.raises(errors.InPlaceError, match=rf"x\.{method}"):
            derivative(lambda x: getattr(x, method)(0))

    def test_refuses_augmented_assignment_through_a_view(self, derivative):
        def f(x):
            part = x[:2]
            part += 1.0
            return np.sum(x)

        with pytest.raises(errors.InPlaceError, match="x is a view of another array"):
            derivative(f)

    def test_refuses_augmented_assignment_through_a_transpose(self, derivative):
        def f(x):
            A = x.reshape(3, 1) * np.ones(2)
            B = A.T
            B *= 2.0
            return np.sum(A)

        with pytest.raises(errors.InPlaceError, match="x is a view"):
            derivative(f)


@modes
@pytest.mark.parametrize(
    ("operate", "expected"),
    [
        pytest.param(lambda y: operator.iadd(y, 2.0), 2 * X, id="+="),
        pytest.param(lambda y: operator.isub(y, 2.0), 2 * X, id="-="),
        pytest.param(lambda y: operator.imul(y, 2.0), 4 * X, id="*="),
        pytest.param(lambda y: operator.itruediv(y, 2.0), X, id="/="),
        pytest.param(lambda y: operator.ipow(y, 2), 4 * X**3, id="**="),
        pytest.param(lambda y: operator.imul(y, y), 4 * X**3, id="*=-itself"),
        pytest.param(lambda y: operator.imul(y, [1.0, 2.0, 3.0]), 2 * X * [1.0, 2.0, 3.0], id="*=-list"),
    ],
)
def test_augmented_assignment_has_the_right_derivative(derivative, operate, expected):
    np.testing.assert_allclose(derivative(lambda x: np.sum(operate(x * x))), expected, rtol=1e-14)


@modes
def test_augmented_assignment_is_a_new_value(derivative):
    def f(x):
        y = x * 1.0
        z = y
        z += 10.0
        return np.sum(y * y)

    np.testing.assert_array_equal(derivative(f), 2 * X)


@modes
@pytest.mark.parametrize(
    "take",
    [lambda x: x[:2].copy(), lambda x: x.flatten(), lambda x: x[[0, 1]]],
    ids=["copy", "flatten", "list"],
)
def test_a_copy_can_be_added_to(derivative, take):
    def f(x):
        y = take(x)
        y += 1.0
        return np.sum(y * y)

    expected = 2 * (X + 1)
    np.testing.assert_array_equal(derivative(f)[:2], expected[:2])


@modes
def test_the_argument_itself_can_be_added_to(derivative):
    def f(x):
        x += 1.0
        return np.sum(x * x)

    np.testing.assert_array_equal(derivative(f), 2 * (X + 1))
    np.testing.assert_array_equal(X, [1.0, 2.0, 3.0])


@modes
def test_augmented_assignment_that_would_change_the_shape_raises_as_in_numpy(derivative):
    def f(x):
        y = x * 1.0
        y += np.ones((2, 3))
        return np.sum(y)

    with pytest.raises(ValueError, match=r"non-broadcastable output operand with shape \(3,\)"):
        derivative(f)


def test_augmented_assignment_keeps_the_dtype():
    def f(x):
        y = x * 1
        y += np.ones(3)
        assert y.dtype == np.float32
        return np.sum(y)

    assert ln.grad(f)(X.astype(np.float32)).dtype == np.float32


def test_augmented_assignment_of_a_complex_number_to_a_real_array_raises_as_in_numpy():
    def f(x):
        y = x * 1.0
        y += 1j
        return np.sum(y).real

    with pytest.raises(TypeError, match="same_kind"):
        ln.grad(f)(X)


@modes
@pytest.mark.parametrize(
    "operate",
    [operator.iadd, operator.isub, operator.imul, operator.itruediv, operator.ipow, operator.imatmul],
)
def test_a_plain_array_refuses_augmented_assignment_of_a_traced_one(derivative, operate):
    def f(x):
        plain = np.ones((3, 3))
        return np.sum(operate(plain, x if operate is not operator.imatmul else np.outer(x, x)))

    with pytest.raises(errors.InPlaceError, match="out= would write a traced result into an array"):
        derivative(f)


@modes
@pytest.mark.parametrize(
    "call",
    [
        pytest.param(lambda x: np.sin(x, out=np.zeros(3)), id="unary"),
        pytest.param(lambda x: np.add(x, 1.0, out=np.zeros(3)), id="binary"),
        pytest.param(lambda x: np.add(x, 1.0, np.zeros(3)), id="positional"),
        pytest.param(lambda x: np.sum(x, out=np.zeros(())), id="sum"),
        pytest.param(lambda x: np.dot(x, np.eye(3), out=np.zeros(3)), id="dot"),
        pytest.param(lambda x: np.add(1.0, 2.0, out=x), id="into-a-traced-array"),
    ],
)
def test_out_is_refused(derivative, call):
    with pytest.raises(errors.InPlaceError, match="out= would write"):
        derivative(lambda x: np.sum(call(x)))


def test_a_plain_number_accepts_augmented_assignment_of_a_traced_one():
    def f(x):
        total = 0.0
        for part in x:
            total += part * part
        return total

    np.testing.assert_array_equal(ln.grad(f)(X), 2 * X)


def test_index_set_is_the_assignment():
    def f(x):
        return np.sum(ln.numpy.index_set(x * x, 1, x[0]) ** 2)

    np.testing.assert_array_equal(ln.grad(f)(X), [4 * X[0] ** 3 + 2 * X[0], 0.0, 4 * X[2] ** 3])


def test_index_add_is_the_augmented_assignment():
    def f(x):
        return np.sum(ln.numpy.index_add(x, [0, 0], x[1]) * np.array([1.0, 10.0, 100.0]))

    np.testing.assert_array_equal(ln.grad(f)(X), [1.0, 12.0, 100.0])
