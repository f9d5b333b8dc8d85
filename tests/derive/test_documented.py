"""The operations of docs/own-operations.md, as they are printed there, obey every law."""

import doctest
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import scipy.linalg as sl

from linad import cli
from linad.check import check_gradients, check_operation
from linad.check.own import is_own
from linad.derive import operation
from linad.derive.verify import verify
from linad.errors import LinadError

PAGE = Path(__file__).parents[2] / "docs" / "own-operations.md"
DERIVED = ["ldq", "ul", "carry", "inverse_cholesky", "geometric_mean", "between", "takagi"]
DENSE = ["cube_root", "metric_polar"]


@cache
def page():
    """What the code of the page defines; what it refuses is tried elsewhere."""
    names = {}
    for example in doctest.DocTestParser().get_examples(PAGE.read_text()):
        if example.exc_msg is None and not example.want:
            exec(compile(example.source, str(PAGE), "single"), names)
    return names


def test_the_page_has_no_operation_that_is_not_tried():
    own = {name for name, x in page().items() if is_own(x)}
    assert own == {*DERIVED, *DENSE, "wrong"}


@pytest.mark.parametrize("name", [*DERIVED, *DENSE])
def test_every_law_holds(name):
    operation = page()[name]
    sizes = operation.primitive.samples[0].label
    report = check_operation(operation, labels=[f"{sizes}-float64-c", f"{sizes}-complex128-c"], order=2)
    assert report.holds, "\n".join(map(str, report.failures))
    assert {finding.law for finding in report.findings} >= {
        "equation",
        "adjoint",
        "differences",
        "reverse-reverse",
    }


@pytest.mark.slow
@pytest.mark.parametrize("name", [*DERIVED, *DENSE])
def test_every_law_holds_at_every_class_of_points(name):
    report = check_operation(page()[name])
    assert report.holds, "\n".join(map(str, report.failures))


@pytest.mark.parametrize("name", DERIVED)
@pytest.mark.parametrize("is_complex", [False, True], ids=["real", "complex"])
def test_the_derived_rule_is_right_whatever_the_kernel(name, is_complex):
    assert all(finding.holds for finding in verify(page()[name].rule, is_complex, seeds=1))


ARGUMENTS = {
    "kepler": lambda rng: (rng.uniform(0.5, 2.5, 3), rng.uniform(0.1, 0.6, 3)),
    "boundary": lambda rng: (rng.uniform(0.5, 1.5, 4),),
    "equilibrium": lambda rng: ({"W": rng.standard_normal((3, 3)) / 6, "b": rng.standard_normal(3)},),
}


@pytest.mark.parametrize("name", ARGUMENTS)
def test_every_law_holds_of_implicit_functions(name, rng):
    report = check_gradients(page()[name], *ARGUMENTS[name](rng))
    assert report.holds, str(report)


# -- structures that no documented operation has ---------------------------------------------------------------------

HALF = {"fallback": "oracle"}
OTHERS = {
    "lu": operation(
        {"A": "n n"},
        {"P": "n n permutation", "L": "n n unit lower", "U": "n n upper"},
        "P @ L @ U = A",
        lambda A: sl.lu(A),
        name="lu",
        domain={"A": "regular"},
    ),
    "lu-tall-indices": operation(
        {"A": "m n"},
        {"P": "m m permutation", "L": "m n unit lower", "U": "n n upper"},
        "P @ L @ U = A",
        lambda A: (np.argmax(sl.lu(A)[0], 0), *sl.lu(A)[1:]),
        name="lu_indices",
        domain={"A": "full rank"},
    ),
    "unitary": operation({"Q": "n n unitary", "A": "n m"}, {"X": "n m"}, "X = Q @ A", np.matmul, name="turn"),
    "unit-columns": operation(
        {"V": "n n unit columns"}, {"X": "n n"}, "V @ X = I", np.linalg.inv, name="inverse"
    ),
    "diagonal-unit-hermitian": operation(
        {"d": "n n diagonal", "L": "n n unit lower", "h": "n n hermitian"},
        {"X": "n n"},
        "X = L @ d @ h",
        lambda d, L, h: (L * d) @ h,
        name="product",
    ),
    "positive": operation(
        {"d": "n n positive diagonal", "R": "n n positive upper"},
        {"X": "n n positive upper"},
        "d @ X = R",
        lambda d, R: R / d[:, None],
        name="scaled",
        **HALF,
    ),
    "skew": operation(
        {"K": "n n skew", "B": "n n"},
        {"X": "n n"},
        "K @ X + X = B",
        lambda K, B: np.linalg.solve(K + np.eye(len(K)), B),
        name="cayley",
        **HALF,
    ),
    "gauge": operation(
        {"A": "n n hermitian"},
        {"V": "n n unitary", "w": "n n real diagonal"},
        "A @ V = V @ w",
        lambda A: np.linalg.eigh(A)[::-1],
        name="spectrum",
        invariants=lambda V, w: (np.abs(V) ** 2, w),
    ),
    "hessenberg": operation(
        {"A": "n n upper hessenberg", "B": "n n"},
        {"X": "n n"},
        "A @ X = B",
        np.linalg.solve,
        name="hess",
        **HALF,
    ),
}


