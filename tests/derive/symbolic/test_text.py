"""Programs and steps as text: what a formula says is what the program computes; kernels have names."""

from fractions import Fraction
from functools import reduce

import numpy as np
import pytest

from linad.derive.catalogue import ENTRIES, rule
from linad.derive.symbolic.formulas import Factor
from linad.derive.symbolic.notation import Notation
from linad.derive.symbolic.programs import Auxiliary, Kernel, Kernels, Program, Sylvester, Term, Terms
from linad.derive.symbolic.rational import Polynomial, Rational
from linad.derive.symbolic.steps import Line, Relation, Step
from linad.derive.symbolic.text import (
    instruction_text,
    program_text,
    projection,
    step_text,
    sum_text,
    where_text,
)
from linad.derive.symbolic.words import Atom
from linad.derive.symbolic.zones import PROJECTIONS
from tests.derive.interpreter import OPERATIONS, polynomial, run, solve_leading

SIZES = {"m": 5, "n": 4, "k": 3}


# -- formulas mean what programs compute ---------------------------------------------------------------------------


class Board:
    """Computes what formulas say, from nothing but them."""

    def __init__(self, notation, matrices, vectors):
        self.definitions = {definition.name: definition for definition in notation.definitions}
        self.matrices, self.values = matrices, dict(vectors)

    def take(self, formula):
        """Make the value for which a formula stands."""
        if not formula.unknown:
            [(_, [left])] = formula.left
            if left.value:
                self.values[left.name] = self.total(formula.right)
            return
        right = self.total(formula.right)
        columns = []
        for i in range(right.size):
            self.values[formula.unknown] = (np.arange(right.size) == i).reshape(right.shape) * 1.0
            columns.append(self.total(formula.left).ravel())
        self.values[formula.unknown] = np.linalg.solve(np.transpose(columns), right.ravel()).reshape(
            right.shape
        )

    def total(self, total):
        return sum(float(c) * reduce(np.matmul, map(self.factor, factors)) for c, factors in total)

    def factor(self, factor):
        if not isinstance(factor, Factor):
            return self.group(factor)
        X = OPERATIONS[factor.op]((self.values if factor.value else self.matrices)[factor.name])
        X = X if factor.power > 0 else solve_leading(X, np.eye(len(X)))
        return X if abs(factor.power) == 1 else np.linalg.matrix_power(X, abs(factor.power))

    def group(self, group):
        X = self.total(group.total)
        if group.kernel is not None:
            turned = X.T if group.kernel.op in ("T", "H") else X
            X = OPERATIONS[group.kernel.op](self.kernel(group.kernel.name, turned.shape)) * X
        below, on, above = map(float, {"": (1, 1, 1), "off_diag": (1, 0, 1), **PROJECTIONS}[group.function])
        return below * np.tril(X, -1) + on * np.tril(np.triu(X)) + above * np.triu(X, 1)

    def kernel(self, name, shape):
        definition = self.definitions[name]
        rows, columns = np.indices(shape)
        above, below = (polynomial(p, rows, columns, self.matrices) for p in definition.core)
        off = (rows == columns) & definition.off
        return np.where(off, 0, above) / np.where(off, 1, below)


@pytest.mark.parametrize("mode", ["tangent", "cotangent"])
@pytest.mark.parametrize("name", list(ENTRIES))
def test_the_formulas_of_a_program_compute_what_it_computes(name, mode, rng):
    program = rule(name).program(mode)
    symbols = {symbol.name: symbol for symbol in (*rule(name).inputs, *rule(name).outputs)}
    shapes = {name: (SIZES[symbol.rows], SIZES[symbol.columns]) for name, symbol in symbols.items()}
    known = {
        name: np.diag(
            1.0 + rng.random(shape[0]) + 1j * rng.random(shape[0]) * (not symbols[name].structure.real)
        )
        if symbols[name].structure.diagonal
        else rng.normal(size=shape) + 1j * rng.normal(size=shape)
        for name, shape in shapes.items()
    }
    known |= {made.name: rng.normal(size=shapes[made.of]) for made in program.auxiliaries}
    given = {
        name: rng.normal(size=shapes[name]) + 1j * rng.normal(size=shapes[name]) for name in program.inputs
    }
    notation = Notation(program)
    lines = notation.lines(program)
    board = Board(notation, known, {program.inputs[name]: X for name, X in given.items()})
    for line in lines:
        board.take(line)
    for output, expected in run(program, known, given).items():
        found = board.values[f"{mode.replace('cotangent', 'g').replace('tangent', 'd')}{output}"]
        np.testing.assert_allclose(found, expected, rtol=0, atol=1e-9 * np.abs(expected).max())  # condition


