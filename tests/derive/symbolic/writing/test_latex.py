"""Programs and steps as LaTeX: exact, balanced, escaped; and it compiles."""

import re
import shutil
import subprocess
from fractions import Fraction

import pytest

from linad.derive.catalogue import ENTRIES, rule
from linad.derive.symbolic.algebra.rational import Polynomial
from linad.derive.symbolic.algebra.structures import structures
from linad.derive.symbolic.algebra.words import Atom, Symbol
from linad.derive.symbolic.programs.program import Auxiliary, Program, Sylvester, Term, Terms
from linad.derive.symbolic.writing.latex import Part, Section, document, documents, program_latex, steps_latex
from linad.derive.symbolic.writing.lettering import escaped, name_latex, operation_latex
from linad.derive.symbolic.writing.notation import Notation
from linad.derive.symbolic.writing.steps import Line, Relation, Step
from linad.derive.symbolic.writing.typeset import equation_latex


def term(value, left=(), right=(), c=1, op=""):
    return Term(Fraction(c), tuple(map(Atom, left)), value, op, tuple(map(Atom, right)))


def rows(block):
    """The rows of a block, its first and last line."""
    first, *body, last = block.splitlines()
    return [line.strip().removesuffix(r" \\") for line in body], first, last


STEPS = [
    Step("linearise", (Line(Relation((term("dL", "P", "U"), term("dU", "PL")), (term("dA"),))),)),
    Step("structure", (Line(Relation((term("dL"),), (term("S_L", "L"),)), "S_L: 100% strictly lower"),)),
    Step(
        "remark",
        (Line(None, "n^2 equations, n^2 unknowns {all of them} & no more, which takes a line and a bit"),),
    ),
    Step(
        "long",
        (Line(Relation((), tuple(term(f"d{n}", ["A", "perm"]) for n in "ABCDEFGHIJ"))), Line(None, "done")),
    ),
]
UNUSUAL = Section(
    "a_b & c",
    ["λ @ Å_1 = Ж^-1 + 2 X^2 @ sigma.conj + (perm @ lower_left)^-H + (A B)'" + " - A @ B" * 30],
    [
        Symbol(name, "n_1", "k", structures["general"])
        for name in ("λ", "Å_1", "Ж", "_x", "a_b_c", "eta", "Digamma")
    ],
    [
        Part("steps", steps_latex(STEPS)),
        Part(
            "names", program_latex(Program({}, (Terms("a3rl", (term("dλ", ["Ж", "Å_1", "_x", "ab"]),)),), {}))
        ),
    ],
)


# -- exact ---------------------------------------------------------------------------------------------------------


def test_the_cotangent_of_lu():
    _, first, last = rows(program_latex(rule("lu").program("cotangent")))
    assert (first, last) == (r"\begin{align*}", r"\end{align*}")
    assert rows(program_latex(rule("lu").program("cotangent")))[0] == [
        r"a_{1} &= \operatorname{triu}(\bar{U})",
        r"a_{2} &= L^{\mathsf{H}} \bar{L} - a_{1} U^{\mathsf{H}}",
        r"a_{3} &= \operatorname{stril}(a_{2})",
        r"\bar{A} &= P L^{-\mathsf{H}} (a_{1} + a_{3} U^{-\mathsf{H}})",
    ]


def test_the_cotangent_of_eigh():
    assert rows(program_latex(rule("eigh").program("cotangent")))[0] == [
        r"a_{1} &= V^{\mathsf{H}} \bar{V}",
        r"a_{2} &= -E \circ a_{1} - \operatorname{diag}(\bar{w})",
        r"a_{3} &= -V a_{2} V^{\mathsf{H}}",
        r"\bar{A} &= \tfrac{1}{2}\, (a_{3} + a_{3}^{\mathsf{H}})",
        r"\text{where } E_{rc} &= \begin{cases} \dfrac{1}{w_{c} - w_{r}} & r \neq c \\[1ex] 0 & r = c \end{cases}",
    ]


