"""Sylvester equations: values, the promise of Hermitian coefficients, what is computed once, errors."""

import numpy as np
import pytest

import linad as ln
from linad.check.differences import directional
from linad.derive.catalogue import rule
from linad.operations.contractions import H
from linad.operations.sylvester import solve_sylvester

EPS = np.finfo(float).eps


def stable(rng: np.random.Generator, *shape: int, kind: str = "d") -> np.ndarray:
    """Matrices with eigenvalues well inside the right half-plane."""
    A = rng.uniform(-1, 1, shape) + (1j * rng.uniform(-1, 1, shape) if kind in "DF" else 0)
    return (A + 2 * shape[-1] * np.eye(shape[-1])).astype(kind)


def definite(rng: np.random.Generator, n: int, kind: str) -> np.ndarray:
    A = stable(rng, n, n, kind=kind)
    return A + H(A)


@pytest.mark.parametrize("kinds", ["ddd", "DDD", "fff", "FFF", "ddD", "dDd", "Ddd"])
@pytest.mark.parametrize("trans", ["NN", "HH", "NH", "HN"])
@pytest.mark.parametrize("batches", [((), (), ()), ((2,), (), (3, 1)), ((), (2, 1), (3,))], ids=str)
def test_the_solution_solves_the_equation(kinds, trans, batches, rng):
    A = stable(rng, *batches[0], 4, 4, kind=kinds[0])
    B = stable(rng, *batches[1], 3, 3, kind=kinds[1])
    C = rng.uniform(-1, 1, (*batches[2], 4, 3)).astype(kinds[2])
    X = solve_sylvester(A, B, C, trans=trans)
    left, right = (H if letter == "H" else np.asarray for letter in trans)
    assert X.dtype == np.result_type(A, B, C)
    assert X.shape == (*np.broadcast_shapes(*batches), 4, 3)
    gap = np.abs(left(A) @ X + X @ right(B) - C)
    assert np.max(gap) < 100 * np.finfo(X.dtype).eps


@pytest.mark.parametrize("shape", [(0, 0), (0, 2), (3, 0)])
@pytest.mark.parametrize("hermitian", [False, True])
def test_an_empty_equation_has_an_empty_solution(shape, hermitian):
    m, n = shape
    X = solve_sylvester(np.eye(m), np.eye(n), np.zeros(shape), hermitian)
    assert X.shape == shape


@pytest.mark.parametrize("kind", ["d", "D"])
def test_hermitian_coefficients_give_the_same_to_second_order(kind, rng):
    A, B, C = definite(rng, 4, kind), definite(rng, 3, kind), rng.uniform(-1, 1, (4, 3)).astype(kind)
    u = tuple(rng.uniform(-1, 1, x.shape).astype(kind) for x in (A, B, C))

    def programs(hermitian):
        def cost(A, B, C):
            X = solve_sylvester(A, B, C, hermitian)
            return np.sum(np.real(X * np.conj(X)) ** 2)

        return (
            solve_sylvester(A, B, C, hermitian),
            *ln.grad(cost, argnums=(0, 1, 2))(A, B, C),
            *ln.hvp(cost, (A, B, C), u),
        )

    for fast, general in zip(programs(True), programs(False), strict=True):
        np.testing.assert_allclose(fast, general, rtol=0, atol=100 * EPS * (1 + np.max(np.abs(general))))


def test_hermitian_coefficients_broadcast(rng):
    A = np.stack([definite(rng, 2, "D") for _ in range(3)])
    B, C = definite(rng, 4, "d"), rng.uniform(-1, 1, (5, 1, 2, 4))
    np.testing.assert_allclose(solve_sylvester(A, B, C, True), solve_sylvester(A, B, C), atol=100 * EPS)


