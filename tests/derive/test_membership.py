"""Who belongs to a structure, and the part of a matrix that does."""

import numpy as np
import pytest

from linad.core.transforms import jvp
from linad.derive.members import members
from linad.derive.membership import belongs
from linad.derive.restricted import restricted
from linad.derive.symbolic.algebra.structures import structures
from tests.derive.belonging import BELONGS, BLOCKS, fits

SHAPES = [(4, 4), (5, 3), (3, 5)]
CASES = [(name, shape) for name in members for shape in SHAPES if fits(name, shape)]
cases = pytest.mark.parametrize(
    ("name", "shape"), CASES, ids=lambda x: x if isinstance(x, str) else "x".join(map(str, x))
)
fields = pytest.mark.parametrize("is_complex", [False, True], ids=["real", "complex"])
LINEAR = [
    (name, shape)
    for name, shape in CASES
    if not (
        structures[name].adjoint_is_inverse
        or structures[name].unit_columns
        or structures[name].pattern.blocks
    )
]


def packed(name, X):
    return np.diagonal(X) if structures[name].diagonal else X


@cases
@fields
def test_members_belong(name, shape, is_complex, rng):
    assert belongs(structures[name], packed(name, members[name].random(shape, rng, is_complex)))


@pytest.mark.parametrize(("name", "shape"), [case for case in CASES if case[0] not in BLOCKS])
@fields
def test_what_theory_excludes_does_not_belong(name, shape, is_complex, rng):
    """Members with one entry changed: some are none any more."""
    X = members[name].random(shape, rng, is_complex)
    for at in np.ndindex(X.shape):
        if structures[name].diagonal and at[0] != at[1]:
            continue
        changed = X.copy()
        changed[at] = changed[at] * -2 + 0.25
        assert belongs(structures[name], packed(name, changed)) == bool(BELONGS[name](changed))


@pytest.mark.parametrize(
    ("name", "X"),
    [
        ("positive definite", -np.eye(2)),
        ("positive semidefinite", np.diag([1.0, -1.0])),
        ("permutation", np.array([0, 0])),
        ("orthogonal", np.eye(2) + 0j),
        ("real diagonal", np.array([1j])),
        ("block unit lower", np.array([[1.0, 0.0], [0.5, 2.0]])),
        ("hermitian block diagonal", np.array([[1.0, 2.0], [3.0, 1.0]])),
        ("quasi upper", np.tri(3)),
        ("unit lower", np.full((2, 2), np.nan)),
    ],
)
def test_what_does_not_belong(name, X):
    assert not belongs(structures[name], X)


def test_indices_of_a_permutation_belong():
    assert belongs(structures["permutation"], np.array([2, 0, 1]))


def test_nothing_belongs_everywhere():
    assert all(belongs(structure, np.zeros((0, 0))) for structure in structures.values())


@pytest.mark.parametrize(("name", "shape"), LINEAR)
@fields
def test_the_part_of_a_member_is_the_member_and_moves_along_tangents(name, shape, is_complex, rng):
    row, structure = members[name], structures[name]
    X = row.random(shape, rng, is_complex)
    dX = members["general"].random(shape, rng, np.iscomplexobj(X))
    x, dx = (packed(name, matrix).copy() for matrix in (X, dX))
    part, tangent = jvp(lambda x: restricted(structure, x), (x,), (dx,))
    along = dx if structure.fixed else packed(name, row.project(X, dX))  # what is discrete is left as it is
    np.testing.assert_allclose(part, x, atol=1e-15)
    np.testing.assert_allclose(tangent, along, atol=1e-15)
