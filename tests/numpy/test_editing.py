"""Insertions, deletions, blocks, turns and grids over random shapes and places."""

import operator
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import linad as ln
import linad.numpy as lnp
from linad.errors import ArgumentError, ConversionError, LinadError, NoRuleError, SymbolError
from tests.numpy.test_properties import INEXACT, _assert_same, _numbers

SHAPES = hnp.array_shapes(min_dims=1, max_dims=3, max_side=4)


def _places(n: int, past: int) -> st.SearchStrategy[Any]:
    """Numbers, lists, arrays, masks and slices along an axis of n entries."""
    inside = st.integers(-n, n - 1 + past)
    return (
        inside
        | st.lists(inside, max_size=4)
        | hnp.arrays(bool, n)
        | st.slices(n)
        | st.lists(inside, min_size=1, max_size=3).map(np.array)
    )


@given(SHAPES, INEXACT, st.data())
def test_deletion_is_numpys(shape: tuple[int, ...], dtype: Any, data: Any) -> None:
    axis = data.draw(st.none() | st.integers(-len(shape), len(shape) - 1))
    n = int(np.prod(shape)) if axis is None else shape[axis]
    places = data.draw(_places(n, 0))
    _assert_same(lambda x: np.delete(x, places, axis), _numbers(shape, dtype, 1))


@given(SHAPES, INEXACT, st.data())
def test_insertion_is_numpys(shape: tuple[int, ...], dtype: Any, data: Any) -> None:
    axis = data.draw(st.none() | st.integers(-len(shape), len(shape) - 1))
    n = int(np.prod(shape)) if axis is None else shape[axis]
    places = data.draw(_places(n, 1))
    if isinstance(places, list) and len(places) > 1 and max(places) == n == 0:
        places = 0
    v = _numbers((), np.float64, 2)
    x = _numbers(shape, dtype, 1)
    try:
        count = np.insert(np.arange(n), places, 0).size - n
    except IndexError:
        with pytest.raises(IndexError):
            ln.vjp(lambda x: np.insert(x, places, v, axis), x)
        return
    _assert_same(lambda x, v: np.insert(x, places, v, axis), x, v)
    if axis is not None and not isinstance(places, int) and count != 1:
        row = _numbers((*shape[:axis], count, *(shape[axis:][1:])), np.float64, 3)
        _assert_same(lambda x, v: np.insert(x, places, v, axis), x, row)


@st.composite
def nested(draw: st.DrawFn) -> tuple[list[int], int]:
    """Widths of the blocks of a row, and how many rows."""
    return draw(st.lists(st.integers(1, 3), min_size=1, max_size=3)), draw(st.integers(1, 3))


@given(nested(), st.integers(0, 2))
@settings(max_examples=30)
def test_blocks_are_numpys(case: tuple[list[int], int], lead: int) -> None:
    widths, rows = case
    parts = [_numbers((2,) * lead + (1 + r, n), np.float64, r + n) for r in range(rows) for n in widths]

    def f(*x: Any) -> Any:
        return np.block([list(x[r * len(widths) : (r + 1) * len(widths)]) for r in range(rows)])

    _assert_same(f, *parts)


@given(hnp.array_shapes(min_dims=2, max_dims=3, max_side=3), st.integers(-5, 5), st.data())
@settings(max_examples=30)
def test_turns_are_numpys(shape: tuple[int, ...], k: int, data: Any) -> None:
    axes = data.draw(st.permutations(range(len(shape))))[:2]
    axes = [i - len(shape) if data.draw(st.booleans()) else i for i in axes]
    if abs(axes[0] - axes[1]) != len(shape):
        _assert_same(lambda x: np.rot90(x, k, axes), _numbers(shape, np.float64, 1))


@given(
    st.lists(st.integers(0, 3), min_size=1, max_size=3),
    st.booleans(),
    st.booleans(),
    st.sampled_from(["xy", "ij"]),
)
@settings(max_examples=30)
def test_grids_are_numpys(sizes: list[int], copy: bool, sparse: bool, indexing: Any) -> None:
    parts = [_numbers((n,), np.float64, i) for i, n in enumerate(sizes)]
    for i in range(len(sizes)):
        _assert_same(lambda *x, i=i: np.meshgrid(*x, copy=copy, sparse=sparse, indexing=indexing)[i], *parts)


