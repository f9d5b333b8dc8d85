"""Turns of bases: the quick way and the careful one agree, what is not determined is told, mixed batches."""

import numpy as np
import pytest
import scipy.linalg

from linad.kernels.hessenberg import Beneath
from linad.kernels.quasi import System, starts_of
from linad.kernels.schur import Quasi
from linad.kernels.turns import Limits, turn

EPS = np.finfo(float).eps
LIMITS = Limits(0.0, 0.0, 0.0)
either = pytest.mark.parametrize("trans", ["N", "H"])


def form(rng, n, dtype):
    """A Schur form and its pattern."""
    A = rng.uniform(-1, 1, (n, n)) + (1j * rng.uniform(-1, 1, (n, n)) if dtype == "D" else 0)
    T = scipy.linalg.schur(A)[0]
    return T, Quasi() if dtype == "D" else Quasi(np.diag(T, -1) != 0)


@either
@pytest.mark.parametrize("dtype", ["d", "D"])
@pytest.mark.parametrize("n", [1, 2, 7, 20])
def test_the_quick_way_and_the_careful_one_agree(n, dtype, trans, rng):
    T, pattern = form(rng, n, dtype)
    M = rng.uniform(-1, 1, (n, n)).astype(dtype)
    quick, careful = (
        System(T, M, starts_of(pattern.blocks, n), trans, LIMITS, way).solution() for way in (False, True)
    )
    np.testing.assert_allclose(quick, careful, atol=1e4 * n * EPS * np.max(np.abs(careful), initial=1))


@either
def test_one_form_serves_a_batch_of_changes(trans, rng):
    T, pattern = form(rng, 5, "d")
    M = rng.uniform(-1, 1, (2, 3, 5, 5))
    X = turn(M, T, pattern, trans).X
    for i in np.ndindex(2, 3):
        np.testing.assert_array_equal(X[i], turn(M[i], T, pattern, trans).X)


def test_an_entry_that_is_not_determined_is_zero_and_told(rng):
    T, M = np.array([[1.0, 2.0], [0.0, 1.0]]), np.array([[0.0, 0.0], [1.0, 0.0]])
    found = turn(np.stack([0 * M, M]), T, Quasi(), "N")
    assert found.missing == (1, 0, 1)
    np.testing.assert_array_equal(found.X, np.zeros((2, 2, 2)))
    H = np.triu(rng.uniform(1, 2, (4, 4)), -1)
    H[2, 1] = 0
    found = turn(np.eye(4)[::-1].copy(), H, Beneath(), "N")
    assert found.missing == (2, 1)
    np.testing.assert_array_equal(found.X[2:, 2], 0)


def test_what_is_not_finite_stays_so():
    T = np.array([[1.0, 2.0], [0.0, np.nan]])
    assert np.isnan(turn(np.eye(2), T, Quasi(), "N").X).all()
    assert np.isnan(turn(np.full((2, 2), np.inf), np.eye(2), Quasi(), "N").X).all()


def test_the_solution_grows_as_eigenvalues_come_closer():
    M = np.ones((2, 2))
    for gap in (1e-3, 1e-6):
        T = np.array([[1.0, 1.0], [0.0, 1 + gap]])
        np.testing.assert_allclose(turn(M, T, Quasi(), "N").growth, (1 + gap) / gap, rtol=1e-6)
