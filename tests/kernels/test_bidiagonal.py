"""Singular vectors of large matrices by blocks of reflectors are NumPy's, signs and all."""

import numpy as np
import pytest

from linad.kernels import bidiagonal
from linad.kernels.svd import decompose

SHAPES = [(64, 64), (100, 70), (70, 200), (384, 384), (401, 401), (500, 400)]


def drawn(rng, shape, dtype):
    return (rng.normal(size=shape) + (1j * rng.normal(size=shape) if dtype == "D" else 0)).astype(dtype)


@pytest.mark.parametrize("dtype", "dD")
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_values_vectors_and_signs_are_numpys(shape, dtype, rng):
    A = drawn(rng, shape, dtype)
    found = bidiagonal.svd(A)
    U, s, Vh = np.linalg.svd(A, full_matrices=False)
    if found is None:
        assert not bidiagonal._is_numpys(dtype)
        return
    bound = 10 * max(shape) * 2.3e-16
    assert np.max(np.abs(found[1] - s)) <= bound * s[0]
    assert np.max(np.abs(found[0] * found[1] @ found[2] - A)) <= bound * s[0]
    for X, Y, axis in ((found[0], U, 0), (found[2], Vh, 1)):
        gram = X.conj().T @ X if axis == 0 else X @ X.conj().T
        assert np.max(np.abs(gram - np.eye(min(shape)))) <= bound
        assert np.all(np.sum(X.conj() * Y, axis=axis).real > 0)


@pytest.mark.parametrize("dtype", "dD")
@pytest.mark.parametrize(
    "A", [np.eye(400), np.ones((400, 400)), np.diag(np.arange(400.0))], ids=["1", "rank 1", "diagonal"]
)
def test_reflectors_that_do_nothing_are_products_too(A, dtype):
    F = decompose(A.astype(dtype), "numpy", False)
    assert np.max(np.abs(F.U * F.s @ F.Vh - A)) <= 1e-12 * np.max(F.s)
    assert np.max(np.abs(F.U.conj().T @ F.U - np.eye(400))) <= 1e-12


@pytest.mark.parametrize(
    "A",
    [np.ones((60, 60)), np.ones((400, 400), "f"), np.ones((2, 400, 400))],
    ids=["small", "single", "batch"],
)
def test_others_are_left_to_numpy(A):
    assert bidiagonal.svd(A) is None


@pytest.mark.parametrize("scale", [1e-200, 1e200, 0.0, np.nan])
def test_what_gesdd_scales_is_left_to_it(scale, rng):
    assert bidiagonal.svd(drawn(rng, (400, 400), "d") * scale) is None


def test_foreign_byte_orders_are_left_to_numpy(rng):
    assert bidiagonal.svd(drawn(rng, (400, 400), "d").astype(">f8")) is None
