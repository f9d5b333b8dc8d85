"""Eigenvalues and eigenvectors of band matrices: derivatives live in the storage, also where eigenvalues are equal."""

import tracemalloc

import numpy as np
import pytest
import scipy.linalg

import linad as ln
import linad.linalg as la
import linad.numpy as lnp
from linad.errors import DegenerateError, GaugeError
from tests.linalg.drawing import normals, numbers
from tests.linalg.test_band_systems import hermitian
from tests.linalg.test_eigen import assert_right, seen

EPS = np.finfo(float).eps
fields = pytest.mark.parametrize("dtype", ["d", "D"])
triangles = pytest.mark.parametrize("lower", [True, False], ids=["lower", "upper"])


def apart(rng, width, n, lower, batch=(), dtype="d"):
    """Storage of matrices whose eigenvalues are apart; the corners are filled as well."""
    ab = 0.4 * numbers(rng, *batch, width + 1, n, dtype=dtype)
    ab[..., 0 if lower else width, :] = 1 + np.arange(n) + rng.uniform(0, 0.1, (*batch, n))
    return ab


def blocks(lower):
    """Tridiagonal, of equal blocks of order two: 1 and 3, each three times."""
    ab = np.array([[2.0] * 6, [1.0, 0.0] * 3])
    return ab if lower else np.stack([np.roll(ab[1], 1), ab[0]])


def in_storage(A, width, lower):
    """The gradient by the entries of a Hermitian matrix, by those of its storage."""
    ab = np.zeros((width + 1, len(A)), A.dtype)
    for d in range(min(width, len(A) - 1) + 1):
        entries = np.diagonal(A, -d) if lower else np.diagonal(A, d)
        at = (d, slice(0, len(A) - d)) if lower else (width - d, slice(d, None))
        ab[at] = 2 * entries if d else entries.real
    return ab


@fields
@triangles
@pytest.mark.parametrize(("width", "n"), [(0, 3), (1, 4), (3, 7), (4, 3), (1, 1)])
def test_gradients_are_those_of_the_dense_matrix(rng, width, n, lower, dtype):
    ab = apart(rng, width, n, lower, dtype=dtype)
    expected = in_storage(ln.grad(lambda A: seen(*la.eigh(A)))(hermitian(ab, lower)), width, lower)
    found = ln.grad(lambda x: seen(*la.eig_banded(x, lower=lower)))(ab)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e4 * EPS * np.max(np.abs(expected)))


@fields
@triangles
@pytest.mark.parametrize(
    "options",
    [{}, {"select": "i", "select_range": (1, 2)}, {"select": "v", "select_range": (1.5, 4.5)}],
    ids=str,
)
def test_derivatives_of_both_orders(rng, lower, dtype, options):
    ab = apart(rng, 2, 5, lower, dtype=dtype)
    main = np.arange(3)[:, None] == (0 if lower else 2)

    def cost(x):
        return seen(*la.eig_banded(x, lower=lower, **options))

    assert_right(cost, ab, normals(rng, 3, 5, dtype=dtype), lambda d: np.where(main, d.real, d))


@triangles
def test_a_batch_is_a_loop(rng, lower):
    ab = apart(rng, 2, 4, lower, (3,))
    cost = lambda x: seen(*la.eig_banded(x, lower=lower))  # noqa: E731  # shorter than a function
    expected = [ln.grad(cost)(one) for one in ab]
    np.testing.assert_allclose(ln.grad(cost)(ab), expected, rtol=0, atol=1e3 * EPS)


def test_a_batch_of_tridiagonal_matrices_shares_an_off_diagonal(rng):
    d, e = np.arange(4.0) + rng.uniform(0, 0.3, (2, 4)), rng.uniform(0.2, 0.5, 3)
    gd, ge = ln.grad(lambda d, e: seen(*la.eigh_tridiagonal(d, e)), (0, 1))(d, e)
    for one, g in zip(d, gd, strict=True):
        own, shared = ln.grad(lambda d, e: seen(*la.eigh_tridiagonal(d, e)), (0, 1))(one, e)
        np.testing.assert_allclose(g, own, rtol=0, atol=1e3 * EPS)
        ge = ge - shared
    np.testing.assert_allclose(ge, 0, atol=1e3 * EPS)


