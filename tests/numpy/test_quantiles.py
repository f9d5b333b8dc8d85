"""Quantiles by every method: NumPy's values, ties that share equally, and the derivative in q."""

import warnings
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import linad as ln
import linad.numpy as lnp
from linad.errors import ArgumentError, InPlaceError, TieError
from linad.operations.ranks import CONTINUOUS, METHODS
from tests.numpy.test_properties import _assert_same

FEW = st.sampled_from([-1.0, 0.0, 0.5, 2.0])
STEPS = [method for method in METHODS if method not in CONTINUOUS]


@st.composite
def arguments(draw: st.DrawFn) -> tuple[Any, Any, dict[str, Any]]:
    """An array with ties, shares, and options."""
    shape = draw(hnp.array_shapes(min_dims=1, max_dims=3, max_side=4))
    x = draw(hnp.arrays(draw(st.sampled_from([np.float32, np.float64])), shape, elements=FEW))
    share = st.sampled_from([0.0, 0.25, 0.5, 0.3, 1.0])
    q = draw(share | st.lists(share, min_size=1, max_size=3) | st.sampled_from([np.float32(0.3), 1]))
    axes = st.sets(st.integers(0, x.ndim - 1), min_size=1).map(tuple)
    axis = draw(st.none() | st.integers(-x.ndim, x.ndim - 1) | axes)
    return x, q, {"axis": axis, "keepdims": draw(st.booleans()), "method": draw(st.sampled_from(METHODS))}


@given(arguments())
def test_quantiles_are_numpys(case: tuple[Any, Any, dict[str, Any]]) -> None:
    x, q, options = case
    _assert_same(lambda x: np.quantile(x, q, **options), x)


@given(arguments())
@settings(max_examples=20)
def test_percentiles_are_numpys(case: tuple[Any, Any, dict[str, Any]]) -> None:
    x, q, options = case
    _assert_same(lambda x: np.percentile(x, np.multiply(q, 100), **options), x)


@given(arguments(), st.data())
@settings(max_examples=30)
def test_quantiles_without_nan_are_numpys(case: tuple[Any, Any, dict[str, Any]], data: Any) -> None:
    x, q, options = case
    x = np.where(data.draw(hnp.arrays(bool, x.shape)), np.nan, x).astype(np.float64)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # of columns of nothing but NaN
        expected = np.nanquantile(x, q, **options)
        out = ln.vjp(lambda x: np.nanquantile(x, q, **options), x)[0]
    np.testing.assert_allclose(out, expected, rtol=1e-14, strict=True)


@given(arguments(), st.data())
@settings(max_examples=30)
def test_weighted_quantiles_are_numpys(case: tuple[Any, Any, dict[str, Any]], data: Any) -> None:
    x, q, options = case
    options = {**options, "method": "inverted_cdf"}
    w = data.draw(hnp.arrays(np.float64, x.shape, elements=st.sampled_from([0.5, 1.0, 2.0])))
    _assert_same(lambda x: np.quantile(x, q, weights=w, **options), x)


@given(hnp.arrays(np.float64, hnp.array_shapes(max_dims=2, max_side=4), elements=FEW), st.integers(0, 15))
def test_entries_that_tie_for_a_rank_share_its_derivative_equally(x: Any, k: int) -> None:
    k, last = min(k, x.size - 1), max(x.size - 1, 1)
    attained = x == np.sort(x, axis=None)[k]
    g = ln.grad(lambda x: np.quantile(x, k / last, method="nearest"))(x)
    np.testing.assert_allclose(g, attained / attained.sum(), rtol=1e-15)


def test_the_median_of_tied_entries_has_one_derivative_whatever_their_order() -> None:
    x = np.array([1.0, 0.0, 1.0, 1.0, 5.0])
    np.testing.assert_allclose(ln.grad(np.median)(x), [1 / 3, 0, 1 / 3, 1 / 3, 0], rtol=1e-15)
    np.testing.assert_allclose(
        ln.grad(np.nanmedian)(np.append(x, np.nan)), [1 / 3, 0, 1 / 3, 1 / 3, 0, 0], rtol=1e-15
    )


def test_a_tie_for_a_rank_is_reported_where_it_is_asked_for() -> None:
    with ln.errstate(tie="raise"), pytest.raises(TieError, match="median"):
        ln.grad(np.median)(np.array([1.0, 1.0, 1.0]))
    with ln.errstate(tie="raise"):
        ln.grad(np.median)(np.array([1.0, 0.0, 1.0, 2.0, 0.5]) + np.arange(5))


