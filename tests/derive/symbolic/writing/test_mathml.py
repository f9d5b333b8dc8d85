"""Formulas and equations as MathML: exact, well-formed, escaped, broken before signs."""

from fractions import Fraction
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linad.derive.catalogue import ENTRIES, rule
from linad.derive.symbolic.algebra.rational import Polynomial
from linad.derive.symbolic.algebra.words import Atom
from linad.derive.symbolic.programs.program import Sylvester, Term
from linad.derive.symbolic.writing.formulas import Factor
from linad.derive.symbolic.writing.markup import Markup, element, joined
from linad.derive.symbolic.writing.mathml import definition_math, equation_math, formula_math
from linad.derive.symbolic.writing.notation import Notation
from linad.derive.symbolic.writing.signs import name_math, number_math, polynomial_math, scripted, value_math
from linad.derive.symbolic.writing.steps import Relation

CORE = {  # the elements of MathML Core that are used: every current browser sets them
    "math", "mfrac", "mi", "mn", "mo", "mover", "mrow", "mspace", "msub", "msubsup", "msup", "mtable",
    "mtd", "mtext", "mtr",
}  # fmt: skip
SHAPES = {"msub": 2, "msup": 2, "mover": 2, "mfrac": 2, "msubsup": 3}


def words(*pieces):
    """The letters and signs of MathML, in order."""
    return "".join("".join(ElementTree.fromstring(piece).itertext()) for piece in pieces)


def check(*pieces):
    for piece in pieces:
        for node in ElementTree.fromstring(piece).iter():
            assert node.tag in CORE
            assert len(node) == SHAPES.get(node.tag, len(node)), piece
            assert node.tag in ("mi", "mn", "mo", "mtext") or not (node.text or "").strip()


def term(value, left=(), right=(), c=1, op=""):
    return Term(Fraction(c), tuple(map(Atom, left)), value, op, tuple(map(Atom, right)))


def formula(relation):
    row = formula_math(Notation().formula(relation))
    check(*row.left, *row.right)
    return words(*row.left), [words(piece) for piece in row.right]


# -- markup ------------------------------------------------------------------------------------------------------


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc"])), st.text("<>&\"'x"))
def test_text_and_attributes_come_back_from_markup_as_they_were(text, attribute):
    parsed = ElementTree.fromstring(element("p", text, title=attribute))
    assert (parsed.text or "", parsed.attrib) == (text, {"title": attribute})


def test_markup_is_not_escaped_again():
    assert element("p", joined(["<", element("b", "x")])) == "<p>&lt;<b>x</b></p>"
    assert isinstance(element("p"), Markup)


# -- signs -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("A", "<mi>A</mi>"),
        ("Vh", "<mi>Vh</mi>"),
        ("lambda", "<mi>\N{GREEK SMALL LETTER LAMDA}</mi>"),
        ("Phi", "<mi>\N{GREEK CAPITAL LETTER PHI}</mi>"),
        ("a1", "<msub><mi>a</mi><mn>1</mn></msub>"),
        ("S_L", "<msub><mi>S</mi><mi>L</mi></msub>"),
        ("A1_2", '<msub><mi>A</mi><mrow><mn>1</mn><mo form="infix">,</mo><mn>2</mn></mrow></msub>'),
        ("_x", "<mi>_x</mi>"),
    ],
)
def test_a_name_has_its_letters_on_the_line_and_the_rest_below(name, expected):
    assert name_math(name) == expected


@pytest.mark.parametrize(
    ("factor", "expected"),
    [
        (Factor("dL", value=True), '<mrow><mi mathvariant="normal">d</mi><mi>L</mi></mrow>'),
        (Factor("dL"), "<mi>dL</mi>"),
        (Factor("gL", value=True), '<mover accent="true"><mi>L</mi><mo>\N{OVERLINE}</mo></mover>'),
        (Factor("L", "C"), "<msup><mi>L</mi><mo>*</mo></msup>"),
        (Factor("L", "", -1), "<msup><mi>L</mi><mrow><mo>\N{MINUS SIGN}</mo><mn>1</mn></mrow></msup>"),
        (Factor("s", "", 2), "<msup><mi>s</mi><mn>2</mn></msup>"),
    ],
)
def test_a_value_tells_what_it_is_of_its_matrix(factor, expected):
    assert value_math(factor) == expected


def test_a_part_of_a_tangent_has_a_hat_and_its_power_outside_of_it():
    parsed = ElementTree.fromstring(value_math(Factor("pA", "H", value=True)))
    assert [node.tag for node in parsed] == ["mover", "mi"]
    assert "".join(parsed.itertext()) == "dA^H"


