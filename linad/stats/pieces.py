"""Formulas in pieces, each on numbers of its own side, and densities that are products of powers.

power times exponential    y^e exp(r) = exp(e log y + r);  where y = 0 the power itself, right to any order
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import linad.numpy as np
from linad.special import xlog1py, xlogy
from linad.stats.mirrored import everywhere

Function = Callable[..., Any]
# A factor (1 + u)^e or u^e: the exponent, u, and whether 1 is added.
Power = tuple[Any, Any, bool]


def either(condition: Any, first: Function, second: Function, *points: tuple[Any, float, float]) -> Any:
    """first(...) where the condition holds, second(...) elsewhere.

    An argument comes with what stands in its place on the other side: a number where the first function is harmless,
    and one for the second.
    """
    if everywhere(condition):
        return first(*[x for x, _, _ in points])
    if everywhere(np.logical_not(condition)):
        return second(*[x for x, _, _ in points])
    return np.where(
        condition,
        first(*[np.where(condition, x, here) for x, here, _ in points]),
        second(*[np.where(condition, there, x) for x, _, there in points]),
    )


def log_of(p: Any, complement: Callable[[], Any]) -> Any:
    """log(p), by its complement 1 - p where that is the smaller."""
    small = p <= 0.5
    if everywhere(small):
        return np.log(p)
    points = (p, 0.5, 0.5), (complement(), 0.5, 0.5)
    return either(small, lambda p, q: np.log(p), lambda p, q: np.log1p(-q), *points)


def logarithm(power: Power) -> Any:
    """The logarithm of a power."""
    exponent, u, shifted = power
    return (xlog1py if shifted else xlogy)(exponent, u)


def split(power: Power) -> tuple[Any, Any]:
    """A power as the exponential of the first and a factor, which is None where no base is zero."""
    exponent, u, shifted = power
    zero = u == (-1 if shifted else 0)
    if everywhere(np.logical_not(zero)):
        return logarithm(power), None
    base = np.where(zero, 1 + u if shifted else u, 1)
    rest = np.where(zero, 0, exponent), np.where(zero, 0.5, u), shifted
    return logarithm(rest), np.where(zero, base**exponent, 1)


def log_product(powers: Iterable[Power], rest: Any) -> Any:
    """The logarithm of a product of powers and exp(rest)."""
    return sum([logarithm(power) for power in powers], rest)


def product(powers: Iterable[Power], rest: Any) -> Any:
    """A product of powers and exp(rest)."""
    logarithms, factors = zip(*[split(power) for power in powers], strict=True)
    y = np.exp(sum(logarithms, rest))
    for factor in factors:
        y = y if factor is None else y * factor
    return y


def of_powers(name: str, powers: Function, rest: Function) -> dict[str, Any]:
    """The two formulas of a density, ``pdf`` or ``pmf`` by name: itself and its logarithm."""
    return {
        name: lambda *args: product(powers(*args), rest(*args)),
        f"log{name}": lambda *args: log_product(powers(*args), rest(*args)),
    }
