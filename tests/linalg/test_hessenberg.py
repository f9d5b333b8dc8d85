"""hessenberg: SciPy's results and errors, derivatives, subdiagonal entries that are zero."""

import numpy as np
import pytest
import scipy.linalg

import linad as ln
import linad.linalg as la
from linad.errors import DegenerateError, DegenerateWarning
from tests.linalg.test_schur import BOTH, EPS, aligned, numbers, require_derivatives, traced


def hessenberg(rng, n, zero, dtype="d"):
    """A Hessenberg matrix with one subdiagonal entry that is zero."""
    H = np.triu(numbers(rng, n, n, dtype=dtype), -1)
    H[zero + 1, zero] = 0
    return H


@pytest.mark.parametrize("n", [0, 1, 2, 3, 6])
@pytest.mark.parametrize("batch", [(), (2,), (2, 1)], ids=str)
@pytest.mark.parametrize("dtype", ["d", "D", "f", "F", "e", "g"])
@pytest.mark.parametrize("calc_q", [True, False])
def test_values_are_scipys(calc_q, dtype, batch, n, rng):
    A = numbers(rng, *batch, n, n, dtype=dtype)
    expected = scipy.linalg.hessenberg(A, calc_q)
    out = traced(lambda A: la.hessenberg(A, calc_q, True, False), A)
    if not calc_q:
        out, expected = (out,), (expected,)
    assert type(out) is type(expected)
    for own, other in zip(out, expected, strict=True):
        np.testing.assert_array_equal(ln.value(own), other, strict=True)


@BOTH
@pytest.mark.parametrize("shape", [(1, 1), (2, 2), (3, 3), (2, 5, 5), (8, 8)], ids=str)
def test_derivatives_agree_with_differences(shape, dtype, rng):
    A, G = numbers(rng, *shape, dtype=dtype), numbers(rng, 4, *shape)

    def cost(A):
        H, Q = la.hessenberg(A, calc_q=True)
        return np.sum(np.real(G[0] * H + 1j * G[1] * H**2)) + np.sum(np.real(G[2] * Q + 1j * G[3] * Q**2))

    require_derivatives(cost, (A,), rng)


@BOTH
@pytest.mark.parametrize("n", [3, 90])
def test_tangents_solve_the_equation_and_keep_the_form(n, dtype, rng):
    A, dA, gH, gQ = numbers(rng, 4, n, n, dtype=dtype)
    (T, Q), (dT, dQ) = ln.jvp(lambda A: la.hessenberg(A, calc_q=True), (A,), (dA,))
    Qh = Q.conj().T
    scale = n * EPS * (1 + np.max(np.abs(dQ))) * np.linalg.norm(A)
    np.testing.assert_allclose(dQ @ T @ Qh + Q @ dT @ Qh + Q @ T @ dQ.conj().T, dA, atol=10 * scale)
    np.testing.assert_allclose(Qh @ dQ, -dQ.conj().T @ Q, atol=10 * scale)
    assert not np.any(np.tril(dT, -2))
    assert not np.any(np.diag(dT, -1).imag)
    assert not np.any(dQ[:, 0])
    (gA,) = ln.vjp(lambda A: la.hessenberg(A, calc_q=True), A)[1]((gH, gQ))
    left, right = np.sum((gH.conj() * dT + gQ.conj() * dQ).real), np.sum((gA.conj() * dA).real)
    assert abs(left - right) < n * scale * np.linalg.norm(gA)


def test_one_form_serves_all_derivatives(rng):
    A, C = numbers(rng, 2, 5, 5)

    def cost(A):
        return np.sum(la.hessenberg(A) ** 2 * C) + np.sum(la.hessenberg(A, True)[1] ** 2 * C)

    with ln.counters() as ran:
        ln.value_and_grad(cost)(A)
        ln.hvp(cost, (A,), (C,))
    assert ran["gehrd"] == 2  # one for each call


def test_in_an_explicit_graph_other_data_may_be_bound(rng):
    a = ln.symbol("A", shape=(4, 4))
    f = ln.function([a], la.hessenberg(a, calc_q=True))
    A = numbers(rng, 4, 4)
    for own, other in zip(f(A), scipy.linalg.hessenberg(A, calc_q=True), strict=True):
        np.testing.assert_array_equal(own, other)


