"""Functions of Hermitian matrices: values, derivatives at any multiplicity and order, projectors, errors."""

import numpy as np
import pytest
import scipy.linalg

import linad as ln
import linad.linalg as la
import linad.numpy as lnp
from linad.check.differences import directional
from linad.errors import ClosureError, NotHermitianError, ShapeError
from linad.operations.divided import divided_differences


def part(A):
    return 0.5 * (A + A.conj().swapaxes(-1, -2))


def with_eigenvalues(rng, values, kind=float):
    n = len(values)
    Q = np.linalg.qr(rng.normal(size=(n, n)) + (1j * rng.normal(size=(n, n)) if kind is complex else 0))[0]
    return part((Q * values) @ Q.conj().T)


POINTS = {
    "apart": [1.0, 2.0, 3.5],
    "tie": [1.0, 1.0, 2.0],
    "all": [2.0, 2.0, 2.0],
    "near": [1.0, 1.0 + 1e-9, 1.0 + 2e-5],
    "zero": [1e-300, 1e-12, 1.0],
}


@pytest.mark.parametrize("kind", [float, complex])
@pytest.mark.parametrize("values", list(POINTS.values()), ids=list(POINTS))
def test_it_is_the_exponential_to_second_order(rng, values, kind):
    """Frechet derivatives of expm are an independent computation, of general matrices."""
    A = with_eigenvalues(rng, values, kind)
    u, v = (
        part(rng.normal(size=A.shape) + (1j * rng.normal(size=A.shape) if kind is complex else 0))
        for _ in "uv"
    )
    f = lambda A: la.spectral(np.exp, A)  # noqa: E731  # shorter than a function
    value, tangent = ln.jvp(f, (A,), (u,))
    np.testing.assert_allclose(value, scipy.linalg.expm(A), rtol=0, atol=1e-11)
    np.testing.assert_allclose(tangent, scipy.linalg.expm_frechet(A, u)[1], rtol=0, atol=1e-11)
    Z = np.zeros_like(A)
    whole = scipy.linalg.expm(np.block([[A, u, v, Z], [Z, A, Z, v], [Z, Z, A, u], [Z, Z, Z, A]]))
    twice = ln.jvp(lambda A: ln.jvp(f, (A,), (u,))[1], (A,), (v,))[1]
    np.testing.assert_allclose(twice, whole[:3, 9:], rtol=0, atol=1e-10)
    g = rng.normal(size=A.shape)
    cost = lambda A: np.sum(np.real(f(A)) * g)  # noqa: E731  # shorter than a function
    for product in (ln.hvp(cost, (A,), (u,)), ln.grad(lambda A: ln.jvp(cost, (A,), (u,))[1])(A)):
        np.testing.assert_allclose(
            np.sum(product.conj() * v).real, np.sum(twice.real * g), rtol=0, atol=1e-10
        )
        np.testing.assert_allclose(product, product.conj().T, rtol=0, atol=1e-10)


def test_third_derivatives_at_a_tie(rng):
    A, u = with_eigenvalues(rng, [1.0, 1.0, 1.0, 2.0]), part(rng.normal(size=(4, 4)))
    f = lambda t: np.trace(la.spectral(np.log, A + t * u) @ u)  # noqa: E731  # shorter than a function
    second = lambda t: ln.grad(ln.grad(f))(t)  # noqa: E731  # likewise
    estimate, error = directional(second, (0.0,), (np.float64(0.1),))
    np.testing.assert_allclose(0.1 * ln.grad(second)(0.0), estimate[0], rtol=0, atol=1e-7 + 8 * error[0])


def test_second_derivatives_of_a_polynomial_are_exact(rng):
    A = with_eigenvalues(rng, [1.0, 1.0, 3.0])
    u = part(rng.normal(size=(3, 3)))
    found = ln.jvp(lambda A: ln.jvp(lambda A: la.spectral(lambda w: w**3, A), (A,), (u,))[1], (A,), (u,))[1]
    np.testing.assert_allclose(found, 2 * (A @ u @ u + u @ A @ u + u @ u @ A), rtol=0, atol=1e-12)


