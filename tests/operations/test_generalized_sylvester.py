"""Generalized Sylvester equations: values, singular coefficients, errors."""

import numpy as np
import pytest

import linad as ln
from linad.operations.contractions import H
from linad.operations.generalized_sylvester import solve_generalized_sylvester


@pytest.mark.parametrize("kinds", ["ddddd", "DDDDD", "fffff", "ddddD", "dDddd"])
@pytest.mark.parametrize("trans", "NH")
@pytest.mark.parametrize(
    "batches", [((), (), (), (), ()), ((2,), (), (3, 1), (), (2,)), ((), (2, 1), (), (), (3,))], ids=str
)
def test_the_solution_solves_the_equation(kinds, trans, batches, rng):
    A, B, C, D = (
        (rng.uniform(-1, 1, (*batch, n, n)) + size * np.eye(n)).astype(kind)
        for batch, kind, n, size in zip(batches, kinds, (4, 3, 4, 3), (8, 8, 1, 1), strict=False)
    )
    E = rng.uniform(-1, 1, (*batches[4], 4, 3)).astype(kinds[4])
    X = solve_generalized_sylvester(A, B, C, D, E, trans)
    op = H if trans == "H" else np.asarray
    assert X.dtype == np.result_type(A, B, C, D, E)
    assert X.shape == (*np.broadcast_shapes(*batches), 4, 3)
    gap = np.abs(op(A) @ X @ op(B) + op(C) @ X @ op(D) - E)
    assert np.max(gap) < 1e3 * np.finfo(X.dtype).eps


def test_coefficients_may_be_singular(rng):
    A, B = np.diag([0.0, 2.0, 1.0]), np.diag([2.0, 1.0])
    C, D = np.diag([1.0, 4.0, 0.0]), np.diag([1.0, 1.0])
    A[1, 2] = C[0, 1] = 0.5
    E = rng.normal(size=(3, 2))
    X = solve_generalized_sylvester(A, B, C, D, E)
    np.testing.assert_allclose(A @ X @ B + C @ X @ D, E, rtol=0, atol=1e-14)


def test_an_equation_without_a_unique_solution_is_an_error_with_its_place(rng):
    A, B, C, E = (rng.normal(size=(2, 2)) for _ in range(4))
    D = np.stack([B + np.eye(2), -B])
    C = np.stack([C, A])
    with pytest.raises(np.linalg.LinAlgError, match=r"equation \(1,\) of the batch has no unique solution"):
        solve_generalized_sylvester(A, B, C, D, E)


def test_forms_are_computed_once_for_both_modes(rng):
    A, B = (rng.normal(size=(3, 3)) + 5 * np.eye(3) for _ in range(2))
    C, D, E = (rng.normal(size=(3, 3)) for _ in range(3))
    with ln.counters() as ran:
        ln.value_and_grad(lambda A: np.sum(solve_generalized_sylvester(A, B, C, D, E)))(A)
    assert ran["gges"] == 2
