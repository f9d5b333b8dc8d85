"""The command prints what was found and exits by it."""

import re
import shlex
import sys
from dataclasses import replace

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
    status, out, err = run(capsys, "check", "sin", "zzz")
    assert (status, out) == (2, "")
    assert err == "linad check: no operation matches 'zzz'; linad check --list names them\n"


@pytest.mark.parametrize(
    ("arguments", "meant"),
    [
        (["check", "sin", "cholesski"], "cholesky"),
        (["check", "sin", "--law", "adjiont"], "adjoint"),
        (["derive", "Choleski"], "cholesky"),
        (["derive", "qr_tall"], "qr-tall"),
    ],
    ids=["operation", "law", "catalogue", "underscore"],
)
def test_a_name_that_is_close_is_asked_for(capsys, arguments, meant):
    status, out, err = run(capsys, *arguments)
    assert (status, out) == (2, "")
    assert f"Did you mean {meant}?" in err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["chekc"], "linad: argument COMMAND: invalid choice: 'chekc'"),
        (["check", "--report", "jsn"], "linad check: argument --report: invalid choice: 'jsn'"),
        (["derive", "lu", "--formt", "latex"], "linad derive: unrecognized arguments: --formt latex."),
        (["derive", "lu", "--formt=latex"], "linad derive: unrecognized arguments: --formt=latex."),
    ],
    ids=["command", "value", "option", "option-with-value"],
)
def test_a_slip_of_the_line_itself_is_asked_for(capsys, arguments, told):
    with pytest.raises(SystemExit) as stopped:
        cli.main(arguments)
    assert stopped.value.code == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(told)
    assert re.search(r"  - Did you mean (check|json|--format)\?\n$", err)


def test_what_is_close_to_nothing_is_sent_to_the_help(capsys):
    with pytest.raises(SystemExit):
        cli.main(["check", "lu", "--zzz"])
    assert capsys.readouterr().err.endswith("  - linad check --help tells what there is.\n")


def test_the_command_alone_tells_what_there_is(capsys):
    status, out, err = run(capsys)
    assert (status, err) == (0, "")
    assert "linad derive lu" in out


def helped(capsys, *argv):
    with pytest.raises(SystemExit) as stopped:
        cli.main([*argv, "--help"])
    assert stopped.value.code == 0
    return capsys.readouterr().out


@pytest.mark.parametrize("command", cli.COMMANDS, ids=lambda command: command.name)
def test_help_has_the_examples_and_they_are_understood(capsys, monkeypatch, command):
    told = helped(capsys, command.name)
    ran = []
    monkeypatch.setattr(
        cli, "COMMANDS", [replace(c, run=lambda options: ran.append(options) or 0) for c in cli.COMMANDS]
    )
    for call, _ in command.examples:
        assert call in told
        cli.main(shlex.split(call)[1:])
    assert len(ran) == len(command.examples)


@pytest.mark.parametrize(("columns", "widest"), [("20", 40), ("40", 40), ("80", 80), ("400", 100)])
def test_help_is_as_wide_as_can_be_read(capsys, monkeypatch, columns, widest):
    monkeypatch.setenv("COLUMNS", columns)
    lines = helped(capsys, "derive").partition("examples:")[0].splitlines()
    assert max(map(len, lines)) <= widest


class TestColours:
    @pytest.fixture(autouse=True)
    def environment(self, monkeypatch):
        monkeypatch.delenv("NO_COLOR", raising=False)
        monkeypatch.setenv("TERM", "xterm")

    def test_verdicts_have_them_on_a_terminal(self, capsys, monkeypatch):
        monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
        _, out, _ = run(capsys, "check", "sin", "--law", "adjoint")
        assert "\x1b[32mok\x1b[0m\n" in out

    def test_a_report_for_programs_has_none(self, capsys, monkeypatch):
        monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
        assert "\x1b" not in run(capsys, "check", "sin", "--law", "adjoint", "--report", "json")[1]

    @pytest.mark.parametrize(("name", "value"), [("NO_COLOR", "1"), ("TERM", "dumb")])
    def test_a_terminal_may_decline(self, capsys, monkeypatch, name, value):
        monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
        monkeypatch.setenv(name, value)
        assert "\x1b" not in run(capsys, "check", "sin", "--law", "adjoint")[1]

    def test_a_file_has_none(self, capsys):
        assert "\x1b" not in run(capsys, "check", "sin", "--law", "adjoint")[1]


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
    few = check(["add"], laws=["value"])
    assert len(check(["add"], "all", laws=["value"]).points) > len(few.points)


def test_another_seed_holds_too():
    assert check(["sin"], seed=7).holds


def test_an_operation_without_samples_is_named(capsys):
    status, out, _ = run(capsys, "check", "isnat")
    assert status == 0
    assert "not tried, it tells of dates: isnat" in out


