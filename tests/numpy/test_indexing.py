"""Reading and writing by every kind of index, against NumPy's own indexing and assignment."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import linad as ln
import linad.numpy as lnp
from linad.errors import ArgumentError, InPlaceError, SymbolError
from tests.numpy.test_properties import _assert_same

SHAPES = hnp.array_shapes(min_dims=1, max_dims=3, min_side=1, max_side=4)


@st.composite
def arrays_and_indices(draw: st.DrawFn) -> tuple[Any, Any]:
    """An array of distinct numbers, and an index of any kind that fits it."""
    shape = draw(SHAPES)
    x = np.arange(1.0, 1 + np.prod(shape)).reshape(shape)
    kind = draw(st.sampled_from(["basic", "mask", "integers", "mixed"]))
    if kind == "basic":
        return x, draw(hnp.basic_indices(shape, allow_newaxis=True, allow_ellipsis=True))
    if kind == "mask":
        lead = draw(st.integers(1, len(shape)))
        return x, draw(hnp.arrays(bool, shape[:lead]))
    if kind == "integers":
        return x, draw(
            hnp.integer_array_indices(shape, result_shape=hnp.array_shapes(max_dims=2, max_side=3))
        )
    parts: list[Any] = []
    common = draw(st.sampled_from([(2,), (1,), (3, 1), (0,)]))
    for n in shape:
        which = draw(st.sampled_from(["array", "list", "slice", "number", "tuple"]))
        places = hnp.arrays(np.intp, common, elements=st.integers(-n, n - 1))
        if which == "slice":
            parts.append(draw(st.slices(n)))
        elif which == "number":
            parts.append(draw(st.integers(-n, n - 1)))
        else:
            array = draw(places)
            parts.append({"array": array, "list": array.tolist(), "tuple": tuple(array.tolist())}[which])
    if draw(st.booleans()):
        parts.insert(draw(st.integers(0, len(parts))), draw(st.sampled_from([None, Ellipsis])))
    return x, tuple(parts)


@given(arrays_and_indices())
def test_reading_gives_numpys_entries(case: tuple[Any, Any]) -> None:
    x, key = case
    np.testing.assert_array_equal(ln.vjp(lambda x: x[key], x)[0], x[key], strict=True)


@given(arrays_and_indices())
def test_the_cotangent_of_reading_counts_how_often_an_entry_is_read(case: tuple[Any, Any]) -> None:
    x, key = case
    expected = np.zeros_like(x)
    np.add.at(expected, key, np.cos(x[key]))
    np.testing.assert_allclose(ln.grad(lambda x: np.sum(np.sin(x[key])))(x), expected, rtol=1e-14)


@given(arrays_and_indices(), st.booleans())
def test_index_set_is_assignment(case: tuple[Any, Any], one_number: bool) -> None:
    x, key = case
    v = np.float64(-1.0) if one_number else -np.arange(1.0, 1 + x[key].size).reshape(x[key].shape)
    expected = x.copy()
    expected[key] = v
    np.testing.assert_array_equal(ln.vjp(lambda x, v: lnp.index_set(x, key, v), x, v)[0], expected)


@given(arrays_and_indices())
def test_the_cotangent_of_index_set_goes_to_the_entry_written_last(case: tuple[Any, Any]) -> None:
    x, key = case
    v = -np.arange(1.0, 1 + x[key].size).reshape(x[key].shape)
    g = np.arange(1.0, 1 + x.size).reshape(x.shape)
    out, pullback = ln.vjp(lambda x, v: lnp.index_set(x, key, v), x, v)
    gx, gv = pullback(g)
    np.testing.assert_array_equal(gx, np.where(out == x, g, 0))  # x > 0 > v
    kept = {float(number) for number in out[out < 0]}
    assert all((weight != 0) == (number in kept) for number, weight in zip(v.flat, gv.flat, strict=True))
    assert gv.sum() == g[out < 0].sum()


@given(arrays_and_indices(), st.booleans())
def test_index_add_is_add_at(case: tuple[Any, Any], one_number: bool) -> None:
    x, key = case
    v = np.float64(-1.5) if one_number else -np.arange(1.0, 1 + x[key].size).reshape(x[key].shape)
    expected = x.copy()
    np.add.at(expected, key, v)
    np.testing.assert_array_equal(ln.vjp(lambda x, v: lnp.index_add(x, key, v), x, v)[0], expected)


@given(arrays_and_indices())
def test_writing_has_adjoint_rules(case: tuple[Any, Any]) -> None:
    x, key = case
    v = np.ones(x[key].shape)
    dx, dv, g = np.cos(x), np.full_like(v, 0.3), np.sin(3 * x)
    for write in (lnp.index_set, lnp.index_add):
        dy = ln.jvp(lambda x, v, write=write: write(x, key, v), (x, v), (dx, dv))[1]
        gx, gv = ln.vjp(lambda x, v, write=write: write(x, key, v), x, v)[1](g)
        scale = np.sum(np.abs(g)) + np.sum(np.abs(gv)) + 1
        np.testing.assert_allclose(np.sum(g * dy), np.sum(gx * dx) + np.sum(gv * dv), atol=1e-14 * scale)


@given(SHAPES, st.sampled_from(["raise", "wrap", "clip"]), st.data())
def test_take_reads_as_numpys_by_every_mode(shape: tuple[int, ...], mode: Any, data: Any) -> None:
    x = np.arange(1.0, 1 + np.prod(shape)).reshape(shape)
    axis = data.draw(st.none() | st.integers(-x.ndim, x.ndim - 1))
    n = x.size if axis is None else shape[axis]
    places = st.integers(-n, n - 1) if mode == "raise" else st.integers(-3 * n, 3 * n)
    key = data.draw(places | hnp.arrays(np.intp, hnp.array_shapes(max_dims=2, max_side=3), elements=places))
    _assert_same(lambda x: np.take(x, key, axis, mode=mode), x)


@given(SHAPES, st.data())
def test_compress_and_extract_read_as_numpys(shape: tuple[int, ...], data: Any) -> None:
    x = np.arange(1.0, 1 + np.prod(shape)).reshape(shape)
    axis = data.draw(st.none() | st.integers(-x.ndim, x.ndim - 1))
    n = x.size if axis is None else shape[axis]
    condition = data.draw(st.lists(st.booleans() | st.sampled_from([0, 2]), max_size=n))
    mask = data.draw(hnp.arrays(st.sampled_from([bool, np.int64]), shape, elements=st.sampled_from([0, 1])))
    _assert_same(lambda x: np.compress(condition, x, axis), x)
    _assert_same(lambda x: np.extract(mask, x), x)


@given(SHAPES, st.data())
def test_take_along_axis_reads_as_numpys_with_places_that_broadcast(
    shape: tuple[int, ...], data: Any
) -> None:
    x = np.arange(1.0, 1 + np.prod(shape)).reshape(shape)
    axis = data.draw(st.integers(-x.ndim, x.ndim - 1))
    places = st.integers(-shape[axis], shape[axis] - 1)
    own = [data.draw(st.sampled_from([1, n])) for n in shape]
    own[axis] = data.draw(st.integers(0, 4))
    key = data.draw(hnp.arrays(np.intp, tuple(own), elements=places))
    _assert_same(lambda x: np.take_along_axis(x, key, axis), x)


@pytest.mark.parametrize("recorded", ["index", "mask"])
def test_an_index_array_that_changes_later_does_not_change_the_gradient(recorded: str) -> None:
    key = np.array([0, 0, 2]) if recorded == "index" else np.array([True, False, True])

    def f(x: Any) -> Any:
        y = np.sum(x[key] ** 2)
        key[:] = 1
        return y

    expected = [4.0, 0.0, 6.0] if recorded == "index" else [2.0, 0.0, 6.0]
    np.testing.assert_array_equal(ln.grad(f)(np.array([1.0, 2.0, 3.0])), expected)


def test_a_mask_of_where_that_changes_later_does_not_change_the_gradient() -> None:
    mask = np.array([True, False])

    def f(x: Any) -> Any:
        y = np.sum(np.where(mask, x, 0))
        mask[:] = False
        return y

    np.testing.assert_array_equal(ln.grad(f)(np.ones(2)), [1.0, 0.0])


@pytest.mark.parametrize(
    "key", [5, (0, 0, 0), "name", 1.5, [0.5], np.ones(2, bool), (slice(None), 4), [[7]]], ids=repr
)
def test_a_wrong_index_is_an_index_error(key: Any) -> None:
    with pytest.raises(IndexError):
        ln.grad(lambda x: np.sum(x[key]))(np.ones((3, 2)))


def test_a_traced_number_is_no_index() -> None:
    with pytest.raises(ArgumentError, match=r"linad\.value"):
        ln.grad(lambda x: x[x[0]])(np.ones(3))


def test_assignment_names_its_functional_form() -> None:
    def f(x: Any) -> Any:
        x[0] = 1.0
        return x.sum()

    with pytest.raises(InPlaceError, match="index_set"):
        ln.grad(f)(np.ones(3))


def test_places_computed_from_a_recorded_array_can_index_it() -> None:
    graph = ln.graph(
        lambda x: np.take_along_axis(x, np.argsort(x), 0)[x > 0] + x[np.argmax(x)], np.array([2.0, -1.0])
    )
    assert "argsort" in str(graph)


def test_writing_by_places_of_a_symbol_is_recorded_and_by_its_mask_refused() -> None:
    x = ln.symbol("x", shape=(3,))
    f = ln.function([x], lnp.index_set(x, np.argsort(x)[:1], 7.0))
    np.testing.assert_array_equal(f(np.array([2.0, 3.0, 1.0])), [2.0, 3.0, 7.0])
    with pytest.raises(SymbolError, match=r"numpy\.where"):
        lnp.index_set(x, x > 0, 7.0)


def test_index_set_drops_leading_axes_of_length_one_as_assignment_does() -> None:
    expected = np.zeros((2, 3))
    expected[0] = np.ones((1, 1, 3))
    np.testing.assert_array_equal(lnp.index_set(np.zeros((2, 3)), 0, np.ones((1, 1, 3))), expected)


@pytest.mark.parametrize("dtype", [np.float32, np.complex64])
@pytest.mark.parametrize("write", [lnp.index_set, lnp.index_add], ids=["set", "add"])
def test_writing_keeps_the_precision_of_the_array(write: Any, dtype: Any) -> None:
    value, tangent = ln.jvp(lambda x: write(x, 0, np.float64(2)), (np.ones(2, dtype),), (np.ones(2, dtype),))
    assert value.dtype == tangent.dtype == dtype


@pytest.mark.parametrize("write", [lnp.index_set, lnp.index_add], ids=["set", "add"])
def test_a_value_that_does_not_fit_is_a_value_error(write: Any) -> None:
    with pytest.raises(ValueError, match=r"does not fit|broadcast"):
        ln.grad(lambda x: write(x, slice(0, 2), np.ones(3)).sum())(np.ones(4))
