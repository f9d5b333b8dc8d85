"""Random matrices for domains: dominant diagonals make them well-conditioned, graded ones keep values apart."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from linad.check.numbers import Array, Draw, Rng, Shape, decimals, signs


def dominant(shape: Shape, rng: Rng, numbers: Draw, positive: bool = False) -> Array:
    """Matrices with a diagonal of size 1.5 to 2 and, off it, row sums below 0.9."""
    m, n = shape[-2:]
    sign = 1 if positive else signs((*shape[:-1], 1), rng)
    diagonal = sign * decimals(1.5, 2, (*shape[:-1], 1), rng)
    bound = 0.45 / max(m - 1, n - 1, 1)  # both parts of a complex number together stay below 0.9
    return np.asarray(np.where(np.eye(m, n, dtype=bool), diagonal, bound * numbers(shape, rng)))


def unit_numbers(shape: Shape, rng: Rng) -> Array:
    return decimals(-1, 1, shape, rng)


def unit_pairs(shape: Shape, rng: Rng) -> Array:
    return decimals(-1, 1, shape, rng) + 1j * decimals(-1, 1, shape, rng)


def integer_dominant(shape: Shape, rng: Rng) -> Array:
    m, n = shape[-2:]
    return np.asarray(
        np.where(np.eye(m, n, dtype=bool), max(m, n) + 1, rng.integers(-1, 1, shape, endpoint=True))
    )


def triangular(numbers: Draw) -> Draw:
    def draw(shape: Shape, rng: Rng) -> Array:
        return dominant(shape, rng, numbers)

    return draw


def regular(numbers: Draw) -> Draw:
    def draw(shape: Shape, rng: Rng) -> Array:
        return rng.permutation(dominant(shape, rng, numbers), axis=-2)  # so that rows are exchanged

    return draw


def turned(shape: Shape, rng: Rng) -> Array:
    """Complex ones whose rows are multiplied by numbers of size one, so that nothing in them is real."""
    phases = rng.choice([0.6 + 0.8j, 0.8 + 0.6j, -0.6 + 0.8j], (*shape[:-1], 1))
    return np.asarray(regular(unit_pairs)(shape, rng) * phases)


def stable(numbers: Draw) -> Draw:
    def draw(shape: Shape, rng: Rng) -> Array:
        return dominant(shape, rng, numbers, positive=True)

    return draw


def definite(numbers: Draw) -> Draw:
    def draw(shape: Shape, rng: Rng) -> Array:
        return hermitian_part(dominant(shape, rng, numbers, positive=True))

    return draw


def integer_definite(shape: Shape, rng: Rng) -> Array:
    A = np.tril(integer_dominant(shape, rng))
    return A + np.tril(A, -1).swapaxes(-1, -2)


def hermitian_part(A: Array) -> Array:
    """(A + A^H) / 2."""
    return np.asarray(0.5 * (A + A.swapaxes(-1, -2).conj()))


def graded(numbers: Draw) -> Draw:
    def draw(shape: Shape, rng: Rng) -> Array:
        m, n = shape[-2:]
        steps = 0.8 + 0.7 * np.arange(n) + decimals(0, 0.2, (*shape[:-2], 1, n), rng)
        noise = 0.25 / max(m, n, 1) * numbers(shape, rng)
        return rng.permutation(np.where(np.eye(m, n) == 1, signs((n,), rng) * steps, noise), axis=-2)

    return draw


def integer_graded(shape: Shape, rng: Rng) -> Array:
    diagonal = 3 + 3 * np.arange(shape[-1])
    noise = rng.integers(0, 1, shape, endpoint=True)
    m, n = shape[-2:]
    return np.asarray(np.where(np.eye(m, n) == 1, diagonal, noise))


def apart(numbers: Draw, turning: bool = False) -> Draw:
    """Matrices with eigenvalues about 1, 2, 3 ...; ``turning``: the first two, of three or more, are 1 + i, 1 - i."""

    def draw(shape: Shape, rng: Rng) -> Array:
        n = shape[-1]
        order = np.arange(1, n + 1) * np.eye(n)
        if turning and n > 2:
            order[:2, :2] = [[1, 1], [-1, 1]]
        return np.asarray(order + 0.2 / max(n - 1, 1) * numbers(shape, rng))

    return draw


def turning(shape: Shape, rng: Rng) -> Array:
    """The first two eigenvalues, of three or more, in a block that is no multiple of a rotation."""
    A = apart(unit_numbers)(shape, rng)
    if shape[-1] > 2:
        A[..., :2, :2] += np.array([[0, 2], [-0.5, -1]])
    return A


def coupled(numbers: Draw) -> Draw:
    def draw(shape: Shape, rng: Rng) -> Array:
        n = shape[-1]
        return np.asarray(np.eye(n, k=-1) + 0.4 / max(n, 1) * numbers(shape, rng))

    return draw


def integer_coupled(shape: Shape, rng: Rng) -> Array:
    return np.asarray(4 * np.eye(shape[-1], k=-1, dtype=int) + rng.integers(-1, 1, shape, endpoint=True))


def hermitian_apart(numbers: Draw) -> Draw:
    def draw(shape: Shape, rng: Rng) -> Array:
        return hermitian_part(apart(numbers)(shape, rng))

    return draw


def integer_apart(shape: Shape, rng: Rng) -> Array:
    n = shape[-1]
    return np.asarray(3 * np.arange(1, n + 1) * np.eye(n, dtype=int) + np.ones(shape, int))


def symmetric_part(A: Array) -> Array:
    """(A + A^T) / 2."""
    return np.asarray(0.5 * (A + A.swapaxes(-1, -2)))


def indefinite(draw_dominant: Draw, part: Callable[[Array], Array]) -> Draw:
    """Rows 0 and 2 make a block: large entries couple them, and their diagonal entries are small."""

    def draw(shape: Shape, rng: Rng) -> Array:
        A = draw_dominant(shape, rng)
        if np.iscomplexobj(A):
            A = A * np.exp(1j * decimals(0.3, 0.8, (*shape[:-1], 1), rng))
        if shape[-1] > 2:
            A[..., [0, 2]] = A[..., [2, 0]]
        return part(2 * np.tril(A) - (A * np.eye(shape[-1])).astype(A.dtype)).astype(A.dtype)

    return draw
