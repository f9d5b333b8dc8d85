"""Kernels for small matrices serve what is regular, agree with the programs, and leave the rest to them."""

import numpy as np
import pytest

import linad as ln
import linad.linalg as la
from linad import errors
from linad.core.primitive import primitives
from linad.kernels import small
from linad.operations.cholesky import cholesky
from linad.operations.lu import lu
from tests.kernels.serving import agree, answers_of

COSTS = {
    "lu": lambda A, W: sum(np.sum(W * part) for part in lu(A)),
    "cholesky": lambda A, W: np.sum(W * cholesky(A)),
}


def draw(rng, name, dtype, n):
    """A matrix far from everything that a guard looks at: definite, with open gaps."""
    X = rng.normal(size=(n, n)) + (1j * rng.normal(size=(n, n)) if dtype in "FD" else 0)
    X = 0.3 * X / n + np.diag(np.arange(1, n + 1) / n + 1)
    return ((X + X.conj().T) / 2 if name == "cholesky" else X).astype(dtype)


@pytest.mark.parametrize("n", [1, 2, 5, 16, 40, 64, 99])
@pytest.mark.parametrize("dtype", "fdFD")
@pytest.mark.parametrize("name", COSTS)
def test_regular_matrices_are_served_and_the_program_agrees(rng, monkeypatch, name, dtype, n):
    A, W = draw(rng, name, dtype, n), rng.normal(size=(n, n)).astype(dtype)
    agree(monkeypatch, small, name, lambda A: np.real(COSTS[name](A, W)), A)


def test_gradients_are_symmetric_to_the_last_bit(rng):
    A, W = draw(rng, "cholesky", "d", 7), rng.normal(size=(7, 7))
    gA = ln.grad(lambda A: COSTS["cholesky"](A, W))(A)
    assert np.array_equal(gA, gA.T)


def test_a_last_pivot_of_zero_is_left_to_the_program(monkeypatch):
    answers = answers_of(monkeypatch, small, "lu")
    A = np.array([[2.0, 1.0], [4.0, 2.0]])
    gA = ln.grad(lambda A: la.lu(A)[1][1, 0])(A)
    assert answers == [None]
    assert np.array_equal(gA, [[0.25, 0.0], [-0.125, 0.0]])


def test_ties_that_are_asked_for_are_reported():
    with ln.errstate(tie="raise"), pytest.raises(errors.TieError):
        ln.grad(lambda A: np.sum(la.lu(A)[2]))(np.array([[1.0, 2.0], [-1.0, 3.0]]))


@pytest.mark.parametrize("shape", [(64, 64), (100, 60), (2, 3, 3), (0, 0), (3, 0), (3,)])
def test_large_matrices_batches_and_empty_ones_are_not_small(shape):
    assert not small.small(np.empty(shape))


@pytest.mark.parametrize("shape", [(100, 100), (300, 60), (2, 3, 3), (0, 0), (3, 0), (3,)])
def test_what_goes_by_blocks_batches_and_empty_ones_do_not_fit(shape):
    assert not small.fits(np.empty(shape))


@pytest.mark.parametrize("name", COSTS)
def test_the_rule_asks_its_kernel_for_small_matrices_only(name):
    rule = primitives[name].rule
    form = ("lower",) if name == "cholesky" else ()
    assert rule is None or rule.pays((np.eye(3), None, *form))
    assert rule is None or not rule.pays((np.eye(3)[None], None, *form))
