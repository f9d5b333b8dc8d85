"""The structures in numbers, under the names that the symbolic table has for them.

A row draws members of its structure, spans the space of tangents at a member by a real orthonormal basis, projects on
that space, and follows a tangent back into the structure. A member of a real dtype has real tangents only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np

from linad.derive.symbolic.structures import Pattern, structures
from linad.errors import ShapeError

Array = np.ndarray[Any, Any]

_MIRRORS: Mapping[str, Callable[[Any], Any]] = MappingProxyType(
    {
        "conjugate": lambda z: np.conj(z),
        "minus conjugate": lambda z: -np.conj(z),
        "equal": lambda z: z,
        "minus": lambda z: -z,
    }
)


@dataclass(frozen=True, slots=True)
class Members:
    """One row: ``random(shape, rng, is_complex)`` is a member, ``retract(member, tangent)`` another one near it.

    A retraction of t times a tangent moves, to first order in t, along the tangent. ``tangents(member)`` is a list of
    arrays, orthonormal for Re tr(X^H Y); ``project(member, X)`` is the tangent next to X.
    """

    name: str
    random: Callable[[tuple[int, int], np.random.Generator, bool], Array]
    tangents: Callable[[Array], list[Array]]
    project: Callable[[Array, Array], Array]
    retract: Callable[[Array, Array], Array]


def coordinates(basis: list[Array], X: Array) -> Array:
    """What X is in an orthonormal basis, over the reals; what is orthogonal to the basis is lost."""
    return np.array([np.vdot(B, X).real for B in basis])


def combination(basis: list[Array], x: Array, like: Array) -> Array:
    """The matrix with the given coordinates, of the shape and dtype of another."""
    total = np.zeros(like.shape, np.result_type(like.dtype, np.float64))
    for B, c in zip(basis, x, strict=True):
        total = total + c * B
    return total


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
    _require_tall(shape)
    return np.linalg.qr(_entries(shape, rng, is_complex))[0]


def _mirrored(mirror: str) -> Callable[..., Array]:
    def random(shape: tuple[int, int], rng: np.random.Generator, is_complex: bool) -> Array:
        _require_square(shape)
        X = _entries(shape, rng, is_complex)
        return np.asarray((X + _MIRRORS[mirror](X.T)) / 2)

    return random


def _positive_definite(shape: tuple[int, int], rng: np.random.Generator, is_complex: bool) -> Array:
    _require_square(shape)
    X = _entries(shape, rng, is_complex)
    return np.asarray(X @ X.conj().T / shape[0] + np.eye(shape[0]))


def _permutation(shape: tuple[int, int], rng: np.random.Generator, is_complex: bool) -> Array:
    _require_square(shape)
    return np.eye(shape[0])[rng.permutation(shape[0])]


def pattern_basis(pattern: Pattern, shape: tuple[int, int], is_complex: bool) -> list[Array]:
    """The matrices that a pattern leaves free, as an orthonormal basis over the reals."""
    every = (1, 1j) if is_complex else (1,)
    imaginary = (1j,) if is_complex else ()
    on = {"free": every, "real": (1,), "imaginary": imaginary, "zero": ()}[pattern.on]
    mirror = _MIRRORS.get(pattern.above)
    if mirror:
        _require_square(shape)
    below = every if pattern.below == "free" else ()
    above = every if pattern.above == "free" else ()
    basis = []
    for i, j in np.ndindex(shape):
        for unit in on if i == j else below if i > j else above:
            X = np.zeros(shape, complex if is_complex else float)
            X[i, j] = unit
            if mirror and i > j:
                X[j, i] = mirror(unit)
                X /= np.sqrt(2)
            basis.append(X)
    return basis


def pattern_projection(pattern: Pattern, X: Array) -> Array:
    """The matrix of a pattern that is nearest to X."""
    below = np.tril(X, -1) if pattern.below == "free" else np.zeros_like(X)
    above = np.triu(X, 1) if pattern.above != "zero" else np.zeros_like(X)
    if mirror := _MIRRORS.get(pattern.above):
        _require_square(X.shape)
        below = (below + mirror(above.T)) / 2
        above = mirror(below.T)
    d = np.diagonal(X)
    zero = np.zeros_like(d)
    on = np.zeros(X.shape, X.dtype)
    diagonal = {"free": d, "real": d.real, "imaginary": d - d.real, "zero": zero}[pattern.on]
    np.fill_diagonal(on, diagonal)
    return np.asarray(below + on + above)


def _unitary_tangents(Q: Array) -> list[Array]:
    """Q S with S skew; for a tall Q also what maps into the complement of its columns."""
    _require_tall(Q.shape)
    m, n = Q.shape
    is_complex = np.iscomplexobj(Q)
    within = [Q @ S for S in pattern_basis(structures["skew"].pattern, (n, n), is_complex)]
    complement = np.linalg.qr(Q, mode="complete")[0][:, n:]
    free = pattern_basis(structures["general"].pattern, (m - n, n), is_complex)
    return within + [complement @ N for N in free]


def _unitary_projection(Q: Array, X: Array) -> Array:
    X = _of_field(Q, X)
    S = Q.conj().T @ X
    return np.asarray(X - Q @ (S + S.conj().T) / 2)


def _unitary_retraction(Q: Array, dQ: Array) -> Array:
    """The polar factor of Q + dQ, nearest to it."""
    U, _, Vh = np.linalg.svd(Q + dQ, full_matrices=False)
    return np.asarray(U @ Vh)


def _plus(X: Array, dX: Array) -> Array:
    return np.asarray(X + dX)


def _positive_diagonal_retraction(X: Array, dX: Array) -> Array:
    Y = np.asarray(X + dX)
    d = np.diagonal(X).real
    np.fill_diagonal(Y, d * np.exp(np.diagonal(dX).real / d))
    return Y


def _definite_retraction(A: Array, dA: Array) -> Array:
    return np.asarray(A + dA + dA @ np.linalg.solve(A, dA) / 2)


def _of_field(member: Array, X: Array) -> Array:
    return np.asarray(X) if np.iscomplexobj(member) else np.asarray(X).real


def _require_square(shape: tuple[int, ...]) -> None:
    if shape[0] != shape[1]:
        raise ShapeError("members", f"a matrix of this structure is square, not {shape[0]} by {shape[1]}.")


def _require_tall(shape: tuple[int, ...]) -> None:
    if shape[0] < shape[1]:
        fact = f"{shape[1]} orthonormal columns do not fit into {shape[0]} rows."
        raise ShapeError("members", fact, "Orthonormal rows: the adjoint of such a matrix.")


def _additive(
    name: str, random: Callable[..., Array], retract: Callable[[Array, Array], Array] = _plus
) -> Members:
    """A row whose tangents are the matrices of its pattern, at every member."""
    pattern = structures[name].pattern
    return Members(
        name,
        random,
        lambda X: pattern_basis(pattern, X.shape, np.iscomplexobj(X)),
        lambda X, dX: pattern_projection(pattern, _of_field(X, dX)),
        retract,
    )


members: dict[str, Members] = {
    row.name: row
    for row in [
        _additive("general", _entries),
        _additive("lower", _triangle(np.tril, "free")),
        _additive("unit lower", _triangle(np.tril, "unit")),
        _additive("positive lower", _triangle(np.tril, "positive"), _positive_diagonal_retraction),
        _additive("upper", _triangle(np.triu, "free")),
        _additive("unit upper", _triangle(np.triu, "unit")),
        _additive("positive upper", _triangle(np.triu, "positive"), _positive_diagonal_retraction),
        _additive("diagonal", _diagonal),
        _additive("real diagonal", lambda shape, rng, is_complex: _diagonal(shape, rng, False)),
        Members("unitary", _unitary, _unitary_tangents, _unitary_projection, _unitary_retraction),
        _additive("hermitian", _mirrored("conjugate")),
        _additive("positive definite", _positive_definite, _definite_retraction),
        _additive("symmetric", _mirrored("equal")),
        _additive("skew", _mirrored("minus conjugate")),
        _additive("permutation", _permutation),
    ]
}
