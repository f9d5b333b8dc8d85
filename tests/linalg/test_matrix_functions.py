"""Functions of matrices: equations, block forms, degenerate points, higher orders, options, what is computed once."""

import cmath
from functools import partial

import numpy as np
import pytest
import scipy.linalg

import linad as ln
import linad.linalg as la
from linad.check.differences import directional
from linad.derive.catalogue import rule
from linad.errors import (
    ArgumentError,
    ClosureError,
    DegenerateError,
    IllConditionedWarning,
    NoRuleError,
    ShapeError,
)

EPS = np.finfo(float).eps
ENTIRE = ("expm", "cosm", "sinm", "coshm", "sinhm")
CUT = ("logm", "sqrtm")
NAMES = (*ENTIRE, "tanm", "tanhm", *CUT, "signm")


def normal(rng, *shape, kind=float):
    return rng.normal(size=shape) + (1j * rng.normal(size=shape) if kind is complex else 0)


def point(rng, name, n=4, kind=float):
    """A matrix with eigenvalues near 2, or on both sides of the imaginary axis for the sign."""
    A = 0.3 * normal(rng, n, n, kind=kind)
    return A + np.diag(np.where(np.arange(n) % 2, 2, -2)) if name == "signm" else A + 2 * np.eye(n)


def block(A, *matrices):
    """The block upper bidiagonal matrix."""
    n, k = len(A), len(matrices)
    whole = np.kron(np.eye(k + 1), A).astype(np.result_type(A, *matrices))
    for i, X in enumerate(matrices):
        whole[i * n : (i + 1) * n, (i + 1) * n : (i + 2) * n] = X
    return whole


def corner(f, A, *matrices):
    return f(block(A, *matrices))[: len(A), -len(A) :]


def close(found, expected, digits=1e3):
    assert np.max(np.abs(found - expected)) <= digits * EPS * (1 + np.max(np.abs(expected)))


# -- values --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [float, complex])
@pytest.mark.parametrize("name", NAMES)
def test_a_traced_value_is_scipys_and_a_plain_result_too(name, kind, rng):
    A = point(rng, name, kind=kind)
    expected = getattr(scipy.linalg, name)(A)
    assert np.array_equal(getattr(la, name)(A), expected)
    value = ln.vjp(getattr(la, name), A)[0]
    assert value.dtype == expected.dtype
    close(value, expected, 20)


@pytest.mark.parametrize("name", ["expm", "sqrtm", "signm", "cosm"])
@pytest.mark.parametrize("dtype", [np.float32, np.complex64])
def test_single_precision_stays(name, dtype, rng):
    out, pullback = ln.vjp(getattr(la, name), point(rng, name).astype(dtype))
    assert out.dtype == dtype
    assert pullback(np.ones_like(out))[0].dtype == dtype


@pytest.mark.parametrize("x", [1.0, np.array([2.0])], ids=["number", "vector"])
def test_the_exponential_of_one_number_is_a_matrix(x):
    out, pullback = ln.vjp(la.expm, x)
    assert np.array_equal(out, scipy.linalg.expm(x))
    assert np.array_equal(np.ravel(pullback(np.ones((1, 1)))[0]), np.ravel(out))


@pytest.mark.parametrize("name", ["expm", "sqrtm", "cosm"])
def test_a_matrix_of_order_zero_has_empty_derivatives(name):
    assert ln.grad(lambda A: np.sum(getattr(la, name)(A)))(np.zeros((0, 0))).shape == (0, 0)


# -- first and second order ----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [float, complex])
@pytest.mark.parametrize("name", NAMES)
def test_derivatives_are_blocks_of_the_function_of_a_block_matrix(name, kind, rng):
    f, A = getattr(la, name), point(rng, name, n=3, kind=kind)
    E, F = normal(rng, 3, 3, kind=kind), normal(rng, 3, 3, kind=kind)
    push = lambda A: ln.jvp(f, (A,), (E,))[1]  # noqa: E731  # shorter than a function
    whole = partial(corner, getattr(scipy.linalg, name), A)
    close(
        push(A), whole(E), 1e5
    )  # Parlett's recurrence, by which SciPy's sign goes, loses digits at equal eigenvalues
    close(ln.jvp(push, (A,), (F,))[1], whole(E, F) + whole(F, E), 1e6)


