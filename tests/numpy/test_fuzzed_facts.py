"""Discrete results, arrays that are made and entries that are written, with every option: all are NumPy's."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import linad as ln
import linad.numpy as lnp
from tests.numpy.sameness import INEXACT, assert_same, assert_same_or_refused, numbers
from tests.numpy.test_fuzzed_options import (
    AXES,
    AXIS,
    DTYPE,
    FLAG,
    ONE,
    ORDER,
    SHAPE,
    WHERE,
    Entry,
    masked,
    without_loss,
)

# Discrete results: what is drawn, and the call.
FACTS: dict[str, Entry] = {
    "all": ((AXES, FLAG, WHERE), lambda x, axis, k, w: np.all(x, axis, keepdims=k, where=masked(x, w))),
    "any": ((AXES, FLAG, WHERE), lambda x, axis, k, w: np.any(x, axis, keepdims=k, where=masked(x, w))),
    "argmax": ((ONE, FLAG), lambda x, axis, k: np.argmax(x.real, axis, keepdims=k)),
    "argmin": ((ONE, FLAG), lambda x, axis, k: np.argmin(x.real, axis, keepdims=k)),
    "nanargmax": ((ONE, FLAG), lambda x, axis, k: np.nanargmax(x.real, axis, keepdims=k)),
    "nanargmin": ((ONE, FLAG), lambda x, axis, k: np.nanargmin(x.real, axis, keepdims=k)),
    "argsort": ((ONE, FLAG), lambda x, axis, s: np.argsort(x.real, axis, stable=s)),
    "argpartition": ((AXIS, ONE), lambda x, k, axis: np.argpartition(x.real, k, axis, "introselect")),
    "lexsort": ((AXIS,), lambda x, axis: np.lexsort((x.real, np.round(x.real)), axis)),
    "searchsorted": ((st.sampled_from(["left", "right"]),), lambda x, side: np.searchsorted(
        x.real.ravel(), 1.2, side, np.argsort(x.real, None))),
    "count_nonzero": ((AXES, FLAG), lambda x, axis, k: np.count_nonzero(x > 1, axis, keepdims=k)),
    "isin": ((FLAG, FLAG), lambda x, u, i: np.isin(x, [1.0], u, i, kind="sort")),
    "digitize": ((FLAG,), lambda x, right: np.digitize(x.real, [0.5, 1.0, 1.5], right)),
    "isclose": ((st.floats(0, 1), st.floats(0, 1)), lambda x, r, a: np.isclose(x, 1.0, r, a)),
    "allclose": ((st.floats(0, 1), FLAG), lambda x, r, e: np.allclose(x, 1.0, r, 0.5, e)),
    "isscalar": ((), lambda x: (np if ln.value(x) is x else lnp).isscalar(x)),
    "size": ((ONE,), np.size), "isreal": ((), np.isreal),
    "zeros_like": ((DTYPE, ORDER, SHAPE), lambda x, t, o, s: np.zeros_like(x, t, o, shape=s, device="cpu")),
    "ones_like": ((DTYPE, ORDER, SHAPE), lambda x, t, o, s: np.ones_like(x, t, o, shape=s, device="cpu")),
    "empty_like": ((DTYPE, ORDER, SHAPE), lambda x, t, o, s: np.empty_like(x, t, o, shape=s, device="cpu").flags),
    "histogram_bin_edges": ((st.integers(1, 4) | st.just("sturges"),), lambda x, n: np.histogram_bin_edges(
        np.zeros(x.shape) + x.real, n, (0.0, 3.0))),
    "einsum_path": ((FLAG,), lambda x, o: np.einsum_path("i,j,k->k", x.ravel(), x.ravel(), x.ravel(), optimize=o)),
    "matrix_rank": ((st.sampled_from([None, 1e-3]), FLAG), lambda x, tol, h: np.linalg.matrix_rank(
        x @ x.T if h and np.ndim(x) == 2 else x, tol, h)),
    "methods": ((ONE, FLAG), lambda x, axis, k: (x.real > 1).any(axis, keepdims=k) + x.real.argmax(axis, keepdims=k)),
}  # fmt: skip


def _outcome(f: Callable[[], Any]) -> tuple[Any, type[Exception] | None]:
    try:
        return f(), None
    except Exception as error:
        return None, type(error)


@pytest.mark.parametrize("name", FACTS)
@given(shape=SHAPE, dtype=INEXACT, data=st.data())
@settings(max_examples=15)
def test_a_fact_is_numpys_for_every_option(name: str, shape: Any, dtype: Any, data: st.DataObject) -> None:
    drawn, f = FACTS[name]
    options, x = [data.draw(option) for option in drawn], numbers(shape, dtype, 1)
    found: list[Any] = []
    _, raised = _outcome(lambda: ln.vjp(lambda x: (found.append(f(x, *options)), x)[1], x))
    expected, error = _outcome(lambda: f(x, *options))
    if error is not None:
        assert issubclass(raised or type(None), error), f"{error} became {raised}"
        return
    assert raised is None
    assert type(found[0]) is type(expected)
    if isinstance(expected, (np.ndarray, np.generic)):
        np.testing.assert_array_equal(found[0], expected, strict=True)
    else:
        assert str(found[0]) == str(expected)


# What NumPy asks no argument about, and linad's own functions that write: they are reached by linad's names only.
MADE: dict[str, Entry] = {
    "array": ((DTYPE, ORDER, st.integers(0, 4)), lambda m, x, t, o, n: m.array(x, t, order=o, ndmin=n)),
    "array of a list": ((DTYPE,), lambda m, x, t: m.array([[x, x], [x, x]], t)),
    "asarray": ((DTYPE, ORDER), lambda m, x, t, o: m.asarray(x, t, o)),
    "asanyarray": ((DTYPE, ORDER), lambda m, x, t, o: m.asanyarray([x, x], t, o)),
    "asarray_chkfinite": ((DTYPE,), lambda m, x, t: m.asarray_chkfinite(x, t)),
    "ascontiguousarray": ((DTYPE,), lambda m, x, t: m.ascontiguousarray(x, t)),
    "asfortranarray": ((DTYPE,), lambda m, x, t: m.asfortranarray(x, t)),
    "require": ((DTYPE,), lambda m, x, t: m.require(x, t, ["A"])),
}  # fmt: skip


@pytest.mark.parametrize("name", MADE)
@given(shape=SHAPE, dtype=INEXACT, data=st.data())
@settings(max_examples=15)
def test_an_array_is_made_as_numpys(name: str, shape: Any, dtype: Any, data: st.DataObject) -> None:
    drawn, f = MADE[name]
    options, x = without_loss([data.draw(option) for option in drawn], dtype), numbers(shape, dtype, 1)
    assert_same_or_refused(lambda x: f(np if ln.value(x) is x else lnp, x, *options), x)


@given(SHAPE, INEXACT, st.data())
def test_entries_are_written_as_numpy_writes_them(shape: Any, dtype: Any, data: st.DataObject) -> None:
    if not shape or 0 in shape:
        shape = (2, 3)
    places = tuple(data.draw(st.integers(-n, n - 1) | st.slices(n)) for n in shape)
    x = numbers(shape, dtype, 1)
    v = numbers(np.shape(x[places]), dtype, 2)
    for write, change in ((lnp.index_set, lambda old, v: v), (lnp.index_add, np.add)):
        expected = x.copy()
        expected[places] = change(expected[places], v)
        assert_same(lambda x, v, w=write: w(x, places, v), x, v)
        np.testing.assert_array_equal(ln.vjp(lambda x, v, w=write: w(x, places, v), x, v)[0], expected)
