"""``linad check module:function``: what it prints, its exit status, and one clear line for every misuse."""

import json
import sys

import pytest

from linad import cli

SOURCE = """
import numpy as np
import linad as ln

number = 3

class Model:
    @staticmethod
    def cost(x):
        return np.sum(x**2)

def cost(A, b):
    x = np.linalg.solve(A, b)
    return x @ x

def power(x, n=2):
    return np.sum(x**n)

def wrong(x):
    return np.sum(x * ln.value(x))

def kink(x):
    return np.sum(np.abs(x))

def raises(x):
    raise RuntimeError("first line\\nsecond line")

def text(x):
    return "text"

def random(x):
    return x * np.random.default_rng().standard_normal()

def named(x, *, n):
    return x

def writes(x):
    plain = np.zeros(2)
    plain[:] = x
    return np.sum(plain)

def leaves(x):
    raise SystemExit(5)
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with a package of functions, in which the command runs."""
    (tmp_path / "checked_package").mkdir()
    (tmp_path / "checked_package" / "costs.py").write_text(SOURCE, encoding="utf-8")
    (tmp_path / "checked_broken.py").write_text("import nothing_of_this_name\n", encoding="utf-8")
    (tmp_path / "checked_syntax.py").write_text("def f(:\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    modules = dict(sys.modules)
    yield tmp_path
    for name in set(sys.modules) - set(modules):
        if name.startswith("checked_") or name == "costs":
            del sys.modules[name]


def run(capsys, *argv):
    status = cli.main(["check", *argv])
    out, err = capsys.readouterr()
    return status, out, err


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    "arguments",
    [
        ["checked_package.costs:cost", "--arg", "A=spd(3)", "--arg", "b=normal(3, seed=1)"],
        ["checked_package.costs:cost", "--arg", "b=normal(3)", "--arg", "A=spd(3)", "--order", "1"],
        ["checked_package.costs:cost", "spd(3)", "normal(3)", "--modes", "forward"],
        ["checked_package/costs.py:cost", "spd(2)", "normal(2)"],
        ["checked_package/costs.py:Model.cost", "[1.0, 2.0]"],
        ["checked_package.costs:power", "normal(2)", "n=3", "--seed", "5"],
    ],
    ids=["named", "any-order", "positional", "file", "attribute", "integer"],
)
def test_a_right_function_is_status_0(capsys, arguments):
    status, out, err = run(capsys, *arguments)
    assert (status, err) == (0, "")
    assert "the derivatives hold" in out


def test_a_file_is_found_from_any_folder(folder, capsys, tmp_path_factory, monkeypatch):
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    status, _, _ = run(capsys, f"{folder}/checked_package/costs.py:power", "normal(2)", "--order", "1")
    assert status == 0


@pytest.mark.usefixtures("folder")
def test_a_wrong_derivative_is_status_1(capsys):
    status, out, _ = run(capsys, "checked_package.costs:wrong", "[1.0, 2.0]", "--order", "1")
    assert status == 1
    assert "reverse FAILS at x[1]: 2, by differences 4" in out


@pytest.mark.usefixtures("folder")
def test_undecided_is_status_3(capsys):
    status, out, _ = run(capsys, "checked_package.costs:kink", "[0.0]", "--order", "1")
    assert status == 3
    assert "a kink: the slope is -1 to the left and 1 to the right" in out


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("arguments", "fact"),
    [
        (["checked_nowhere:f", "1.0"], "there is no module 'checked_nowhere'"),
        (["checked_package.nowhere:f", "1.0"], "there is no module 'checked_package.nowhere'"),
        (["nowhere.py:f", "1.0"], "there is no file nowhere.py"),
        (["checked_broken:f", "1.0"], "cannot be imported: ModuleNotFoundError: No module named 'nothing"),
        (["checked_syntax.py:f", "1.0"], "cannot be imported: SyntaxError"),
        (["checked_package.costs:nothing", "1.0"], "there is no 'nothing' in checked_package.costs"),
        (["checked_package.costs:number", "1.0"], "number is not callable: it is of type int"),
        (["checked_package.costs:", "1.0"], "a function is named as module:function"),
        (["checked_package.costs:cost"], "no arguments: add --arg 'A=spd(6)'"),
        (["checked_package.costs:cost", "spd(3)"], "the arguments do not fit: missing a required argument: 'b'"),
        (["checked_package.costs:cost", "spd(3)", "c=3"], "the arguments do not fit"),
        (["checked_package.costs:cost", "A=spd(3)", "A=spd(2)"], "argument A is given twice"),
        (["checked_package.costs:cost", "spud(3)", "normal(3)"], "there is no family 'spud'"),
        (["checked_package.costs:cost", "spd(3)", "normal(4)"], "the function raised ValueError"),
        (["checked_package.costs:raises", "1.0"], "the function raised RuntimeError: first line"),
        (["checked_package.costs:text", "1.0"], "it returned a str, not numbers"),
        (["checked_package.costs:random", "1.0"], "two calls gave different results"),
        (["checked_package.costs:power", "3"], "no argument holds floating-point numbers"),
        (["checked_package.costs:named", "1.0", "n=2"], "n goes by keyword alone"),
        (["checked_package.costs:power", "1.0", "--modes", "sideways"], "modes"),
        (["checked_package.costs:raises", "1.0"], "(costs.py, line 26)"),
        (["checked_package.costs:power", "1.0", "--law", "adjoint"], "--law is an option of operations"),
        (["checked_package.costs:power", "1.0", "--fail-fast"], "--fail-fast is an option of operations"),
        (["checked_package.costs:power", "1.0", "--report", "html"], "--report of a function is text or json"),
        (["checked_package.costs:power", "1.0", "--seed", "-1"], "--seed is not negative"),
        (["checked_package.costs:leaves", "1.0"], "the function raised SystemExit: 5 (costs.py, line 43)"),
        (["sin", "--law", "third", "--order", "1"], "no law that --law names is of order 1 or less"),
        (["sin", "--arg", "A=3"], "--arg is an option of functions"),
        (["sin", "--modes", "forward"], "--modes is an option of functions"),
        (["checked_package/costs.py", "1.0"], "a function comes first, as file.py:function"),
        (["sin", "checked_package.costs:power"], "a function comes first, as file.py:function"),
    ],
)  # fmt: skip
def test_misuse_is_one_line_and_status_2(capsys, arguments, fact):
    status, out, err = run(capsys, *arguments)
    assert (status, out) == (2, "")
    assert err.startswith("linad check: ")
    assert fact in err
    assert err.count("\n") == 1


@pytest.mark.usefixtures("folder")
def test_a_function_that_cannot_be_traced_is_told_where_and_what_to_write(capsys):
    status, out, err = run(capsys, "checked_package.costs:writes", "[1.0, 2.0]")
    assert (status, out) == (2, "")
    assert "(costs.py, line 39)" in err.splitlines()[0]
    assert "plain[i] = x is linad.numpy.index_set(plain, i, x)." in err.splitlines()[1]


@pytest.mark.usefixtures("folder")
def test_a_report_for_programs_has_every_finding(capsys):
    status, out, _ = run(
        capsys, "checked_package.costs:wrong", "[1.0, 2.0]", "--order", "1", "--report", "json"
    )
    report = json.loads(out)
    failing = [f for f in report["findings"] if f["law"] == "reverse" and not f["holds"]]
    assert (status, report["holds"]) == (1, False)
    assert [(f["entry"], f["claimed"]) for f in failing] == [("x[0]", 1.0), ("x[1]", 2.0)]
