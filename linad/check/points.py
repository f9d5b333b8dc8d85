"""Points: an operation at one of its samples, in a dtype and a memory layout, with some operands traced.

They are generated from the declarations. The covering design tries every sample in float64 and complex128,
and spreads the other dtypes and layouts over the samples so that each occurs with each operation; ``every``
is the full product.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
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
    """A view that runs backwards over every second entry of an array filled with NaN."""
    base = np.full([2 * n for n in x.shape], np.nan, x.dtype)
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
        some = (
            ""
            if len(self.traced) == len(self.sample.shapes)
            else "-operand-" + ",".join(map(str, self.traced))
        )
        return f"{self.primitive.name}-{self.sample.name}-{self.class_name}{some}"

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
            x = LAYOUTS[self.layout](drawn).reshape(shape)  # NumPy makes a contiguous number a vector
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


def dtypes_of(primitive: Primitive) -> list[str]:
    """The dtype classes that an operation is declared for; mixed ones need two operands."""
    several = any(len(sample.shapes) > 1 for sample in primitive.samples)
    return [
        name
        for name, turns in DTYPES.items()
        if all(np.dtype(turn).kind in primitive.dtypes for turn in turns) and (several or len(turns) == 1)
    ]


def _point(primitive: Primitive, sample: Sample, dtype: str, layout: str, seed: int) -> Point:
    return Point(primitive, sample, dtype, layout, tuple(range(len(sample.shapes))), seed)


def _fits(sample: Sample, dtype: str) -> bool:
    return len(sample.shapes) >= len(DTYPES[dtype])


def every(primitive: Primitive, seed: int = 0) -> Iterator[Point]:
    """The full product of samples, dtypes and layouts."""
    for dtype in dtypes_of(primitive):
        for layout in LAYOUTS:
            for sample in primitive.samples:
                if _fits(sample, dtype):
                    yield _point(primitive, sample, dtype, layout, seed)


def covering(primitive: Primitive, seed: int = 0) -> Iterator[Point]:
    """Every sample in float64 and complex128; every other dtype at two samples, layouts in rotation."""
    dtypes = dtypes_of(primitive)
    for dtype in dtypes:
        if dtype in MAIN:
            for sample in primitive.samples:
                yield _point(primitive, sample, dtype, "c", seed)
    # What is empty or a number has no layout to speak of: the largest samples serve.
    samples = sorted(primitive.samples, key=lambda s: -sum(int(np.prod(shape)) for shape in s.shapes))
    layouts = [layout for layout in LAYOUTS if layout != "c"]
    spread = [name for name in dtypes if name not in MAIN] + [name for name in dtypes if name in MAIN]
    for i in range(max(len(layouts), len(spread) - len(MAIN))):
        dtype = spread[i % len(spread)]
        fitting = [sample for sample in samples if _fits(sample, dtype)]
        for k in range(min(2, len(fitting))):
            yield _point(primitive, fitting[(i + k) % len(fitting)], dtype, layouts[i % len(layouts)], seed)


DESIGNS: dict[str, Callable[[Primitive, int], Iterator[Point]]] = {"covering": covering, "all": every}


def matching(patterns: Iterable[str] = ()) -> list[Primitive]:
    """The registered operations whose names match one of the shell patterns; all without a pattern."""
    chosen = tuple(patterns)
    return [
        primitive
        for name, primitive in sorted(primitives.items())
        if not chosen or any(fnmatchcase(name, pattern) for pattern in chosen)
    ]