def test_operations_without_samples_say_why():
    for primitive in registry.primitives.values():
        assert primitive.samples or primitive.untried, primitive.name


@pytest.fixture
def mutant():
    elementwise("mutant", sin, lambda x, y: -cos(x))
    yield
    del registry.primitives["mutant"], registry.table["mutant"]


@pytest.mark.usefixtures("mutant")
class TestFailures:
    def test_a_failure_is_told_and_is_the_exit_status(self, capsys):
        status, out, _ = run(capsys, "check", "mutant")
        assert status == 1
        assert re.search(r"the tangent agrees with finite differences +\S+ +\S+ +FAILS \d+", out)
        assert "differences FAILS at mutant-scalar-float64-c: tangent: off by" in out

    def test_both_numbers_are_told_and_where_they_stand(self, capsys):
        _, out, _ = run(capsys, "check", "mutant", "--law", "differences", "--point", "scalar-float64-c")
        entry, claimed, reference = re.search(r"entry (\S+): (\S+), and it ought to be (\S+)", out).groups()
        assert entry == "[0]"
        assert float(claimed) == -float(reference)

    def test_the_command_of_a_failure_repeats_it_alone(self, capsys):
        _, out, _ = run(capsys, "check", "mutant", "--seed", "3")
        command = next(line for line in out.splitlines() if line.startswith("    linad check"))
        status, again, _ = run(capsys, *shlex.split(command)[1:])
        told = out.splitlines()
        first = told.index(command) - 2
        assert status == 1
        assert told[first : first + 3] == again.splitlines()[-4:-1]
        assert again.splitlines()[-1].startswith("1 operation, 1 point, 1 failure,")

    def test_fail_fast_ends_with_the_first(self, capsys):
        status, out, _ = run(capsys, "check", "mutant", "--fail-fast")
        assert status == 1
        assert " 1 failure, " in out.splitlines()[-1]


@pytest.mark.usefixtures("mutant")
def test_a_report_holds_its_findings():
    report = check(["mutant"])
    assert not report.holds
    assert {finding.law for finding in report.failures} >= {"differences"}
    assert report.undecided == ()


class TestChoice:
    def test_laws_are_chosen_by_name_and_order(self):
        report = check(["sin"], laws=["forward-*", "third", "adjoint"], order=2)
        assert {finding.law for finding in report.findings} == {
            "forward-forward",
            "forward-reverse",
            "adjoint",
        }

    def test_points_are_chosen_by_label_or_pattern(self):
        assert [point.label for point in check(["sin"], labels=["2x3-float32-strided"]).points] == [
            "2x3-float32-strided"
        ]
        assert {point.layout for point in check(["sin"], labels=["*-fortran"]).points} == {"fortran"}

    @pytest.mark.parametrize(
        ("argument", "told"),
        [
            (["--law", "zzz"], "no law matches 'zzz'; there are value, replay"),
            (["--point", "9x9-float64-c"], "no point of these operations matches '9x9-float64-c'"),
            (["--seed", "-1"], "--seed and --jobs are not negative"),
        ],
        ids=["law", "point", "seed"],
    )
    def test_what_matches_nothing_is_a_misuse(self, capsys, argument, told):
        status, out, err = run(capsys, "check", "sin", *argument)
        assert (status, out) == (2, "")
        assert err.startswith(f"linad check: {told}")

    @pytest.mark.slow  # processes are started
    def test_processes_find_the_same_in_the_same_order(self):
        def told(report):
            return [(str(finding), finding.error) for finding in report.findings]

        assert told(check(["cos", "floor", "tril"], jobs=2)) == told(check(["cos", "floor", "tril"]))

    @pytest.mark.slow
    @pytest.mark.usefixtures("mutant")
    def test_what_only_this_process_declares_is_tried_too(self):
        assert {f.point.primitive.name for f in check(["mutant", "floor"], jobs=2).failures} == {"mutant"}


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
        [
            [],
            ["nonsense"],
            ["L @ @ U = A"],
            ["L @ U = A", "--where", "L lower"],
            ["A @ X = X @ A"],
            ["L @ U"],
            ["L @ U ="],
            ["lu", "--where", "L: lower"],
        ],
        ids=[
            "nothing",
            "unknown",
            "unparsable",
            "no-colon",
            "no-inputs",
            "no-equation",
            "one-side",
            "of-a-name",
        ],
    )
    def test_misuse_is_one_sentence_and_status_2(self, arguments, capsys):
        assert cli.main(["derive", *arguments]) == 2
        assert capsys.readouterr().err.startswith("linad derive: ")


def test_a_plot_that_cannot_be_drawn_is_refused_before_the_run(capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    status, out, err = run(capsys, "check", "sin", "--plot", "curve.png")
    assert (status, out) == (2, "")
    assert "pip install 'linad[plot]'" in err
