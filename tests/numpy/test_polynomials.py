"""Polynomials by their coefficients: roots at zero and repeated ones, lengths that are held fixed, fits."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import linad as ln
import linad.numpy as lnp
from linad.errors import DegenerateError, DegenerateWarning, IllConditionedWarning

EPS = np.finfo(float).eps


def _differences(f: Callable[..., Any], x: Any, h: float = 1e-6) -> Any:
    return np.stack([(f(x + h * e) - f(x - h * e)) / (2 * h) for e in np.eye(x.size)], axis=-1)


def test_a_root_moves_against_the_value_of_the_moved_polynomial(rng: np.random.Generator) -> None:
    """p(r) = 0 for every p: the derivative of r -> p(r) along a tangent of p is zero."""
    p, dp = rng.normal(size=5), rng.normal(size=5)
    r, dr = ln.jvp(np.roots, (p,), (dp,))
    residual = np.polyval(dp, r) + np.polyval(np.polyder(p), r) * dr
    np.testing.assert_allclose(
        residual, 0, atol=100 * EPS * np.polyval(np.abs(p) + np.abs(dp), np.abs(r)).max()
    )


def test_roots_undo_poly() -> None:
    z = np.array([-2.0, 0.5, 1.0, 3.0])
    J = ln.jacobian(lambda z: np.sort(np.roots(np.poly(z))))(z)
    np.testing.assert_allclose(J, np.eye(4), atol=1000 * EPS)  # condition numbers to 30


def test_the_characteristic_polynomial_of_a_matrix_has_trace_and_determinant(
    rng: np.random.Generator,
) -> None:
    A = rng.normal(size=(3, 3))
    np.testing.assert_allclose(ln.grad(lambda A: -np.poly(A)[1])(A), np.eye(3), atol=100 * EPS)
    np.testing.assert_allclose(
        ln.grad(lambda A: -np.poly(A)[3])(A),
        ln.grad(np.linalg.det)(A),
        atol=1000 * EPS * np.abs(A).max() ** 2,
    )


def test_a_root_at_zero_moves_with_the_last_coefficient() -> None:
    p = np.array([1.0, -3.0, 2.0, 0.0])
    J = ln.jacobian(np.roots)(p)
    np.testing.assert_allclose(J[2], [0, 0, 0, -0.5], atol=10 * EPS)  # -1 / p'(0)


def test_a_leading_zero_is_left_out_and_still_moves_the_roots() -> None:
    p = np.array([0.0, 1.0, -3.0, 2.0])
    J = ln.jacobian(np.roots)(p)
    np.testing.assert_allclose(J[:, 0], [-8.0, 1.0], atol=100 * EPS)  # -r^3 / p'(r) at 2 and at 1


@pytest.mark.parametrize("p", [[1.0, -2.0, 1.0], [1.0, 0.0, 0.0], [1.0, -3.0, 3.0, -1.0]])
def test_a_repeated_root_has_no_derivative(p: list[float]) -> None:
    r, pullback = ln.vjp(np.roots, np.array(p))
    with pytest.raises(DegenerateError, match="repeated"):
        pullback(np.arange(1, len(p)).astype(r.dtype))


def test_a_repeated_root_raises_where_its_tangent_is_used() -> None:
    p = np.array([1.0, -2.0, 1.0])
    assert ln.jvp(lambda p: (np.roots(p), p[0])[1], (p,), (np.ones(3),)) == (1.0, 1.0)
    with pytest.raises(DegenerateError):
        ln.jvp(np.roots, (p,), (np.ones(3),))


def test_other_roots_of_a_polynomial_with_a_repeated_one_have_derivatives() -> None:
    p = np.poly([1.0, 1.0, 5.0])
    (gp,) = ln.vjp(lambda p: np.max(np.real(np.roots(p))), p)[1](1.0)
    np.testing.assert_allclose(
        gp, -(5.0 ** np.arange(3, -1, -1)) / 16, rtol=1e-12
    )  # p'(5) = 16, condition 1e3


def test_errstate_continues_at_a_repeated_root() -> None:
    with ln.errstate(degenerate="warn"), pytest.warns(DegenerateWarning), np.errstate(all="ignore"):
        ln.vjp(np.roots, np.array([1.0, 0.0, 0.0]))[1](np.array([1.0, 0.0]))


def test_lost_digits_are_reported() -> None:
    with pytest.warns(IllConditionedWarning, match="half of the digits"):
        ln.grad(lambda p: np.real(np.roots(p))[10])(np.poly(np.arange(1.0, 21.0)))


def test_a_polynomial_without_roots_has_none_to_move() -> None:
    for p in (np.zeros(0), np.zeros(3), np.ones(1)):
        r, pullback = ln.vjp(lnp.roots, p)
        assert r.shape == (0,)
        np.testing.assert_array_equal(pullback(r)[0], np.zeros_like(p))


def test_what_is_left_of_a_product_has_its_whole_derivative() -> None:
    """Leading zeros are left out, and the coefficients that were zero count for the others."""
    a, b = np.array([0.0, 2.0, 3.0]), np.array([4.0, 5.0])
    np.testing.assert_array_equal(
        ln.jacobian(lambda a: np.polymul(a, b))(a), [[5, 4, 0], [0, 5, 4], [0, 0, 5]]
    )


def test_quotient_and_remainder_move_as_the_dividend_does(rng: np.random.Generator) -> None:
    """u = q v + r for every u and v."""
    u, v, du, dv = (rng.normal(size=n) for n in (6, 3, 6, 3))
    (q, _), (dq, dr) = ln.jvp(lambda u, v: np.polydiv(u, v), (u, v), (du, dv))
    moved = np.polyadd(np.polyadd(np.convolve(dq, v), np.convolve(q, dv)), dr)
    np.testing.assert_allclose(moved, du, atol=1000 * EPS * (1 + np.abs(dq).max() + np.abs(q).max()))


def test_a_fit_of_full_degree_is_the_interpolating_polynomial(rng: np.random.Generator) -> None:
    x, y = np.array([-1.0, 0.0, 0.5, 2.0]), rng.normal(size=4)
    J = ln.jacobian(lambda x, y: np.polyval(np.polyfit(x, y, 3), x), argnums=(0, 1))(x, y)
    np.testing.assert_allclose(J[0], np.zeros((4, 4)), atol=1e5 * EPS)
    np.testing.assert_allclose(J[1], np.eye(4), atol=1e4 * EPS)


@pytest.mark.parametrize("part", range(4), ids=["x", "y", "w", "covariance"])
def test_a_fit_agrees_with_differences(part: int, rng: np.random.Generator) -> None:
    args = [np.arange(5.0) + rng.uniform(size=5) / 2, rng.normal(size=5), rng.uniform(1, 2, size=5)]

    def f(v: Any) -> Any:
        x, y, w = (v if i == part % 3 else a for i, a in enumerate(args))
        c, V = np.polyfit(x, y, 2, w=w, cov=True)
        return V.ravel() if part == 3 else c

    v = args[part % 3]
    np.testing.assert_allclose(
        ln.jacobian(f)(v), _differences(f, v), rtol=1e-6, atol=1e-6
    )  # differences err by 1e-8


def test_the_rank_warning_of_a_fit_is_numpys() -> None:
    with pytest.warns(np.exceptions.RankWarning):
        ln.vjp(lambda y: np.polyfit([0.0, 1.0, 3.0], y, 1, rcond=0.9), np.ones(3))


@pytest.mark.parametrize("kind", ["polynomial.polyval", "chebyshev.chebval", "legendre.legval", "hermite.hermval",
                                  "hermite_e.hermeval", "laguerre.lagval"])  # fmt: skip
def test_the_newer_series_are_differentiable_at_a_traced_number(kind: str) -> None:
    module, name = kind.split(".")
    series = getattr(getattr(np.polynomial, module), name)
    c, x = [1.0, -2.0, 0.5, 3.0], np.array([0.3, 1.2])
    J = ln.jacobian(lambda x: series(x, c))(x)
    np.testing.assert_allclose(
        J, _differences(lambda x: series(x, c), x), rtol=1e-8, atol=1e-8
    )  # differences err by 1e-9
