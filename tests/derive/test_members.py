"""Members of structures belong to them; their tangents are as many as theory counts, and nothing else."""

import numpy as np
import pytest

from linad.derive.members import combination, coordinates, members
from linad.derive.symbolic.structures import structures
from linad.errors import ShapeError

SQUARE_ONLY = {"hermitian", "positive definite", "symmetric", "skew", "permutation"}
TALL, WIDE = (5, 3), (3, 5)


def H(X):
    return X.conj().T


def close(X, Y):
    return np.allclose(X, Y, rtol=0, atol=1e-13)


def positive(d):
    return np.all(np.isreal(d) & (d.real > 0))


BELONGS = {
    "general": lambda X: np.all(np.isfinite(X)),
    "lower": lambda X: not np.any(np.triu(X, 1)),
    "unit lower": lambda X: not np.any(np.triu(X, 1)) and np.all(np.diagonal(X) == 1),
    "positive lower": lambda X: not np.any(np.triu(X, 1)) and positive(np.diagonal(X)),
    "upper": lambda X: not np.any(np.tril(X, -1)),
    "unit upper": lambda X: not np.any(np.tril(X, -1)) and np.all(np.diagonal(X) == 1),
    "positive upper": lambda X: not np.any(np.tril(X, -1)) and positive(np.diagonal(X)),
    "diagonal": lambda X: not np.any(np.tril(X, -1)) and not np.any(np.triu(X, 1)),
    "real diagonal": lambda X: BELONGS["diagonal"](X) and np.all(np.isreal(X)),
    "unitary": lambda X: close(H(X) @ X, np.eye(X.shape[1])),
    "hermitian": lambda X: close(X, H(X)),
    "positive definite": lambda X: close(X, H(X)) and np.all(np.linalg.eigvalsh(X) > 0),
    "symmetric": lambda X: close(X, X.T),
    "skew": lambda X: close(X, -H(X)),
    "permutation": lambda X: sorted(X.tolist()) == sorted(np.eye(len(X)).tolist()),
}


def count(name, m, n, c):
    """The dimension over the reals; c is 2 for complex matrices, 1 for real ones."""
    d = min(m, n)
    below, above = sum(min(i, n) for i in range(m)), sum(min(j, m) for j in range(n))
    return {
        "general": c * m * n,
        "lower": c * (below + d),
        "unit lower": c * below,
        "positive lower": c * below + d,
        "upper": c * (above + d),
        "unit upper": c * above,
        "positive upper": c * above + d,
        "diagonal": c * d,
        "real diagonal": d,
        "unitary": c * m * n - (c * n * (n - 1) // 2 + n),
        "hermitian": c * n * (n - 1) // 2 + n,
        "positive definite": c * n * (n - 1) // 2 + n,
        "symmetric": c * n * (n + 1) // 2,
        "skew": c * n * (n - 1) // 2 + (c - 1) * n,
        "permutation": 0,
    }[name]


def forbidden(name, shape):
    """Where a tangent is zero, whatever the member."""
    i, j = np.indices(shape)
    return {
        "lower": i < j,
        "unit lower": i <= j,
        "positive lower": i < j,
        "upper": i > j,
        "unit upper": i >= j,
        "positive upper": i > j,
        "diagonal": i != j,
        "real diagonal": i != j,
    }.get(name, np.zeros(shape, bool))


def fits(name, shape):
    m, n = shape
    return m == n or (name not in SQUARE_ONLY and (name != "unitary" or m > n))


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
    assert set(members) == set(structures)
    assert all(row.name == name for name, row in members.items())


@each
def test_a_random_member_belongs(name, shape, is_complex, rng):
    X = members[name].random(shape, rng, is_complex)
    assert X.shape == shape
    assert BELONGS[name](X)
    assert np.iscomplexobj(X) == (is_complex and name not in ("real diagonal", "permutation"))


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


@pytest.mark.parametrize("name", ["positive lower", "positive upper", "real diagonal", "hermitian"])
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
