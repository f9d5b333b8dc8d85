"""Batches of small matrices: what is computed for all at once is what is computed for each."""

import numpy as np
import pytest

import linad.linalg as la
from linad.kernels import batches, lu
from linad.kernels.batch_factors import BatchFactors

SHAPES = [(40, 4, 4), (60, 5, 3), (10, 6, 3, 5), (50, 1, 1), (3, 40, 8, 8)]


def drawn(rng, shape, dtype):
    A = rng.normal(size=shape)
    return (A + 1j * rng.normal(size=shape) if np.dtype(dtype).kind == "c" else A).astype(dtype)


def one_by_one(A):
    return [lu.factor(A[i]) for i in np.ndindex(A.shape[:-2])]


@pytest.mark.parametrize("dtype", "fdFD")
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_the_factors_are_those_of_each_matrix(shape, dtype, rng):
    A = drawn(rng, shape, dtype)
    found, each = lu.factor(A), one_by_one(A)
    assert isinstance(found, BatchFactors)
    for name in ("packed", "pivots", "perm", "diagonal", "exchanges"):
        expected = np.array([getattr(factors, name) for factors in each])
        value = getattr(found, name)
        assert value.dtype == expected.dtype
        np.testing.assert_allclose(
            value, expected.reshape(value.shape), rtol=0, atol=1e3 * np.finfo(dtype).eps
        )
    assert found.singular is None
    assert found.spread == pytest.approx(min(factors.spread for factors in each), rel=1e-3)


@pytest.mark.parametrize("dtype", "fdFD")
@pytest.mark.parametrize("trans", "NTH")
@pytest.mark.parametrize("right", [(40, 4, 1), (1, 4, 3), (4, 2), (2, 40, 4, 1)], ids=str)
def test_solutions_are_those_of_each_matrix(right, trans, dtype, rng):
    A = drawn(rng, (40, 4, 4), dtype) + 4 * np.eye(4, dtype=dtype)
    B = drawn(rng, right, dtype)
    X = lu.factor(A).apply(B, trans)
    op = {"N": A, "T": A.swapaxes(-1, -2), "H": A.conj().swapaxes(-1, -2)}[trans]
    assert X.dtype == np.dtype(dtype)
    np.testing.assert_allclose(op @ X, np.broadcast_to(B, X.shape), rtol=0, atol=1e3 * np.finfo(dtype).eps)


@pytest.mark.parametrize("lower", [True, False])
@pytest.mark.parametrize("unit", [True, False])
@pytest.mark.parametrize("trans", "NTH")
def test_triangular_solutions_are_those_of_each_matrix(trans, unit, lower, rng):
    T = drawn(rng, (3, 20, 5, 5), complex) + 5 * np.eye(5)
    B = drawn(rng, (20, 5, 2), complex)
    X = batches.solve_triangular(T, B, lower, trans, unit, (3, 20))
    expected = la.solve_triangular(T, B, {"N": 0, "T": 1, "H": 2}[trans], lower=lower, unit_diagonal=unit)
    np.testing.assert_allclose(X, expected, rtol=1e-12, atol=1e-13)


def test_the_first_singular_matrix_is_named(rng):
    A = drawn(rng, (5, 8, 3, 3), float)
    A[3, 2, 1] = A[3, 2, 0]
    A[4, 4] = 0
    factors = lu.factor(A)
    assert factors.singular == (2, (3, 2))
    with pytest.raises(
        np.linalg.LinAlgError, match=r"matrix \(3, 2\) of the batch is exactly singular \(pivot 2"
    ):
        factors.apply(np.ones((3, 1)), "N")


@pytest.mark.parametrize("dtype", "fdFD")
@pytest.mark.parametrize("shape", [(60, 4, 4), (60, 5, 3), (60, 3, 5), (90, 7, 7)], ids=str)
def test_the_factors_of_singular_matrices_are_those_of_each(shape, dtype, rng):
    A = drawn(rng, shape, dtype)
    A[3, :, 0] = 0
    A[7] = 0
    A[9, :, 2] = 0
    found, each = lu.factor(A), one_by_one(A)
    assert found.singular == (0, (3,))
    for name in ("packed", "perm", "exchanges"):
        expected = np.array([getattr(factors, name) for factors in each])
        np.testing.assert_allclose(getattr(found, name), expected, rtol=0, atol=1e3 * np.finfo(dtype).eps)


