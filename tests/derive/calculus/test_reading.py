"""Texts: two spellings, declarations and guesses, refusals that point at the place, hostile texts."""

import numpy as np
import pytest

import linad as ln
from linad import errors
from linad.derive import formula, gradient

REFUSED = [
    ("A*(x", "never closed", 2),
    ("A*x)", "closes nothing", 3),
    ("A*x + B", "joins a vector and a matrix", 4),
    ("x*y", r"joins a vector and a vector: transpose one, or write \.\*", 1),
    ("x@y'", "belongs to the spelling 'matrixcalculus', @ before it to 'python'", 3),
    ("foo(x)", "foo is no function", 0),
    ("trce(A)", "did you mean trace", 0),
    ("det(x)", "it needs a square matrix, and this is a vector", 4),
    ("norm2(A)", "it needs a vector, and this is a matrix", 6),
    ("det(A, B)", "det takes 1 argument, not 2", 0),
    ("a b", "between two factors stands an operator", 2),
    ("x + ", "An operand is missing at the end", 3),
    ("x $ y", r"Unknown character '\$'", 2),
    ("exp", "exp is a function", 0),
    ("2.^x.^y", r"from left to right: write \(a.\^b\).\^c or", 4),
    ("2^-a^2", r"from left to right: write \(a\^b\)\^c or", 4),
    ("A.^2'", r"transposes the power here, not the exponent: write \(a\^b\)'", 4),
    ("A^-1'", "transposes the power here", 4),
    ("2.^-x'", "transposes the power here", 5),
    ("A^x", "A matrix has integer powers", 1),
    ("x^2", r"write \.\^", 1),
    ("A^99", "integer powers up to 16", 1),
    ("x/y", "entry by entry is", 1),
    ("12ab", "between two factors", 2),
    ("1.2.3", "A number is such as", 3),
    ("", "The expression is empty", 0),
    ("einsum(X, Y)", "takes subscripts first", 0),
    ("einsum('ii->i', X)", "repeats a letter", 7),
    ("einsum('ij,jk->ik', X)", "name 2 operands, and there are 1", 0),
    ("einsum('ij->ik', X)", "occur before it", 7),
    ("sum('ij->ji')", "stand first in einsum", 4),
    ("x + eye", "joins a vector and a matrix", 2),
    ("sum(vector(1))", "follows from nothing", 4),
    ("x.foo", "names no part", 0),
    ("eigh(A)", "has the parts eigh", 0),
    ("eigh(A)[5]", "has the parts eigh", 0),
    ("cholesky(A)", "needs a symmetric matrix", 9),
    ("lu(x).L", "lu needs a square matrix", 3),
    ("ones(3)", "the letters of its dimensions", 0),
    ("vector(x)", "takes one scalar", 0),
    ("A(x)", "A is no function", 0),
    ("x + a\N{SUPERSCRIPT TWO}", "letters and digits alone", 4),
]


@pytest.mark.parametrize(("text", "fact", "place"), REFUSED, ids=[text or "nothing" for text, *_ in REFUSED])
def test_a_refusal_points_at_the_place(text, fact, place):
    with pytest.raises(errors.DerivationError, match=fact) as caught:
        formula(text)
    *_, marks = str(caught.value).splitlines()
    assert marks.index("^") == 2 + place


@pytest.mark.parametrize(
    ("text", "said", "fact"),
    [
        ("A*x", {"A": "m n", "x": "m"}, r"a matrix of shape \(m, n\) and a vector of length m"),
        ("inv(A)", {"A": "m n"}, r"a square matrix, and this is a matrix of shape \(m, n\)"),
        ("A + B", {"A": "m n", "B": "n m"}, r"\(m, n\) and a matrix of shape \(n, m\)"),
        ("A*x", {"A": "n n lower"}, "lower is a structure that expressions do not know"),
        ("A*x", {"A": "m n symmetric"}, "a symmetric matrix is square"),
        ("A*x", {"A": "n vector matrix"}, "at most one of"),
        ("A*x", {"A": "n symmetric"}, "a symmetric has 2 dimensions"),
        ("A*x", {"A": ""}, "it is empty"),
        ("A*x", {"A": "1 n"}, "1 is no letter"),
        ("A*x", {"B": "n n"}, "B is declared and does not occur"),
        ("A @ x", {"A": "i j k"}, "write einsum"),
        ("A.T", {"A": "i j k"}, "needs a vector or a matrix, and this is a tensor of 3 axes"),
        ("einsum('ij,jk->ik', A, B)", {"A": "m n", "B": "m n"}, "j is n elsewhere, and m here"),
    ],
)
def test_a_contradiction_is_named_with_its_letters(text, said, fact):
    with pytest.raises(errors.DerivationError, match=fact):
        formula(text, **said)


