"""Band matrices stored by diagonals: values, gradients in the storage, cost, errors."""

import tracemalloc

import numpy as np
import pytest
import scipy.linalg

import linad as ln
import linad.linalg as la
from tests.linalg.drawing import agrees, numbers

EPS = np.finfo(float).eps
fields = pytest.mark.parametrize("dtype", ["d", "D"])
triangles = pytest.mark.parametrize("lower", [True, False], ids=["lower", "upper"])


def band(rng, below, above, n, batch=(), dtype="d"):
    """Diagonals of well-conditioned matrices; the corners are filled as well."""
    ab = numbers(rng, *batch, below + above + 1, n, dtype=dtype)
    ab[..., above, :] += 2 * (below + above + 1)
    return ab


def definite(rng, width, n, lower, batch=(), dtype="d"):
    ab = 0.5 * numbers(rng, *batch, width + 1, n, dtype=dtype)
    ab[..., 0 if lower else width, :] = rng.uniform(1.5 * width + 1, 2 * width + 2, (*batch, n))
    return ab


def dense(ab, below, above):
    n = ab.shape[-1]
    A = np.zeros((n, n), ab.dtype)
    for i in range(n):
        for j in range(max(0, i - below), min(n, i + above + 1)):
            A[i, j] = ab[above + i - j, j]
    return A


def hermitian(ab, lower):
    T = dense(ab, ab.shape[0] - 1, 0) if lower else dense(ab, 0, ab.shape[0] - 1)
    return T + T.conj().T - np.diag(np.diag(T).real)


FUNCTIONS = {
    "general": (
        lambda ab, b: la.solve_banded((2, 1), ab, b),
        lambda rng, dtype: (band(rng, 2, 1, 6, dtype=dtype), numbers(rng, 6, dtype=dtype)),
    ),
    "tridiagonal-matrix-of-right-sides": (
        lambda ab, b: la.solve_banded((1, 1), ab, b),
        lambda rng, dtype: (band(rng, 1, 1, 5, dtype=dtype), numbers(rng, 5, 2, dtype=dtype)),
    ),
    "batched": (
        lambda ab, b: la.solve_banded((0, 1), ab, b),
        lambda rng, dtype: (band(rng, 0, 1, 4, (2, 1), dtype), numbers(rng, 3, 4, 1, dtype=dtype)),
    ),
    "definite": (
        lambda ab, b: la.solveh_banded(ab, b),
        lambda rng, dtype: (definite(rng, 2, 6, False, dtype=dtype), numbers(rng, 6, dtype=dtype)),
    ),
    "definite-lower-batched": (
        lambda ab, b: la.solveh_banded(ab, b, lower=True),
        lambda rng, dtype: (definite(rng, 1, 4, True, (2,), dtype), numbers(rng, 2, 4, 2, dtype=dtype)),
    ),
    "cholesky": (
        lambda ab: la.cholesky_banded(ab),
        lambda rng, dtype: (definite(rng, 2, 6, False, dtype=dtype),),
    ),
    "cholesky-lower-batched": (
        lambda ab: la.cholesky_banded(ab, lower=True),
        lambda rng, dtype: (definite(rng, 3, 5, True, (2,), dtype),),
    ),
    "by-factor": (
        lambda cb, b: la.cho_solve_banded((cb, False), b),
        lambda rng, dtype: (definite(rng, 2, 6, False, dtype=dtype), numbers(rng, 6, 2, dtype=dtype)),
    ),
    "by-lower-factor": (
        lambda cb, b: la.cho_solve_banded((cb, True), b),
        lambda rng, dtype: (definite(rng, 1, 4, True, dtype=dtype), numbers(rng, 4, dtype=dtype)),
    ),
}
every = pytest.mark.parametrize(("function", "draw"), FUNCTIONS.values(), ids=FUNCTIONS)


@every
@fields
def test_first_derivatives(function, draw, dtype, rng):
    agrees(function, draw(rng, dtype), rng)


@every
@fields
def test_second_derivatives(function, draw, dtype, rng):
    x = draw(rng, dtype)
    y = function(*x)
    g = numbers(rng, *y.shape, dtype=y.dtype.char)
    agrees(lambda *x: ln.vjp(function, *x)[1](g)[0], x, rng)


@every
@fields
def test_values_are_those_of_scipy(function, draw, dtype, rng):
    x = draw(rng, dtype)
    traced = ln.vjp(function, *x)[0]
    np.testing.assert_allclose(traced, function(*x), rtol=100 * EPS, atol=100 * EPS)


