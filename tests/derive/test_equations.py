"""Harder equations: sums beside unknowns, two products, coupled ones, triangular forms; and why others are refused."""

import numpy as np
import pytest
import scipy.linalg

import linad as ln
import linad.linalg as la
from linad import errors
from linad.core.kinds import composition
from linad.derive import derive
from linad.derive.catalogue import rule
from linad.derive.declare import from_text
from linad.derive.search import point
from linad.derive.verify import verify

CATALOGUE = [
    "schur", "stein", "lyapunov-discrete", "sylvester-generalized", "normal-equations", "ridge", "saddle-point",
]  # fmt: skip
TYPED = {  # equations, structures, inputs
    "a sum": ("(A + B) @ X = C", "", "A,B,C"),
    "a sum on the right": ("X @ (A - 2 A.H) = C", "X: k n, C: k n", "A,C"),
    "sums on both sides": ("(A + B) @ X @ (C + I) = D", "", "A,B,C,D"),
    "a sum and its adjoint": (
        "(A + B) @ X @ (A + B).H = C",
        "X: hermitian, C: hermitian",
        "A,B,C",
    ),
    "a sum within a congruence": (
        "L @ (A + B.H @ B) @ L.H = C",
        "A: positive definite, B: m n, L: positive lower, C: positive definite",
        "A,B,C",
    ),
    "a congruence by the other factor": (
        "U.H @ A @ U = C",
        "A: positive definite, U: positive upper, C: hermitian",
        "A,C",
    ),
    "a sum of an output": (
        "L @ L.H = A; (L + B) @ X = C",
        "L: positive lower, A: positive definite",
        "A,B,C",
    ),
    "a sum in an equation of Sylvester": ("(A + B) @ X + X @ C = F", "", "A,B,C,F"),
    "a number beside the unknown": ("A @ X + X @ B + 3 X = C", "", "A,B,C"),
    "products with one identity": ("A @ X + B @ X @ D = C", "", "A,B,C,D"),
    "an unknown that stands as its adjoint": ("A @ X.H - X.H @ B = C", "", "A,B,C"),
    "a triangular form, lower": ("Z @ T @ Z.H = A", "Z: unitary, T: lower", "A"),
    "a triangular form, of products": ("A @ B @ Z = Z @ T", "Z: unitary, T: upper", "A,B"),
    "coupled, from the right": (
        "X @ A + Y @ B = F; X @ C = G",
        "A: n n, B: k n, C: n k, X: p n, Y: p k, F: p n, G: p k",
        "A,B,C,F,G",
    ),
    "coupled, quasi-definite": (
        "P @ X + A.H @ Y = F; A @ X - D @ Y = G",
        "P: positive definite, A: k n, X: n p, Y: k p, F: n p, G: k p, D: k k positive diagonal",
        "P,A,D,F,G",
    ),
    "coupled, with adjoints": ("A @ X.H + B @ Y = F; C @ X.H + 2 Y = G", "", "A,B,C,F,G"),
    "coupled, on both sides": ("B @ X + Y = F; X @ D + C @ Y = G", "", "B,C,D,F,G"),
    "coupled, with adjoints on both sides": ("A @ X + Y.H @ B = F; X.H @ C + D @ Y = G", "", "A,B,C,D,F,G"),
    "coupled, three": ("A @ X + Y = F; B @ Y + Z = G; Y + C @ Z + X = E", "", "A,B,C,E,F,G"),
}


def typed(name):
    equations, where, inputs = TYPED[name]
    return from_text(equations, where, inputs)


@pytest.mark.parametrize("is_complex", [False, True], ids=["real", "complex"])
@pytest.mark.parametrize("name", list(TYPED))
def test_the_rule_is_right(name, is_complex):
    findings = verify(typed(name), is_complex, seeds=1)
    assert [finding.what for finding in findings if not finding.holds] == []


@pytest.mark.parametrize("name", CATALOGUE)
def test_a_batch_is_a_loop(name, rng):
    derived = rule(name)
    points = [point(derived, True, seed) for seed in range(2)]
    each = [at.packed(at.values) for at in points]
    dX, gY = ([at.packed(at.random(own, rng)) for at in points] for own in (derived.inputs, derived.outputs))
    for mode, vectors in ((derived.jvp, dX), (derived.vjp, gY)):
        found = mode(stacked(each), stacked(vectors))
        for i, (values, given) in enumerate(zip(each, vectors, strict=True)):
            for key, expected in mode(values, given).items():
                np.testing.assert_allclose(
                    found[key][i], expected, rtol=0, atol=1e-12 * np.abs(expected).max()
                )


def stacked(dicts):
    return {key: np.stack([one[key] for one in dicts]) for key in dicts[0]}


# -- against operations that linad has ----------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [float, complex])
def test_the_rule_of_schur_is_that_of_the_operation(kind, rng):
    A = np.diag(np.arange(1.0, 5)) + 0.1 * rng.normal(size=(4, 4)).astype(kind)
    T, Z = scipy.linalg.schur(A)
    dA = rng.normal(size=(4, 4))
    dT, dZ = ln.jvp(lambda A: la.schur(A), (A,), (dA,))[1]
    found = rule("schur").jvp({"A": A, "T": T, "Z": Z}, {"A": dA})
    np.testing.assert_allclose(found["T"], dT, rtol=0, atol=1e-12)
    np.testing.assert_allclose(found["Z"], dZ, rtol=0, atol=1e-12)


