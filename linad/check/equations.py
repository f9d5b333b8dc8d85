"""Laws of what is defined by an equation, and of batches."""

from __future__ import annotations

from functools import cache
from itertools import product
from typing import Any

import numpy as np

from linad.check.design import covering
from linad.check.finding import Gaps, is_true, near
from linad.check.points import Point
from linad.check.trial import Trial, size
from linad.core.graph import graph
from linad.core.primitive import Primitive
from linad.core.traced import innermost
from linad.core.transforms import jvp

# Operations on matrices in the last two axes that no equation defines.
PRODUCTS = ("matmul", "tril", "triu")


def rule_of(primitive: Primitive) -> Any:
    """The rule of a composition; it is made when a derivative first asks for it."""
    if primitive.rule is None:
        t = Trial(next(covering(primitive)))
        t.pull(t.x, t.g)
        t.push(t.x, t.u)
    return primitive.rule


def _arguments(t: Trial) -> list[Any]:
    """What the primitive itself is called with at a trial, aids included."""
    nodes = graph(t.bare.f, *t.x).nodes
    call = next(node for node in nodes if node.primitive is t.point.primitive)
    return [innermost(a) for a in call.args]


def _outputs(out: Any) -> tuple[Any, ...]:
    return out if isinstance(out, tuple) else (out,)


# -- the linearised equation --------------------------------------------------


def the_tangent_solves_the_linearised_equation(t: Trial) -> Gaps:
    """The residual of the defining equation has derivative zero along (dX, dY).

    Output entries that no input moves have tangents, and unread entries cotangents, exactly zero.
    """
    t = t.bare
    primitive = t.point.primitive
    args = _arguments(t)
    count = len(t.x)

    def residual(*values: Any) -> Any:
        return tuple(rule_of(primitive).residual([*values[:count], *args[count:]], values[count:]))

    outputs, tangents = _outputs(t.value), _outputs(t.tangent)
    change = jvp(residual, (*t.x, *outputs), (*t.inside(t.u), *tangents))[1]
    scale = (1 + size(t.x)) * (1 + size(outputs)) * (1 + size(t.tangent))  # of the products in the residual
    yield near("derivative of the residual", change, tuple(0 * c for c in change), t.rounding(scale))
    yield near("residual", residual(*t.x, *outputs), tuple(0 * c for c in change), t.rounding(scale))
    elsewhere = [
        Trial(t.point, t.point.operands(purpose), bare=True) for purpose in ("elsewhere", "yet elsewhere")
    ]
    for i, (y, dy) in enumerate(zip(outputs, tangents, strict=True)):
        fixed = np.logical_and.reduce([_outputs(other.value)[i] == y for other in elsewhere])
        yield is_true(f"entries of output {i} that nothing moves", not np.any(np.asarray(dy)[fixed]))
    for i, (x, gx) in enumerate(zip(t.x, t.cotangent, strict=True)):
        unread = ~_read_entries(t, i)
        yield is_true(f"entries of operand {i} that are not read", not np.any(np.asarray(gx)[unread]))
        yield is_true(f"shape of operand {i}", np.shape(x) == np.shape(gx))


def _read_entries(t: Trial, i: int) -> Any:
    """Which entries of an operand change the value when they change, with what moves with them in the domain."""
    read = np.zeros(np.shape(t.x[i]), bool)
    domain = t.point.domain(t.point.traced[i])
    for where in np.ndindex(read.shape):
        step = np.zeros_like(t.x[i])
        step[where] = 0.25 + 0.125j if np.iscomplexobj(step) else 0.25  # of some only one part is read
        x = domain.retract(t.x[i], domain.along(t.x[i], step))
        moved = _outputs(t.f(*t.x[:i], x, *t.x[i + 1 :]))
        read[where] = any(np.any(a != b) for a, b in zip(moved, _outputs(t.value), strict=True))
    return read


# -- program and kernel -------------------------------------------------------


def _masks(count: int) -> list[tuple[bool, ...]]:
    return [mask for mask in product((True, False), repeat=count) if any(mask)]


@cache
def has_kernel(primitive: Primitive) -> bool:
    """Whether a composition's rule has a numeric kernel for some choice of cotangents."""
    outputs, inputs = _masks(primitive.outputs or 1), _masks(primitive.last or 1)
    rule = rule_of(primitive)
    return any(rule.kernel(present, wanted) is not None for present in outputs for wanted in inputs)


def the_kernel_agrees_with_the_program(t: Trial) -> Gaps:
    t = t.bare
    rule = rule_of(t.point.primitive)
    args, outputs, given = _arguments(t), _outputs(t.value), _outputs(t.g)
    for present in _masks(len(outputs)):
        g = [c if there else None for c, there in zip(given, present, strict=True)]
        for wanted in _masks(len(t.x)):
            kernel = rule.kernel(present, wanted)
            if kernel is None:
                continue
            fast = kernel(args, outputs, g)
            if fast is None:  # it declines
                continue
            slow = rule.cotangent(present, wanted)(args, outputs, g)
            pairs = [(a, b) for a, b, want in zip(fast, slow, wanted, strict=True) if want]
            numbers = [b for _, b in pairs]
            yield near(f"{present} to {wanted}", [a for a, _ in pairs], numbers, t.rounding(numbers))


# -- batches ------------------------------------------------------------------


def acts_on_matrices(primitive: Primitive) -> bool:
    """Compositions do, on the last two axes of every operand: it is the form their doors give them."""
    return primitive.kind in ("composition", "door") or primitive.name in PRODUCTS


def has_batch(point: Point) -> bool:
    leading = [len(shape) - own for shape, own in zip(point.sample.shapes, _own_axes(point), strict=True)]
    return all(n >= 0 for n in leading) and any(leading) and point.whole


def _own_axes(point: Point) -> tuple[int, ...]:
    """How many last axes of each operand are one element's."""
    return point.sample.axes or (2,) * len(point.sample.shapes)


def a_batch_is_a_loop(t: Trial) -> Gaps:
    """What a matrix that serves several of the batch receives is the sum of what the loop gives it."""
    batches = [np.shape(x)[: np.ndim(x) - own] for x, own in zip(t.x, _own_axes(t.point), strict=True)]
    whole = np.broadcast_shapes(*batches)
    tangent, value = _outputs(t.tangent), _outputs(t.value)
    total = [np.zeros_like(x) for x in t.cotangent]
    for where in np.ndindex(whole):
        own = [_own(where, batch) for batch in batches]
        single = Trial(t.point, [x[i] for x, i in zip(t.x, own, strict=True)])
        y = _outputs(single.value)
        yield near(f"value {where}", [a[where] for a in value], y, t.rounding(y))
        dy = _outputs(single.push(single.x, [u[i] for u, i in zip(t.u, own, strict=True)]))
        yield near(f"tangent {where}", [a[where] for a in tangent], dy, t.rounding(dy))
        parts = [None if g is None else g[where] for g in _outputs(t.g)]
        cotangent = single.pull(single.x, tuple(parts) if isinstance(t.g, tuple) else parts[0])
        for sum_of_parts, part, i in zip(total, cotangent, own, strict=True):
            sum_of_parts[i] += part
    yield near("cotangent", t.cotangent, tuple(total), t.rounding(total))


def _own(where: tuple[int, ...], batch: tuple[int, ...]) -> tuple[int, ...]:
    """The place of an element of the whole batch in one operand's, which broadcasts."""
    lead = len(where) - len(batch)
    return tuple(0 if n == 1 else i for i, n in zip(where[lead:], batch, strict=True))
