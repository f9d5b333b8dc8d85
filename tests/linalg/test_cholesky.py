"""Cholesky factors and solving with them: SciPy's and NumPy's results and errors, derivatives, what is shared."""

import itertools

import numpy as np
import pytest
import scipy.linalg

import linad as ln
import linad.linalg as la
from linad.derive.catalogue import rule
from linad.operations.cholesky import FORMS, factorize
from tests.linalg.drawing import numbers

EPS = np.finfo(float).eps
BATCHES = [(), (2,), (2, 3)]
either = pytest.mark.parametrize("lower", [True, False], ids=["lower", "upper"])
fields = pytest.mark.parametrize("dtype", ["d", "D"])


def hermitian_part(A):
    return (A + A.conj().swapaxes(-1, -2)) / 2


def definite(rng, *shape, dtype="d"):
    M = numbers(rng, *shape, dtype=dtype).astype("D" if dtype in "FD" else "d")
    return hermitian_part(M @ M.conj().swapaxes(-1, -2) + np.eye(shape[-1])).astype(dtype)


def differences(f, x, dx, h=1e-5):
    """Differences of order h^4."""
    return (8 * (f(x + h * dx) - f(x - h * dx)) - (f(x + 2 * h * dx) - f(x - 2 * h * dx))) / (12 * h)


def assert_same(out, expected):
    out = ln.value(out)
    assert type(out) is type(expected)
    for a, b in zip(out, expected, strict=True) if isinstance(expected, (list, tuple)) else [(out, expected)]:
        if not isinstance(b, np.ndarray):
            assert a is b
            continue
        assert (a.shape, a.dtype) == (b.shape, b.dtype)
        eps = np.finfo(b.dtype).eps if b.dtype.kind in "fc" else 0
        np.testing.assert_allclose(a, b, rtol=0, atol=100 * eps)


def traced(f, *args):
    """What a function gives for traced arguments."""
    seen = []
    ln.vjp(lambda *args: (seen.append(f(*args)), args[0])[1], *args)
    return seen[0]


# -- values -----------------------------------------------------------------------------------------------------------


@either
@pytest.mark.parametrize("name", ["cholesky", "cho_factor"])
@pytest.mark.parametrize("dtype", ["d", "D", "f", "F", "e", "g"])
@pytest.mark.parametrize("batch", BATCHES, ids=str)
@pytest.mark.parametrize("n", [0, 1, 4])
def test_scipys_factor(name, lower, dtype, batch, n, rng):
    A = definite(rng, *batch, n, n, dtype=dtype)
    f, reference = getattr(la, name), getattr(scipy.linalg, name)
    assert_same(traced(lambda A: f(A, lower), A), reference(A, lower))
    assert_same(f(A, lower), reference(A, lower))
    assert_same(traced(lambda A: f(A, lower, True, False), A), reference(A, lower))


@pytest.mark.parametrize("upper", [True, False])
@pytest.mark.parametrize("dtype", ["d", "D", "f", "F"])
@pytest.mark.parametrize("shape", [(4, 4), (2, 3, 3), (60, 60), (2, 60, 60), (0, 3, 3), (2, 0, 0)], ids=str)
def test_numpys_factor(upper, dtype, shape, rng):
    A = definite(rng, *shape, dtype=dtype)
    expected = np.linalg.cholesky(A, upper=upper)
    out = traced(lambda A: np.linalg.cholesky(A, upper=upper), A)
    assert (out.shape, out.dtype) == (expected.shape, expected.dtype)
    np.testing.assert_allclose(ln.value(out), expected, rtol=0, atol=1000 * np.finfo(dtype).eps * shape[-1])


def test_numbers_and_short_vectors_are_matrices():
    for a in (np.float64(4.0), np.array([4.0])):
        assert_same(traced(la.cholesky, a), scipy.linalg.cholesky(a))


@either
@pytest.mark.parametrize(("batch", "more"), list(itertools.product(BATCHES, [(), (3,), (2, 3)])))
@pytest.mark.parametrize("columns", [None, 0, 2])
@pytest.mark.parametrize("dtypes", ["dd", "Dd", "dD", "fd", "ff"])
def test_scipys_solution(lower, batch, more, columns, dtypes, rng):
    c = scipy.linalg.cho_factor(definite(rng, *batch, 3, 3, dtype=dtypes[0]), lower)
    b = numbers(rng, *((3,) if columns is None else (*more, 3, columns)), dtype=dtypes[1])
    try:
        np.broadcast_shapes(batch, b.shape[:-2])
    except ValueError:
        with pytest.raises(ValueError, match="broadcast"):
            traced(lambda b: la.cho_solve(c, b), b)
        return
    expected = scipy.linalg.cho_solve(c, b)
    assert_same(traced(lambda b: la.cho_solve(c, b), b), expected)
    assert_same(traced(lambda C: la.cho_solve((C, c[1]), b, True, False), c[0]), expected)


