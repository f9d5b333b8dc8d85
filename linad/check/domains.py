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

Array = np.ndarray[Any, Any]
Rng = np.random.Generator
Shape = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Domain:
    """A set of arrays: how a real, a complex and an integer member are drawn.

    ``inside`` projects onto the directions that stay in it: differences are taken along those only. Rules
    do that projection themselves, and so are tried on any tangent.
    """

    sentence: str
    real: Callable[[Shape, Rng], Array]
    complex: Callable[[Shape, Rng], Array]
    integer: Callable[[Shape, Rng], Array] | None
    inside: Callable[[Array], Array] = field(default=lambda x: x, kw_only=True)


def decimals(low: float, high: float, shape: Shape, rng: Rng) -> Array:
    """Random numbers with three decimals."""
    return np.asarray(rng.integers(round(1000 * low), round(1000 * high) + 1, shape) / 1000)


def signs(shape: Shape, rng: Rng) -> Array:
    return np.asarray(rng.choice([-1, 1], shape))


def _numbers(
    low: float, high: float, tilt: float, integers: tuple[int, int]
) -> tuple[Callable[[Shape, Rng], Array], ...]:
    """Members with low <= x <= high; complex ones have an imaginary part of at most ``tilt``."""

    def real(shape: Shape, rng: Rng) -> Array:
        return decimals(low, high, shape, rng)

    def tilted(shape: Shape, rng: Rng) -> Array:
        return real(shape, rng) + 1j * decimals(-tilt, tilt, shape, rng)

    def integer(shape: Shape, rng: Rng) -> Array:
        return np.asarray(rng.integers(*integers, shape, endpoint=True))

    return real, tilted, integer


def _quadrant(
    low: float, high: float, integers: tuple[int, int]
) -> tuple[Callable[[Shape, Rng], Array], ...]:
    """Members with low <= x <= high; complex ones with imaginary parts in the same bounds."""
    real, _, integer = _numbers(low, high, 0, integers)
    return real, lambda shape, rng: real(shape, rng) + 1j * real(shape, rng), integer


def _nonzero(shape: Shape, rng: Rng) -> Array:
    return signs(shape, rng) * decimals(0.5, 2, shape, rng)


def _complex_nonzero(shape: Shape, rng: Rng) -> Array:
    return _nonzero(shape, rng) + 1j * signs(shape, rng) * decimals(0.3, 1, shape, rng)


def _integer_nonzero(shape: Shape, rng: Rng) -> Array:
    return np.asarray(signs(shape, rng) * rng.integers(1, 3, shape, endpoint=True))


def _dominant(
    shape: Shape, rng: Rng, numbers: Callable[[Shape, Rng], Array], positive: bool = False
) -> Array:
    """Matrices with a diagonal of size 1.5 to 2 and, off it, row sums below 0.9."""
    m, n = shape[-2:]
    sign = 1 if positive else signs((*shape[:-1], 1), rng)
    diagonal = sign * decimals(1.5, 2, (*shape[:-1], 1), rng)
    bound = 0.45 / max(m - 1, n - 1, 1)  # both parts of a complex number together stay below 0.9
    return np.asarray(np.where(np.eye(m, n, dtype=bool), diagonal, bound * numbers(shape, rng)))


def _unit_numbers(shape: Shape, rng: Rng) -> Array:
    return decimals(-1, 1, shape, rng)


def _unit_pairs(shape: Shape, rng: Rng) -> Array:
    return decimals(-1, 1, shape, rng) + 1j * decimals(-1, 1, shape, rng)


def _integer_dominant(shape: Shape, rng: Rng) -> Array:
    m, n = shape[-2:]
    return np.asarray(
        np.where(np.eye(m, n, dtype=bool), max(m, n) + 1, rng.integers(-1, 1, shape, endpoint=True))
    )


