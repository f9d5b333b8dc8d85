"""The error that a difference states is honest: the known derivative lies within it; and it is small."""

import numpy as np
import pytest

from linad.check.differences import derivative, directional
from linad.check.finding import TRUST

KNOWN = {
    "sine": (np.sin, np.cos, [0.3, 1.0, -2.0]),
    "exponential": (np.exp, np.exp, [0.0, 1.5, -1.0]),
    "polynomial": (lambda x: x**5 - 3 * x, lambda x: 5 * x**4 - 3, [0.0, 1.0, 2.0]),
    "pole-nearby": (lambda x: 1 / x, lambda x: -1 / x**2, [0.5, -1.0, 2.0]),
    "steep": (lambda x: np.sin(20 * x), lambda x: 20 * np.cos(20 * x), [0.1, 0.7]),
    "complex": (lambda x: np.exp(1j * x), lambda x: 1j * np.exp(1j * x), [0.2, 0.9]),
    "constant": (lambda x: 0 * x + 3.0, lambda x: 0 * x, [1.0, 2.0]),
}


@pytest.mark.parametrize(("f", "df", "points"), KNOWN.values(), ids=KNOWN)
def test_the_true_derivative_lies_within_the_stated_error(f, df, points):
    x = np.array(points)
    estimate, error = directional(f, [x], [np.ones_like(x)])
    assert np.all(np.abs(estimate - df(x)) <= TRUST * error)


@pytest.mark.parametrize(("f", "df", "points"), KNOWN.values(), ids=KNOWN)
def test_the_stated_error_is_small_for_smooth_functions(f, df, points):
    x = np.array(points)
    _, error = directional(f, [x], [np.ones_like(x)])
    assert np.all(
        error <= 1e-8 * (1 + np.abs(df(x)))
    )  # half of the digits: what a single difference would give


@pytest.mark.parametrize("distance", [0.05, 0.01, 1e-3])
def test_a_kink_within_the_first_step_is_recognised(distance):
    estimate, error = directional(np.abs, [np.array([distance])], [np.ones(1)])
    assert abs(estimate[0] - 1) <= TRUST * error[0] <= 1e-6


@pytest.mark.parametrize("distance", [0.05, 0.01, 1e-3])
def test_a_jump_within_the_first_step_is_recognised(distance):
    estimate, error = directional(lambda x: x + np.floor(x), [np.array([1 + distance])], [np.ones(1)])
    assert abs(estimate[0] - 1) <= TRUST * error[0] <= 1e-6


def test_entries_choose_their_steps_one_by_one():
    x = np.array([1e-3, 1.0])
    estimate, error = directional(np.abs, [x], [np.ones(2)])
    assert np.all(np.abs(estimate - 1) <= TRUST * error)
    assert np.all(error <= 1e-7)


def test_single_precision_has_a_larger_error_and_says_so():
    x = np.array([0.5, 1.0], np.float32)
    estimate, error = directional(np.sin, [x], [np.ones_like(x)])
    assert np.all(np.abs(estimate - np.cos(x.astype(float))) <= TRUST * error)
    assert np.all(error >= np.finfo(np.float32).eps)


def test_a_rough_function_has_no_small_error(rng):
    _, error = derivative(lambda t: np.sin(t) + 1e-3 * rng.standard_normal(4), 0.1)
    assert np.all(error > 1e-3)


def test_containers_come_as_one_vector():
    estimate, _ = directional(lambda x, y: (x * y, [x + y]), [np.ones(2), 3.0], [np.ones(2), np.float64(2)])
    np.testing.assert_allclose(estimate, [5, 5, 3, 3], rtol=1e-12)


def test_nothing_has_no_derivative():
    estimate, error = directional(lambda x: x, [np.zeros((0, 2))], [np.zeros((0, 2))])
    assert estimate.shape == error.shape == (0,)
