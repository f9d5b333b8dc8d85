"""Equations as people write them: what they mean, and where the error is when they mean nothing."""

import pickle
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from linad.derive.symbolic.algebra.structures import Pattern, Structure, structures
from linad.derive.symbolic.algebra.words import Algebra, Atom, Expression, Symbol, add
from linad.derive.symbolic.parsing.parse import EquationError, names, parse_equation, parse_expression
from linad.derive.symbolic.parsing.parts import POWER, WORK
from linad.derive.symbolic.parsing.tokens import DEPTH, LENGTH

SINGULAR = Structure("projector", Pattern("free", "real", "conjugate"), self_adjoint=True, invertible=False)


def algebra_of(**symbols: str) -> Algebra:
    """An algebra from ``name="structure rows columns"``."""
    rows = ((name, *row.rsplit(" ", 2)) for name, row in symbols.items())
    return Algebra(Symbol(name, r, c, structures[structure]) for name, structure, r, c in rows)


ALGEBRA = algebra_of(
    A="general n n",
    B="general n n",
    C="general n n",
    X="general m n",
    Y="general n k",
    L="unit lower n n",
    U="upper n n",
    P="permutation n n",
    Q="unitary n n",
    V="unitary m n",
    S="positive definite n n",
    d="diagonal n n",
    s="real diagonal n n",
    Q_1="unitary n n",
    Λ="diagonal n n",
    행렬="general n n",
)


def written(expression: Expression) -> dict[str, Fraction]:
    return {" ".join(map(str, word)): c for word, c in expression.items()}


EXPRESSIONS = {
    # products
    "A": {"A": 1},
    "A @ B": {"A B": 1},
    "A@B": {"A B": 1},
    "A * B": {"A B": 1},
    "A B": {"A B": 1},
    " P  L\tU\n": {"P L U": 1},
    "(A)(B)": {"A B": 1},
    "A (B C)": {"A B C": 1},
    "A.H B": {"A.H B": 1},
    "A'B": {"A.H B": 1},
    "X Y": {"X Y": 1},
    "Q_1 A": {"Q_1 A": 1},
    "Λ 행렬": {"Λ 행렬": 1},
    # sums, signs
    "A + B - C": {"A": 1, "B": 1, "C": -1},
    "A -B": {"A": 1, "B": -1},
    "-A": {"A": -1},
    "--A": {"A": 1},
    "+A": {"A": 1},
    "A @ -B": {"A B": -1},
    "A - (B - C)": {"A": 1, "B": -1, "C": 1},
    "A - A": {},
    "A + A": {"A": 2},
    "-A^2": {"A A": -1},
    "(A + B) (A - B)": {"A A": 1, "A B": -1, "B A": 1, "B B": -1},
    "A B - B A": {"A B": 1, "B A": -1},
    # coefficients
    "2 A": {"A": 2},
    "2A": {"A": 2},
    "2(A + B)": {"A": 2, "B": 2},
    "1/2 * A": {"A": Fraction(1, 2)},
    "1/2 A": {"A": Fraction(1, 2)},
    "0.5 A": {"A": Fraction(1, 2)},
    ".1 A": {"A": Fraction(1, 10)},
    "A / 2": {"A": Fraction(1, 2)},
    "A/2 B": {"A B": Fraction(1, 2)},
    "A * 3": {"A": 3},
    "(A + A.H) / -2": {"A": Fraction(-1, 2), "A.H": Fraction(-1, 2)},
    "2^-3 A": {"A": Fraction(1, 8)},
    "0 A": {},
    "0": {},
    "A + 0": {"A": 1},
    # operations
    "A.H": {"A.H": 1},
    "A'": {"A.H": 1},
    "A^H": {"A.H": 1},
    "A**H": {"A.H": 1},
    "adjoint(A)": {"A.H": 1},
    "H(A)": {"A.H": 1},
    "A.T": {"A.T": 1},
    "A^T": {"A.T": 1},
    "transpose(A)": {"A.T": 1},
    "A.conj": {"A.conj": 1},
    "A.conj()": {"A.conj": 1},
    "conj(A)": {"A.conj": 1},
    "A^*": {"A.conj": 1},
    "A^*B": {"A.conj B": 1},
    "A.conj.T": {"A.H": 1},
    "A''": {"A": 1},
    "(A B).H": {"B.H A.H": 1},
    "(2 A B + C)^T": {"B.T A.T": 2, "C.T": 1},
    "(A B).conj": {"A.conj B.conj": 1},
    "H(X) X": {"X.H X": 1},
    # inverses and powers
    "inv(A)": {"A^-1": 1},
    "A^-1": {"A^-1": 1},
    "A ^ - 1": {"A^-1": 1},
    "A**-1": {"A^-1": 1},
    "A^(-1)": {"A^-1": 1},
    "A^{-1}": {"A^-1": 1},
    "A^-H": {"A.H^-1": 1},
    "A^{-T}": {"A.T^-1": 1},
    "A^-*": {"A.conj^-1": 1},
    "A.H^-1": {"A.H^-1": 1},
    "inv(A).T": {"A.T^-1": 1},
    "inv(2 A B)": {"B^-1 A^-1": Fraction(1, 2)},
    "inv(A + A)": {"A^-1": Fraction(1, 2)},
    "A^2": {"A A": 1},
    "A^-2": {"A^-1 A^-1": 1},
    "A^2.H": {"A.H A.H": 1},
    "(A + B)^2": {"A A": 1, "A B": 1, "B A": 1, "B B": 1},
    "X^1": {"X": 1},
    "A^0 B": {"B": 1},
    # canonical, cancelled
    "A inv(A) B": {"B": 1},
    "inv(A B) A": {"B^-1": 1},
    "inv(A B) A B": {"": 1},
    "Q^-1": {"Q.H": 1},
    "P^-1": {"P.T": 1},
    "P.H P A": {"A": 1},
    "S.H": {"S": 1},
    "S^T": {"S.conj": 1},
    "d.T": {"d": 1},
    "s.H": {"s": 1},
    "V.H V": {"": 1},
    "V V.H": {"V V.H": 1},
    "inv(V.H V)": {"": 1},
    # the identity
    "A + I": {"A": 1, "": 1},
    "A - 2 I": {"A": 1, "": -2},
    "I A": {"A": 1},
    "I X": {"X": 1},
    "(I + I) X": {"X": 2},
    "(A + I)(A - I)": {"A A": 1, "": -1},
    "X X.H + 3 I^-1": {"X X.H": 1, "": 3},
    "I - A A^-1": {},
}


