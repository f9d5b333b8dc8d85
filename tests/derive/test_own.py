"""Users' operations: what the call gives, and what it refuses."""

from typing import NamedTuple

import numpy as np
import pytest
import scipy.linalg as sl

import linad as ln
from linad.check import check_gradients
from linad.derive import operation
from linad.derive.catalogue import rule
from linad.derive.dense import Dense
from linad.derive.search import point
from linad.errors import (
    ArgumentError,
    ClosureError,
    ConvergenceError,
    DerivationError,
    DtypeError,
    GaugeError,
    IllConditionedWarning,
    NoRuleError,
    OptionError,
    OutputError,
    ShapeError,
    StructureError,
)

fields = pytest.mark.parametrize("is_complex", [False, True], ids=["real", "complex"])


class LDQ(NamedTuple):
    L: np.ndarray
    D: np.ndarray
    Q: np.ndarray


def factor(A):
    Q, R = np.linalg.qr(A.conj().T)
    d = np.diagonal(R)
    phase = d / abs(d)
    return LDQ((R / d[:, None]).conj().T * abs(d) / abs(d), abs(d), (Q * phase).conj().T)


LDQ_OUTPUTS = {"L": "n n unit lower", "D": "n n positive diagonal", "Q": "n n unitary"}
ldq = operation({"A": "n n"}, LDQ_OUTPUTS, "L @ D @ Q = A", factor)


def matrix(rng, *shape, is_complex=False):
    A = rng.standard_normal(shape)
    return A + 1j * rng.standard_normal(shape) if is_complex else A


# -- what it gives ---------------------------------------------------------------------------------------------------


@fields
def test_every_law_holds(rng, is_complex):
    report = check_gradients(ldq, matrix(rng, 3, 3, is_complex=is_complex))
    assert report.holds, str(report)


def test_plain_arguments_get_what_the_kernel_returns(rng):
    A = matrix(rng, 3, 3)
    found = operation({"A": "n n"}, LDQ_OUTPUTS, "L @ D @ Q = A", lambda A, kept: kept, name="ldq")(
        A, kept=(kept := factor(A))
    )
    assert found is kept


def test_traced_results_come_in_the_kernels_container(rng):
    out, tangent = ln.jvp(ldq, (matrix(rng, 3, 3),), (np.eye(3),))
    assert isinstance(out, LDQ)
    assert isinstance(tangent, LDQ)


def test_a_batch_is_the_loop_over_its_matrices(rng):
    A, B = matrix(rng, 2, 1, 3, 3), matrix(rng, 4, 3, 3)
    quotient = operation({"A": "n n", "B": "n n"}, {"X": "n n"}, "A @ X = B", np.linalg.solve)
    single = operation({"A": "n n", "B": "n n"}, {"X": "n n"}, "A @ X = B", np.linalg.solve, batched=True)
    np.testing.assert_allclose(quotient(A, B), np.linalg.solve(A, B), rtol=1e-13)
    for f, g in ((quotient, np.linalg.solve), (single, np.linalg.solve)):
        found = ln.grad(lambda A, B, f=f: np.sum(f(A, B) ** 2), (0, 1))(A, B)
        for own, other in zip(
            found, ln.grad(lambda A, B, g=g: np.sum(g(A, B) ** 2), (0, 1))(A, B), strict=True
        ):
            np.testing.assert_allclose(own, other, rtol=1e-9)


@pytest.mark.parametrize("given", [lambda P: P, lambda P: P.astype(bool), lambda P: np.argmax(P, 0)])
def test_permutations_are_constants_in_whatever_form(rng, given):
    def kernel(A):
        P, L, U = sl.lu(A)
        return given(P), L, U

    outputs = {"P": "n n permutation", "L": "n n unit lower", "U": "n n upper"}
    lu = operation({"A": "n n"}, outputs, "P @ L @ U = A", kernel, name="lu")
    A, g = matrix(rng, 4, 4), matrix(rng, 4, 4)
    P = ln.value(ln.vjp(lu, A)[0])[0]
    np.testing.assert_array_equal(P, kernel(A)[0])
    assert P.dtype == np.asarray(kernel(A)[0]).dtype
    found = ln.vjp(lambda A: lu(A)[1:], A)[1]((g, g))[0]
    np.testing.assert_allclose(found, ln.vjp(lambda A: ln.lu(A)[1:], A)[1]((g, g))[0], rtol=1e-11)


