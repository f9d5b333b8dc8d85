"""A wrong operation inside a composite function is named, with the user's line; right ones are not blamed."""

from collections.abc import Iterator

import numpy as np
import pytest

import linad as ln
from linad.check import check_gradients
from linad.check.diagnosis import culprit
from linad.check.functions import UserFunction
from linad.core import primitive as registry
from linad.core.kinds import custom, elementwise
from linad.operations.contractions import H, matmul
from linad.operations.elementwise import cos


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    """What a test declares is taken out of the tables after it."""
    tables = (registry.primitives, registry.table)
    before = [dict(table) for table in tables]
    yield
    for table, saved in zip(tables, before, strict=True):
        table.clear()
        table.update(saved)


def in_both_modes():
    return elementwise("mutant", np.sin, lambda x, y: 1.001 * cos(x))


def in_reverse_mode():
    def push(tangents, out, A, B):
        dA, dB = tangents
        parts = [None if dA is None else matmul(dA, B), None if dB is None else matmul(A, dB)]
        first, *rest = [part for part in parts if part is not None]
        return first + rest[0] if rest else first

    def pull(g, out, wanted, A, B):
        return [matmul(H(A), g) if i else matmul(g, B) for i in wanted]  # B^H is missing

    return custom("mutant", np.matmul, push, pull, last=2)


def test_a_wrong_derivative_is_named_with_its_line():
    mutant = in_both_modes()

    def f(A, b):
        x = np.linalg.solve(A, b)
        y = mutant(x)  # the wrong one
        return np.sum(np.exp(y) * x)

    report = check_gradients(f, "spd(3)", "normal(3)", order=1)
    assert report.holds is False
    (note,) = (note for note in report.notes if "the rule of" in note)
    assert note.startswith("the rule of mutant at ")
    assert "y = mutant(x)  # the wrong one" in note
    assert "its tangent disagrees with differences" in note


def test_a_wrong_pullback_is_named():
    mutant = in_reverse_mode()

    def f(A, B):
        C = A @ B
        return np.sum(mutant(np.sin(C), B))

    found = culprit(UserFunction(f, ("general(3, 3)", "general(3, 3)")))
    assert found is not None
    assert (found.operation, found.law) == ("mutant", "its cotangent is not the adjoint of its tangent")


RIGHT = {
    "solve": (lambda A, b: b @ np.linalg.solve(A, b), ("spd(3)", "normal(3)")),
    "lu": (lambda A: np.sum(ln.lu(A)[2] ** 2), ("general(3, 3)",)),
    "eigh": (lambda A: np.linalg.eigh(A)[1][:, 0] ** 2 @ np.arange(3.0), ("symmetric(3)",)),
    "svd": (lambda A: np.sum(np.linalg.svd(A, compute_uv=False) ** 3), ("general(3, 2)",)),
    "qr": (lambda A: np.sum(np.linalg.qr(A)[1] ** 2 * np.arange(2.0)), ("general(3, 2)",)),
    "cholesky": (lambda A: np.sum(np.linalg.cholesky(A)[0]), ("spd(3)",)),
    "elements": (lambda x: np.sum(x[1:] / (1 + x[:-1] ** 2)), ("normal(4)",)),
}


@pytest.mark.parametrize(("f", "args"), RIGHT.values(), ids=RIGHT)
def test_no_right_operation_is_blamed(f, args):
    assert culprit(UserFunction(f, args)) is None