@pytest.mark.parametrize("name", OTHERS)
@pytest.mark.parametrize("dtype", ["float64", "complex128"])
def test_every_law_holds_of_other_structures(name, dtype):
    sizes = OTHERS[name].primitive.samples[0].label
    report = check_operation(OTHERS[name], labels=[f"{sizes}-{dtype}-c"], order=2)
    assert report.holds, "\n".join(map(str, report.failures))


@pytest.mark.slow
@pytest.mark.parametrize("name", OTHERS)
def test_every_law_holds_of_other_structures_at_every_class_of_points(name):
    report = check_operation(OTHERS[name])
    assert report.holds, "\n".join(map(str, report.failures))


# -- on the command line ---------------------------------------------------------------------------------------------


@pytest.fixture
def module(tmp_path):
    text = """
        import numpy as np
        from linad.derive import operation
        right = operation({"A": "n n"}, {"X": "n n"}, "A @ X = I", np.linalg.inv, name="right")
        wrong = operation({"A": "n n"}, {"X": "n n"}, "A @ X = I", lambda A: np.linalg.inv(A).T, name="wrong")
    """
    file = tmp_path / "mine.py"
    file.write_text("\n".join(line.strip() for line in text.splitlines()))
    return file


def test_linad_check_tries_an_operation_by_its_name(module, capsys):
    assert cli.main(["check", f"{module}:right", "--point", "n4-float64-c", "--law", "adjoint"]) == 0
    assert "right | 1 point" in capsys.readouterr().out


def test_linad_check_says_which_command_tries_a_failure_again(module, capsys):
    assert cli.main(["check", f"{module}:wrong", "--point", "n4-float64-c", "--law", "adjoint"]) == 1
    assert f"linad check {module}:wrong --law adjoint --point n4-float64-c" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("option", "sentence"),
    [
        (["--law", "none"], "right: no law matches none"),
        (["--point", "n5-float64-c"], "right: no point matches 'n5-float64-c'"),
        (["--seed", "-1"], "--seed is not negative"),
        (["--plot", "x.png"], "--plot is an option of operations of linad"),
        (["--modes", "forward"], "--modes is an option of functions"),
    ],
)
def test_linad_check_passes_over_no_option(module, capsys, option, sentence):
    assert cli.main(["check", f"{module}:right", *option]) == 2
    assert sentence in capsys.readouterr().err


# -- what is refused -------------------------------------------------------------------------------------------------


def test_only_operations_are_checked_as_such():
    with pytest.raises(LinadError, match="it tries what"):
        check_operation(np.linalg.inv)


def test_what_is_open_must_have_invariants():
    outputs = {"V": "n n unitary", "w": "n n real diagonal"}
    spectrum = operation(
        {"A": "n n hermitian"}, outputs, "A @ V = V @ w", lambda A: np.linalg.eigh(A)[::-1], name="f"
    )
    with pytest.raises(LinadError, match="f: the equations leave open the imaginary part"):
        check_operation(spectrum)


def test_discrete_inputs_are_not_tried():
    inputs = {"P": "n n permutation", "A": "n n"}
    exchange = operation(inputs, {"X": "n n"}, "X = P @ A", lambda P, A: P @ A, name="exchange")
    with pytest.raises(LinadError, match="its input P is discrete"):
        check_operation(exchange)
