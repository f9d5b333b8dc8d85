"""One number that stands for an array filled with it: rules that pass it on unfilled."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import linad as ln

A = np.arange(1.0, 7.0).reshape(2, 3)


@pytest.mark.parametrize("axis", [0, 1, (0,), (0, 1), ()], ids=str)
@pytest.mark.parametrize("keepdims", [True, False], ids=["kept", "dropped"])
def test_a_sum_of_sums_along_an_axis_has_the_gradient_one(axis: Any, keepdims: bool) -> None:
    g = ln.grad(lambda A: np.sum(np.sum(A, axis=axis, keepdims=keepdims)))(A)
    np.testing.assert_array_equal(g, np.ones((2, 3)))


@pytest.mark.parametrize(
    "between",
    [
        np.transpose, np.ravel, np.real, np.cumsum, np.sort, np.diff, np.tril, np.diag, np.fft.fft, np.max,
        lambda x: x[0], lambda x: x[x > 2], lambda x: np.mean(x, 0), lambda x: np.where(x > 2, x, 0),
        lambda x: np.concatenate([x, x]), lambda x: np.stack([x, x], -1), lambda x: np.broadcast_to(x, (2, 2, 3)),
        lambda x: x @ np.ones(3), lambda x: np.einsum("ij->j", x), lambda x: np.add.outer(x, x),
        lambda x: x.astype("f4"),
    ],
    ids=range(21),
)  # fmt: skip
@pytest.mark.parametrize("reduce", [np.sum, np.mean], ids=["sum", "mean"])
def test_the_gradient_of_a_reduced_result_is_the_pullback_of_a_filled_cotangent(
    between: Callable[[Any], Any], reduce: Callable[[Any], Any]
) -> None:
    out, pullback = ln.vjp(between, A)
    filled = np.full(
        np.shape(out), 1.0 if reduce is np.sum else 1 / np.size(out), dtype=np.asarray(out).dtype
    )[()]
    lazy = ln.grad(
        lambda A: np.real(reduce(np.sum(between(A), axis=-1) if reduce is np.sum else between(A)))
    )(A)
    np.testing.assert_allclose(lazy, pullback(filled)[0], rtol=1e-6)  # one of them goes through float32