def test_the_extreme_quantiles_agree_with_min_and_max() -> None:
    x = np.array([2.0, -1.0, 2.0, -1.0])
    np.testing.assert_array_equal(ln.grad(lambda x: np.quantile(x, 0.0))(x), ln.grad(np.min)(x))
    np.testing.assert_array_equal(ln.grad(lambda x: np.quantile(x, 1.0))(x), ln.grad(np.max)(x))


@pytest.mark.parametrize("method", CONTINUOUS)
@given(q=st.floats(0.02, 0.98), n=st.integers(2, 6))
@settings(max_examples=15)
def test_the_derivative_in_q_is_that_of_differences(method: str, q: float, n: int) -> None:
    x = np.cumsum(1.0 + np.arange(n)) ** 1.5
    h = 1e-7

    def f(q: Any) -> Any:
        return np.quantile(x, q, method=method)

    left, right = (f(q) - f(q - h)) / h, (f(q + h) - f(q)) / h
    # differences of step 1e-7 of numbers up to 100 err by 1e-16 * 100 / 1e-7; at an entry the slope is between two
    for slope in (ln.grad(f)(q), ln.jvp(f, (q,), (1.0,))[1]):
        assert min(left, right) - 1e-5 <= slope <= max(left, right) + 1e-5


def test_the_derivative_in_q_at_an_entry_is_the_mean_of_both_sides() -> None:
    x = np.array([0.0, 1.0, 4.0])
    assert ln.grad(lambda q: np.quantile(x, q))(0.5) == pytest.approx((2.0 + 6.0) / 2, rel=1e-15)
    assert ln.grad(lambda q: np.percentile(x, q))(0.0) == pytest.approx(0.02, rel=1e-15)
    assert ln.grad(lambda q: np.percentile(x, q))(100.0) == pytest.approx(0.06, rel=1e-15)


@pytest.mark.parametrize("method", STEPS)
def test_a_method_that_does_not_interpolate_is_constant_in_q(method: str) -> None:
    x = np.array([0.0, 1.0, 4.0, 9.0])
    assert ln.grad(lambda q: np.quantile(x, q, method=method))(0.37) == 0.0


def test_quantiles_have_mixed_second_derivatives(rng: np.random.Generator) -> None:
    x, q = rng.normal(size=5), np.array([0.3, 0.62])

    def f(x: Any, q: Any) -> Any:
        return np.sum(np.sin(np.quantile(x, q)) * np.nanquantile(x, q[::-1], method="hazen"))

    both = ln.jacobian(ln.grad(f, argnums=0), argnums=1)(x, q)
    other = ln.jacobian(ln.grad(f, argnums=1), argnums=0)(x, q)
    np.testing.assert_allclose(both, other.T, rtol=1e-13, atol=1e-13)
    h = 1e-6
    for j in range(2):
        step = h * np.eye(2)[j]
        slope = (ln.grad(f)(x, q + step) - ln.grad(f)(x, q - step)) / (2 * h)
        np.testing.assert_allclose(
            both[:, j], slope, atol=1e-7
        )  # differences of step 1e-6 err by 1e-10 and h^2


def test_quantiles_are_constant_in_their_weights() -> None:
    x = np.array([3.0, 1.0, 2.0])
    g = ln.grad(lambda w: np.quantile(x, 0.4, weights=w, method="inverted_cdf"))(np.array([1.0, 2.0, 3.0]))
    np.testing.assert_array_equal(g, np.zeros(3))


def test_a_nan_takes_the_derivative_of_a_quantile_as_it_does_of_an_extremum() -> None:
    x = np.array([1.0, np.nan, 3.0])
    np.testing.assert_array_equal(ln.grad(lambda x: np.quantile(x, 0.2))(x), [0.0, 1.0, 0.0])


@pytest.mark.parametrize("f", [np.median, np.nanmedian], ids=lambda f: f.__name__)
def test_a_median_written_into_an_array_is_refused(f: Any) -> None:
    with pytest.raises(InPlaceError, match=f.__name__):
        ln.grad(lambda x: f(x, out=np.empty(())))(np.ones(3))


def test_a_matrix_of_shares_is_refused_where_numpy_puts_its_axes_in_other_places() -> None:
    with pytest.raises(ArgumentError, match="two-dimensional"):
        ln.grad(lambda x: np.nanquantile(x, [[0.5]], axis=(0, 1)).sum())(np.ones((3, 2, 2)))


def test_quantiles_are_recorded_in_graphs() -> None:
    f = ln.function([x := ln.symbol("x", shape=(4,))], lnp.quantile(x, 0.4))
    for data in ([1.0, 2.0, 3.0, 4.0], [9.0, -2.0, 3.0, 4.0]):
        assert f(np.array(data)) == pytest.approx(np.quantile(data, 0.4), rel=1e-15)
