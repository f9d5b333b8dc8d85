"""Products by halves are dense products of what zones leave, in any order of memory; other entries stay."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linad.kernels import triangles
from linad.kernels.triangles import copy_zone, filled, multiply

EPS = {"f": 1.2e-7, "d": 2.3e-16, "F": 1.2e-7, "D": 2.3e-16}
ZONES = ("full", "lower", "upper", "strict lower", "strict upper")
FACTORS = (*ZONES, "unit lower", "unit upper")
TURNED = {"N": lambda X: X, "T": lambda X: X.T, "H": lambda X: X.conj().T}


def draw(rng, m, n, dtype, order):
    """A block of a larger array, in either order of memory."""
    X = rng.normal(size=(m + 2, n + 3)) + (1j * rng.normal(size=(m + 2, n + 3)) if dtype in "FD" else 0)
    return np.array(X.astype(dtype), order=order)[1 : m + 1, 2 : n + 2]


def dense(X, zone):
    """The entries of a zone, one by one."""
    i, j = np.indices(X.shape)
    kept = {
        "full": i == i,
        "lower": i >= j,
        "upper": i <= j,
        "strict lower": i > j,
        "strict upper": i < j,
        "unit lower": i > j,
        "unit upper": i < j,
    }[zone]
    return np.where(kept, X, 0) + (np.eye(*X.shape) if zone.startswith("unit") else 0)


@given(
    seed=st.integers(0, 2**32 - 1),
    zone=st.sampled_from(ZONES),
    left=st.sampled_from(FACTORS),
    right=st.sampled_from(FACTORS),
    n=st.integers(0, 9),
    dtype=st.sampled_from("fdFD"),
    trans=st.tuples(st.sampled_from("NTH"), st.sampled_from("NTH")),
    orders=st.tuples(*[st.sampled_from("CF")] * 3),
    fresh=st.booleans(),
    leaf=st.integers(1, 4),
)
def test_products_by_halves(seed, zone, left, right, n, dtype, trans, orders, fresh, leaf):
    rng = np.random.default_rng(seed)
    # a matrix with a zone is square: what that makes equal
    m = n if zone != "full" or left != "full" else rng.integers(0, 7)
    k = n if left != "full" or right != "full" else rng.integers(0, 7)
    columns = n if zone != "full" or right != "full" else rng.integers(0, 7)
    if zone != "full":
        m = columns = n
    C = draw(rng, m, columns, dtype, orders[0])
    A = draw(rng, *((m, k) if trans[0] == "N" else (k, m)), dtype, orders[1])
    B = draw(rng, *((k, columns) if trans[1] == "N" else (columns, k)), dtype, orders[2])
    if any(zone != "full" and X.shape[0] != X.shape[1] for zone, X in ((left, A), (right, B))):
        return
    product = 2 * TURNED[trans[0]](dense(A, left)) @ TURNED[trans[1]](dense(B, right))
    expected = np.where(dense(np.ones(C.shape), zone) != 0, product + (0 if fresh else C), C)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(triangles, "_LEAF", leaf)
        multiply(C, A, B, 2, fresh, zone=zone, left=left, right=right, trans_a=trans[0], trans_b=trans[1])
    bound = 20 * max(k, 1) * EPS[dtype] * (1 + np.abs(A).max(initial=0) * np.abs(B).max(initial=0))
    assert np.abs(C - expected).max(initial=0) <= bound


@pytest.mark.parametrize(("zone", "order"), list(itertools.product(ZONES, "CF")))
def test_only_the_zone_is_copied(zone, order, rng, monkeypatch):
    monkeypatch.setattr(triangles, "_LEAF", 2)
    C, A = draw(rng, 7, 7, "d", order), draw(rng, 7, 7, "d", "C")
    expected = np.where(dense(np.ones((7, 7)), zone) != 0, A, C)
    copy_zone(C, A, zone)
    np.testing.assert_array_equal(C, expected)


@pytest.mark.parametrize("zone", FACTORS)
def test_what_is_not_in_a_zone_is_zero(zone, rng):
    A = draw(rng, 5, 5, "D", "C")
    np.testing.assert_array_equal(filled(A, zone), dense(A, zone))


def test_what_is_outside_of_a_zone_is_no_number_that_spreads():
    A = np.triu(np.full((4, 4), np.nan), 1) + np.tril(np.ones((4, 4)))
    C = np.zeros((4, 4))
    multiply(C, A, np.eye(4), left="lower")
    np.testing.assert_array_equal(C, np.tril(np.ones((4, 4))))


def test_a_product_without_inner_dimension_clears_the_zone_only():
    C = np.ones((3, 3))
    multiply(C, np.ones((3, 0)), np.ones((0, 3)), fresh=True, zone="lower")
    np.testing.assert_array_equal(C, np.triu(np.ones((3, 3)), 1))
