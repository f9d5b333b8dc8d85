"""Second derivatives of the calls of cases.txt, by the four compositions of the two modes.

With h(x) = Re<g, f(x)>, forward over reverse gives the Hessian of h times u, which agrees with differences of the
gradient; the other three compositions agree with it to rounding. Each text of the file is tried on one input, moved
away from zero, near which quotients and masks jump.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import linad as ln
from linad.check.differences import derivative
from linad.check.vectors import flat
from tests.numpy.test_agreement import CASES, Function, _draw, _inner, _leaves, _smooth


def _cases() -> Iterator[Any]:
    """Of the cases of each text the first one that is smooth, without ties, and in double precision throughout."""
    tried: set[str] = set()
    for case in CASES:
        f, args = case.values
        inputs, _, text = str(case.id).partition(": ")
        if text in tried or "f4" in text or not _smooth(case) or {"t", "T", "inf"} & set(inputs.split("&")):
            continue
        numbers = [np.asarray(x) for x in (*args, *_leaves(f(*args)))]
        if all(x.dtype.char not in "fF" and not np.isnan(x).any() for x in numbers if x.dtype.kind in "fc"):
            tried.add(text)
            yield case


def _differences(f: Function, point: Any, direction: Any) -> tuple[Any, Any]:
    """The derivative along a direction, and the error of each entry; no step leads across a jump."""
    found = derivative(lambda t: f(*[x + t * d for x, d in zip(point, direction, strict=True)]), 0.02)
    return found.estimate, found.error


@pytest.mark.parametrize(("f", "args"), list(_cases()))
def test_second_derivatives_agree(f: Function, args: tuple[Any, ...], rng: np.random.Generator) -> None:
    args = tuple((np.asarray(x) + np.copysign(0.3, np.real(x)))[()] for x in args)
    kinds = [np.asarray(x).dtype.kind for x in _leaves(f(*args))]
    u, v = (tuple(_draw(rng, x) for x in args) for _ in range(2))

    def inexact(*x: Any) -> list[Any]:
        return [y for y, kind in zip(_leaves(f(*x)), kinds, strict=True) if kind in "fc"]

    g = [_draw(rng, y) for y in inexact(*args)]

    def push(x: tuple[Any, ...], t: tuple[Any, ...]) -> Any:
        return ln.jvp(inexact, x, t)[1]

    def pull(*x: Any) -> Any:
        return ln.vjp(inexact, *x)[1](g)

    with np.errstate(divide="ignore", invalid="ignore"):  # the standard deviation of one number
        product = ln.jvp(pull, args, u)[1]
        differences, error = _differences(pull, args, u)
        others = (
            ln.vjp(lambda *x: push(x, u), *args)[1](g),
            ln.vjp(pull, *args)[1](u),
        )
        twice = ln.jvp(lambda *x: push(x, u), args, v)[1]
    scale = (
        1
        + float(np.max(np.abs(flat(product)), initial=0))
        + float(np.max(np.abs(flat(pull(*args))), initial=0))
    )
    eps = np.finfo(float).eps
    assert np.all(error <= 1e-6 * scale), "the differences decide nothing"
    assert np.all(np.abs(flat(product) - differences) <= 10 * error + 1e4 * eps * scale)
    for other in others:
        np.testing.assert_allclose(flat(other), flat(product), rtol=0, atol=1e4 * eps * scale)
    size = 1 + sum(float(np.sum(np.abs(y))) for y in twice)
    np.testing.assert_allclose(_inner(g, twice), _inner(product, v), rtol=0, atol=1e4 * eps * scale * size)
