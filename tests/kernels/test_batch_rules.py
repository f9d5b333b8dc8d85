"""Factorizations of batches of small matrices: factors, cotangents and condition numbers are those of each matrix."""

import numpy as np
import pytest

import linad as ln
import linad.linalg as la
from linad.kernels import batch_rules, condition, definite, lu, qr
from linad.kernels import cholesky as cholesky_kernels
from linad.kernels.batch_factors import BatchFactors
from linad.operations.lu import exchanged

ORDERS = (1, 2, 3, 5, 12)
BATCH = (2, 50)


def drawn(rng, shape, dtype):
    A = rng.normal(size=shape)
    return (A + 1j * rng.normal(size=shape) if np.dtype(dtype).kind == "c" else A).astype(dtype)


def regular(rng, m, n, dtype):
    return (drawn(rng, (*BATCH, m, n), dtype) / 3 + 2 * np.eye(m, n)).astype(dtype)


def positive(rng, n, dtype):
    A = regular(rng, n, n, dtype)
    S = A @ A.conj().swapaxes(-1, -2) + np.eye(n, dtype=dtype)
    return (S + S.conj().swapaxes(-1, -2)) / 2


def assert_close(found, expected, dtype):
    assert found.dtype == np.dtype(dtype)
    size = max(1.0, float(np.max(np.abs(expected))))
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e3 * np.finfo(dtype).eps * size)


def chosen(parts, which):
    return [parts[i] for i in which]


def weighted(parts, weights):
    return sum(np.sum((part * W.conj()).real) for part, W in zip(parts, weights, strict=True))


def assert_gradients_are_those_of_each(factors, A, weights):
    def cost(A, *weights):
        return weighted(factors(A), weights)

    found = ln.grad(cost)(A, *weights)
    each = [ln.grad(cost)(A[i], *(W[i] for W in weights)) for i in np.ndindex(BATCH)]
    assert_close(found, np.array(each).reshape(A.shape), A.dtype)


@pytest.fixture
def kernels_serve(monkeypatch):
    """Whether each call of a kernel served: none falls back to the program in silence."""
    served = []
    for name in ("lu", "cholesky", "qr"):
        kernel = getattr(batch_rules, name)

        def run(*args, kernel=kernel):
            found = kernel(*args)
            served.append(found is not None)
            return found

        monkeypatch.setattr(batch_rules, name, run)
    return served


@pytest.mark.parametrize("dtype", "fdFD")
@pytest.mark.parametrize("n", ORDERS)
@pytest.mark.parametrize("which", [(0,), (1,), (0, 1)], ids=["L", "U", "LU"])
def test_cotangents_of_lu_are_those_of_each_matrix(which, n, dtype, rng, kernels_serve):
    A = regular(rng, n, n, dtype)
    weights = [drawn(rng, A.shape, dtype) for _ in which]
    assert_gradients_are_those_of_each(lambda A: chosen(la.lu(A)[1:], which), A, weights)
    assert kernels_serve == [True]


@pytest.mark.parametrize("dtype", "fdFD")
@pytest.mark.parametrize("n", ORDERS)
def test_cotangents_of_cholesky_are_those_of_each_matrix(n, dtype, rng, kernels_serve):
    A = positive(rng, n, dtype)
    assert_gradients_are_those_of_each(lambda A: [np.linalg.cholesky(A)], A, [drawn(rng, A.shape, dtype)])
    assert kernels_serve == [True]


@pytest.mark.parametrize("dtype", "fdFD")
@pytest.mark.parametrize("shape", [(1, 1), (3, 3), (5, 2), (12, 12)], ids=str)
@pytest.mark.parametrize("which", [(0,), (1,), (0, 1)], ids=["Q", "R", "QR"])
def test_cotangents_of_qr_are_those_of_each_matrix(which, shape, dtype, rng, kernels_serve):
    A = regular(rng, *shape, dtype)
    sizes = [(*BATCH, *shape), (*BATCH, shape[1], shape[1])]
    weights = [drawn(rng, sizes[i], dtype) for i in which]
    assert_gradients_are_those_of_each(lambda A: chosen(np.linalg.qr(A), which), A, weights)
    assert kernels_serve == [True]


