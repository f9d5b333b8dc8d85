"""Sets, places, counts and functions of slices: values are NumPy's, derivatives follow what was picked."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import linad as ln
from tests.numpy.test_properties import _numbers

FEW = st.sampled_from([-1.0, 0.0, 0.5, 2.0, np.nan])  # so that entries are equal
ROWS = hnp.arrays(np.float64, hnp.array_shapes(max_dims=2, max_side=4), elements=FEW)


def _assert_picked(f: Callable[..., Any], *args: Any) -> None:
    """The results are NumPy's, and each entry of the first one has the derivative 1 by an entry that equals it."""
    found: list[Any] = []

    def values(*x: Any) -> Any:
        out = f(*x)
        found[:] = list(out)[1:] if isinstance(out, tuple) else []
        return out[0] if isinstance(out, tuple) else out

    expected = f(*args)
    facts = list(expected)[1:] if isinstance(expected, tuple) else []
    first = expected[0] if isinstance(expected, tuple) else expected
    jacobians = ln.jacrev(values, argnums=tuple(range(len(args))))(*args)
    whole = np.concatenate(
        [J.reshape(first.size, x.size) for J, x in zip(jacobians, args, strict=True)], axis=1
    )
    entries = np.concatenate([np.ravel(x) for x in args])
    picked = [int(np.flatnonzero(row).item()) for row in whole]  # one in each row
    np.testing.assert_array_equal(whole[:, picked].diagonal(), 1)
    np.testing.assert_array_equal(entries[np.array(picked, int)], first.ravel())
    for fact, part in zip(facts, found, strict=True):
        np.testing.assert_array_equal(part, fact, strict=True)


@settings(max_examples=40)
@given(x=ROWS, data=st.data())
def test_unique_picks_entries(x: Any, data: Any) -> None:
    options = {f"return_{part}": data.draw(st.booleans()) for part in ("index", "inverse", "counts")}
    options["sorted"] = data.draw(st.booleans())
    axis = data.draw(st.none() | st.integers(-x.ndim, x.ndim - 1))
    if axis is not None:
        x = np.nan_to_num(x)  # NumPy compares slices with NaN as bytes
    _assert_picked(lambda x: np.unique(x, axis=axis, **options), x)


@settings(max_examples=20)
@pytest.mark.parametrize(
    "f", [np.unique_all, np.unique_counts, np.unique_inverse, np.unique_values], ids=lambda f: f.__name__
)
@given(x=ROWS)
def test_the_standards_sets_pick_entries_and_keep_their_types(f: Any, x: Any) -> None:
    _assert_picked(f, x)
    kinds: list[Any] = []
    ln.vjp(lambda x: (kinds.append(type(f(x))), x)[1], x)
    assert isinstance(f(x), np.ndarray) or kinds == [type(f(x))]


@settings(max_examples=20)
@pytest.mark.parametrize(
    "f", [np.union1d, np.intersect1d, np.setdiff1d, np.setxor1d], ids=lambda f: f.__name__
)
@given(x=ROWS, y=ROWS)
def test_operations_on_sets_pick_entries(f: Any, x: Any, y: Any) -> None:
    _assert_picked(f, np.nan_to_num(x), np.nan_to_num(y))


@given(x=ROWS, y=ROWS, assume_unique=st.booleans())
def test_intersections_tell_the_places_in_both(x: Any, y: Any, assume_unique: bool) -> None:
    x, y = (np.unique(np.nan_to_num(a)) if assume_unique else np.nan_to_num(a) for a in (x, y))
    _assert_picked(lambda x, y: np.intersect1d(x, y, assume_unique, return_indices=True), x, y)


def test_of_equal_entries_the_first_has_the_derivative() -> None:
    x = np.array([3.0, 1.0, 3.0, 1.0])
    np.testing.assert_array_equal(ln.jacobian(np.unique)(x), [[0, 1, 0, 0], [1, 0, 0, 0]])


