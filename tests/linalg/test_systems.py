"""numpy.linalg.solve and scipy.linalg.solve_triangular: results, errors and rules, over all options and batches."""

import itertools
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import scipy.linalg
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import linad as ln
import linad.linalg as la
import linad.numpy as lnp

INEXACT = st.sampled_from([np.float32, np.float64, np.complex64, np.complex128])
ANY = st.sampled_from([bool, np.int8, np.int64, np.float32, np.float64, np.complex64, np.complex128])


def _numbers(shape: tuple[int, ...], dtype: Any, seed: int, triangle: bool = False) -> Any:
    """Numbers; square matrices are well conditioned."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(-1, 1, shape)
    if np.dtype(dtype).kind == "c":
        x = x + 1j * rng.uniform(-1, 1, shape)
    if triangle:
        x = x + 3 * np.eye(shape[-1])
    return x.astype(dtype) if np.dtype(dtype).kind in "fc" else np.round(2 * x).astype(dtype)


@st.composite
def systems(draw: st.DrawFn, empty_batches: bool) -> tuple[Any, Any]:
    """A matrix and right-hand sides: vectors, matrices, batches of either that broadcast."""
    n = draw(st.integers(0, 3))
    least = 0 if empty_batches else 1
    batches = draw(hnp.mutually_broadcastable_shapes(num_shapes=2, max_dims=2, min_side=least, max_side=2))
    left, right = batches.input_shapes
    vector = draw(st.booleans())
    A = _numbers((*left, n, n), draw(INEXACT), 1, triangle=True)
    return A, _numbers((n,) if vector else (*right, n, draw(st.integers(0, 2))), draw(ANY), 2)


def _assert_same(f: Callable[..., Any], reference: Callable[..., Any], A: Any, b: Any) -> None:
    expected = reference(A, b)
    inexact = b.dtype.kind in "fc"
    g_of = (lambda A, b: f(A, b)) if inexact else (lambda A: f(A, b))
    args = (A, b) if inexact else (A,)
    out, pullback = ln.vjp(g_of, *args)
    assert out.shape == expected.shape
    assert out.dtype == expected.dtype
    eps = np.finfo(expected.dtype).eps
    np.testing.assert_allclose(
        out, expected, rtol=0, atol=100 * eps * (1 + np.max(np.abs(expected), initial=0))
    )
    tangents = tuple(_numbers(x.shape, x.dtype, 3 + i) for i, x in enumerate(args))
    g = _numbers(out.shape, out.dtype, 7)
    dx = ln.jvp(g_of, args, tangents)[1]
    left = np.sum(np.conj(g) * dx).real
    right = sum(np.sum(np.conj(gx) * t).real for gx, t in zip(pullback(g), tangents, strict=True))
    worst = max(np.finfo(x.dtype).eps for x in (*args, out))
    np.testing.assert_allclose(left, right, rtol=0, atol=1000 * worst * (1 + np.sum(np.abs(dx))))


@given(systems(empty_batches=True))
def test_solve_is_numpys(case: tuple[Any, Any]) -> None:
    _assert_same(np.linalg.solve, np.linalg.solve, *case)


OPTIONS = list(itertools.product([0, 1, 2, "N", "T", "C"], [False, True], [False, True]))


@given(systems(empty_batches=False), st.sampled_from(OPTIONS), st.booleans())
def test_solve_triangular_is_scipys(case: tuple[Any, Any], options: Any, overwrite: bool) -> None:
    trans, lower, unit = options
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # SciPy asks an empty array for its order
        _assert_same(
            lambda A, b: la.solve_triangular(A, b, trans, lower, unit, overwrite),
            lambda A, b: scipy.linalg.solve_triangular(A, b, trans, lower, unit),
            *case,
        )


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_only_the_triangle_that_is_read_has_a_cotangent(options: Any) -> None:
    trans, lower, unit = options
    T, b = _numbers((3, 3), complex, 1, triangle=True), _numbers((3,), complex, 2)
    gT = ln.vjp(lambda T: la.solve_triangular(T, b, trans, lower, unit), T)[1](np.ones(3, complex))[0]
    unread = (
        np.triu(np.ones((3, 3)), 0 if unit else 1) if lower else np.tril(np.ones((3, 3)), 0 if unit else -1)
    )
    assert np.all(gT[unread == 1] == 0)
    assert np.all(gT[unread == 0] != 0)


def test_overwrite_b_does_not_overwrite_what_is_traced() -> None:
    T, b = np.eye(3) * 2, np.ones(3)
    ln.grad(lambda b: la.solve_triangular(T, b, overwrite_b=True).sum())(b)
    np.testing.assert_array_equal(b, np.ones(3))


def test_a_plain_call_is_scipys_bit_for_bit() -> None:
    T, b = _numbers((4, 4), float, 1, triangle=True), _numbers((4, 2), float, 2)
    np.testing.assert_array_equal(
        la.solve_triangular(T, b, 1), scipy.linalg.solve_triangular(T, b, 1), strict=True
    )


I3 = np.eye(3)
WRONG = {
    "solve": [
        (np.ones(3), np.ones(3)), (np.ones((2, 3)), np.ones(2)), (I3, np.ones(2)), (I3, np.float64(2)),
        (np.zeros((3, 3)), np.ones(3)), (np.stack([I3, I3]), np.ones((2, 3))), (np.stack([I3, I3]), np.ones((3, 3, 1))),
        (np.stack([I3, 0 * I3]), np.ones(3)), (I3.astype(np.float16), np.ones(3)),
        (I3.astype(np.longdouble), np.ones(3)),
    ],
    "solve_triangular": [
        (np.ones(3), np.ones(3)), (np.ones((2, 3)), np.ones(2)), (I3, np.ones(2)), (I3, np.float64(2)),
        (np.zeros((3, 3)), np.ones(3)), (np.stack([I3, I3]), np.ones((2, 3))), (np.stack([I3, I3]), np.ones((3, 3, 1))),
        (np.stack([I3, 0 * I3]), np.ones(3)), (I3 * np.nan, np.ones(3)), (I3, np.full(3, np.inf)),
        (np.ones((0, 3, 3)), np.ones(3)), (I3, np.ones((0, 3, 1))),
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "case"), [(name, case) for name, cases in WRONG.items() for case in range(len(cases))]
)
@pytest.mark.parametrize("traced", ["A", "b"])
def test_errors_are_of_the_same_type(name: str, case: int, traced: str) -> None:
    A, b = WRONG[name][case]
    f, reference = (
        (lnp.linalg.solve, np.linalg.solve)
        if name == "solve"
        else (la.solve_triangular, scipy.linalg.solve_triangular)
    )
    with pytest.raises(Exception) as expected:  # noqa: PT011  # whatever the original raises
        reference(A, b)
    with pytest.raises(expected.type):
        ln.vjp((lambda A: f(A, b)) if traced == "A" else (lambda b: f(A, b)), A if traced == "A" else b)


def test_an_unknown_trans_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="trans='H'"):
        ln.vjp(lambda b: la.solve_triangular(I3, b, "H"), np.ones(3))


def test_check_finite_can_be_switched_off() -> None:
    T = np.triu(np.ones((3, 3))) + np.tril(np.full((3, 3), np.nan), -1)  # the triangle that is not read
    out = ln.vjp(lambda b: la.solve_triangular(T, b, check_finite=False), np.ones(3))[0]
    np.testing.assert_array_equal(out, [0.0, 0.0, 1.0])


def test_solve_factors_once_for_value_and_gradient() -> None:
    A, b = _numbers((4, 4), float, 1, triangle=True), _numbers((4,), float, 2)
    with ln.counters() as ran:
        ln.grad(lambda A: np.sum(np.linalg.solve(A, b) + np.linalg.solve(A, 2 * b)))(A)
    assert ran["getrf"] == 1
