"""linad.linalg.hermitian, and the guard of functions that read one triangle."""

import re

import numpy as np
import pytest

import linad as ln
import linad.linalg as la
from linad.errors import NotHermitianError
from linad.operations.hermitian import require_hermitian

EPS = np.finfo(float).eps
either = pytest.mark.parametrize("lower", [True, False], ids=["lower", "upper"])


def numbers(rng, *shape, dtype="D"):
    return (rng.uniform(-1, 1, shape) + (1j * rng.uniform(-1, 1, shape) if dtype in "FD" else 0)).astype(
        dtype
    )


@either
@pytest.mark.parametrize("dtype", ["d", "D", "f", "F"])
@pytest.mark.parametrize("shape", [(3, 3), (2, 3, 3), (1, 1), (0, 0), (0, 2, 2)], ids=str)
def test_the_triangle_is_mirrored(lower, dtype, shape, rng):
    A = numbers(rng, *shape, dtype=dtype)
    B = la.hermitian(A, lower)
    strict = np.tril(A, -1) if lower else np.triu(A, 1)
    np.testing.assert_array_equal(B, B.conj().swapaxes(-1, -2))
    np.testing.assert_array_equal(np.tril(B, -1) if lower else np.triu(B, 1), strict)
    np.testing.assert_array_equal(np.diagonal(B, 0, -2, -1), np.diagonal(A, 0, -2, -1).real)
    assert B.dtype == A.dtype


@either
def test_the_derivative_is_that_of_the_triangle_it_reads(lower, rng):
    A, G = numbers(rng, 3, 3), numbers(rng, 3, 3)
    _, pullback = ln.vjp(lambda A: la.hermitian(A, lower), A)
    g = pullback(G)[0]
    M = G + G.conj().T
    expected = (np.tril(M, -1) if lower else np.triu(M, 1)) + np.diag(np.diag(G).real)
    np.testing.assert_allclose(g, expected, atol=10 * EPS)
    assert np.all(g[np.triu_indices(3, 1) if lower else np.tril_indices(3, -1)] == 0)


def test_a_triangle_that_says_all_can_be_differentiated(rng):
    M = numbers(rng, 3, 3, dtype="d")
    L = np.tril(M @ M.T + np.eye(3))

    def cost(L):
        return np.sum(np.linalg.cholesky(la.hermitian(L)))

    g = ln.grad(cost)(L)
    for i, j in np.ndindex(3, 3):
        step = np.zeros((3, 3))
        step[i, j] = 1e-6
        expected = (np.sum(np.linalg.cholesky(L + step)) - np.sum(np.linalg.cholesky(L - step))) / 2e-6
        np.testing.assert_allclose(g[i, j], expected, atol=1e-8)


@pytest.mark.parametrize("shape", [(3,), (2, 3)], ids=str)
def test_only_square_matrices_have_triangles(shape):
    with pytest.raises(ValueError, match="square"):
        la.hermitian(np.ones(shape))


# -- the guard --------------------------------------------------------------------------------------------------------

READ_ONE_TRIANGLE = {
    "numpy.linalg.cholesky": np.linalg.cholesky,
    "cholesky": la.cholesky,
    "cho_factor": lambda A: la.cho_factor(A)[0],
    "ldl": lambda A: la.ldl(A)[1],
}


@pytest.mark.parametrize("f", READ_ONE_TRIANGLE.values(), ids=list(READ_ONE_TRIANGLE))
def test_a_traced_matrix_with_one_triangle_filled_is_refused(f):
    A = np.array([[4.0, 0.0], [1.0, 3.0]])
    with pytest.raises(NotHermitianError, match=re.escape("linad.linalg.hermitian(A, lower=")):
        ln.grad(lambda A: np.sum(f(A)))(A)
    with pytest.raises(NotHermitianError, match="not Hermitian"):
        ln.jvp(f, (A,), (A,))


@pytest.mark.parametrize("f", READ_ONE_TRIANGLE.values(), ids=list(READ_ONE_TRIANGLE))
def test_rounding_is_allowed(f, rng):
    A = np.eye(3) + 1e-14 * np.tril(numbers(rng, 3, 3, dtype="d"), -1)
    ln.grad(lambda A: np.sum(f(A)))(A)


def test_the_matrix_of_a_batch_is_named():
    A = np.stack([np.eye(2), np.array([[1.0, 0.5], [0.0, 1.0]])])
    with pytest.raises(NotHermitianError, match=r"matrix \(1,\) of the batch"):
        require_hermitian(A, "cholesky")


@pytest.mark.parametrize("scale", [1e-200, 1.0, 1e200])
def test_the_bound_goes_with_the_norm(scale):
    A = scale * np.array([[2.0, 1.0], [1.0, 3.0]])
    require_hermitian(A, "cholesky")
    A[0, 1] *= 1 + 1000 * EPS
    with pytest.raises(NotHermitianError):
        require_hermitian(A, "cholesky")


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_what_is_not_finite_in_one_triangle_is_refused(bad):
    A = np.eye(2)
    A[0, 1] = bad
    with pytest.raises(NotHermitianError):
        require_hermitian(A, "cholesky")
    A[1, 0] = bad  # in both: the factorization says what is wrong
    require_hermitian(A, "cholesky")


def test_symmetric_complex_matrices_have_their_own_sentence(rng):
    A = numbers(rng, 2, 2)
    require_hermitian(A + A.T, "ldl", conjugate=False)
    with pytest.raises(NotHermitianError, match=r"not symmetric(.|\n)*tril"):
        require_hermitian(A, "ldl", conjugate=False)


def test_symbols_without_numbers_pass():
    A = ln.symbol("A", shape=(2, 2))
    f = ln.function([A], np.linalg.cholesky(A))
    np.testing.assert_allclose(f(np.eye(2) * 4), 2 * np.eye(2))
