"""What other libraries for derivatives get wrong, answer with NaN or refuse: right in both modes, to second order.

FACTS says for each fact which tests hold it. Those that no other file has are here.
"""

import ast
from functools import cache
from pathlib import Path

import numpy as np
import pytest

import linad as ln
import linad.linalg as la
import linad.numpy as lnp
from linad.check.differences import directional
from linad.errors import DegenerateError
from tests.linalg.test_eigen import assert_right, definite, general, part
from tests.linalg.test_systems import SINGULAR

EPS = np.finfo(float).eps
HERE = "linalg/test_wrong_elsewhere.py::"
EIGEN, SVD, SYSTEMS = "linalg/test_eigen.py::", "linalg/test_svd.py::", "linalg/test_systems.py::"
QR, LSTSQ, NORMS = "linalg/test_qr.py::", "linalg/test_least_squares.py::", "numpy/test_norms.py::"
CHOLESKY, SPECTRAL = "linalg/test_cholesky.py::", "linalg/test_spectral.py::"

FACTS: dict[str, tuple[str, ...]] = {
    "the determinant is a polynomial, at every rank": (
        SYSTEMS + "TestDeterminants::test_the_gradient_at_a_singular_matrix_is_the_cofactors",
        SYSTEMS + "TestDeterminants::test_second_derivatives_at_a_singular_matrix_are_polynomials",
        SYSTEMS + "TestDeterminants::test_complex_and_batched_with_some_singular",
        SYSTEMS + "TestDeterminants::test_an_empty_matrix_has_determinant_one",
        HERE + "test_determinants_of_singular_matrices_in_every_order_of_modes",
        HERE + "test_the_third_derivative_of_a_determinant_at_zero",
        HERE + "test_determinants_of_no_rows_have_no_derivatives_to_miss",
    ),
    "log-determinants of tiny and huge matrices, and the sign of complex ones": (
        SYSTEMS + "TestDeterminants::test_slogdet_of_tiny_and_huge_matrices",
        SYSTEMS + "TestDeterminants::test_the_sign_of_a_complex_determinant_has_a_derivative",
        CHOLESKY + "test_tiny_and_huge_matrices_have_log_determinants",
        HERE + "test_log_determinants_of_tiny_and_huge_matrices_in_every_order_of_modes",
        HERE + "test_the_sign_of_a_complex_determinant_to_second_order",
    ),
    "a factorization that was saved is no constant of second derivatives": (
        HERE + "test_second_derivatives_in_every_order_of_modes",
        SYSTEMS + "TestFactoredOnce::test_solve_and_slogdet_with_gradient_and_hessian_product",
        EIGEN + "test_derivatives_of_eigh",
        EIGEN + "test_derivatives_of_eig",
        EIGEN + "test_derivatives_of_generalized_eigh",
    ),
    "QR with pivoting of wide and batched matrices, and complete QR": (
        QR + "test_column_pivoted_qr_of_wide_and_batched_matrices",
        QR + "test_gradients_of_complete_factors",
        QR + "test_a_cost_that_sees_which_basis_completes_q_is_reported",
        HERE + "test_pivoted_qr_in_every_order_of_modes",
    ),
    "Hermitian, not merely symmetric": (
        SYSTEMS + "TestSolve::test_values_and_gradients",
        CHOLESKY + "test_derivatives_of_first_and_second_order_agree_with_differences",
        LSTSQ + "test_the_gradient_of_pinvh_is_hermitian",
        HERE + "test_hermitian_matrices_in_every_order_of_modes",
    ),
    "triangular solves with the adjoint, or with a diagonal of ones": (
        HERE + "test_triangular_solves_in_every_order_of_modes",
        HERE + "test_a_diagonal_of_ones_and_the_other_triangle_have_no_gradient",
    ),
    "norms of complex vectors to second order": (NORMS + "test_vector_norms_differentiate_twice",),
    "batches that broadcast: the gradient has the shape of the argument": (
        SYSTEMS + "TestSolve::test_batches_broadcast_and_gradients_have_the_shape_of_the_argument",
        HERE + "test_what_was_broadcast_is_summed",
    ),
    "least squares and pseudoinverses where singular values tie; deficient rank": (
        LSTSQ + "test_singular_values_that_tie_do_no_harm",
        LSTSQ + "test_a_deficient_rank_raises",
        LSTSQ + "test_the_formula_for_constant_rank",
        LSTSQ + "test_among_matrices_of_one_rank_all_orders_are_right",
    ),
    "norms at zero": (
        NORMS + "test_derivatives_at_zeros_are_finite_and_zero_there",
        NORMS + "test_the_gradient_of_a_matrix_norm_at_zero_is_zero",
        SVD + "test_convex_norms_have_subgradients_at_kinks",
        HERE + "test_norms_at_zero_have_the_subgradient_zero_in_both_modes",
    ),
    "singular values that tie, where only their sum matters": (
        SVD + "test_symmetric_functions_are_right_at_ties_in_both_modes",
        SVD + "test_the_sum_of_singular_values_has_second_derivatives_at_ties",
        SVD + "test_the_nuclear_norm_at_ties_is_smooth_to_second_order",
    ),
    "sums of functions of repeated eigenvalues, and defective matrices": (
        EIGEN + "test_sums_over_equal_eigenvalues_have_gradients_and_tangents",
        EIGEN + "test_sums_of_the_lowest_eigenvalues_have_second_derivatives",
        EIGEN + "test_equal_eigenvalues_of_general_matrices",
        EIGEN + "test_defective_matrices_are_refused",
    ),
    "functions of a matrix with repeated eigenvalues: refused through eigh, exact by spectral": (
        EIGEN + "test_vectors_of_equal_eigenvalues_are_refused_and_not_answered",
        SPECTRAL + "test_it_is_the_exponential_to_second_order",
        HERE + "test_a_function_of_a_diagonal_matrix_is_refused_or_exact",
    ),
    "a cost that depends on the gauge is reported": (
        EIGEN + "test_a_cost_that_sees_the_phase_is_reported",
        SVD + "test_a_cost_that_depends_on_a_phase_is_reported",
        SVD + "test_a_cost_that_depends_on_the_basis_is_reported",
        "linalg/test_pencil.py::test_a_cost_of_a_scale_that_is_lapacks_choice_is_reported",
    ),
    "single precision and integers": (
        EIGEN + "test_integers_are_promoted_as_the_originals_do",
        CHOLESKY + "test_gradients_come_back_in_single_precision",
        HERE + "test_gradients_have_the_precision_of_their_argument",
        HERE + "test_integers_are_promoted",
    ),
    "asked for: one factorization for solve and log-determinant": (
        SYSTEMS + "TestFactoredOnce::test_solve_and_slogdet_with_gradient_and_hessian_product",
        SYSTEMS + "TestFactoredOnce::test_factor_serves_everything",
        CHOLESKY + "test_one_factor_serves_solve_logdet_cholesky_and_all_derivatives",
    ),
    "asked for: one convention for Hermitian and complex gradients": (
        HERE + "test_descent_is_against_a_complex_gradient",
        "linalg/test_hermitian.py::test_a_traced_matrix_with_one_triangle_filled_is_refused",
        "linalg/test_hermitian.py::test_the_derivative_is_that_of_the_triangle_it_reads",
    ),
    "asked for: plain NumPy calls on traced values": (
        "numpy/test_unchanged.py::test_gradient_agrees_with_central_differences",
        "numpy/test_unchanged.py::test_hessian_product_agrees_in_both_orders",
    ),
    "asked for: precise errors instead of NaN": (
        SYSTEMS + "TestSolve::test_a_singular_matrix_of_a_batch_is_named",
        CHOLESKY + "test_the_indefinite_matrix_of_a_batch_is_named",
        EIGEN + "test_a_batch_with_one_tie",
    ),
    "asked for: a checker that catches what is wrong, at second order too, and states its own error": (
        "check/test_mutants.py::test_a_wrong_rule_is_caught_and_named",
        "check/test_mutants.py::test_first_order_laws_pass_what_is_wrong_at_second_order_only",
        "check/test_differences.py::test_the_true_derivative_lies_within_the_stated_error",
    ),
}


