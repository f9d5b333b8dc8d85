"""Derivatives computed by hand or elsewhere: right ones hold, mutants fail, and f is never traced."""

import re

import numpy as np
import pytest
import scipy.linalg

from linad.check import check_gradients


def quadratic(A, x):
    return float(x @ A @ x)


def by_hand(A, x):
    return np.outer(x, x), (A + A.T) @ x


ARGS = (np.array([[2.0, 1.0], [0.5, 3.0]]), np.array([1.0, -2.0]))
CLAIMS = {
    "tuple": by_hand,
    "list": lambda A, x: list(by_hand(A, x)),
    "value-and-gradient": lambda A, x: (quadratic(A, x), by_hand(A, x)),
}


@pytest.mark.parametrize("gradient", CLAIMS.values(), ids=CLAIMS)
def test_every_form_of_a_right_gradient_holds(gradient):
    assert check_gradients(quadratic, *ARGS, gradient=gradient).holds is True


MUTANTS = {
    "sign": lambda A, x: (np.outer(x, x), -(A + A.T) @ x),
    "factor": lambda A, x: (np.outer(x, x) * (1 + 1e-5), (A + A.T) @ x),
    "transposed-term": lambda A, x: (np.outer(x, x), 2 * A @ x),
    "dropped-term": lambda A, x: (np.outer(x, x), A @ x),
    "one-entry": lambda A, x: (np.outer(x, x) + 1e-7 * np.eye(2), (A + A.T) @ x),
    "absent": lambda A, x: (None, (A + A.T) @ x),
    "nan": lambda A, x: (np.full((2, 2), np.nan), (A + A.T) @ x),
    "infinite": lambda A, x: (np.full((2, 2), np.inf), (A + A.T) @ x),
}


@pytest.mark.parametrize("gradient", MUTANTS.values(), ids=MUTANTS)
def test_a_wrong_gradient_fails(gradient):
    assert check_gradients(quadratic, *ARGS, gradient=gradient).holds is False


def test_only_the_wrong_argument_is_blamed():
    report = check_gradients(quadratic, *ARGS, gradient=MUTANTS["dropped-term"])
    assert {finding.gap.entry for finding in report.failures} == {"x[0]", "x[1]"}


def test_a_missing_conjugate_fails_and_is_recognised():
    report = check_gradients(
        lambda z: float(np.sum(np.abs(z) ** 2)), "complex normal(3)", gradient=lambda z: 2 * z.conj()
    )
    assert report.holds is False
    assert any("the conjugate of the gradient" in note for note in report.notes)


def test_a_common_factor_is_recognised():
    report = check_gradients(quadratic, *ARGS, gradient=lambda A, x: tuple(2 * g for g in by_hand(A, x)))
    assert "every entry is 2 times what it should be" in report.notes


def test_a_complex_gradient_holds():
    assert check_gradients(
        lambda z: float(np.sum(np.abs(z) ** 2)), "complex normal(3)", gradient=lambda z: 2 * z
    ).holds


def test_a_jacobian_is_in_numerator_layout():
    def f(A, B):
        return A @ B

    def jacobian(A, B):
        return np.einsum("ip,qj->ijpq", np.eye(2), B), np.einsum("ip,jq->ijpq", A, np.eye(2))

    args = (np.arange(6.0).reshape(2, 3), np.arange(1.0, 7.0).reshape(3, 2))
    assert check_gradients(f, *args, gradient=jacobian).holds is True


def test_holomorphic_derivatives_hold():
    z = np.array([0.3 + 0.4j, 1 - 1j])
    assert check_gradients(np.exp, z, gradient=lambda z: np.diag(np.exp(z))).holds is True
    assert check_gradients(np.exp, z, gradient=lambda z: np.diag(np.exp(z)).conj()).holds is False


def test_several_outputs_have_a_derivative_each():
    def f(x):
        return np.sum(x), x**2

    x = np.array([1.0, 2.0])
    assert check_gradients(f, x, gradient=lambda x: (np.ones(2), np.diag(2 * x))).holds is True
    assert check_gradients(f, x, gradient=lambda x: (np.ones(2), np.diag(x))).holds is False


