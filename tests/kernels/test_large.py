"""Products and triangular solves large enough for SciPy's BLAS agree with NumPy in every layout."""

from itertools import product

import numpy as np
import pytest

from linad.kernels.counters import counters
from linad.kernels.products import matmul, outer
from linad.kernels.triangular import solve_triangular

OP = {"N": lambda X: X, "T": lambda X: X.T, "H": lambda X: X.conj().T}


def views(X):
    """Equal to X, in other layouts."""
    wide = np.zeros((2 * X.shape[0], 3 * X.shape[1]), X.dtype)
    wide[::2, ::3] = X
    return [X, np.asfortranarray(X), np.ascontiguousarray(X[::-1])[::-1], wide[::2, ::3]]


@pytest.mark.parametrize(
    "shape", [(70, 80, 90), (1, 100, 120), (120, 100, 1), (3, 100, 2), (64, 64, 64)], ids=str
)
@pytest.mark.parametrize("dtype", "fdFD")
def test_products_agree_with_numpy(shape, dtype, rng):
    m, k, n = shape
    A, B = rng.standard_normal((m, k)).astype(dtype), rng.standard_normal((k, n)).astype(dtype)
    if dtype in "FD":
        A, B = A + 1j * A[::-1], B - 2j * B[:, ::-1]
    bound = 10 * k * np.finfo(dtype).eps
    for left, right in product(views(A), views(B)):
        C = matmul(left, right)
        assert C.dtype == dtype
        np.testing.assert_allclose(C, A @ B, rtol=0, atol=bound * np.linalg.norm(A, axis=1).max() * 3)


def test_a_product_with_the_transpose_of_the_same_array(rng):
    A = rng.standard_normal((70, 70))
    np.testing.assert_allclose(matmul(A, A.T), A @ A.T, rtol=0, atol=1e-12)


def test_products_of_unlike_dtypes_are_numpys(rng):
    A, B = rng.standard_normal((70, 70)), rng.integers(0, 9, (70, 70))
    np.testing.assert_array_equal(matmul(A, B), A @ B)
    np.testing.assert_array_equal(matmul(B, B), B @ B)


def test_shapes_that_do_not_fit_raise_numpys_error(rng):
    with pytest.raises(ValueError, match="mismatch"):
        matmul(np.ones((70, 71)), np.ones((70, 80)))


def test_large_outer_products_agree_with_numpy(rng):
    x, y = rng.standard_normal(600), rng.standard_normal(500)
    np.testing.assert_array_equal(outer(x, y), np.outer(x, y))


@pytest.mark.parametrize("dtype", "fdFD")
@pytest.mark.parametrize("n", [10, 80])
def test_triangular_solves_satisfy_the_equation(n, dtype, rng):
    for trans, lower, unit in product("NTH", (True, False), (True, False)):
        T = (rng.standard_normal((n, n)) / n + 2 * np.eye(n)).astype(dtype)
        T = T * (1 + 0.5j) if dtype in "FD" else T
        seen = np.tril(T) if lower else np.triu(T)
        seen = seen - np.diag(np.diag(seen)) + np.eye(n) if unit else seen
        for B in views(rng.standard_normal((n, 5)).astype(dtype)):
            X = solve_triangular(T, B, lower, trans, unit)
            assert X.dtype == dtype
            np.testing.assert_allclose(OP[trans](seen) @ X, B, rtol=0, atol=200 * n * np.finfo(dtype).eps)


def test_triangular_solves_broadcast(rng):
    T, B = np.tril(rng.standard_normal((3, 1, 70, 70))) / 70 + np.eye(70), rng.standard_normal((2, 70, 4))
    with counters() as ran:
        X = solve_triangular(T, B, True, "N", False)
    assert ran == {"trsm": 6}
    np.testing.assert_allclose(T @ X, np.broadcast_to(B, X.shape), rtol=0, atol=1e-12)


@pytest.mark.parametrize("n", [10, 70])
def test_a_zero_on_the_diagonal_is_named(n):
    T, B = np.broadcast_to(np.eye(n), (2, 3, n, n)).copy(), np.ones((n, 2))
    T[1, 2, 5, 5] = T[1, 2, 7, 7] = 0
    with pytest.raises(
        np.linalg.LinAlgError, match=r"\(1, 2\) of the batch is singular: its diagonal entry 5 is zero"
    ):
        solve_triangular(T, B, True, "N", False)
    with pytest.raises(np.linalg.LinAlgError, match="matrix is singular: its diagonal entry 5 is zero"):
        solve_triangular(T[1, 2], B, True, "N", False)
    assert solve_triangular(T, B, True, "N", True).shape == (2, 3, n, 2)


@pytest.mark.parametrize(
    "shapes", [((70, 70), (70, 0)), ((0, 70, 70), (70, 2)), ((70, 70), (0, 70, 2))], ids=str
)
def test_nothing_to_solve_is_no_failure(shapes):
    T, B = (np.zeros(shape) for shape in shapes)
    assert solve_triangular(T, B, True, "N", False).size == 0
