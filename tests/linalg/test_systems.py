"""solve, inv, det, slogdet, factor: one factorization, structures, polynomials at any rank."""

import itertools

import numpy as np
import pytest
import scipy.linalg

import linad as ln
import linad.linalg as la
from linad import errors
from linad.check.differences import directional

EPS = np.finfo(float).eps


def cofactors(A):
    """The gradient of the determinant, by minors."""
    n = len(A)
    minors = [
        np.linalg.det(np.delete(np.delete(A, i, 0), j, 1)) * (-1) ** (i + j)
        for i, j in itertools.product(range(n), repeat=2)
    ]
    return np.array(minors).reshape(n, n)


def spd(rng, n, dtype="d"):
    A = rng.normal(size=(n, n)) + (1j * rng.normal(size=(n, n)) if dtype == "D" else 0)
    return A @ A.conj().T + n * np.eye(n)


SINGULAR = {
    "last pivot": np.diag([1.0, 2, 3, 0]),
    "first pivot": np.diag([0.0, 2, 3, 1]),
    "rank n-1": np.array([[1.0, 2, 3], [4, 5, 6], [7, 8, 9]]),
    "rank n-2": np.diag([1.0, 0, 0]),
    "rank one": np.ones((4, 4)),
    "tied singular values": np.diag([2.0, 2, 0]),
    "zero": np.zeros((3, 3)),
    "zero 1x1": np.zeros((1, 1)),
}


class TestDeterminants:
    @pytest.mark.parametrize("det", [np.linalg.det, la.det], ids=["numpy", "scipy"])
    @pytest.mark.parametrize("A", SINGULAR.values(), ids=SINGULAR)
    def test_the_gradient_at_a_singular_matrix_is_the_cofactors(self, A, det):
        np.testing.assert_allclose(ln.grad(det)(A), cofactors(A), atol=100 * EPS * (1 + np.max(abs(A))) ** 3)

    @pytest.mark.parametrize("A", SINGULAR.values(), ids=SINGULAR)
    def test_second_derivatives_at_a_singular_matrix_are_polynomials(self, A, rng):
        u, v = rng.normal(size=(2, *A.shape))
        difference, error = directional(cofactors, (A,), (u,))
        product = ln.hvp(np.linalg.det, (A,), (u,))
        assert np.all(np.abs(product.ravel() - difference) <= 10 * error + 1e-10)
        second = ln.jvp(lambda A: ln.jvp(np.linalg.det, (A,), (u,))[1], (A,), (v,))[1]
        assert second == pytest.approx(np.sum(product * v), abs=1e-11)

    def test_complex_and_batched_with_some_singular(self, rng):
        A = rng.normal(size=(3, 3, 3)) + 1j * rng.normal(size=(3, 3, 3))
        A[1, 2] = A[1, 0]
        gradient = ln.grad(lambda A: np.real(np.sum(np.linalg.det(A))))(A)
        np.testing.assert_allclose(gradient, [cofactors(M).conj() for M in A], atol=1e-13)

    @pytest.mark.parametrize("scale", [1e-200, 0.0, 3.0, 1e200])
    def test_second_derivatives_of_one_number_are_exactly_zero(self, scale):
        """The determinant times the inverse twice would leave the rounding of 1 / scale."""
        A, one = np.array([[scale]]), np.ones((1, 1))
        assert ln.hvp(np.linalg.det, (A,), (one,)) == 0
        assert ln.vjp(ln.grad(np.linalg.det), A)[1](one)[0] == 0
        assert ln.jvp(lambda A: ln.jvp(np.linalg.det, (A,), (one,))[1], (A,), (one,))[1] == 0

    def test_an_empty_matrix_has_determinant_one(self):
        value, gradient = ln.value_and_grad(np.linalg.det)(np.zeros((0, 0)))
        assert value == 1
        assert gradient.shape == (0, 0)

    @pytest.mark.parametrize("scale", [1e-200, 1e200])
    def test_slogdet_of_tiny_and_huge_matrices(self, scale):
        value, gradient = ln.value_and_grad(lambda A: np.linalg.slogdet(A)[1])(scale * np.eye(4))
        assert value == pytest.approx(4 * np.log(scale))
        np.testing.assert_allclose(gradient, np.eye(4) / scale)

    def test_the_sign_of_a_complex_determinant_has_a_derivative(self, rng):
        A, u = rng.normal(size=(2, 3, 3)) + 1j * rng.normal(size=(2, 3, 3))
        difference, error = directional(lambda A: np.linalg.slogdet(A)[0], (A,), (u,))
        assert (
            abs(ln.jvp(lambda A: np.linalg.slogdet(A)[0], (A,), (u,))[1] - difference) <= 10 * error + 1e-13
        )

    def test_slogdet_at_a_singular_matrix_has_a_value_and_no_derivative(self):
        A = np.diag([1.0, 0.0])
        assert ln.jvp(lambda A: (np.linalg.slogdet(A), A[0, 0])[1], (A,), (A,)) == (1, 1)
        with pytest.raises(np.linalg.LinAlgError, match="singular"):
            ln.grad(lambda A: np.linalg.slogdet(A)[1])(A)