@pytest.mark.parametrize("dtype", "fdFD")
@pytest.mark.parametrize("n", ORDERS)
@pytest.mark.parametrize("form", ["lower", "upper", "reversed"])
def test_cholesky_factors_and_inverses_are_those_of_each_matrix(form, n, dtype, rng):
    A = positive(rng, n, dtype)
    C = cholesky_kernels.cholesky(A, form)
    each = np.array([cholesky_kernels.cholesky(A[i], form) for i in np.ndindex(BATCH)]).reshape(A.shape)
    assert_close(C, each, dtype)
    if form == "lower":
        factors, B = definite.factor(A, form), drawn(rng, (*BATCH, n, 2), dtype)
        assert_close(A @ factors.inverse(), np.broadcast_to(np.eye(n), A.shape), dtype)
        np.testing.assert_array_equal(factors.inverse(), factors.inverse().conj().swapaxes(-1, -2))
        assert_close(A @ factors.apply(B, "N"), B, dtype)
        assert_close(A @ factors.apply(B[0], "N"), np.broadcast_to(B[0], B.shape), dtype)


@pytest.mark.parametrize("wrong", [-1.0, 0.0])
def test_the_matrix_that_is_not_definite_is_named(wrong, rng):
    A = positive(rng, 3, float)
    A[1, 7, 1, 1] = wrong
    with pytest.raises(np.linalg.LinAlgError, match=r"matrix \(1, 7\) of the batch is not positive definite"):
        cholesky_kernels.cholesky(A, "lower")


def test_what_is_no_number_stays_in_its_matrix(rng):
    A = positive(rng, 3, float)
    expected = cholesky_kernels.cholesky(A, "lower").copy()
    A[1, 7, 1, 1] = np.nan
    found = cholesky_kernels.cholesky(A, "lower")
    assert np.isnan(found[1, 7]).any()
    expected[1, 7] = found[1, 7]
    np.testing.assert_allclose(found, expected, rtol=1e-14)


@pytest.mark.parametrize("complete", [False, True])
@pytest.mark.parametrize("dtype", "fdFD")
@pytest.mark.parametrize("shape", [(3, 3), (4, 2), (2, 4)], ids=str)
def test_qr_factors_are_those_of_each_matrix(shape, dtype, complete, rng):
    A = regular(rng, *shape, dtype)
    factors = qr.factor(A, False, complete)
    each = [qr.factor(A[i], False, complete) for i in np.ndindex(BATCH)]
    for name in ("Q", "R"):
        value = getattr(factors, name)
        assert_close(value, np.array([getattr(one, name) for one in each]).reshape(value.shape), dtype)
        assert not value.flags.writeable


def test_condition_numbers_are_found_or_estimated(rng):
    """LAPACK's estimates are no larger than what is exact; poor ones are LAPACK's own."""
    A = regular(rng, 4, 4, float)
    A[1, 3, :, 0] = A[1, 3, :, 1] * (1 + 1e-10 * rng.normal(size=4))
    assert isinstance(lu.factor(A), BatchFactors)
    S = positive(rng, 4, float)
    S[1, 3] *= np.outer([1, 1, 1, 1e-6], [1, 1, 1, 1e-6])
    for matrices, factor in ((A, lu.factor), (S, lambda S: definite.factor(S, "lower"))):
        found = condition.of_factors(matrices, factor(matrices))
        each = [condition.of_factors(matrices[i], factor(matrices[i])) for i in np.ndindex(BATCH)]
        single = np.array(each).reshape(BATCH)
        exact = np.array([1 / np.linalg.cond(matrices[i], 1) for i in np.ndindex(BATCH)]).reshape(BATCH)
        assert found[1, 3] == pytest.approx(float(single[1, 3]), rel=1e-4)
        assert found[1, 3] < 1e-8
        found[1, 3] = exact[1, 3]
        np.testing.assert_allclose(found, exact, rtol=1e-9)


@pytest.mark.parametrize("shape", [(3,), (2, 3), (4, 0), (2, 2, 4)], ids=str)
def test_exchanges_make_the_permutation_that_they_make_one_after_the_other(shape, rng):
    m, k = 4, shape[-1]
    pivots = np.array(
        [[int(rng.integers(i, m)) for i in range(k)] for _ in range(int(np.prod(shape[:-1])))], int
    ).reshape(shape)
    found = exchanged(pivots, m)
    assert found.shape == (*shape[:-1], m)
    for where in np.ndindex(shape[:-1]):
        order = list(range(m))
        for i, j in enumerate(pivots[where]):
            order[i], order[j] = order[j], order[i]
        assert found[where].tolist() == order
