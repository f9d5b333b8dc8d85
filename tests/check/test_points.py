"""Domains hold their members; points cover what they promise, under names of their own."""

from itertools import combinations

import numpy as np
import pytest
from scipy.linalg import eigvals_banded

from linad.check.design import covering, every
from linad.check.domains import DOMAINS, member, tangent
from linad.check.numbers import no_integers
from linad.check.points import DTYPES, MAIN, matching

BELONGS = {
    "real": lambda x: np.isfinite(x),
    "positive": lambda x: np.real(x) >= 0.5,
    "nonzero": lambda x: np.abs(x) >= 0.5,
    "unit": lambda x: np.abs(x) < 0.8,
    "above one": lambda x: np.real(x) >= 1.5,
    "fraction": lambda x: np.abs(np.real(x) - 0.5) <= 0.4 + 1e-6,  # single precision rounds the ends
    "below zero": lambda x: np.real(x) <= -0.5,
    "first quadrant": lambda x: (np.real(x) >= 0.5) & ((np.imag(x) >= 0.5) | np.isrealobj(x)),
    "regular": lambda x: np.linalg.cond(x) < 20,
    "full rank": lambda x: np.linalg.cond(x) < 20,
    "triangular": lambda x: (np.linalg.cond(np.tril(x)) < 20) & (np.linalg.cond(np.triu(x)) < 20),
    "stable": lambda x: np.linalg.eigvals(x).real.min(-1) > 0.5,
    "definite": lambda x: (
        (x == x.swapaxes(-1, -2).conj()).all((-1, -2)) & (np.linalg.eigvalsh(x)[..., 0] > 0.5)
    ),
    "indefinite": lambda x: (
        (x == x.swapaxes(-1, -2).conj()).all((-1, -2))
        & (np.linalg.cond(x) < 20)
        & (np.linalg.eigvalsh(x)[..., 0] < 0)
    ),
    "indefinite symmetric": lambda x: (x == x.swapaxes(-1, -2)).all((-1, -2)) & (np.linalg.cond(x) < 20),
    "graded": lambda x: np.diff(-np.linalg.svdvals(x)).min(-1) > 0.05,
    "hermitian": lambda x: (
        (x == x.swapaxes(-1, -2).conj()).all((-1, -2)) & (np.diff(np.linalg.eigvalsh(x)).min(-1) > 0.05)
    ),
    "apart": lambda x: [gap(np.linalg.eigvals(M)) > 0.05 for M in stack(x)],
    "near diagonal": lambda x: [gap(np.diag(M)) > 0.5 for M in stack(x)],
    "turning": lambda x: [gap(np.linalg.eigvals(M)) > 0.05 for M in stack(x)],
    "coupled": lambda x: np.abs(np.diagonal(x, -1, -2, -1)) > 0.5,
    "band": lambda x: 2 * np.abs(x[..., 1, :]) > np.abs(x).sum(-2),
    "lower band": lambda x: (
        (x[..., 0, :].imag == 0).all(-1)
        & (np.array([eigvals_banded(M, lower=True)[0] for M in stack(x)]) > 0.1)
    ),
    "lower band apart": lambda x: [
        w[0] > 0.1 and gap(w) > 0.5 for w in (eigvals_banded(M, lower=True) for M in stack(x))
    ],
    "dominant first": lambda x: 2 * np.abs(x[..., 0]) > np.abs(x).sum(-1),
    "damped": lambda x: [
        np.all(w.real < -0.05) & (x.dtype.kind == "i" or np.all(np.abs(w) < 0.95))  # integers only half of it
        for w in map(np.linalg.eigvals, stack(x))
    ],
    "sorted": lambda x: np.all(np.sort(x, axis=-1) == x),
}


def stack(x):
    """The matrices of a batch."""
    return x.reshape(-1, *x.shape[-2:])


def gap(w):
    """The smallest distance between two numbers."""
    return np.min(np.abs(w[:, None] - w) + np.diag(np.full(len(w), np.inf)))


TRIED = [primitive for primitive in matching() if primitive.samples]


