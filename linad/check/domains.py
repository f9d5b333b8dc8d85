"""Where operations are defined: domains by name, and random members of them.

Declarations name a domain for each operand. Members are of order one and lie well inside their domain, so
that differences with a step of a tenth of their size stay inside too; they are short decimals, so that a
failure can be typed in.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from linad.check.bands import band, dominant_first, integer_band, integer_dominant_first
from linad.check.differences import straight
from linad.check.matrices import (
    apart,
    coupled,
    definite,
    graded,
    hermitian_apart,
    hermitian_part,
    indefinite,
    integer_apart,
    integer_coupled,
    integer_definite,
    integer_dominant,
    integer_graded,
    regular,
    stable,
    symmetric_part,
    triangular,
    turned,
    turning,
    unit_numbers,
    unit_pairs,
)
from linad.check.numbers import (
    ANYTHING,
    Array,
    Draw,
    Rng,
    Shape,
    complex_nonzero,
    fraction,
    in_order,
    integer_nonzero,
    nonzero,
    numbers,
    quadrant,
    signs,
)

__all__ = ["DOMAINS", "Array", "Domain", "Draw", "Rng", "Shape", "member", "tangent"]


@dataclass(frozen=True, slots=True)
class Domain:
    """A set of arrays: how a real, a complex and an integer member are drawn.

    ``inside`` projects onto the directions that stay in it: differences are taken along those only. Rules
    do that projection themselves, and so are tried on any tangent. Where the set is curved the directions depend
    on the point, ``project(x, d)``, and ``retract(x, d)`` is a curve in the set: from x at d = 0, in the direction d.
    A ``cone`` holds the positive multiples of its members.
    """

    sentence: str
    real: Draw
    complex: Draw
    integer: Draw
    inside: Callable[[Array], Array] = field(default=lambda x: x, kw_only=True)
    project: Callable[[Array, Array], Array] | None = field(default=None, kw_only=True)
    retract: Callable[[Array, Array], Array] = field(default=straight, kw_only=True)
    holds: Callable[[Array], bool] = field(default=lambda x: True, kw_only=True)
    cone: bool = field(default=False, kw_only=True)

    def along(self, x: Array, d: Array) -> Array:
        """A direction projected onto those that stay in the set, at x."""
        return self.inside(d) if self.project is None else self.project(x, d)


DOMAINS = {
    "real": Domain("anything", *ANYTHING),
    "positive": Domain("above zero; complex, the right half-plane", *numbers(0.5, 2, 1, (1, 3))),
    "nonzero": Domain(
        "away from zero; complex, also from the real axis, where angles jump",
        nonzero,
        complex_nonzero,
        integer_nonzero,
    ),
    "unit": Domain("inside the unit disc, away from its edge", *numbers(-0.6, 0.6, 0.5, (0, 0))),
    "above one": Domain("above one; complex, to the right of it", *numbers(1.5, 3, 1, (2, 4))),
    "fraction": Domain("between zero and one, away from both", *fraction),
    "below zero": Domain("below zero; complex, the left half-plane", *numbers(-2, -0.5, 1, (-3, -1))),
    "first quadrant": Domain("to the right of zero; complex, also above it", *quadrant(0.5, 2, (1, 3))),
    "regular": Domain(
        "well-conditioned square matrices",
        regular(unit_numbers),
        regular(unit_pairs),
        integer_dominant,
    ),
    "full rank": Domain(
        "well-conditioned matrices of any shape, also their leading square block",
        regular(unit_numbers),
        turned,
        integer_dominant,
    ),
    "graded": Domain(
        "matrices of full rank whose singular values are apart from one another",
        graded(unit_numbers),
        graded(unit_pairs),
        integer_graded,
    ),
    "triangular": Domain(
        "square matrices with well-conditioned triangles",
        triangular(unit_numbers),
        triangular(unit_pairs),
        integer_dominant,
    ),
    "stable": Domain(
        "square matrices whose eigenvalues have a positive real part, away from zero",
        stable(unit_numbers),
        stable(unit_pairs),
        integer_dominant,
    ),
    "damped": Domain(
        "square matrices whose eigenvalues lie in the left half of the unit disc, away from its edges",
        lambda shape, rng: -0.3 * stable(unit_numbers)(shape, rng),
        lambda shape, rng: -0.3 * stable(unit_pairs)(shape, rng),
        lambda shape, rng: -integer_dominant(shape, rng),
    ),
    "definite": Domain(
        "Hermitian positive definite matrices, well-conditioned",
        definite(unit_numbers),
        definite(unit_pairs),
        integer_definite,
        inside=hermitian_part,
    ),
    "hermitian": Domain(
        "Hermitian matrices with eigenvalues that are apart",
        hermitian_apart(unit_numbers),
        hermitian_apart(unit_pairs),
        integer_apart,
        inside=hermitian_part,
    ),
    "apart": Domain(
        "square matrices with eigenvalues that are apart; real ones have complex pairs, from order three on",
        apart(unit_numbers, turning=True),
        apart(unit_pairs),
        integer_apart,
    ),
    "near diagonal": Domain(
        "square matrices near diag(1, 2, 3 ...)",
        apart(unit_numbers),
        apart(unit_pairs),
        integer_apart,
    ),
    "turning": Domain(
        "square matrices with eigenvalues that are apart, whose pairs have blocks that are no multiples of rotations",
        turning,
        apart(unit_pairs),
        integer_apart,
    ),
    "coupled": Domain(
        "square matrices with numbers near one below the diagonal: no leading subspace is invariant",
        coupled(unit_numbers),
        coupled(unit_pairs),
        integer_coupled,
    ),
    **{
        name: Domain(
            f"{name} matrices, well-conditioned, whose pivots are blocks too",
            indefinite(stable(unit_numbers), part),
            indefinite(stable(unit_pairs), part),
            indefinite(integer_dominant, part),
            inside=part,
        )
        for name, part in [("indefinite", hermitian_part), ("indefinite symmetric", symmetric_part)]
    },
    "band": Domain(
        "the diagonals of well-conditioned matrices, one of them above the main one",
        band(1, unit_numbers),
        band(1, unit_pairs),
        integer_band(1),
    ),
    "lower band": Domain(
        "the diagonals of lower triangles of positive definite matrices",
        band(0, unit_numbers, positive=True),
        band(0, unit_pairs, positive=True),
        integer_band(0),
    ),
    "lower band apart": Domain(
        "the diagonals of lower triangles of positive definite matrices with eigenvalues that are apart",
        band(0, unit_numbers, positive=True, step=2),
        band(0, unit_pairs, positive=True, step=2),
        integer_band(0, step=3),
    ),
    "dominant first": Domain(
        "vectors whose first entry is larger than the sum of the others",
        dominant_first(unit_numbers),
        dominant_first(unit_pairs),
        integer_dominant_first,
    ),
    "sorted": Domain("ascending along the last axis", *[in_order(draw) for draw in ANYTHING]),
}


def member(name: str, shape: Shape, dtype: np.dtype[Any], rng: Rng) -> Array:
    """A random member of a domain."""
    if name not in DOMAINS:
        raise ValueError(f"there is no domain {name!r}; there are {', '.join(sorted(DOMAINS))}")
    domain = DOMAINS[name]
    draw = {"f": domain.real, "c": domain.complex}.get(dtype.kind, domain.integer)
    return np.asarray(draw(shape, rng), dtype)


def tangent(shape: Shape, dtype: np.dtype[Any], rng: Rng) -> Array:
    """A random tangent or cotangent: two decimals, never zero."""

    def part() -> Array:
        return signs(shape, rng) * np.asarray(rng.integers(10, 100, shape) / 100)

    return np.asarray(part() + 1j * part() if dtype.kind == "c" else part()).astype(dtype)
