"""The command prints what was found and exits by it."""

import re

import pytest

from linad import cli
from linad.check import check, matching
from linad.core import primitive as registry
from linad.core.kinds import elementwise
from linad.operations.elementwise import cos, sin


def run(capsys, *argv):
    status = cli.main(argv)
    out, err = capsys.readouterr()
    return status, out, err


def test_check_prints_a_row_a_law_and_totals(capsys):
    status, out, _ = run(capsys, "check", "matmul")
    assert status == 0
    assert re.search(r"the cotangent is the adjoint +\S+ +\S+ +ok", out)
    last = out.splitlines()[-1]
    assert re.fullmatch(r"1 operation, \d+ points, 0 failures, 0 undecided, \d+\.\d s", last)


def test_patterns_choose_operations(capsys):
    status, out, _ = run(capsys, "check", "arc*", "exp", "--list")
    assert status == 0
    assert {line.split()[0] for line in out.splitlines()} == {p.name for p in matching(["arc*", "exp"])}


def test_without_a_pattern_all_are_listed(capsys):
    _, out, _ = run(capsys, "check", "--list")
    assert len(out.splitlines()) == len(registry.primitives)


def test_a_pattern_without_a_match_is_a_misuse(capsys):
    status, out, err = run(capsys, "check", "sin", "cholesski")
    assert (status, out) == (2, "")
    assert err == "linad check: no operation matches 'cholesski'; linad check --list names them\n"


def test_an_unknown_design_is_a_misuse(capsys):
    with pytest.raises(SystemExit) as stopped:
        cli.main(["check", "--points", "few"])
    assert stopped.value.code == 2


def test_the_version_is_printed(capsys):
    with pytest.raises(SystemExit) as stopped:
        cli.main(["--version"])
    assert stopped.value.code == 0
    assert capsys.readouterr().out.startswith("linad ")


def test_the_full_product_has_more_points():
    assert len(check(["sin"], "all").points) > len(check(["sin"]).points)


def test_another_seed_holds_too():
    assert check(["sin"], seed=7).holds


def test_an_operation_without_samples_is_named(capsys):
    status, out, _ = run(capsys, "check", "winners")
    assert status == 0
    assert "not tried, no samples: winners" in out


@pytest.fixture
def mutant():
    elementwise("mutant", sin, lambda x, y: -cos(x))
    yield
    del registry.primitives["mutant"], registry.table["mutant"]


@pytest.mark.usefixtures("mutant")
def test_a_failure_is_told_and_is_the_exit_status(capsys):
    status, out, _ = run(capsys, "check", "mutant")
    assert status == 1
    assert re.search(r"the tangent agrees with finite differences +\S+ +\S+ +FAILS \d+", out)
    assert "differences FAILS at mutant-scalar-float64-c: tangent: off by" in out


@pytest.mark.usefixtures("mutant")
def test_a_report_holds_its_findings():
    report = check(["mutant"])
    assert not report.holds
    assert {finding.law for finding in report.failures} >= {"differences"}
    assert report.undecided == ()


class TestDerive:
    def test_a_name_of_the_catalogue_is_derived(self, capsys):
        assert cli.main(["derive", "lu"]) == 0
        assert "gA = P L^-H (a1 + a3 U^-H)" in capsys.readouterr().out

    def test_an_equation_is_derived(self, capsys):
        assert cli.main(["derive", "L @ L.H = K", "--where", "L: positive lower, K: hermitian"]) == 0
        assert "half_tril" in capsys.readouterr().out

    def test_python_is_printed(self, capsys):
        assert cli.main(["derive", "solve", "--format", "python"]) == 0
        assert "def solve_cotangent(A, X, gX):" in capsys.readouterr().out

    def test_the_catalogue_is_listed(self, capsys):
        assert cli.main(["derive", "--list"]) == 0
        assert "P @ L @ U = A" in capsys.readouterr().out

    @pytest.mark.parametrize(
        "arguments",
        [[], ["nonsense"], ["L @ @ U = A"], ["L @ U = A", "--where", "L lower"], ["A @ X = X @ A"]],
        ids=["nothing", "unknown", "unparsable", "no-colon", "no-inputs"],
    )
    def test_misuse_is_one_sentence_and_status_2(self, arguments, capsys):
        assert cli.main(["derive", *arguments]) == 2
        assert capsys.readouterr().err.startswith("linad derive: ")