@cache
def names(file: str) -> frozenset[str]:
    """The tests of a file, those of a class behind its name."""
    body = ast.parse((Path(__file__).parents[1] / file).read_text()).body
    inside = [(f"{c.name}::", f) for c in body if isinstance(c, ast.ClassDef) for f in c.body]
    functions = [("", f) for f in body] + inside
    return frozenset(before + f.name for before, f in functions if isinstance(f, ast.FunctionDef))


@pytest.mark.parametrize("fact", FACTS)
def test_each_fact_has_tests_that_exist(fact):
    for test in FACTS[fact]:
        file, _, name = test.partition("::")
        assert name in names(file), test


def direction(rng, x):
    d = rng.normal(size=x.shape)
    return d + 1j * rng.normal(size=x.shape) if x.dtype.kind == "c" else d


# -- determinants ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [float, complex])
@pytest.mark.parametrize("A", SINGULAR.values(), ids=SINGULAR)
def test_determinants_of_singular_matrices_in_every_order_of_modes(A, kind, rng):
    A = A.astype(kind)
    if kind is complex:
        A = A * (1 + 0.5j)
    assert_right(lambda A: np.real(np.linalg.det(A) * (1 - 2j)), A, direction(rng, A))


def test_the_third_derivative_of_a_determinant_at_zero(rng):
    """det(t U) is t^3 det(U)."""
    U, Z = rng.normal(size=(3, 3)), np.zeros((3, 3))
    along = lambda f: lambda A: ln.jvp(f, (A,), (U,))[1]  # noqa: E731  # shorter than a function
    np.testing.assert_allclose(along(along(along(la.det)))(Z), 6 * np.linalg.det(U), rtol=1e-12)
    g = ln.grad(along(along(la.det)))(Z)
    np.testing.assert_allclose(np.sum(g * U), 6 * np.linalg.det(U), rtol=1e-12)


