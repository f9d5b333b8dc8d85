"""Laws of conduct: not the formula of a rule, but how it treats what is absent, discrete or borrowed."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from typing import Any

import numpy as np

from linad.check.design import subsets
from linad.check.finding import Gap, Gaps, is_true, near
from linad.check.first_order import spaces
from linad.check.higher_order import forward_over_forward, kept, reverse_over_reverse
from linad.check.trial import Trial
from linad.core import tree
from linad.core.errstate import errstate
from linad.core.expression import Expression
from linad.core.graph import graph
from linad.core.symbols import BoundFunction
from linad.core.traced import Array, innermost
from linad.core.transforms import jvp, vjp


def _zeros(x: Any) -> Any:
    return np.zeros(np.shape(x), np.asarray(x).dtype)[()]


def bits(out: Any) -> list[bytes]:
    """The bytes of an output's arrays."""
    return [np.asarray(part).tobytes() for _, part in tree.leaves(out)]


def same(a: Any, b: Any) -> bool:
    """Whether two values have identical bits; containers and records are compared part by part."""
    if isinstance(a, (list, tuple)):
        return (
            isinstance(b, (list, tuple))
            and len(a) == len(b)
            and all(same(x, y) for x, y in zip(a, b, strict=True))
        )
    if isinstance(a, (np.ndarray, np.generic, int, float, complex)):
        return spaces(a) == spaces(b) and bits(a) == bits(b)
    slots = getattr(type(a), "__slots__", None)
    if slots is not None and type(a) is type(b):
        return all(same(getattr(a, name), getattr(b, name)) for name in slots)
    return bool(a == b)


# -- subsets ------------------------------------------------------------------


def any_subset_gives_the_same_numbers(t: Trial) -> Gaps:
    """An absent tangent or cotangent is a zero; an operand receives the same whichever others are traced."""
    for some in subsets(t.point.traced):
        part = Trial(t.point.only(some), t.operands)
        place = [t.point.traced.index(i) for i in some]
        padded = [t.u[k] if k in place else _zeros(t.u[k]) for k in range(len(t.x))]
        absent = [t.u[k] if k in place else None for k in range(len(t.x))]
        tangent = part.push(part.x, [t.u[k] for k in place])
        bound = t.rounding(tangent, t.tangent)
        yield near(f"tangent of {some}, others zero", t.push(t.x, padded), tangent, bound)
        yield near(f"tangent of {some}, others absent", t.push(t.x, absent), tangent, bound)
        cotangent = part.pull(part.x, t.g)
        yield near(
            f"cotangent of {some}", cotangent, tuple(t.cotangent[k] for k in place), t.rounding(cotangent)
        )
    if isinstance(t.g, tuple):
        yield from _subsets_of_outputs(t.bare)


def _subsets_of_outputs(t: Trial) -> list[Gap]:
    """A part of a cotangent that does not depend on phases may depend on them: nobody is to mind."""
    live = tuple(i for i, g in enumerate(t.g) if g is not None)
    gaps = []
    with errstate(gauge="ignore"):
        for some in subsets(live):
            absent_g = tuple(g if i in some else None for i, g in enumerate(t.g))
            zero_g = tuple(g if i in some or g is None else _zeros(g) for i, g in enumerate(t.g))
            cotangent = t.pull(t.x, zero_g)
            bound = t.rounding(cotangent)
            gaps.append(near(f"cotangents of outputs {some}", t.pull(t.x, absent_g), cotangent, bound))
    return gaps


# -- bits and forms -----------------------------------------------------------


def twice_gives_identical_bits(t: Trial) -> Gaps:
    """What earlier laws computed at the point is computed again."""
    programs: dict[str, tuple[Any, Callable[[], Any]]] = {
        "value": (t.value, lambda: t.f(*t.x)),
        "tangent": (t.tangent, lambda: t.push(t.x, t.u)),
        "cotangent": (t.cotangent, lambda: t.pull(t.x, t.g)),
        "forward over forward": (kept(t, forward_over_forward), lambda: forward_over_forward(t)),
        "reverse over reverse": (kept(t, reverse_over_reverse), lambda: reverse_over_reverse(t)),
    }
    for name, (first, program) in programs.items():
        yield is_true(name, bits(first) == bits(program()))


def a_derivative_has_the_form_of_its_variable(t: Trial) -> Gaps:
    """The shape and dtype of a cotangent are those of the operand, of a tangent those of the output."""
    yield is_true("cotangent", spaces(t.cotangent) == spaces(t.x))
    live = [space for space in spaces(t.value) if space[1].kind in "fc"]
    yield is_true("tangent", spaces(t.tangent) == live)
    yield is_true("cotangent, forward", spaces(jvp(lambda *x: t.pull(x, t.g), t.x, t.u)[1]) == spaces(t.x))


