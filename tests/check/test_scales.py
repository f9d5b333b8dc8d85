"""Results of any size are tried as numbers of order one; what is rounding alone is no function of its own."""

import numpy as np
import pytest

from linad.check import check_gradients

X = np.array([0.3, -1.2, 0.7, 1.9])


def second_eigenvalue(W):
    """Of a Laplacian with weights of both signs: zero at any W, up to rounding."""
    W = (W + W.T) / 2
    return np.linalg.eigvalsh(np.diag(np.sum(W, axis=1)) - W)[1]


CANCEL = {
    "sum-less-itself": lambda x: np.sum(x) - np.sum(x[::-1]),
    "one": lambda x: np.sum(np.sin(x) ** 2 + np.cos(x) ** 2),
    "one-less-one": lambda x: np.sum(np.sin(x) ** 2 + np.cos(x) ** 2 - 1),
}


@pytest.mark.parametrize("f", CANCEL.values(), ids=CANCEL)
def test_what_cancels_to_rounding_has_the_derivative_zero(f):
    report = check_gradients(f, X)
    assert report.holds is True, str(report)


def test_an_eigenvalue_that_stays_zero_holds():
    report = check_gradients(second_eigenvalue, "uniform(5, 5)")
    assert report.holds is True, str(report)


@pytest.mark.parametrize("error", [1e-6, 1e-12])
def test_a_wrong_gradient_of_what_cancels_does_not_hold(error):
    report = check_gradients(CANCEL["one-less-one"], X, gradient=lambda x: np.full(4, error))
    assert report.holds is False


@pytest.mark.parametrize("scale", [1e-12, 1e12])
def test_small_and_large_results_are_told_apart_from_wrong_ones(scale):
    verdicts = [
        check_gradients(lambda x: scale * np.sum(x**2), X, gradient=lambda x, k=k: k * scale * x).holds
        for k in (2, 2 + 1e-6)
    ]
    assert verdicts == [True, False]


def test_small_entries_beside_large_ones_are_decided():
    x = np.array([1e-6, 1.0, 1e6])
    verdicts = [
        check_gradients(lambda x: np.sum(np.log(x)), x, gradient=lambda x, k=k: np.array([k, 1, 1]) / x).holds
        for k in (1, 1 + 1e-5)
    ]
    assert verdicts == [True, False]