@given(st.lists(st.sampled_from([0.0, 0.0, 1.5, -2.0]), max_size=6), st.sampled_from(["fb", "f", "b"]))
@settings(max_examples=30)
def test_zeros_are_trimmed_as_numpys(numbers: list[float], trim: Any) -> None:
    _assert_same(lambda x: np.trim_zeros(x, trim), np.array(numbers))


def test_a_recorded_graph_guards_how_many_zeros_were_trimmed() -> None:
    graph = ln.graph(lambda x: np.sum(np.trim_zeros(x)), np.array([0.0, 1.0, 2.0]))
    assert "trim" in str(graph) or "extent" in str(graph)
    with pytest.raises(SymbolError):
        lnp.trim_zeros(ln.symbol("x", shape=(3,)))


@given(hnp.array_shapes(max_dims=2, max_side=3), hnp.array_shapes(max_dims=2, max_side=4))
@settings(max_examples=20)
def test_refilling_is_numpys(shape: tuple[int, ...], new: tuple[int, ...]) -> None:
    _assert_same(lambda x: np.resize(x, new), _numbers(shape, np.float64, 1))


@given(n=st.integers(0, 5), count=st.none() | st.integers(0, 6), increasing=st.booleans(), dtype=INEXACT)
@settings(max_examples=30)
def test_powers_in_columns_are_numpys(n: int, count: Any, increasing: bool, dtype: Any) -> None:
    _assert_same(lambda x: np.vander(x, count, increasing), _numbers((n,), dtype, 1))


def test_powers_in_columns_have_exact_derivatives_at_zero() -> None:
    x = np.array([0.0])
    np.testing.assert_array_equal(ln.jacobian(lambda x: np.vander(x, 4)[0])(x)[:, 0], [0.0, 0.0, 1.0, 0.0])
    assert ln.hessian(lambda x: np.vander(x, 4)[0, 1])(x)[0, 0] == 2.0


@given(
    hnp.arrays(np.float64, hnp.array_shapes(max_dims=2, max_side=5), elements=st.floats(-20, 20)), st.data()
)
@settings(max_examples=40)
def test_unwrapped_angles_are_numpys(x: Any, data: Any) -> None:
    axis = data.draw(st.integers(-x.ndim, x.ndim - 1))
    period = data.draw(st.sampled_from([2 * np.pi, 3.0]))
    discont = data.draw(st.sampled_from([None, 5.0]))
    out, pullback = ln.vjp(lambda x: np.unwrap(x, discont, axis, period=period), x)
    # sums of up to 5 corrections of size 40
    np.testing.assert_allclose(out, np.unwrap(x, discont, axis, period=period), atol=1e-12)
    np.testing.assert_array_equal(pullback(np.cos(x))[0], np.cos(x))  # whole periods are constant


def test_unwrapped_angles_move_with_the_period() -> None:
    x = np.array([0.0, 5.0, 10.0])
    np.testing.assert_array_equal(
        ln.jvp(lambda p: lnp.unwrap(x, period=p), (4.0,), (1.0,))[1], [0.0, -1.0, -2.0]
    )


@pytest.mark.parametrize(
    "f",
    [
        lambda x: np.put_along_axis(x, np.array([0]), 1.0, 0),
        lambda x: np.fill_diagonal(x, 1.0),
        lambda x: np.put(x, 0, 1.0),
        lambda x: np.place(x, x > 0, 1.0),
        lambda x: np.place(np.ones(3), [True, False, True], x),
        lambda x: np.putmask(x, x > 0, 1.0),
        lambda x: np.copyto(x, 1.0),
        lambda x: np.put_along_axis(np.ones(3), np.array([0]), x[:1], 0),
    ],
    ids=range(8),
)
def test_what_writes_into_its_argument_is_refused_by_name(f: Any) -> None:
    with pytest.raises(LinadError, match=r"numpy\.(index_set|where|diag|full_like)"):
        ln.vjp(f, np.ones(3))


