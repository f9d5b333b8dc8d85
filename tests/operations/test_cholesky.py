"""Cholesky factors: values, the triangle that is read, closed forms of derivatives, errors."""

import numpy as np
import pytest

import linad as ln
from linad.derive.catalogue import rule
from linad.derive.vocabulary import WORDS
from linad.operations.cholesky import cholesky
from linad.operations.contractions import H
from linad.operations.elementwise import real
from linad.operations.shape import diagonal

EPS = np.finfo(float).eps
either = pytest.mark.parametrize("lower", [True, False], ids=["lower", "upper"])
kinds = pytest.mark.parametrize("kind", ["d", "D"])


def numbers(rng: np.random.Generator, *shape: int, kind: str = "d") -> np.ndarray:
    return rng.uniform(-1, 1, shape) + (1j * rng.uniform(-1, 1, shape) if kind == "D" else 0)


def definite(rng: np.random.Generator, *shape: int, kind: str = "d") -> np.ndarray:
    M = numbers(rng, *shape, kind=kind)
    return M @ H(M) + np.eye(shape[-1])


def log_determinant(lower):
    return lambda A: 2 * np.sum(np.log(real(diagonal(cholesky(A, lower), 0))))


@either
@pytest.mark.parametrize("kind", ["d", "D", "f", "F"])
@pytest.mark.parametrize("batch", [(), (2, 3), (0,)], ids=str)
@pytest.mark.parametrize("n", [0, 1, 4])
def test_the_factor_solves_the_equation(lower, kind, batch, n, rng):
    A = definite(rng, *batch, n, n, kind=kind.upper() if kind in "DF" else "d").astype(kind)
    C = cholesky(A, lower)
    assert C.dtype == A.dtype
    np.testing.assert_array_equal(C, np.tril(C) if lower else np.triu(C))
    assert np.all(np.diagonal(C, 0, -2, -1).real > 0)
    np.testing.assert_allclose(C @ H(C), A, atol=50 * np.finfo(kind).eps)


@either
@kinds
def test_one_triangle_is_read(lower, kind, rng):
    A = definite(rng, 4, 4, kind=kind)
    other = np.triu(A, 1) if lower else np.tril(A, -1)
    np.testing.assert_array_equal(cholesky(A - other + 100 * other, lower), cholesky(A, lower))


@either
@kinds
def test_any_tangent_counts_by_its_hermitian_part(lower, kind, rng):
    A, dA = definite(rng, 3, 3, kind=kind), numbers(rng, 3, 3, kind=kind)
    C, dC = ln.jvp(lambda A: cholesky(A, lower), (A,), (dA,))
    np.testing.assert_allclose(dC @ H(C) + C @ H(dC), (dA + H(dA)) / 2, atol=100 * EPS)
    np.testing.assert_array_equal(dC, np.tril(dC) if lower else np.triu(dC))


@either
@kinds
def test_a_cotangent_is_hermitian(lower, kind, rng):
    A = definite(rng, 2, 3, 3, kind=kind)
    _, pullback = ln.vjp(lambda A: cholesky(A, lower), A)
    (gA,) = pullback(numbers(rng, 2, 3, 3, kind=kind))
    np.testing.assert_array_equal(gA, H(gA))


@either
@kinds
def test_the_gradient_of_the_log_determinant_is_the_inverse(lower, kind, rng):
    A = definite(rng, 4, 4, kind=kind)
    g = ln.grad(log_determinant(lower))(A)
    np.testing.assert_allclose(g, np.linalg.inv(A), atol=100 * EPS * np.linalg.cond(A))


@either
@kinds
def test_the_hessian_product_of_the_log_determinant(lower, kind, rng):
    A = definite(rng, 4, 4, kind=kind)
    dA = definite(rng, 4, 4, kind=kind)
    inverse = np.linalg.inv(A)
    product = ln.hvp(log_determinant(lower), (A,), (dA,))
    np.testing.assert_allclose(product, -inverse @ dA @ inverse, atol=100 * EPS * np.linalg.cond(A) ** 2)


def test_a_matrix_is_factored_once_for_all_derivatives(rng):
    A = definite(rng, 3, 3)
    with ln.counters() as ran:
        ln.hvp(log_determinant(True), (A,), (A,))
    assert ran["potrf"] == 1


def test_the_rule_is_the_one_that_is_derived(rng):
    A, g = definite(rng, 3, 3, kind="D"), numbers(rng, 3, 3, kind="D")
    L, pullback = ln.vjp(cholesky, A)
    derived = rule("cholesky").vjp({"A": A, "L": L}, {"L": g})["A"]
    np.testing.assert_allclose(pullback(g)[0], derived, atol=100 * EPS)


def test_the_words_name_both_factors(rng):
    A = definite(rng, 3, 3)
    np.testing.assert_array_equal(WORDS["cholesky"](A), cholesky(A))
    np.testing.assert_array_equal(WORDS["cholesky_upper"](A), cholesky(A, lower=False))


@pytest.mark.parametrize(
    ("lower", "which"), [(True, "leading minor of order 3"), (False, "trailing minor of order 1")]
)
def test_an_indefinite_matrix_raises_with_its_place_in_the_batch(lower, which):
    A = np.stack([np.eye(3), np.diag([1.0, 1.0, -1.0])])
    with pytest.raises(
        np.linalg.LinAlgError, match=rf"cholesky: matrix \(1,\) of the batch .*: its {which} is"
    ):
        cholesky(A, lower)