def test_several_equations_and_outputs(rng):
    """The whitening W of a metric, and the projection C = W X of data on it."""

    def kernel(K, X):
        W = np.linalg.inv(np.linalg.cholesky(K))
        return W, W @ X

    whitened = operation(
        {"K": "n n positive definite", "X": "n m"},
        {"W": "n n positive lower", "C": "n m"},
        ["W @ K @ W.H = I", "W^-1 @ C = X"],
        kernel,
    )
    K = matrix(rng, 3, 5)
    report = check_gradients(whitened, K @ K.T, matrix(rng, 3, 2), domains={"K": "spd"})
    assert report.holds, str(report)


def test_an_equation_that_a_structure_makes_true_leaves_no_residual(rng):
    equations = ["Q @ K = A", "Q.H @ Q = I"]
    polar = operation({"A": "n n"}, {"Q": "n n unitary", "K": "n n positive definite"}, equations, sl.polar)
    A = matrix(rng, 3, 3)
    assert len(polar.rule.residual([A], sl.polar(A))) == 1
    assert ln.grad(lambda A: np.sum(polar(A)[1]))(A).shape == (3, 3)


def test_two_operations_may_share_a_name():
    twice = operation({"A": "n n"}, {"X": "n n"}, "X = A + A", lambda A: 2 * A, name="shared")
    thrice = operation({"A": "n n"}, {"X": "n n"}, "X = A + A + A", lambda A: 3 * A, name="shared")
    own = operation({"A": "n n"}, {"X": "n n"}, "A @ X = I", np.linalg.inv, name="inv")
    A = 2 * np.eye(1)
    assert [float(ln.grad(lambda A, f=f: f(A)[0, 0])(A)[0, 0]) for f in (twice, thrice, own)] == [2, 3, -0.25]


@pytest.mark.parametrize(
    ("inputs", "outputs", "fact"),
    [
        ({"A": "n n", "B": "n n"}, {"X": "n n"}, "the input B occurs in no equation: nothing depends on it"),
        ({"A": "n n"}, {"X": "n n", "Y": "n n"}, "the output Y occurs in no equation: nothing determines it"),
    ],
)
def test_a_symbol_without_an_equation_is_refused_by_name(inputs, outputs, fact):
    with pytest.raises(OptionError, match=f"twice: {fact}"):
        operation(inputs, outputs, "X = A + A", lambda *args: 2 * args[0], name="twice")


def test_options_reach_the_kernel_and_traced_ones_are_refused():
    scaled = operation({"A": "n n"}, {"X": "n n"}, "X = A", lambda A, copies: A * copies, name="scaled")
    assert ln.grad(lambda A: scaled(A, copies=1)[0, 0])(np.eye(1))[0, 0] == 1
    with pytest.raises(NoRuleError, match="an option is traced"):
        ln.grad(lambda c: scaled(ln.stop_gradient(c) * np.eye(1), copies=c)[0, 0])(1.0)


def test_a_kernel_may_overwrite_what_it_gets(rng):
    def kernel(A, B):
        B[:] = np.linalg.solve(A, B)
        A[:] = np.nan
        return B

    A, B = matrix(rng, 3, 3), matrix(rng, 3, 3)
    f = operation({"A": "n n", "B": "n m"}, {"X": "n m"}, "A @ X = B", kernel)
    found = ln.grad(lambda A: np.sum(f(A, B)))(A)
    np.testing.assert_allclose(found, ln.grad(lambda A: np.sum(np.linalg.solve(A, B)))(A), rtol=1e-10)
    batch = np.stack([A, A.T])
    np.testing.assert_array_equal(f(batch, B), np.linalg.solve(batch, B))


