"""A subject, its traced operands, random vectors, and first derivatives: computed once and kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, cast

import numpy as np

from linad.check.differences import Differences, along
from linad.check.domains import Array, tangent
from linad.check.points import Point
from linad.check.subject import Subject
from linad.check.vectors import coarsest
from linad.core import tree
from linad.core.transforms import jvp, vjp

DECISIVE = 1e-4
NARROW = (np.dtype(np.float32), np.dtype(np.complex64))


def size(*values: Any) -> float:
    """The largest absolute value in arrays and containers of them."""
    return max(
        (float(np.max(np.abs(part), initial=0)) for value in values for _, part in tree.leaves(value)),
        default=0.0,
    )


def distance(a: Any, b: Any) -> float:
    """The largest difference between arrays, or containers of them; infinite where shapes differ."""
    pairs = list(zip(tree.leaves(a), tree.leaves(b), strict=False))
    if len(pairs) != len(list(tree.leaves(a))) or len(pairs) != len(list(tree.leaves(b))):
        return np.inf
    worst = 0.0
    for (_, x), (_, y) in pairs:
        if np.shape(x) != np.shape(y):
            return np.inf
        with np.errstate(invalid="ignore"):  # infinity less infinity
            worst = float(np.maximum(worst, np.max(np.abs(np.subtract(x, y)), initial=0)))  # NaN stays
    return worst


def inner(a: Any, b: Any) -> tuple[float, float]:
    """Re<a, b> over all leaves, and the sum of the sizes of its terms."""
    total = terms = 0.0
    for (_, x), (_, y) in zip(tree.leaves(a), tree.leaves(b), strict=True):
        with np.errstate(invalid="ignore"):  # zero times infinity
            product = np.conj(np.asarray(x, complex)) * y
        total += float(np.sum(product.real))
        terms += float(np.sum(np.abs(product)))
    return total, terms


@dataclass(frozen=True, slots=True, eq=False)
class Direction:
    """A tangent of the traced operands, and what to call it: the entry that it moves, if it moves one."""

    name: str
    tangent: tuple[Array, ...]


class Trial:
    """A subject as a function of its traced operands.

    Where it leaves phases or signs open, the function gives what does not depend on them; a ``bare`` trial gives the
    results themselves, and cotangents that do not depend on the choice.
    """

    def __init__(self, subject: Subject, operands: Sequence[Array] | None = None, bare: bool = False) -> None:
        self.subject = subject
        self.invariants = None if bare else subject.invariants
        self.operands = list(subject.operands() if operands is None else operands)
        self.x = tuple(self.operands[i] for i in subject.traced)

    @property
    def point(self) -> Point:
        """The subject, in laws that speak of declared operations alone."""
        return cast(Point, self.subject)

    def f(self, *x: Any) -> Any:
        """The function at other values of the traced operands."""
        operands = list(self.operands)
        for i, value in zip(self.subject.traced, x, strict=True):
            operands[i] = value
        out = self.subject.call(operands)
        return out if self.invariants is None else self.invariants(*out)

    @cached_property
    def bare(self) -> Trial:
        """The same trial of the results themselves."""
        if self.invariants is None:
            return self
        bare = Trial(self.subject, self.operands, bare=True)
        bare.__dict__["u"] = self.u
        value = tuple(bare.value)
        g = self.g
        bare.__dict__["g"] = tuple(vjp(self.invariants, *value)[1](g))
        return bare

    # -- scale ----------------------------------------------------------------

    @cached_property
    def eps(self) -> float:
        """The rounding unit of the coarsest dtype that occurs."""
        return coarsest((self.operands, self.value))

    @cached_property
    def terms(self) -> int:
        """How many terms a sum within the operation may have: the entries along all axes together."""
        return 1 + sum(sum(np.shape(x)) for x in self.operands)

    def rounding(self, *values: Any, multiple: float = 4.0) -> float:
        """The bound of rounding in sums of ``terms`` numbers of the size of the values.

        Members of domains are of order one, and so are the intermediate numbers of a rule: hence 1 + size.
        """
        return multiple * self.terms * self.eps * (1 + size(*values))

    @cached_property
    def narrow(self) -> bool:
        """Whether single precision occurs: then derivatives are compared with those in double precision."""
        return any(np.asarray(x).dtype in NARROW for x in self.operands)

    @cached_property
    def wide(self) -> Trial:
        """The same numbers in double precision."""
        operands = [np.asarray(x).astype("D" if np.iscomplexobj(x) else "d")[()] for x in self.operands]
        trial = Trial(self.subject, operands)
        for name in ("u", "v", "w", "g"):
            trial.__dict__[name] = tree.map_leaves(
                lambda _, t: np.asarray(t).astype("D" if np.iscomplexobj(t) else "d")[()], getattr(self, name)
            )
        return trial

    # -- random vectors -------------------------------------------------------

    def _tangents(self, purpose: str) -> tuple[Array, ...]:
        drawn = self.subject.tangents(purpose, self.operands)
        return tuple(drawn[i][()] for i in self.subject.traced)

    @cached_property
    def u(self) -> tuple[Array, ...]:
        """The tangent of the traced operands."""
        return self._tangents("u")

    @cached_property
    def v(self) -> tuple[Array, ...]:
        return self._tangents("v")

    @cached_property
    def w(self) -> tuple[Array, ...]:
        return self._tangents("w")

    @cached_property
    def g(self) -> Any:
        """The cotangent of the output; None for what is discrete in it."""
        rng = self.subject.rng("g")

        def draw(_: str, y: Any) -> Any:
            dtype = np.asarray(y).dtype
            return tangent(np.shape(y), dtype, rng)[()] if dtype.kind in "fc" else None

        return tree.map_leaves(draw, self.value)

    def inside(self, t: Sequence[Array]) -> tuple[Array, ...]:
        """Tangents projected onto the directions that stay inside the domains."""
        parts = zip(self.subject.traced, self.x, t, strict=True)
        return tuple(self.subject.domain(i).along(x, part) for i, x, part in parts)

    # -- values and first derivatives, along u and g --------------------------

    @cached_property
    def value(self) -> Any:
        return self.f(*self.x)

    def push(self, x: Sequence[Any], t: Sequence[Any]) -> Any:
        """The tangent of the output."""
        return jvp(self.f, tuple(x), tuple(t))[1]

    def pull(self, x: Sequence[Any], g: Any) -> tuple[Any, ...]:
        """The cotangents of the traced operands."""
        return tuple(vjp(self.f, *x)[1](g))

    @cached_property
    def tangent(self) -> Any:
        return self.push(self.x, self.u)

    @cached_property
    def cotangent(self) -> tuple[Any, ...]:
        return self.pull(self.x, self.g)

    def along(self, function: Any, t: Sequence[Array]) -> Differences:
        """The derivative of a function of the traced operands along a tangent, projected, by differences."""
        curves = [self.subject.domain(i).retract for i in self.subject.traced]
        return along(function, self.x, self.inside(t), curves, watch=self.watches)

    @cached_property
    def differences(self) -> Differences:
        """The tangent along u by differences of the value."""
        return self.along(self.f, self.u)

    # -- along directions: u here, many for a user's function ------------------

    leftover = 0.0  # the rounding of larger numbers that a derivative may have cancelled from
    watches = False  # whether differences look for kinks and jumps: domains of operations have none
    records_graphs = True  # whether the value is also that of an explicit graph
    resolution = DECISIVE  # the bound, relative to 1 + size, above which a difference decides nothing

    @property
    def coarse(self) -> float:
        """The same for differences of derivatives."""
        return max(DECISIVE, self.resolution)

    @cached_property
    def directions(self) -> list[Direction]:
        return [Direction("", self.u)]

    def tangent_along(self, direction: Direction) -> Any:
        return self.tangent

    def differences_along(self, direction: Direction) -> Differences:
        return self.differences

    def units(self, direction: Direction) -> Any:
        """What the numbers of a tangent along a direction are multiplied by before they are shown."""
        return 1.0

    @cached_property
    def probes(self) -> list[Any]:
        """The cotangents that are tried on differences."""
        return [self.g]

    def units_of_probes(self, direction: Direction) -> Any:
        return 1.0

    @cached_property
    def tangent_differences(self) -> Differences:
        """The derivative along v of the tangent along u, by differences."""
        return self.along(lambda *x: self.push(x, self.u), self.v)

    @cached_property
    def cotangent_differences(self) -> Differences:
        """The derivative along u of the cotangent, by differences."""
        return self.along(lambda *x: self.pull(x, self.g), self.u)


@lru_cache(maxsize=64)
def trial(point: Point) -> Trial:
    """The trial of a point; laws that follow one another on the same points share it."""
    return Trial(point)
