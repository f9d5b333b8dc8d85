"""The structures in numbers, under the names that the symbolic table has for them.

A row draws members of its structure, spans the space of tangents at a member by a real orthonormal basis, projects on
that space, and follows a tangent back into the structure. A member of a real dtype has real tangents only.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from linad.derive.draws import Draw, draws, normalised, require_tall
from linad.derive.patterns import Array, blocks_of, pattern_basis, pattern_projection
from linad.derive.symbolic.algebra.structures import structures

__all__ = ["Array", "Members", "combination", "coordinates", "members"]


@dataclass(frozen=True, slots=True)
class Members:
    """One row: ``random(shape, rng, is_complex)`` is a member, ``retract(member, tangent)`` another one near it.

    A retraction of t times a tangent moves, to first order in t, along the tangent. ``tangents(member)`` is a list of
    arrays, orthonormal for Re tr(X^H Y); ``project(member, X)`` is the tangent next to X.
    """

    name: str
    random: Draw
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


def _unitary_tangents(Q: Array) -> list[Array]:
    """Q S with S skew; for a tall Q also N with Q^H N = 0, which maps into the complement of its columns."""
    require_tall(Q.shape)
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


def _unit_column_tangents(V: Array) -> list[Array]:
    """Column by column, what is orthogonal to it over the reals; of a complex column also its phase."""
    parts = [1, 1j] if np.iscomplexobj(V) else [1]
    basis = []
    for j, v in enumerate(V.T):
        stacked = np.concatenate([(v / part).real for part in parts])  # v, or its real and imaginary part
        complement = np.linalg.qr(stacked[:, None], mode="complete")[0][:, 1:].T
        for direction in complement:
            dV = np.zeros_like(V)
            dV[:, j] = parts @ direction.reshape(len(parts), v.size)
            basis.append(dV)
    return basis


def _unit_column_projection(V: Array, X: Array) -> Array:
    X = _of_field(V, X)
    return np.asarray(X - V * np.sum(V.conj() * X, axis=0).real)


def _plus(X: Array, dX: Array) -> Array:
    return np.asarray(X + dX)


def _positive_diagonal_retraction(X: Array, dX: Array) -> Array:
    Y = np.asarray(X + dX)
    d = np.diagonal(X).real
    np.fill_diagonal(Y, d * np.exp(np.diagonal(dX).real / d))
    return Y


def _definite_retraction(A: Array, dA: Array) -> Array:
    return np.asarray(A + dA + dA @ np.linalg.solve(A, dA) / 2)


def _semidefinite_retraction(A: Array, dA: Array) -> Array:
    """The semidefinite matrix nearest to A + dA."""
    w, V = np.linalg.eigh(A + dA)
    return np.asarray(V * np.maximum(w, 0) @ V.conj().T)


def _of_field(member: Array, X: Array) -> Array:
    return np.asarray(X) if np.iscomplexobj(member) else np.asarray(X).real


def _adjoint(X: Array) -> Array:
    return np.asarray(X.conj().T)


def _additive(name: str, retract: Callable[[Array, Array], Array] = _plus) -> Members:
    """A row whose tangents are the matrices of its pattern, at every member."""
    pattern = structures[name].pattern
    return Members(
        name,
        draws[name],
        lambda X: pattern_basis(pattern, X.shape, np.iscomplexobj(X), blocks_of(pattern, X)),
        lambda X, dX: pattern_projection(pattern, _of_field(X, dX), blocks_of(pattern, X)),
        retract,
    )


def _rows() -> list[Members]:
    """The rows that are no matrices of a pattern, or retract otherwise than by a sum."""
    unitary = Members(
        "unitary", draws["unitary"], _unitary_tangents, _unitary_projection, _unitary_retraction
    )
    return [
        unitary,
        Members(
            "orthonormal rows",
            draws["orthonormal rows"],
            lambda Q: [_adjoint(dQ) for dQ in unitary.tangents(_adjoint(Q))],
            lambda Q, X: _adjoint(unitary.project(_adjoint(Q), _adjoint(X))),
            _unitary_retraction,
        ),
        Members(  # real, whatever the field of the others
            "orthogonal",
            draws["orthogonal"],
            lambda Q: unitary.tangents(Q.real),
            lambda Q, X: unitary.project(Q.real, X),
            _unitary_retraction,
        ),
        Members(
            "unit columns",
            draws["unit columns"],
            _unit_column_tangents,
            _unit_column_projection,
            lambda V, dV: normalised(V + dV),
        ),
        _additive("positive lower", _positive_diagonal_retraction),
        _additive("positive upper", _positive_diagonal_retraction),
        _additive("positive diagonal", _positive_diagonal_retraction),
        _additive("positive definite", _definite_retraction),
        _additive("positive semidefinite", _semidefinite_retraction),
    ]


members: dict[str, Members] = {row.name: row for row in _rows()}
members |= {name: _additive(name) for name in draws if name not in members}