class TestSolve:
    STRUCTURES = (
        None,
        "gen",
        "sym",
        "her",
        "pos",
        "diagonal",
        "tridiagonal",
        "upper triangular",
        "lower triangular",
        "banded",
    )

    @staticmethod
    def member(structure, rng, dtype):
        A = spd(rng, 4, dtype)
        if structure in ("sym", "symmetric"):
            return (A + A.T) / 2
        return {
            "diagonal": lambda: np.diag(np.diag(A)),
            "tridiagonal": lambda: np.tril(np.triu(A, -1), 1),
            "upper triangular": lambda: np.triu(A),
            "lower triangular": lambda: np.tril(A),
        }.get(structure, lambda: A)()

    @pytest.mark.parametrize("structure", STRUCTURES)
    @pytest.mark.parametrize("dtype", "dD")
    def test_values_and_gradients(self, structure, dtype, rng):
        A, b = self.member(structure, rng, dtype), rng.normal(size=(4, 2))

        def cost(A, b):
            return np.sum(np.abs(la.solve(A, b, assume_a=structure)) ** 2)

        x = scipy.linalg.solve(A, b, assume_a=structure)
        assert ln.value_and_grad(cost)(A, b)[0] == pytest.approx(np.sum(np.abs(x) ** 2), rel=1e-12)
        gA, gb = ln.grad(cost, argnums=(0, 1))(A, b)
        full = -np.linalg.solve(A.conj().T, 2 * x) @ x.conj().T  # of a general matrix
        part = {
            "sym": lambda G: (G + G.T) / 2,
            "her": lambda G: (G + G.conj().T) / 2,
            "pos": lambda G: (G + G.conj().T) / 2,
            "diagonal": lambda G: np.diag(np.diag(G)),
            "tridiagonal": lambda G: np.tril(np.triu(G, -1), 1),
            "upper triangular": np.triu,
            "lower triangular": np.tril,
        }.get(structure, lambda G: G)
        expected = part(full)
        np.testing.assert_allclose(gA, expected if dtype == "D" else expected.real, rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(gb, np.linalg.solve(A.conj().T, 2 * x).real, rtol=1e-9, atol=1e-12)

    @pytest.mark.parametrize("structure", ["sym", "her", "pos"])
    def test_a_matrix_that_is_not_hermitian_is_refused(self, structure, rng):
        A = np.triu(spd(rng, 3))
        with pytest.raises(errors.NotHermitianError):
            ln.grad(lambda A: np.sum(la.solve(A, np.ones(3), assume_a=structure)))(A)

    @pytest.mark.parametrize("A_shape", [(3, 3), (2, 3, 3), (2, 1, 3, 3)])
    @pytest.mark.parametrize("b_shape", [(3,), (3, 2), (4, 3, 1)])
    def test_batches_broadcast_and_gradients_have_the_shape_of_the_argument(self, A_shape, b_shape, rng):
        A, b = rng.normal(size=A_shape) + 4 * np.eye(3), rng.normal(size=b_shape)
        if len(A_shape) == 3 and len(b_shape) == 3:
            b = b[:1]

        def cost(A, b):
            return np.sum(np.sin(la.solve(A, b)))

        np.testing.assert_allclose(
            ln.value_and_grad(cost)(A, b)[0], np.sum(np.sin(scipy.linalg.solve(A, b))), rtol=1e-10
        )
        gA, gb = ln.grad(cost, argnums=(0, 1))(A, b)
        assert gA.shape == A.shape
        assert gb.shape == b.shape
        u = rng.normal(size=A.shape)
        difference, error = directional(lambda A: cost(A, b), (A,), (u,))
        assert abs(np.sum(gA * u) - difference) <= 10 * error + 1e-11

    def test_transposed(self, rng):
        A, b = rng.normal(size=(3, 3)), rng.normal(size=3)
        own = ln.grad(lambda A: np.sum(la.solve(A, b, transposed=True)))(A)
        np.testing.assert_allclose(own, ln.grad(lambda A: np.sum(la.solve(A.T, b)))(A), rtol=1e-10)
        with pytest.raises(NotImplementedError, match="complex"):
            ln.grad(lambda A: np.real(np.sum(la.solve(A, b, transposed=True))))(A + 0j)

    def test_a_singular_matrix_of_a_batch_is_named(self):
        A = np.stack([np.eye(2), np.zeros((2, 2))])
        with pytest.raises(np.linalg.LinAlgError, match=r"\(1,\)"):
            ln.grad(lambda A: np.sum(la.solve(A, np.ones((2, 2, 1)))))(A)


class TestFactoredOnce:
    def test_solve_and_slogdet_with_gradient_and_hessian_product(self, rng):
        A, b, u = spd(rng, 5) + rng.normal(size=(5, 5)), rng.normal(size=5), rng.normal(size=(5, 5))

        def cost(A):
            return b @ np.linalg.solve(A, b) + np.linalg.slogdet(A)[1]

        with ln.counters() as ran:
            ln.value_and_grad(cost)(A)
        assert ran["getrf"] == 1
        with ln.counters() as ran:
            ln.hvp(cost, (A,), (u,))
        assert ran["getrf"] == 1

    @pytest.mark.parametrize("assume_a", [None, "pos", "her", "sym"])
    def test_factor_serves_everything(self, assume_a, rng):
        S, b = spd(rng, 4), rng.normal(size=(4, 2))

        def by_factor(S):
            F = la.factor(S, assume_a)
            parts = [F.solve(b), F.solve_adjoint(b), F.inv(), F.diag_inv()]
            return sum(np.sum(np.sin(part)) for part in parts) + F.logdet() + F.inv_quad(b) + F.det() / 1e3

        def directly(S):
            x, inverse = np.linalg.solve(S, b), np.linalg.inv(S)
            parts = [x, np.linalg.solve(S.T, b), inverse, np.diagonal(inverse)]
            whole = sum(np.sum(np.sin(part)) for part in parts)
            return whole + np.linalg.slogdet(S)[1] + np.sum(b * x) + np.linalg.det(S) / 1e3

        assert by_factor(S) == pytest.approx(directly(S), rel=1e-12)
        gradient = ln.grad(directly)(S)
        expected = gradient if assume_a is None else (gradient + gradient.T) / 2
        np.testing.assert_allclose(ln.grad(by_factor)(S), expected, rtol=1e-9, atol=1e-12)

    def test_factor_refuses_what_needs_no_factors(self):
        with pytest.raises(
            errors.OptionError, match=r"assume_a='diagonal' is not one of .*\n.*need no factors"
        ):
            la.factor(np.eye(2), "diagonal")

    def test_a_declared_structure_shares_factors_with_what_declares_nothing(self, rng):
        S, b = spd(rng, 40), rng.normal(size=40)

        def cost(S):
            root = la.cholesky(S, lower=True)
            return la.solve(S, b, assume_a="pos") @ b + np.linalg.slogdet(S)[1] + np.sum(root[0])

        with ln.counters() as ran:
            ln.hvp(cost, (S,), (S,))
        assert (ran["potrf"], ran["getrf"]) == (1, 0)

    def test_of_a_plain_matrix_it_is_a_constant_that_later_changes_do_not_touch(self, rng):
        S, b = spd(rng, 3), rng.normal(size=3)
        F = la.factor(S)
        before = F.solve(b)
        S[:] = 0
        np.testing.assert_array_equal(F.solve(b), before)
        np.testing.assert_allclose(
            ln.grad(lambda b: F.inv_quad(b))(b), F.solve(b) + F.solve_adjoint(b), rtol=1e-12
        )


class TestInverse:
    @pytest.mark.parametrize("function", [np.linalg.inv, la.inv], ids=["numpy", "scipy"])
    @pytest.mark.parametrize("shape", [(3, 3), (2, 3, 3), (1, 1), (0, 0)])
    def test_gradient(self, function, shape, rng):
        A, G = rng.normal(size=shape) + 3 * np.eye(shape[-1]), rng.normal(size=shape)
        X = np.linalg.inv(A)
        XT = np.swapaxes(X, -1, -2)
        np.testing.assert_allclose(
            ln.grad(lambda A: np.sum(G * function(A)))(A), -XT @ G @ XT, rtol=1e-10, atol=1e-12
        )

    def test_no_inverse_of_a_singular_matrix(self):
        with pytest.raises(np.linalg.LinAlgError, match=r"[Ss]ingular"):
            ln.grad(lambda A: np.sum(np.linalg.inv(A)))(np.ones((2, 2)))


def test_tensorsolve_and_tensorinv(rng):
    a, b = rng.normal(size=(2, 3, 6)), rng.normal(size=(2, 3))
    np.testing.assert_allclose(
        ln.value_and_grad(lambda a: np.sum(np.linalg.tensorsolve(a, b)))(a)[0],
        np.sum(np.linalg.tensorsolve(a, b)),
    )
    own = ln.grad(lambda a: np.sum(np.linalg.tensorsolve(a, b) ** 2))(a)
    flat = ln.grad(lambda A: np.sum(np.linalg.solve(A, b.ravel()) ** 2))(a.reshape(6, 6))
    np.testing.assert_allclose(own, flat.reshape(a.shape), rtol=1e-10)
    own = ln.grad(lambda a: np.sum(np.linalg.tensorinv(a, 2) ** 2))(a)
    flat = ln.grad(lambda A: np.sum(np.linalg.inv(A) ** 2))(a.reshape(6, 6))
    np.testing.assert_allclose(own, flat.reshape(a.shape), rtol=1e-10)


class TestDetected:
    """Positive definite matrices are found out, factored by Cholesky, and differentiated as any others."""

    def test_a_likelihood_takes_one_cholesky(self, rng):
        S, b = spd(rng, 40), rng.normal(size=40)

        def cost(S):
            return b @ np.linalg.solve(S, b) + np.linalg.slogdet(S)[1]

        with ln.counters() as ran:
            value, gradient = ln.value_and_grad(cost)(S)
        assert ran["potrf"] == 1
        assert ran["getrf"] == 0
        x = np.linalg.solve(S, b)
        assert value == pytest.approx(b @ x + np.linalg.slogdet(S)[1], rel=1e-12)
        np.testing.assert_allclose(gradient, np.linalg.inv(S) - np.outer(x, x), atol=1e-12)

    def test_the_derivative_is_that_of_the_general_function(self, rng):
        S, b, c = spd(rng, 40), rng.normal(size=40), rng.normal(size=40)
        gradient = ln.grad(lambda S: c @ np.linalg.solve(S, b))(S)
        np.testing.assert_allclose(
            gradient, -np.outer(np.linalg.solve(S, c), np.linalg.solve(S, b)), atol=1e-12
        )

    def test_second_order_takes_no_other_factorization(self, rng):
        S, b, u = spd(rng, 40), rng.normal(size=40), rng.normal(size=(40, 40))

        def cost(S):
            return b @ np.linalg.solve(S, b) + np.linalg.slogdet(S)[1]

        with ln.counters() as ran:
            product = ln.hvp(cost, (S,), (u,))
        assert ran["potrf"] == 1
        assert ran["getrf"] == 0
        difference, error = directional(ln.grad(cost), (S,), (u,))
        assert np.all(np.abs(product.ravel() - difference) <= 10 * error + 1e-9)

    def test_an_indefinite_matrix_is_tried_in_vain_once(self, rng):
        A = spd(rng, 40)
        A[0, 1] = A[1, 0] = 1e3
        with ln.counters() as ran:
            ln.grad(lambda A: np.sum(np.linalg.solve(A, np.ones(40))) + np.linalg.slogdet(A)[1])(A)
        assert ran["potrf in vain"] == 1
        assert ran["getrf"] == 1


class TestTurned:
    """One factorization serves a matrix, its transpose, its conjugate and its adjoint, and all derivatives."""

    @staticmethod
    def cost(A):
        b = np.arange(1.0, 1 + len(A))
        return sum(
            np.sum(np.abs(np.linalg.solve(op(A), b)) ** 2)
            + np.linalg.slogdet(op(A))[1]
            + np.abs(np.linalg.det(op(A)))
            + np.sum(np.abs(np.linalg.inv(op(A))))
            for op in (lambda A: A, lambda A: A.T, np.conj, lambda A: np.conj(A.T), lambda A: np.conj(A).T.T)
        )

    @pytest.mark.parametrize("n", [3, 40])
    @pytest.mark.parametrize("dtype", "dD")
    @pytest.mark.parametrize("definite", [False, True])
    def test_values_gradients_and_counts(self, n, dtype, definite, rng):
        A = spd(rng, n, dtype) + (0 if definite else rng.normal(size=(n, n)))
        A = (A + A.conj().T) / 2 if definite else A
        u = rng.normal(size=(n, n)) + (1j * rng.normal(size=(n, n)) if dtype == "D" else 0)
        with ln.counters() as ran:
            value, gradient = ln.value_and_grad(self.cost)(A)
        assert ran["getrf"] + ran["potrf"] == 1
        assert value == pytest.approx(self.cost(A), rel=1e-10)
        difference, error = directional(self.cost, (A,), (u,))
        assert np.sum(np.real(np.conj(gradient) * u)) == pytest.approx(
            float(difference[0]), abs=10 * error[0] + 1e-9 * abs(value)
        )
        with ln.counters() as ran:
            ln.hvp(self.cost, (A,), (u,))
        assert ran["getrf"] + ran["potrf"] == 1
