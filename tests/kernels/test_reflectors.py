"""QR factors of large matrices by blocks of reflectors are LAPACK's, signs and all."""

import numpy as np
import pytest

from linad.kernels import reflectors, unitary

EPS = {"f": 1.2e-7, "d": 2.3e-16, "F": 1.2e-7, "D": 2.3e-16}
SHAPES = [(64, 64), (130, 130), (200, 130), (130, 200), (65, 3), (3, 70), (400, 64), (1, 1)]


def drawn(rng, shape, dtype):
    return (rng.normal(size=shape) + (1j * rng.normal(size=shape) if dtype in "FD" else 0)).astype(dtype)


@pytest.mark.parametrize("dtype", "fdFD")
@pytest.mark.parametrize("complete", [False, True])
@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("order", "CF")
def test_factors_are_those_of_lapack(order, shape, complete, dtype, rng):
    A = np.array(drawn(rng, shape, dtype), order=order)
    m, k = shape[0], min(shape)
    K = m if complete else k
    Q, R = reflectors.factor(A, K)
    packed = np.array(A, order="F")
    unitary.geqrf(packed)
    size = 10 * max(shape) * EPS[dtype]
    assert Q.shape == (m, K)
    assert np.array_equal(R, np.triu(R))
    assert not np.any(R.diagonal().imag)
    assert np.all(np.sign(R.diagonal().real) == np.sign(packed.diagonal().real))
    assert np.max(np.abs(Q[:, :k] @ R - A)) <= size * np.max(np.abs(A))
    assert np.max(np.abs(Q.conj().T @ Q - np.eye(K))) <= size


@pytest.mark.parametrize("dtype", "fdFD")
@pytest.mark.parametrize("shape", [(130, 130), (200, 70), (3, 2)], ids=str)
def test_turning_is_a_product_with_q(shape, dtype, rng):
    packed = np.array(drawn(rng, shape, dtype), order="F")
    tau = unitary.geqrf(packed)
    tau[shape[1] // 2] = 0  # a reflector that does nothing
    Z = drawn(rng, (shape[0], 5), dtype)
    expected = Z.copy("F")
    unitary.ormqr(packed.copy("F"), tau, expected)
    reflectors.turn(packed, tau, Z)
    assert np.max(np.abs(Z - expected)) <= 10 * shape[0] * EPS[dtype]
