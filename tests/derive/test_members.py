"""Members of structures belong to them; their tangents are as many as theory counts, and nothing else."""

import numpy as np
import pytest

from linad.derive.members import combination, coordinates, members
from linad.derive.patterns import blocks_of
from linad.derive.symbolic.algebra.structures import structures
from linad.errors import ShapeError
from tests.derive.belonging import (
    BELONGS,
    BLOCKS,
    REAL,
    SQUARE_ONLY,
    TALL,
    WIDE,
    H,
    close,
    count,
    fits,
    forbidden,
)

CASES = [
    pytest.param(
        name, shape, is_complex, id=f"{name}-{shape[0]}x{shape[1]}-{'complex' if is_complex else 'real'}"
    )
    for name in BELONGS
    for shape in ((4, 4), (1, 1), TALL, WIDE)
    if fits(name, shape)
    for is_complex in (False, True)
]
each = pytest.mark.parametrize(("name", "shape", "is_complex"), CASES)


def point(name, shape, is_complex, rng):
    """A row, a member, and the basis of its tangents."""
    row = members[name]
    X = row.random(shape, rng, is_complex)
    return row, X, row.tangents(X)


def test_every_structure_has_a_row():
    assert set(members) == set(structures) == set(BELONGS)
    assert all(row.name == name for name, row in members.items())


@each
def test_a_random_member_belongs(name, shape, is_complex, rng):
    X = members[name].random(shape, rng, is_complex)
    assert X.shape == shape
    assert BELONGS[name](X)
    assert np.iscomplexobj(X) == (is_complex and name not in REAL)


@each
def test_tangents_are_as_many_as_theory_counts(name, shape, is_complex, rng):
    assert len(point(name, shape, is_complex, rng)[2]) == count(name, *shape, 1 + is_complex)


@each
def test_the_basis_is_orthonormal(name, shape, is_complex, rng):
    _, _, basis = point(name, shape, is_complex, rng)
    gram = np.array([[np.vdot(B, C).real for C in basis] for B in basis]).reshape(len(basis), len(basis))
    assert close(gram, np.eye(len(basis)))


@each
def test_forbidden_entries_of_tangents_are_exactly_zero(name, shape, is_complex, rng):
    _, _, basis = point(name, shape, is_complex, rng)
    assert not any(np.any(B[forbidden(name, shape)]) for B in basis)


@pytest.mark.parametrize(
    "name", ["positive lower", "positive upper", "hermitian", "hermitian block diagonal"]
)
def test_a_real_diagonal_has_real_tangents(name, rng):
    _, _, basis = point(name, (4, 4), True, rng)
    assert not any(np.any(np.diagonal(B).imag) for B in basis)


@each
def test_a_real_member_has_real_tangents(name, shape, is_complex, rng):
    row, X, basis = point(name, shape, is_complex, rng)
    Z = rng.standard_normal(shape) + 1j * rng.standard_normal(shape)
    found = [*basis, row.project(X, Z), combination(basis, np.ones(len(basis)), X)]
    assert all(np.iscomplexobj(B) == np.iscomplexobj(X) for B in found)


@pytest.mark.parametrize("shape", [(4, 4), TALL, (1, 1), (5, 1)])
@pytest.mark.parametrize("is_complex", [False, True])
def test_unitary_tangents_keep_the_columns_orthonormal(shape, is_complex, rng):
    _, Q, basis = point("unitary", shape, is_complex, rng)
    assert all(close(H(Q) @ dQ + H(dQ) @ Q, 0) for dQ in basis)


@pytest.mark.parametrize("is_complex", [False, True])
def test_unitary_tangents_contain_all_that_is_normal_to_the_columns(is_complex, rng):
    m, n = TALL
    _, Q, basis = point("unitary", TALL, is_complex, rng)
    normal = [dQ - Q @ (H(Q) @ dQ) for dQ in basis]
    stacked = np.array([np.concatenate([N.real.ravel(), N.imag.ravel()]) for N in normal])
    assert np.linalg.matrix_rank(stacked) == (1 + is_complex) * (m - n) * n


