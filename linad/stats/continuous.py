"""Continuous distributions of one variable, from formulas of the standard one, in z = (x - loc) / scale and shapes."""

from __future__ import annotations

from typing import Any

import linad.numpy as np
from linad.stats.mirrored import everywhere, method, number, signature
from linad.stats.univariate import Function, Univariate, all_of, undefined

_INFINITY = float("inf")
REALS = (-_INFINITY, _INFINITY)
POSITIVE = (0.0, _INFINITY)
UNIT = (0.0, 1.0)


class Continuous(Univariate):
    """A continuous distribution. Shapes are positive; of ``closed`` supports the finite ends have a density."""

    density = "pdf"
    pdf = method("pdf", "x")
    logpdf = method("logpdf", "x")
    cdf = method("cdf", "x")
    sf = method("sf", "x")
    logcdf = method("logcdf", "x")
    logsf = method("logsf", "x")
    ppf = method("ppf", "q")
    isf = method("isf", "q")

    def __init__(
        self,
        original: Any,
        shapes: str = "",
        *,
        support: tuple[float, float],
        closed: bool = True,
        **formulas: Function,
    ) -> None:
        super().__init__(original, signature(shapes, loc=0, scale=1), formulas)
        self.ends, self.closed = support, closed

    def traced(self, method: str, x: Any, parameters: dict[str, Any]) -> Any:
        name = f"{self.name}.{method}"
        x, *given = (number(y, name) for y in (x, *parameters.values()))
        return (self._quantile if method in ("ppf", "isf") else self._at)(method, x, *given)

    def _at(self, method: str, x: Any, *parameters: Any) -> Any:
        """A function of x."""
        *shapes, loc, scale = parameters
        z = (x - loc) / scale
        valid = all_of(*[shape > 0 for shape in (*shapes, scale)])
        good = all_of(valid, self._inside(z, self.closed and method in ("pdf", "logpdf")))
        if everywhere(good):
            return self._value(method, z, shapes, scale)
        outside = self.outside(method, z <= self.ends[0], all_of(valid, z == z), x, *parameters)
        x, loc, scale = np.where(good, x, 0.5), np.where(good, loc, 0.0), np.where(good, scale, 1.0)
        shapes = [np.where(shape > 0, shape, 1.0) for shape in shapes]
        return np.where(good, self._value(method, (x - loc) / scale, shapes, scale), outside)

    def _value(self, method: str, z: Any, shapes: list[Any], scale: Any) -> Any:
        y = self.formula(method, z, *shapes)
        if method == "pdf":
            return y / scale
        return y - np.log(scale) if method == "logpdf" else y

    def _inside(self, z: Any, closed: bool) -> Any:
        """Whether z is finite and in the support, to which its ends belong where it is closed."""
        low, high = self.ends
        if self.ends == REALS:
            return np.isfinite(z)
        below = z <= high if closed and high < _INFINITY else z < high
        return np.logical_and(z >= low if closed else z > low, below)

    def _quantile(self, method: str, q: Any, *parameters: Any) -> Any:
        """An inverse. Ends that are infinite stand beside the formula, with an infinite derivative in q."""
        *shapes, loc, scale = parameters
        valid = all_of(*[shape > 0 for shape in (*shapes, scale)], loc == loc, q >= 0, q <= 1)
        at = (q == 0, q == 1) if method == "ppf" else (q == 1, q == 0)
        low, high = (np.logical_and(here, np.isinf(end)) for here, end in zip(at, self.ends, strict=True))
        good = all_of(valid, np.logical_not(low), np.logical_not(high))
        if everywhere(good):
            return self.formula(method, q, *shapes) * scale + loc
        p, complement = (q, 1 - q) if method == "ppf" else (1 - q, q)
        with np.errstate(divide="ignore"):
            ends = np.log(np.where(low, p, 1.0)) - np.log(np.where(high, complement, 1.0))
        outside = undefined(valid, ends, q, *parameters)
        shapes = [np.where(shape > 0, shape, 1.0) for shape in shapes]
        y = self.formula(method, np.where(good, q, 0.5), *shapes)
        return np.where(good, y, outside) * np.where(valid, scale, 1.0) + np.where(valid, loc, 0.0)
