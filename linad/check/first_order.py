"""Laws of values and first derivatives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from linad.check.finding import Gaps, is_true, near, near_differences
from linad.check.trial import Trial, inner
from linad.check.vectors import flat
from linad.core import tree
from linad.core.graph import graph
from linad.core.replay import compile
from linad.core.symbols import BoundFunction
from linad.core.traced import innermost
from linad.core.transforms import jvp, vjp


def spaces(out: Any) -> list[tuple[tuple[int, ...], np.dtype[Any]]]:
    """The shapes and dtypes of an output's arrays."""
    return [(np.shape(part), np.asarray(part).dtype) for _, part in tree.leaves(out)]


def the_traced_value_is_the_plain_one(t: Trial) -> Gaps:
    """Bits may differ: a copy may have another layout than the original, so another order of summation."""
    recorded = vjp(t.f, *t.x)[0]
    dual = jvp(t.f, t.x, t.u)[0]
    values = [("reverse", recorded), ("forward", dual)]
    if t.records_graphs:
        values.append(("graph", tree.map_leaves(lambda _, part: innermost(part), graph(t.f, *t.x).outputs)))
    for mode, value in values:
        yield near(f"value, {mode}", value, t.value, t.rounding(t.value))
        yield is_true(f"shape and dtype, {mode}", spaces(value) == spaces(t.value))


def a_replay_is_a_call(t: Trial) -> Gaps:
    """A number that a rule reads while it is recorded would be frozen, and wrong for other inputs."""
    others = t.point.operands("elsewhere")
    x = tuple(others[i] for i in t.point.traced)
    programs: dict[str, Callable[..., Any]] = {
        "value": t.f,
        "tangent": lambda *x: t.push(x, t.u),
        "cotangent": lambda *x: t.pull(x, t.g),
    }
    for name, program in programs.items():
        recorded = graph(program, *t.x)
        replayed = BoundFunction(recorded.inputs, recorded.outputs)(*x)
        direct = program(*x)
        yield near(name, replayed, direct, t.rounding(direct))
        compiled = compile(program)
        compiled(*t.x)
        yield near(f"{name}, compiled", compiled(*x), direct, t.rounding(direct))


def the_tangent_agrees_with_differences(t: Trial) -> Gaps:
    """In single precision the reference is the tangent in double precision, at the same numbers."""
    if t.narrow:
        yield near("tangent", t.tangent, t.wide.tangent, t.rounding(t.tangent))
    else:
        for direction in t.directions:
            tangent = flat(t.tangent_along(direction))
            yield near_differences(
                "tangent",
                tangent,
                t.differences_along(direction),
                t.rounding(tangent),
                entry=direction.name,
                resolution=t.resolution,
                units=t.units(direction),
            )


def the_cotangent_agrees_with_differences(t: Trial) -> Gaps:
    """For every cotangent g that is tried, Re<g, D f> along each direction is Re<gX, dX>."""
    probes = t.probes
    rows = [t.pull(t.x, g) for g in probes]
    for direction in t.directions:
        found = t.differences_along(direction)
        claimed = np.array([inner(row, direction.tangent)[0] for row in rows])
        yield near_differences(
            "cotangent",
            claimed,
            found.seen_by([flat(g) for g in probes]),
            t.rounding(claimed),
            entry=direction.name,
            resolution=t.resolution,
            units=t.units_of_probes(direction),
        )


def the_cotangent_is_the_adjoint(t: Trial) -> Gaps:
    """The bound counts every term of both inner products, and what is left over from larger numbers."""
    left, terms = inner(t.g, t.tangent)
    right, others = inner(t.cotangent, t.u)
    yield near("Re<gY, dY> - Re<gX, dX>", left, right, 4 * t.terms * t.eps * (terms + others) + t.leftover)
