"""What gradients look like: the forms that a mathematician would write, in every style, and programs that run alone."""

import re

import numpy as np
import pytest

import linad as ln
from linad import errors
from linad.check import compare
from linad.derive import formula, gradient

# text, symbol, declarations, the gradient in the spelling of the text
PRINTED = [
    ("0.5*x'*A*x", "x", {}, "0.5*(A + A')*x"),
    ("0.5*x'*A*x", "x", {"A": "n n symmetric"}, "A*x"),
    ("0.5*x'*A*x", "A", {}, "0.5*x*x'"),
    ("A*exp(x)", "x", {}, "(A'*gY).*exp(x)"),
    ("A*exp(x)", "A", {}, "gY*exp(x)'"),
    ("(y.*v)'*x", "x", {}, "y.*v"),
    ("(y.*v)'*x", "y", {}, "x.*v"),
    ("norm1(A*x-y)", "x", {}, "A'*sign(A*x - y)"),
    ("norm2(A*x-y)^2", "x", {}, "2*A'*(A*x - y)"),
    ("norm2(A*x-y)", "x", {}, "A'*(A*x - y)/norm2(A*x - y)"),
    (
        "sum(log(exp(-y.*(X*w)) + vector(1)))",
        "w",
        {},
        "-X'*(exp(-y.*(X*w)).*y./(exp(-y.*(X*w)) + vector(1)))",
    ),
    ("tr(A*X'*B*X*C)", "X", {}, "B*X*C*A + B'*X*A'*C'"),
    ("log(det(inv(X)))", "X", {}, "-inv(X')"),
    ("b.T @ inv(S) @ b + logdet(S)", "S", {}, "inv(S.T) - outer(inv(S.T) @ b, inv(S) @ b)"),
    (
        "b.T @ inv(S) @ b + logdet(S)",
        "S",
        {"S": "n n symmetric"},
        "inv(S) - outer(inv(S) @ b, inv(S) @ b)",
    ),
    ("einsum('ijk,kl->ijl', X, W)", "W", {}, "einsum('ijl,ijk->kl', gY, X)"),
    ("4*x**3 + x**2 + 3", "x", {"x": "scalar"}, "12*x**2 + 2*x"),
    ("norm2(X*w - y)^2 + lambda*norm2(w)^2", "w", {}, "2*(X'*(X*w - y) + lambda*w)"),
    ("norm(A - B@C)**2", "B", {}, "2*(B @ C - A) @ C.T"),
    ("x'*x/(1 + x'*y)", "x", {}, "2*x/(1 + x'*y) - (x'*x)*y/(1 + x'*y)^2"),
    ("det(X)", "X", {}, "det(X)*inv(X')"),
    ("tr(X^3)", "X", {}, "3*X'*X'"),
    ("x'*diag(y)*x", "y", {}, "x.^2"),
    ("sum(x)", "x", {}, "ones(n)"),
    ("tr(X)", "X", {}, "eye(n)"),
    ("a*x", "a", {"a": "scalar"}, "gY'*x"),
    ("sum(log(diag(cholesky(S))))", "S", {"S": "n n symmetric"}, "0.5*inv(cholesky(S)')*inv(cholesky(S))"),
    ("sum(exp(eigh(S).w))", "S", {"S": "n n symmetric"}, "eigh(S).V*diag(exp(eigh(S).w))*eigh(S).V'"),
    ("sum(svd(A).s)", "A", {}, "svd(A).U*svd(A).Vh"),
    ("relu(x)'*y", "x", {}, "y.*step(x)"),
    ("x'*A*x + b'*x", "x", {}, "(A + A')*x + b"),
    ("1/(1+exp(-w'*x))", "w", {}, "exp(-w'*x)*x/(1 + exp(-w'*x))^2"),
    ("a'*X'*X*b", "X", {}, "X*(b*a' + a*b')"),
    ("log(sum(exp(A*x)))", "x", {}, "A'*exp(A*x)/sum(exp(A*x))"),
    ("w'*A*x + x'*A'*w", "w", {}, "2*A*x"),
    ("a'*x*B*y", "x", {"y": "n", "B": "m n"}, "(gY'*B*y)*a"),
]
IDS = [f"{text}-{wrt}-{'declared' if said else 'guessed'}" for text, wrt, said, _ in PRINTED]


@pytest.mark.parametrize(("text", "wrt", "said", "expected"), PRINTED, ids=IDS)
def test_a_gradient_prints_as_one_writes_it(text, wrt, said, expected):
    found = gradient(text, wrt, **said)
    assert str(found) == repr(found) == expected