@pytest.mark.parametrize("kind", [float, complex])
@pytest.mark.parametrize("name", NAMES)
def test_the_cotangent_is_the_adjoint(name, kind, rng):
    A, E = point(rng, name, kind=kind), normal(rng, 4, 4, kind=kind)
    f = getattr(la, name)
    g = normal(rng, 4, 4, kind=kind)
    (gA,) = ln.vjp(f, A)[1](g)
    close(np.vdot(gA, E).real, np.vdot(g, ln.jvp(f, (A,), (E,))[1]).real)


@pytest.mark.parametrize("name", ["expm", "tanm", *CUT, "signm"])
def test_a_hessian_product_agrees_with_differences_of_gradients(name, rng):
    A, E = point(rng, name, n=3, kind=complex), normal(rng, 3, 3, kind=complex)
    cost = lambda A: np.sum(np.real(getattr(la, name)(A) ** 2))  # noqa: E731  # shorter than a function
    differences, error = directional(ln.grad(cost), (A,), (E,))
    assert np.all(np.abs(np.ravel(ln.hvp(cost, (A,), (E,))) - differences) <= 10 * error + 1e3 * EPS)


def test_the_tangent_of_a_root_solves_its_equation(rng):
    A, E = point(rng, "sqrtm", kind=complex), normal(rng, 4, 4)
    X, dX = ln.jvp(la.sqrtm, (A,), (E + 0j,))
    close(X @ dX + dX @ X, E)


def test_the_rule_of_a_root_is_the_one_that_is_derived(rng):
    A, E = point(rng, "sqrtm", kind=complex), normal(rng, 4, 4, kind=complex)
    X, pullback = ln.vjp(la.sqrtm, A)
    close(pullback(E)[0], rule("sqrtm").vjp({"A": A, "X": X}, {"X": E})["A"])


def test_the_tangent_of_a_sign_solves_its_equations(rng):
    A, E = point(rng, "signm"), normal(rng, 4, 4)
    S, dS = ln.jvp(la.signm, (A,), (E,))
    close(S @ dS + dS @ S, 0)
    close(S @ E + dS @ A, E @ S + A @ dS)


TURN = np.linalg.qr(np.random.default_rng(7).normal(size=(4, 4)))[0]
SKEW = TURN + 0.3 * np.random.default_rng(8).normal(size=(4, 4))
DEGENERATE = {
    "identity": np.eye(4),
    "ties": TURN @ np.diag([1.0, 1.0, 2.0, 2.0]) @ TURN.T,
    "near": SKEW @ np.diag([1.0, 1 + 1e-9, 2.0, 2 + 1e-5]) @ np.linalg.inv(SKEW),
    "defective": TURN @ (1.5 * np.eye(4) + np.eye(4, k=1)) @ TURN.T,
    "nearly defective": np.diag([1.0, 1 + 1e-8, 2.0, 3.0]) + 5 * np.eye(4, k=1),
    "pairs": scipy.linalg.block_diag([[1, 2], [-2, 1]], [[1, 2], [-2, 1.0]]),
}


@pytest.mark.parametrize("A", DEGENERATE.values(), ids=list(DEGENERATE))
def test_the_logarithm_is_the_inverse_of_the_exponential_to_second_order_where_eigenvalues_are_equal(A, rng):
    E, F = normal(rng, 4, 4), normal(rng, 4, 4)
    both = lambda A: la.expm(la.logm(A))  # noqa: E731  # shorter than a function
    push = lambda A: ln.jvp(both, (A,), (E,))[1]  # noqa: E731  # likewise
    scale = np.max(np.abs(ln.jvp(la.logm, (A,), (E,))[1])) ** 2
    close(push(A), E, 1e3 * (1 + scale))
    close(ln.jvp(push, (A,), (F,))[1], 0, 1e4 * (1 + scale))