def test_the_rule_of_stein_is_that_of_the_operation(rng):
    A, Q = 0.3 * rng.normal(size=(4, 4)), np.eye(4)
    gX = rng.normal(size=(4, 4))
    X, pullback = ln.vjp(lambda A: la.solve_discrete_lyapunov(A, Q), A)
    found = rule("lyapunov-discrete").vjp({"A": A, "Q": Q, "X": X}, {"X": gX + gX.T}, ["A"])
    np.testing.assert_allclose(found["A"], pullback(gX + gX.T)[0], rtol=0, atol=1e-12)


def test_normal_equations_are_differentiated_twice_as_their_composition(rng):
    derived = rule("normal-equations")
    fit = composition("fit", lambda A, B: np.linalg.solve(A.T @ A, A.T @ B), lambda: derived, last=2)
    A, B, V = rng.normal(size=(6, 3)), rng.normal(size=(6, 2)), rng.normal(size=(6, 3))

    def cost(X):
        return np.sum(X * X * X)

    def explicit(A):
        return cost(np.linalg.solve(A.T @ A, A.T @ B))

    found = ln.hvp(lambda A: cost(fit(A, B)), (A,), (V,))
    np.testing.assert_allclose(found, ln.hvp(explicit, (A,), (V,)), rtol=1e-9, atol=1e-10)


# -- as it is written ---------------------------------------------------------------------------------------------


def test_a_symbol_for_a_sum_is_introduced_and_shown():
    derived = typed("a sum")
    assert derived.text("cotangent").splitlines() == [
        "K_1 = A + B", "gC = K_1^-H gX", "gA = -gC X^H", "gB = gA",
    ]  # fmt: skip
    assert "1 introduce     K_1 = A + B" in derived.derivation()
    assert derived.assumptions == ("K_1 = A + B is invertible",)


def test_a_gram_matrix_is_assumed_invertible_and_solved_with_once():
    derived = rule("normal-equations")
    assert derived.assumptions == ("K_1 = A^H A is invertible",)
    assert derived.text("cotangent").count("K_1^-1") == 1


def test_a_sum_of_what_is_definite_is_assumed_to_be_nothing_more():
    assert rule("ridge").assumptions == ()


def test_coupled_equations_are_one_solve_with_the_matrix_of_their_blocks():
    derived = rule("saddle-point")
    lines = derived.text("cotangent").splitlines()
    assert lines[:4] == [
        "K_1 = [P, A^H; A, 0]", "E_X = [I; 0]", "E_Y = [0; I]", "t1 = K_1^-1 (E_Y gY + E_X gX)",
    ]  # fmt: skip
    assert lines[-1] == "gA = -gG X^H - Y gF^H"
    assert r"\begin{bmatrix} P & A^{\mathsf{H}} \\ A & 0 \end{bmatrix}" in derived.latex()
    assert "assembled((size(X, -2), size(Y, -2)), ((P, adjoint(A)), (A, 0)))" in derived.source("tangent")
    assert derived.flops("cotangent") == "8*k*n*p + 2*k**2*p + 4*n**2*p"


def test_equations_of_two_products_are_written_as_they_are():
    assert "gC solves gC - A^H gC B^H = gX" in rule("stein").text("cotangent")
    assert rule("stein").assumptions == ("no eigenvalue of A is the inverse of one of B",)
    assert "dX solves A dX B + C dX D = M1" in rule("sylvester-generalized").text("tangent")
    (assumed,) = rule("sylvester-generalized").assumptions
    assert assumed == "no eigenvalue of the pencil (A, C) is one of (D, B) with the opposite sign"


def test_a_triangular_form_leaves_the_phases_of_its_basis_free():
    derived = rule("schur")
    assert derived.gauge == ("the imaginary part of the diagonal of Z^H dZ",)
    assert derived.assumptions == ("the entries on the diagonal of T are apart from one another",)
    assert "a3 solves skew(a3 T^H - T^H a3) = skew(a2)" in derived.text("cotangent")
    assert derived.flops("tangent") == "(26/3)*n**3"


# -- refused ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("equations", "where", "inputs", "reason"),
    [
        ("A @ X @ B + C @ X @ D + E @ X @ F = G", "", "A,B,C,D,E,F,G", "3 products, of which none is a sum"),
        ("A @ X + X.H @ B = C", "", "A,B,C", "beside its own adjoint"),
        ("A @ X = B", "A: m n, X: n k, B: m k", "A,B", "m x n, not square"),
        ("A @ X + B @ Y = F; C @ X = G", "C: m n, B: n k, Y: k p, X: n p, G: m p, F: n p", "A,B,C,F,G",
         "n+m x n+k, which is not square"),
        ("A @ X @ B + X = C", "X: lower", "A,B,C", "need not be as S_X is declared"),
        ("Z @ T @ Z.H = A", "Z: unitary, T: quasi upper", "A", "zones are not those of the diagonal"),
    ],
)  # fmt: skip
def test_what_is_refused_says_why_and_names_the_oracle(equations, where, inputs, reason):
    derived = from_text(equations, where, inputs)
    with pytest.raises(errors.DerivationError) as refusal:
        derived.program("tangent")
    assert reason in str(refusal.value)
    assert "rule.oracle(values)" in str(refusal.value)


def test_the_oracle_serves_what_is_refused(rng):
    derived = derive(
        {name: "n n" for name in "ABCDF"}, {"X": "n n"}, "A X B + C X D + X @ A = F", name="three_products"
    )
    values = {name: rng.normal(size=(3, 3)) for name in "ABCDX"}
    A, B, C, D, X = (values[name] for name in "ABCDX")
    oracle = derived.oracle({**values, "F": A @ X @ B + C @ X @ D + X @ A})
    dF = rng.normal(size=(3, 3))
    dX = oracle.tangent({"F": dF})["X"]
    np.testing.assert_allclose(A @ dX @ B + C @ dX @ D + dX @ A, dF, rtol=0, atol=1e-10)