def test_an_index_and_a_power_stand_above_one_another():
    assert value_math(Factor("S_L", "H", value=True)).startswith("<msubsup>")
    check(value_math(Factor("gM1", "H", -1, value=True)))


def test_polynomials_are_written_with_positive_terms_first():
    n, w = Polynomial.variable(("n", "")), Polynomial.variable(("w_conj", "r"), 2)
    assert polynomial_math(Polynomial({})) == "<mrow><mn>0</mn></mrow>"
    both = polynomial_math(n * Polynomial.number(-3) + w)
    check(both)
    assert words(both) == "wr*2\N{MINUS SIGN}3n"


def test_numbers_are_fractions_where_they_must_be():
    assert number_math(Fraction(3)) == "<mn>3</mn>"
    assert number_math(Fraction(1, 2)) == "<mfrac><mn>1</mn><mn>2</mn></mfrac>"


def test_no_operation_leaves_an_operand_alone():
    assert scripted(name_math("A"), "") == name_math("A")


# -- formulas ----------------------------------------------------------------------------------------------------


def test_a_relation_is_aligned_at_its_sign_and_broken_before_the_others():
    left, right = formula(Relation((term("dX"),), (term("M", "A", "B"), term("N", c=-2), term("K", op="H"))))
    assert left == "dX"
    assert right == ["=AMB", "\N{MINUS SIGN}2N", "+KH"]


def test_an_empty_sum_is_zero():
    assert formula(Relation((term("dX"),), ())) == ("dX", ["=0"])


def test_what_is_solved_for_stands_before_what_it_solves():
    one = Fraction(1)
    left, right = formula(Sylvester("S", ((((Atom("A"),), one),)), ((((Atom("B"),), one),)), "M"))
    assert (left, right[0]) == ("S", "\xa0solves\xa0AS")
    assert right[1:] == ["+SB", "=M"]


@pytest.mark.parametrize("name", ["lu-tall", "svd", "eig", "ldl-symmetric", "riccati", "geometric-mean"])
def test_programs_are_well_formed_mathml_core(name):
    every(name)


@pytest.mark.slow
@pytest.mark.parametrize("name", ENTRIES)
def test_all_programs_of_the_catalogue_are_well_formed_mathml_core(name):
    every(name)


def every(name):
    programs = {lead: rule(name).program(mode) for mode, lead in (("tangent", "d"), ("cotangent", "g"))}
    notation = Notation(*programs.values())
    rows = [formula_math(f) for lead, program in programs.items() for f in notation.lines(program, lead)]
    rows += [definition_math(definition) for definition in notation.definitions]
    rows += [equation_math(text) for text in rule(name).equations]
    for row in rows:
        check(*row.left, *row.right)
        assert all(words(piece)[0] in "=+\N{MINUS SIGN}\xa0" for piece in row.right)


def test_a_kernel_is_told_as_a_quotient_with_what_it_is_on_the_diagonal():
    notation = Notation(program := rule("eigh").program("tangent"))
    notation.lines(program, "d")
    row = definition_math(notation.definitions[0])
    assert words(*row.left) == "Erc"
    assert words(*row.right) == "=1wc\N{MINUS SIGN}wr\xa0\xa0off the diagonal,\xa00 on it"


# -- equations ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "left", "right"),
    [
        ("P @ L * U = A", ["PLU"], ["=A"]),
        ("A^-1 = X", ["A\N{MINUS SIGN}1"], ["=X"]),
        ("-A - B.H + 2 C = 0", ["\N{MINUS SIGN}A", "\N{MINUS SIGN}BH", "+2C"], ["=0"]),
        ("1/2 (A + B)' = inv(A + I)", ["1/2(A+B)H"], ["=inv\N{FUNCTION APPLICATION}(A+I)"]),
        ("X^(-H) ((Y)) = beta.conj", ["X\N{MINUS SIGN}H((Y))"], ["=\N{GREEK SMALL LETTER BETA}*"]),
    ],
)
def test_an_equation_is_set_as_it_is_written(text, left, right):
    row = equation_math(text)
    check(*row.left, *row.right)
    assert [words(piece) for piece in row.left] == left
    assert [words(piece) for piece in row.right] == right


def test_blocks_are_a_table_in_brackets():
    program = rule("saddle-point").program("tangent")
    row = formula_math(Notation(program).lines(program)[0])
    check(*row.left, *row.right)
    (right,) = row.right
    cells = [
        [words(cell) for cell in map(ElementTree.tostring, line)]
        for line in ElementTree.fromstring(right).iter("mtr")
    ]
    assert cells == [["P", "AH"], ["A", "0"]]