def test_a_kernel_may_return_the_same_array_again(rng):
    out = np.empty((3, 3))

    def kernel(A):
        out[:] = np.linalg.inv(A)
        return out

    f = operation({"A": "n n"}, {"X": "n n"}, "A @ X = I", kernel)
    A = matrix(rng, 4, 3, 3)
    np.testing.assert_array_equal(f(A), np.linalg.inv(A))


def test_a_batch_of_none_has_outputs_of_the_declared_shapes():
    L, D, Q = ldq(np.zeros((0, 3, 3)))
    assert (L.shape, D.shape, Q.shape) == ((0, 3, 3), (0, 3), (0, 3, 3))


def test_it_prints_its_derivation():
    assert "tangent" in ldq.rule.derivation()


# -- where nothing can be derived ------------------------------------------------------------------------------------


def by_kronecker(A, B, C):
    n = len(A)
    return np.linalg.solve(np.kron(A, B.T) + np.kron(B, A.T) + np.eye(n * n), C.ravel()).reshape(n, n)


EQUATION = "A @ X @ B + B @ X @ A + X = C"  # three products
PRODUCTS = {"A": "n n", "B": "n n", "C": "n n"}, {"X": "n n"}, EQUATION, by_kronecker


def test_what_cannot_be_derived_is_refused_when_it_is_declared():
    with pytest.raises(DerivationError, match='fallback="oracle"'):
        operation(*PRODUCTS)


@fields
def test_every_law_holds_of_the_oracle(rng, is_complex):
    products = operation(*PRODUCTS, fallback="oracle")
    report = check_gradients(products, *[matrix(rng, 2, 2, is_complex=is_complex) / 2 for _ in range(3)])
    assert report.holds, str(report)


def test_the_oracle_is_batched(rng):
    products = operation(*PRODUCTS, fallback="oracle")
    A, B, C = matrix(rng, 2, 2) / 2, matrix(rng, 3, 2, 2) / 2, matrix(rng, 3, 2, 2)
    found = ln.grad(lambda A, B, C: np.sum(products(A, B, C) ** 2), (0, 1, 2))(A, B, C)
    each = [
        ln.grad(lambda A, B, C: np.sum(products(A, B, C) ** 2), (0, 1, 2))(A, B[i], C[i]) for i in range(3)
    ]
    np.testing.assert_allclose(found[0], sum(g[0] for g in each), rtol=1e-12)
    np.testing.assert_allclose(found[1], np.stack([g[1] for g in each]), rtol=1e-12)


def test_the_oracle_tells_lost_digits():
    products = operation(*PRODUCTS, fallback="oracle")
    A, C = np.diag([1.0, 2.0]), np.diag([1.0, 0.0])
    with pytest.warns(
        IllConditionedWarning, match="the derivative of the equations by the outputs has the condition"
    ):
        ln.grad(lambda C: np.sum(products(A, -np.linalg.inv(A) / (2 + 1e-10), C)))(C)


def test_the_oracle_refuses_large_matrices(rng):
    products = operation(*PRODUCTS, fallback="oracle")
    with pytest.raises(OptionError, match="sizes up to 8"):
        ln.grad(lambda C: np.sum(products(np.zeros((9, 9)), np.eye(9), C)))(matrix(rng, 9, 9))