@triangles
@fields
def test_the_gradient_of_a_log_determinant_is_the_band_of_the_inverse(lower, dtype, rng):
    """An entry off the diagonal stands for two of the matrix."""
    ab = definite(rng, 2, 7, lower, dtype=dtype)
    row = 0 if lower else 2

    def logdet(ab):
        return 2 * np.sum(np.log(np.real(la.cholesky_banded(ab, lower=lower)[row])))

    inverse = np.linalg.inv(hermitian(ab, lower))
    g = dense(ln.grad(logdet)(ab), *((2, 0) if lower else (0, 2)))
    T = np.tril(inverse) if lower else np.triu(inverse)
    T = np.where(np.abs(np.subtract.outer(np.arange(7), np.arange(7))) <= 2, T, 0)
    np.testing.assert_allclose(g, 2 * T - np.diag(np.diag(T)), atol=1e-12)


def test_corners_that_stand_for_no_entry_have_the_gradient_zero(rng):
    ab, b = band(rng, 2, 1, 5), numbers(rng, 5)
    g = ln.grad(lambda ab: np.sum(la.solve_banded((2, 1), ab, b)))(ab)
    assert g[0, 0] == 0
    assert np.all(g[2, -1:] == 0)
    assert np.all(g[3, -2:] == 0)
    assert np.count_nonzero(g) == ab.size - 4


def test_a_matrix_is_factored_once_for_all_derivatives(rng):
    ab, b = band(rng, 1, 1, 6), numbers(rng, 6)
    with ln.counters() as ran:
        ln.hvp(lambda ab: np.sum(la.solve_banded((1, 1), ab, b) ** 2), (ab,), (ab,))
    assert ran["gbtrf"] == 1
    h = definite(rng, 1, 6, True)
    with ln.counters() as ran:
        ln.hvp(
            lambda h: np.sum(la.solveh_banded(h, b, lower=True)) + np.sum(la.cholesky_banded(h, lower=True)),
            (h,),
            (h,),
        )
    assert ran["pbtrf"] == 1


@pytest.mark.parametrize("bandwidth", [1, 5])
def test_memory_is_of_the_order_of_the_storage(bandwidth, rng):
    """Value, gradients and tangents; a dense matrix would take a thousand times as much."""
    n = 10_000
    ab, b = band(rng, bandwidth, bandwidth, n), numbers(rng, n)
    cost = ln.value_and_grad(
        lambda ab, b: np.sum(la.solve_banded((bandwidth, bandwidth), ab, b) ** 2), argnums=(0, 1)
    )
    cost(ab, b)
    tracemalloc.start()
    cost(ab, b)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 10 * (ab.nbytes + b.nbytes)


def test_every_matrix_of_a_batch_may_have_its_own_numbers_of_diagonals(rng):
    ab, b = band(rng, 1, 1, 4, (2,)), numbers(rng, 4, 1)
    ab[1, 0] += 10
    below, above = np.array([1, 2]), np.array([1, 0])
    x = ln.vjp(lambda ab: la.solve_banded((below, above), ab, b), ab)[0]
    np.testing.assert_allclose(x, scipy.linalg.solve_banded((below, above), ab, b), rtol=100 * EPS)


def test_a_singular_matrix_is_named(rng):
    ab = band(rng, 1, 1, 4, (2,))
    ab[1, :, 0] = 0
    with pytest.raises(np.linalg.LinAlgError, match=r"singular matrix: matrix \(1,\) of the batch: pivot 0"):
        ln.vjp(lambda ab: la.solve_banded((1, 1), ab, np.ones((4, 1))), ab)


@pytest.mark.parametrize("function", [la.cholesky_banded, lambda ab: la.solveh_banded(ab, np.ones(4))])
def test_an_indefinite_matrix_raises(function):
    with pytest.raises(np.linalg.LinAlgError, match="1-th leading minor not positive definite"):
        ln.vjp(function, np.array([[0.0, 1, 1, 1], [-1.0, 1, 1, 1]]))


def test_numbers_of_diagonals_that_do_not_fit_raise_as_scipy_does(rng):
    with pytest.raises(ValueError, match=r"l\+u\+1 \(3\) does not equal"):
        ln.vjp(lambda ab: la.solve_banded((1, 1), ab, np.ones(4)), band(rng, 1, 2, 4))
