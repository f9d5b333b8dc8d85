"""The laws of operations, tried on those that users make of equations and kernels (:func:`linad.derive.operation`).

Arguments are drawn to solve the equations: random members of the structures, brought to a point where these hold. Where
the kernel wants others, its declaration names a domain.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from time import perf_counter
from typing import Any

import numpy as np

from linad.check.domains import DOMAINS, Array, Domain
from linad.check.laws import chosen
from linad.check.points import LAYOUTS, Point
from linad.check.report import Report
from linad.check.run import Choice
from linad.check.specs import parse_domain
from linad.check.structures import domain_of
from linad.check.trial import NARROW
from linad.core.primitive import Primitive
from linad.derive.bases import matrix
from linad.derive.own_samples import sizes_by_label
from linad.derive.rule import Rule
from linad.derive.search import point
from linad.errors import ArgumentError, DerivationError, OptionError

_GOOD = 20.0  # condition numbers at which laws of rounding are tried
_ATTEMPTS = 5


def check_operation(
    operation: Callable[..., Any],
    points: str = "covering",
    seed: int = 0,
    *,
    labels: Iterable[str] = (),
    laws: Iterable[str] = (),
    order: int | None = None,
    fail_fast: bool = False,
    target: str = "",
) -> Report:
    """Try every law on an operation made by :func:`linad.derive.operation`.

    Parameters
    ----------
    operation
        What that call returned.
    points, seed, labels, laws, order, fail_fast
        As for :func:`linad.check.check`.
    target
        The name by which ``linad check`` finds the operation, for the commands in the report.

    Examples
    --------
    >>> import numpy as np
    >>> from linad.check import check_operation
    >>> from linad.derive import operation
    >>> inverse = operation({"A": "n n"}, {"X": "n n"}, "A @ X = I", np.linalg.inv)
    >>> check_operation(inverse, laws=["equation", "adjoint"]).holds
    True
    """
    if not is_own(operation):
        raise ArgumentError(
            "check_operation",
            "it tries what linad.derive.operation returned.",
            "A function with its arguments: check_gradients(f, *args).",
        )
    primitive: Primitive = operation.primitive  # type: ignore[attr-defined]  # asked before
    rule: Rule = operation.rule  # type: ignore[attr-defined]
    _require_traceable(rule)
    begin = perf_counter()
    choice = _OwnChoice(points, seed, tuple(labels), tuple(laws), order, fail_fast, rule, target)
    if not chosen(choice.laws, order):
        raise OptionError(rule.name, f"no law matches {', '.join(choice.laws)} up to order {order or 3}.")
    for label in choice.labels:
        if not replace(choice, labels=(label,)).points(primitive):
            raise OptionError(
                rule.name, f"no point matches {label!r}; every point has its label in the report."
            )
    tried = choice.points(primitive)
    _require_invariants(rule, tried)
    found = choice.findings(primitive)
    return Report((primitive,), (), tuple(tried), tuple(found), perf_counter() - begin)


def is_own(function: Any) -> bool:
    """Whether a function was made by :func:`linad.derive.operation`."""
    return isinstance(getattr(function, "rule", None), Rule) and isinstance(
        getattr(function, "primitive", None), Primitive
    )


def _require_traceable(rule: Rule) -> None:
    for symbol in rule.inputs:
        if symbol.structure.fixed:
            raise OptionError(
                rule.name,
                f"its input {symbol.name} is discrete, and all inputs are traced here.",
                "Try it at arguments of your own: check_gradients(f, *args).",
            )


def _require_invariants(rule: Rule, points: Sequence[Point]) -> None:
    single = [at for at in points if at.dtype == "complex128" and at.sample.label in sizes_by_label(rule)]
    if single and single[0].invariants is None and (left := _open(rule, single[0])):
        raise OptionError(
            rule.name,
            f"the equations leave open {', '.join(left)}, on which laws of values would stumble.",
            "Declare what does not depend on it: invariants=lambda V, w: (abs(V) ** 2, w).",
            'Or real matrices alone, if it is a phase: dtypes="f".',
        )


def _open(rule: Rule, at: Point) -> tuple[str, ...]:
    """What the equations leave open of complex matrices; where no rule is derived, the outputs that move."""
    try:
        return rule.gauge
    except DerivationError:
        operands = at.operands()
        found = at.call(operands)
        arrays = [*operands, *(found if isinstance(found, tuple) else (found,))]
        symbols = (*rule.inputs, *rule.outputs)
        values = {s.name: matrix(s, np.asarray(x)) for s, x in zip(symbols, arrays, strict=True)}
        moving = rule.oracle(values).gauge
        return tuple(sorted({f"directions of {name}" for direction in moving for name in direction}))


@dataclass(frozen=True)
class _OwnChoice(Choice):
    """A choice whose points draw arguments that solve the equations."""

    rule: Any = None
    target: str = ""

    def points(self, primitive: Primitive) -> list[Point]:
        """Those whose arguments can be drawn: not all letters can have all sizes, nor all fields a solution."""
        every = [
            OwnPoint(**{f.name: getattr(at, f.name) for f in fields(at)}, rule=self.rule, named=self.target)
            for at in Choice.points(self, primitive)
        ]
        drawn = [at for at in every if at.can_be_drawn]
        if every and not drawn:
            every[0].operands()  # raises
        return [*drawn]


@dataclass(frozen=True, eq=False)
class OwnPoint(Point):
    """A point of a user's operation."""

    rule: Any = None
    named: str = ""

    @property
    def target(self) -> str:
        return self.named or self.primitive.name

    def domain(self, i: int) -> Domain:
        name = self.primitive.domain[i]
        return _named(name) if name else domain_of(self.rule.inputs[i])

    def operands(self, purpose: str = "point", dtypes: Iterable[np.dtype[Any]] = ()) -> list[Array]:
        result = []
        rng = self.rng(purpose)
        seed = int(rng.integers(2**31))
        for i, (shape, dtype) in enumerate(zip(self.sample.shapes, list(dtypes) or self.dtypes, strict=True)):
            if dtype.kind in "fc" and not self.primitive.domain[i]:
                drawn = self._solving(i, dtype.kind == "c", seed)
            else:
                domain = self.domain(i)
                draw = {"f": domain.real, "c": domain.complex}.get(dtype.kind, domain.integer)
                drawn = draw(shape, rng)
            x = LAYOUTS[self.layout](np.asarray(drawn, dtype))
            result.append(x[()] if self.layout == "c" else x)
        return result

    def tangents(self, purpose: str, operands: Sequence[Array]) -> list[Array]:
        """Anywhere, but of curved domains inside: their functions have second derivatives along these alone."""
        domains = [self.domain(i) for i in range(len(operands))]
        return [
            d if domain.project is None else np.asarray(domain.along(np.asarray(x), d), d.dtype)
            for domain, x, d in zip(domains, operands, Point.tangents(self, purpose, operands), strict=True)
        ]

    @property
    def can_be_drawn(self) -> bool:
        """Whether there are arguments that solve the equations, of these sizes and fields.

        In single precision no matrix is unitary to more than that, and laws compare it with itself in double.
        """
        curved = any(self.domain(i).project for i in range(len(self.sample.shapes)))
        if curved and any(dtype in NARROW for dtype in self.dtypes):
            return False
        try:
            self.operands()
        except DerivationError:
            return False
        return True

    def _solving(self, i: int, is_complex: bool, seed: int) -> Array:
        """An input of points where the equations hold, one for each element of the batch."""
        label, shape, name = self.sample.label, self.sample.shapes[i], self.rule.inputs[i].name
        batch = shape[: len(shape) - self.sample.axes[i]]
        each = [_values(self.rule, is_complex, seed + k, label)[name] for k in range(int(np.prod(batch)))]
        return np.stack(each).reshape(shape)


@lru_cache(maxsize=256)
def _values(rule: Rule, is_complex: bool, seed: int, label: str) -> dict[str, Array]:
    sizes = sizes_by_label(rule)[label.partition("-")[0]]
    for attempt in range(_ATTEMPTS):
        try:
            found = point(rule, is_complex, seed + attempt * 2**31, sizes, _GOOD)
            return found.packed(found.values)
        except DerivationError:
            if attempt == _ATTEMPTS - 1:
                raise
    raise AssertionError("there is an attempt")


@lru_cache(maxsize=256)
def _named(name: str) -> Domain:
    return DOMAINS[name] if name in DOMAINS else parse_domain(name)
