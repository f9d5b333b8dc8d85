"""Formulas of programs: they compute what the programs compute, and kernels have names."""

from dataclasses import replace
from fractions import Fraction
from functools import reduce

import numpy as np
import pytest

from linad.derive.catalogue import ENTRIES, rule
from linad.derive.symbolic.algebra.rational import Polynomial, Rational
from linad.derive.symbolic.algebra.words import Atom
from linad.derive.symbolic.programs.auxiliaries import Auxiliary
from linad.derive.symbolic.programs.program import Kernel, Kernels, Program, Term, Terms
from linad.derive.symbolic.writing.formulas import Factor
from linad.derive.symbolic.writing.notation import Notation
from linad.derive.symbolic.writing.text import program_text, projection, where_text
from linad.derive.symbolic.writing.zones import PROJECTIONS
from tests.derive.interpreter import OPERATIONS, polynomial, run, solve_leading, with_auxiliaries

SIZES = {"m": 5, "n": 4, "k": 3, "p": 2}


# -- formulas mean what programs compute ---------------------------------------------------------------------------


# What a turn is of its lower triangle, by the function in its equation.
TURNS = {"strict_tril": lambda E: E - E.conj().T, "skew": lambda E: E}


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
        function = getattr(formula.left[0][1][0], "function", "")
        if function in TURNS:
            self.values[formula.unknown] = self.turn(formula, right, TURNS[function])
            return
        columns = []
        for i in range(right.size):
            self.values[formula.unknown] = (np.arange(right.size) == i).reshape(right.shape) * 1.0
            columns.append(self.total(formula.left).ravel())
        self.values[formula.unknown] = np.linalg.solve(np.transpose(columns), right.ravel()).reshape(
            right.shape
        )

    def turn(self, formula, right, image):
        """Among the matrices that a turn may be, over the reals."""
        below = np.argwhere(np.tril(np.ones(right.shape), -1))
        basis = []
        for i, j in below:
            for unit in (1, 1j):
                E = np.zeros(right.shape, complex)
                E[i, j] = unit
                basis.append(image(E))

        def entries(X):
            X = X[tuple(below.T)]
            return np.concatenate([X.real, X.imag])

        columns = []
        for E in basis:
            self.values[formula.unknown] = E
            columns.append(entries(self.total(formula.left)))
        solution = np.linalg.solve(np.transpose(columns), entries(right))
        return sum(c * E for c, E in zip(solution, basis, strict=True))

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
        if group.function == "skew":
            return (X - X.conj().T) * (1 - np.eye(len(X)))
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
    functions = [made for made in program.auxiliaries if isinstance(made, Auxiliary)]
    known |= {made.name: rng.normal(size=shapes[made.of]) for made in functions}  # of no matter what
    others = [made for made in program.auxiliaries if made not in functions]
    known = with_auxiliaries(replace(program, auxiliaries=others), known)
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
    line = Terms("T", (Term(Fraction(1), (Atom("E"),), "S", "", ()),))
    text = program_text(Program({}, (Kernels("S", ((off(GAP), "X", ""),)), line), {"F": "T"}))
    assert text.splitlines()[0] == "S = G o X"


def test_there_are_names_for_any_number_of_kernels():
    parts = [(off(over(w("c") - w("r") + Polynomial.number(i))), f"X{i}", "") for i in range(12)]
    assert "+ Z o X9 + E1 o X10 + E2 o X11" in " ".join(" ".join(written(*parts)).split())


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