@pytest.mark.parametrize("det", [np.linalg.det, la.det], ids=["numpy", "scipy"])
def test_determinants_of_no_rows_have_no_derivatives_to_miss(det):
    A = np.zeros((0, 0))
    assert ln.jvp(det, (A,), (A,)) == (1, 0)
    assert ln.hvp(det, (A,), (A,)).shape == (0, 0)


@pytest.mark.parametrize("c", [1e-200, 1e200])
@pytest.mark.parametrize("kind", [float, complex])
def test_log_determinants_of_tiny_and_huge_matrices_in_every_order_of_modes(c, kind, rng):
    """Along c U at c A all derivatives are those along U at A."""
    A = general(rng, 4, (), kind)
    U, V = direction(rng, A), direction(rng, A)
    logdet = lambda A: np.linalg.slogdet(A)[1]  # noqa: E731  # shorter than a function
    first = ln.jvp(logdet, (c * A,), (c * U,))[1]
    np.testing.assert_allclose(first, np.trace(np.linalg.solve(A, U)).real, rtol=1e-12)
    second = -np.trace(np.linalg.solve(A, U) @ np.linalg.solve(A, V)).real
    along = lambda A: ln.jvp(logdet, (A,), (c * U,))[1]  # noqa: E731  # likewise
    np.testing.assert_allclose(ln.jvp(along, (c * A,), (c * V,))[1], second, rtol=1e-11)
    for product in (ln.hvp(logdet, (c * A,), (c * U,)), ln.grad(along)(c * A)):
        np.testing.assert_allclose(np.sum(product.conj() * (c * V)).real, second, rtol=1e-11)


def test_the_sign_of_a_complex_determinant_to_second_order(rng):
    A = general(rng, 3, (), complex)
    assert_right(lambda A: np.real(np.linalg.slogdet(A)[0] * (1 - 2j)), A, direction(rng, A))


# -- factorizations and solves -------------------------------------------------------------------------------------