@pytest.mark.parametrize("edit", [np.insert, np.delete], ids=lambda f: f.__name__)
def test_traced_places_are_refused(edit: Any) -> None:
    with pytest.raises(ArgumentError, match=edit.__name__):
        ln.vjp(lambda x: edit(x, x[0], *([0.0] if edit is np.insert else [])), np.ones(3))


def test_insertion_into_integers_refuses_a_traced_number() -> None:
    with pytest.raises(NoRuleError, match="int"):
        ln.vjp(lambda v: np.insert(np.arange(3), 1, v), 1.5)


def test_a_traced_diagonal_is_not_written_into_a_plain_matrix() -> None:
    with pytest.raises(ConversionError):  # NumPy asks the matrix alone
        ln.vjp(lambda x: np.fill_diagonal(np.eye(3), x), np.ones(3))


@pytest.mark.filterwarnings("ignore:the matrix subclass:PendingDeprecationWarning")
def test_bmat_is_refused_in_favour_of_block() -> None:
    with pytest.raises(NoRuleError, match=r"numpy\.block"):
        ln.vjp(lambda x: lnp.bmat([[x, x]]), np.eye(2))
    with pytest.raises(ConversionError):
        ln.vjp(lambda x: np.bmat([[x, x]]), np.eye(2))
    assert type(lnp.bmat([[np.eye(2)]])) is np.matrix


@pytest.mark.parametrize("make", [lnp.ascontiguousarray, lnp.asfortranarray], ids=lambda f: f.__name__)
def test_a_traced_number_becomes_a_row_where_memory_is_asked_for(make: Any) -> None:
    assert ln.vjp(lambda x: make(2 * x), 1.5)[0].shape == (1,)
    assert ln.vjp(lambda x: make([x, 2 * x], np.float32), 1.5)[0].dtype == np.float32
    assert make(np.eye(3)[:, ::2]).flags.f_contiguous is (make is lnp.asfortranarray)


def test_asarray_chkfinite_checks_traced_numbers() -> None:
    assert ln.grad(lambda x: lnp.asarray_chkfinite([x, x]).sum())(1.0) == 2.0
    with pytest.raises(ValueError, match="infs or NaNs"):
        ln.grad(lambda x: lnp.asarray_chkfinite(x * np.inf))(1.0)


def test_require_takes_what_a_traced_array_can_promise() -> None:
    assert ln.grad(lambda x: lnp.require(x, np.float64, ["C", "ALIGNED"]).sum())(np.ones(2)).tolist() == [
        1,
        1,
    ]
    assert lnp.require([1, 2], float, "F").dtype == float
    with pytest.raises(NoRuleError, match="writeable"):
        ln.vjp(lambda x: lnp.require(x, None, ["W"]), np.ones(2))
    with pytest.raises(ValueError, match='both "C" and "F"'):
        ln.vjp(lambda x: lnp.require(x, None, ["C", "F"]), np.ones(2))
    with pytest.raises(KeyError):
        ln.vjp(lambda x: lnp.require(x, None, ["Q"]), np.ones(2))


def test_rows_are_stacked_by_their_old_name() -> None:
    with pytest.warns(DeprecationWarning, match="row_stack"):
        out = ln.vjp(lambda x: np.row_stack([x, 2 * x]), np.ones(2))[0]
    np.testing.assert_array_equal(out, [[1, 1], [2, 2]])


@given(SHAPES, st.data())
@settings(max_examples=30)
def test_partitions_put_the_entries_where_they_belong(shape: tuple[int, ...], data: Any) -> None:
    x = data.draw(hnp.arrays(np.float64, shape, elements=st.sampled_from([0.0, 1.0, 2.0, 3.0])))
    axis = data.draw(st.none() | st.integers(-x.ndim, x.ndim - 1))
    n = x.size if axis is None else shape[axis]
    kth = data.draw(st.integers(-n, n - 1) | st.lists(st.integers(-n, n - 1), min_size=1, max_size=3))
    out, pullback = ln.vjp(lambda x: np.partition(x, kth, axis), x)
    ordered = np.sort(x, axis)
    np.testing.assert_array_equal(np.take(out, kth, axis), np.take(ordered, kth, axis))
    np.testing.assert_array_equal(np.sort(out, axis), ordered)
    assert operator.eq(*[np.sort(part, axis=None).tolist() for part in (pullback(out)[0], x)])
