"""Designs: at which points an operation is tried. They are generated from its declaration.

The covering design has every sample in float64 and complex128 with all operands traced. Over these and further points
every *pair* of a dtype and a layout, of a dtype and a subset of traced operands, and of a layout and a subset occurs:
wrong rules depend on one or two such things. ``every`` is the full product.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import combinations, product

import numpy as np

from linad.check.points import DTYPES, LAYOUTS, MAIN, Point
from linad.core.primitive import Primitive, Sample

Subset = tuple[int, ...] | None  # the operands that are traced; None: all
Pair = tuple[object, object]


def subsets(items: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    """Nonempty proper subsets; of more than three items only single ones and their complements."""
    lengths = range(1, len(items)) if len(items) <= 3 else (1, len(items) - 1)
    for length in lengths:
        yield from combinations(items, length)


def dtypes_of(primitive: Primitive) -> list[str]:
    """The dtype classes that an operation is declared for; mixed ones need two operands."""
    several = any(len(sample.shapes) > 1 for sample in primitive.samples)
    return [
        name
        for name, turns in DTYPES.items()
        if all(np.dtype(turn).kind in primitive.dtypes for turn in turns) and (several or len(turns) == 1)
    ]


def _subsets_of(sample: Sample) -> list[Subset]:
    return [None, *subsets(tuple(range(len(sample.shapes))))]


def _fits(sample: Sample, dtype: str, subset: Subset) -> bool:
    count = len(sample.shapes)
    return count >= len(DTYPES[dtype]) and (subset is None or subset in _subsets_of(sample))


def _shows(sample: Sample, layout: str) -> bool:
    """Whether a layout can be seen in the operands of a sample."""
    axes = {"fortran": 2, "strided": 1}.get(layout, 0)
    return any(0 not in shape and sum(length > 1 for length in shape) >= axes for shape in sample.shapes)


def _point(primitive: Primitive, sample: Sample, dtype: str, layout: str, subset: Subset, seed: int) -> Point:
    traced = tuple(range(len(sample.shapes))) if subset is None else subset
    return Point(primitive, sample, dtype, layout, traced, seed)


def every(primitive: Primitive, seed: int = 0) -> Iterator[Point]:
    """The full product of samples, dtypes, layouts and subsets of traced operands."""
    for dtype, layout, sample in product(dtypes_of(primitive), LAYOUTS, primitive.samples):
        for subset in _subsets_of(sample):
            if _fits(sample, dtype, subset):
                yield _point(primitive, sample, dtype, layout, subset, seed)


def covering(primitive: Primitive, seed: int = 0) -> Iterator[Point]:
    """Every sample in the main dtypes, and every pair of the other properties."""
    missing = _pairs(primitive)
    for i, (sample, dtype) in enumerate(product(primitive.samples, dtypes_of(primitive))):
        if dtype in MAIN:
            layout = _layout(sample, dtype, missing, i)
            missing -= _covered(dtype, layout, None)
            yield _point(primitive, sample, dtype, layout, None, seed)
    rest = [
        (dtype, layout, subset)
        for dtype, layout, subset in product(dtypes_of(primitive), LAYOUTS, _all_subsets(primitive))
        if any(_fits(sample, dtype, subset) for sample in primitive.samples)
    ]
    turn = 0
    while missing:
        dtype, layout, subset = max(rest, key=lambda row: len(_covered(*row) & missing))
        missing -= _covered(dtype, layout, subset)
        fitting = [sample for sample in primitive.samples if _fits(sample, dtype, subset)]
        fitting = [sample for sample in fitting if _shows(sample, layout)] or fitting
        yield _point(primitive, fitting[turn % len(fitting)], dtype, layout, subset, seed)
        turn += 1


def _all_subsets(primitive: Primitive) -> list[Subset]:
    """Those of any sample, each once."""
    return list(dict.fromkeys(subset for sample in primitive.samples for subset in _subsets_of(sample)))


def _covered(dtype: str, layout: str, subset: Subset) -> set[Pair]:
    return {(dtype, layout), (dtype, subset), (layout, subset)}


def _pairs(primitive: Primitive) -> set[Pair]:
    """All pairs that some point of an operation has."""
    return {
        pair
        for sample, dtype in product(primitive.samples, dtypes_of(primitive))
        for layout, subset in product(LAYOUTS, _subsets_of(sample))
        if _fits(sample, dtype, subset)
        for pair in _covered(dtype, layout, subset)
    }


def _layout(sample: Sample, dtype: str, missing: set[Pair], turn: int) -> str:
    """A layout that covers something new, else the next in turn; of those that the sample shows."""
    names = [name for name in LAYOUTS if _shows(sample, name)] or ["c"]
    fresh = [name for name in names if (dtype, name) in missing]
    return fresh[0] if fresh else names[turn // len(MAIN) % len(names)]


DESIGNS: dict[str, Callable[[Primitive, int], Iterator[Point]]] = {"covering": covering, "all": every}