@pytest.mark.parametrize(("text", "expected"), EXPRESSIONS.items())
def test_an_expression_means_what_it_says(text: str, expected: dict[str, Fraction]) -> None:
    assert written(parse_expression(text, ALGEBRA)) == expected


EQUATIONS = {
    "P L U = A": {"P L U": 1, "A": -1},
    "P @ L @ U = A": {"P L U": 1, "A": -1},
    "A = L L'": {"A": 1, "L L.H": -1},
    "V.H X A.H = A": {"V.H X A.H": 1, "A": -1},
    "V.H V = I": {},
    "A = I": {"A": 1, "": -1},
    "I = A": {"A": -1, "": 1},
    "0 = A B - C": {"A B": -1, "C": 1},
    "A B + C = 0": {"A B": 1, "C": 1},
    "A = A": {},
    "Q.H A Q = s": {"Q.H A Q": 1, "s": -1},
    "A Y + 1/2 B Y = -Y": {"A Y": 1, "B Y": Fraction(1, 2), "Y": 1},
}


@pytest.mark.parametrize(("text", "expected"), EQUATIONS.items())
def test_an_equation_is_its_left_side_minus_its_right_side(text: str, expected: dict[str, Fraction]) -> None:
    assert written(parse_equation(text, ALGEBRA)) == expected


def test_a_declared_I_is_a_symbol() -> None:
    algebra = algebra_of(I="general m n", A="general m n")
    assert written(parse_equation("I = A", algebra)) == {"I": 1, "A": -1}


def test_a_declared_H_is_a_factor_before_a_blank() -> None:
    algebra = algebra_of(Q="unitary n n", H="general n n", A="general n n")
    assert written(parse_equation("Q H (Q^H) = A", algebra)) == {"Q H Q.H": 1, "A": -1}


def test_coefficients_are_exact() -> None:
    assert parse_expression("0.1 A + 1/3 A", ALGEBRA) == {(Atom("A"),): Fraction(13, 30)}


