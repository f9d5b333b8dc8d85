"""What a report says about failing numbers beside the numbers."""

import numpy as np
import pytest

import linad as ln
from linad.check import check_gradients

A = np.array([[4.0, 1.0, 0.5], [1.0, 3.0, -1.0], [0.5, -1.0, 5.0]])


def reads_one_triangle(A):
    return np.sum(np.linalg.cholesky(A))


def is_told_to_name_symmetry(report):
    return any('say domains={"A": "symmetric"}' in note for note in report.notes)


@pytest.mark.parametrize("gradient", [None, ln.grad(reads_one_triangle)], ids=["traced", "given"])
def test_a_matrix_that_ought_to_stay_symmetric_is_told(gradient):
    report = check_gradients(reads_one_triangle, A, gradient=gradient, order=1)
    assert report.holds is False
    assert is_told_to_name_symmetry(report)
    assert not any("leaves the trace" in note for note in report.notes)


def test_with_that_domain_it_holds():
    assert check_gradients(reads_one_triangle, A, domains={"A": "symmetric"}).holds is True


def test_a_gradient_that_is_wrong_on_symmetric_matrices_too_is_not():
    report = check_gradients(reads_one_triangle, A, gradient=lambda A: 2 * ln.grad(reads_one_triangle)(A))
    assert not is_told_to_name_symmetry(report)


def test_the_digits_that_are_lost_are_told_once():
    near = np.array([[1.0, 1e-10], [1e-10, 1.0]])
    report = check_gradients(lambda A: np.linalg.eigh(A)[1][:, 0] ** 2, near, domains={"A": "symmetric"})
    assert sum("differ by" in note for note in report.notes) == 1


def test_a_factor_of_one_is_none():
    report = check_gradients(np.max, np.array([1.0, 1.0, 0.0]), gradient=lambda x: np.full(3, 0.5))
    assert report.holds is False
    assert not any("times" in note for note in report.notes)
