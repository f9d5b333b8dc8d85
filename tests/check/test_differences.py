"""The error that a difference states is honest: the known derivative lies within it; and it is small."""

import numpy as np
import pytest

from linad.check.differences import along, complex_step, derivative, directional
from linad.check.finding import TRUST
from linad.check.noise import noise_of

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
    found = derivative(lambda t: np.sin(t) + 1e-3 * rng.standard_normal(4), 0.1)
    assert np.all(found.error > 1e-3)


def test_containers_come_as_one_vector():
    estimate, _ = directional(lambda x, y: (x * y, [x + y]), [np.ones(2), 3.0], [np.ones(2), np.float64(2)])
    np.testing.assert_allclose(estimate, [5, 5, 3, 3], rtol=1e-12)


def test_nothing_has_no_derivative():
    estimate, error = directional(lambda x: x, [np.zeros((0, 2))], [np.zeros((0, 2))])
    assert estimate.shape == error.shape == (0,)


ONE = [np.ones(1)]


@pytest.mark.parametrize(
    ("f", "x", "bend"),
    [
        (np.abs, 0.0, 2.0),
        (lambda x: np.maximum(x, 1) + x, 1.0, 1.0),
        (lambda x: -3 * np.abs(x - 2), 2.0, -6.0),
    ],
    ids=["abs", "maximum", "shifted"],
)
def test_a_kink_at_the_point_shows_as_a_difference_of_slopes(f, x, bend):
    np.testing.assert_allclose(along(f, [np.array([x])], ONE).bend, bend, rtol=1e-10)


@pytest.mark.parametrize(
    "f",
    [np.sin, lambda x: np.abs(x) ** 3, np.square, lambda x: np.exp(30 * x)],
    ids=["sin", "cube", "square", "exp"],
)
def test_a_smooth_function_has_no_kink(f):
    assert not along(f, [np.zeros(1)], ONE).bend.any()


@pytest.mark.parametrize("place", [0.05, -0.01, 1e-4])
def test_a_jump_nearby_is_found(place):
    found = along(lambda x: x + np.sign(x - place), [np.zeros(1)], ONE)
    assert found.jump == pytest.approx(place, rel=1e-6)


def test_a_jump_at_the_point_is_found_there():
    found = along(np.sign, [np.zeros(1)], ONE)
    assert found.jump == 0
    assert found.error[0] > 1


@pytest.mark.parametrize("rate", [20.0, 500.0])
def test_what_is_steep_is_no_jump(rate):
    assert along(lambda x: np.tanh(rate * x), [np.full(1, 0.01)], ONE).jump is None


@pytest.mark.parametrize("scale", [1e-9, 1e-4, 1e6])
def test_the_step_fits_the_scale_on_which_the_function_changes(scale):
    found = along(lambda x: np.sin(x / scale), [np.full(1, 0.3 * scale)], ONE)
    expected = np.cos(0.3) / scale
    assert abs(found.estimate[0] - expected) <= TRUST * found.error[0] <= 1e-5 * expected


def test_steps_that_leave_where_a_function_is_defined_are_left():
    found = along(np.log, [np.full(1, 1e-3)], ONE)
    assert abs(found.estimate[0] - 1000) <= TRUST * found.error[0] <= 1e-4


def test_a_function_that_raises_at_a_step_is_tried_at_shorter_ones():
    def careful(x):
        if abs(x[0]) > 0.01:
            raise np.linalg.LinAlgError("too far")
        return x**2 + x

    found = along(careful, [np.zeros(1)], ONE)
    assert abs(found.estimate[0] - 1) <= TRUST * found.error[0] <= 1e-6


class TestNoise:
    @pytest.mark.parametrize("level", [1e-12, 1e-8, 1e-4])
    def test_it_is_estimated(self, level, rng):
        found = noise_of(lambda x: np.sin(x) + level * rng.standard_normal(5), [np.ones(5)], [np.ones(5)])
        total = found.sure + found.doubtful
        assert np.all((level / 3 < total) & (total < 20 * level))  # of ten values

    def test_single_precision_within_shows(self):
        found = noise_of(lambda x: np.sin(x.astype(np.float32)).astype(float), [np.full(1, 0.3)], ONE)
        assert 1e-9 < found.sure[0] < 1e-6

    def test_a_smooth_function_has_roundings_only(self):
        found = noise_of(np.sin, [np.full(1, 0.3)], ONE)
        assert found.sure[0] + found.doubtful[0] < 10 * np.finfo(float).eps

    def test_a_steep_function_is_doubtful(self):
        found = noise_of(lambda x: np.arctan(x / 1e-9) + x, [np.zeros(1)], ONE)
        assert found.doubtful[0] > 1e-3 > found.sure[0]


def test_a_complex_step_is_exact_for_what_is_analytic():
    np.testing.assert_array_equal(complex_step(lambda x: x**3, [np.full(1, 2.0)], ONE), [12.0])


def test_a_complex_step_is_wrong_for_conjugates():
    assert complex_step(lambda x: (x * np.conj(x)).real, [np.full(1, 2.0)], ONE)[0] == 0
