"""One gradient in three ways, side by side."""

import numpy as np
import pytest

from linad import cli, errors
from linad.check import compare
from linad.check.comparing import Comparison, Row
from linad.derive import gradient


def test_all_ways_agree_and_tell_what_they_cost():
    found = compare("norm2(A*x - y)^2", "x", A=np.ones((5, 3)))
    assert found.holds is True
    rows = {row.way: row for row in found.rows}
    assert list(rows) == ["symbolic", "automatic, reverse", "automatic, forward", "differences"]
    assert rows["automatic, reverse"].calls == 1
    assert rows["automatic, forward"].calls == 3  # one for each entry
    assert rows["differences"].calls > 6 * rows["automatic, forward"].calls
    assert 0 < rows["symbolic"].operations < rows["automatic, reverse"].operations


@pytest.mark.parametrize("text", ["A*exp(x)", "tanh(W*x).*u", "x*x'", "einsum('ijk,k->ij', T, x)"])
def test_of_arrays_all_send_back_the_same_test_tensor(text):
    assert compare(text, "x").holds is True


def test_along_a_symmetric_matrix_all_are_symmetric():
    found = compare("b'*inv(S)*b", "S", where={"S": "n n symmetric"}, S="spd(3)")
    assert found.holds is True
    for row in found.rows:
        np.testing.assert_allclose(row.value, row.value.T, atol=1e-9)


def test_at_a_kink_differences_tell_nothing():
    found = compare("norm1(x)", "x", x=[0.0, 1.0])
    assert found.holds is None
    assert str(found).endswith("undecided: the differences tell nothing here")


@pytest.mark.parametrize("error", [1e-6, -1.0, np.nan])
def test_a_way_that_is_wrong_is_seen(error):
    found = compare("x'*x", "x")
    first, *rest, last = found.rows
    wrong = Row(last.way, last.value + error, abs(error), last.error, last.calls, last.operations)
    assert Comparison(found.gradient, found.data, (first, *rest, wrong)).holds is False


def test_the_table_has_a_line_for_each_way():
    lines = str(compare("0.5*x'*A*x", "x")).splitlines()
    assert lines[0].startswith("Y = 0.5*x'*A*x")
    assert lines[1] == "gx = 0.5*(A + A')*x"
    assert [line.split("  ")[0] for line in lines[4:8]] == [
        "symbolic",
        "automatic, reverse",
        "automatic, forward",
        "differences",
    ]
    assert lines[-1] == "they agree"


def test_the_seed_chooses_the_numbers():
    one, again, two = (compare("x'*x", "x", seed=seed).data["x"] for seed in (0, 0, 1))
    np.testing.assert_array_equal(one, again)
    assert not np.array_equal(one, two)


@pytest.mark.parametrize(
    ("call", "error", "fact"),
    [
        (lambda: compare("x'*x"), errors.ArgumentError, "not said by which symbol"),
        (lambda: compare(gradient("x'*x", "x"), "x"), errors.ArgumentError, "says itself"),
        (lambda: compare("x'*x", "x", y=1.0), errors.OptionError, "'y' is not among the symbols: x"),
        (lambda: compare("x'*x", "x", x=np.eye(2)), errors.ShapeError, r"declared \(n\)"),
        (
            lambda: compare("x'*y", "x", x=np.ones(2), y=np.ones(3)),
            errors.ShapeError,
            "n is 2 in the data for x",
        ),
        (lambda: compare("x'*x", "x", x=np.ones(2) * 1j), errors.DtypeError, "complex"),
    ],
)
def test_a_misuse_is_refused(call, error, fact):
    with pytest.raises(error, match=fact):
        call()


def run(capsys, *argv):
    status = cli.main(["derive", *argv])
    out, err = capsys.readouterr()
    return status, out, err


class TestTheCommand:
    @pytest.mark.parametrize(
        ("form", "start"),
        [("text", "1 parts"), ("latex", r"\begin{alignat*}"), ("python", "import numpy as np")],
    )
    def test_prints_a_gradient(self, capsys, form, start):
        status, out, _ = run(capsys, "gradient", "0.5*x'*A*x", "--wrt", "x", "--format", form)
        assert status == 0
        assert out.startswith(start)

    def test_takes_declarations_and_a_spelling(self, capsys):
        _, out, _ = run(
            capsys, "gradient", "A*A", "--wrt", "A", "--spelling", "python", "--where", "A: n n symmetric"
        )
        assert out.splitlines()[-1].endswith("gA = A*(gY + gY.T)")

    def test_compares(self, capsys):
        status, out, _ = run(capsys, "gradient", "x'*x", "--wrt", "x", "--compare")
        assert status == 0
        assert "they agree" in out

    @pytest.mark.parametrize(
        ("argv", "fact"),
        [
            (["gradient"], "write the expression and --wrt"),
            (["gradient", "x'*x"], "write the expression and --wrt"),
            (["gradient", "x'*", "--wrt", "x"], "linad derive gradient: An operand is missing at the end"),
            (["gradient", "x'*x", "--wrt", "y"], "linad derive gradient: 'y' is not among"),
            (["gradient", "x'*x", "--wrt", "x", "--where", "x n"], "has no colon"),
            (["gradient", "x'*x", "--wrt", "x", "--verify"], "belong to equations"),
            (["gradient", "x", "--wrt", "x", "--format", "html"], "its formats are text, python, latex"),
            (["gradient", "--serve"], "--serve takes no equation"),
            (["lu", "--wrt", "x"], "belong to gradient"),
            (["lu", "x"], "belong to gradient"),
        ],
    )
    def test_refuses_a_misuse(self, capsys, argv, fact):
        status, out, err = run(capsys, *argv)
        assert (status, out) == (2, "")
        assert fact in err
