"""choose, select and piecewise over random shapes, dtypes and conditions."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import linad as ln
import linad.numpy as lnp
from linad.errors import ArgumentError, InPlaceError
from tests.numpy.test_properties import INEXACT, _assert_same, _numbers


@given(
    hnp.mutually_broadcastable_shapes(num_shapes=4, max_dims=2, max_side=3),
    st.sampled_from(["raise", "wrap", "clip"]),
    INEXACT,
    st.data(),
)
@settings(max_examples=40)
def test_choices_are_numpys(shapes: Any, mode: Any, dtype: Any, data: Any) -> None:
    numbers = st.integers(0, 2) if mode == "raise" else st.integers(-4, 5)
    a = data.draw(hnp.arrays(np.intp, shapes.input_shapes[0], elements=numbers))
    parts = [_numbers(shape, dtype, i) for i, shape in enumerate(shapes.input_shapes[1:])]
    _assert_same(lambda *x: np.choose(a, list(x), mode=mode), *parts)


@given(
    hnp.mutually_broadcastable_shapes(num_shapes=5, max_dims=2, max_side=3),
    st.lists(INEXACT, min_size=3, max_size=3),
    st.data(),
)
@settings(max_examples=40)
def test_selections_are_numpys(shapes: Any, dtypes: list[Any], data: Any) -> None:
    conditions = [data.draw(hnp.arrays(bool, shape)) for shape in shapes.input_shapes[:2]]
    parts = [
        _numbers(shape, dtype, i)
        for i, (shape, dtype) in enumerate(zip(shapes.input_shapes[2:], dtypes, strict=True))
    ]
    _assert_same(lambda *x: np.select(conditions, list(x[:2]), x[2]), *parts)
    _assert_same(lambda x, y: np.select(conditions, [x, 2.0], y), parts[0], parts[2])


@given(hnp.arrays(np.float64, hnp.array_shapes(max_dims=2, max_side=4), elements=st.floats(-3, 3)))
@settings(max_examples=20)
def test_piecewise_functions_are_numpys(x: Any) -> None:
    _assert_same(lambda x: np.piecewise(x, [x < -1, x > 0], [lambda v: v**3, np.exp, 0.25]), x)
    _assert_same(
        lambda x: np.piecewise(x, [x < 1, x < 0], [lambda v, c: np.sin(v), lambda v, c: c * v], 3.0), x
    )


def test_a_traced_number_is_a_constant_function_of_piecewise() -> None:
    g = ln.grad(lambda c: np.sum(lnp.piecewise(np.arange(4.0), [np.arange(4) > 1], [c, 2.0])))(5.0)
    assert g == 2.0


def test_choices_by_floating_numbers_are_refused() -> None:
    with pytest.raises(ArgumentError, match=r"numpy\.choose"):
        ln.vjp(lambda x: np.choose(x, [x, x]), np.zeros(2))


def test_numbers_are_not_put_into_a_traced_array() -> None:
    with pytest.raises(InPlaceError, match=r"numpy\.nan_to_num"):
        ln.vjp(lambda x: np.nan_to_num(x, copy=False), np.array([1.0, np.nan]))