def test_gradients_are_nested_as_arguments():
    def f(p):
        return float(p["w"] @ p["w"] * p["s"][0])

    p = {"w": np.array([1.0, 2.0]), "s": (3.0, 7)}
    right = {"w": 6 * p["w"], "s": (5.0, None)}
    assert check_gradients(f, p, gradient=lambda p: right).holds is True
    assert check_gradients(f, p, gradient=lambda p: right | {"s": (6.0, None)}).holds is False


@pytest.mark.parametrize(
    ("gradient", "fact"),
    [
        (lambda A, x: by_hand(A, x)[0], "a tuple of 2, one for each argument"),
        (lambda A, x: (np.outer(x, x), x[:1]), r"by x has shape \(1,\), expected \(2,\)"),
        (lambda A, x: (np.outer(x, x), ["a", "b"]), "is a list"),
        (lambda A, x: None, "gradient returned None"),
        (lambda A, x: (quadratic(A, x) + 1, by_hand(A, x)), "its value is not that of the function"),
    ],
    ids=["one-for-two", "shape", "text", "nothing", "wrong-value"],
)
def test_what_has_not_the_form_of_a_gradient_fails(gradient, fact):
    report = check_gradients(quadratic, *ARGS, gradient=gradient)
    (finding,) = report.failures
    assert finding.law == "form"
    assert re.search(fact, finding.detail)


def test_the_function_is_never_traced():
    def plain_only(x):
        assert type(x) is np.ndarray
        return float(np.linalg.norm(x.tolist()))

    assert check_gradients(plain_only, np.array([3.0, 4.0]), gradient=lambda x: x / 5).holds is True


def test_a_complex_step_sharpens_where_it_agrees():
    x = np.array([1.0, 2.0])
    gradient = lambda x: np.exp(x) * (1 + 1e-13)  # noqa: E731  # below what real differences resolve
    report = check_gradients(lambda x: np.sum(np.exp(x)), x, gradient=gradient, complex_step=True)
    assert all(finding.gap.own < 1e-13 * 50 for finding in report.findings)


def test_a_complex_step_is_not_trusted_where_it_disagrees():
    def f(x):
        return float(np.real(np.sum(x * np.conj(x))))

    assert check_gradients(f, np.array([1.0, 2.0]), gradient=lambda x: 2 * x, complex_step=True).holds is True
    assert (
        check_gradients(f, np.array([1.0, 2.0]), gradient=lambda x: 0 * x, complex_step=True).holds is False
    )


# -- the trap of the method: the factors of LU are not free -----------------------------------------------------------


X = np.array([[1.0, 2.0, -1.0], [3.0, 1.0, 0.5], [-0.5, 2.5, 2.0]])
gL, gU = np.arange(9.0).reshape(3, 3) / 4, np.cos(np.arange(9.0)).reshape(3, 3)


def factors(X):
    """The rows in the order of the pivots, L and U: X[order] = L U."""
    p, L, U = scipy.linalg.lu(X, p_indices=True)
    return np.argsort(p), L, U


def lu_cost(X):
    _, L, U = factors(X)
    return float(np.sum(gL * L) + np.sum(gU * U))


def times_inverse_adjoint(M, U):
    """M U^-T."""
    return scipy.linalg.solve_triangular(U, M.T).T


def inverse_adjoint_times(L, M):
    """L^-T M."""
    return scipy.linalg.solve_triangular(L, M, lower=True, trans="T", unit_diagonal=True)


def raw_from_L(X):
    order, _, U = factors(X)
    return times_inverse_adjoint(gL, U)[np.argsort(order)]


def raw_from_U(X):
    order, L, _ = factors(X)
    return inverse_adjoint_times(L, gU)[np.argsort(order)]


def projected(X):
    order, L, U = factors(X)
    M = np.tril(L.T @ gL, -1) + np.triu(gU @ U.T)
    return inverse_adjoint_times(L, times_inverse_adjoint(M, U))[np.argsort(order)]


@pytest.mark.parametrize("raw", [raw_from_L, raw_from_U, lambda X: raw_from_L(X) + raw_from_U(X)])
def test_the_raw_formulas_of_lu_fail(raw):
    assert check_gradients(lu_cost, X, gradient=raw).holds is False


def test_the_projected_rule_of_lu_holds():
    assert check_gradients(lu_cost, X, gradient=projected).holds is True