@pytest.mark.parametrize("dtype", ["float64", "float32", "complex128", "complex64"])
@pytest.mark.parametrize("name", DOMAINS)
def test_a_member_belongs_to_its_domain(name, dtype, rng):
    for _ in range(50):
        x = member(name, (2, 3, 3), np.dtype(dtype), rng)
        assert x.dtype == dtype
        assert np.all(BELONGS[name](x))


@pytest.mark.parametrize("name", [name for name in DOMAINS if DOMAINS[name].integer is not no_integers])
def test_an_integer_member_is_one(name, rng):
    x = member(name, (4, 4), np.dtype(np.int64), rng)
    assert x.dtype == np.int64
    assert np.all(BELONGS[name](x) if name != "unit" else x == 0)


@pytest.mark.parametrize("name", DOMAINS)
@pytest.mark.parametrize("shape", [(0, 0), (1, 1), (2, 0, 0)])
def test_small_and_empty_members_exist(name, shape, rng):
    assert member(name, shape, np.dtype(float), rng).shape == shape


def test_an_unknown_domain_is_an_error(rng):
    with pytest.raises(ValueError, match="there is no domain 'imaginary'"):
        member("imaginary", (2,), np.dtype(float), rng)


def test_every_declared_domain_exists():
    assert {name for primitive in matching() for name in primitive.domain} <= DOMAINS.keys()


def test_tangents_are_short_decimals_and_never_zero(rng):
    t = tangent((100,), np.dtype(float), rng)
    np.testing.assert_array_equal(t, np.round(t, 2))
    assert np.all(np.abs(t) >= 0.1)


@pytest.mark.parametrize("primitive", TRIED, ids=lambda primitive: primitive.name)
def test_names_of_points_are_unique(primitive):
    names = [point.name for point in every(primitive)]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("primitive", TRIED, ids=lambda primitive: primitive.name)
def test_the_covering_design_has_every_sample_in_the_main_dtypes(primitive):
    main = {(point.sample.name, point.dtype) for point in covering(primitive) if point.whole}
    assert main >= {
        (sample.name, dtype)
        for sample in primitive.samples
        for dtype in MAIN
        if np.dtype(dtype).kind in primitive.dtypes
    }


def properties(point):
    return {"dtype": point.dtype, "layout": point.layout, "traced": "all" if point.whole else point.traced}


@pytest.mark.parametrize("primitive", TRIED, ids=lambda primitive: primitive.name)
def test_the_covering_design_has_every_pair_that_occurs(primitive):
    def pairs(points):
        return {pair for point in points for pair in combinations(properties(point).items(), 2)}

    assert pairs(covering(primitive)) == pairs(every(primitive))


@pytest.mark.parametrize("primitive", TRIED, ids=lambda primitive: primitive.name)
def test_no_point_of_the_covering_design_is_tried_twice(primitive):
    names = [point.name for point in covering(primitive)]
    assert len(set(names)) == len(names)


def test_layouts_are_what_they_are_called():
    (point,) = (p for p in every(matching(["matmul"])[0]) if p.label == "2x3-3x4-float64-strided")
    for name, claim in {
        "c": lambda A: A.flags.c_contiguous,
        "fortran": lambda A: A.flags.f_contiguous and not A.flags.c_contiguous,
        "strided": lambda A: A.strides[0] < 0 and not A.flags.c_contiguous,
        "readonly": lambda A: not A.flags.writeable,
    }.items():
        other = next(p for p in every(point.primitive) if p.label == f"2x3-3x4-float64-{name}")
        assert all(claim(A) for A in other.operands())
        assert all(np.array_equal(A, B) for A, B in zip(other.operands(), point.operands(), strict=True))


def test_mixed_dtypes_take_turns():
    point = next(p for p in every(matching(["multiply"])[0]) if p.dtype == "float64+complex128" and p.whole)
    assert [dtype.name for dtype in point.dtypes] == list(DTYPES["float64+complex128"])


def test_a_seed_gives_the_same_numbers_again_and_another_others():
    primitive = matching(["sin"])[0]

    def drawn(seed):
        return [point.operands()[0].tolist() for point in covering(primitive, seed)]

    assert drawn(3) == drawn(3) != drawn(4)
