"""Functions that move entries, over random shapes, axes and options: results and errors are NumPy's, rules adjoint."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import linad as ln
from tests.numpy.sameness import INEXACT, assert_same_or_refused, numbers

SHAPE = hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3)
AXIS = st.integers(-4, 3)  # in and out of bounds
AXES = st.none() | AXIS | st.lists(AXIS, max_size=2).map(tuple)
INTEGER = st.integers(-3, 3)
Draw = Callable[[Any], Any]

# One entry a function: what is drawn, and the call.
MOVES: dict[str, tuple[tuple[Any, ...], Callable[..., Any]]] = {
    "reshape": ((st.lists(st.integers(-1, 4), max_size=3), st.sampled_from("CFA")), np.reshape),
    "ravel": ((st.sampled_from("CFAK"),), np.ravel),
    "transpose": ((st.none() | st.permutations(range(3)) | st.permutations(range(2)),), np.transpose),
    "permute_dims": ((st.none() | st.permutations(range(3)),), np.permute_dims),
    "swapaxes": ((AXIS, AXIS), np.swapaxes),
    "moveaxis": ((AXIS, AXIS), np.moveaxis),
    "moveaxis of two": ((st.tuples(AXIS, AXIS), st.tuples(AXIS, AXIS)), np.moveaxis),
    "rollaxis": ((AXIS, st.integers(-3, 3)), np.rollaxis),
    "expand_dims": ((AXIS | st.tuples(AXIS, AXIS),), np.expand_dims),
    "squeeze": ((AXES,), np.squeeze),
    "flip": ((AXES,), np.flip),
    "fliplr": ((), np.fliplr),
    "flipud": ((), np.flipud),
    "roll": ((INTEGER, AXES), np.roll),
    "roll by two": ((st.tuples(INTEGER, INTEGER), st.tuples(AXIS, AXIS)), np.roll),
    "matrix_transpose": ((), np.matrix_transpose),
    "diag": ((INTEGER,), np.diag),
    "diagonal": ((INTEGER, AXIS, AXIS), np.diagonal),
    "trace": ((INTEGER, AXIS, AXIS), np.trace),
    "tril": ((INTEGER,), np.tril),
    "triu": ((INTEGER,), np.triu),
    "broadcast_to": ((st.lists(st.integers(0, 3), max_size=4).map(tuple),), np.broadcast_to),
    "repeat": ((st.integers(-1, 3) | st.lists(st.integers(0, 2), max_size=3), st.none() | AXIS), np.repeat),
    "tile": ((st.integers(0, 2) | st.lists(st.integers(0, 2), max_size=4).map(tuple),), np.tile),
    "take": ((st.lists(INTEGER, max_size=3), st.none() | AXIS, st.sampled_from(["raise", "wrap", "clip"])),
             lambda x, i, axis, mode: np.take(x, i, axis, mode=mode)),
    "compress": ((st.lists(st.booleans(), max_size=3), st.none() | AXIS), lambda x, c, axis: np.compress(c, x, axis)),
    "extract": ((), lambda x: np.extract(np.arange(x.size).reshape(x.shape) % 2, x)),
    "append": ((st.none() | AXIS,), lambda x, axis: np.append(x, x * 2, axis)),
    "copy": ((), np.copy),
    "astype": ((), lambda x: np.astype(x, np.complex128)),
    "full_like": ((st.none() | SHAPE,), lambda x, s: np.full_like(x, np.sum(x), shape=s)),
    "atleast_1d": ((), np.atleast_1d),
    "atleast_2d": ((), np.atleast_2d),
    "atleast_3d": ((), np.atleast_3d),
    "split": ((st.integers(1, 3) | st.lists(st.integers(0, 3), max_size=3), AXIS),
              lambda x, n, axis: np.split(x, n, axis)[-1]),
    "array_split": ((st.integers(1, 3), AXIS), lambda x, n, axis: np.array_split(x, n, axis)[0]),
    "hsplit": ((st.integers(1, 3),), lambda x, n: np.hsplit(x, n)[-1]),
    "vsplit": ((st.integers(1, 3),), lambda x, n: np.vsplit(x, n)[0]),
    "dsplit": ((st.integers(1, 3),), lambda x, n: np.dsplit(x, n)[0]),
    "unstack": ((AXIS,), lambda x, axis: np.unstack(x, axis=axis)[-1]),
    "stack": ((AXIS,), lambda x, axis: np.stack([x, 2 * x, x], axis)),
    "concatenate": ((st.none() | AXIS,), lambda x, axis: np.concatenate((x, x * 3), axis)),
    "concat": ((st.none() | AXIS,), lambda x, axis: np.concat((x, x * 3), axis=axis)),
    "hstack": ((), lambda x: np.hstack((x, x))),
    "vstack": ((), lambda x: np.vstack((x, x))),
    "dstack": ((), lambda x: np.dstack((x, x))),
    "column_stack": ((), lambda x: np.column_stack((x, x))),
    "broadcast_arrays": ((), lambda x: np.broadcast_arrays(x, np.ones((2, 1, 1, 1)))[0]),
    "sort": ((st.none() | AXIS,), lambda x, axis: np.sort(x.real, axis)),
    "take_along_axis": ((AXIS,), lambda x, axis: np.take_along_axis(x, np.argsort(np.real(x), axis), axis)),
    "diff": ((st.integers(-1, 2), AXIS), np.diff),
    "cumsum": ((st.none() | AXIS,), np.cumsum),
    "cumprod": ((st.none() | AXIS,), np.cumprod),
    "ptp": ((st.none() | AXIS,), lambda x, axis: np.ptp(x.real, axis)),
    "amax": ((st.none() | AXIS, st.booleans()), lambda x, axis, k: np.amax(x.real, axis, keepdims=k)),
    "amin": ((st.none() | AXIS, st.booleans()), lambda x, axis, k: np.amin(x.real, axis, keepdims=k)),
}  # fmt: skip


@pytest.mark.parametrize("name", MOVES)
@given(shape=SHAPE, dtype=INEXACT, data=st.data())
@settings(max_examples=20)
def test_entries_are_moved_as_numpy_moves_them(
    name: str, shape: Any, dtype: Any, data: st.DataObject
) -> None:
    drawn, f = MOVES[name]
    options = [data.draw(option) for option in drawn]
    assert_same_or_refused(lambda x: f(x, *options), numbers(shape, dtype, 1))


@given(st.lists(SHAPE, min_size=1, max_size=3), st.lists(INEXACT, min_size=3, max_size=3), AXIS, st.data())
@settings(max_examples=40)
def test_arrays_of_several_dtypes_are_joined_as_numpys(
    shapes: Any, dtypes: Any, axis: int, data: st.DataObject
) -> None:
    alike = data.draw(st.booleans())
    parts = [
        numbers(shapes[0] if alike else shape, dtype, i)
        for i, (shape, dtype) in enumerate(zip(shapes, dtypes, strict=False))
    ]
    join = data.draw(st.sampled_from([np.concatenate, np.stack]))
    assert_same_or_refused(lambda *x: join(x, axis), *parts)
    for join in (np.hstack, np.vstack, np.dstack, np.column_stack):
        assert_same_or_refused(lambda *x, join=join: join(x), *parts)


ASKED: dict[str, Callable[[Any], Any]] = {
    "all": lambda x: np.all(x > 1, axis=-1), "any": lambda x: np.any(x > 1), "argmax": np.argmax, "argmin": np.argmin,
    "argsort": lambda x: np.argsort(x, kind="stable"), "count_nonzero": np.count_nonzero, "shape": np.shape,
    "ndim": np.ndim, "size": np.size, "result_type": lambda x: np.result_type(x, 2.5),
    "common_type": lambda x: np.common_type(x, x),
    "zeros_like": np.zeros_like, "ones_like": lambda x: np.ones_like(x, shape=3), "iscomplexobj": np.iscomplexobj,
    "isrealobj": np.isrealobj, "searchsorted": lambda x: np.searchsorted(np.sort(x.real, None), 1.0),
}  # fmt: skip


@pytest.mark.parametrize("name", ASKED)
@given(shape=hnp.array_shapes(min_dims=1, max_dims=3, min_side=1, max_side=3), dtype=INEXACT)
@settings(max_examples=10)
def test_questions_are_answered_as_numpy_answers_them(name: str, shape: Any, dtype: Any) -> None:
    x = numbers(shape, dtype, 1)
    found: list[Any] = []
    ln.vjp(lambda x: (found.append(ASKED[name](x)), x)[1], x)
    expected = ASKED[name](x)
    assert type(found[0]) is type(expected)
    np.testing.assert_array_equal(found[0], expected, strict=isinstance(expected, np.ndarray))