COSTS = {
    "det": np.linalg.det,
    "slogdet": lambda A: np.linalg.slogdet(A)[1],
    "solve": lambda A: np.sum(np.linalg.solve(A, np.arange(3.0)) ** 3),
    "inv": lambda A: np.sum(np.linalg.inv(A) ** 3),
    "eigh": lambda A: np.linalg.eigh((A + A.T) / 2)[0][0] ** 2 + np.linalg.eigh((A + A.T) / 2)[1][0, 0] ** 4,
    "eig": lambda A: np.sum(np.abs(np.linalg.eig(A)[1]) ** 4 * np.arange(3)),
    "svd": lambda A: np.sum(np.linalg.svd(A)[0] ** 4 * np.arange(3)),
    "lu": lambda A: np.sum(la.lu(A)[2] ** 3),
}


@pytest.mark.parametrize("name", COSTS)
def test_second_derivatives_in_every_order_of_modes(name, rng):
    A = general(rng, 3)
    assert_right(COSTS[name], A, direction(rng, A))


@pytest.mark.parametrize("kind", [float, complex])
@pytest.mark.parametrize("shape", [(2, 4), (2, 2, 3), (2, 3, 2)], ids=str)
def test_pivoted_qr_in_every_order_of_modes(shape, kind, rng):
    A = direction(rng, np.zeros(shape, kind))

    def cost(A):
        Q, R, _ = la.qr(A, mode="economic", pivoting=True)
        return lnp.sum(lnp.abs(Q) ** 4) + lnp.sum(lnp.abs(R) ** 3)

    assert_right(cost, A, direction(rng, A))


HERMITIAN = {
    "solve": lambda A: la.solve(A, np.arange(3.0), assume_a="her"),
    "positive": lambda A: la.solve(A, np.arange(3.0), assume_a="pos"),
    "cholesky": lambda A: la.cholesky(A, lower=True),
    "pinv": lambda A: np.linalg.pinv(A, hermitian=True),
    "root": lambda A: la.spectral(np.sqrt, A),
}


@pytest.mark.parametrize("name", HERMITIAN)
def test_hermitian_matrices_in_every_order_of_modes(name, rng):
    A = definite(rng, 3, (), complex)
    weights = np.arange(1.0, 10).reshape(3, 3)

    def cost(A):
        X = HERMITIAN[name](A)
        return lnp.sum(lnp.abs(X) ** 3 * weights[: X.ndim == 1 or 3]) + lnp.sum(lnp.imag(X) * weights)

    assert_right(cost, A, direction(rng, A), part)


@pytest.mark.parametrize("trans", [0, 1, 2])
@pytest.mark.parametrize("unit", [False, True])
@pytest.mark.parametrize("lower", [False, True])
def test_triangular_solves_in_every_order_of_modes(trans, unit, lower, rng):
    A, b = general(rng, 3, (), complex), direction(rng, np.zeros(3, complex))
    solve = lambda A, b: la.solve_triangular(A, b, trans, lower=lower, unit_diagonal=unit)  # noqa: E731  # shorter than a function
    assert_right(lambda A: lnp.sum(lnp.abs(solve(A, b)) ** 2), A, direction(rng, A))
    assert_right(lambda b: lnp.sum(lnp.abs(solve(A, b)) ** 3), b, direction(rng, b))


@pytest.mark.parametrize("unit", [False, True])
def test_a_diagonal_of_ones_and_the_other_triangle_have_no_gradient(unit, rng):
    A = general(rng, 3)
    cost = lambda A: np.sum(la.solve_triangular(A, np.ones(3), lower=True, unit_diagonal=unit) ** 2)  # noqa: E731  # shorter than a function
    for g in (ln.grad(cost)(A), ln.hvp(cost, (A,), (np.ones((3, 3)),))):
        assert not np.triu(g, 0 if unit else 1).any()
        assert np.all(g[np.tril_indices(3, -1)] != 0)