@pytest.mark.parametrize(
    "name", ["lu", "qr-tall", "eigh", "eig-generalized", "polar-wide", "solve-triangular", "ldl"]
)
@fields
def test_the_oracles_rules_are_the_derived_ones(name, is_complex):
    derived, at = rule(name), point(rule(name), is_complex)
    rng = np.random.default_rng(0)
    values = at.packed(at.values)
    X, Y = ([values[s.name] for s in own] for own in (derived.inputs, derived.outputs))
    dX, gY = (at.packed(at.random(own, rng)) for own in (derived.inputs, derived.outputs))
    gY = at.packed(at.oracle.modulo_gauge(at.unpacked(gY, derived.outputs)))
    dense = Dense(derived)
    dY = dense.tangent(tuple(s.name in dX for s in derived.inputs))(
        X, Y, [dX.get(s.name) for s in derived.inputs]
    )
    expected = at.oracle.tangent(at.unpacked(dX, derived.inputs))
    for symbol, found in zip(derived.outputs, dY, strict=True):
        if found is not None:
            np.testing.assert_allclose(found, at.packed(expected)[symbol.name], atol=1e-11)
    wanted = tuple(s.name in dX for s in derived.inputs)
    gX = dense.cotangent(tuple(s.name in gY for s in derived.outputs), wanted)(
        X, Y, [gY.get(s.name) for s in derived.outputs]
    )
    expected = derived.vjp(values, gY)
    for symbol, found in zip(derived.inputs, gX, strict=True):
        if found is not None:
            np.testing.assert_allclose(found, expected[symbol.name], atol=1e-10)


def test_a_cost_that_depends_on_gauge_is_told(rng):
    """The phases of complex eigenvectors."""
    inputs, outputs = {"A": "n n hermitian"}, {"V": "n n unitary", "w": "n n real diagonal"}
    f = operation(inputs, outputs, "A @ V = V @ w", lambda A: np.linalg.eigh(A)[::-1], name="f")
    A = matrix(rng, 3, 3, is_complex=True)
    A = A + A.conj().T
    with pytest.raises(GaugeError, match="the imaginary part of the diagonal"):
        ln.grad(lambda A: np.sum(f(A)[0]).real)(A)
    with pytest.raises(GaugeError, match="what the equations leave open"):
        Dense(f.rule).cotangent((True, False), (True,))([A], f(A), [matrix(rng, 3, 3, is_complex=True), None])


# -- what is refused -------------------------------------------------------------------------------------------------


def solver(kernel, **options):
    return operation({"A": "n n", "B": "n m"}, {"X": "n m"}, "A @ X = B", kernel, name="solver", **options)


@pytest.mark.parametrize(
    ("kernel", "error", "sentence"),
    [
        (lambda A, B: (B, B), OutputError, "the kernel returned 2 outputs, declared are 1: X"),
        (lambda A, B: B.T, ShapeError, r"X has shape \(2, 3\), declared n by m, where n is 3"),
        (lambda A, B: B[0], ShapeError, r"X has shape \(2,\)"),
        (lambda A, B: B[None], ShapeError, "where the leading axes are"),
        (lambda A, B: "X", OutputError, "returned a str for X"),
    ],
)
def test_results_that_were_not_declared_are_refused_plain_and_traced(rng, kernel, error, sentence):
    A, B = np.eye(3), matrix(rng, 3, 2)
    with pytest.raises(error, match=sentence):
        solver(kernel)(A, B)
    with pytest.raises(error, match=sentence):
        ln.grad(lambda B: np.sum(solver(kernel)(A, B)))(B)


@pytest.mark.parametrize(
    ("L", "D", "sentence"),
    [
        (np.ones((2, 2)), np.ones(2), "L, returned by the kernel, is not unit lower"),
        (2 * np.eye(2), np.ones(2), "L, returned by the kernel, is not unit lower"),
        (np.eye(2), np.array([1.0, -1.0]), "D, returned by the kernel, is not positive diagonal"),
    ],
)
def test_results_without_their_structure_are_refused(L, D, sentence):
    f = operation({"A": "n n"}, LDQ_OUTPUTS, "L @ D @ Q = A", lambda A: (L, D, np.eye(2)), name="f")
    with pytest.raises(StructureError, match=sentence):
        ln.grad(lambda A: np.sum(f(A)[1]))(np.eye(2))