@pytest.mark.parametrize("A", DEGENERATE.values(), ids=list(DEGENERATE))
def test_the_square_of_the_root_has_derivatives_where_eigenvalues_are_equal(A, rng):
    E = normal(rng, 4, 4)
    X, dX = ln.jvp(la.sqrtm, (A,), (E,))
    close(X @ dX + dX @ X, E, 1e3 * (1 + np.max(np.abs(dX))) ** 2)


def test_derivatives_of_a_nilpotent_exponential_are_exact():
    """exp(N) = I + N + N^2/2, of which the derivative along E is E + (NE + EN)/2 + (NNE + NEN + ENN)/6 + ..."""
    N, E = np.eye(3, k=1), np.arange(9.0).reshape(3, 3)
    powers = [np.linalg.matrix_power(N, k) for k in range(3)]
    series = sum(
        powers[i] @ E @ powers[j] / scipy.special.factorial(i + j + 1) for i in range(3) for j in range(3)
    )
    close(ln.jvp(la.expm, (N,), (E,))[1], series, 20)


# -- batches -------------------------------------------------------------------------------------------------


def test_a_batch_of_unlike_norms_is_a_loop(rng):
    A = normal(rng, 6, 3, 3) * np.array([0.0, 1e-3, 0.1, 1.0, 3.0, 20.0])[:, None, None]
    E = normal(rng, 6, 3, 3)
    found = ln.jvp(la.expm, (A,), (E,))[1]
    for X, Y, Z in zip(A, E, found, strict=True):
        close(Z, ln.jvp(la.expm, (X,), (Y,))[1], 10)
        close(Z, corner(scipy.linalg.expm, X, Y), 1e3 * (1 + np.linalg.norm(X, 1)))


def test_a_derivative_of_the_exponential_broadcasts_and_has_derivatives(rng):
    A, E = normal(rng, 2, 1, 3, 3), normal(rng, 3, 3, 3)
    cost = lambda A, E: np.sum(la.expm_frechet(A, E, compute_expm=False) ** 2)  # noqa: E731  # shorter
    found = ln.grad(cost, argnums=(0, 1))(A, E)
    loop = [[ln.grad(cost, argnums=(0, 1))(X, Y) for Y in E] for X in A[:, 0]]
    close(found[0][:, 0], [sum(row[k][0] for k in range(3)) for row in loop])
    close(found[1], [sum(row[k][1] for row in loop) for k in range(3)])


# -- where there is no derivative ----------------------------------------------------------------------------


def exponential(A):
    return la.funm(A, np.exp)


NOWHERE = {
    "logm-negative": (la.logm, np.diag([1.0, -2.0]), "eigenvalue 1 is on the negative real axis"),
    "logm-singular": (la.logm, np.diag([1.0, 0.0]), "eigenvalue 1 is zero"),
    "sqrtm-negative": (la.sqrtm, np.diag([1.0, -2.0]) + 0j, "eigenvalue 1 is on the negative real axis"),
    "sqrtm-singular": (la.sqrtm, np.diag([0.0, 2.0]), "eigenvalue 0 is zero"),
    "sqrtm-none": (la.sqrtm, np.eye(2, k=1), "zero to rounding"),
    "power": (partial(la.fractional_matrix_power, t=0.5), np.diag([1.0, -2.0]), "negative real axis"),
    "signm": (la.signm, np.array([[0.0, 1.0], [-1.0, 0.0]]), "on the imaginary axis"),
    "funm": (exponential, np.array([[1.0, 1.0], [0.0, 1.0]]), "defective"),
    "batch": (la.logm, np.stack([np.eye(2), -np.eye(2)]), r"eigenvalue 0 of matrix \(1,\) in the batch"),
}


@pytest.mark.filterwarnings(
    "ignore::scipy.linalg.LinAlgWarning", "ignore::RuntimeWarning", "ignore::UserWarning"
)
@pytest.mark.parametrize(("f", "A", "why"), NOWHERE.values(), ids=list(NOWHERE))
@pytest.mark.parametrize("mode", ["reverse", "forward"])
def test_a_derivative_that_does_not_exist_raises(mode, f, A, why):
    derivative = {
        "reverse": lambda: ln.vjp(f, A)[1](np.ones(A.shape, f(A).dtype)),
        "forward": lambda: ln.jvp(lambda A: f(A) * 2, (A,), (np.ones_like(A),)),
    }[mode]
    with pytest.raises(DegenerateError, match=why):
        derivative()


