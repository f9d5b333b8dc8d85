"""What property tests of the doors share: random operands, and what "the same as NumPy" means."""

from collections.abc import Callable
from typing import Any

import numpy as np
from hypothesis import strategies as st

import linad as ln

INEXACT = st.sampled_from([np.float32, np.float64, np.complex64, np.complex128])
REAL = st.sampled_from([np.float32, np.float64])
ANY = st.sampled_from(
    [np.int8, np.int32, np.int64, np.uint16, bool, np.float32, np.float64, np.complex64, np.complex128]
)


def numbers(shape: tuple[int, ...], dtype: Any, seed: int) -> Any:
    rng = np.random.default_rng(seed)
    x = rng.uniform(0.5, 2.0, shape)
    if np.dtype(dtype).kind == "c":
        x = x + 1j * rng.uniform(0.5, 2.0, shape)
    return np.asarray(x if np.dtype(dtype).kind in "fc" else np.ceil(x)).astype(dtype)[()]


def assert_same(f: Callable[..., Any], *args: Any, condition: float = 1) -> None:
    """The traced result is NumPy's, and the rules are adjoint."""
    expected = f(*args)
    out, pullback = ln.vjp(f, *args)
    eps = np.finfo(expected.dtype).eps
    assert out.shape == expected.shape
    assert out.dtype == expected.dtype
    size = 10 * (1 + max(np.size(x) for x in args)) * condition
    np.testing.assert_allclose(out, expected, rtol=size * eps, atol=size * eps)
    tangents = tuple(numbers(np.shape(x), np.asarray(x).dtype, 5 + i) for i, x in enumerate(args))
    g = numbers(out.shape, out.dtype, 9)
    dy = ln.jvp(f, args, tangents)[1]
    left = np.sum(np.conj(g) * dy).real
    right = sum(np.sum(np.conj(gx) * dx).real for gx, dx in zip(pullback(g), tangents, strict=True))
    worst = max(np.finfo(np.asarray(x).dtype).eps for x in (*args, out))
    np.testing.assert_allclose(left, right, atol=size * worst * (1 + np.sum(np.abs(g * dy))))


def assert_same_or_refused(f: Callable[..., Any], *args: Any, condition: float = 1) -> None:
    """As :func:`assert_same`; where NumPy raises, the traced call raises an error of the same class."""
    try:
        f(*args)
    except Exception as error:
        refusal = error
    else:
        assert_same(f, *args, condition=condition)
        return
    try:
        ln.vjp(f, *args)
    except type(refusal):
        return
    raise AssertionError(f"NumPy raised {refusal!r}, and the traced call did not")
