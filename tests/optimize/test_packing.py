"""Unknowns in containers and in a vector: one is the other."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.testing import assert_array_equal

import linad as ln
import linad.optimize
from linad.core import tree
from linad.errors import ShapeError, StructureError
from linad.optimize import Bounds, least_squares, minimize
from linad.optimize.packing import Packing

LEAVES = st.one_of(
    st.floats(-9, 9),
    st.integers(-9, 9),
    st.complex_numbers(max_magnitude=9),
    arrays.arrays(
        st.sampled_from([np.float64, np.float32, np.int64, np.complex128]),
        arrays.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3),
        elements=st.integers(-9, 9),
    ),
)
TREES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(tuple), st.dictionaries(st.text(max_size=2), inner, max_size=3)
    ),
    max_leaves=5,
)


@given(TREES)
def test_what_is_packed_and_unpacked_is_what_was_given(x: Any) -> None:
    packing = Packing("minimize", {"x": x})
    vector = packing.start()
    assert vector.dtype == np.float64
    assert vector.shape == (packing.size,)
    back = packing.unpack(vector)
    for (path, a), (other, b) in zip(tree.leaves({"x": x}), tree.leaves(back), strict=True):
        assert path == other
        assert_array_equal(a, b)
        assert np.shape(a) == np.shape(b)


@given(TREES)
def test_unpacking_is_differentiable(x: Any) -> None:
    """The gradient of the sum of squares, packed, is twice the vector."""
    packing = Packing("minimize", {"x": x})
    vector = packing.start()

    def squares(v: Any) -> Any:
        return sum(
            [np.sum(np.abs(leaf) ** 2) for _, leaf in tree.leaves(packing.unpack(v))], start=0 * np.sum(v)
        )

    assert_array_equal(np.round(ln.grad(squares)(vector) - 2 * vector, 10), 0)


def test_bounds_that_do_not_fit_are_refused() -> None:
    def f(x: Any) -> Any:
        return np.sum(x["a"] ** 2)

    with pytest.raises(
        ShapeError, match=r"bounds\['a'\] has shape \(3,\), which does not fit \(2,\) as in x0"
    ):
        minimize(f, {"a": np.ones(2)}, bounds={"a": (np.zeros(3), 1)})
    with pytest.raises(StructureError, match=r"bounds\[0\] has the keys \['b'\]"):
        least_squares(lambda x: x["a"], {"a": np.ones(2)}, bounds=({"b": 0.0}, {"b": 1.0}))
    with pytest.raises(ValueError, match="The number of bounds is not compatible"):
        minimize(lambda x: np.sum(x**2), np.ones(3), bounds=Bounds([0, 0], [1, 1]))


def test_names_that_are_not_mirrored_are_said_to_be_scipys() -> None:
    with pytest.raises(AttributeError, match=r"has no attribute 'linprog'; .* scipy\.optimize"):
        linad.optimize.linprog  # noqa: B018  # the look-up is the test


def test_every_public_name_is_listed_once() -> None:
    assert sorted(set(linad.optimize.__all__)) == sorted(linad.optimize.__all__)
    for name in linad.optimize.__all__:
        assert getattr(linad.optimize, name) is not None