def test_what_is_not_declared_is_guessed_by_its_first_letter():
    found = formula("alpha*A*x + \N{GREEK SMALL LETTER MU}*y")
    assert found.shapes == {
        "alpha": (),
        "A": ("m", "n"),
        "x": ("n",),
        "\N{GREEK SMALL LETTER MU}": (),
        "y": ("m",),
    }


def test_letters_that_are_declared_stay():
    assert formula("A*x", x="q").shapes == {"A": ("n", "q"), "x": ("q",)}


def test_a_declaration_by_a_word_leaves_the_letters_open():
    assert formula("a*M*c", a="scalar", M="matrix", c="vector").shapes["M"] == ("m", "n")
    assert formula("S*x", S="symmetric").shapes["S"] == ("n", "n")


@pytest.mark.parametrize(
    ("python", "columns"),
    [
        ("x @ A @ y", "x'*A*y"),
        ("x * y", "x.*y"),
        ("A.T @ x", "A'*x"),
        ("x**3 / y", "x.^3./y"),
        ("outer(x, y) @ z", "x*y'*z"),
        ("x @ A", "(x'*A)'"),
        ("A * B", "A.*B"),
        ("eye(n) + X @ X.T", "eye + X*X'"),
        ("A @ ones(n)", "A*vector(1)"),
        ("inv(A) @ inv(A) @ x", "A^-2*x"),
        ("-x @ y", "-x'*y"),
        ("(x @ y)*z", "x'*y*z"),
        ("(x @ A @ y)*B", "x'*A*y*B"),
        ("2**a", "2^a"),
        ("2**-a", "2^-a"),
        ("-a**2", "-a^2"),
        ("exp(x)**y**2", "exp(x).^(y.^2)"),
        ("A**2 @ x", "(A.^2)*x"),
        ("x**2 @ y", "x'.^2*y"),
        ("(x**2).T @ y", "(x.^2)'*y"),
    ],
)
def test_the_two_spellings_mean_the_same(python, columns, rng):
    said = {"a": "scalar"} if "a" in python else {}
    said |= {"X": "n n"} if "eye" in python else {"A": "m n"} if "ones" in python else {}
    one = formula(python, spelling="python", **said)
    two = formula(columns, spelling="matrixcalculus", **said)
    values = {name: rng.normal(size=[3] * len(letters)) for name, letters in one.shapes.items()}
    np.testing.assert_array_equal(one(**values), two(**values))
    assert one.text("matrixcalculus") == two.text("matrixcalculus")


def test_without_signs_that_tell_the_product_is_that_of_matrices():
    assert formula("A*x").spelling == "matrixcalculus"
    assert formula("A*B", spelling="python").text() == "A*B"
    assert formula("A*B").text("python") == "A @ B"


@pytest.mark.parametrize("spelling", ["Python", "", "numpy"])
def test_a_spelling_that_is_none_is_refused(spelling):
    with pytest.raises(errors.OptionError, match="there are 'python' and 'matrixcalculus'"):
        formula("x", spelling=spelling)
    with pytest.raises(errors.OptionError, match="there are 'python' and 'matrixcalculus'"):
        formula("x").text(spelling or "none")