# -- where eigenvalues are equal -----------------------------------------------------------------------------------


@triangles
@pytest.mark.parametrize("power", [1, 3])
def test_sums_over_equal_eigenvalues_have_gradients_and_tangents(rng, lower, power):
    ab, t = blocks(lower), rng.normal(size=(2, 6))
    cost = lambda x: np.sum(la.eigvals_banded(x, lower=lower) ** power)  # noqa: E731  # shorter than a function
    A = hermitian(ab, lower)
    expected = in_storage(power * np.linalg.matrix_power(A, power - 1), 1, lower)
    np.testing.assert_allclose(ln.grad(cost)(ab), expected, rtol=0, atol=100 * EPS * 27)
    np.testing.assert_allclose(ln.jvp(cost, (ab,), (t,))[1], np.sum(expected * t), rtol=0, atol=1e4 * EPS)


@triangles
def test_sums_over_a_cluster_have_second_derivatives(rng, lower):
    assert_right(
        lambda x: np.sum(la.eigvals_banded(x, lower=lower)[:3]), blocks(lower), rng.normal(size=(2, 6))
    )


def test_one_of_several_equal_eigenvalues_has_no_derivative(rng):
    with pytest.raises(DegenerateError, match=r"linalg\.spectral"):
        ln.grad(lambda x: la.eigvals_banded(x, lower=True)[0])(blocks(True))
    with pytest.raises(DegenerateError, match=r"linalg\.spectral"):
        ln.grad(lambda d: la.eigvalsh_tridiagonal(d, np.zeros(1))[0])(np.ones(2))


def test_vectors_of_equal_eigenvalues_have_no_derivative(rng):
    ab, weights = blocks(True), rng.normal(size=(6, 6))
    cost = lambda x: np.sum(weights * la.eig_banded(x, lower=True)[1])  # noqa: E731  # shorter than a function
    with pytest.raises(DegenerateError, match=r"linalg\.spectral"):
        ln.grad(cost)(ab)
    with pytest.raises(DegenerateError, match=r"linalg\.spectral"):
        ln.jvp(cost, (ab,), (rng.normal(size=ab.shape),))


def test_a_tangent_that_nobody_uses_does_not_disturb(rng):
    ab = blocks(True)
    _, t = ln.jvp(lambda x: np.sum(la.eig_banded(x, lower=True)[0]), (ab,), (np.ones((2, 6)),))
    np.testing.assert_allclose(t, 6, rtol=0, atol=100 * EPS)


def test_a_cost_that_sees_phases_is_refused(rng):
    ab = apart(rng, 2, 5, True, dtype="D")
    with pytest.raises(GaugeError, match="leaves open"):
        ln.grad(lambda x: np.sum(la.eig_banded(x, lower=True)[1]).real)(ab)
    with ln.errstate(gauge="ignore"):
        assert ln.grad(lambda x: lnp.sum(lnp.real(la.eig_banded(x, lower=True)[1])))(ab).shape == (3, 5)


# -- cost ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cost", "most"),
    [
        (lambda x: np.sum(la.eigvals_banded(x, lower=True) ** 2), 1.5),
        (lambda x: np.sum(la.eig_banded(x, lower=True)[1] ** 4), 8),
    ],
    ids=["values", "vectors"],
)
def test_memory_is_that_of_the_eigenvectors(rng, cost, most):
    """In units of what SciPy takes, which is V three times; a dense A would come on top, several times."""
    ab = apart(rng, 3, 200, True)
    peaks = []
    for f in (lambda x: scipy.linalg.eig_banded(x, lower=True), ln.value_and_grad(cost)):
        f(ab)
        tracemalloc.start()
        f(ab)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] <= most * peaks[0]


@triangles
def test_values_are_those_of_scipys_routine_for_the_triangle(rng, lower):
    ab = apart(rng, 3, 9, lower)
    w, V = ln.vjp(lambda x: la.eig_banded(x, lower=lower), ab)[0]
    expected = scipy.linalg.eig_banded(ab, lower=lower)
    assert np.array_equal(w, expected[0])
    assert np.array_equal(V, expected[1])