# -- where there is no derivative -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cost", "dtype", "zero"),
    [
        (lambda H, Q: H[1, 0], "d", 0),
        (lambda H, Q: H[2, 2], "d", 0),
        (lambda H, Q: H[0, 2], "d", 0),
        (lambda H, Q: Q[2, 3], "d", 0),
        (lambda H, Q: H[3, 2].real, "D", 2),
        (lambda H, Q: H[1, 3].real, "D", 2),
        (lambda H, Q: Q[3, 3].imag, "D", 2),
    ],
)
def test_what_depends_on_a_basis_that_is_not_determined_is_refused(cost, dtype, zero, rng):
    A = hessenberg(rng, 4, zero, dtype)
    where = rf"hessenberg: subdiagonal entry \({zero + 1}, {zero}\) is zero"
    with pytest.raises(DegenerateError, match=where):
        ln.grad(lambda A: cost(*la.hessenberg(A, calc_q=True)))(A)
    with pytest.raises(DegenerateError, match=where):
        ln.jvp(lambda A: cost(*la.hessenberg(A, calc_q=True)), (A,), (numbers(rng, 4, 4, dtype=dtype),))


def test_at_the_identity_nothing_is_determined():
    with pytest.raises(DegenerateError, match=r"entry \(1, 0\)"):
        ln.grad(lambda A: la.hessenberg(A)[1, 1])(np.eye(4))
    np.testing.assert_array_equal(ln.grad(lambda A: np.trace(la.hessenberg(A)))(np.eye(4)), np.eye(4))


def test_what_does_not_see_that_basis_has_a_gradient(rng):
    A, dA = hessenberg(rng, 5, 1), numbers(rng, 5, 5)

    def cost(A):
        H = la.hessenberg(A)
        return H[0, 0] ** 2 + H[0, 1] * H[1, 0] + H[1, 1] + np.trace(H[2:, 2:])

    slope = (cost(A + 1e-6 * dA) - cost(A - 1e-6 * dA)) / 2e-6
    np.testing.assert_allclose(np.sum(ln.grad(cost)(A) * dA), slope, rtol=1e-6)


def test_the_last_entry_of_a_real_form_may_be_zero(rng):
    A, G = hessenberg(rng, 4, 2), numbers(rng, 2, 4, 4)

    def cost(A):
        H, Q = aligned(*la.hessenberg(A, calc_q=True), np.eye(4))
        return np.sum(G[0] * H) + np.sum(G[1] * Q)

    require_derivatives(cost, (A,), rng)


def test_an_element_of_a_batch_is_named(rng):
    A = np.stack([numbers(rng, 4, 4), hessenberg(rng, 4, 0)])
    with pytest.raises(DegenerateError, match=r"of matrix \(1,\) in the batch"):
        ln.grad(lambda A: np.sum(la.hessenberg(A)))(A)


def test_in_forward_mode_a_cost_that_does_not_use_the_form_does_not_mind():
    assert ln.jvp(lambda A: (la.hessenberg(A), np.sum(A))[1], (np.eye(4),), (np.ones((4, 4)),))[1] == 16


def test_under_errstate_what_is_not_determined_is_dropped():
    with ln.errstate(degenerate="warn"), pytest.warns(DegenerateWarning):
        g = ln.grad(lambda A: la.hessenberg(A)[1, 1])(np.eye(4))
    assert np.isfinite(g).all()


def test_what_is_not_finite_stays_so():
    A = np.full((3, 3), np.nan)
    assert np.isnan(ln.grad(lambda A: np.sum(la.hessenberg(A, check_finite=False)))(A)).any()


# -- errors ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(3,), (2, 3), (0, 3, 3)], ids=str)
def test_errors_are_scipys(shape):
    A = np.ones(shape)
    with pytest.raises(ValueError) as expected:  # noqa: PT011  # compared below
        scipy.linalg.hessenberg(A)
    with pytest.raises(ValueError) as own:  # noqa: PT011  # the same
        traced(la.hessenberg, A)
    assert str(own.value) == str(expected.value)


def test_numbers_that_are_not_finite_are_refused():
    with pytest.raises(ValueError, match="infs or NaNs"):
        traced(la.hessenberg, np.full((3, 3), np.inf))
