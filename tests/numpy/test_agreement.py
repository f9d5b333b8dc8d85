"""Every call of cases.txt gives on traced arrays what it gives on plain ones, and its two rules are adjoint."""

import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import linad as ln
from linad.core.traced import innermost

_RNG = np.random.default_rng(7)
INPUTS = {
    "x": _RNG.normal(size=3),
    "X": _RNG.normal(size=(2, 3)),
    "Y": _RNG.normal(size=(2, 3, 4)),
    "z": _RNG.normal(size=3) + 1j * _RNG.normal(size=3),
    "Z": _RNG.normal(size=(2, 3)) + 1j * _RNG.normal(size=(2, 3)),
    "f4": _RNG.normal(size=3).astype(np.float32),
    "s": np.float64(1.5),  # a NumPy scalar
    "S": np.float32(1.5),
    "p": 2.5,  # a Python number
    "E0": np.zeros((0, 3)),
    "E1": np.zeros(0),
    "sq": _RNG.normal(size=(3, 3)) + 3 * np.eye(3),
    "nan": np.array([1.0, np.nan, 3.0]),
    "N": np.array([[1.5, np.nan, -0.5], [np.nan, 0.25, 2.0]]),
    "t": np.array([2.0, -1.0, 2.0, 0.5, -1.0]),  # with ties
    "T": np.array([[1.0, 2.0], [3.0, 0.5], [1.0, 2.0]]),
    "inf": np.array([1.0, -np.inf, np.inf]),
}
Function = Callable[..., Any]