def test_the_element_of_a_batch_without_its_structure_is_named():
    outputs = {"Q": "n n unitary", "K": "n n positive definite"}
    f = operation({"A": "n n"}, outputs, "Q @ K = A", lambda A: (A, np.eye(2)), name="f")
    with pytest.raises(
        StructureError, match=r"Q, returned by the kernel \(element \(1,\) of the batch\), is not"
    ):
        ln.grad(lambda A: np.sum(f(A)[0]))(np.stack([np.eye(2), 2 * np.eye(2)]))


def test_arguments_without_their_structure_are_refused():
    f = operation({"A": "n n hermitian"}, {"X": "n n"}, "X = A", lambda A: A, name="f")
    with pytest.raises(StructureError, match="A, passed, is not hermitian"):
        ln.grad(lambda A: np.sum(f(A)))(np.array([[1.0, 2.0], [0.0, 1.0]]))


def test_results_that_solve_another_equation_are_refused():
    f = solver(lambda A, B: B)
    with pytest.raises(ConvergenceError, match=r"does not solve A @ X = B: 1\.0e"):
        ln.grad(lambda B: np.sum(f(2 * np.eye(2), B)))(np.eye(2))
    with ln.errstate(convergence="ignore"):
        assert ln.grad(lambda B: np.sum(f(2 * np.eye(2), B)))(np.eye(2))[0, 0] == 0.5
    unchecked = solver(lambda A, B: B, check=False)
    assert ln.grad(lambda B: np.sum(unchecked(2 * np.eye(2), B)))(np.eye(2))[0, 0] == 0.5


def test_the_element_of_a_batch_that_does_not_solve_the_equation_is_named():
    f = solver(lambda A, B: B * (1 if B[0, 0] > 1 else 2))
    B = np.stack([1e12 * np.eye(2), np.eye(2)])  # the first is large enough to hide what the second leaves
    with pytest.raises(
        ConvergenceError, match=r"returned \(element \(1,\) of the batch\) does not solve A @ X = B"
    ):
        ln.grad(lambda B: np.sum(f(np.eye(2), B)))(B)


def test_arguments_that_do_not_fit_are_refused(rng):
    f = solver(np.linalg.solve)
    with pytest.raises(ArgumentError, match="1 matrices were passed; it takes 2: A, B"):
        f(np.eye(2))
    with pytest.raises(ShapeError, match="where n is 2"):
        f(np.eye(2), np.eye(3))
    with pytest.raises(ShapeError, match=r"A has shape \(2,\); it is declared n by n"):
        f(np.ones(2), np.eye(2))
    with pytest.raises(ShapeError, match="do not broadcast"):
        f(np.ones((2, 1, 1)), np.ones((3, 1, 1)))


def test_traced_arguments_of_other_shapes_are_refused():
    with pytest.raises(ShapeError, match=r"A has shape \(2,\); it is declared n by n"):
        ln.grad(lambda A: np.sum(solver(np.linalg.solve)(A, np.eye(2))))(np.ones(2))


def test_complex_matrices_are_refused_where_real_ones_are_declared():
    f = operation({"A": "n n"}, {"X": "n n"}, "X = A", lambda A: A, name="f", dtypes="f")
    with pytest.raises(DtypeError, match="declared for real ones"):
        f(1j * np.eye(2))


def test_a_kernel_that_closes_over_a_traced_array_is_refused():
    def cost(c):
        return solver(lambda A, B: B * c)(np.eye(1), np.eye(1))[0, 0]

    with pytest.raises(ClosureError, match="'c'"):
        ln.grad(cost)(1.0)


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda: solver(None), ArgumentError),
        (lambda: solver(np.linalg.solve, fallback="dense"), OptionError),
        (lambda: solver(np.linalg.solve, dtypes="d"), OptionError),
        (lambda: operation({"A": "n n"}, {"P": "n n permutation"}, "P @ A = A", abs), OptionError),
        (lambda: solver(np.linalg.solve, domain={"X": "regular"}), OptionError),
        (lambda: operation({"A": "n n"}, {"X": "n"}, "X = A", abs), OptionError),
    ],
)
def test_declarations_that_make_no_sense_are_refused(call, error):
    with pytest.raises(error):
        call()
