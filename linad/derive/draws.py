"""Random members of structures, real or complex: ``draws[structure](shape, rng, is_complex)``.

Diagonals are away from zero and what may be eigenvalues is apart, so that factors can be inverted and gaps divided by.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from linad.derive.patterns import MIRRORS, Array, blocks_by_position, pattern_projection, require_square
from linad.derive.symbolic.algebra.structures import structures
from linad.errors import ShapeError

Draw = Callable[[tuple[int, int], np.random.Generator, bool], Array]


def require_tall(shape: tuple[int, ...]) -> None:
    if shape[0] < shape[1]:
        fact = f"{shape[1]} orthonormal columns do not fit into {shape[0]} rows."
        raise ShapeError("members", fact, "Orthonormal rows are a structure of their own.")


def normalised(V: Array) -> Array:
    """Columns divided by their lengths."""
    return np.asarray(V / np.linalg.norm(V, axis=0))


def _entries(shape: tuple[int, int], rng: np.random.Generator, is_complex: bool) -> Array:
    X = rng.standard_normal(shape)
    return X + 1j * rng.standard_normal(shape) if is_complex else X


def _sizes(n: int, rng: np.random.Generator) -> Array:
    """Positive numbers, well apart, in random order."""
    return rng.permutation(1 + np.arange(n) + 0.5 * rng.random(n))


def _units(n: int, rng: np.random.Generator, is_complex: bool) -> Array:
    """Random phases or signs."""
    return np.exp(2j * np.pi * rng.random(n)) if is_complex else rng.choice([-1.0, 1.0], n)


def _triangle(part: Callable[..., Array], diagonal: str) -> Callable[..., Array]:
    def random(shape: tuple[int, int], rng: np.random.Generator, is_complex: bool) -> Array:
        X = part(0.5 * _entries(shape, rng, is_complex))
        n = min(shape)
        phases = _units(n, rng, is_complex) if diagonal == "free" else np.ones(n)
        np.fill_diagonal(X, phases if diagonal == "unit" else phases * (1 + rng.random(n)))
        return X

    return random


def _diagonal(shape: tuple[int, int], rng: np.random.Generator, is_complex: bool) -> Array:
    n = min(shape)
    X = np.zeros(shape, complex if is_complex else float)
    np.fill_diagonal(X, _sizes(n, rng) * _units(n, rng, is_complex))
    return X


def _unitary(shape: tuple[int, int], rng: np.random.Generator, is_complex: bool) -> Array:
    require_tall(shape)
    return np.linalg.qr(_entries(shape, rng, is_complex))[0]


def _orthonormal_rows(shape: tuple[int, int], rng: np.random.Generator, is_complex: bool) -> Array:
    if shape[0] > shape[1]:
        raise ShapeError("members", f"{shape[0]} orthonormal rows do not fit into {shape[1]} columns.")
    return np.asarray(_unitary(shape[::-1], rng, is_complex).conj().T)


def _unit_columns(shape: tuple[int, int], rng: np.random.Generator, is_complex: bool) -> Array:
    require_square(shape)
    return normalised(_entries(shape, rng, is_complex))


def _block_diagonal(shape: tuple[int, int], rng: np.random.Generator, is_complex: bool) -> Array:
    """Blocks by position, their diagonals apart, nothing in them zero."""
    require_square(shape)
    n = shape[0]
    i, j = np.indices(shape)
    blocks = blocks_by_position(n)
    X = _diagonal(shape, rng, is_complex)
    within = (0.3 + 0.3 * rng.random(shape)) * _units(n * n, rng, is_complex).reshape(shape)
    return np.where((blocks[i] == blocks[j]) & (i != j), within, X)


def _hermitian_block_diagonal(shape: tuple[int, int], rng: np.random.Generator, is_complex: bool) -> Array:
    X = np.tril(_block_diagonal(shape, rng, is_complex), -1)
    return np.asarray(X + X.conj().T + _diagonal(shape, rng, False))


def _symmetric_block_diagonal(shape: tuple[int, int], rng: np.random.Generator, is_complex: bool) -> Array:
    X = np.tril(_block_diagonal(shape, rng, is_complex))
    return np.asarray(X + np.tril(X, -1).T)


def _block_unit_lower(shape: tuple[int, int], rng: np.random.Generator, is_complex: bool) -> Array:
    require_square(shape)
    X = 0.5 * _entries(shape, rng, is_complex)
    return pattern_projection(structures["block unit lower"].pattern, X) + np.eye(shape[0])


def _quasi_upper(shape: tuple[int, int], rng: np.random.Generator, is_complex: bool) -> Array:
    """Blocks as real Schur forms have: equal entries on the diagonal, opposite signs beside it."""
    D = _block_diagonal(shape, rng, is_complex)
    for i in np.flatnonzero(np.diagonal(D, -1)):
        D[i + 1, i + 1] = D[i, i]
        D[i + 1, i] = -2 * D[i, i + 1].conj()
    above = np.triu(0.5 * _entries(shape, rng, is_complex), 1)
    return np.where(D == 0, above, D)


def _upper_hessenberg(shape: tuple[int, int], rng: np.random.Generator, is_complex: bool) -> Array:
    return pattern_projection(structures["upper hessenberg"].pattern, _entries(shape, rng, is_complex))


def _mirrored(mirror: str) -> Callable[..., Array]:
    def random(shape: tuple[int, int], rng: np.random.Generator, is_complex: bool) -> Array:
        require_square(shape)
        X = _entries(shape, rng, is_complex)
        return np.asarray((X + MIRRORS[mirror](X.T)) / 2)

    return random


def _positive_definite(shape: tuple[int, int], rng: np.random.Generator, is_complex: bool) -> Array:
    require_square(shape)
    X = _entries(shape, rng, is_complex)
    return np.asarray(X @ X.conj().T / shape[0] + np.eye(shape[0]))


def _permutation(shape: tuple[int, int], rng: np.random.Generator, is_complex: bool) -> Array:
    require_square(shape)
    return np.eye(shape[0])[rng.permutation(shape[0])]


draws: dict[str, Draw] = {
    "general": _entries,
    "lower": _triangle(np.tril, "free"),
    "unit lower": _triangle(np.tril, "unit"),
    "positive lower": _triangle(np.tril, "positive"),
    "upper": _triangle(np.triu, "free"),
    "unit upper": _triangle(np.triu, "unit"),
    "positive upper": _triangle(np.triu, "positive"),
    "diagonal": _diagonal,
    "real diagonal": lambda shape, rng, is_complex: _diagonal(shape, rng, False),
    "positive diagonal": lambda shape, rng, is_complex: abs(_diagonal(shape, rng, False)),
    "unitary": _unitary,
    "orthonormal rows": _orthonormal_rows,
    "orthogonal": lambda shape, rng, is_complex: _unitary(shape, rng, False),
    "unit columns": _unit_columns,
    "hermitian": _mirrored("conjugate"),
    "positive definite": _positive_definite,
    "positive semidefinite": _positive_definite,  # inside the cone: at its boundary tangents are no linear space
    "symmetric": _mirrored("equal"),
    "skew": _mirrored("minus conjugate"),
    "skew symmetric": _mirrored("minus"),
    "block diagonal": _block_diagonal,
    "hermitian block diagonal": _hermitian_block_diagonal,
    "symmetric block diagonal": _symmetric_block_diagonal,
    "block unit lower": _block_unit_lower,
    "quasi upper": _quasi_upper,
    "upper hessenberg": _upper_hessenberg,
    "permutation": _permutation,
}