def test_the_cotangent_of_svd():
    assert rows(program_latex(rule("svd").program("cotangent")))[0] == [
        r"a_{1} &= V^{\mathsf{H}} \bar{V}",
        r"a_{2} &= U^{\mathsf{H}} \bar{U}",
        r"a_{3} &= E \circ \bigl(s (a_{1} - a_{1}^{\mathsf{H}}) + (a_{2} - a_{2}^{\mathsf{H}}) s\bigr)"
        r" + \operatorname{hdiag}(\bar{s} + \bar{s}^{\mathsf{H}})"
        r" + \tfrac{1}{2}\, s^{-1} \operatorname{diag}(a_{2} - a_{2}^{\mathsf{H}})",
        r"\bar{A} &= U a_{3} V^{\mathsf{H}}",
        r"\text{where } E_{rc} &= \begin{cases} \dfrac{1}{s_{c}^{2} - s_{r}^{2}} & r \neq c \\[1ex]"
        r" 0 & r = c \end{cases}",
    ]


def test_a_sylvester_equation_is_solved_for_its_unknown():
    instruction = Sylvester("S_X", (((Atom("A"),), Fraction(1)),), (((Atom("B"),), Fraction(1)),), "M0")
    found, _, _ = rows(program_latex(Program({}, (instruction,), {})))
    assert found == [r"S_{X} &\text{ solves } A S_{X} + S_{X} B = M_{0}"]


def test_an_auxiliary_is_a_function_of_a_matrix():
    program = Program({}, (), {}, (Auxiliary("C_K", "cholesky", "K"),))
    assert rows(program_latex(program))[0] == [r"C_{K} &= \operatorname{cholesky}(K)"]


def test_tangents_are_upright_and_keep_a_distance():
    instruction = Terms("dX", (term("pA", ["A", "perm"], "B", op="H"),))
    found, _, _ = rows(program_latex(Program({"A": "dA"}, (instruction,), {"X": "dX"})))
    assert found == [r"\mathrm{d}X &= A\, \mathrm{perm}\, \widehat{\mathrm{d}A}{}^{\mathsf{H}} B"]


def test_a_long_sum_is_broken_before_its_signs():
    instruction = Terms("X", tuple(term(f"M{i}", ["A", "perm"]) for i in range(12)))
    found, _, _ = rows(program_latex(Program({}, (instruction,), {})))
    assert len(found) > 1
    assert found[0].startswith("X &= A")
    assert all(row.startswith(r"&\qquad{}+ A") for row in found[1:])


def test_a_block_of_nothing_is_nothing():
    assert program_latex(Program({}, (), {})) == ""
    assert steps_latex([]) == ""


@pytest.mark.parametrize(
    ("name", "latex"),
    [
        ("A", "A"),
        ("Q1", "Q_{1}"),
        ("S_L", "S_{L}"),
        ("perm", r"\mathrm{perm}"),
        ("S_perm", r"S_{\mathrm{perm}}"),
        ("s_1", "s_{1}"),
        ("a3rl", r"\mathrm{a3rl}"),
        ("_x", r"\mathrm{\_x}"),
        ("a_b_c", r"a_{b_{c}}"),
        ("Phi", r"{\Phi}"),
        ("λ", r"{\lambda}"),
        ("Ж", r"\text{U+0416}"),
    ],
)
def test_names_are_set_with_subscripts(name, latex):
    assert name_latex(name) == latex


@pytest.mark.parametrize(
    ("op", "power", "latex"),
    [
        ("H", 1, r"L^{\mathsf{H}}"),
        ("", -1, "L^{-1}"),
        ("T", -1, r"L^{-\mathsf{T}}"),
        ("C", 1, r"\overline{L}"),
        ("C", -1, r"\overline{L}{}^{-1}"),
        ("H", 2, r"(L^{\mathsf{H}})^{2}"),
    ],
)
def test_operations_stand_above(op, power, latex):
    assert operation_latex("L", op, power) == latex


