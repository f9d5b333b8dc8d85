"""Functions that leave NaN out are NumPy's for every option, and what is left out has no share in the derivative."""

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import linad as ln

SUMS = [np.nansum, np.nanprod, np.nanmean, np.nanvar, np.nanstd]
EXTREMA = [np.nanmax, np.nanmin]


@st.composite
def arrays(draw: st.DrawFn, dtypes: Any = (np.float32, np.float64, np.complex64, np.complex128)) -> Any:
    """Distinct numbers, of which some are NaN."""
    shape = draw(hnp.array_shapes(min_dims=1, max_dims=3, max_side=4))
    dtype = np.dtype(draw(st.sampled_from(dtypes)))
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    x = rng.permutation(np.linspace(-1.5, 2, int(np.prod(shape)))).reshape(shape)
    if dtype.kind == "c":
        x = x + 1j * rng.uniform(0.5, 2, shape)
    x[draw(hnp.arrays(bool, shape))] = np.nan
    return x.astype(dtype)


def _axes(draw: st.DrawFn, x: Any) -> Any:
    return draw(st.none() | st.sets(st.integers(0, x.ndim - 1)).map(tuple))


def _outcome(f: Callable[..., Any], x: Any) -> tuple[Any, set[str]]:
    with warnings.catch_warnings(record=True) as given_out:
        warnings.simplefilter("always")
        return f(x), {str(w.message) for w in given_out if "encountered" not in str(w.message)}


def _assert_numpys(f: Callable[..., Any], x: Any) -> None:
    """The traced result is NumPy's with its warnings; the rules are adjoint where the result is a number."""
    expected, warned = _outcome(f, x)
    (out, pullback), also = _outcome(lambda x: ln.vjp(f, x), x)
    eps = np.finfo(expected.dtype).eps
    assert (out.shape, out.dtype, also) == (expected.shape, expected.dtype, warned)
    np.testing.assert_allclose(out, expected, rtol=100 * eps, atol=100 * eps)
    rng = np.random.default_rng(1)
    t = rng.uniform(0.5, 2, x.shape).astype(x.dtype)
    g = np.where(np.isnan(expected), 0, rng.uniform(0.5, 2, expected.shape)).astype(expected.dtype)
    dy, _ = _outcome(lambda x: ln.jvp(f, (x,), (t,))[1], x)
    gx = pullback(g)[0]
    left, right = np.sum(np.conj(g) * dy).real, np.sum(np.conj(gx) * t).real
    size = 1 + np.sum(np.abs(g * dy))
    np.testing.assert_allclose(right, left, rtol=0, atol=100 * max(eps, np.finfo(x.dtype).eps) * size)
    np.testing.assert_array_equal(gx[np.isnan(x)], 0)


@settings(max_examples=30)
@pytest.mark.parametrize("f", SUMS, ids=lambda f: f.__name__)
@given(x=arrays(), data=st.data())
def test_sums_and_moments_of_numbers_are_numpys(f: Any, x: Any, data: Any) -> None:
    options: dict[str, Any] = {"axis": _axes(data.draw, x), "keepdims": data.draw(st.booleans())}
    if data.draw(st.booleans()):
        options["where"] = data.draw(hnp.arrays(bool, x.shape))
    if f in (np.nansum, np.nanprod) and data.draw(st.booleans()):
        options["initial"] = 1.5
    if f is np.nanvar:
        options["ddof"] = data.draw(st.integers(0, 1))
    if f is np.nanstd:  # at one number the deviation is zero, where its subgradient is zero
        x = x[np.newaxis] * np.array([1, 2, 4]).reshape(-1, *[1] * x.ndim).astype(x.dtype)
        options = {"axis": 0, "keepdims": options["keepdims"]}
    _assert_numpys(lambda x: f(x, **options), x)


@settings(max_examples=30)
@pytest.mark.parametrize("f", EXTREMA, ids=lambda f: f.__name__)
@given(x=arrays([np.float32, np.float64]), data=st.data())
def test_extrema_of_numbers_are_numpys(f: Any, x: Any, data: Any) -> None:
    options: dict[str, Any] = {"axis": _axes(data.draw, x), "keepdims": data.draw(st.booleans())}
    if data.draw(st.booleans()):
        options |= {"where": data.draw(hnp.arrays(bool, x.shape)), "initial": 0.3}
    _assert_numpys(lambda x: f(x, **options), x)


@settings(max_examples=30)
@pytest.mark.parametrize("f", [np.nancumsum, np.nancumprod], ids=lambda f: f.__name__)
@given(x=arrays(), data=st.data())
def test_accumulated_numbers_are_numpys(f: Any, x: Any, data: Any) -> None:
    axis = data.draw(st.none() | st.integers(-x.ndim, x.ndim - 1))
    _assert_numpys(lambda x: f(x, axis), x)


@pytest.mark.parametrize("f", [np.nanmax, np.nanmin, np.fmax.reduce], ids=["nanmax", "nanmin", "fmax"])
def test_numbers_that_tie_share_equally_and_nan_has_no_share(f: Any) -> None:
    x = np.array([-np.inf, np.nan, -np.inf]) * (-1 if f is np.nanmin else 1)
    np.testing.assert_array_equal(ln.grad(f)(x), [0.5, 0, 0.5])


def test_the_variance_of_one_number_has_a_zero_gradient() -> None:
    np.testing.assert_array_equal(ln.grad(np.nanstd)(np.array([2.0, np.nan])), [0, 0])


def test_positions_of_numbers_are_plain() -> None:
    def f(x: Any) -> Any:
        assert type(np.nanargmax(x)) is np.int64
        return x[np.nanargmin(x)]

    np.testing.assert_array_equal(ln.grad(f)(np.array([2.0, np.nan, 1.0])), [0, 0, 1])


def test_a_slice_without_numbers_has_no_position() -> None:
    with pytest.raises(ValueError, match="All-NaN slice"):
        ln.vjp(np.nanargmax, np.array([np.nan]))


@pytest.mark.parametrize("f", [np.nanmean, np.nanvar, np.nanmax, np.nanstd], ids=lambda f: f.__name__)
def test_symbols_bind_data_with_missing_numbers(f: Any) -> None:
    x = ln.symbol("x", shape=(4,))
    data = np.array([1.0, np.nan, 4.0, 2.0])
    g = ln.function([x], ln.gradient(f(x), x))(data)
    np.testing.assert_allclose(g, ln.grad(f)(data), rtol=1e-14)