# -- kernels -------------------------------------------------------------------------------------------------------

ZERO, ONE, HALF = (Rational.number(x) for x in (0, 1, Fraction(1, 2)))


def w(side, power=1):
    return Polynomial.variable(("w", side), power)


def v(side):
    return Polynomial.variable(("w_conj", side))


def over(below, above=1):
    return Rational(above if isinstance(above, Polynomial) else Polynomial.number(above), below)


def off(r):
    return Kernel(r, ZERO, r)


def everywhere(r):
    return Kernel(r, r.on_diagonal(), r)


def written(*parts):
    """The lines of a program that is one instruction of kernels."""
    return program_text(Program({}, (Kernels("S", parts),), {})).splitlines()


GAP, SUM = over(w("c") - w("r")), over(w("c") + w("r"))


@pytest.mark.parametrize(
    ("kernel", "text"),
    [
        (off(GAP), "E o X"),
        (off(-GAP), "-E o X"),
        (off(GAP * HALF), "1/2 E o X"),
        (off(GAP * over(Polynomial.number(1), w("c"))), "E o (X w)"),
        (off(GAP * over(w("r", 2))), "E o (w^-2 X)"),
        (Kernel(GAP, ZERO, ZERO), "strict_tril(E o X)"),
        (Kernel(GAP, over(w("r")) * HALF, GAP), "E o X + 1/2 w^-1 diag(X)"),
        (Kernel(GAP, ZERO, GAP * Rational.number(2)), "strict_tril(E o X) + 2 strict_triu(E o X)"),
    ],
)
def test_a_kernel_is_a_named_one_with_a_factor(kernel, text):
    first, *where = written((kernel, "X", ""))
    assert first == f"S = {text}"
    assert where == [
        "where E = 1/(w_c - w_r) off the diagonal, 0 on it",
        "      o entry by entry; w_r, w_c at row and column",
    ]


@pytest.mark.parametrize(
    ("kernel", "text"),
    [
        (Kernel(ONE, ZERO, ZERO), "strict_tril(X)"),
        (Kernel(-ONE, -HALF, ZERO), "-half_tril(X)"),
        (Kernel(ONE + ONE, ONE + ONE, ZERO), "2 tril(X)"),
        (Kernel(ONE, ZERO, ONE), "off_diag(X)"),
        (Kernel(HALF, HALF, HALF), "1/2 X"),
        (everywhere(over(Polynomial.number(1), w("r"))), "w X"),
        (Kernel(over(w("c")), ZERO, ZERO), "strict_tril(X) w^-1"),
        (Kernel(over(v("c")), ZERO, ZERO), "strict_tril(X) w^-*"),
        (Kernel(over(w("c")), over(w("r")), ZERO), "tril(X) w^-1"),
        (Kernel(ONE, Rational.number(3), ZERO), "strict_tril(X) + 3 diag(X)"),
    ],
)
def test_a_projection_with_factors_needs_no_kernel(kernel, text):
    assert written((kernel, "X", "")) == [f"S = {text}"]


def test_a_kernel_that_holds_on_the_diagonal_too_says_so():
    assert written((everywhere(SUM), "X", ""))[:2] == ["S = E o X", "where E = 1/(w_c + w_r)"]
    assert written((Kernel(SUM, SUM.on_diagonal(), ZERO), "X", ""))[0] == "S = tril(E o X)"


def test_kernels_that_differ_have_different_names():
    lines = written((off(GAP), "X", ""), (off(SUM), "Y", ""), (off(-GAP), "Z", "H"))
    assert lines[0] == "S = E o (X - Z^H) + F o Y"
    assert lines[2] == "      F = 1/(w_c + w_r) off the diagonal, 0 on it"


