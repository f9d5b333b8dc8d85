"""lu, lu_factor, lu_solve: SciPy's values on traced arrays, derivatives of every shape, any pivot but one."""

import numpy as np
import pytest
import scipy.linalg

import linad as ln
import linad.linalg as la
from linad.check.differences import directional

EPS = np.finfo(float).eps
SHAPES = [(4, 4), (5, 3), (3, 5), (2, 3, 3), (2, 4, 2), (1, 1)]
each = pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: "x".join(map(str, shape)))
kinds = pytest.mark.parametrize("dtype", "dDfF")


def drawn(rng, shape, dtype="d"):
    A = rng.normal(size=shape) + (1j * rng.normal(size=shape) if dtype in "DF" else 0)
    return A.astype(dtype)


def traced_value(f, A):
    """The value of a function of a traced array."""
    return ln.jvp(f, (A,), (np.zeros_like(A),))[0]


@each
@kinds
@pytest.mark.parametrize("options", [{}, {"permute_l": True}, {"p_indices": True}], ids=str)
def test_values_are_scipys(shape, dtype, options, rng):
    A = drawn(rng, shape, dtype)
    expected = scipy.linalg.lu(A, **options)
    for i, part in enumerate(expected):
        found = traced_value(lambda A, i=i: la.lu(A, **options)[i], A)
        assert found.dtype == part.dtype
        np.testing.assert_allclose(found, part, atol=20 * np.finfo(dtype).eps)


@pytest.mark.parametrize("shape", [(0, 0), (0, 3), (3, 0), (2, 0, 3)])
@pytest.mark.parametrize("options", [{}, {"permute_l": True}, {"p_indices": True}], ids=str)
def test_empty_matrices_are_scipys(shape, options):
    A = np.ones(shape)
    found = ln.jvp(lambda A: la.lu(A, **options), (A,), (A,))[0]
    for part, expected in zip(found, scipy.linalg.lu(A, **options), strict=True):
        assert part.shape == expected.shape
        assert part.dtype == expected.dtype


@each
@pytest.mark.parametrize("dtype", "dD")
def test_the_tangent_solves_the_linearised_equation(shape, dtype, rng):
    A, dA = drawn(rng, shape, dtype), drawn(rng, shape, dtype)
    P, L, U = scipy.linalg.lu(A)
    dL, dU = ln.jvp(lambda A: la.lu(A)[1:], (A,), (dA,))[1]
    np.testing.assert_allclose(
        P @ (dL @ U + L @ dU), dA, atol=1e3 * EPS * (1 + np.max(abs(dL)) + np.max(abs(dU)))
    )
    assert not np.any(np.triu(dL))
    assert not np.any(np.tril(dU, -1))


@each
@pytest.mark.parametrize("parts", [(1,), (2,), (1, 2)], ids=str)
def test_gradients_of_any_subset_are_differences(shape, parts, rng):
    A, u = drawn(rng, shape), drawn(rng, shape)

    def cost(A):
        return sum(np.sum(np.sin(la.lu(A)[i])) for i in parts)

    difference, error = directional(cost, (A,), (u,))
    assert np.abs(np.sum(ln.grad(cost)(A) * u) - difference) <= 10 * error + 1e4 * EPS * np.abs(difference)


@each
def test_hessian_products_are_differences_of_gradients(shape, rng):
    A, u = drawn(rng, shape), drawn(rng, shape)

    def cost(A):
        _, L, U = la.lu(A)
        return np.sum(np.sin(L)) + np.sum(np.cos(U))

    difference, error = directional(ln.grad(cost), (A,), (u,))
    product = ln.hvp(cost, (A,), (u,))
    assert np.all(np.abs(product.ravel() - difference) <= 10 * error + 1e5 * EPS * np.max(np.abs(product)))


def test_the_last_pivot_may_be_zero(rng):
    A = np.array([[4.0, 3.0, 1.0], [2.0, 4.0, 2.0], [6.0, 7.0, 3.0]])  # of rank two
    A[2] = A[0] + A[1]
    dA = rng.normal(size=(3, 3))
    P, L, U = scipy.linalg.lu(A)
    dL, dU = ln.jvp(lambda A: la.lu(A)[1:], (A,), (dA,))[1]
    np.testing.assert_allclose(P @ (dL @ U + L @ dU), dA, atol=1e3 * EPS)
    G = rng.normal(size=(3, 3))
    gradient = ln.grad(lambda A: np.sum(G * la.lu(A)[2]))(A)
    assert np.sum(gradient * dA) == pytest.approx(np.sum(G * dU), rel=1e-12)


@each
def test_lu_factor_is_the_packed_form(shape, rng):
    A, G = drawn(rng, shape), drawn(rng, shape)
    packed, piv = ln.jvp(la.lu_factor, (A,), (A,))[0]
    expected, pivots = scipy.linalg.lu_factor(A)
    np.testing.assert_allclose(packed, expected, atol=20 * EPS)
    np.testing.assert_array_equal(piv, pivots)
    k = min(shape[-2:])

    def by_parts(A):
        _, L, U = la.lu(A)
        return np.sum(np.tril(G[..., :, :k], -1) * L) + np.sum(np.triu(G[..., :k, :]) * U)

    np.testing.assert_allclose(
        ln.grad(lambda A: np.sum(G * la.lu_factor(A)[0]))(A), ln.grad(by_parts)(A), rtol=1e-10, atol=1e-12
    )


@pytest.mark.parametrize("trans", [0, 1, 2])
@pytest.mark.parametrize("dtype", "dD")
@pytest.mark.parametrize("b_shape", [(4,), (4, 2), (3, 4, 2)], ids=str)
def test_lu_solve_after_lu_factor_is_solve(trans, dtype, b_shape, rng):
    A, b = drawn(rng, (4, 4), dtype), drawn(rng, b_shape, dtype)

    def op(A):
        return {0: A, 1: A.T, 2: np.conj(A.T)}[trans]

    def cost(A, b):
        return np.sum(np.abs(la.lu_solve(la.lu_factor(A), b, trans)) ** 2)

    def direct(A, b):
        x = np.linalg.solve(op(A), b if b.ndim > 1 else b[:, None])
        return np.sum(np.abs(x) ** 2)

    assert cost(A, b) == pytest.approx(direct(A, b), rel=1e-10)
    for own, other in zip(
        ln.grad(cost, argnums=(0, 1))(A, b), ln.grad(direct, argnums=(0, 1))(A, b), strict=True
    ):
        np.testing.assert_allclose(own, other, rtol=1e-8, atol=1e-10)


def test_one_factorization_serves_lu_solve_det_and_inv(rng):
    A, b = drawn(rng, (5, 5)), drawn(rng, (5,))

    def cost(A):
        return np.sum(la.lu(A)[2]) + np.sum(la.solve(A, b)) + la.det(A) + np.sum(np.linalg.inv(A))

    with ln.counters() as ran:
        ln.grad(cost)(A)
    assert ran["getrf"] == 1


def test_in_an_explicit_graph_the_permutation_is_that_of_the_data(rng):
    A = ln.symbol("A", shape=(3, 3))
    P, L, U = la.lu(A)
    f = ln.function([A], [P, P @ L @ U])
    for _ in range(3):
        data = drawn(rng, (3, 3))
        exchanged, product = f(data)
        np.testing.assert_array_equal(exchanged, la.lu(data)[0])
        np.testing.assert_allclose(product, data, rtol=0, atol=1e-14)
