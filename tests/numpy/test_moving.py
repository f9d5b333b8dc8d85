"""Rolling, flipping, tiling, repeating, splitting and triangles over random shapes and options."""

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from tests.numpy.test_properties import INEXACT, _assert_same, _numbers

SHAPES = hnp.array_shapes(min_dims=1, max_dims=3, min_side=0, max_side=3)
bounded = settings(max_examples=25)


@bounded
@given(SHAPES, INEXACT, st.data())
def test_rolls_by_tuples_are_numpys(shape: tuple[int, ...], dtype: Any, data: Any) -> None:
    x = _numbers(shape, dtype, 1)
    axes = data.draw(
        st.none() | st.lists(st.integers(-x.ndim, x.ndim - 1), min_size=1, max_size=3).map(tuple)
    )
    shifts = st.integers(-5, 5)
    shift = data.draw(shifts if axes is None else shifts | st.tuples(*[shifts] * len(axes)))
    _assert_same(lambda x: np.roll(x, shift, axes), x)


@bounded
@given(SHAPES, INEXACT, st.data())
def test_flips_are_numpys(shape: tuple[int, ...], dtype: Any, data: Any) -> None:
    axes = data.draw(st.none() | st.sets(st.integers(0, len(shape) - 1)).map(tuple) | st.just(-1))
    _assert_same(lambda x: np.flip(x, axes), _numbers(shape, dtype, 1))
    _assert_same(np.flipud, _numbers(shape, dtype, 1))


@bounded
@given(SHAPES, INEXACT, st.integers(0, 3) | st.lists(st.integers(0, 3), max_size=4))
def test_tiles_are_numpys(shape: tuple[int, ...], dtype: Any, times: Any) -> None:
    _assert_same(lambda x: np.tile(x, times), _numbers(shape, dtype, 1))


@bounded
@given(SHAPES, INEXACT, st.data())
def test_repeats_are_numpys(shape: tuple[int, ...], dtype: Any, data: Any) -> None:
    axis = data.draw(st.none() | st.integers(-len(shape), len(shape) - 1))
    n = int(np.prod(shape)) if axis is None else shape[axis]
    times = data.draw(st.integers(0, 3) | st.lists(st.integers(0, 3), min_size=n, max_size=n) | st.just([2]))
    _assert_same(lambda x: np.repeat(x, times, axis), _numbers(shape, dtype, 1))


@bounded
@given(SHAPES, INEXACT, st.data())
def test_uneven_pieces_are_numpys(shape: tuple[int, ...], dtype: Any, data: Any) -> None:
    axis = data.draw(st.integers(-len(shape), len(shape) - 1))
    cuts = data.draw(st.integers(1, 5) | st.lists(st.integers(-4, 4), max_size=3))
    x = _numbers(shape, dtype, 1)
    for i in range(len(np.array_split(x, cuts, axis))):
        _assert_same(lambda x, i=i: np.array_split(x, cuts, axis)[i], x)
    for i in range(shape[axis]):
        _assert_same(lambda x, i=i: np.unstack(x, axis=axis)[i], x)


@bounded
@given(SHAPES, INEXACT, st.integers(-4, 4))
def test_triangles_and_diagonals_are_numpys(shape: tuple[int, ...], dtype: Any, k: int) -> None:
    x = _numbers(shape, dtype, 1)
    _assert_same(lambda x: np.tril(x, k), x)
    _assert_same(lambda x: np.triu(x, k), x)
    _assert_same(lambda x: np.diagflat(x, k), x)


@bounded
@given(hnp.mutually_broadcastable_shapes(num_shapes=3, max_dims=3, max_side=3), INEXACT)
def test_broadcasts_are_numpys(shapes: Any, dtype: Any) -> None:
    parts = [_numbers(shape, dtype, i) for i, shape in enumerate(shapes.input_shapes)]
    _assert_same(lambda *x: sum(np.broadcast_arrays(*x)), *parts)
    _assert_same(lambda x: np.broadcast_to(x, shapes.result_shape), parts[0])


@bounded
@given(hnp.array_shapes(min_dims=1, max_dims=3, min_side=1, max_side=3), st.data())
def test_ranges_are_numpys(shape: tuple[int, ...], data: Any) -> None:
    axis = data.draw(st.none() | st.integers(-len(shape), len(shape) - 1) | st.just(tuple(range(len(shape)))))
    _assert_same(lambda x: np.ptp(x, axis, keepdims=True), _numbers(shape, np.float64, 1))