def integers_are_promoted(t: Trial) -> Gaps:
    """Integers give the numbers that the same floating-point numbers give, in double precision.

    Where NumPy itself keeps integers, an assignment into them, the result is discrete and there is nothing to compare.
    """
    count = len(t.operands)
    whole = Trial(t.point, t.point.operands("integers", [np.dtype(np.int64)] * count))
    exact = Trial(t.point, [np.asarray(x).astype(np.float64)[()] for x in whole.operands])
    if all(dtype.kind in "iu" for _, dtype in spaces(whole.f(*exact.x))):
        return
    tangent, cotangent = whole.push(whole.x, exact.u), whole.pull(whole.x, exact.g)
    yield is_true("form of the tangent", spaces(tangent) == spaces(exact.tangent))
    yield is_true("form of the cotangent", spaces(cotangent) == spaces(exact.x))
    yield near("tangent", tangent, exact.tangent, exact.rounding(tangent))
    yield near("cotangent", cotangent, exact.cotangent, exact.rounding(cotangent))


def numbers_are_arrays_without_axes(t: Trial) -> Gaps:
    """Python's numbers give what arrays of shape () give."""
    plain = Trial(t.point, [np.asarray(x).item() for x in t.operands])
    arrays = Trial(t.point, [np.asarray(x) for x in t.operands])
    for trial in (plain, arrays):
        yield near("tangent", trial.push(trial.x, t.u), t.tangent, t.rounding(t.tangent))
        yield near("cotangent", trial.pull(trial.x, t.g), t.cotangent, t.rounding(t.cotangent))
        second = kept(t, reverse_over_reverse)
        yield near("reverse over reverse", reverse_over_reverse(trial), second, t.rounding(second))


def what_was_lent_is_left_alone(t: Trial) -> Gaps:
    """Operands, tangents and cotangents keep their bits; writing into a result changes no other."""
    lent = (t.operands, t.u, t.g)
    before = bits(lent)
    t.f(*t.x)
    tangent = t.push(t.x, t.u)
    out, pullback = vjp(t.f, *t.x)
    first = pullback(t.g)
    kept = [np.array(part) for _, part in tree.leaves((tangent, first))]
    yield is_true("bits of what was lent", bits(lent) == before)
    results = [part for _, part in tree.leaves((out, tangent, first)) if isinstance(part, np.ndarray)]
    borrowed = [part for _, part in tree.leaves(lent) if isinstance(part, np.ndarray)]
    yield is_true(
        "results apart from what was lent",
        not any(np.shares_memory(a, b) for a in results for b in borrowed),
    )
    yield is_true("results apart", not any(np.shares_memory(a, b) for a, b in combinations(results, 2)))
    for part in results:
        part[...] = np.nan
    again = pullback(t.g)
    others = [part for _, part in tree.leaves(again) if isinstance(part, np.ndarray)]
    yield is_true(
        "results of two calls apart", not any(np.shares_memory(a, b) for a in results for b in others)
    )
    yield near("pullback after its results were overwritten", again, kept[len(kept) - len(first) :], 0.0)


# -- discrete results ---------------------------------------------------------


def a_discrete_result_is_plain_or_recorded(t: Trial) -> Gaps:
    """While differentiating it is the plain result; in a graph it is a node, computed again at replay."""
    plain = t.f(*t.x)
    seen: list[Any] = []

    def watched(*x: Any) -> Any:
        seen.append(t.f(*x))
        return x[0]

    vjp(watched, *t.x)
    jvp(watched, t.x, t.u)
    for mode, out in zip(("reverse", "forward"), seen, strict=True):
        yield is_true(f"plain, {mode}", not isinstance(out, Array))
        yield is_true(f"bits, {mode}", same(out, plain))
    recorded = graph(t.f, *t.x)
    parts = recorded.outputs if isinstance(recorded.outputs, tuple) else (recorded.outputs,)
    yield is_true("recorded", all(isinstance(part, Expression) for part in parts))
    yield is_true("bits, graph", same([innermost(part) for part in parts], [plain]))
    others = t.point.operands("elsewhere")
    replayed = BoundFunction(recorded.inputs, recorded.outputs)(*[others[i] for i in t.point.traced])
    yield is_true("bits, replay", same(replayed, t.f(*[others[i] for i in t.point.traced])))