# In each text the offending place is marked below: the caret line of the message, with what the fact contains.
ERRORS = """
A B
   ^
has no =

A = B = C
      ^
two =

A == B
   ^
two =

A = B $ C
      ^
Unknown character '$' (U+0024)

A² = B
 ^
Unknown character '²' (U+00B2)

Aᵀ = B
 ^
Unknown character 'ᵀ' (U+1D40)

A · B = C
  ^
Unknown character '·' (U+00B7)

(A B = C
^
never closed

A (B (C) = A
  ^
never closed

A = (B = C)
    ^
never closed

A B) = C
   ^
closes nothing

A = BB
    ^~
A product has blanks: B B.

A = a
    ^
Did you mean A?

A = Q_2 B
    ^~~
Did you mean Q_1?

A = zeta B
    ^~~~
not declared; the symbols are A, B, C, X, Y, L, U, P, Q, V, S, d, s, Q_1, Λ, 행렬.

A = inv (B)
    ^~~
The function is written inv(...), without a blank.

A =
   ^
missing at the end

= A
^
missing before =

A @ = B
    ^
missing before =

A @ @ B = C
    ^
missing before @

A = ()
     ^
missing before )

A = B + * C
        ^
missing before *

A = ^2 B
    ^~
missing before ^2

A = ' B
    ^
missing before '

A = B^k
     ^~
A power is an integer, H, T or *

A = B^0.5 C
     ^~~~
A power is an integer

A = B^(1/2)
     ^~~
A power is an integer

A = B*** C
     ^~~
A power is an integer

A = B^2C
     ^~~
A power is an integer

A = B^2^3
       ^~
write parentheses

A = B^65
     ^~~
above 64

A = B.inverse
     ^~~~~~~~
After a dot stands H, T or conj

A = B.C
     ^~
After a dot stands H, T or conj

A = exp(B)
    ^~~
exp is no function (those are inv, adjoint, H, transpose, conj); a product has a blank: exp (...).

A = B(C + A)
    ^
a product has a blank: B (...).

A = B 2
      ^
A number stands before its matrix

A = 1e-3 B
    ^~~~
A coefficient is a number

A = 2j B
    ^~
A coefficient is a number

A = B / C
        ^
C is no number

A = B / 0
        ^
Zero has no inverse

A = B + 2
        ^
2 is a number, no matrix

A = 2
    ^
2 is a number, no matrix

A = B X
      ^
B is n x n and X is m x n: in their product n meets m.

A = A B Y.H C
        ^~~
A B is n x n and Y.H is k x n: in their product n meets k.

A = X
    ^
X is m x n, but A is n x n.

A + X Y + B = C
    ^~~
X Y is m x k, but A is n x n.

X = X + 2 I
        ^~~
2 I is square, but X is m x n.

X = I
    ^
I is square, but X is m x n.

A = X^2
    ^
X is m x n: only a square matrix has powers.

A = inv(X) X
        ^
X is m x n: only a square matrix has an inverse.

A = V^-1 X
    ^
V is m x n: only a square matrix has an inverse; for orthonormal columns or rows write V.H.

A = inv(A + B)
        ^~~~~
The inverse of a sum: introduce an auxiliary symbol, equal to A + B.

A = (A + I)^-1
    ^~~~~~~
The inverse of a sum: introduce an auxiliary symbol

A = inv(X.H X)
        ^~~~~
The inverse of a product in which X is m x n, not square: introduce an auxiliary symbol, equal to X.H X.

A = inv(B - B)
        ^~~~~
Zero has no inverse

I = 2 I
^~~~~~~
contains no symbol

0 = 0
^~~~~
contains no symbol
"""


def _errors() -> list[tuple[str, str, str]]:
    cases = [case.split("\n") for case in ERRORS.strip("\n").split("\n\n")]
    return [(text, caret, fact) for text, caret, fact in cases]


@pytest.mark.parametrize(("text", "caret", "fact"), _errors(), ids=[case[0] for case in _errors()])
def test_an_error_points_at_its_place(text: str, caret: str, fact: str) -> None:
    with pytest.raises(EquationError) as caught:
        parse_equation(text, ALGEBRA)
    error = caught.value
    assert fact in error.fact
    assert str(error) == f"{error.fact}\n  {text}\n  {caret}"
    assert (error.text, error.position) == (text, caret.index("^"))


@pytest.mark.parametrize("text", ["", " ", "\n\t"])
def test_an_empty_text_is_an_error(text: str) -> None:
    with pytest.raises(EquationError, match=r"^The equation is empty\."):
        parse_equation(text, ALGEBRA)
    with pytest.raises(EquationError, match=r"^The expression is empty\."):
        parse_expression(text, ALGEBRA)


