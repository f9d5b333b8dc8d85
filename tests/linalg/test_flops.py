"""What values and gradients of large matrices cost in operations and memory: counted, and so the same everywhere."""

import tracemalloc

import numpy as np
import pytest

import linad as ln
import linad.linalg as la
from linad.kernels.flops import FLOPS

N = 256


@pytest.fixture
def drawn(rng):
    """A matrix, a symmetric positive definite one with eigenvalues apart, a vector, and weights."""
    A = rng.normal(size=(N, N)) / np.sqrt(N) + 2 * np.eye(N)
    S = A @ A.T + np.diag(1.0 + np.arange(N))
    return A, S, rng.normal(size=N), rng.normal(size=(N, N))


def lu(A, S, b, W):
    return (lambda A: sum(np.sum(F * W) for F in la.lu(A)[1:])), A


def cholesky(A, S, b, W):
    return (lambda S: np.sum(np.linalg.cholesky(S) * W)), S


def qr(A, S, b, W):
    return (lambda A: sum(np.sum(F * W) for F in np.linalg.qr(A))), A


def eigh(A, S, b, W):
    def cost(S):
        w, V = np.linalg.eigh(S)
        return np.sum(w * w) + np.sum(V * V * W)

    return cost, S


def svd(A, S, b, W):
    def cost(A):
        U, s, Vh = np.linalg.svd(A)
        return np.sum(s * s) + np.sum(U * U * W) + np.sum(Vh * Vh * W)

    return cost, S + A


def solve(A, S, b, W):
    return (lambda A: np.sum(np.linalg.solve(A, b))), A


def inv(A, S, b, W):
    return (lambda A: np.sum(np.linalg.inv(A) * W)), A


def det(A, S, b, W):
    return np.linalg.det, A / 2


def slogdet(A, S, b, W):
    return (lambda A: np.linalg.slogdet(A)[1]), A


def likelihood(A, S, b, W):
    return (lambda S: b @ np.linalg.solve(S, b) + np.linalg.slogdet(S)[1]), S


# Cubes of the order: the factorization, and what its gradient needs. Of LU and Cholesky the recursion by blocks ends
# at an order where closed forms are quicker, and cost more.
LIMITS = [
    (lu, 2 / 3, 2.50),
    (cholesky, 1 / 3, 1.32),
    (qr, 8 / 3, 7.60),
    (eigh, 9, 14.3),
    (svd, 21, 29.1),
    (solve, 2 / 3, 0.69),
    (inv, 2, 6.05),
    (det, 2, 2.05),
    (slogdet, 2, 2.05),
    (likelihood, 1, 1.03),
]


@pytest.mark.parametrize(("work", "floor", "limit"), LIMITS, ids=[row[0].__name__ for row in LIMITS])
def test_operations_of_value_and_gradient(work, floor, limit, drawn):
    cost, x = work(*drawn)
    with ln.counters() as ran:
        ln.value_and_grad(cost)(x)
    assert floor * 0.99 <= ran.flops / N**3 <= limit


@pytest.mark.parametrize(
    ("work", "limit"),
    [
        (likelihood, 4.2),  # a copy of S, its factor, the inverse, and the outer product that is added to it
        (slogdet, 3.3),  # a copy of A, the factors, the inverse, and columns to work in
        (det, 3.3),
        (solve, 3.2),  # a copy of A, the factors, the outer product
    ],
    ids=["likelihood", "slogdet", "det", "solve"],
)
def test_memory_of_value_and_gradient(work, limit, drawn):
    cost, x = work(*drawn)
    run = ln.value_and_grad(cost)
    run(x)  # rules are made
    tracemalloc.start()
    try:
        run(x)
        assert tracemalloc.get_traced_memory()[1] / x.nbytes <= limit
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(("m", "n"), [(300, 200), (200, 300), (250, 250)])
def test_an_elimination_is_counted_as_its_steps(m, n):
    steps = sum(2 * (m - k - 1) * (n - k - 1) for k in range(min(m, n)))
    assert FLOPS["getrf"](m, n) == pytest.approx(steps, rel=0.02)
    assert FLOPS["geqrf"](m, n) == pytest.approx(2 * steps, rel=0.02)


def test_a_solve_counts_all_right_sides(rng):
    A, B = rng.normal(size=(2, 80, 80)) + 9 * np.eye(80), rng.normal(size=(2, 80, 3))
    with ln.counters() as ran:
        ln.vjp(lambda A: np.linalg.solve(A, B), A)
    assert ran.flops == pytest.approx(2 * (2 / 3 * 80**3 + 2 * 80**2 * 3))