@pytest.mark.parametrize("kind", ["d", "D"])
@pytest.mark.parametrize("trans", ["NN", "HH", "NH", "HN"])
def test_the_hessian_product_agrees_with_differences(kind, trans, rng):
    x = stable(rng, 3, 3, kind=kind), stable(rng, 2, 2, kind=kind), stable(rng, 3, 3, kind=kind)[:, :2]
    u = tuple(rng.uniform(-1, 1, part.shape).astype(kind) for part in x)

    def cost(A, B, C):
        return np.sum(np.real(solve_sylvester(A, B, C, False, trans) ** 3))

    product = np.concatenate([part.ravel() for part in ln.hvp(cost, x, u)])
    differences, error = directional(ln.grad(cost, argnums=(0, 1, 2)), x, u)
    assert np.all(np.abs(product - differences) <= 10 * error + 100 * EPS)


@pytest.mark.parametrize(("hermitian", "routine"), [(False, "gees"), (True, "heevd")])
def test_each_coefficient_is_factored_once_for_all_derivatives(hermitian, routine, rng):
    A, B, C = definite(rng, 3, "d"), definite(rng, 2, "d"), np.ones((3, 2))
    with ln.counters() as ran:
        ln.hvp(lambda A, B: np.sum(solve_sylvester(A, B, C, hermitian) ** 2), (A, B), (A, B))
    assert ran[routine] == 2


def test_equal_coefficients_share_their_form(rng):
    A, C = definite(rng, 3, "d"), np.eye(3)
    with ln.counters() as ran:
        g = ln.grad(lambda A: np.trace(solve_sylvester(A, A, C, hermitian=True)))(A)
    assert ran["heevd"] == 1
    inverse = np.linalg.inv(A)  # the solution is A^-1 / 2
    np.testing.assert_allclose(g, -inverse @ inverse / 2, atol=100 * EPS)


def test_the_rule_is_the_one_that_is_derived(rng):
    A, B, C = stable(rng, 3, 3, kind="D"), stable(rng, 2, 2, kind="D"), np.ones((3, 2)) + 0j
    X, pullback = ln.vjp(solve_sylvester, A, B, C)
    derived = rule("sylvester").vjp({"A": A, "B": B, "C": C, "X": X}, {"X": C * (1 + 2j)})
    for own, other in zip(pullback(C * (1 + 2j)), derived.values(), strict=True):
        np.testing.assert_allclose(own, other, atol=100 * EPS)


def test_a_derived_rule_may_solve_a_sylvester_equation(rng):
    X, dX = stable(rng, 3, 3), rng.uniform(-1, 1, (3, 3))
    found = rule("sqrtm").jvp({"A": X @ X, "X": X}, {"A": X @ dX + dX @ X})["X"]
    np.testing.assert_allclose(found, dX, atol=1000 * EPS)


@pytest.mark.parametrize("hermitian", [False, True])
def test_a_singular_equation_raises_with_its_place_in_the_batch(hermitian):
    A, B = np.diag([1.0, 2.0]), np.stack([np.eye(2), np.diag([3.0, -2.0])])
    with pytest.raises(np.linalg.LinAlgError, match=r"solve_sylvester: equation \(1,\) of the batch has no"):
        solve_sylvester(A, B, np.ones((2, 2)), hermitian)


@pytest.mark.parametrize("hermitian", [False, True])
def test_zero_coefficients_raise(hermitian):
    with pytest.raises(np.linalg.LinAlgError, match="equation has no unique solution"):
        solve_sylvester(np.zeros((2, 2)), np.zeros((1, 1)), np.ones((2, 1)), hermitian)


def test_scaling_against_overflow_is_undone():
    X = solve_sylvester(np.array([[5e-4]]), np.array([[5e-4]]), np.array([[1e295]]))
    np.testing.assert_allclose(X, 1e298, rtol=10 * EPS)


@pytest.mark.parametrize("hermitian", [False, True])
def test_a_coefficient_that_is_not_finite_raises(hermitian):
    with pytest.raises(ValueError, match="infs or NaNs"):
        solve_sylvester(np.full((2, 2), np.nan), np.eye(2), np.eye(2), hermitian)