def test_an_expression_has_no_equals_sign() -> None:
    with pytest.raises(EquationError, match="An expression has no =") as caught:
        parse_expression("A = B", ALGEBRA)
    assert caught.value.position == 2


@pytest.mark.parametrize("text", ["I", "2 I", "I + I", "inv(2 I)"])
def test_a_sum_of_identities_has_no_shape(text: str) -> None:
    with pytest.raises(EquationError, match="has no shape: I takes it from other terms"):
        parse_expression(text, ALGEBRA)


def test_a_singular_structure_has_no_inverse() -> None:
    algebra = Algebra([Symbol("E", "n", "n", SINGULAR)])
    with pytest.raises(EquationError, match="E is projector: it has no inverse"):
        parse_expression("inv(E)", algebra)


def test_a_function_that_is_declared_is_ambiguous() -> None:
    algebra = algebra_of(H="general n n", A="general n n")
    with pytest.raises(EquationError, match="H is a function and a symbol") as caught:
        parse_equation("A = H(A)", algebra)
    assert caught.value.position == 4


def test_an_error_is_a_value_error_that_survives_pickling() -> None:
    error = EquationError("A = ?", 4, "Unknown character.", 1)
    assert isinstance(error, ValueError)
    assert str(pickle.loads(pickle.dumps(error))) == str(error)


def test_a_long_line_is_shown_around_the_place() -> None:
    text = "A + " * 200 + "? + A" + " + A" * 200
    with pytest.raises(EquationError) as caught:
        parse_expression(text, ALGEBRA)
    _, line, caret = str(caught.value).split("\n")
    assert line[caret.index("^")] == "?"
    assert len(line) < 120


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("P L U = A", ["P", "L", "U", "A"]),
        ("A = L L.H + L^H", ["A", "L"]),
        ("inv(A) @ X' = transpose(B)^-T + I", ["A", "X", "B"]),
        ("A = Q H(Q) conj(R)", ["A", "Q", "R"]),
        ("A = Q H Q.H", ["A", "Q", "H"]),
        ("x_1 + Λ ** -H - _y2", ["x_1", "Λ", "_y2"]),
        ("T A = A T", ["T", "A"]),
        ("", []),
    ],
)
def test_names_are_those_of_symbols_in_order(text: str, expected: list[str]) -> None:
    assert names(text) == expected


@pytest.mark.parametrize("text", ["A = exp(B)", "A = 1e-3 B", "A = 2j B", "A = B.C", "A = B^k"])
def test_names_refuses_what_would_declare_a_symbol_by_mistake(text: str) -> None:
    with pytest.raises(EquationError):
        names(text)


# -- round trip ------------------------------------------------------------------------------------------------------

SPELLINGS = {
    ("", False): ["{}", "({})", "{}''", "{} I", "1 * {}"],
    ("H", False): ["{}.H", "{}'", "{}^H", "{}**H", "adjoint({})", "{}.conj.T", "conj({}.T)", "H({})"],
    ("T", False): ["{}.T", "{}^T", "{}**T", "transpose({})", "{}.H.conj()"],
    ("C", False): ["{}.conj", "{}^*", "conj({})", "{}'.T"],
    ("", True): ["{}^-1", "{}**-1", "inv({})", "{}^{{-1}}", "{}^(-1)", "{}^-H.H"],
    ("H", True): ["{}^-H", "inv({}')", "{}.H^-1", "inv({}).H"],
    ("T", True): ["{}^-T", "inv({}.T)", "({}^-1)^T"],
    ("C", True): ["{}^-*", "inv({}.conj)", "{}^-1.conj"],
}


@st.composite
def products(draw: st.DrawFn, rows: str, columns: str) -> list[Atom]:
    """Atoms whose letters fit, from one dimension to another."""
    atoms: list[Atom] = []
    at = rows
    for _ in range(draw(st.integers(1, 6))):
        symbol = draw(st.sampled_from([s for s in ALGEBRA.symbols.values() if at in (s.rows, s.columns)]))
        turned = symbol.rows != at or (symbol.square and draw(st.booleans()))
        op = draw(st.sampled_from(["H", "T"] if turned else ["", "C"]))
        atoms.append(Atom(symbol.name, op, symbol.square and draw(st.booleans())))
        at = symbol.rows if turned else symbol.columns
    ways = {("m", "n"): ["X"], ("k", "n"): ["Y.H"], ("n", "m"): ["X.H"], ("n", "k"): ["Y"]}
    ways |= {("m", "k"): ["X", "Y"], ("k", "m"): ["Y.H", "X.H"]}
    for name in ways.get((at, columns), []):
        atoms.append(Atom(name[0], name[2:]))
    return atoms