@pytest.mark.parametrize(
    ("equation", "latex"),
    [
        ("P @ L @ U = A", "P L U &= A"),
        ("A^-1 @ X = I", "A^{-1} X &= I"),
        ("-A @ V + V @ w = 0", "- A V + V w &= 0"),
        ("L L' = 1/2 K.T", r"L L^{\mathsf{H}} &= 1 / 2 K^{\mathsf{T}}"),
        ("(A B).conj = inv(C)^2", r"\overline{(A B)} &= \operatorname{inv}(C)^{2}"),
        (
            "A^-1.H (B (C D)^T)^-H = perm X_1",
            r"{A^{-1}}^{\mathsf{H}} (B (C D)^{\mathsf{T}})^{-\mathsf{H}} &= \mathrm{perm}\, X_{1}",
        ),
    ],
)
def test_equations_as_people_write_them(equation, latex):
    assert equation_latex(equation) == [latex]


def test_words_are_escaped():
    assert escaped(r"a_b 50% {x} ^2 <&> \end") == (
        r"a\_b 50\% \{x\} \textasciicircum{}2 \textless{}\&\textgreater{} \textbackslash{}end"
    )


def test_steps_are_numbered_with_remarks():
    found, first, last = rows(steps_latex(STEPS))
    assert (first, last) == (r"\begin{alignat*}{3}", r"\end{alignat*}")
    assert found[0] == (
        r"& \text{\textbf{1}\enspace linearise\quad} & P\, \mathrm{d}L\, U + P L\, \mathrm{d}U &= \mathrm{d}A"
    )
    assert found[1].endswith(r"\mathrm{d}L &= L S_{L} \quad \text{S\_L: 100\% strictly lower}")
    assert found[2].startswith(r"& \rlap{\textbf{3}\enspace remark\quad\parbox")
    assert found[-1].startswith(r"& \rlap{\qquad\parbox")


def test_a_notation_of_the_callers_is_not_explained():
    program = rule("eigh").program("tangent")
    assert "where" not in program_latex(program, Notation(program))


# -- whole documents -----------------------------------------------------------------------------------------------


def unbalanced(latex):
    """What is opened and not closed, or closed and not opened."""
    bare = re.sub(r"\\[\\{}]", "", latex)
    opened = []
    pairs = {"{": "}", "(": ")"}
    for found in re.finditer(r"\\(begin|end)\{(\w+\*?)\}|[{}()]", bare):
        kind, environment = found.groups()
        if kind == "begin" or found.group() in pairs:
            opened.append(environment or pairs[found.group()])
        elif not opened or opened.pop() != (environment or found.group()):
            return found.group()
    return opened


@pytest.mark.parametrize("name", [*ENTRIES, "unusual"])
def test_what_is_opened_is_closed(name):
    assert not unbalanced(documents([UNUSUAL]) if name == "unusual" else rule(name).latex())


def test_a_document_says_what_it_is_about():
    matrix = Symbol("A", "n", "n", structures["general"])
    n = Polynomial.variable(("n", ""), 3) - Polynomial({((("n", ""), 1),): Fraction(1, 2)})
    text = document("my_lu", ["L @ U = A"], [matrix], [Part("tangent", "...", n)])
    assert text.startswith(r"\documentclass")
    assert r"\section*{my\_lu}" in text
    assert "L U &= A" in text
    assert r"$n^{3} - \tfrac{1}{2} n$ operations" in text
    assert r"$A$ general ($n \times n$)" in text
    assert text.endswith("\\end{document}\n")


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="there is no pdflatex to compile it")
def test_the_catalogue_compiles_and_no_line_is_too_wide(tmp_path):
    head, begin, body = documents([UNUSUAL]).partition(r"\section*")
    for name in ENTRIES:
        body = rule(name).latex().partition(begin)[2].replace(r"\end{document}", begin) + body
    (tmp_path / "catalogue.tex").write_text(head + begin + body, encoding="utf-8")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "catalogue.tex"]
    made = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, errors="replace", check=False
    )
    assert made.returncode == 0, made.stdout[-2000:]
    assert not re.findall(r"^(?:Overfull|LaTeX Warning).*", made.stdout, re.MULTILINE)