CONSTANT: list[Callable[..., Any]] = [
    np.nonzero, np.flatnonzero, np.argwhere, np.isreal, np.iscomplex, np.isposinf, np.isneginf,
    lambda x: np.isin(x, [0.5]), lambda x: np.digitize(x, [0.0, 1.0]), lambda x: np.array_equiv(x, x),
    lambda x: np.where(x > 0), np.where, lambda x: np.unique(x, return_inverse=True)[1],
]  # fmt: skip


@pytest.mark.parametrize("f", CONSTANT, ids=range(len(CONSTANT)))
@given(x=hnp.arrays(np.float64, hnp.array_shapes(max_dims=3, max_side=3), elements=FEW))
@settings(max_examples=10)
def test_a_discrete_result_is_numpys_own(f: Callable[..., Any], x: Any) -> None:
    found: list[Any] = []
    ln.vjp(lambda x: (found.append(f(x)), x)[1], x)
    expected = f(x)
    assert type(found[0]) is type(expected)
    several = isinstance(expected, tuple)
    for e, y in zip(expected if several else [expected], found[0] if several else found, strict=True):
        np.testing.assert_array_equal(y, e, strict=True)


@given(
    places=hnp.arrays(np.int64, st.integers(1, 6), elements=st.integers(0, 4)),
    least=st.integers(0, 7),
    dtype=st.sampled_from([np.float32, np.float64]),
)
def test_counts_are_linear_in_their_weights(places: Any, least: int, dtype: Any) -> None:
    w = _numbers(places.shape, dtype, 1)
    out, pullback = ln.vjp(lambda w: np.bincount(places, w, least), w)
    expected = np.bincount(places, w, least)
    np.testing.assert_allclose(out, expected, rtol=1e-14)
    assert out.dtype == expected.dtype
    g = np.arange(1.0, 1 + len(out))
    np.testing.assert_array_equal(pullback(g)[0], g[places].astype(dtype))


def test_a_recorded_count_guards_its_length() -> None:
    recorded = ln.graph(lambda x: np.bincount(np.digitize(x, [0.0, 1.0]), weights=x), np.array([0.5, 2.0]))
    ((_, holds),) = recorded.level.guards
    assert holds


@settings(max_examples=20)
@given(shape=hnp.array_shapes(max_dims=3, max_side=3), data=st.data())
def test_functions_are_applied_to_every_slice(shape: Any, data: Any) -> None:
    x = _numbers(shape, np.float64, 2)
    axis = data.draw(st.integers(-len(shape), len(shape) - 1))
    f = data.draw(st.sampled_from([np.sum, np.sort, lambda v: v[:1, None] * v, lambda v: v[0] * v[-1]]))
    out, pullback = ln.vjp(lambda x: np.apply_along_axis(f, axis, x), x)
    expected = np.apply_along_axis(f, axis, x)
    np.testing.assert_allclose(out, expected, rtol=1e-14)
    assert out.shape == expected.shape
    t, g = _numbers(shape, np.float64, 3), _numbers(expected.shape, np.float64, 4)
    dy = ln.jvp(lambda x: np.apply_along_axis(f, axis, x), (x,), (t,))[1]
    assert np.sum(pullback(g)[0] * t) == pytest.approx(np.sum(g * dy), rel=1e-13)


def test_functions_whose_results_differ_in_shape_are_an_error() -> None:
    with pytest.raises(ValueError, match="shapes"):
        ln.vjp(lambda x: np.apply_along_axis(lambda v: v[v > 0], 1, x), np.array([[1.0, -1.0], [1.0, 1.0]]))


def test_a_function_that_drops_two_axes_is_an_error() -> None:
    with pytest.raises(ValueError, match="correct shape"):
        ln.vjp(lambda x: np.apply_over_axes(lambda v, _: v.sum(), x, [0]), np.ones((2, 2)))


def test_fromfunction_gives_plain_places_to_a_function_of_traced_numbers() -> None:
    g = ln.grad(lambda a: np.fromfunction(lambda i, j: (a * i + j) ** 2, (2, 2)).sum())(3.0)
    assert g == 2 * 3.0 + 2 * 4.0
