"""Every function of expressions, contractions and factorizations: values, and first and second derivatives."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import linad as ln
from linad import errors
from linad.derive import formula
from linad.derive.factors import FACTORIZATIONS
from linad.derive.symbolic.calculus.calls import CALLS
from linad.derive.symbolic.calculus.functions import ALIASES, FUNCTIONS

NEAR = {"arccosh": 2.0, "log": 1.0, "log2": 1.0, "log10": 1.0, "sqrt": 1.0}  # where a function is smooth


def check(f, wrt, *values, rtol=1e-10):
    """The gradient and the product with the Hessian of a formula are the automatic ones."""
    i = f.names.index(wrt)
    value, pull = ln.vjp(f, *values)
    test = np.cos(np.arange(np.size(value))).reshape(np.shape(value)) if f.shape else 1.0
    given = (*values, test) if f.shape else values
    found, expected = f.gradient(wrt)(*given), pull(test)[i]
    expected = symmetric(f, wrt, expected)
    np.testing.assert_allclose(found, expected, rtol=rtol, atol=rtol)
    direction = symmetric(f, wrt, np.sin(1.0 + np.arange(np.size(values[i]))).reshape(np.shape(values[i])))

    def cost(x):
        return np.sum(f(*values[:i], x, *values[i + 1 :]) * test)

    second = f.gradient(wrt).gradient(wrt)
    given = (*given, direction)
    expected = symmetric(f, wrt, ln.hvp(cost, (values[i],), (direction,)))
    np.testing.assert_allclose(second(*given), expected, rtol=1e3 * rtol, atol=1e3 * rtol)


def symmetric(f, wrt, x):
    return (x + x.T) / 2 if dict(s.data for s in f.symbols)[wrt] else x


@pytest.mark.parametrize("name", sorted([*FUNCTIONS, *ALIASES]))
def test_a_function_of_entries_is_differentiated_twice(name, rng):
    x = NEAR.get(ALIASES.get(name, name), 0.0) + rng.uniform(0.1, 0.8, 3)
    check(formula(f"{name}(x)"), "x", x)


@pytest.mark.parametrize("name", sorted([*FUNCTIONS, *ALIASES]))
def test_a_function_of_entries_is_numpy_s(name, rng):
    x = NEAR.get(ALIASES.get(name, name), 0.0) + rng.uniform(0.1, 0.8, 3)
    own = {"relu": lambda x: np.maximum(x, 0), "step": lambda x: np.heaviside(x, 0.5)}
    own["heaviside"] = own["step"]
    known = ALIASES.get(name, name)
    np.testing.assert_array_equal(formula(f"{name}(x)")(x), own.get(known, getattr(np, known, None))(x))


MATRICES = {
    "trace": "trace(X*X)",
    "tr": "tr(X'*X)",
    "det": "det(X)",
    "logdet": "logdet(X)",
    "inv": "inv(X)",
    "transpose": "transpose(X)*X",
    "norm1": "norm1(X*x)",
    "norm2": "norm2(X*x)",
    "norm": "norm(X)",
    "normF": "normF(X)",
    "sum": "sum(X.*X)",
    "diag": "diag(X*X)",
    "outer": "outer(X*x, x)",
    "dot": "dot(X*x, x)",
    "tril": "tril(X*X)",
    "triu": "triu(X*X)",
    "stril": "stril(X*X)",
    "striu": "striu(X*X)",
}


@pytest.mark.parametrize("name", sorted(CALLS.keys() - FUNCTIONS.keys() - ALIASES.keys()))
def test_a_function_of_matrices_is_differentiated_twice(name, rng):
    f = formula(MATRICES[name])
    values = {"X": rng.normal(size=(3, 3)) + 3 * np.eye(3), "x": rng.normal(size=3)}
    check(f, "X", *[values[name] for name in f.names])


PARTS = [
    ("cholesky(S)", "S"),
    ("lu(A).L", "A"),
    ("lu(A).U", "A"),
    ("lu(A).P*sin(A)", "A"),
    ("qr(A).Q", "A"),
    ("qr(A).R", "A"),
    ("qr(A + 0*B*C).Q", "A"),
    ("qr(T).Q", "T"),
    ("qr(T).R", "T"),
    ("eigh(S).w", "S"),
    ("sin(eigh(S).V)", "S"),
    ("svd(T).s", "T"),
    ("svd(T).U*svd(T).Vh", "T"),
    ("svd(A).Vh'*svd(A).U'", "A"),
    ("eigh(A*A' + eye)[0]", "A"),
    ("cholesky(A*A' + eye)", "A"),
]


@pytest.mark.parametrize(("text", "wrt"), PARTS, ids=[text for text, _ in PARTS])
def test_a_part_of_a_factorization_is_differentiated_twice(text, wrt, rng):
    said = {"S": "n n symmetric"} if wrt == "S" else {"A": "n n"} if wrt == "A" else {"T": "m n"}
    M = rng.normal(size=(4, 4))
    values = {
        "S": M @ M.T + np.diag([1.0, 2.0, 4.0, 8.0]),
        "A": M + 3 * np.eye(4),
        "T": M[:, :3],
        "B": M,
        "C": M,
    }
    f = formula(text, **said)
    check(f, wrt, *[values[name] for name in f.names], rtol=1e-9)


def test_every_part_of_every_factorization_is_tried():
    tried = {(text.partition("(")[0], text.partition(").")[2].partition("*")[0]) for text, _ in PARTS}
    tried |= {
        ("cholesky", "L"),
        ("eigh", "V"),
        ("svd", "U"),
        ("svd", "Vh"),
    }  # under functions, and in products
    assert {(name, part) for name, own in FACTORIZATIONS.items() for part in own.parts} <= tried


def test_a_permutation_is_held_fixed(rng):
    f = formula("sum(lu(A).P)")
    assert str(f.gradient("A")) == "0*ones(n, n)"


def test_orthonormal_factors_cancel():
    assert str(formula("eigh(S).V'*eigh(S).V*x", S="symmetric")) == "x"
    assert str(formula("inv(eigh(S).V)*x", S="symmetric")) == "eigh(S).V'*x"
    assert (
        str(formula("qr(A).Q'*qr(A).Q*x", A="m n")) == "qr(A).Q'*qr(A).Q*x"
    )  # of thin ones linad does not know


LETTERS = "ijkl"


@st.composite
def contractions(draw):
    """Subscripts of two or three operands."""
    words = st.lists(st.sampled_from(LETTERS), min_size=1, max_size=3, unique=True).map("".join)
    inputs = draw(st.lists(words, min_size=1, max_size=3))
    present = sorted(set("".join(inputs)))
    output = draw(st.lists(st.sampled_from(present), max_size=3, unique=True).map("".join))
    return f"{','.join(inputs)}->{output}"


@settings(max_examples=25)
@given(subscripts=contractions())
def test_a_contraction_is_numpy_s_and_differentiated_twice(subscripts):
    inputs, _, output = subscripts.partition("->")
    words = inputs.split(",")
    sizes = dict(zip(LETTERS, (2, 3, 1, 4), strict=True))
    rng = np.random.default_rng(len(subscripts))
    values = [rng.normal(size=[sizes[c] for c in word]) for word in words]
    names = "XYZ"[: len(words)]
    f = formula(f"einsum('{subscripts}', {', '.join(names)})")
    np.testing.assert_allclose(f(*values), np.einsum(subscripts, *values), rtol=1e-12, atol=1e-12)
    for name in names:
        check(f, name, *values)
        space = {}
        exec(f.gradient(name).source(), space)
        test = np.ones([sizes[c] for c in output])
        given = (*values, test) if f.shape else values
        np.testing.assert_allclose(
            space["gradient"](*given), f.gradient(name)(*given), rtol=1e-12, atol=1e-12
        )


def test_a_contraction_inside_an_expression(rng):
    f = formula("sum(tanh(einsum('ijk,k->ij', T, x))*B)", B="n p")
    values = {"T": rng.normal(size=(2, 3, 4)), "x": rng.normal(size=4), "B": rng.normal(size=(3, 2))}
    for wrt in f.names:
        check(f, wrt, *[values[name] for name in f.names])


def test_of_a_matrix_that_is_read_as_symmetric_the_refusal_says_what_to_write():
    with pytest.raises(errors.DerivationError, match=r"write \(X \+ X.T\)/2"):
        formula("eigh(A).w")
    assert formula("eigh((A + A')/2).w").shape == ("n",)


def test_factors_are_solved_with_as_the_triangles_that_they_are():
    assert "solve_lower" in str(formula("inv(cholesky(S))*x", S="symmetric").expression)
    assert "solve_upper" in str(formula("inv(cholesky(S)')*x", S="symmetric").expression)