@pytest.mark.parametrize("dtype", "fdFD")
@pytest.mark.parametrize("shape", [(60, 4, 4), (60, 5, 3), (3001, 8, 8)], ids=str)
def test_few_matrices_whose_rows_are_exchanged(shape, dtype, rng):
    A = drawn(rng, shape, dtype) / 4 + 3 * np.eye(*shape[-2:], dtype=dtype)
    A[7] = A[7][::-1]
    A[50] = A[50][:, ::-1]
    found, each = lu.factor(A), one_by_one(A)
    np.testing.assert_array_equal(found.perm, [factors.perm for factors in each])
    expected = np.array([factors.packed for factors in each])
    np.testing.assert_allclose(found.packed, expected, rtol=0, atol=1e3 * np.finfo(dtype).eps)


def test_ties_are_decided_as_lapack_does(rng):
    A = rng.choice([-1.0, 1.0], size=(500, 6, 6))
    found, each = lu.factor(A), one_by_one(A)
    np.testing.assert_array_equal(found.perm, [factors.perm for factors in each])


def test_what_is_no_number_stays_in_its_matrix(rng):
    A, B = drawn(rng, (80, 5, 5), float), drawn(rng, (80, 5, 2), float)
    expected = lu.factor(A).apply(B, "N")
    A[11, 3, 1], A[12, 0, 0] = np.nan, np.inf
    found = lu.factor(A).apply(B, "N")
    assert np.isnan(found[11]).any()
    others = np.delete(np.arange(80), [11, 12])
    np.testing.assert_array_equal(found[others], expected[others])


@pytest.mark.parametrize("dtype", "dF")
def test_large_batches_are_taken_in_portions_to_the_last_bit(dtype, rng):
    A, B = drawn(rng, (3001, 8, 8), dtype), drawn(rng, (3001, 8, 3), dtype)

    def answers(A, B):
        factors = lu.factor(A)
        return [
            factors.packed,
            factors.perm,
            factors.inverse(),
            *(factors.apply(B, trans) for trans in "NTH"),
            batches.solve_triangular(A, B, True, "N", False, A.shape[:1]),
        ]

    for whole, *parts in zip(
        answers(A, B), answers(A[:1100], B[:1100]), answers(A[1100:], B[1100:]), strict=True
    ):
        np.testing.assert_array_equal(whole, np.concatenate(parts))


def test_determinants_keep_their_size_and_sign(rng):
    A = drawn(rng, (30, 3, 3), float) * 1e-120
    sign, logabs = lu.factor(A).slogdet()
    expected = np.linalg.slogdet(A)
    np.testing.assert_array_equal(sign, expected[0])
    np.testing.assert_allclose(logabs, expected[1], rtol=1e-14)


def test_few_or_large_matrices_are_factored_one_by_one(rng):
    assert not isinstance(lu.factor(drawn(rng, (3, 4, 4), float)), BatchFactors)
    assert not isinstance(lu.factor(drawn(rng, (400, 17, 17), float)), BatchFactors)


def test_right_sides_of_one_number_each_are_left_alone(rng):
    """The layout of such a batch is that of its transpose."""
    A, B = 2 + rng.random((20, 1, 1)), rng.random((20, 1, 1))
    before = B.copy()
    X = BatchFactors(A).apply(B, "T")
    Y = batches.solve_triangular(A, B, True, "N", False, (20,))
    np.testing.assert_array_equal(B, before)
    np.testing.assert_allclose(X, B / A, rtol=1e-15)
    np.testing.assert_allclose(Y, B / A, rtol=1e-15)


@pytest.mark.parametrize("dtype", "fdFD")
@pytest.mark.parametrize("shape", [(40, 4, 4), (3, 40, 8, 8), (50, 1, 1), (2100, 5, 5)], ids=str)
def test_inverses_invert(shape, dtype, rng):
    A = drawn(rng, shape, dtype) + shape[-1] * np.eye(shape[-1], dtype=dtype)
    factors = lu.factor(A)
    X, c = factors.inverse(), rng.normal(size=shape[:-2]).astype(np.dtype(dtype).char.lower())
    eye, close = np.eye(shape[-1]), {"rtol": 0, "atol": 1e3 * np.finfo(dtype).eps}
    assert X.shape == A.shape
    assert X.dtype == A.dtype
    np.testing.assert_allclose(A @ X, np.broadcast_to(eye, shape), **close)
    for scale in (1.0, 2.5, c, np.broadcast_to(c.flat[0], c.shape), np.broadcast_to(1.0, c.shape)):
        Y = factors.inverse_adjoint(scale)
        assert Y.shape == A.shape
        assert Y.dtype == A.dtype
        expected = np.asarray(scale)[..., None, None] * eye
        np.testing.assert_allclose(Y.conj().swapaxes(-1, -2) @ A, np.broadcast_to(expected, shape), **close)
