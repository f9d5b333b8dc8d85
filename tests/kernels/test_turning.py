"""Passes across memory: copies, comparisons, mirrors and triangles agree with NumPy's in every order and type."""

import numpy as np
import pytest

from linad.kernels import turning

SHAPES = [
    (1, 1),
    (3, 3),
    (16, 256),
    (64, 64),
    (65, 65),
    (70, 200),
    (200, 70),
    (256, 256),
    (300, 256),
    (0, 3),
    (3, 0),
]
shapes = pytest.mark.parametrize("shape", SHAPES, ids=str)
orders = pytest.mark.parametrize("order", "CF")
types = pytest.mark.parametrize("dtype", "fdFD")


def drawn(rng, shape, dtype, order):
    X = rng.normal(size=shape) + (1j * rng.normal(size=shape) if dtype in "FD" else 0)
    return np.array(X, dtype, order=order)


@shapes
@orders
@types
def test_a_copy_is_the_same_in_another_order(shape, order, dtype, rng):
    A = drawn(rng, shape, dtype, order)
    for view in (A, A[::-1], A[:, ::2]):
        for wanted in "CF":
            X = turning.copied(view, wanted)
            np.testing.assert_array_equal(X, view)
            assert X.flags[f"{wanted}_CONTIGUOUS"]
            assert X.base is None


@shapes
@orders
@types
def test_packed_factors_are_split(shape, order, dtype, rng):
    packed = drawn(rng, shape, dtype, order)
    k = min(shape)
    L, U = turning.split(packed)
    np.testing.assert_array_equal(L, np.tril(packed[:, :k], -1) + np.eye(*shape)[:, :k])
    np.testing.assert_array_equal(U, np.triu(packed[:k]))
    assert L.dtype == U.dtype == packed.dtype


@pytest.mark.parametrize("n", [1, 2, 63, 64, 65, 130, 256])
@orders
@types
def test_hermitian_matrices_are_told_and_mirrored(n, order, dtype, rng):
    X = drawn(rng, (n, n), dtype, order)
    np.einsum("ii->i", X)[...] = np.arange(n)
    expected = np.tril(X, -1) + np.tril(X, -1).conj().T + np.diag(np.diag(X))
    turning.mirror(X)
    np.testing.assert_array_equal(X, expected)
    assert turning.is_hermitian(X)
    if n > 1:
        for at in [(0, n - 1), (n - 1, n // 2 - (n == 2)), (n // 2, n - 1 if n > 2 else 0)]:
            Y = X.copy("K")
            Y[at] = np.nextafter(Y[at].real, np.inf)
            assert not turning.is_hermitian(Y)


def test_a_batch_is_hermitian_if_all_are(rng):
    S = rng.normal(size=(2, 3, 70, 70))
    S = S + S.swapaxes(-1, -2)
    assert turning.is_hermitian(S)
    S[1, 2, 40, 3] += 1
    assert not turning.is_hermitian(S)
    assert not turning.is_hermitian(np.full((3, 3), np.nan))
