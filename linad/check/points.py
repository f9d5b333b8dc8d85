"""Points: an operation at one of its samples, in a dtype and a memory layout, with some operands traced.

Which of them are tried is a matter of design (:mod:`linad.check.design`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Any
from zlib import crc32

import numpy as np

from linad.check.domains import DOMAINS, Array, Domain, Rng, member, tangent
from linad.core.primitive import Primitive, Sample, primitives

# The dtypes of the operands, by turns.
DTYPES = {
    "float64": ("float64",),
    "complex128": ("complex128",),
    "float32": ("float32",),
    "complex64": ("complex64",),
    "float32+float64": ("float32", "float64"),
    "float64+complex128": ("float64", "complex128"),
    "complex128+float64": ("complex128", "float64"),
}
MAIN = ("float64", "complex128")


def _contiguous(x: Array) -> Array:
    return np.ascontiguousarray(x)


def _by_columns(x: Array) -> Array:
    return np.asfortranarray(x)


def _strided(x: Array) -> Array:
    """A view that runs backwards over every second entry of an array filled with NaN, or the largest integer."""
    other = np.nan if x.dtype.kind in "fc" else np.iinfo(x.dtype).max
    base = np.full([2 * n for n in x.shape], other, x.dtype)
    backwards: list[Any] = [slice(None, None, -2)] * x.ndim
    view = base[(*backwards, ...)]
    view[...] = x
    return view


def _read_only(x: Array) -> Array:
    x = x.copy()
    x.flags.writeable = False
    return x


LAYOUTS: dict[str, Callable[[Array], Array]] = {
    "c": _contiguous,
    "fortran": _by_columns,
    "strided": _strided,
    "readonly": _read_only,
}


@dataclass(frozen=True, eq=False)
class Point:
    """Where a law is tried. Equal only to itself, so that what is computed there can be kept."""

    primitive: Primitive
    sample: Sample
    dtype: str = "float64"
    layout: str = "c"
    traced: tuple[int, ...] = ()
    seed: int = 0

    @property
    def class_name(self) -> str:
        return f"{self.dtype}-{self.layout}"

    @property
    def name(self) -> str:
        return f"{self.primitive.name}-{self.label}"

    @property
    def target(self) -> str:
        """What ``linad check`` calls the operation."""
        return self.primitive.name

    @property
    def label(self) -> str:
        """The name among the points of its operation; the command line takes it."""
        some = "" if self.whole else "-operand-" + ",".join(map(str, self.traced))
        return f"{self.sample.name}-{self.class_name}{some}"

    @property
    def whole(self) -> bool:
        """Whether every operand is traced."""
        return len(self.traced) == len(self.sample.shapes)

    def __repr__(self) -> str:
        return self.name

    @property
    def dtypes(self) -> list[np.dtype[Any]]:
        """The dtype of each operand."""
        turns = DTYPES[self.dtype]
        return [np.dtype(turns[i % len(turns)]) for i in range(len(self.sample.shapes))]

    def rng(self, purpose: str) -> Rng:
        """A generator that depends on operation, sample and purpose, not on dtype, layout or other points."""
        key = f"{self.primitive.name}-{self.sample.name}-{purpose}"
        return np.random.default_rng([self.seed, crc32(key.encode())])

    def domain(self, i: int) -> Domain:
        """The domain of an operand."""
        return DOMAINS[self._domain_name(i)]

    def _domain_name(self, i: int) -> str:
        names = self.primitive.domain
        return names[i] if i < len(names) else "real"

    def operands(self, purpose: str = "point", dtypes: Iterable[np.dtype[Any]] = ()) -> list[Array]:
        """Random members of the domains in the dtypes and layout; NumPy's scalars in layout c."""
        rng = self.rng(purpose)
        result = []
        for i, (shape, dtype) in enumerate(zip(self.sample.shapes, list(dtypes) or self.dtypes, strict=True)):
            drawn = member(self._domain_name(i), shape, dtype, rng)
            x = LAYOUTS[self.layout](drawn)
            x = x if x.shape == shape else x.reshape(shape)  # NumPy makes a contiguous number a vector
            result.append(x[()] if self.layout == "c" else x)
        return result

    @property
    def invariants(self) -> Callable[..., tuple[Any, ...]] | None:
        return self.primitive.invariants

    def call(self, operands: Sequence[Any]) -> Any:
        """The operation at operands, plain or traced."""
        first, parameters = self.primitive.first, self.sample.parameters
        return self.primitive.entry(*parameters[:first], *operands, *parameters[first:])

    def tangents(self, purpose: str, operands: Sequence[Array]) -> list[Array]:
        """Random tangents, anywhere: rules make them stay in the domain themselves."""
        rng = self.rng(purpose)
        return [tangent(np.shape(x), np.asarray(x).dtype, rng) for x in operands]

    def only(self, traced: tuple[int, ...]) -> Point:
        """The same point with other operands traced."""
        return replace(self, traced=traced)


def matching(patterns: Iterable[str] = ()) -> list[Primitive]:
    """The registered operations whose names match one of the shell patterns; all without a pattern."""
    chosen = tuple(patterns)
    return [
        primitive
        for name, primitive in sorted(primitives.items())
        if not chosen or any(fnmatchcase(name, pattern) for pattern in chosen)
    ]