@pytest.mark.parametrize("name", CUT)
def test_on_the_cut_errstate_continues_with_the_derivative_among_real_matrices(name, rng):
    A, E = np.array([[1.0, 0.3], [0.2, -2.0]]), normal(rng, 2, 2)
    with ln.errstate(degenerate="ignore"):
        found = ln.jvp(getattr(la, name), (A,), (E,))[1]
    differences, error = directional(getattr(scipy.linalg, name), (A,), (E,))
    assert np.all(np.abs(np.ravel(found) - differences) <= 10 * error + 1e3 * EPS)


@pytest.mark.parametrize("name", CUT)
def test_lost_digits_are_told(name):
    with pytest.warns(IllConditionedWarning, match="half of the digits"):
        ln.grad(lambda A: np.sum(getattr(la, name)(A)))(np.diag([1.0, 1e-9]))


# -- powers --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("t", [0.5, -1.3, 2.7])
def test_powers_have_derivatives_in_both_arguments(t, rng):
    A, E = point(rng, "logm", kind=complex), normal(rng, 4, 4, kind=complex)
    X, dX = ln.jvp(la.fractional_matrix_power, (A, t), (E, 1.0))
    L = scipy.linalg.logm(A)
    close(X, scipy.linalg.fractional_matrix_power(A, t))
    own = corner(lambda B: scipy.linalg.expm(t * scipy.linalg.logm(B)), A, E)
    close(dX, own + L @ X, 1e4)
    g = normal(rng, 4, 4, kind=complex)
    gA, gt = ln.vjp(la.fractional_matrix_power, A, t)[1](g)
    close(np.vdot(gA, E).real + gt, np.vdot(g, dX).real, 1e4)


def test_integer_powers_are_products_and_have_no_cut(rng):
    A, E = np.diag([1.0, -2.0, 0.0]), normal(rng, 3, 3)
    found = ln.jvp(lambda A: la.fractional_matrix_power(A, 2), (A,), (E,))[1]
    close(found, A @ E + E @ A, 10)
    assert np.array_equal(ln.grad(lambda A: np.sum(la.fractional_matrix_power(A, 0)))(A), np.zeros((3, 3)))


def test_a_power_that_is_no_real_number_is_refused(rng):
    with pytest.raises(ArgumentError, match="real number"):
        ln.grad(lambda t: np.sum(la.fractional_matrix_power(np.eye(2), t)))(np.ones(2))


# -- functions given by a callable ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["identity", "ties", "pairs", "near"])
def test_funm_is_the_exponential_to_second_order_where_eigenvalues_are_equal(name, rng):
    A, E, F = DEGENERATE[name], normal(rng, 4, 4), normal(rng, 4, 4)
    push = lambda A: ln.jvp(exponential, (A,), (E,))[1]  # noqa: E731  # shorter than a function
    close(push(A), corner(scipy.linalg.expm, A, E), 1e4)
    twice = corner(scipy.linalg.expm, A, E, F) + corner(scipy.linalg.expm, A, F, E)
    close(ln.jvp(push, (A,), (F,))[1], twice, 1e5)


def test_third_derivatives_of_funm_at_complex_eigenvalues(rng):
    A, E = normal(rng, 3, 3), normal(rng, 3, 3)
    thrice = {
        f: ln.jvp(lambda t: ln.grad(ln.grad(lambda t: np.sum(f(A + t * E))))(t), (0.0,), (1.0,))[1]  # noqa: B023  # called at once
        for f in (exponential, la.expm)
    }
    close(*thrice.values(), 1e4)


def test_funm_of_a_complex_function_of_a_real_matrix(rng):
    A, E, g = normal(rng, 3, 3), normal(rng, 3, 3), normal(rng, 3, 3, kind=complex)
    f = lambda A: la.funm(A, lambda w: np.exp(1j * w))  # noqa: E731  # shorter than a function
    tangent = ln.jvp(f, (A,), (E,))[1]
    close(tangent, corner(scipy.linalg.expm, 1j * A, 1j * E))
    (gA,) = ln.vjp(f, A)[1](g)
    assert gA.dtype == float
    close(np.sum(gA * E), np.vdot(g, tangent).real)


