"""Eigenvectors by SciPy's LAPACK are NumPy's, signs and all."""

import numpy as np
import pytest

from linad.kernels import eigh as kernels
from linad.kernels.eigen import Request, hermitian

EPS = {"f": 1.2e-7, "d": 2.3e-16, "F": 1.2e-7, "D": 2.3e-16}


def drawn(rng, n, dtype):
    A = rng.normal(size=(n, n)) + (1j * rng.normal(size=(n, n)) if dtype in "FD" else 0)
    return (A + A.conj().T).astype(dtype)


@pytest.mark.parametrize("dtype", "fdFD")
@pytest.mark.parametrize("n", [1, 4, 40, 256, 300])
def test_values_vectors_and_signs_are_numpys(n, dtype, rng):
    A = drawn(rng, n, dtype)
    w, V, _ = hermitian(A, Request())
    expected, vectors = np.linalg.eigh(A)
    size = n * EPS[dtype] * np.max(np.abs(expected))
    assert w.dtype == expected.dtype
    assert V.dtype == A.dtype
    assert np.max(np.abs(w - expected)) <= 10 * size
    assert np.max(np.abs(A @ V - V * w)) <= 10 * size
    assert np.max(np.abs(V.conj().T @ V - np.eye(n))) <= 10 * n * EPS[dtype]
    assert np.all(np.sum(V.conj() * vectors, axis=0).real > 0)


@pytest.mark.parametrize("dtype", "dD")
@pytest.mark.parametrize(
    "A",
    [
        np.eye(300),
        np.diag(np.arange(300.0)),
        np.add.outer(np.arange(300.0), np.arange(300.0)),
        np.ones((300, 300)),
    ],
    ids=["identity", "diagonal", "rank 2", "rank 1"],
)
def test_reflectors_that_do_nothing_are_products_too(A, dtype):
    A = A.astype(dtype)
    w, V, _ = hermitian(A, Request())
    assert np.max(np.abs(A @ V - V * w)) <= 1e4 * 2.3e-16 * np.max(np.abs(w))
    assert np.max(np.abs(V.conj().T @ V - np.eye(300))) <= 1e-12


@pytest.mark.parametrize("scale", [1e-200, 1e200, 0.0])
def test_what_syevd_scales_is_left_to_it(scale, rng):
    A = drawn(rng, 256, "d") * scale
    w, V, _ = hermitian(A, Request())
    expected, vectors = np.linalg.eigh(A)
    np.testing.assert_array_equal(w, expected)
    np.testing.assert_array_equal(V, vectors)


def test_one_triangle_is_read(rng):
    A = drawn(rng, 300, "d")
    for read, lower in ((np.tril, True), (np.triu, False)):
        w, _, _ = hermitian(read(A), Request(lower=lower))
        np.testing.assert_allclose(w, np.linalg.eigvalsh(A), atol=1e-10)


def test_another_lapack_than_numpys_is_not_asked(monkeypatch, rng):
    monkeypatch.setattr(kernels, "_is_numpys", lambda code: False)
    assert kernels.eigh(drawn(rng, 4, "d")) is None


def test_foreign_byte_orders_are_left_to_numpy(rng):
    assert kernels.eigh(drawn(rng, 300, "d").astype(">f8")) is None
