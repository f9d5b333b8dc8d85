"""The harness finds what a swap breaks, and traces what it says it traces."""

from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np
import pytest

import linad as ln
from tests.conformance import swapping
from tests.conformance.conduct import Run, compare, matches


def run(**outcomes: str) -> Run:
    return Run(list(outcomes), {name: (outcome, "why") for name, outcome in outcomes.items()})


SWAPPED = run(a="passed", b="failed", c="failed", d="skipped")


def test_a_test_that_passes_without_the_swap_only_is_broken() -> None:
    passed, broken, listed, stale, alike = compare(SWAPPED, run(b="passed", c="failed", d="skipped"), {})
    assert (passed, broken, listed, stale, alike) == (1, {"b": "why"}, {}, {}, 2)


@pytest.mark.parametrize(("name", "message"), [("d", "skipped: why"), ("e", "not collected: ")])
def test_a_test_that_does_not_run_with_the_swap_is_broken(name: str, message: str) -> None:
    assert compare(SWAPPED, run(**{name: "passed"}), {})[1] == {name: message}


def test_a_listed_test_is_excused() -> None:
    assert compare(SWAPPED, run(b="passed"), {"b*": "reason"})[1:4] == ({}, {"b": "reason"}, {})


@pytest.mark.parametrize("pattern", ["a", "c", "missing"])
def test_a_row_that_is_not_needed_is_stale(pattern: str) -> None:
    stale = compare(SWAPPED, run(b="passed", c="failed"), {"b": "reason", pattern: "reason"})[3]
    assert list(stale) == [pattern]


def test_a_selection_does_not_make_rows_of_other_tests_stale() -> None:
    assert compare(SWAPPED, run(), {"missing": "reason"}, whole=False)[3] == {}


def test_only_the_star_is_special_in_a_pattern() -> None:
    assert matches("TestX::test_y[*-1]", "TestX::test_y[a-1]")
    assert not matches("TestX::test_y[*-1]", "TestX::test_ya-1")


def test_every_door_offers_something() -> None:
    assert {namespace.__name__ for namespace, _, _ in swapping.offered()} == {
        "scipy.linalg",
        "numpy.linalg",
        "scipy.special",
    }


class Pair(NamedTuple):
    first: Any
    second: Any


def swapped(monkeypatch: pytest.MonkeyPatch, original: Any, function: Any) -> tuple[Any, swapping.Swap]:
    """What a test would call in the place of an original, and the swap that counts its calls."""
    space = SimpleNamespace(__name__="space", **{original.__name__: original})
    monkeypatch.setattr(swapping, "offered", lambda: [(space, original.__name__, function)])
    swap = swapping.Swap("traced")
    return getattr(space, original.__name__), swap


def seen_by(monkeypatch: pytest.MonkeyPatch, original: Any, *args: Any, **kwargs: Any) -> list[str]:
    """The arguments as a function receives them, with T for a traced array."""
    seen: list[Any] = []

    def function(*args: Any, **kwargs: Any) -> float:
        seen.extend([*args, *kwargs.values()])
        return 0.0

    swapped(monkeypatch, original, function)[0](*args, **kwargs)
    return [_mark(x) for x in seen]


def _mark(x: Any) -> str:
    if isinstance(x, (tuple, list)) and any(isinstance(part, ln.Array) for part in x):
        return "".join(map(_mark, x))
    return "T" if isinstance(x, ln.Array) else "."


def solver(a: Any, b: Any = None, tol: Any = None) -> Any: ...
def banded(l_and_u: Any, ab: Any) -> Any: ...
def packed(lu_and_piv: Any, b: Any) -> Any: ...
def toeplitz(c_or_cr: Any) -> Any: ...
def chain(arrays: Any, *, out: Any = None) -> Any: ...
def several(*arrs: Any) -> Any: ...


X = np.eye(2)


@pytest.mark.parametrize(
    ("original", "args", "kwargs", "expected"),
    [
        pytest.param(solver, (X, X), {"tol": X}, "TT.", id="operands-by-position"),
        pytest.param(solver, (), {"a": X, "b": X}, "TT", id="operands-by-name"),
        pytest.param(solver, ([[1, 2], [3, 4]], None), {}, "T.", id="nested-list-of-integers"),
        pytest.param(solver, ([[1, 2], [3]], 2.0), {}, "..", id="ragged-list-and-scalar"),
        pytest.param(
            solver, (X.astype(np.int8), X.astype(object)), {}, "..", id="small-integers-and-objects"
        ),
        pytest.param(solver, (X.view(np.matrix), X), {}, ".T", id="subclass"),
        pytest.param(banded, ((1, 1), X), {}, ".T", id="numbers-of-diagonals"),
        pytest.param(packed, ((X, np.arange(0.0)), X), {}, ["T.", "T"], id="factors-and-pivots"),
        pytest.param(toeplitz, (([1.0], X),), {}, ["TT"], id="column-and-row"),
        pytest.param(solver, (X, np.ones(2, "m8")), {}, "T.", id="times"),
        pytest.param(solver, (np.arange(2), np.ones(2, "m8")), {}, "..", id="integers-and-times"),
        pytest.param(chain, ([X, X, [[1, 2]]],), {}, ["TTT"], id="list-of-arrays"),
        pytest.param(several, (X, [1.0], X), {}, "TTT", id="any-number-of-operands"),
    ],
)
@pytest.mark.filterwarnings("ignore:the matrix subclass:PendingDeprecationWarning")
def test_operands_are_traced_and_options_are_not(
    monkeypatch: pytest.MonkeyPatch, original: Any, args: Any, kwargs: Any, expected: Any
) -> None:
    assert seen_by(monkeypatch, original, *args, **kwargs) == list(expected)


def test_results_are_plain_in_their_own_containers(monkeypatch: pytest.MonkeyPatch) -> None:
    call, swap = swapped(monkeypatch, solver, lambda a: Pair(a @ a, (a[0, 0], 3)))
    out = call(X)
    assert type(out) is Pair
    assert type(out.first) is np.ndarray
    assert type(out.second[0]) is np.float64
    assert out.second[1] == 3
    assert swap.calls == {"space.solver traced": 1}


def test_integers_come_back_where_the_original_keeps_them(monkeypatch: pytest.MonkeyPatch) -> None:
    def outer(x1: Any, x2: Any) -> Any: ...

    call, _ = swapped(monkeypatch, outer, ln.numpy.outer)
    assert call([1, 2], [3, 4]).dtype == np.int64
    assert call([1, 2], [3.0, 4.0]).dtype == np.float64


def test_the_libraries_own_calls_reach_the_original(monkeypatch: pytest.MonkeyPatch) -> None:
    call, swap = swapped(monkeypatch, solver, lambda a: 1 / 0)
    inside = {"__name__": "scipy.linalg._basic", "call": call, "x": X}
    assert eval("call(x)", inside) is None
    assert not swap.calls


def test_a_wrong_function_gives_another_result(monkeypatch: pytest.MonkeyPatch) -> None:
    call, _ = swapped(monkeypatch, np.linalg.inv, lambda a: 1.001 * a)
    assert not np.array_equal(call(X), np.linalg.inv(X))


def test_what_is_a_matter_of_rounding_may_pass():
    assert compare(SWAPPED, run(b="passed", c="failed"), {"a": "reason"}, luck=frozenset({"a"}))[3] == {}
    assert compare(SWAPPED, run(b="passed", c="failed"), {"a": "reason"})[3] != {}
