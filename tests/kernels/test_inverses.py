"""Inverses by halves, and vectors by trsv: they satisfy their equations at orders on both sides of each threshold."""

import numpy as np
import pytest

from linad.kernels import cholesky, inverses, lu
from linad.kernels.definite import Definite
from linad.kernels.turned import Turned, turned

types = pytest.mark.parametrize("dtype", "fdFD")
ORDERS = [1, 2, 63, 64, 65, 130, 200]


def drawn(rng, shape, dtype):
    X = rng.normal(size=shape) + (1j * rng.normal(size=shape) if dtype in "FD" else 0)
    return X.astype(dtype)


def definite(rng, n, dtype):
    A = drawn(rng, (n, n), dtype)
    return (A @ A.conj().T + n * np.eye(n)).astype(dtype)


def bound(n, dtype):
    return 100 * n * np.finfo(dtype).eps


@types
@pytest.mark.parametrize("n", ORDERS)
@pytest.mark.parametrize("lower", [True, False], ids=["lower", "upper"])
@pytest.mark.parametrize("unit", [True, False], ids=["unit", "own"])
@pytest.mark.parametrize("order", "CF")
def test_a_triangle_is_inverted_in_place(n, lower, unit, order, dtype, rng):
    X = np.array(drawn(rng, (n, n), dtype) / n + 2 * np.eye(n), dtype, order=order)
    seen = np.tril(X) if lower else np.triu(X)
    if unit:
        np.einsum("ii->i", seen)[...] = 1
    other = np.triu(X, 1) if lower else np.tril(X, -1)
    inverses.invert_triangle(X, lower, unit)
    found = np.tril(X) if lower else np.triu(X)
    np.testing.assert_array_equal(X - found, other)  # the rest is left as it is
    if unit:
        np.einsum("ii->i", found)[...] = 1
    np.testing.assert_allclose(found @ seen, np.eye(n), rtol=0, atol=bound(n, dtype))


@types
@pytest.mark.parametrize("n", ORDERS)
def test_the_inverse_of_a_definite_matrix_is_hermitian(n, dtype, rng):
    A = definite(rng, n, dtype)
    X = Definite(cholesky.cholesky(A, "lower")).inverse()
    np.testing.assert_array_equal(X, X.conj().T)
    np.testing.assert_allclose(X @ A, np.eye(n), rtol=0, atol=bound(n, dtype))
    assert X.dtype == A.dtype


@types
@pytest.mark.parametrize("n", [63, 64, 100])
def test_a_vector_is_solved_for_by_itself(n, dtype, rng):
    A, b = definite(rng, n, dtype), drawn(rng, 2 * n, dtype)[::2]
    before = b.copy()
    L = cholesky.cholesky(A, "lower")
    wide = np.zeros((2 * n, 3 * n), dtype)
    wide[::2, ::3] = L
    for C in (L, np.asfortranarray(L), wide[::2, ::3]):
        x = cholesky.apply_inverse(C, b[:, None])
        assert x.shape == (n, 1)
        assert x.dtype == A.dtype
        np.testing.assert_allclose(A @ x[:, 0], b, rtol=0, atol=bound(n, dtype) * np.abs(b).max())
    np.testing.assert_array_equal(b, before)


@types
@pytest.mark.parametrize("shape", [(4, 4), (100, 100), (3, 5, 5), (2, 80, 80), (50, 4, 4), (0, 0)], ids=str)
def test_adjoints_of_inverses_have_memory_of_their_own(shape, dtype, rng):
    A = (drawn(rng, shape, dtype) + 9 * np.eye(shape[-1])).astype(dtype)
    factors = lu.factor(A)
    for op in "NTCH" if isinstance(factors, lu.Factors) else "N":
        X = (factors if op == "N" else Turned(factors, op)).inverse_adjoint()
        assert X.base is None
        assert X.flags.c_contiguous
        assert X.dtype == A.dtype
        np.testing.assert_allclose(
            X.conj().swapaxes(-1, -2) @ turned(A, op),
            np.broadcast_to(np.eye(shape[-1]), shape),
            rtol=0,
            atol=bound(max(shape[-1], 1), dtype),
        )


def test_a_singular_matrix_has_none():
    A = np.eye(80)
    A[7, 7] = 0
    with pytest.raises(np.linalg.LinAlgError, match="pivot 7 is zero"):
        lu.factor(A).inverse_adjoint()
