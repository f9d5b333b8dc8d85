"""The shapes on which users' operations are tried: sizes for the letters, batches, one matrix for several."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice

from linad.core.primitive import Sample
from linad.derive.rule import Rule
from linad.derive.sizes import assignments
from linad.derive.symbolic.algebra.words import Symbol

_FEW = 2  # assignments of sizes
_BATCH = (2,)


def sizes_by_label(rule: Rule) -> dict[str, Mapping[str, int]]:
    """Sizes for the letters, the usual ones first, and all of them one."""
    found = [*islice(assignments((*rule.inputs, *rule.outputs)), _FEW)]
    found += [{letter: int(letter) if letter.isdigit() else 1 for letter in sizes} for sizes in found[:1]]
    return {_label(sizes): sizes for sizes in found}


def samples_of(rule: Rule) -> tuple[Sample, ...]:
    """Samples with all sizes, and with the first ones a batch, and a batch of all but the first input."""
    samples = []
    for i, (label, sizes) in enumerate(sizes_by_label(rule).items()):
        own = [_shape(symbol, sizes) for symbol in rule.inputs]
        axes = tuple(map(len, own))
        samples.append(Sample(tuple(own), (), label, axes))
        if i == 0:
            samples.append(Sample(tuple(_BATCH + shape for shape in own), (), f"{label}-batch", axes))
        if i == 0 and len(own) > 1:
            mixed = (own[0], *(_BATCH + shape for shape in own[1:]))
            samples.append(Sample(mixed, (), f"{label}-shared", axes))
    return tuple(samples)


def _label(sizes: Mapping[str, int]) -> str:
    return "".join(f"{letter}{size}" for letter, size in sizes.items() if not letter.isdigit())


def _shape(symbol: Symbol, sizes: Mapping[str, int]) -> tuple[int, ...]:
    shape = sizes[symbol.rows], sizes[symbol.columns]
    return shape[:1] if symbol.structure.diagonal else shape