def test_a_callable_that_cannot_be_evaluated_is_refused_by_name():
    with pytest.raises(ClosureError, match="funm: f gives a traced result"):
        ln.grad(lambda t: np.sum(la.funm(t * np.eye(2), lambda w: np.exp(t * w))))(1.0)
    with pytest.raises(ShapeError, match=r"funm: .* each eigenvalue alone"):
        ln.grad(lambda A: np.sum(la.funm(A, lambda w: w[:1] * np.ones(3))))(np.eye(2))
    with pytest.raises(NoRuleError, match="funm: the derivative of func is needed"):
        ln.grad(lambda A: np.sum(np.real(la.funm(A, np.vectorize(cmath.exp)))))(np.diag([1.0, 2.0]))


# -- options -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", CUT)
def test_an_estimate_of_the_error_is_plain_and_scipys(name, rng):
    A, found = point(rng, name), []
    with pytest.warns(DeprecationWarning, match="disp"):
        expected = getattr(scipy.linalg, name)(A, disp=False)[1]
    with pytest.warns(DeprecationWarning, match="disp"):
        ln.vjp(lambda A: found.append(getattr(la, name)(A, disp=False)[1]) or A, A)
    assert isinstance(found[0], (float, np.ndarray))
    assert abs(found[0] - expected) <= 100 * EPS


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize(
    "A", [np.diag([1.0, -2.0]), np.array([[1.0, 3.0], [0.0, 1.0]])], ids=["once", "iterated"]
)
def test_a_sign_comes_with_an_estimate_where_scipys_does(A):
    expected, found = scipy.linalg.signm(A, disp=False), []
    ln.vjp(lambda A: found.append(la.signm(A, disp=False)) or A, A)
    assert isinstance(found[0], tuple) == isinstance(expected, tuple)
    assert not isinstance(expected, tuple) or found[0][1] == expected[1]


def test_funm_prints_and_gives_scipys_estimate(capsys, rng):
    A, found = np.array([[1.0, 1.0], [0.0, 1.0]]), []
    ln.vjp(lambda A: found.append(la.funm(A, np.exp, disp=False)[1]) or A, A)
    assert found[0] == scipy.linalg.funm(A, np.exp, disp=False)[1]
    ln.vjp(exponential, A)
    assert "may be inaccurate" in capsys.readouterr().out


def test_errors_are_scipys():
    A = np.ones((2, 3))
    with pytest.raises(np.linalg.LinAlgError, match="must be square"):
        ln.vjp(la.expm, A)
    with pytest.raises(ValueError, match="expected square"):
        ln.vjp(la.cosm, A)
    with pytest.raises(ValueError, match="Unknown implementation"):
        ln.vjp(lambda A: la.expm_frechet(A, A, method="none"), np.eye(2))
    with pytest.raises(ShapeError, match="order one"):
        ln.vjp(la.sqrtm, 4.0)


# -- what is computed once -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("f", "routine"),
    [
        (la.logm, "gees"),
        (la.sqrtm, "gees"),
        (la.signm, "gees"),
        (lambda A: np.real(la.fractional_matrix_power(A, 0.3)), "gees"),
        (exponential, "geev"),
    ],
    ids=["logm", "sqrtm", "signm", "power", "funm"],
)
def test_a_form_is_computed_once_for_all_derivatives(f, routine, rng):
    A, E = point(rng, "logm"), normal(rng, 4, 4)
    with ln.counters() as ran:
        ln.hvp(lambda A: np.sum(f(A) ** 2), (A,), (E,))
    assert ran[routine] == 1


def test_a_gradient_of_the_exponential_costs_one_value_and_one_derivative(rng):
    with ln.counters() as ran:
        ln.grad(lambda A: np.sum(la.expm(A)))(normal(rng, 4, 4))
    assert (ran["expm"], ran["frechet"], ran["getrf"]) == (1, 1, 1)