@pytest.mark.parametrize(("text", "wrt", "said", "expected"), PRINTED, ids=IDS)
def test_the_three_derivatives_agree(text, wrt, said, expected):
    families = {"svd": {"A": "normal(4, 3)"}, "S": {"S": "spd(3)"}, "det": {"X": "spd(3)"}}
    data = next((family for part, family in families.items() if part in text), {})
    assert compare(text, wrt, where=said, **data).holds


def has_two_marks(latex):
    """Whether something has two exponents, or two indices, which LaTeX refuses."""
    while (shorter := re.sub(r"\{[^{}]*\}", "G", latex)) != latex:
        latex = shorter
    return bool(re.search(r"([\^_])(G|\\[a-zA-Z]+|\w)\s*\1", latex))


@pytest.mark.parametrize(
    "text", ["(x.^y).^2.5", "inv(A).^2", "(A').^0.5", "inv(A.^2)", "sum(x.^0.5)^1.5", "cholesky(S)'*x"]
)
def test_latex_never_marks_twice(text):
    said = {"S": "symmetric"} if "S" in text else {}
    assert not has_two_marks(formula(text, **said).latex())
    assert has_two_marks("A^{-1}^{2}")


@pytest.mark.parametrize(("text", "wrt", "said", "expected"), PRINTED, ids=IDS)
def test_latex_is_balanced(text, wrt, said, expected):
    found = gradient(text, wrt, **said)
    for latex in (found.latex(), found.derivation("latex"), found.of.latex()):
        assert latex.count("{") == latex.count("}")
        assert latex.count(r"\left") == latex.count(r"\right")
        assert re.findall(r"\\begin\{(.*?)\}", latex) == re.findall(r"\\end\{(.*?)\}", latex)
        assert not re.search(r"[.][*/^]|\*\*|@|'", latex)
        assert not has_two_marks(latex)


LATEX = [
    ("0.5*x'*A*x", "x", r"\frac{1}{2} \left(A + A^\top\right) x"),
    ("norm2(A*x-y)", "x", r"\frac{1}{\left\lVert A x - y \right\rVert_{2}} A^\top \left(A x - y\right)"),
    ("b'*inv(S)*b", "S", r"-S^{-\top} b b^\top S^{-\top}"),
    ("A*exp(x)", "x", r"\left(A^\top \bar{Y}\right) \odot \exp\left(x\right)"),
    (
        "sin(x)./y",
        "x",
        r"\bar{Y} \odot \cos\left(x\right) \oslash y",
    ),
    ("einsum('ijk,kl->ijl', X, W)", "W", r"\left[\sum_{ij} \bar{Y}_{ijl} \, X_{ijk}\right]_{kl}"),
    ("sqrt(t)", "t", r"\frac{1}{2} \frac{1}{\sqrt{t}}"),
]


@pytest.mark.parametrize(("text", "wrt", "expected"), LATEX, ids=[text for text, *_ in LATEX])
def test_latex_is_that_of_a_board(text, wrt, expected):
    said = {"t": "scalar"} if "t" in text.replace("tr", "") and wrt == "t" else {}
    assert gradient(text, wrt, **said).latex() == expected


def test_a_program_is_numpy_alone_with_inverses_as_solves():
    found = gradient("b.T @ inv(S) @ b + logdet(S)", "S", S="n n symmetric")
    assert found.source() == (
        "import numpy as np\n\n\ndef gradient(b, S):\n"
        "    t0 = np.linalg.solve(S, b)\n"
        "    return np.linalg.inv(S) - np.outer(t0, t0)\n"
    )


def test_what_occurs_twice_is_named_once():
    found = gradient("norm2(A*x-y)", "x")
    assert "t0 = A @ x - y" in found.source()
    assert found.steps("python") == "t0 = A @ x - y\nA.T @ t0/norm2(t0)"


def test_a_name_that_python_keeps_for_itself_gets_an_underscore():
    found = gradient("lambda*norm2(w)^2", "w")
    assert "def gradient(lambda_, w):" in found.source()
    assert found(2.0, np.array([1.0, 2.0])).tolist() == [4.0, 8.0]


@pytest.mark.parametrize("name", ["np", "lambda", "t0", "value", "\N{MICRO SIGN}"])
def test_a_program_runs_whatever_a_symbol_is_called(name, rng):
    f = formula(f"sum(exp({name}*x)./({name} + exp({name}*x)))", **{name: "scalar"})
    x, space = rng.normal(size=3), {}
    exec(f.source(), space)
    np.testing.assert_allclose(space["value"](0.5, x), f(0.5, x), rtol=1e-14)


def test_names_that_an_underscore_would_make_equal_stay_apart():
    assert "def value(lambda__, lambda_):" in formula("lambda*lambda_").source()


def test_a_program_without_numpy_s_words_is_refused():
    with pytest.raises(errors.DerivationError, match="NumPy has no lu"):
        gradient("sum(lu(A).U)", "A").source()


