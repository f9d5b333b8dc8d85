"""logsumexp, softmax, log_softmax: options, weights, infinite entries."""

import numpy as np
import pytest
import scipy.special

import linad as ln
import linad.special as special

EPS = np.finfo(float).eps
OPTIONS = [
    {},
    {"axis": 1},
    {"axis": (0, 2), "keepdims": True},
    {"axis": -1, "b": 2.0},
    {"axis": 1, "b": np.array([[1.0], [-0.5], [2.0]]), "return_sign": True},
    {"axis": 0, "return_sign": True},
    {"axis": (), "keepdims": True},
]


@pytest.mark.parametrize("options", OPTIONS, ids=lambda o: "-".join(o) or "default")
def test_values_are_those_of_scipy(options, rng):
    a = rng.uniform(-2, 2, (2, 3, 2))
    out, _ = ln.vjp(lambda a: special.logsumexp(a, **options), a)
    expected = scipy.special.logsumexp(a, **options)
    pairs = zip(out, expected, strict=True) if "return_sign" in options else [(out, expected)]
    for x, y in pairs:
        np.testing.assert_allclose(x, y, rtol=8 * EPS)
        assert np.shape(x) == np.shape(y)


def test_weights_have_a_gradient(rng):
    a, b = rng.uniform(-1, 1, 4), rng.uniform(0.5, 1, 4)
    ga, gb = ln.grad(lambda a, b: special.logsumexp(a, b=b), (0, 1))(a, b)
    share = np.exp(a - scipy.special.logsumexp(a, b=b))
    np.testing.assert_allclose(ga, b * share, rtol=16 * EPS)
    np.testing.assert_allclose(gb, share, rtol=16 * EPS)


def test_weights_of_a_negative_sum_have_a_gradient_and_a_sign():
    def f(b):
        y, sign = special.logsumexp(np.zeros(2), b=b, return_sign=True)
        return y * (sign == -1)

    np.testing.assert_allclose(ln.grad(f)(np.array([1.0, -3.0])), [-0.5, -0.5], rtol=8 * EPS)


def test_a_zero_weight_has_a_gradient(rng):
    b = np.array([0.0, 1.0])
    np.testing.assert_allclose(
        ln.grad(lambda b: special.logsumexp(np.zeros(2), b=b))(b), [1, 1], rtol=4 * EPS
    )


@pytest.mark.parametrize(
    ("a", "shares"),
    [
        ([-np.inf, 0.0, 0.0], [0, 0.5, 0.5]),
        ([-np.inf, -np.inf], [0.5, 0.5]),
        ([np.inf, 1.0], [1, 0]),
        ([1000.0, 1000.0], [0.5, 0.5]),
        ([-1000.0, 0.0], [0, 1]),
    ],
)
def test_infinite_and_large_entries_have_their_share(a, shares):
    np.testing.assert_array_equal(ln.grad(special.logsumexp)(np.array(a)), shares)
    t = np.arange(1.0, 1 + len(a))
    assert ln.jvp(special.logsumexp, (np.array(a),), (t,))[1] == np.dot(shares, t)


def test_second_derivative_is_the_covariance(rng):
    a = rng.uniform(-1, 1, 4)
    p = scipy.special.softmax(a)
    np.testing.assert_allclose(ln.hessian(special.logsumexp)(a), np.diag(p) - np.outer(p, p), atol=8 * EPS)
    np.testing.assert_allclose(ln.jacobian(special.softmax)(a), np.diag(p) - np.outer(p, p), atol=8 * EPS)
    np.testing.assert_allclose(ln.jacobian(special.log_softmax)(a), np.eye(4) - p, atol=8 * EPS)


def test_complex_entries_are_differentiated(rng):
    a = rng.uniform(-1, 1, 3) + 1j * rng.uniform(-0.5, 0.5, 3)
    g = ln.grad(lambda a: special.logsumexp(a).real)(a)
    np.testing.assert_allclose(g, np.conj(np.exp(a) / np.sum(np.exp(a))), rtol=16 * EPS)
