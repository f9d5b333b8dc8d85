"""How a function of scipy.special is declared: by its name there, and a derivative for each argument.

A derivative is a function of all arguments and the result, as in :mod:`linad.core.kinds.elementwise`. A sentence in
its place names an argument that has no rule: a traced array there is refused by it. Arguments without a rule are
parameters of the primitive, where they stand first; laws try the function at the values of them that ``at`` lists.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import scipy.special

from linad.core.kinds import Sample, elementwise
from linad.errors import NoRuleError

Function = Callable[..., Any]
Slope = Function | str

# Empty arrays have a test of their own: two hundred declarations share these.
_SHAPES: dict[int, tuple[tuple[tuple[int, ...], ...], ...]] = {
    1: (((),), ((2, 3),)),
    2: (((), ()), ((2, 1), (3,))),
    3: (((), (), ()), ((2, 1), (3,), ())),
    4: (((), (), (), ()), ((2, 1), (3,), (), ())),
}


def refusal(name: str, argument: str) -> Function:
    """The derivative that is not known."""

    def refuse(*_: Any) -> Any:
        raise NoRuleError(
            f"scipy.special.{name}",
            f"linad has no derivative with respect to {argument}.",
            "If it is constant here, pass linad.value(x).",
        )

    return refuse


def function(
    name: str,
    *slopes: Slope,
    numeric: Function | None = None,
    domain: tuple[str, ...] = (),
    at: tuple[tuple[Any, ...], ...] = ((),),
    dtypes: str = "f",
    tried: bool = True,
    **declared: Any,
) -> Function:
    """Declare a function of scipy.special; by default real ones only, with SciPy's own numbers.

    ``domain`` is that of the arguments with a rule. ``tried`` is False where SciPy's values have too
    few digits for laws.
    """
    refused = [i for i, slope in enumerate(slopes) if isinstance(slope, str)]
    order = refused + [i for i in range(len(slopes)) if i not in refused]
    place = sorted(range(len(slopes)), key=order.__getitem__)  # of each argument among the primitive's
    ufunc = getattr(scipy.special, name) if numeric is None else numeric
    shapes = _SHAPES[len(slopes) - len(refused)]
    samples = tuple(
        Sample(shapes[k % len(shapes)], at[k % len(at)], "-".join(map(str, (*at[k % len(at)], k))))
        for k in range(max(len(shapes), len(at)))
    )
    in_order = order == sorted(order)
    rules = [refusal(name, slope) if isinstance(slope, str) else slope for slope in slopes]
    call = elementwise(
        f"special.{name}",
        ufunc if in_order else _rearranged(ufunc, place),
        *[rules[i] if in_order else _rearranged(rules[i], [*place, len(place)]) for i in order],
        first=len(refused),
        domain=domain,
        samples=samples if tried else (),
        untried="" if tried else "SciPy's values have too few digits for laws",
        dtypes=dtypes,
        **declared,
    )
    if in_order:
        return call
    arranged = _rearranged(call, order)
    arranged.primitive = call.primitive  # type: ignore[attr-defined]  # functions of primitives carry them
    return arranged


def _rearranged(f: Function, places: list[int]) -> Function:
    """The function of its arguments in another order."""

    def g(*args: Any) -> Any:
        return f(*[args[i] for i in places])

    return g


def output(ufunc: Function, i: int) -> Function:
    """One of the results of a function that has several."""

    def numeric(*args: Any) -> Any:
        return ufunc(*args)[i]

    return numeric


def together(*parts: Function) -> Function:
    """A function of several results from those of each."""

    def every(*args: Any) -> tuple[Any, ...]:
        return tuple([part(*args) for part in parts])

    return every