@each
def test_the_projection_is_the_orthogonal_one_on_the_tangents(name, shape, is_complex, rng):
    row, X, basis = point(name, shape, is_complex, rng)
    Z = members["general"].random(shape, rng, is_complex)
    assert close(row.project(X, Z), combination(basis, coordinates(basis, Z), X))


@each
def test_a_retraction_is_a_member(name, shape, is_complex, rng):
    row, X, basis = point(name, shape, is_complex, rng)
    dX = combination(basis, rng.standard_normal(len(basis)), X)
    assert BELONGS[name](row.retract(X, dX))


@each
def test_a_retraction_starts_along_its_tangent(name, shape, is_complex, rng):
    row, X, basis = point(name, shape, is_complex, rng)
    dX = combination(basis, rng.standard_normal(len(basis)), X)
    h = 1e-5
    slope = (row.retract(X, h * dX) - row.retract(X, -h * dX)) / (2 * h)
    assert np.allclose(slope, dX, rtol=0, atol=1e-8)  # h^2 of truncation, eps / h of rounding


@pytest.mark.parametrize("name", sorted(SQUARE_ONLY))
def test_a_square_structure_refuses_other_shapes(name, rng):
    with pytest.raises(ShapeError, match="is square, not 5 by 3"):
        members[name].random(TALL, rng, False)


def test_orthonormal_columns_are_not_more_than_rows(rng):
    with pytest.raises(ShapeError, match="5 orthonormal columns do not fit into 3 rows"):
        members["unitary"].random(WIDE, rng, False)


def test_orthonormal_rows_are_not_more_than_columns(rng):
    with pytest.raises(ShapeError, match="5 orthonormal rows do not fit into 3 columns"):
        members["orthonormal rows"].random(TALL, rng, False)


def test_an_orthogonal_matrix_of_complex_dtype_has_real_tangents(rng):
    row, Q, basis = point("orthogonal", TALL, True, rng)
    Z = members["general"].random(TALL, rng, True)
    assert all(np.isrealobj(dQ) for dQ in row.tangents(Q.astype(complex)))
    assert close(row.project(Q.astype(complex), Z), combination(basis, coordinates(basis, Z), Q))


@pytest.mark.parametrize("is_complex", [False, True])
def test_unit_columns_turn_their_phases_but_keep_their_lengths(is_complex, rng):
    row, V, basis = point("unit columns", (4, 4), is_complex, rng)
    assert all(close(np.sum(V.conj() * dV, axis=0).real, 0) for dV in basis)
    assert close(row.project(V, V), 0)
    if is_complex:
        assert close(row.project(V, 1j * V), 1j * V)


BY_POSITION = [0, 1, 1, 2, 3, 3]


@pytest.mark.parametrize("name", sorted(BLOCKS))
def test_blocks_are_read_off_or_by_position(name, rng):
    X = members[name].random((6, 6), rng, True)
    assert blocks_of(structures[name].pattern, X).tolist() == BY_POSITION


@pytest.mark.parametrize("name", sorted(BLOCKS - {"block unit lower"}))
def test_blocks_are_where_the_member_has_them(name):
    X = np.diag([1.0, 2, 3, 4]) + np.diag([0.5, 0, 0.5], -1) + np.diag([0.5, 0, 0.5], 1)
    assert blocks_of(structures[name].pattern, X).tolist() == [0, 0, 1, 1]


def test_one_entry_above_the_diagonal_makes_a_block_of_a_diagonal_but_not_of_a_triangle():
    X = np.diag([1.0, 2, 3]) + np.diag([0.5, 0], 1)
    assert blocks_of(structures["block diagonal"].pattern, X).tolist() == [0, 0, 1]
    assert blocks_of(structures["quasi upper"].pattern, X).tolist() == [0, 1, 2]


def test_a_semidefinite_matrix_retracts_along_the_cone_at_its_boundary(rng):
    row, h = members["positive semidefinite"], 1e-5
    v = rng.standard_normal((4, 2))
    A, dA = v[:, :1] @ v[:, :1].T, v[:, 1:] @ v[:, 1:].T
    assert close(row.retract(A, h * dA), A + h * dA)
    assert BELONGS["positive semidefinite"](row.retract(A, -h * dA))