def _cases() -> Iterator[Any]:
    for line in Path(__file__).with_name("cases.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            inputs, _, text = line.partition(": ")
            for one in inputs.split(","):
                names = one.split("&")
                f = eval(f"lambda {', '.join('ab'[: len(names)])}: {text}", {"np": np})
                yield pytest.param(f, tuple(INPUTS[name] for name in names), id=f"{one}: {text}")


CASES = list(_cases())


def _under_record(f: Function, args: tuple[Any, ...]) -> Any:
    found: list[Any] = []
    ln.vjp(lambda *x: (found.append(f(*x)), x[0])[1], *args)
    return found[0]


def _under_dual(f: Function, args: tuple[Any, ...]) -> Any:
    found: list[Any] = []
    ln.jvp(lambda *x: (found.append(f(*x)), x[0])[1], args, tuple(np.ones_like(x) for x in args))
    return found[0]


def _under_graph(f: Function, args: tuple[Any, ...]) -> Any:
    found: list[Any] = []
    ln.graph(lambda *x: (found.append(f(*x)), x[0])[1], *args)
    return found[0]


def _outcome(call: Callable[[], Any]) -> tuple[Any, BaseException | None, set[str]]:
    with warnings.catch_warnings(record=True) as given:
        warnings.simplefilter("always")
        try:
            return call(), None, {str(w.message).replace("scalar ", "") for w in given}
        except Exception as error:
            return None, error, set()


def _leaves(out: Any) -> list[Any]:
    return [leaf for part in out for leaf in _leaves(part)] if isinstance(out, (tuple, list)) else [out]


@pytest.mark.parametrize(
    "tracer", [_under_record, _under_dual, _under_graph], ids=["record", "dual", "graph"]
)
@pytest.mark.parametrize(("f", "args"), CASES)
def test_traced_result_is_numpys(f: Function, args: tuple[Any, ...], tracer: Function) -> None:
    plain, error, warned = _outcome(lambda: f(*args))
    traced, raised, also_warned = _outcome(lambda: tracer(f, args))
    if error is not None:
        assert isinstance(raised, type(error)), f"{error!r} became {raised!r}"
        return
    assert raised is None
    expected, found = _leaves(plain), [innermost(x) for x in _leaves(traced)]
    assert len(expected) == len(found)
    for e, x in zip(expected, found, strict=True):
        assert np.shape(e) == np.shape(x)
        assert np.asarray(e).dtype == np.asarray(x).dtype
        if np.asarray(e).dtype.kind in "fc":
            eps = np.finfo(np.asarray(e).dtype).eps
            np.testing.assert_allclose(x, e, rtol=100 * eps, atol=100 * eps)  # 10 n eps, n at most 10
        else:
            np.testing.assert_array_equal(x, e)
    if tracer is not _under_dual:  # a tangent may warn where the value does not
        assert warned == also_warned


def _draw(rng: np.random.Generator, x: Any) -> Any:
    v = np.asarray(rng.normal(size=np.shape(x)))
    return (v + 1j * rng.normal(size=np.shape(x)) if np.iscomplexobj(x) else v).astype(np.asarray(x).dtype)[
        ()
    ]


def _inner(a: Any, b: Any) -> float:
    return sum(
        float(np.sum(np.conj(x) * y).real)
        for x, y in zip(a, b, strict=True)
        if x is not None and y is not None
    )


def _smooth(case: Any) -> bool:
    """Whether a call neither raises nor warns, and some result is not discrete."""
    plain, error, warned = _outcome(lambda: case.values[0](*case.values[1]))
    return error is None and not warned and any(np.asarray(x).dtype.kind in "fc" for x in _leaves(plain))


@pytest.mark.parametrize(("f", "args"), [case for case in CASES if _smooth(case)])
def test_cotangents_are_the_adjoint_of_tangents(
    f: Function, args: tuple[Any, ...], rng: np.random.Generator, request: pytest.FixtureRequest
) -> None:
    kinds = [np.asarray(x).dtype.kind for x in _leaves(f(*args))]

    def inexact_results(*x: Any) -> list[Any]:
        return [y for y, kind in zip(_leaves(f(*x)), kinds, strict=True) if kind in "fc"]

    tangents = tuple(_draw(rng, x) for x in args)
    with np.errstate(divide="ignore", invalid="ignore"):  # the standard deviation of one number
        out, dy = ln.jvp(inexact_results, args, tangents)
        g = [_draw(rng, y) for y in out]
        gx = ln.vjp(inexact_results, *args)[1](g)
    single = "f4" in request.node.name or any(np.asarray(v).dtype.char in "fF" for v in (*out, *args))
    eps = np.finfo(np.float32 if single else np.float64).eps
    scale = 1 + sum(float(np.sum(np.abs(np.nan_to_num(t)))) for t in dy)
    left, right = _inner(g, dy), _inner(gx, tangents)
    np.testing.assert_allclose(left, right, rtol=0, atol=1000 * eps * scale)  # up to 24 entries, condition 10


NUMBERS = [case for case in CASES if any(np.ndim(x) == 0 for x in case.values[1]) and _smooth(case)]


@pytest.mark.parametrize(("f", "args"), NUMBERS)
def test_a_sum_sends_back_what_an_array_of_ones_does(f: Function, args: tuple[Any, ...]) -> None:
    """A sum sends one number for an array filled with it; numbers among the operands must not take it for their own."""
    kinds = [np.asarray(x).dtype.kind for x in _leaves(f(*args))]

    def inexact_results(*x: Any) -> list[Any]:
        return [y for y, kind in zip(_leaves(f(*x)), kinds, strict=True) if kind in "fc"]

    out, pullback = ln.vjp(inexact_results, *args)
    expected = pullback([np.ones_like(y)[()] for y in out])
    summed, back = ln.vjp(lambda *x: [np.sum(y) for y in inexact_results(*x)], *args)
    for g, e in zip(back([np.ones_like(y)[()] for y in summed]), expected, strict=True):
        assert (np.shape(g), np.asarray(g).dtype) == (np.shape(e), np.asarray(e).dtype)
        if g is not None:
            eps = np.finfo(np.asarray(g).dtype).eps
            np.testing.assert_allclose(g, e, rtol=100 * eps, atol=100 * eps)
