"""Distributions of one variable: rows of formulas, and what SciPy does around them.

Outside the support         densities 0, distribution functions 0 or 1, with the derivative 0
Parameters that are none    NaN, value and derivatives
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from inspect import Signature
from typing import Any

import linad.numpy as np
from linad.core.traced import Array
from linad.core.transforms import jvp
from linad.errors import NoRuleError
from linad.stats.mirrored import Mirrored, everywhere, refuse
from linad.stats.pieces import log_of

Function = Callable[..., Any]

_INFINITY = float("inf")
# Below the support and above it.
_OUTSIDE = {
    "pdf": (0.0, 0.0),
    "logpdf": (-_INFINITY, -_INFINITY),
    "pmf": (0.0, 0.0),
    "logpmf": (-_INFINITY, -_INFINITY),
    "cdf": (0.0, 1.0),
    "sf": (1.0, 0.0),
    "logcdf": (-_INFINITY, 0.0),
    "logsf": (0.0, -_INFINITY),
}


def all_of(*conditions: Any) -> Any:
    """The conjunction, an array."""
    total = np.asarray(True)
    for condition in conditions:
        total = np.logical_and(total, condition)
    return total


def undefined(valid: Any, fill: Any, *arguments: Any) -> Any:
    """The fill where parameters are valid; elsewhere NaN, with NaN for the derivative in every argument."""
    if everywhere(valid):
        return fill
    total, poison = np.where(valid, fill, np.nan), np.where(valid, 0.0, np.nan)
    for x in arguments:
        total = total + poison * np.where(valid, 0.0, x)
    return total


class Univariate(Mirrored):
    """A distribution of one variable; ``density`` is "pdf" or "pmf", which has a formula, or its logarithm has."""

    density = ""

    def __init__(self, original: Any, signature: Signature, formulas: dict[str, Function]) -> None:
        super().__init__(original, original.name, signature)
        cdf, sf = formulas["cdf"], formulas["sf"]
        self.formulas = {
            self.density: lambda *args: np.exp(formulas[f"log{self.density}"](*args)),
            "logcdf": lambda *args: log_of(cdf(*args), lambda: sf(*args)),
            "logsf": lambda *args: log_of(sf(*args), lambda: cdf(*args)),
            **formulas,
        }

    def formula(self, method: str, x: Any, *shapes: Any) -> Any:
        """The formula, whose ends may be infinite; what has no derivative in a shape that is traced is refused."""
        for i, (label, shape) in enumerate(zip(self.signature.parameters, shapes, strict=False)):
            if isinstance(shape, Array) and (missing := _without_rule(self, method, i, len(shapes))):
                refuse(
                    f"{self.name}.{method}",
                    f"linad has no derivative with respect to {label}, for want of that of {missing}.",
                    f"If it is constant here, pass linad.value({label}).",
                )
        with np.errstate(divide="ignore", over="ignore"):
            return self.formulas[method](x, *shapes)

    def outside(self, method: str, below: Any, valid: Any, *arguments: Any) -> Any:
        """What stands outside the support, and where parameters are not valid."""
        return undefined(valid, np.where(below, *_OUTSIDE[method]), *arguments)


@cache
def _without_rule(distribution: Univariate, method: str, i: int, count: int) -> str:
    """The function that lacks a derivative in a shape, found by trying once; empty where there is none."""
    x, half = np.float64(0.25), np.float64(0.5)
    shapes = [half] * count
    try:
        jvp(lambda s: distribution.formulas[method](x, *shapes[:i], s, *shapes[i + 1 :]), (half,), (1.0,))
    except NoRuleError as error:
        return str(error.args[0])
    return ""
