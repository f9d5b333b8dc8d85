"""What patterns leave free, in numbers: their zones, the nearest matrix of a pattern, a basis of all.

The blocks of a block diagonal or quasi triangular matrix are where it shows them: rows i and i + 1 are in one block
where the entry below the diagonal between them is not zero (in a block diagonal matrix, that or the one above). A
matrix whose diagonal blocks are fixed, block unit lower, shows none: its blocks are of 1, 2, 1, 2, ... rows, and the
last is cut where the matrix ends.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import numpy as np

from linad.derive.symbolic.algebra.structures import Pattern, structures
from linad.errors import ShapeError

Array = np.ndarray[Any, Any]

MIRRORS: Mapping[str, Callable[[Any], Any]] = MappingProxyType(
    {
        "conjugate": lambda z: np.conj(z),
        "minus conjugate": lambda z: -np.conj(z),
        "equal": lambda z: z,
        "minus": lambda z: -z,
    }
)


def require_square(shape: tuple[int, ...]) -> None:
    if shape[0] != shape[1]:
        raise ShapeError("members", f"a matrix of this structure is square, not {shape[0]} by {shape[1]}.")


def blocks_by_position(n: int) -> Array:
    """The block that each row belongs to where blocks have 1, 2, 1, 2, ... rows."""
    period, place = np.divmod(np.arange(n), 3)
    return np.asarray(2 * period + (place > 0))


def blocks_of(pattern: Pattern, X: Array) -> Array | None:
    """The block that each row of a member belongs to; none in a pattern without blocks."""
    if not pattern.blocks:
        return None
    require_square(X.shape)
    if pattern.on == "zero":
        return blocks_by_position(len(X))
    joined = np.diagonal(X, -1) != 0
    if pattern.above == "zero":
        joined = joined | (np.diagonal(X, 1) != 0)
    return np.concatenate([[0], np.cumsum(~joined)])


def zones(
    pattern: Pattern, shape: tuple[int, int], blocks: Array | None = None
) -> tuple[Array, Array, Array]:
    """Where a pattern's below, its diagonal and its above are; ``blocks`` as from ``blocks_of``, else by position."""
    i, j = np.indices(shape)
    on = (i >= j) & (i - j <= pattern.band)
    if pattern.blocks:
        blocks = blocks_by_position(max(shape)) if blocks is None else blocks
        on = blocks[i] == blocks[j]
    return (i > j) & ~on, on, (i < j) & ~on


def pattern_projection(pattern: Pattern, X: Array, blocks: Array | None = None) -> Array:
    """The matrix of a pattern that is nearest to X."""
    under, diagonal, over = zones(pattern, X.shape, blocks)
    below = X * under if pattern.below == "free" else np.zeros_like(X)
    above = X * over if pattern.above != "zero" else np.zeros_like(X)
    if mirror := MIRRORS.get(pattern.above):
        require_square(X.shape)
        below = (below + mirror(above.T)) / 2
        above = mirror(below.T)
    return np.asarray(below + _on_diagonal(pattern.on, X) * diagonal + above)


def _on_diagonal(on: str, X: Array) -> Array:
    if on in structures:  # of blocks: hermitian or symmetric
        return pattern_projection(structures[on].pattern, X)
    return np.asarray({"free": X, "real": X.real, "imaginary": X - X.real, "zero": np.zeros_like(X)}[on])


def pattern_basis(
    pattern: Pattern, shape: tuple[int, int], is_complex: bool, blocks: Array | None = None
) -> list[Array]:
    """The matrices that a pattern leaves free, as an orthonormal basis over the reals."""
    if blocks is None:
        return list(_basis(pattern, shape, is_complex))
    return _made(pattern, shape, is_complex, blocks)


@lru_cache(maxsize=512)
def _basis(pattern: Pattern, shape: tuple[int, int], is_complex: bool) -> tuple[Array, ...]:
    """What depends on the shape alone; read-only, for it is shared."""
    basis = tuple(_made(pattern, shape, is_complex, None))
    for B in basis:
        B.flags.writeable = False
    return basis


def _made(pattern: Pattern, shape: tuple[int, int], is_complex: bool, blocks: Array | None) -> list[Array]:
    basis = []
    for i, j in np.ndindex(shape):
        for unit in (1, 1j) if is_complex else (1,):
            X = np.zeros(shape, complex if is_complex else float)
            X[i, j] = unit
            B = pattern_projection(pattern, X, blocks)
            mirrored = i < j and np.any(np.tril(B, -1))  # of two mirror images the lower one counts
            if np.any(B) and not mirrored:
                basis.append(B / np.linalg.norm(B))
    return basis