def _triangular(numbers: Callable[[Shape, Rng], Array]) -> Callable[[Shape, Rng], Array]:
    def draw(shape: Shape, rng: Rng) -> Array:
        return _dominant(shape, rng, numbers)

    return draw


def _regular(numbers: Callable[[Shape, Rng], Array]) -> Callable[[Shape, Rng], Array]:
    def draw(shape: Shape, rng: Rng) -> Array:
        return rng.permutation(_dominant(shape, rng, numbers), axis=-2)  # so that rows are exchanged

    return draw


def _turned(shape: Shape, rng: Rng) -> Array:
    """Complex ones whose rows are multiplied by numbers of size one, so that nothing in them is real."""
    phases = rng.choice([0.6 + 0.8j, 0.8 + 0.6j, -0.6 + 0.8j], (*shape[:-1], 1))
    return np.asarray(_regular(_unit_pairs)(shape, rng) * phases)


def _stable(numbers: Callable[[Shape, Rng], Array]) -> Callable[[Shape, Rng], Array]:
    def draw(shape: Shape, rng: Rng) -> Array:
        return _dominant(shape, rng, numbers, positive=True)

    return draw


def _definite(numbers: Callable[[Shape, Rng], Array]) -> Callable[[Shape, Rng], Array]:
    def draw(shape: Shape, rng: Rng) -> Array:
        return hermitian_part(_dominant(shape, rng, numbers, positive=True))

    return draw


def _integer_definite(shape: Shape, rng: Rng) -> Array:
    A = np.tril(_integer_dominant(shape, rng))
    return A + np.tril(A, -1).swapaxes(-1, -2)


def hermitian_part(A: Array) -> Array:
    """(A + A^H) / 2."""
    return np.asarray(0.5 * (A + A.swapaxes(-1, -2).conj()))


def _graded(numbers: Callable[[Shape, Rng], Array]) -> Callable[[Shape, Rng], Array]:
    def draw(shape: Shape, rng: Rng) -> Array:
        m, n = shape[-2:]
        steps = 0.8 + 0.7 * np.arange(n) + decimals(0, 0.2, (*shape[:-2], 1, n), rng)
        noise = 0.25 / max(m, n, 1) * numbers(shape, rng)
        return rng.permutation(np.where(np.eye(m, n) == 1, signs((n,), rng) * steps, noise), axis=-2)

    return draw


def _integer_graded(shape: Shape, rng: Rng) -> Array:
    diagonal = 3 + 3 * np.arange(shape[-1])
    noise = rng.integers(0, 1, shape, endpoint=True)
    m, n = shape[-2:]
    return np.asarray(np.where(np.eye(m, n) == 1, diagonal, noise))


def _apart(numbers: Callable[[Shape, Rng], Array], turning: bool = False) -> Callable[[Shape, Rng], Array]:
    """Matrices with eigenvalues about 1, 2, 3 ...; ``turning``: the first two, of three or more, are 1 + i, 1 - i."""

    def draw(shape: Shape, rng: Rng) -> Array:
        n = shape[-1]
        order = np.arange(1, n + 1) * np.eye(n)
        if turning and n > 2:
            order[:2, :2] = [[1, 1], [-1, 1]]
        return np.asarray(order + 0.2 / max(n - 1, 1) * numbers(shape, rng))

    return draw


def _turning(shape: Shape, rng: Rng) -> Array:
    """The first two eigenvalues, of three or more, in a block that is no multiple of a rotation."""
    A = _apart(_unit_numbers)(shape, rng)
    if shape[-1] > 2:
        A[..., :2, :2] += np.array([[0, 2], [-0.5, -1]])
    return A


def _coupled(numbers: Callable[[Shape, Rng], Array]) -> Callable[[Shape, Rng], Array]:
    def draw(shape: Shape, rng: Rng) -> Array:
        n = shape[-1]
        return np.asarray(np.eye(n, k=-1) + 0.4 / max(n, 1) * numbers(shape, rng))

    return draw


