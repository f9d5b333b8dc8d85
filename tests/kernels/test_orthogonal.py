"""Kernels of large orthogonal factors: what the small ones say, and silence where a guard may speak."""

import numpy as np
import pytest

from linad.kernels import orthogonal, small


def drawn(rng, shape, dtype):
    A = rng.normal(size=shape)
    return (A + 1j * rng.normal(size=shape) if np.dtype(dtype).kind == "c" else A).astype(dtype)


def near(X, Y):
    eps = np.finfo(X.dtype).eps
    np.testing.assert_allclose(X, Y, rtol=0, atol=1e3 * eps * np.max(np.abs(Y)))
    assert X.dtype == Y.dtype


@pytest.mark.parametrize("dtype", "fdFD")
@pytest.mark.parametrize("present", ["Q", "R", "QR"])
@pytest.mark.parametrize("shape", [(30, 30), (40, 20), (1, 1)], ids=str)
@pytest.mark.parametrize("order", "CF")
def test_qr_agrees_with_the_small_kernel(order, shape, present, dtype, rng):
    Q, R = np.linalg.qr(drawn(rng, shape, dtype) / 20 + np.eye(*shape, dtype=dtype))
    gQ = np.array(drawn(rng, Q.shape, dtype), order=order) if "Q" in present else None
    gR = np.array(drawn(rng, R.shape, dtype), order=order) if "R" in present else None
    kept = [None if g is None else g.copy() for g in (gQ, gR)]
    near(orthogonal.qr(Q, R, gQ, gR), small.qr(Q, R, gQ, gR))
    for g, before in zip((gQ, gR), kept, strict=True):
        assert g is None or np.array_equal(g, before)


@pytest.mark.parametrize("dtype", "fd")
@pytest.mark.parametrize("present", ["w", "V", "wV"])
def test_eigh_agrees_with_the_small_kernel(present, dtype, rng):
    A = drawn(rng, (12, 12), dtype)
    w, V = np.linalg.eigh(A + A.T + np.diag(np.arange(12.0)).astype(dtype) * 20)
    gw = drawn(rng, w.shape, dtype) if "w" in present else None
    gV = drawn(rng, V.shape, dtype) if "V" in present else None
    X = orthogonal.eigh(w, V, gw, gV)
    near(X, small.eigh(w, V, gw, gV))
    assert np.array_equal(X, X.T)


def test_where_a_guard_may_speak_the_kernels_are_silent(rng):
    A = drawn(rng, (150, 150), float)
    Q, R = np.linalg.qr(A)
    R[70, 70] = 1e-9
    assert orthogonal.qr(Q, R, Q, None) is None
    w, V = np.linalg.eigh(A + A.T)
    w[3] = w[4]
    assert orthogonal.eigh(w, V, w, V) is None
    Z = drawn(rng, (8, 8), complex)
    assert orthogonal.eigh(np.arange(8.0), np.linalg.qr(Z)[0], np.arange(8.0), Z) is None