WRONG = [
    np.ones(3),
    np.ones((2, 3)),
    -np.eye(2),
    np.zeros((0, 2, 2)),
    np.full((2, 2), np.nan),
    np.zeros((2, 2)),
]


@pytest.mark.parametrize("A", WRONG, ids=lambda A: str(A.shape))
@pytest.mark.parametrize(
    ("f", "reference"),
    [
        (la.cholesky, scipy.linalg.cholesky),
        (la.cho_factor, scipy.linalg.cho_factor),
        (np.linalg.cholesky, np.linalg.cholesky),
    ],
    ids=["cholesky", "cho_factor", "numpy"],
)
def test_errors_are_of_the_same_type(f, reference, A):
    try:
        reference(A)
    except Exception as error:
        with pytest.raises(type(error)):
            traced(f, A)
    else:
        traced(f, A)


@pytest.mark.parametrize(
    ("c", "b"),
    [
        (np.ones(3), np.ones(3)), (np.ones((2, 3)), np.ones(2)), (np.eye(3), np.ones(2)), (np.eye(3), np.float64(2)),
        (np.zeros((0, 3, 3)), np.ones(3)), (np.eye(3) * np.nan, np.ones(3)), (np.eye(3), np.full(3, np.inf)),
        (np.stack([np.eye(3)] * 2), np.ones((3, 3, 1))),
    ],
)  # fmt: skip
def test_errors_of_cho_solve_are_of_the_same_type(c, b):
    with pytest.raises(Exception) as expected:  # noqa: PT011  # whatever SciPy raises
        scipy.linalg.cho_solve((c, True), b)
    for f, x in ((lambda b: la.cho_solve((c, True), b), b), (lambda c: la.cho_solve((c, True), b), c)):
        with pytest.raises(expected.type):
            traced(f, x)


@pytest.mark.parametrize("dtype", [np.float16, np.longdouble])
def test_numpy_refuses_dtypes_that_lapack_has_not(dtype):
    with pytest.raises(TypeError, match="unsupported in linalg"):
        traced(np.linalg.cholesky, np.eye(2, dtype=dtype))


@pytest.mark.parametrize("form", FORMS)
def test_the_indefinite_matrix_of_a_batch_is_named(form):
    A = np.stack([np.eye(2), np.eye(2), -np.eye(2)]).reshape(3, 1, 2, 2)
    with pytest.raises(np.linalg.LinAlgError, match=r"matrix \(2, 0\) of the batch"):
        factorize(A, form)


# -- derivatives ------------------------------------------------------------------------------------------------------

FACTORS = {
    "scipy-upper": la.cholesky,
    "scipy-lower": lambda A: la.cholesky(A, lower=True),
    "numpy-lower": np.linalg.cholesky,
    "numpy-upper": lambda A: np.linalg.cholesky(A, upper=True),
    "cho_factor": lambda A: np.triu(la.cho_factor(A)[0]),
    "cho_solve": lambda A: la.cho_solve(la.cho_factor(A), np.arange(3.0)),
    "cho_solve-lower": lambda A: la.cho_solve(la.cho_factor(A, True), np.arange(6.0).reshape(3, 2)),
}
each = pytest.mark.parametrize("f", FACTORS.values(), ids=list(FACTORS))


@each
@fields
@pytest.mark.parametrize("batch", [(), (2,)], ids=str)
def test_derivatives_of_first_and_second_order_agree_with_differences(f, dtype, batch, rng):
    A = definite(rng, *batch, 3, 3, dtype=dtype)
    dA, dB = (hermitian_part(numbers(rng, *batch, 3, 3, dtype=dtype)) for _ in range(2))
    W = numbers(rng, *f(A).shape, dtype=dtype)

    def cost(A):
        Y = f(A)
        return np.sum(np.abs(Y) ** 2) + np.sum((W * Y).real)

    g = ln.grad(cost)(A)
    np.testing.assert_allclose(g, g.conj().swapaxes(-1, -2), atol=100 * EPS * np.max(np.abs(g)))
    slope = differences(cost, A, dA)
    np.testing.assert_allclose(np.sum(g.conj() * dA).real, slope, rtol=1e-8, atol=1e-8)
    np.testing.assert_allclose(ln.jvp(cost, (A,), (dA,))[1], slope, rtol=1e-8, atol=1e-8)
    second = differences(lambda A: ln.grad(cost)(A), A, dA)
    np.testing.assert_allclose(ln.hvp(cost, (A,), (dA,)), second, rtol=1e-7, atol=1e-7)
    twice = ln.jvp(lambda A: ln.jvp(cost, (A,), (dB,))[1], (A,), (dA,))[1]
    np.testing.assert_allclose(twice, np.sum(second.conj() * dB).real, rtol=1e-7, atol=1e-7)


@pytest.mark.parametrize("dtype", ["f", "F"])
def test_gradients_come_back_in_single_precision(dtype, rng):
    A = definite(rng, 3, 3, dtype=dtype)
    g = ln.grad(lambda A: np.sum(np.abs(la.cholesky(A))))(A)
    assert g.dtype == A.dtype