def _integer_coupled(shape: Shape, rng: Rng) -> Array:
    return np.asarray(4 * np.eye(shape[-1], k=-1, dtype=int) + rng.integers(-1, 1, shape, endpoint=True))


def _hermitian_apart(numbers: Callable[[Shape, Rng], Array]) -> Callable[[Shape, Rng], Array]:
    def draw(shape: Shape, rng: Rng) -> Array:
        return hermitian_part(_apart(numbers)(shape, rng))

    return draw


def _integer_apart(shape: Shape, rng: Rng) -> Array:
    n = shape[-1]
    return np.asarray(3 * np.arange(1, n + 1) * np.eye(n, dtype=int) + np.ones(shape, int))


def symmetric_part(A: Array) -> Array:
    """(A + A^T) / 2."""
    return np.asarray(0.5 * (A + A.swapaxes(-1, -2)))


def _indefinite(
    draw_dominant: Callable[[Shape, Rng], Array], part: Callable[[Array], Array]
) -> Callable[[Shape, Rng], Array]:
    """Rows 0 and 2 make a block: large entries couple them, and their diagonal entries are small."""

    def draw(shape: Shape, rng: Rng) -> Array:
        A = draw_dominant(shape, rng)
        if np.iscomplexobj(A):
            A = A * np.exp(1j * decimals(0.3, 0.8, (*shape[:-1], 1), rng))
        if shape[-1] > 2:
            A[..., [0, 2]] = A[..., [2, 0]]
        return part(2 * np.tril(A) - (A * np.eye(shape[-1])).astype(A.dtype)).astype(A.dtype)

    return draw


def _band(
    row: int, numbers: Callable[[Shape, Rng], Array], positive: bool = False
) -> Callable[[Shape, Rng], Array]:
    """Diagonals of a matrix whose main one, the given row, dominates."""

    def draw(shape: Shape, rng: Rng) -> Array:
        main = decimals(1.5, 2, shape, rng) * (1 if positive else signs(shape, rng))
        rows = np.arange(shape[-2])[:, None]
        return np.asarray(np.where(rows == row, main, 0.45 / max(shape[-2] - 1, 1) * numbers(shape, rng)))

    return draw


def _integer_band(row: int) -> Callable[[Shape, Rng], Array]:
    def draw(shape: Shape, rng: Rng) -> Array:
        rows = np.arange(shape[-2])[:, None]
        return np.asarray(np.where(rows == row, 2 * shape[-2], rng.integers(-1, 1, shape, endpoint=True)))

    return draw


def _first(numbers: Callable[[Shape, Rng], Array]) -> Callable[[Shape, Rng], Array]:
    def draw(shape: Shape, rng: Rng) -> Array:
        first = decimals(1.5, 2, shape, rng)
        rest = 0.9 / max(shape[-1] - 1, 1) * numbers(shape, rng)
        return np.asarray(np.where(np.arange(shape[-1]) == 0, first, rest))

    return draw


def _integer_first(shape: Shape, rng: Rng) -> Array:
    return np.asarray(
        np.where(np.arange(shape[-1]) == 0, 2 * shape[-1], rng.integers(-1, 1, shape, endpoint=True))
    )


def _sorted(draw: Callable[[Shape, Rng], Array]) -> Callable[[Shape, Rng], Array]:
    def in_order(shape: Shape, rng: Rng) -> Array:
        return np.sort(draw(shape, rng), axis=-1)

    return in_order


_REAL = _numbers(-2, 2, 2, (-3, 3))