def test_the_argument_is_written_step_by_step():
    assert gradient("norm2(A*x - y)^2", "x").derivation() == (
        "1 parts        v1  = A*x\n"
        "               v2  = v1 - y\n"
        "               v3  = norm2(v2)\n"
        "               Y   = v3^2\n"
        "2 test tensor  z = Y, so gY = 1\n"
        "3 walk back    gv3 = 2*v3\n"
        "               gv2 = gv3*v2/norm2(v2)\n"
        "               gv1 = gv2\n"
        "               gx  = A'*gv1\n"
        "4 collect      gx  = 2*A'*(A*x - y)"
    )


def test_the_argument_for_a_vector_has_a_test_tensor_and_ends_with_the_jacobian():
    lines = gradient("A*exp(x)", "x").derivation().splitlines()
    assert "z = <gY, Y> for any gY" in lines[2]
    assert lines[-1] == "5 jacobian     dY/dx = A*diag(exp(x))"


def test_the_argument_for_a_symmetric_matrix_takes_the_symmetric_part():
    lines = gradient("b.T @ S @ b", "S", S="n n symmetric").derivation().splitlines()
    assert lines[-2:] == ["4 symmetric    gS = 0.5*(gS + gS.T)", "5 collect      gS = outer(b, b)"]


JACOBIANS = [
    ("A*exp(x)", "x", "A*diag(exp(x))"),
    ("A*B*x", "x", "A*B"),
    ("a*x", "a", "x"),
    ("sin(x).*y", "x", "diag(y.*cos(x))"),
    ("x*(x'*y)", "x", "x*y' + (x'*y)*eye"),
    ("t*A", "t", "A"),
    ("x'*x", "x", "2*x"),
    ("x'*A", "x", "A'"),
    ("exp(x)/sum(exp(x))", "x", "diag(exp(x))/sum(exp(x)) - exp(x)*exp(x)'/sum(exp(x))^2"),
    ("diag(x)*A*x", "x", "diag(A*x) + diag(x)*A"),
]


@pytest.mark.parametrize(("text", "wrt", "expected"), JACOBIANS, ids=[text for text, *_ in JACOBIANS])
def test_a_jacobian_is_in_numerator_layout(text, wrt, expected, rng):
    said = {name: "scalar" for name in "at" if re.search(rf"\b{name}\b", text)}
    f = formula(text, **said)
    found = f.gradient(wrt).jacobian
    assert str(found) == expected
    sizes = {letter: 2 + i for i, letter in enumerate({n: 0 for s in f.shapes.values() for n in s})}
    values = [rng.normal(size=[sizes[n] for n in f.shapes[name]]) for name in f.names]
    expected_value = ln.jacobian(f, f.names.index(wrt))(*values)
    np.testing.assert_allclose(found(*values), expected_value, rtol=1e-12, atol=1e-12)


def test_a_map_between_matrices_has_no_one_matrix():
    assert gradient("A*X*B", "X").jacobian is None


def test_a_gradient_is_differentiated_again(rng):
    hessian = gradient("0.5*x'*A*x", "x").gradient("x")
    assert str(hessian) == "0.5*(A + A')*gY"
    assert hessian.test == "gY"
    f = formula("sum(exp(A*x))")
    H = f.gradient("x").gradient("x").jacobian
    values = [rng.normal(size=(3, 2)), rng.normal(size=2)]
    np.testing.assert_allclose(H(*values), ln.hessian(f, 1)(*values), rtol=1e-12)


def test_the_product_with_the_hessian_is_that_of_linad(rng):
    f = formula("b.T @ inv(S) @ b + logdet(S)")
    product = f.gradient("S").gradient("S")
    b, S, G = rng.normal(size=3), rng.normal(size=(3, 3)) + 4 * np.eye(3), rng.normal(size=(3, 3))
    np.testing.assert_allclose(product(b, S, G), ln.hvp(lambda S: f(b, S), (S,), (G,)), rtol=1e-12)


def test_a_third_test_tensor_has_a_name_of_its_own():
    assert gradient("x.*x.*x", "x").gradient("x").names == ("x", "gY", "gZ")


def test_numbers_that_grow_too_long_are_refused():
    f = formula("x^(9^60)", x="scalar")
    for _ in range(5):
        f = f.gradient("x")
    with pytest.raises(errors.DerivationError, match="longer than floating-point numbers"):
        f.gradient("x")


def test_a_formula_of_a_symmetric_matrix_moves_within_symmetric_ones(rng):
    f = formula("x'*S*y + sum(S.*S*x)", S="n n symmetric")
    x, S, y = rng.normal(size=3), rng.normal(size=(3, 3)), rng.normal(size=3)
    S = S + S.T
    np.testing.assert_allclose(ln.grad(f, argnums=1)(x, S, y), f.gradient("S")(x, S, y), rtol=1e-12)
