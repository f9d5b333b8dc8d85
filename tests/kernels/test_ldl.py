"""Bunch and Kaufman's factors, unpacked for all matrices of a batch at once, are SciPy's of each."""

import numpy as np
import pytest
import scipy.linalg

from linad.kernels import ldl


@pytest.mark.parametrize("hermitian", [True, False])
@pytest.mark.parametrize("lower", [True, False])
@pytest.mark.parametrize("dtype", "fdFD")
@pytest.mark.parametrize("n", [1, 2, 3, 5, 9])
def test_factors_are_scipys_of_each_matrix(n, dtype, lower, hermitian, rng):
    A = rng.normal(size=(4, 15, n, n))
    if np.dtype(dtype).kind == "c":
        A = A + 1j * rng.normal(size=A.shape)
    A = (A + (A.conj() if hermitian else A).swapaxes(-1, -2)).astype(dtype)
    A[::2, :, range(n), range(n)] *= 0.01  # pivots of two rows
    factors = ldl.factor(A, lower, hermitian)
    for i in np.ndindex(A.shape[:-2]):
        lu, D, perm = scipy.linalg.ldl(A[i], lower=lower, hermitian=hermitian)
        assert factors.perm[i].tolist() == perm.tolist()
        np.testing.assert_allclose(factors.lu[i], lu, rtol=0, atol=1e3 * np.finfo(dtype).eps)
        np.testing.assert_allclose(factors.D[i], D, rtol=0, atol=1e3 * np.finfo(dtype).eps)


@pytest.mark.parametrize("shape", [(0, 0), (2, 0, 0), (0, 3, 3)], ids=str)
def test_empty_ones_have_factors(shape):
    factors = ldl.factor(np.zeros(shape), True, True)
    assert factors.lu.shape == factors.D.shape == shape
    assert factors.perm.shape == shape[:-1]


def test_imaginary_parts_on_the_diagonal_are_warned_of():
    with pytest.warns(np.exceptions.ComplexWarning, match="imaginary"):
        ldl.factor(np.array([[1 + 1e-14j, 2], [2, 3]]), True, True)
