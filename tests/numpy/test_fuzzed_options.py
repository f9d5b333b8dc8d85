"""Options that are rarely given, over random shapes and dtypes: results and errors are NumPy's."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from tests.numpy.sameness import INEXACT, assert_same_or_refused, numbers

SHAPE = hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3)
AXIS = st.integers(-3, 2)  # in and out of bounds
ONE = st.none() | AXIS
AXES = ONE | st.tuples(AXIS, AXIS)  # where NumPy warns of an empty slice before it looks at the axes: ONE
FLAG = st.booleans()
DTYPE = st.sampled_from([None, np.float32, np.float64, np.complex64, np.complex128])
ORDER = st.sampled_from("CFAK")
STABLE = st.none() | FLAG
WHERE = st.integers(0, 99)  # the seed of a mask
Entry = tuple[tuple[Any, ...], Callable[..., Any]]


def masked(x: Any, seed: int) -> Any:
    return np.random.default_rng(seed).random(np.shape(x)) < 0.8


def _matrix(n: int) -> Any:
    return numbers((n, n), np.float64, 4) + 2 * n * np.eye(n)


def without_loss(options: list[Any], dtype: Any) -> list[Any]:
    """Options without dtypes that drop imaginary parts, which are refused."""
    real = (np.float32, np.float64) if np.dtype(dtype).kind == "c" else ()
    return [None if option in real else option for option in options]


# One entry a function with some of its options: what is drawn, and the call.
NUMBERS: dict[str, Entry] = {
    "sum": ((AXES, DTYPE, FLAG), lambda x, axis, t, k: np.sum(x, axis, t, keepdims=k)),
    "prod": ((AXES, DTYPE, FLAG), lambda x, axis, t, k: np.prod(x, axis, t, keepdims=k)),
    "mean": ((ONE, DTYPE, FLAG), lambda x, axis, t, k: np.mean(x, axis, t, keepdims=k)),
    "var": ((ONE, DTYPE, st.integers(0, 1)), lambda x, axis, t, n: np.var(x, axis, t, ddof=n)),
    "var, corrected": ((ONE, WHERE), lambda x, axis, w: np.var(x, axis, correction=1, where=masked(x, w))),
    "var of a mean": ((AXIS,), lambda x, axis: np.var(x, axis, mean=np.mean(x, axis, keepdims=True))),
    "std": ((ONE, DTYPE, FLAG), lambda x, axis, t, k: np.std(x, axis, t, keepdims=k)),
    "std, corrected": ((ONE, WHERE), lambda x, axis, w: np.std(x, axis, correction=1, where=masked(x, w))),
    "std of a mean": ((AXIS,), lambda x, axis: np.std(x, axis, mean=np.mean(x, axis, keepdims=True))),
    "nansum": ((AXES, DTYPE), np.nansum), "nanprod": ((AXES, DTYPE), np.nanprod),
    "nanmean": ((ONE, DTYPE), np.nanmean), "nanvar": ((ONE,), lambda x, axis: np.nanvar(x, axis, correction=0)),
    "nanstd": ((ONE, WHERE), lambda x, axis, w: np.nanstd(x, axis, where=masked(x, w), correction=1)),
    "nancumsum": ((ONE, DTYPE), np.nancumsum), "nancumprod": ((ONE, DTYPE), np.nancumprod),
    "cumsum": ((ONE, DTYPE), np.cumsum), "cumprod": ((ONE, DTYPE), np.cumprod),
    "cumulative_sum": ((ONE, DTYPE, FLAG),
                       lambda x, axis, t, i: np.cumulative_sum(x, axis=axis, dtype=t, include_initial=i)),
    "cumulative_prod": ((ONE, DTYPE, FLAG),
                        lambda x, axis, t, i: np.cumulative_prod(x, axis=axis, dtype=t, include_initial=i)),
    "trace": ((AXIS, DTYPE), lambda x, k, t: np.trace(x, k, dtype=t)),
    "linalg.trace": ((AXIS, DTYPE), lambda x, k, t: np.linalg.trace(x, offset=k, dtype=t)),
    "max": ((AXES, WHERE), lambda x, axis, w: np.max(x.real, axis, initial=0.7, where=masked(x, w))),
    "min": ((AXES, WHERE), lambda x, axis, w: np.min(x.real, axis, initial=0.7, where=masked(x, w))),
    "diff": ((AXIS, FLAG), lambda x, axis, some: np.diff(x, 1, axis, x if some else 1.5, 2 * x)),
    "ediff1d": ((FLAG,), lambda x, some: np.ediff1d(x, 2 * x if some else None, [0.5, 1.5] if some else None)),
    "average": ((AXES, FLAG), lambda x, axis, i: np.average(x, axis, x * 2, returned=True)[i]),
    "corrcoef": ((FLAG, DTYPE), lambda x, rows, t: np.corrcoef(x, x**2 + x, rows, dtype=t)),
    "cov": ((FLAG, DTYPE), lambda x, rows, t: np.cov(x, x**2, rows, dtype=t)),
    "median": ((ONE, FLAG, FLAG), lambda x, axis, o, k: np.median(x.real, axis, None, o, k)),
    "median of two axes": ((FLAG,), lambda x, k: np.median(x.real.ravel()[:, None] * [1, 2], (0, -1), keepdims=k)),
    "nanmedian": ((AXES, FLAG, FLAG), lambda x, axis, o, k: np.nanmedian(x.real, axis, None, o, k)),
    "nanpercentile": ((st.floats(0, 100), AXES, FLAG, st.sampled_from(["linear", "midpoint", "hazen"])),
                      lambda x, q, axis, k, how: np.nanpercentile(x.real, q, axis, method=how, keepdims=k)),
    "percentile": ((st.floats(1, 99), ONE, FLAG), lambda x, q, axis, o: np.percentile(
        x.real, q, axis, None, o, "inverted_cdf", weights=1 + masked(x, 1))),
    "nanquantile": ((st.floats(0.1, 0.9), ONE, FLAG), lambda x, q, axis, o: np.nanquantile(
        x.real, q, axis, None, o, "inverted_cdf", weights=1 + masked(x, 1))),
    "sort": ((ONE, STABLE), lambda x, axis, s: np.sort(x.real, axis, stable=s)),
    "sort_complex": ((), np.sort_complex),
    "round": ((st.integers(-1, 12),), lambda x, n: np.round(x, n) + x),
    "around": ((st.integers(-1, 12),), lambda x, n: np.around(x, n) + x),
    "real_if_close": ((st.sampled_from([1.5, 100.0, 1e20]),), np.real_if_close),
    "clip": ((st.none() | st.just(0.9), st.none() | st.just(1.3)), lambda x, a, b: np.clip(x.real, min=a, max=b)),
    "copy": ((ORDER,), np.copy), "reshape": ((STABLE,), lambda x, c: np.reshape(x, -1, copy=c)),
    "astype": ((DTYPE, FLAG), lambda x, t, c: np.astype(x, t or np.complex128, copy=c, device="cpu")),
    "full_like": ((DTYPE, ORDER), lambda x, t, o: np.full_like(x, np.sum(x), t, o, device="cpu")),
    "concatenate": ((DTYPE, st.sampled_from(["same_kind", "safe", "unsafe"])),
                    lambda x, t, c: np.concatenate([x.ravel(), [1]], dtype=t, casting=c)),
    "stack": ((AXIS, DTYPE), lambda x, axis, t: np.stack([x, x], axis, dtype=t, casting="unsafe")),
    "hstack": ((DTYPE,), lambda x, t: np.hstack([x, x], dtype=t)),
    "vstack": ((DTYPE,), lambda x, t: np.vstack([x, x], dtype=t, casting="same_kind")),
    "linspace": ((FLAG, st.sampled_from([None, np.float32, np.complex64])), lambda x, i, t: np.linspace(
        x, 2 * x, 4, retstep=True, dtype=t, device="cpu")[i]),
    "logspace": ((DTYPE,), lambda x, t: np.logspace(x, 2 * x, 3, dtype=t)),
    "geomspace": ((DTYPE,), lambda x, t: np.geomspace(x, 2 * x, 3, dtype=t)),
    "trim_zeros": ((AXES,), lambda x, axis: np.trim_zeros(np.where(masked(x, 3), x, 0), axis=axis)),
    "partition": ((AXIS, st.none() | AXIS), lambda x, k, axis: np.sort(np.partition(x.real, k, axis, "introselect"))),
    "apply_over_axes": ((AXES,), lambda x, axes: np.apply_over_axes(np.sum, x, axes)),
    "histogram2d": ((FLAG,), lambda x, d: np.sum(x) + np.histogram2d(
        *np.random.default_rng(1).random((2, x.size)), 3, [[0, 1], [0.1, 2]], d, weights=x.real.ravel())[0]),
    "diag_indices_from": ((), lambda x: x[np.diag_indices_from(x)]),
    "tril_indices_from": ((AXIS,), lambda x, k: x[np.tril_indices_from(x, k)]),
    "triu_indices_from": ((AXIS,), lambda x, k: x[np.triu_indices_from(x, k)]),
    "ix_": ((), lambda x: np.prod(np.stack(np.broadcast_arrays(*np.ix_(x.ravel(), x.ravel() + 1))), 0)),
    "roots": ((), lambda x: np.sum(np.roots(x.ravel()[:4]) ** 2)),
    "tensorsolve": ((), lambda x: np.linalg.tensorsolve(_matrix(x.size)[:, :, None], x.ravel(), axes=(1,))),
    "ufunc with dtype": ((DTYPE,), lambda x, t: np.multiply(x, x, dtype=t, casting="unsafe")),
    "outer": ((), lambda x: np.hypot.outer(x.real, x.real + 1)),
    "ravel": ((ORDER,), lambda x, o: x.ravel(o) * x.flatten(o)),
    "methods": ((ONE, FLAG), lambda x, axis, k: x.mean(axis, keepdims=k) * x.sum(axis, keepdims=k) + x.prod(axis)),
    "more methods": ((ONE, AXIS), lambda x, axis, k: x.cumsum(axis) + x.cumprod(axis) + x.std() * x.var()),
    "moves": ((AXIS, AXIS), lambda x, i, j: x.swapaxes(i, j).T.repeat(2, i).diagonal(j)),
    "picks": ((AXIS, AXIS), lambda x, i, axis: x.take(i, axis) + x.compress([True], axis).squeeze(axis)),
}  # fmt: skip


@pytest.mark.parametrize("name", NUMBERS)
@given(shape=SHAPE, dtype=INEXACT, data=st.data())
@settings(max_examples=20)
def test_an_option_does_what_it_does_in_numpy(name: str, shape: Any, dtype: Any, data: st.DataObject) -> None:
    drawn, f = NUMBERS[name]
    options = without_loss([data.draw(option) for option in drawn], dtype)
    assert_same_or_refused(lambda x: f(x, *options), numbers(shape, dtype, 1), condition=100)
