"""Functions of numbers at random and at special numbers: values, dtypes and errors are NumPy's."""

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import linad as ln
import linad.numpy as lnp
from linad.core.traced import overrides
from tests.numpy.sameness import ANY, INEXACT, REAL

UFUNCS = sorted(
    {getattr(np, name) for name in lnp.__all__ if isinstance(getattr(np, name, None), np.ufunc)},
    key=lambda f: f.__name__,
)
UNARY = [f for f in UFUNCS if f.nin == 1]
BINARY = [f for f in UFUNCS if f.nin == 2 and f.signature is None]
SPECIAL = [-np.inf, -2.5, -1.0, -0.5, -0.0, 0.0, 0.25, 1.0, 1.5, 3.0, np.inf, np.nan]
FINITE = [
    -1.5,
    -1.0,
    0.0,
    0.5,
    1.0,
]  # complex numbers with an infinite part: NumPy's own loops differ by length
SEED = st.integers(0, 999)
SHAPES = hnp.mutually_broadcastable_shapes(num_shapes=2, max_dims=2, max_side=3, min_side=0)


def _array(shape: tuple[int, ...], dtype: Any, seed: int) -> Any:
    rng, kind = np.random.default_rng(seed), np.dtype(dtype).kind
    if kind == "c":
        return np.asarray(rng.choice(FINITE, shape) + 1j * rng.choice(FINITE, shape)).astype(dtype)[()]
    return np.asarray(rng.choice(SPECIAL, shape) if kind == "f" else rng.integers(0, 2, shape)).astype(dtype)[
        ()
    ]


def _outcome(f: Callable[[], Any]) -> tuple[Any, Exception | None]:
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            return f(), None
        except Exception as error:
            return None, error


def _assert_numpys(f: Callable[..., Any], *args: Any, ulps: float = 16) -> None:
    """Values, dtypes and errors of a traced call are NumPy's; discrete results are equal."""
    found: list[Any] = []
    expected, error = _outcome(lambda: f(*args))
    _, raised = _outcome(lambda: ln.vjp(lambda *x: (found.append(f(*x)), x[0])[1], *args))
    if error is not None:
        assert isinstance(raised, type(error)), f"{error!r} became {raised!r}"
        return
    assert raised is None
    several = isinstance(expected, tuple)
    for e, x in zip(expected if several else [expected], found[0] if several else found, strict=True):
        e, x = np.asarray(e), np.asarray(ln.value(x))
        assert (x.shape, x.dtype) == (e.shape, e.dtype)
        eps = np.finfo(e.dtype).eps if e.dtype.kind in "fc" else 0
        np.testing.assert_allclose(x, e, rtol=ulps * eps, atol=0)


@pytest.mark.parametrize("ufunc", UNARY, ids=lambda f: f.__name__)
@given(hnp.array_shapes(min_dims=0, max_dims=2, min_side=0, max_side=4), INEXACT, SEED)
@settings(max_examples=15)
def test_functions_of_a_number_are_numpys_at_the_edges_of_their_domain(
    ufunc: Any, shape: tuple[int, ...], dtype: Any, seed: int
) -> None:
    _assert_numpys(ufunc, _array(shape, dtype, seed))


@pytest.mark.parametrize("ufunc", BINARY, ids=lambda f: f.__name__)
@given(SHAPES, REAL, ANY, SEED)
@settings(max_examples=15)
def test_functions_of_two_numbers_are_numpys_at_the_edges_of_their_domain(
    ufunc: Any, shapes: Any, dtype: Any, other: Any, seed: int
) -> None:
    x, y = _array(shapes.input_shapes[0], dtype, seed), _array(shapes.input_shapes[1], other, seed + 1)
    if ufunc in (np.power, np.float_power) and np.iscomplexobj(y):
        x = np.nan_to_num(x)
    _assert_numpys(lambda x: ufunc(x, y), x)
    _assert_numpys(lambda x: ufunc(y, x), x)
    if np.asarray(y).dtype.kind == "f":
        _assert_numpys(ufunc, x, y)


@pytest.mark.parametrize(
    "f",
    [np.real, np.imag, np.angle, np.real_if_close, np.nan_to_num, np.round, np.around, np.fix],
    ids=lambda f: f.__name__,
)
@given(hnp.array_shapes(min_dims=0, max_dims=2, min_side=0, max_side=3), INEXACT, SEED)
@settings(max_examples=15)
def test_parts_and_roundings_are_numpys(f: Any, shape: Any, dtype: Any, seed: int) -> None:
    _assert_numpys(f, _array(shape, dtype, seed))


@given(SHAPES, REAL, st.booleans(), SEED)
@settings(max_examples=30)
def test_choices_and_comparisons_are_numpys(shapes: Any, dtype: Any, flag: bool, seed: int) -> None:
    x, y = (_array(shape, dtype, seed + i) for i, shape in enumerate(shapes.input_shapes))
    _assert_numpys(lambda x, y: np.where(x > y, x, y), x, y)
    _assert_numpys(lambda x, y: np.clip(x, y, None), x, y)
    _assert_numpys(lambda x: np.clip(x, -1, y), x)
    _assert_numpys(lambda x: np.nan_to_num(x, nan=-1, posinf=7, neginf=-7), x)
    _assert_numpys(lambda x: np.angle(x + 1j, flag), x)
    _assert_numpys(lambda x, y: np.isclose(x, y, equal_nan=flag), x, y)
    _assert_numpys(lambda x, y: (np.allclose(x, y), np.array_equal(x, y, equal_nan=flag)), x, y)


def test_every_ufunc_of_the_door_is_tried_here() -> None:
    doors = {f for f in overrides if isinstance(f, np.ufunc) and getattr(np, f.__name__, None) is f}
    assert doors - set(UNARY) - set(BINARY) <= {np.matmul, np.vecdot, np.matvec, np.vecmat}
