"""Programs and steps as text: one formula a line, outputs by their names, remarks in a column."""

from fractions import Fraction

from linad.derive.catalogue import rule
from linad.derive.symbolic.algebra.rational import Polynomial, Rational
from linad.derive.symbolic.algebra.words import Atom
from linad.derive.symbolic.programs.program import Auxiliary, Kernel, Kernels, Program, Sylvester, Term, Terms
from linad.derive.symbolic.writing.steps import Line, Relation, Step
from linad.derive.symbolic.writing.text import instruction_text, program_text, step_text, sum_text


def term(value, left=(), right=(), c=1, op=""):
    return Term(Fraction(c), tuple(map(Atom, left)), value, op, tuple(map(Atom, right)))


def test_an_instruction_is_a_line():
    half = Fraction(1, 2)
    assert instruction_text(Terms("X", (term("dA", "A"), term("dB", (), "B", -2)))) == "X = A dA - 2 dB B"
    assert instruction_text(Terms("X", (term("a", c=half), term("a", c=half, op="H")))) == "X = 1/2 (a + a^H)"
    assert instruction_text(Terms("", (term("S", "A"),))) == " = A S"


def test_an_instruction_by_itself_has_names_for_its_kernels():
    conjugate = Kernel(*(zone.conjugated(frozenset()) for zone in (GAP, Rational.number(0), GAP)))
    assert instruction_text(Kernels("S", ((conjugate, "X", ""),))) == "S = E^* o X"


def test_positive_terms_come_first():
    assert instruction_text(Terms("X", (term("a", c=-1), term("b")))) == "X = b - a"


def test_a_sylvester_equation_is_written_with_its_unknown():
    left = (((Atom("A", "H"),), Fraction(1)), ((Atom("X"), Atom("G", "", True)), Fraction(-1)))
    text = instruction_text(Sylvester("S", left, (((), Fraction(-2)),), "M"))
    assert text == "S solves (A^H - X G^-1) S - 2 S = M"


def test_a_sum_of_words_stands_in_parentheses_if_there_are_several():
    assert sum_text((((Atom("A", "C"),), Fraction(-1)),)) == "-A^*"
    assert sum_text((((Atom("A", "T", True),), Fraction(1)), ((), Fraction(3)))) == "(A^-T + 3 I)"


def test_outputs_are_named_after_what_they_are():
    program = Program({"A": "dA"}, (Terms("S_w", (term("dA", "V"),)),), {"w": "S_w", "B": "dA"})
    assert program_text(program) == "dw = V dA\ndB = dA"


def test_a_value_for_two_outputs_has_the_name_of_the_first():
    program = Program({"X": "gX"}, (Terms("a1", (term("gX", "V"),)),), {"A": "a1", "B": "a1"})
    assert program_text(program) == "gA = V gX\ngB = gA"


def test_a_value_that_only_renames_another_is_not_shown():
    program = Program(
        {"X": "gX"},
        (Terms("t1", (term("gX", "V"),)), Terms("a1", (term("t1"),)), Terms("a2", (term("t1", "W"),))),
        {"B": "a1", "A": "a2"},
    )
    assert program_text(program) == "gB = V gX\ngA = W gB"


def test_a_sum_that_one_product_uses_stands_in_it():
    inner = Terms("M0l", (term("dA", (), "X", -1), term("dB")))
    program = Program({"A": "dA", "B": "dB"}, (inner, Terms("M0", (term("M0l", "A"),))), {"X": "M0"})
    assert program_text(program) == "dX = A (dB - dA X)"


def test_auxiliaries_come_first_and_the_identity_is_no_factor():
    made = (Auxiliary("C_K", "cholesky", "K"), Auxiliary("I_n", "identity", "K"))
    program = Program({}, (Terms("a1", (term("I_n", ["C_K"]),)),), {"K": "a1"}, made)
    assert program_text(program, lead="g") == "C_K = cholesky(K)\ngK = C_K"


def test_a_long_sum_is_broken_between_terms():
    text = program_text(
        Program({}, (Terms("X", tuple(term(f"M{i}", ["A", "perm"]) for i in range(12))),), {})
    )
    first, *rest = text.splitlines()
    assert first.startswith("X = A perm M0 + A perm M1")
    assert rest
    assert all(line.startswith("    + A perm M") and len(line) <= 110 for line in rest)


def test_the_cotangent_of_svd_is_that_of_the_textbook():
    assert rule("svd").text("cotangent").splitlines() == [
        "a1 = V^H gV",
        "a2 = U^H gU",
        "a3 = E o (s (a1 - a1^H) + (a2 - a2^H) s) + half_diag(gs + gs^H) + 1/2 s^-1 diag(a2 - a2^H)",
        "gA = U a3 V^H",
        "where E = 1/(s_c^2 - s_r^2) off the diagonal, 0 on it",
        "      o entry by entry; s_r, s_c at row and column",
    ]


# -- steps ---------------------------------------------------------------------------------------------------------

GAP = Rational(Polynomial.number(1), Polynomial.variable(("w", "c")) - Polynomial.variable(("w", "r")))
OFF = Kernel(GAP, Rational.number(0), GAP)
STEPS = [
    Step("linearise", (Line(Relation((term("dL", "P", "U"), term("dU", "PL")), (term("dA"),))),)),
    Step(
        "structure",
        (
            Line(Relation((term("dL"),), (term("S_L", "L"),)), "S strictly lower"),
            Line(Relation((term("dU"),), (term("S_U", (), "U"),)), "T upper"),
        ),
    ),
    Step("split", (Line(Kernels("S_V", ((OFF, "M", ""),))), Line(None, "n^2 equations, n^2 unknowns"))),
    Step(
        "gauge",
        (Line(Relation((term("A", c=-1), term("B", c=-1)), (term("C", c=-1),))), Line(Relation((), ()))),
    ),
]


def test_steps_are_numbered_with_remarks_in_a_column():
    assert step_text(STEPS).splitlines() == [
        " 1 linearise   P dL U + P L dU = dA",
        " 2 structure   dL = L S_L   S strictly lower",
        "               dU = S_U U   T upper",
        " 3 split       S_V = E o M",
        "               n^2 equations, n^2 unknowns",
        " 4 gauge       A + B = C",
        "               0 = 0",
        "where E = 1/(w_c - w_r) off the diagonal, 0 on it",
        "      o entry by entry; w_r, w_c at row and column",
    ]


def test_a_remark_without_room_stands_below():
    text = step_text(
        [Step("one", (Line(Relation((term("X"),), (term("Y", ["long"] * 12),)), "word " * 15 + "end"),))]
    )
    formula, remark = text.splitlines()
    assert formula.endswith("long Y")
    assert remark == " " * 12 + "word " * 15 + "end"


def test_no_steps_are_no_text():
    assert step_text([]) == ""
