"""Histograms: counts are constant, sums of weights linear, edges move with the range, densities with the edges."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import linad as ln
import linad.numpy as lnp
from tests.numpy.test_properties import _assert_same

NUMBERS = st.sampled_from([-1.0, -0.3, 0.0, 0.2, 0.7, 1.0, 2.5])
EDGES = st.sampled_from([1, 4, [-1.0, 0.0, 1.0], [0.0, 0.2, 0.2, 3.0], np.array([-5, 5])])
RANGES = st.sampled_from([None, (0, 1), (-0.3, 0.7)])


def _densely(draw: st.DrawFn) -> dict[str, Any]:
    return {"bins": draw(EDGES), "range": draw(RANGES), "density": draw(st.sampled_from([None, False, True]))}


@given(
    hnp.arrays(
        st.sampled_from([np.float32, np.float64]), st.integers(1, 8), elements=NUMBERS.map(np.float32)
    ),
    st.data(),
)
def test_histograms_are_numpys(x: Any, data: Any) -> None:
    options = _densely(data.draw)
    weights = data.draw(st.none() | hnp.arrays(np.float64, x.shape, elements=NUMBERS))
    with np.errstate(invalid="ignore", divide="ignore"):  # a density of no points, or of an edge given twice
        expected = np.histogram(x, weights=weights, **options)
        found = ln.vjp(lambda x: np.histogram(x, weights=weights, **options), x)[0]
    for e, y in zip(expected, found, strict=True):
        np.testing.assert_allclose(y, e, rtol=4 * np.finfo(np.float32).eps, strict=True)


@given(hnp.arrays(np.float64, st.integers(1, 8), elements=NUMBERS), st.data())
@settings(max_examples=25)
def test_sums_of_weights_are_linear_in_the_weights(x: Any, data: Any) -> None:
    bins, between = data.draw(EDGES), data.draw(RANGES)
    dtype = data.draw(st.sampled_from([np.float32, np.float64, np.complex128]))
    w = (1 + np.arange(x.size)).astype(dtype) * (1 + 0.5j if dtype is np.complex128 else 1)
    _assert_same(lambda w: np.histogram(x, bins, between, weights=w)[0], w)
    if dtype is not np.complex128:
        y = x[::-1].copy()
        _assert_same(lambda w: np.histogram2d(x, y, 3, weights=w.astype(np.float64))[0], w)


def test_counts_are_constants() -> None:
    x = np.array([0.1, 0.4, 0.45, 0.9])

    def f(x: Any) -> Any:
        counts, _ = np.histogram(x, bins=3)
        assert type(counts) is np.ndarray
        assert counts.dtype == np.intp
        return counts @ x[:3]

    np.testing.assert_array_equal(ln.grad(f)(x), [*np.histogram(x, bins=3)[0], 0.0])


def test_edges_move_with_the_smallest_and_the_largest_entry() -> None:
    x = np.array([0.5, 3.0, -1.0])
    J = ln.jacobian(lambda x: np.histogram_bin_edges(x, 4))(x)
    share = np.linspace(0, 1, 5)
    np.testing.assert_allclose(J, np.stack([0 * share, share, 1 - share], axis=1), rtol=1e-15)


def test_edges_move_with_the_ends_of_a_range_that_is_traced() -> None:
    x = np.array([0.5, 3.0, -1.0])
    J = ln.jacobian(lambda high: lnp.histogram(x, 2, (0.0, high))[1])(2.0)
    np.testing.assert_array_equal(J, [0.0, 0.5, 1.0])
    y = ln.jacobian(lambda bins: lnp.histogram(x, bins, density=True)[0])(np.array([0.0, 1.0, 4.0]))
    # one of two entries in each bin: 1 / 2 over the width
    np.testing.assert_allclose(y, [[0.5, -0.5, 0], [0, 0.5 / 9, -0.5 / 9]], rtol=1e-14)


def test_a_density_of_a_sample_moves_with_its_range(rng: np.random.Generator) -> None:
    x = rng.normal(size=(12, 2))

    def f(x: Any) -> Any:
        one, _ = np.histogram(x[:, 0], bins=4, density=True)
        two, _ = np.histogramdd(x, bins=(3, 2), density=True)
        return np.sum(one**2) + np.sum(np.sin(two))

    h = 1e-6
    t = rng.normal(size=x.shape)
    slope = (f(x + h * t) - f(x - h * t)) / (2 * h)
    assert np.sum(ln.grad(f)(x) * t) == pytest.approx(slope, rel=1e-7, abs=1e-8)
    assert ln.jvp(f, (x,), (t,))[1] == pytest.approx(slope, rel=1e-7, abs=1e-8)


def test_one_entry_gets_a_bin_around_it() -> None:
    np.testing.assert_array_equal(
        ln.vjp(lambda x: np.histogram(x, 2)[1], np.array([3.0, 3.0]))[0], [2.5, 3.0, 3.5]
    )


@pytest.mark.parametrize("bins", ["auto", "fd", "sturges", "doane", "scott", "stone", "rice", "sqrt"])
def test_the_number_of_bins_of_every_estimator_is_numpys(bins: Any, rng: np.random.Generator) -> None:
    x = rng.normal(size=30)
    _assert_same(lambda x: np.histogram_bin_edges(x, bins), x)
    _assert_same(lambda x: np.histogram_bin_edges(x, bins, (-0.5, 0.5)), x)


@given(
    st.integers(1, 3), st.integers(1, 6), st.booleans(), st.booleans(),
    st.sampled_from([2, (3, 1, 2), [[-1.0, 0.0, 1.0], 2, [0, 0.2]]]), st.data(),
)  # fmt: skip
@settings(max_examples=30)
def test_histograms_of_several_axes_are_numpys(
    axes: int, n: int, density: bool, weighted: bool, bins: Any, data: Any
) -> None:
    x = data.draw(hnp.arrays(np.float64, (n, axes), elements=NUMBERS))
    w = np.arange(1.0, n + 1) if weighted else None
    bins = bins if isinstance(bins, int) else list(bins[:axes])
    with np.errstate(invalid="ignore"):  # a density of no points
        expected, edges = np.histogramdd(x, bins, density=density, weights=w)
        found, moved = ln.vjp(lambda x: np.histogramdd(x, bins, density=density, weights=w), x)[0]
    np.testing.assert_allclose(found, expected, rtol=1e-14, strict=True)
    for e, y in zip(edges, moved, strict=True):
        np.testing.assert_allclose(y, e, rtol=1e-15, atol=1e-15, strict=True)


def test_points_given_by_their_coordinates_are_points() -> None:
    x = np.array([0.1, 0.7, 0.8])
    out = ln.vjp(lambda x: np.histogramdd([x, 2 * x], 2)[0], x)[0]
    np.testing.assert_array_equal(out, np.histogramdd([x, 2 * x], 2)[0])


def test_a_recorded_graph_guards_the_number_of_bins() -> None:
    graph = ln.graph(lambda x: np.histogram(x, "sqrt")[1], np.array([0.0, 1.0, 2.0]))
    assert "histogram_bins" in str(graph)
