"""What ``import linad`` loads, seen in processes of their own: the rest comes when it is asked for."""

import subprocess
import sys

import pytest

LAZY = (  # opened when they are asked for
    "linad.check",
    "linad.cli",
    "linad.derive",
    "linad.linalg",
    "linad.numpy.linalg",
    "linad.operations.every",
    "linad.optimize",
    "linad.special",
    "linad.stats",
)


def said(program: str) -> list[str]:
    """The words that a program prints."""
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return run.stdout.split()


@pytest.fixture(scope="module")
def loaded() -> set[str]:
    """The modules that ``import linad`` loads beyond those of NumPy and scipy.linalg."""
    program = "import sys, numpy, scipy.linalg; before = set(sys.modules); import linad; "
    return set(said(program + "print(*set(sys.modules) - before)"))


@pytest.mark.parametrize("name", LAZY)
def test_import_leaves_doors_closed(loaded, name):
    assert not {module for module in loaded if module == name or module.startswith(name + ".")}


def test_import_loads_nothing_of_others(loaded):
    assert {module.partition(".")[0] for module in loaded} == {"linad"}


def test_a_gradient_through_numpy_opens_no_other_door():
    program = (
        "import sys, numpy as np, linad as ln; "
        "ln.grad(lambda A: np.sum(np.linalg.solve(A, np.sin(A[0]))))(np.eye(3)); "
        "print(*sys.modules)"
    )
    assert "linad.linalg" not in said(program)


@pytest.mark.parametrize("name", ["sylvester", "special.erf"])
def test_an_operation_that_is_looked_up_opens_its_door(name):
    for found in (f"primitives[{name!r}].name", f"table[{name!r}].__name__"):
        program = f"import linad; from linad.core.primitive import primitives, table; print({found})"
        assert said(program) == [name]


@pytest.mark.parametrize(
    "call", ["la.norm(A, 2)", "la.norm(A[0], 1)", "np.linalg.norm(A)", "np.linalg.cond(A, 1)"]
)
def test_a_function_that_needs_another_door_opens_it(call):
    program = (
        "import numpy as np, linad as ln, linad.linalg as la; "
        f"print(ln.grad(lambda A: {call})(np.diag([1.0, 2.0])).shape)"
    )
    assert said(program) == ["(2,", "2)"]


def test_an_unknown_operation_is_a_key_error():
    program = (
        "import linad\nfrom linad.core.primitive import table\n"
        "try:\n    table['nothing']\nexcept KeyError as error:\n    print(error)"
    )
    assert said(program) == ["'nothing'"]


def test_a_name_behind_a_closed_door_is_taken():
    program = (
        "import linad\nfrom linad.core.kinds import elementwise\n"
        "try:\n    elementwise('sylvester', abs, abs)\n"
        "except linad.errors.OptionError as error:\n    print('taken' if 'belongs' in str(error) else error)"
    )
    assert said(program) == ["taken"]


def test_public_names_are_there_when_they_are_asked_for():
    program = "import linad; print(*[name for name in linad.__all__ if getattr(linad, name, None) is None])"
    assert said(program) == []
    assert set(said("import linad; print(*dir(linad))")) >= {"linalg", "lu", "special", "stats", "optimize"}


def test_every_function_of_numpy_is_known_before_other_doors_open():
    program = (
        "import linad; from linad.core.traced import open_door, overrides; open_door(); before = set(overrides)\n"
        "while open_door(): pass\n"
        "print(*[f.__name__ for f in set(overrides) - before if str(getattr(f, '__module__', '')).startswith('numpy')])"
    )
    assert said(program) == []


def test_a_door_that_nobody_needs_is_not_opened():
    program = (
        "import sys, numpy as np, linad as ln; ln.grad(lambda x: np.sum(np.sin(x) * x.T @ x))(np.eye(3)); "
        "print(*sys.modules)"
    )
    assert not {"linad.numpy.linalg", "linad.linalg"} & set(said(program))
