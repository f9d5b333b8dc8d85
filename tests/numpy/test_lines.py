"""Interpolation, slopes and convolutions: derivatives where the definition has corners and ends."""

from typing import Any

import numpy as np
import pytest

import linad as ln

XP, FP = np.array([0.0, 1.0, 3.0]), np.array([1.0, 3.0, -1.0])
EPS = np.finfo(float).eps


@pytest.mark.parametrize(
    ("x", "slope"), [(-1.0, 0.0), (0.0, 2.0), (0.5, 2.0), (1.0, -2.0), (2.0, -2.0), (3.0, -2.0), (4.0, 0.0)]
)
def test_the_slope_of_an_interpolation_is_that_of_its_line(x: float, slope: float) -> None:
    """At a sample that of the line that begins there, at the last sample that of the last line."""
    assert ln.grad(lambda x: np.interp(x, XP, FP))(x) == slope
    assert ln.jvp(lambda x: np.interp(x, XP, FP), (x,), (1.0,))[1] == slope


def test_a_sample_moves_the_interpolation_by_the_weights_of_its_line() -> None:
    J = ln.jacobian(lambda f: np.interp([-1.0, 0.25, 1.0, 2.5, 5.0], XP, f))(FP)
    np.testing.assert_allclose(
        J, [[1, 0, 0], [0.75, 0.25, 0], [0, 1, 0], [0, 0.25, 0.75], [0, 0, 1]], rtol=4 * EPS
    )


def test_the_places_of_samples_move_the_interpolation() -> None:
    J = ln.jacobian(lambda xp: np.interp([0.25, 2.5], xp, FP))(XP)
    np.testing.assert_allclose(J, [[-2 * 0.75, -2 * 0.25, 0], [0, 2 * 0.25, 2 * 0.75]], rtol=4 * EPS)


def test_what_stands_beyond_the_ends_may_be_traced() -> None:
    grads = ln.grad(
        lambda a, b: np.sum(ln.numpy.interp(np.array([-1.0, 0.5, 9.0]), XP, FP, a, b)), argnums=(0, 1)
    )
    assert grads(2.0, 5.0) == (1.0, 1.0)


def test_a_period_moves_the_interpolation() -> None:
    def f(period: Any) -> Any:
        return ln.numpy.interp(2.3, [0.2, 1.0], [1.0, 3.0], period=period)

    h = 1e-6
    np.testing.assert_allclose(
        ln.grad(f)(2.0), (f(2 + h) - f(2 - h)) / (2 * h), rtol=1e-8
    )  # differences err by 1e-9


@pytest.mark.parametrize("x", [0.0, 0.5, 1.0, 2.0, 3.0])
def test_infinite_samples_give_numpys_values(x: float) -> None:
    for samples in ([1.0, np.inf, 2.0, 3.0], [-np.inf, 1.0, 1.0, np.inf], [np.inf, np.inf, 0.0, 1.0]):
        with np.errstate(invalid="ignore"):
            found = ln.vjp(lambda x, f=samples: np.interp(x, [0.0, 1.0, 2.0, 3.0], f), x)[0]
        np.testing.assert_equal(found, np.interp(x, [0.0, 1.0, 2.0, 3.0], samples))


def test_even_places_that_are_traced_have_their_own_derivatives() -> None:
    """NumPy takes the one spacing of places that are even: as places they move one by one."""
    f, x, h = np.array([1.0, 4.0, 2.0, 0.0]), np.arange(4.0), 1e-6
    J = ln.jacobian(lambda x: np.gradient(f, x))(x)
    D = np.stack(
        [(np.gradient(f, x + h * e) - np.gradient(f, x - h * e)) / (2 * h) for e in np.eye(4)], axis=-1
    )
    np.testing.assert_allclose(J, D, atol=1e-8)  # differences err by 1e-9


@pytest.mark.parametrize("mode", ["full", "same", "valid"])
def test_a_convolution_is_differentiated_to_second_order(mode: str, rng: np.random.Generator) -> None:
    a, v = rng.normal(size=4), rng.normal(size=3)
    w = rng.normal(size=np.convolve(a, v, mode).size)
    J = ln.jacobian(ln.grad(lambda a, v: w @ np.convolve(a, v, mode), argnums=0), argnums=1)(a, v)
    units = [[w @ np.convolve(e, d, mode) for d in np.eye(3)] for e in np.eye(4)]
    np.testing.assert_allclose(J, units, rtol=100 * EPS, atol=100 * EPS)


def test_a_correlation_with_itself_has_its_largest_value_in_the_middle(rng: np.random.Generator) -> None:
    """The middle is |z|^2: its gradient is 2 z."""
    z = rng.normal(size=4) + 1j * rng.normal(size=4)
    np.testing.assert_allclose(ln.grad(lambda z: np.real(np.correlate(z, z)[0]))(z), 2 * z, rtol=10 * EPS)


def test_perfect_correlation_keeps_its_second_derivative() -> None:
    """The coefficient is cut at 1, and has a maximum there."""
    x = np.array([1.0, 2.0, 4.0])
    H = ln.hessian(lambda y: np.corrcoef(x, y)[0, 1])(3 * x)
    d = x - x.mean()
    expected = (np.outer(d, d) / (d @ d) - np.eye(3) + 1 / 3) / (9 * d @ d)
    np.testing.assert_allclose(H, expected, atol=100 * EPS)