@given(st.data(), st.sampled_from("mnk"), st.sampled_from("mnk"))
def test_what_is_written_is_read_again(data: st.DataObject, rows: str, columns: str) -> None:
    terms = data.draw(
        st.lists(st.tuples(st.fractions(max_denominator=9), products(rows, columns)), min_size=1, max_size=4)
    )
    text, expected = "0", []
    for c, atoms in terms:
        factors = [
            data.draw(st.sampled_from(SPELLINGS[atom.op, atom.inverted])).format(atom.name) for atom in atoms
        ]
        separator = data.draw(st.sampled_from([" ", " @ ", " * ", "\n"]))
        text += f" {'-' if c < 0 else '+'} {abs(c)} * ({separator.join(factors)})"
        expected.append({ALGEBRA.product(tuple(map(ALGEBRA.canonical, atoms))): c})
    assert parse_expression(text, ALGEBRA) == add(*expected)


@given(st.lists(st.sampled_from(["A", "B", "A + B", "A - I", "2 A.T"]), min_size=2, max_size=4))
def test_an_operation_of_a_product_is_the_product_of_operations_turned_around(factors: list[str]) -> None:
    product = " ".join(f"({factor})" for factor in factors)
    turned = " ".join(f"({factor})^H" for factor in reversed(factors))
    assert parse_expression(f"({product})'", ALGEBRA) == parse_expression(turned, ALGEBRA)


# -- hostile texts -----------------------------------------------------------------------------------------------------

HOSTILE = {
    "parentheses": "(" * 10**5 + "A" + ")" * 10**5,
    "opening-parentheses": "(" * 10**5,
    "deep": "(" * (DEPTH + 1) + "A" + ")" * (DEPTH + 1),
    "deep-functions": "inv(" * (DEPTH + 1) + "A" + ")" * (DEPTH + 1),
    "long-name": "N" * 10**6,
    "longest-name": "N" * LENGTH,
    "nul": "A\0B",
    "surrogate": "A \ud800",
    "right-to-left": "A \u202eB",
    "escape": "A \x1b[2J",
    "digits": "9" * LENGTH,
    "tower": "(((9^64)^64)^64)^64 A",
    "fraction-tower": "(((1.1^64)^64)^64)^64 A",
    "power-tower": "((A^64)^64)^64",
    "binomial": "(A + B)^64",
    "distribution": "(A + B)" * 100,
    "huge-power": f"A^{'9' * 3000}",
    "exponent": "1e999999999 A",
    "code": "__import__('os')",
    "many-costly-sums": " + ".join(["(A^64)^30"] * 300),
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_text_is_refused_in_a_short_printable_message(text: str) -> None:
    with pytest.raises(EquationError) as caught:
        parse_expression(text, ALGEBRA)
    message = str(caught.value)
    assert len(message) < 600
    assert message.replace("\n", "").isprintable()


@pytest.mark.parametrize(
    "text",
    ["(" * DEPTH + "A" + ")" * DEPTH, "-" * (LENGTH - 1) + "A", "A" + "'" * (LENGTH - 1), "A+" * 1999 + "A"],
    ids=["parentheses", "signs", "marks", "sum"],
)
def test_what_is_within_the_limits_is_read(text: str) -> None:
    assert len(parse_expression(text, ALGEBRA)) == 1


def test_the_limits_leave_room_for_products_of_sums() -> None:
    assert len(parse_expression("(A + B)^8", ALGEBRA)) == 2**8
    assert len(next(iter(parse_expression(f"A^{POWER}", ALGEBRA)))) == POWER
    assert WORK > 2**8 * 8


@given(st.text(st.sampled_from("ABXIHT0129.^*-+@/'()={}_ \n\0einvcoj²é"), max_size=60))
@example("A = B^")
@example("A.conj(")
def test_any_text_is_read_or_refused_at_a_place_in_it(text: str) -> None:
    places = [0]
    try:
        parse_equation(text, ALGEBRA)
    except EquationError as error:
        places.append(error.position)
    assert set(places) <= set(range(len(text) + 1))
