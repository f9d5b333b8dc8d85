"""Families draw members of themselves; their directions stay inside, and their curves start in that direction."""

import numpy as np
import pytest

from linad.check.specs import parse_argument

SPECS = [
    "normal(3)",
    "uniform(3, low=1, high=2)",
    "general(3, 3)",
    "complex general(4, 3)",
    "symmetric(3)",
    "complex symmetric(3)",
    "complex hermitian(3)",
    "skew(3)",
    "spd(3)",
    "complex spd(2, 3, 3)",
    "lower(3)",
    "upper(3)",
    "complex unit_lower(3)",
    "unit_upper(3)",
    "diagonal(3)",
    "orthonormal(5, 2)",
    "complex orthonormal(3, 3)",
    "fixed_rank(4, 3, rank=2)",
    "complex fixed_rank(3, 4, rank=1)",
    "positive(3)",
    "interval(3, low=-1, high=2)",
    "simplex(4)",
    "simplex(2, 3)",
]


def direction(drawn, rng):
    x = drawn.array
    d = rng.standard_normal(x.shape) + (1j * rng.standard_normal(x.shape) if np.iscomplexobj(x) else 0)
    return drawn.domain.along(x, d)


@pytest.mark.parametrize("spec", SPECS)
def test_a_member_belongs_to_its_family(spec):
    drawn = parse_argument(spec)
    assert drawn.domain.holds(drawn.array)


@pytest.mark.parametrize("spec", SPECS)
def test_projecting_twice_is_projecting_once(spec, rng):
    drawn = parse_argument(spec)
    d = direction(drawn, rng)
    np.testing.assert_allclose(drawn.domain.along(drawn.array, d), d, atol=1e-13)


@pytest.mark.parametrize("spec", SPECS)
def test_a_curve_stays_in_its_family(spec, rng):
    drawn = parse_argument(spec)
    d = direction(drawn, rng)
    for step in (0.3, -0.3, 3.0) if "uniform" not in spec else ():
        assert drawn.domain.holds(np.asarray(drawn.domain.retract(drawn.array, step * d)))


@pytest.mark.parametrize("spec", SPECS)
def test_a_curve_starts_at_the_member_in_the_direction(spec, rng):
    drawn = parse_argument(spec)
    x, d, h = drawn.array, direction(drawn, rng), 1e-5
    curve = drawn.domain.retract
    np.testing.assert_allclose(curve(x, 0 * d), x, atol=1e-14)
    np.testing.assert_allclose(
        (curve(x, h * d) - curve(x, -h * d)) / (2 * h), d, atol=1e-8
    )  # h^2 and eps / h


@pytest.mark.parametrize(
    ("spec", "outside"),
    [
        ("spd(2)", np.array([[1.0, 2.0], [2.0, 1.0]])),
        ("symmetric(2)", np.array([[1.0, 2.0], [3.0, 1.0]])),
        ("lower(2)", np.ones((2, 2))),
        ("unit_lower(2)", 2 * np.eye(2)),
        ("orthonormal(2, 2)", np.ones((2, 2))),
        ("fixed_rank(2, 2, rank=1)", np.eye(2)),
        ("simplex(2)", np.ones(2)),
        ("interval(2)", np.array([0.5, 1.5])),
        ("positive(2)", np.array([1.0, -1.0])),
        ("integer(2)", np.ones(2)),
    ],
)
def test_what_is_outside_is_recognised(spec, outside):
    assert not parse_argument(spec).domain.holds(outside)
