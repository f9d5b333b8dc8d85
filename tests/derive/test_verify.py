"""Verification passes rules that are right, catches each way of being wrong, and makes its own points."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from linad import cli
from linad.derive import Rule, derive, table
from linad.derive.catalogue import ENTRIES, rule
from linad.derive.points import SOLVED
from linad.derive.search import GOOD, point
from linad.derive.sizes import assignments
from linad.derive.symbolic.algebra.rational import Rational
from linad.derive.symbolic.programs.program import Kernel, Kernels, Terms
from linad.derive.verify import LAWS, Finding, verify, worst_of
from linad.errors import DerivationError

RULES = ["lu", "qr", "eigh", "svd", "cholesky"]
fields = pytest.mark.parametrize("is_complex", [False, True], ids=["real", "complex"])


def fresh(name):
    """A rule of the catalogue that may be spoilt."""
    entry = ENTRIES[name]
    return derive(entry.inputs, entry.outputs, entry.equations, name=name.replace("-", "_"))


def failing(found):
    return {law.column for law, finding in zip(LAWS, found, strict=True) if not finding.holds}


# -- rules that are right ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", RULES)
@fields
def test_a_right_rule_holds(name, is_complex):
    assert failing(verify(rule(name), is_complex)) == set()


@pytest.mark.slow
@pytest.mark.parametrize("name", list(ENTRIES))
@fields
def test_the_catalogue_holds(name, is_complex):
    assert failing(verify(rule(name), is_complex, seeds=10)) == set()


# -- mutants -------------------------------------------------------------------------------------------------------


def times(part, factor):
    """A term or a part of kernels times a number."""
    if isinstance(part, tuple):
        return (part[0] * Kernel(*[Rational.number(factor)] * 3), *part[1:])
    return replace(part, coefficient=part.coefficient * factor)


def parts_of(instruction):
    return instruction.terms if isinstance(instruction, Terms) else instruction.parts


def with_part(program, i, j, *part):
    """The program with part j of instruction i replaced, or dropped."""
    instructions = list(program.instructions)
    parts = list(parts_of(instructions[i]))
    parts[j : j + 1] = part
    field = "terms" if isinstance(instructions[i], Terms) else "parts"
    instructions[i] = replace(instructions[i], **{field: tuple(parts)})
    return replace(program, instructions=tuple(instructions))


def mutants(program):
    """Programs with one thing wrong, each with what that is."""
    for i, instruction in enumerate(program.instructions):
        for j, part in enumerate(parts_of(instruction)):
            yield f"sign {i} {j}", with_part(program, i, j, times(part, Fraction(-1)))
            yield f"factor {i} {j}", with_part(program, i, j, times(part, Fraction(1001, 1000)))
            if len(parts_of(instruction)) > 1:
                yield f"dropped {i} {j}", with_part(program, i, j)
            if isinstance(instruction, Kernels) and "1" not in map(str, (part[0].below, part[0].above)):
                one = Kernel(*[Rational.number(1)] * 3)
                yield f"projection {i} {j}", with_part(program, i, j, (one, *part[1:]))


def spoilt(name, mode, program):
    """A rule whose program has been replaced; its cotangent follows its tangent, unless that is replaced."""
    mutant = fresh(name)
    mutant.__dict__[f"_{mode}_program"] = program
    return mutant


def of(name, mode):
    return getattr(fresh(name), f"_{mode}_program")


def conjugation_dropped(program, i, j):
    """The adjoint of part j of instruction i is the transpose."""
    part = parts_of(program.instructions[i])[j]
    new = (*part[:2], "T") if isinstance(part, tuple) else replace(part, op="T")
    return with_part(program, i, j, new)


CAUGHT_BY = {"tangent": {"oracle", "fd"}, "cotangent": {"oracle", "adjoint"}}
modes = pytest.mark.parametrize("mode", list(CAUGHT_BY))


@pytest.mark.parametrize("kind", ["sign", "factor", "dropped"])
@pytest.mark.parametrize("name", ["lu", "qr", "cholesky"])
@modes
def test_a_mutant_is_caught(name, mode, kind):
    mutant = next(mutant for what, mutant in mutants(of(name, mode)) if what.startswith(kind))
    assert failing(verify(spoilt(name, mode, mutant), True, 1)) >= CAUGHT_BY[mode]


@modes
def test_a_missing_projection_is_caught(mode):
    mutant = next(mutant for what, mutant in mutants(of("qr", mode)) if what.startswith("projection"))
    assert failing(verify(spoilt("qr", mode, mutant), False, 1)) >= CAUGHT_BY[mode]


@pytest.mark.parametrize(("name", "mode"), [("qr", "tangent"), ("cholesky", "cotangent")])
def test_a_missing_conjugate_is_caught_by_complex_numbers_only(name, mode):
    program = of(name, mode)
    i, j = next(
        (i, j)
        for i, instruction in enumerate(program.instructions)
        for j, part in enumerate(parts_of(instruction))
        if (part[2] if isinstance(part, tuple) else part.op) == "H"
    )
    mutant = spoilt(name, mode, conjugation_dropped(program, i, j))
    assert failing(verify(mutant, False, 1)) == set()
    assert failing(verify(mutant, True, 1)) >= CAUGHT_BY[mode]


def test_entries_that_are_zero_but_for_rounding_are_caught():
    program = of("lu", "tangent")
    last = program.outputs["U"]
    i = next(i for i, instruction in enumerate(program.instructions) if instruction.result == last)
    ((_, value, op),) = program.instructions[i].parts
    mutant = with_part(program, i, 0, (Kernel(*[Rational.number(1)] * 3), value, op))
    assert failing(verify(spoilt("lu", "tangent", mutant), False)) == {"forbidden"}


@pytest.mark.slow
@pytest.mark.parametrize("name", RULES)
@modes
def test_every_mutant_is_caught(name, mode):
    found = {what: table.trials(spoilt(name, mode, m), ["complex"]) for what, m in mutants(of(name, mode))}
    assert [what for what, (one,) in found.items() if not one.fails] == []


def test_an_error_that_is_no_number_does_not_hold():
    assert not Finding("", np.nan, 1.0).holds
    assert np.isnan(worst_of([0.0, np.nan, 1.0]))


# -- points --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("structure", "taller"),
    [("unit lower", True), ("unitary", True), ("upper", False), ("orthonormal rows", False)],
)
def test_sizes_fit_structures(structure, taller):
    derived = derive({"A": "m n"}, {"Y": f"m n {structure}"}, "Y = A")
    sizes = next(assignments((*derived.inputs, *derived.outputs)))
    assert (sizes["m"] > sizes["n"]) == taller


def test_dimensions_that_are_numbers_are_kept():
    derived = derive({"A": "n n", "b": "n 1"}, {"x": "n 1"}, "A @ x = b")
    assert point(derived, False).values["b"].shape == (4, 1)


@pytest.mark.parametrize("name", ["lu-tall", "lu-wide", "qr-tall", "svd-tall", "cholesky-then-solve"])
@fields
def test_a_point_solves_the_equations(name, is_complex):
    at = point(rule(name), is_complex)
    assert at.defect < SOLVED
    assert at.condition < GOOD
    assert np.iscomplexobj(at.values["A"]) == is_complex
    left = rule(name).residual(
        *([at.packed(at.values)[s.name] for s in symbols] for symbols in (at.rule.inputs, at.rule.outputs))
    )
    assert max(map(np.max, map(np.abs, left))) < 1e-13  # rounding; entries are of order one


def test_points_of_a_tall_factorization_are_members_of_their_structures():
    values = point(rule("svd-tall"), True).values
    U, s = values["U"], values["s"]
    assert U.shape == (6, 4)
    np.testing.assert_allclose(U.conj().T @ U, np.eye(4), rtol=0, atol=1e-14)
    assert np.array_equal(s, np.diag(np.diagonal(s).real))


def test_the_same_seed_is_the_same_point():
    one, two, other = (point(rule("qr"), False, seed).values["A"] for seed in (0, 0, 1))
    assert np.array_equal(one, two)
    assert not np.array_equal(one, other)


def test_diagonal_matrices_are_vectors_for_the_rule():
    at = point(rule("eigh"), False)
    packed = at.packed(at.values)
    assert packed["w"].shape == (4,)
    whole = at.unpacked(packed, (*at.rule.inputs, *at.rule.outputs))
    assert all(np.array_equal(X, at.values[name]) for name, X in whole.items())


def test_what_a_rule_leaves_out_is_zero():
    at = point(rule("solve"), False)
    assert not np.any(at.unpacked({}, at.rule.inputs)["B"])


def test_equations_without_a_point_are_refused():
    impossible = derive({"A": "n n positive definite"}, {"X": "n n"}, "X @ X.H + A = 0")
    with pytest.raises(DerivationError, match="no well conditioned real matrices were found that solve"):
        point(impossible, False)


@pytest.mark.parametrize(
    ("inputs", "outputs", "equation", "dimensions"),
    [
        ({"A": "m n"}, {"U": "m k unitary", "s": "k k positive diagonal", "V": "n k unitary"}, "U @ s @ V.H = A", 21),
        ({"A": "n n"}, {"L": "n n positive lower"}, "L @ L.H = A", 10),
    ],
    ids=["a rank", "a contradiction"],
)  # fmt: skip
def test_inputs_that_no_outputs_follow_are_held(inputs, outputs, equation, dimensions, rng):
    at = point(derive(inputs, outputs, equation), False)
    A = at.values["A"]
    assert at.share_followed == pytest.approx(dimensions / A.size, rel=1e-12)
    dA = at.followed({"A": rng.normal(size=A.shape)})
    np.testing.assert_allclose(at.followed(dA)["A"], dA["A"], rtol=0, atol=1e-13)
    change = at.oracle.tangent(dA)
    assert (
        at.moved({**{n: 1e-4 * X for n, X in change.items()}, "A": 1e-4 * dA["A"]}).defect < 1e-6
    )  # second order


def test_an_input_of_full_rank_is_free():
    assert point(rule("svd-tall"), True).share_followed == 1


# -- the command ---------------------------------------------------------------------------------------------------


def wrong():
    """LU with a factor 1.001."""
    mutant = next(m for what, m in mutants(of("lu", "cotangent")) if what.startswith("factor"))
    return spoilt("lu", "cotangent", mutant)


class Stops(Rule):
    """A rule that does not run."""

    def jvp(self, values, tangents):
        raise NameError("a word is missing")


def stopping():
    lu = fresh("lu")
    return Stops("lu", lu.inputs, lu.outputs, lu.equations)


def refused():
    return derive({"A": "n n"}, {"L": "n n lower"}, "L @ L.H = A", name="refused")


class TestCommand:
    def test_a_rule_that_holds_has_status_0(self, capsys):
        assert cli.main(["derive", "lu", "--verify"]) == 0
        out = capsys.readouterr().out
        assert out.count(" ok\n") + out.endswith("ok\n") >= len(LAWS)
        assert "real     complex  bound" in out

    def test_a_field_may_be_chosen(self, capsys):
        equation = ["L @ L.H = K", "--where", "L: positive lower, K: hermitian"]
        assert cli.main(["derive", *equation, "--verify", "--field", "real"]) == 0
        assert "complex" not in capsys.readouterr().out

    @pytest.mark.parametrize("spoil", [wrong, stopping])
    def test_a_rule_that_fails_has_status_1(self, spoil, monkeypatch, capsys):
        monkeypatch.setattr(cli.deriving, "rule", lambda name: spoil())
        assert cli.main(["derive", "lu", "--verify"]) == 1
        assert "FAILS" in capsys.readouterr().out

    def test_an_equation_that_is_refused_has_status_2(self, capsys):
        assert cli.main(["derive", "L @ L.H = A", "--where", "L: lower", "--verify"]) == 2
        assert "determine 1 of 1" in capsys.readouterr().err

    @pytest.mark.parametrize("arguments", [[], ["--list"]])
    def test_without_a_name_the_catalogue_is_verified(self, arguments, monkeypatch, capsys):
        monkeypatch.setattr(cli.deriving, "ENTRIES", {name: ENTRIES[name] for name in ("lu", "qr")})
        assert cli.main(["derive", "--verify", *arguments]) == 0
        head, *lines, total = capsys.readouterr().out.splitlines()
        assert head.split() == ["fd", "adjoint", "oracle", "second"]
        assert [line.split()[:2] for line in lines] == [
            [name, field] for name in ("lu", "qr") for field in ("real", "complex")
        ]
        assert total == "4 lines: 4 ok, 0 failing, 0 refused"

    @pytest.mark.parametrize(
        ("rules", "status", "verdict"),
        [
            ({"wrong": wrong, "refused": refused}, 1, "FAILS: oracle, adjoint"),
            ({"stops": stopping}, 1, "FAILS: NameError: a word is missing"),
            ({"refused": refused, "qr": lambda: rule("qr")}, 2, "refused: each pair of indices"),
        ],
    )
    def test_the_worst_of_the_catalogue_is_the_status(self, rules, status, verdict, monkeypatch):
        monkeypatch.setattr(table, "named", lambda name: rules[name]())
        text, found = table.of_catalogue(list(rules))
        assert found == status
        assert verdict in text

    def test_it_tells_how_far_it_is(self):
        told = []
        table.of_catalogue(["inv", "solve"], ("real",), lambda *at: told.append(at))
        assert told == [(1, 2, "inv"), (2, 2, "solve")]

    def test_what_has_a_meaning_for_real_matrices_only_is_no_failure(self):
        orthogonal = derive(
            {"A": "n n orthogonal", "B": "n n orthogonal"}, {"Q": "n n orthogonal"}, "Q = A @ B"
        )
        assert [one.field for one in table.trials(orthogonal)] == ["real"]
