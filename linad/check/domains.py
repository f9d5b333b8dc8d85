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
    integer: Callable[[Shape, Rng], Array]
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
    return np.asarray(np.where(np.eye(m, n, dtype=bool), max(m, n) + 1, rng.integers(-1, 1, shape, endpoint=True)))


def _triangular(numbers: Callable[[Shape, Rng], Array]) -> Callable[[Shape, Rng], Array]:
    def draw(shape: Shape, rng: Rng) -> Array:
        return _dominant(shape, rng, numbers)

    return draw


def _regular(numbers: Callable[[Shape, Rng], Array]) -> Callable[[Shape, Rng], Array]:
    def draw(shape: Shape, rng: Rng) -> Array:
        return rng.permutation(_dominant(shape, rng, numbers), axis=-2)  # so that rows are exchanged

    return draw


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
    "regular": Domain(
        "well-conditioned square matrices",
        _regular(_unit_numbers),
        _regular(_unit_pairs),
        _integer_dominant,
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
