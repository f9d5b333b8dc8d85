"""Laws of second and third derivatives.

With h(x) = Re<g, f(x)>: forward over forward gives the second derivative of f along u and v; the other
three compositions all give H u, the Hessian of h times u. They are compared with differences of the first
order, and with one another.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from linad.check.finding import Gap, Gaps, near, near_differences
from linad.check.trial import Trial, inner
from linad.check.vectors import flat
from linad.core.transforms import jvp, vjp


def forward_over_forward(t: Trial) -> Any:
    return jvp(lambda *x: t.push(x, t.u), t.x, t.v)[1]


def forward_over_reverse(t: Trial) -> tuple[Any, ...]:
    return tuple(jvp(lambda *x: t.pull(x, t.g), t.x, t.u)[1])


def reverse_over_forward(t: Trial, x: Sequence[Any] | None = None) -> tuple[Any, ...]:
    return tuple(vjp(lambda *x: t.push(x, t.u), *(t.x if x is None else x))[1](t.g))


def reverse_over_reverse(t: Trial) -> tuple[Any, ...]:
    return tuple(vjp(lambda *x: t.pull(x, t.g), *t.x)[1](t.u))


def kept(t: Trial, composition: Callable[[Trial], Any]) -> Any:
    """What a composition gives at a trial, computed once for all laws that are tried there."""
    name = composition.__name__
    if name not in t.__dict__:
        t.__dict__[name] = composition(t)
    return t.__dict__[name]


def _hessian_product(t: Trial, product: Any, other: tuple[str, Any]) -> Gaps:
    rounding = t.rounding(product, t.cotangent)
    if t.narrow:
        yield near("in double precision", product, kept(t.wide, forward_over_reverse), rounding)
    else:
        yield near_differences(
            "differences", flat(product), t.cotangent_differences, rounding, resolution=t.coarse
        )
    name, twin = other
    yield near(name, product, twin, rounding)


def forward_over_forward_is_right(t: Trial) -> Gaps:
    """Also Re<g, D2 f(u, v)> = Re<H u, v>, with H u from forward over reverse."""
    second = kept(t, forward_over_forward)
    if t.narrow:
        wide = kept(t.wide, forward_over_forward)
        yield near("in double precision", second, wide, t.rounding(second, t.tangent))
    else:
        rounding = t.rounding(second, t.tangent)
        yield near_differences(
            "differences", flat(second), t.tangent_differences, rounding, resolution=t.coarse
        )
    left, terms = inner(t.g, second)
    right, others = inner(kept(t, forward_over_reverse), t.v)
    yield Gap(
        "Re<g, D2 f(u, v)> - Re<H u, v>",
        abs(left - right),
        t.rounding(terms + others, t.tangent, t.cotangent),
    )


def forward_over_reverse_is_right(t: Trial) -> Gaps:
    product = kept(t, forward_over_reverse)
    return _hessian_product(t, product, ("reverse over reverse", kept(t, reverse_over_reverse)))


def reverse_over_forward_is_right(t: Trial) -> Gaps:
    product = kept(t, reverse_over_forward)
    return _hessian_product(t, product, ("forward over reverse", kept(t, forward_over_reverse)))


def reverse_over_reverse_is_right(t: Trial) -> Gaps:
    product = kept(t, reverse_over_reverse)
    return _hessian_product(t, product, ("reverse over forward", kept(t, reverse_over_forward)))


def third_order_is_right(t: Trial) -> Gaps:
    """Forward over reverse over forward: the derivative of H u along w."""
    third = tuple(jvp(lambda *x: reverse_over_forward(t, x), t.x, t.w)[1])
    differences = t.along(lambda *x: reverse_over_forward(t, x), t.w)
    rounding = t.rounding(third, kept(t, forward_over_reverse), t.cotangent)
    yield near_differences("differences", flat(third), differences, rounding, resolution=t.coarse)