DOMAINS = {
    "real": Domain("anything", *_REAL),
    "positive": Domain("above zero; complex, the right half-plane", *_numbers(0.5, 2, 1, (1, 3))),
    "nonzero": Domain(
        "away from zero; complex, also from the real axis, where angles jump",
        _nonzero,
        _complex_nonzero,
        _integer_nonzero,
    ),
    "unit": Domain("inside the unit disc, away from its edge", *_numbers(-0.6, 0.6, 0.5, (0, 0))),
    "above one": Domain("above one; complex, to the right of it", *_numbers(1.5, 3, 1, (2, 4))),
    "fraction": Domain("between zero and one, away from both", *_numbers(0.1, 0.9, 0.3, (0, 0))[:2], None),
    "below zero": Domain("below zero; complex, the left half-plane", *_numbers(-2, -0.5, 1, (-3, -1))),
    "first quadrant": Domain("to the right of and above zero", *_quadrant(0.5, 2, (1, 3))),
    "regular": Domain(
        "well-conditioned square matrices",
        _regular(_unit_numbers),
        _regular(_unit_pairs),
        _integer_dominant,
    ),
    "full rank": Domain(
        "well-conditioned matrices of any shape, also their leading square block",
        _regular(_unit_numbers),
        _turned,
        _integer_dominant,
    ),
    "graded": Domain(
        "matrices of full rank whose singular values are apart from one another",
        _graded(_unit_numbers),
        _graded(_unit_pairs),
        _integer_graded,
    ),
    "triangular": Domain(
        "square matrices with well-conditioned triangles",
        _triangular(_unit_numbers),
        _triangular(_unit_pairs),
        _integer_dominant,
    ),
    "stable": Domain(
        "square matrices whose eigenvalues have a positive real part, away from zero",
        _stable(_unit_numbers),
        _stable(_unit_pairs),
        _integer_dominant,
    ),
    "definite": Domain(
        "Hermitian positive definite matrices, well-conditioned",
        _definite(_unit_numbers),
        _definite(_unit_pairs),
        _integer_definite,
        inside=hermitian_part,
    ),
    "hermitian": Domain(
        "Hermitian matrices with eigenvalues that are apart",
        _hermitian_apart(_unit_numbers),
        _hermitian_apart(_unit_pairs),
        _integer_apart,
        inside=hermitian_part,
    ),
    "apart": Domain(
        "square matrices with eigenvalues that are apart; real ones have complex pairs, from order three on",
        _apart(_unit_numbers, turning=True),
        _apart(_unit_pairs),
        _integer_apart,
    ),
    "near diagonal": Domain(
        "square matrices near diag(1, 2, 3 ...)",
        _apart(_unit_numbers),
        _apart(_unit_pairs),
        _integer_apart,
    ),
    "turning": Domain(
        "square matrices with eigenvalues that are apart, whose pairs have blocks that are no multiples of rotations",
        _turning,
        _apart(_unit_pairs),
        _integer_apart,
    ),
    "coupled": Domain(
        "square matrices with numbers near one below the diagonal: no leading subspace is invariant",
        _coupled(_unit_numbers),
        _coupled(_unit_pairs),
        _integer_coupled,
    ),
    **{
        name: Domain(
            f"{name} matrices, well-conditioned, whose pivots are blocks too",
            _indefinite(_stable(_unit_numbers), part),
            _indefinite(_stable(_unit_pairs), part),
            _indefinite(_integer_dominant, part),
            inside=part,
        )
        for name, part in [("indefinite", hermitian_part), ("indefinite symmetric", symmetric_part)]
    },
    "band": Domain(
        "the diagonals of well-conditioned matrices, one of them above the main one",
        _band(1, _unit_numbers),
        _band(1, _unit_pairs),
        _integer_band(1),
    ),
    "lower band": Domain(
        "the diagonals of lower triangles of positive definite matrices",
        _band(0, _unit_numbers, positive=True),
        _band(0, _unit_pairs, positive=True),
        _integer_band(0),
    ),
    "dominant first": Domain(
        "vectors whose first entry is larger than the sum of the others",
        _first(_unit_numbers),
        _first(_unit_pairs),
        _integer_first,
    ),
    "sorted": Domain("ascending along the last axis", *[_sorted(draw) for draw in _REAL]),
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