def test_integers_are_promoted():
    A = np.array([[4, 2], [2, 5]])
    assert ln.grad(lambda A: np.sum(la.cholesky(A)))(A).dtype == float


@either
@fields
def test_the_triangle_of_cho_factor_that_says_nothing_has_no_derivative(lower, dtype, rng):
    A = definite(rng, 3, 3, dtype=dtype)
    G = numbers(rng, 3, 3, dtype=dtype)
    _, pullback = ln.vjp(lambda A: la.cho_factor(A, lower)[0], A)
    read = np.tril(G) if lower else np.triu(G)
    np.testing.assert_array_equal(pullback(G)[0], pullback(read)[0])
    assert not pullback(G - read)[0].any()


@either
@fields
def test_one_triangle_of_the_factor_is_read_by_cho_solve(lower, dtype, rng):
    C, b = numbers(rng, 3, 3, dtype=dtype) + 3 * np.eye(3), numbers(rng, 3, dtype=dtype)
    x, pullback = ln.vjp(lambda C: la.cho_solve((C, lower), b), C)
    g = numbers(rng, 3, dtype=dtype)
    gC = pullback(g)[0]
    assert np.all(gC[np.triu_indices(3, 1) if lower else np.tril_indices(3, -1)] == 0)
    np.testing.assert_allclose(
        x, la.cho_solve((np.tril(C) if lower else np.triu(C), lower), b), atol=10 * EPS
    )
    dC = numbers(rng, 3, 3, dtype=dtype)
    slope = differences(lambda C: scipy.linalg.cho_solve((C, lower), b), C, dC)
    np.testing.assert_allclose(np.sum(gC.conj() * dC).real, np.sum(g.conj() * slope).real, rtol=1e-8)


@pytest.mark.parametrize("form", FORMS)
def test_rules_are_the_derived_ones(form, rng):
    A, g = definite(rng, 3, 3, dtype="D"), numbers(rng, 3, 3, dtype="D")
    C, pullback = ln.vjp(lambda A: factorize(A, form), A)
    derived = rule({"lower": "cholesky", "upper": "cholesky-upper", "reversed": "cholesky-reversed"}[form])
    gA = derived.vjp({"A": A, derived.outputs[0].name: C}, {derived.outputs[0].name: g})["A"]
    np.testing.assert_allclose(pullback(g)[0], gA, atol=100 * EPS)


# -- solving with what is declared definite ----------------------------------------------------------------------------


def logdet(A):
    return la.factor(A, assume_a="pos").logdet()


@fields
def test_solving_is_by_the_rule_of_its_equation(dtype, rng):
    A, B, g = (
        definite(rng, 3, 3, dtype=dtype),
        numbers(rng, 3, 2, dtype=dtype),
        numbers(rng, 3, 2, dtype=dtype),
    )
    X, pullback = ln.vjp(lambda A, B: la.solve(A, B, assume_a="pos"), A, B)
    derived = rule("solve-hermitian").vjp({"A": A, "B": B, "X": X}, {"X": g})
    for own, other in zip(pullback(g), (derived["A"], derived["B"]), strict=True):
        np.testing.assert_allclose(own, other, atol=1000 * EPS)


@fields
def test_the_log_determinant_and_its_derivatives(dtype, rng):
    A, dA = definite(rng, 4, 4, dtype=dtype), definite(rng, 4, 4, dtype=dtype)
    inverse, bound = np.linalg.inv(A), 100 * EPS * np.linalg.cond(A) ** 2
    np.testing.assert_allclose(logdet(A), np.linalg.slogdet(A)[1], rtol=100 * EPS)
    np.testing.assert_allclose(ln.grad(logdet)(A), inverse, atol=bound)
    np.testing.assert_allclose(ln.hvp(logdet, (A,), (dA,)), -inverse @ dA @ inverse, atol=bound)


def test_tiny_and_huge_matrices_have_log_determinants():
    for scale in (1e-200, 1e200):
        A = scale * np.eye(4)
        value, g = ln.value_and_grad(logdet)(A)
        np.testing.assert_allclose(value, 4 * np.log(scale), rtol=10 * EPS)
        np.testing.assert_allclose(g, np.eye(4) / scale, rtol=10 * EPS)


def test_one_factor_serves_solve_logdet_cholesky_and_all_derivatives(rng):
    A, b = definite(rng, 4, 4), numbers(rng, 4)

    def cost(A):
        return b @ la.solve(A, b, assume_a="pos") + logdet(A) + np.sum(np.linalg.cholesky(A))

    with ln.counters() as ran:
        ln.hvp(cost, (A,), (definite(rng, 4, 4),))
        ln.hessian(cost)
    assert ran["potrf"] == 1
    assert ran["getrf"] == 0
    assert ran["potrs"] > 0