def test_a_conjugate_kernel_has_the_name_of_the_kernel():
    conjugate = over(v("c") - v("r"))
    assert written((off(GAP), "X", ""), (off(conjugate), "Y", ""))[0] == "S = E o X + E^* o Y"
    assert written((off(conjugate), "Y", ""))[:2] == [
        "S = E^* o Y",
        "where E = 1/(w_c - w_r) off the diagonal, 0 on it",
    ]


def test_a_mirrored_kernel_has_the_name_of_the_kernel():
    mixed = over(w("c") + Polynomial.variable(("s", "r")))
    assert written((everywhere(mixed), "X", ""), (everywhere(mixed.mirrored()), "Y", ""))[:3] == [
        "S = E o X + E^T o Y",
        "where E = 1/(s_r + w_c)",
        "      o entry by entry; s_r, s_c, w_r, w_c at row and column",
    ]


def test_a_kernel_is_not_named_as_a_matrix_is():
    line = Terms("T", (term("S", left="E"),))
    text = program_text(Program({}, (Kernels("S", ((off(GAP), "X", ""),)), line), {"F": "T"}))
    assert text.splitlines()[0] == "S = G o X"


def test_one_notation_serves_several_programs():
    programs = [Program({}, (Kernels("S", ((off(k), "X", ""),)),), {}) for k in (GAP, SUM, -GAP)]
    notation = Notation(*programs)
    assert [program_text(p, notation) for p in programs] == ["S = E o X", "S = F o X", "S = -E o X"]
    assert [line.split(" = ")[0] for line in where_text(notation)[:2]] == ["where E", "      F"]


@pytest.mark.parametrize(
    ("polynomial", "text"),
    [
        (w("c", 2) - w("r", 2), "w_c^2 - w_r^2"),
        (Polynomial.number(1) - w("r") * w("c"), "w_c w_r - 1"),
        (v("r") - w("c") * Polynomial.number(2), "conj(w_r) - 2 w_c"),
        (Polynomial.number(1) + w("r", 2), "w_r^2 + 1"),
    ],
)
def test_polynomials_are_written_in_the_natural_order(polynomial, text):
    assert f"E = 1/({text})" in written((off(over(polynomial)), "X", ""))[1]


@pytest.mark.parametrize("name", list(PROJECTIONS))
@pytest.mark.parametrize("sign", [1, -1])
def test_a_projection_answers_with_its_sign_and_name(name, sign):
    kernel = Kernel(*(Rational.number(sign * zone) for zone in PROJECTIONS[name]))
    assert projection(kernel) == ("-" if sign < 0 else "", name)


def test_what_is_no_projection_answers_with_nothing():
    assert projection(off(GAP)) is None
    assert projection(Kernel(ONE, ONE, ONE)) is None


# -- programs and instructions -------------------------------------------------------------------------------------


def term(value, left=(), right=(), c=1, op=""):
    return Term(Fraction(c), tuple(map(Atom, left)), value, op, tuple(map(Atom, right)))


def test_an_instruction_is_a_line():
    half = Fraction(1, 2)
    assert instruction_text(Terms("X", (term("dA", "A"), term("dB", (), "B", -2)))) == "X = A dA - 2 dB B"
    assert instruction_text(Terms("X", (term("a", c=half), term("a", c=half, op="H")))) == "X = 1/2 (a + a^H)"
    assert instruction_text(Terms("", (term("S", "A"),))) == " = A S"


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

STEPS = [
    Step("linearise", (Line(Relation((term("dL", "P", "U"), term("dU", "PL")), (term("dA"),))),)),
    Step(
        "structure",
        (
            Line(Relation((term("dL"),), (term("S_L", "L"),)), "S strictly lower"),
            Line(Relation((term("dU"),), (term("S_U", (), "U"),)), "T upper"),
        ),
    ),
    Step("split", (Line(Kernels("S_V", ((off(GAP), "M", ""),))), Line(None, "n^2 equations, n^2 unknowns"))),
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