HOSTILE = [
    "__import__('os').system('true')",
    "x.__class__.__bases__",
    "(lambda: 1)()",
    "[c for c in x]",
    "x; import os",
    "exec(x)",
    "open(x)",
    "x\n+y\x00",
    "f'{x}'",
    "x" * 5000,
    "(" * 60 + "x" + ")" * 60,
    "2^" * 60 + "2",
    "9" * 50,
    "1e999",
    "((((9^64)^64)^64)^64)^64",
    "1/(x - x)'",
    "1/0",
    "A*" * 1900 + "A",
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_text_is_refused_and_never_run(text):
    with pytest.raises(errors.DerivationError):
        formula(text)


@pytest.mark.parametrize(
    "text",
    ["+".join(["x"] * 1900), "A*" * 199 + "x", "sin(" * 49 + "x" + ")" * 49, "-" * 3990 + "x", "2^(64^64)*x"],
    ids=["sum", "product", "depth", "signs", "tower"],
)
def test_a_long_text_is_read_and_differentiated(text):
    said = {"A": "n n"} if "A" in text else {}
    found = gradient(text, "x", **said)
    assert found.text()
    assert found.source()


@pytest.mark.parametrize("text", [3, None, b"x"])
def test_what_is_no_text_is_refused(text):
    with pytest.raises(errors.ArgumentError, match="not a text"):
        formula(text)


def test_a_declaration_that_is_no_text_is_refused():
    with pytest.raises(errors.ArgumentError, match="x is declared by a int"):
        formula("x", x=3)


def test_a_symbol_that_does_not_occur_is_refused():
    with pytest.raises(errors.OptionError, match="'z' is not among the symbols: A, x"):
        gradient("A*x", "z")


class TestData:
    f = formula("x'*S*x", S="n n symmetric")

    def test_goes_by_position_or_name(self):
        S, x = np.diag([1.0, 2.0]), np.array([1.0, 1.0])
        assert self.f(x, S) == self.f(S=S, x=x) == self.f(x, S=S) == 3.0

    @pytest.mark.parametrize(
        ("args", "named", "fact"),
        [
            (([1.0],), {}, "S is missing"),
            ((), {"x": [1.0]}, "S is missing"),
            (([1.0], [[1.0]], 2.0), {}, "data is for x, S, each once"),
            (([1.0], [[1.0]]), {"y": 1.0}, "y is not"),
        ],
    )
    def test_that_is_too_much_or_too_little_is_refused(self, args, named, fact):
        with pytest.raises(errors.ArgumentError, match=fact):
            self.f(*args, **named)

    def test_of_other_sizes_is_refused_with_the_letter(self):
        with pytest.raises(errors.ShapeError, match="n is 3 in the data for x, and 2 in that for S"):
            self.f(np.ones(3), np.eye(2))

    def test_of_another_rank_is_refused(self):
        with pytest.raises(errors.ShapeError, match=r"data for x has shape \(2, 2\), the symbol has \(n\)"):
            self.f(np.eye(2), np.eye(2))

    def test_that_is_not_symmetric_is_refused(self):
        with pytest.raises(errors.NotHermitianError, match="is not symmetric"):
            self.f(np.ones(2), np.array([[1.0, 2.0], [0.0, 1.0]]))

    def test_that_is_complex_is_refused(self):
        with pytest.raises(errors.DtypeError, match="the data for x is complex"):
            self.f(np.ones(2) * 1j, np.eye(2))

    def test_may_be_traced(self):
        assert ln.grad(self.f)(np.ones(2), np.eye(2)).tolist() == [2.0, 2.0]

    def test_keeps_single_precision(self):
        g = self.f.gradient("x")
        assert g(np.ones(2, np.float32), np.eye(2, dtype=np.float32)).dtype == np.float32

    def test_of_a_wide_matrix_is_refused_where_factors_are_tall(self):
        with pytest.raises(errors.ShapeError, match=r"qr: the matrix has the shape \(2, 3\)"):
            formula("sum(qr(A).R)")(np.ones((2, 3)))


class TestTheGraph:
    f = formula("x @ A @ x + sum(exp(x))")

    def test_is_one_of_symbols(self):
        assert isinstance(self.f.expression, ln.Array)
        assert str(self.f.expression) == "x @ (A @ x) + sum(exp(x))"
        assert "(n, n)" in str(ln.graph(self.f.expression))

    def test_is_bound_by_function_and_differentiated_by_gradient(self):
        x, A = np.array([1.0, 2.0]), np.array([[1.0, 2.0], [0.0, 1.0]])
        g = ln.function(self.f.inputs, ln.gradient(self.f.expression, self.f.inputs[0]))
        np.testing.assert_allclose(g(x, A), self.f.gradient("x")(x, A), rtol=1e-14)