def test_the_trace_of_a_function_is_the_sum_over_eigenvalues_to_second_order(rng):
    """What eigvalsh cannot do at a tie: log-determinants to second order."""
    A, u = with_eigenvalues(rng, [1.0, 1.0, 1.0, 2.0]), part(rng.normal(size=(4, 4)))
    cost = lambda A: np.trace(la.spectral(np.log, A))  # noqa: E731  # shorter than a function
    np.testing.assert_allclose(ln.grad(cost)(A), np.linalg.inv(A), rtol=0, atol=1e-13)
    expected = -np.linalg.solve(A, np.linalg.solve(A, u).T)
    np.testing.assert_allclose(ln.hvp(cost, (A,), (u,)), expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("kind", [float, complex])
def test_projectors_of_clusters(rng, kind):
    """At equal eigenvalues inside the cluster, to second order: differences of the computed projector."""
    A = with_eigenvalues(rng, [1.0, 1.0, 3.0, 4.0], kind)
    P = lambda A: la.spectral(lambda w: np.where(w < 2, 1.0, 0.0), A)  # noqa: E731  # shorter than a function
    np.testing.assert_allclose(P(A) @ P(A), P(A), atol=1e-14)
    u = part(rng.normal(size=A.shape).astype(kind))
    first, error = directional(lambda t: P(A + t * u), (0.0,), (np.float64(1),))
    np.testing.assert_allclose(np.ravel(ln.jvp(P, (A,), (u,))[1]), first, rtol=0, atol=1e-8 + 8 * error.max())
    push = lambda A: ln.jvp(P, (A,), (u,))[1]  # noqa: E731  # likewise
    second, error = directional(lambda t: push(A + t * u), (0.0,), (np.float64(1),))
    np.testing.assert_allclose(
        np.ravel(ln.jvp(push, (A,), (u,))[1]), second, rtol=0, atol=1e-7 + 8 * error.max()
    )


def test_complex_functions_of_real_matrices(rng):
    A, u = with_eigenvalues(rng, [1.0, 1.0, 2.0]), part(rng.normal(size=(3, 3)))
    f = lambda A: la.spectral(lambda w: np.exp(1j * w), A)  # noqa: E731  # shorter than a function
    g = rng.normal(size=(3, 3)) + 1j * rng.normal(size=(3, 3))
    value, tangent = ln.jvp(f, (A,), (u,))
    np.testing.assert_allclose(value, scipy.linalg.expm(1j * A), atol=1e-13)
    np.testing.assert_allclose(tangent, scipy.linalg.expm_frechet(1j * A, 1j * u)[1], atol=1e-13)
    (gA,) = ln.vjp(f, A)[1](g)
    assert gA.dtype == float
    np.testing.assert_allclose(np.sum(gA * u), np.sum(g.conj() * tangent).real, rtol=1e-12)


def test_batches_and_empty_matrices(rng):
    A = np.stack([with_eigenvalues(rng, values) for values in ([1.0, 1.0, 2.0], [1.0, 2.0, 3.0])])
    cost = lambda A: np.sum(la.spectral(np.sqrt, A) ** 3)  # noqa: E731  # shorter than a function
    np.testing.assert_allclose(ln.grad(cost)(A), np.stack([ln.grad(cost)(X) for X in A]), rtol=1e-12)
    assert ln.grad(cost)(np.zeros((0, 3, 3))).shape == (0, 3, 3)
    assert ln.grad(cost)(np.zeros((0, 0))).shape == (0, 0)
    np.testing.assert_allclose(ln.grad(cost)(np.array([[4.0]])), [[1.5 * 4**0.5]], rtol=1e-14)


@pytest.mark.parametrize("dtype", [np.float32, np.complex64])
def test_single_precision_stays(rng, dtype):
    A = with_eigenvalues(rng, [1.0, 1.0, 2.0]).astype(dtype)
    out, pullback = ln.vjp(lambda A: la.spectral(np.exp, A), A)
    assert out.dtype == dtype
    assert pullback(np.ones_like(out))[0].dtype == dtype
    assert la.spectral(np.exp, np.eye(2, dtype=int)).dtype == float


@pytest.mark.parametrize("order", [1, 2, 3])
def test_divided_differences_of_the_exponential(order):
    """Of powers they are the complete symmetric polynomials, whose series is summed here in exact arithmetic."""
    from fractions import Fraction
    from itertools import combinations_with_replacement
    from math import factorial

    w = np.array([-(2.0**-30), 0.0, 2.0**-30, 0.25, 0.25 + 2.0**-17, 0.375, 1.0, 1.0])
    found = divided_differences(np.exp, w, order)
    terms = 25
    for where in combinations_with_replacement(range(len(w)), order + 1):
        sums = [Fraction(1)] + [Fraction(0)] * (terms - 1)
        for i in where:
            for j in range(1, terms):
                sums[j] += Fraction(w[i]) * sums[j - 1]
        exact = float(sum(h / factorial(j + order) for j, h in enumerate(sums)))
        # a few digits are lost with each order
        assert abs(found[where] - exact) <= 20**order * np.finfo(float).eps


def test_errors(rng):
    A = with_eigenvalues(rng, [1.0, 2.0, 3.0])
    with pytest.raises(NotHermitianError):
        la.spectral(np.exp, np.tril(A))
    with pytest.raises(ShapeError):
        la.spectral(np.exp, A[:2])
    with pytest.raises(ShapeError, match="each eigenvalue alone"):
        ln.grad(lambda A: np.sum(la.spectral(lambda w: w[:1] * np.ones(2), A)))(A)
    with pytest.raises(ClosureError, match="traced"):
        ln.grad(lambda t: lnp.sum(la.spectral(lambda w: np.exp(t * w), A)))(1.0)
