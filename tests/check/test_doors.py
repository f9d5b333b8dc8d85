"""Every row of docs/functions.md: the laws over calls of public functions, and reasons for names without a row."""

import warnings
from importlib import import_module
from typing import Any

import numpy as np
import pytest

import linad as ln
from linad.check.domains import member
from linad.check.doors import ARGUMENTS, CASES, NAMESPACES, findings_at, points
from linad.check.doors.reasons import CONSTANT, PLAIN, listed, public_names, without_row
from linad.check.doors.refused import REFUSED, refusal
from linad.core.traced import Array
from linad.errors import LinadError

ORIGINALS = [namespace for namespace in NAMESPACES if not namespace.startswith("linad")]


POINTS = [point for case in CASES for point in points(case)]


@pytest.mark.parametrize("point", POINTS, ids=lambda point: point.name)
def test_a_call_obeys_the_laws(point: Any) -> None:
    assert not [str(finding) for _, finding in findings_at(point) if not finding.holds]


@pytest.mark.parametrize("case", [c for c in CASES if c.no_batch], ids=lambda case: case.name)
def test_a_call_without_batches_has_none_in_the_original(case: Any, rng: np.random.Generator) -> None:
    """Stacked arguments are refused, or the result is not the stack of results."""
    original = case.calling(case.namespace)
    pair = [[member(*ARGUMENTS[letter], np.dtype(float), rng) for letter in case.letters] for _ in range(2)]
    first, second = (_parts(original(*args)) for args in pair)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            both = _parts(original(*map(np.stack, zip(*pair, strict=True))))
        except Exception:
            return
    stacks = [np.stack(parts) for parts in zip(first, second, strict=True)]
    assert len(both) != len(stacks) or not all(map(np.array_equal, both, stacks))


def _parts(out: Any) -> list[Any]:
    return list(out) if isinstance(out, (tuple, list)) else [out]


@pytest.mark.parametrize("case", [c for c in CASES if c.no_complex], ids=lambda case: case.name)
def test_a_call_of_reals_refuses_complex_arguments(case: Any, rng: np.random.Generator) -> None:
    args = [member(*ARGUMENTS[letter], np.dtype(complex), rng) for letter in case.letters]
    with pytest.raises((TypeError, ValueError, NotImplementedError, LinadError)):
        ln.vjp(case.calling(), *args)


@pytest.mark.parametrize("namespace", ORIGINALS)
def test_every_public_name_has_a_row_or_a_reason(namespace: str) -> None:
    assert [name for name, reason in without_row(namespace, CASES).items() if not reason] == []


@pytest.mark.parametrize("namespace", ORIGINALS)
def test_a_reason_stands_for_a_public_name_without_a_row(namespace: str) -> None:
    rows = {case.function for case in CASES if case.namespace == namespace}
    reasons = listed(namespace)
    mirrored = set(import_module(NAMESPACES[namespace]).__all__)
    assert set(reasons) <= set(public_names(namespace)) - rows
    assert [name for name, reason in reasons.items() if reason == PLAIN and name in mirrored] == []


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case.name)
def test_a_call_that_is_listed_as_refused_is_refused_by_name(case: Any) -> None:
    assert refusal(case)


def test_a_case_is_written_once() -> None:
    names = [case.name for case in CASES]
    assert len(set(names)) == len(names)


def _answers(function: Any) -> list[str]:
    """What a function says to traced arguments, of which nobody knows how many it takes."""
    said = []

    def f(x: Any) -> Any:
        for args in ((x,), (x, x), (x, x, x), (x, 1), (x[0], x[0])):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                try:
                    out = function(*args)
                except Exception:
                    said.append("refused")
                    continue
            said.append("traced" if any(isinstance(part, Array) for part in _parts(out)) else "plain")
        return x

    ln.vjp(f, np.eye(2) + 1)
    return said


def _listed(wanted: str) -> list[Any]:
    return [
        pytest.param(getattr(import_module(namespace), name), id=f"{namespace}.{name}")
        for namespace in ORIGINALS
        for name, reason in listed(namespace).items()
        if reason == wanted
    ]


@pytest.mark.parametrize("function", _listed(PLAIN))
def test_a_function_that_is_not_mirrored_refuses_traced_arrays(function: Any) -> None:
    assert set(_answers(function)) == {"refused"}


@pytest.mark.parametrize("function", _listed(CONSTANT))
def test_a_locally_constant_function_gives_plain_results(function: Any) -> None:
    said = _answers(function)
    assert "plain" in said
    assert "traced" not in said
