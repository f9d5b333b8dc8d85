"""The linearised equation of a band Cholesky factor and its adjoint, by segments of columns."""

import numpy as np
import pytest

from linad.kernels import banded_cholesky as kernels
from linad.kernels.banded import inside
from tests.linalg.drawing import normals

SIZES = [(0, 50), (0, 1), (1, 7), (1, 40), (2, 61), (3, 128), (5, 1), (5, 3), (6, 200)]
sizes = pytest.mark.parametrize(("k", "n"), SIZES)
dtypes = pytest.mark.parametrize("dtype", ["f", "d", "F", "D"])


def storage(rng, k, n, dtype, batch=()):
    """Of a lower triangle with a real diagonal; zero where no entry stands."""
    ab = normals(rng, *batch, k + 1, n, dtype=dtype)
    ab[..., 0, :] = ab[..., 0, :].real
    return np.where(inside(0, ab.shape), ab, 0).astype(dtype)


def factor(rng, k, n, dtype, batch=()):
    L = 0.5 / (k + 1) * storage(rng, k, n, dtype, batch)
    L[..., 0, :] = rng.uniform(1, 2, (*batch, n))
    return L.astype(dtype)


def close(found, expected):
    scale = np.finfo(expected.dtype).eps * np.max(np.abs(expected), initial=1)
    np.testing.assert_allclose(found, expected, rtol=0, atol=300 * scale)


@sizes
@dtypes
def test_the_tangent_solves_the_linearised_equation(rng, k, n, dtype):
    L, M = factor(rng, k, n, dtype), storage(rng, k, n, dtype)
    X = kernels.solve(L, M)
    assert X.dtype == M.dtype
    close(kernels.symmetric(X, L), M)


@sizes
@dtypes
def test_the_dual_solves_its_equation(rng, k, n, dtype):
    L, G = factor(rng, k, n, dtype), storage(rng, k, n, dtype)
    Y = kernels.solve_dual(L, G)
    assert Y.dtype == G.dtype
    found = kernels.dual(Y, L)
    found[0] = found[0].real  # diagonals of L are real: nothing else is seen there
    close(found, G)


@sizes
@dtypes
def test_both_are_adjoint(rng, k, n, dtype):
    L, M, G = factor(rng, k, n, dtype), storage(rng, k, n, dtype), storage(rng, k, n, dtype)
    left, right = np.vdot(G, kernels.solve(L, M)).real, np.vdot(kernels.solve_dual(L, G), M).real
    assert abs(left - right) <= 1e3 * np.finfo(dtype).eps * n * (k + 1)


@pytest.mark.parametrize("solve", [kernels.solve, kernels.solve_dual])
@pytest.mark.parametrize("shapes", [((3,), (3,)), ((2, 1), (3,)), ((), (2,)), ((0,), ())], ids=str)
def test_a_batch_is_a_loop(rng, solve, shapes):
    L, M = (make(rng, 2, 30, "d", batch) for make, batch in zip((factor, storage), shapes, strict=True))
    batch = np.broadcast_shapes(*shapes)
    found = solve(L, M)
    assert found.shape == (*batch, 3, 30)
    L, M = np.broadcast_to(L, found.shape), np.broadcast_to(M, found.shape)
    for i in np.ndindex(batch):
        close(found[i], solve(L[i], M[i]))


def test_corners_are_not_read(rng):
    L, M = factor(rng, 3, 40, "d"), storage(rng, 3, 40, "d")
    filled = [np.where(inside(0, x.shape), x, np.nan) for x in (L, M)]
    for solve in (kernels.solve, kernels.solve_dual):
        np.testing.assert_array_equal(solve(*filled), solve(L, M))