def test_what_was_broadcast_is_summed(rng):
    A, B = general(rng, 3, (2, 1)), rng.normal(size=(4, 3, 2))
    g = ln.grad(lambda A: np.sum(np.linalg.solve(A, B) ** 2))(A)
    assert g.shape == A.shape
    alone = [sum(ln.grad(lambda a, b=b: np.sum(np.linalg.solve(a, b) ** 2))(a[0]) for b in B) for a in A]
    np.testing.assert_allclose(g[:, 0], alone, rtol=1e-11, atol=1e-11)
    assert_right(lambda A: np.sum(np.linalg.solve(A, B) ** 2), A, direction(rng, A), tolerance=1e-6)


# -- degenerate points ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [float, complex])
@pytest.mark.parametrize("order", [None, "fro", "nuc", 2, 1, np.inf])
def test_norms_at_zero_have_the_subgradient_zero_in_both_modes(order, kind):
    Z = np.zeros((3, 2), kind)
    norm = lambda A: np.linalg.norm(A, order)  # noqa: E731  # shorter than a function
    np.testing.assert_array_equal(ln.grad(norm)(Z), Z)
    assert np.isfinite(ln.jvp(norm, (Z,), (np.ones_like(Z),))[1])


@pytest.mark.parametrize("A", [np.eye(3), np.diag([1.0, 1, 2]), np.zeros((3, 3))], ids=["one", "tie", "zero"])
def test_a_function_of_a_diagonal_matrix_is_refused_or_exact(A, rng):
    weights = part(rng.normal(size=(3, 3)))

    def through_eigh(A):
        w, V = np.linalg.eigh(A)
        return np.sum(weights * ((V * np.exp(w)) @ V.T))

    with pytest.raises(DegenerateError, match=r"linalg\.spectral"):
        ln.grad(through_eigh)(A)
    assert_right(lambda A: np.sum(weights * la.spectral(np.exp, A)), A, direction(rng, A), part)


# -- precision, and the convention -----------------------------------------------------------------------------------

OPERATIONS = {
    "solve": lambda A: np.linalg.solve(A, A[0]),
    "det": np.linalg.det,
    "slogdet": lambda A: np.linalg.slogdet(A)[1],
    "svdvals": la.svdvals,
    "qr": lambda A: la.qr(A)[1],
    "lu": lambda A: la.lu(A)[2],
    "pinv": np.linalg.pinv,
    "eigvals": np.linalg.eigvals,
    "norm": np.linalg.norm,
}


@pytest.mark.parametrize("dtype", [np.float32, np.complex64])
@pytest.mark.parametrize("name", OPERATIONS)
def test_gradients_have_the_precision_of_their_argument(name, dtype, rng):
    A = general(rng, 3, (), dtype)
    cost = lambda A: np.sum(np.abs(OPERATIONS[name](A)) ** 2)  # noqa: E731  # shorter than a function
    g, h = ln.grad(cost)(A), ln.hvp(cost, (A,), (A,))
    assert (g.dtype, h.dtype) == (dtype, dtype)
    double = A.astype(np.result_type(dtype, float))
    exact = ln.grad(cost)(double)
    np.testing.assert_allclose(g, exact, rtol=0, atol=1e3 * np.finfo(dtype).eps * np.max(np.abs(exact)))


@pytest.mark.parametrize("name", OPERATIONS)
def test_integers_are_promoted(name):
    A = np.array([[4, 1, 0], [2, 5, 1], [1, 0, 7]])
    cost = lambda A: np.sum(np.abs(OPERATIONS[name](A)) ** 2)  # noqa: E731  # shorter than a function
    np.testing.assert_array_equal(ln.grad(cost)(A), ln.grad(cost)(A.astype(float)))


def test_descent_is_against_a_complex_gradient(rng):
    A = general(rng, 3, (), complex)
    cost = lambda A: np.sum(np.abs(np.linalg.inv(A)) ** 2)  # noqa: E731  # shorter than a function
    g = ln.grad(cost)(A)
    slope, error = directional(cost, (A,), (-g,))
    assert abs(slope[0] + np.sum(np.abs(g) ** 2)) <= 1e-9 * (1 + np.sum(np.abs(g) ** 2)) + 8 * error[0]
