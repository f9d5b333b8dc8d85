"""Kernels of orthogonal factors serve what is regular, agree with the programs, and are silent elsewhere."""

import numpy as np
import pytest

import linad as ln
from linad import errors
from linad.core.primitive import primitives
from linad.kernels import orthogonal
from linad.operations.eigh import eigh
from linad.operations.qr import qr
from tests.kernels.serving import agree, answers_of

QR = [(1, 1), (4, 4), (40, 40), (130, 130), (6, 2), (150, 70), (2, 5), (70, 150)]
EIGH = [(1, 1), (4, 4), (40, 40), (130, 130)]


def drawn(rng, shape, dtype):
    A = rng.normal(size=shape)
    return (A + 1j * rng.normal(size=shape) if np.dtype(dtype).kind == "c" else A).astype(dtype)


def regular(rng, shape, dtype, *, hermitian=False):
    """A matrix far from everything that a guard looks at: pivots alike, gaps open."""
    A = 0.3 * drawn(rng, shape, dtype) / max(shape)
    if hermitian:
        A = (A + A.conj().T) / 2
    k = min(shape)
    A[range(k), range(k)] += np.arange(1, k + 1) / (1 if hermitian else k) + 1
    return A.astype(dtype)


@pytest.mark.parametrize("dtype", "fdFD")
@pytest.mark.parametrize("present", ["Q", "R", "QR"])
@pytest.mark.parametrize("shape", QR, ids=str)
@pytest.mark.parametrize("order", "CF")
def test_qr_agrees_with_the_program(monkeypatch, order, shape, present, dtype, rng):
    A = np.array(regular(rng, shape, dtype), order=order)
    k = min(shape)
    W, Z = drawn(rng, (shape[0], k), dtype), drawn(rng, (k, shape[1]), dtype)

    def cost(A):
        Q, R, _ = qr(A)
        return sum(np.real(np.sum(X * V)) for X, V, name in ((Q, W, "Q"), (R, Z, "R")) if name in present)

    agree(monkeypatch, orthogonal, "qr", cost, A)


@pytest.mark.parametrize("dtype", "fdFD")
@pytest.mark.parametrize("present", ["w", "V", "wV"])
@pytest.mark.parametrize("shape", EIGH, ids=str)
def test_eigh_agrees_with_the_program(monkeypatch, shape, present, dtype, rng):
    A, W = regular(rng, shape, dtype, hermitian=True), drawn(rng, shape, "d").astype(dtype).real

    def cost(A):
        w, V = eigh(A)
        parts = {"w": np.sum(w**3), "V": np.sum(W * np.abs(V) ** 2)}
        return sum(part for name, part in parts.items() if name in present)

    gA = agree(monkeypatch, orthogonal, "eigh", cost, A)
    assert np.array_equal(gA, gA.conj().T)


@pytest.mark.parametrize("n", [4, 130])
def test_cotangents_below_the_diagonal_of_r_are_not_read(n, rng):
    Q, R = np.linalg.qr(regular(rng, (n, n), "d"))
    gR = rng.normal(size=(n, n))
    gA = orthogonal.qr(Q, R, None, gR)
    gR[n // 2 + 1, n // 2] = np.nan
    assert np.array_equal(orthogonal.qr(Q, R, None, gR), gA)


@pytest.mark.parametrize("n", [4, 130])
def test_kernels_write_into_nothing_that_they_are_given(n, rng):
    A = regular(rng, (n, n), "d", hermitian=True)
    for kernel, factors in ((orthogonal.qr, np.linalg.qr(A)), (orthogonal.eigh, np.linalg.eigh(A))):
        given = [*factors, *[rng.normal(size=X.shape) for X in factors]]
        for X in given:
            X.flags.writeable = False
        assert kernel(*given) is not None


def test_where_a_guard_may_speak_the_kernels_are_silent(rng):
    A = drawn(rng, (150, 150), "d")
    Q, R = np.linalg.qr(A)
    R[70, 70] = 1e-9
    assert orthogonal.qr(Q, R, Q, None) is None
    w, V = np.linalg.eigh(A + A.T)
    w[3] = w[4]
    assert orthogonal.eigh(w, V, w, V) is None


def test_a_cost_that_sees_phases_is_left_to_the_guard(monkeypatch, rng):
    answers = answers_of(monkeypatch, orthogonal, "eigh")
    A = regular(rng, (5, 5), "D", hermitian=True)
    with pytest.raises(errors.GaugeError):
        ln.grad(lambda A: np.sum(np.linalg.eigh(A)[1].imag))(A)
    assert answers == [None]


def test_eigenvalues_that_nearly_tie_are_left_to_the_program(monkeypatch):
    answers = answers_of(monkeypatch, orthogonal, "eigh")
    with pytest.raises(errors.DegenerateError):
        ln.grad(lambda A: np.linalg.eigh(A)[1][0, 0] + np.linalg.eigh(A)[1][1, 0])(np.eye(3))
    assert answers == [None]


def test_dependent_columns_are_left_to_the_program(monkeypatch):
    answers = answers_of(monkeypatch, orthogonal, "qr")
    A = np.array([[1.0, 1.0], [1.0, 1.0 + 1e-9]])
    with pytest.warns(errors.IllConditionedWarning):
        ln.grad(lambda A: np.sum(np.linalg.qr(A)[1]))(A)
    assert answers == [None]


def test_replays_of_kernels_leave_it_to_the_program_too():
    gradient = ln.compile(ln.grad(lambda A: np.sum(np.linalg.eigh(A)[1][:, 0] * [1.0, 2.0])))
    gradient(np.diag([1.0, 2.0]))
    with pytest.raises(errors.DegenerateError):
        gradient(np.eye(2))
    assert "return UNSURE" in gradient.source  # to the program of the operations


@pytest.mark.parametrize("name", ["qr", "eigh"])
def test_the_rule_asks_its_kernel_for_single_matrices_only(name):
    rule = primitives[name].rule
    assert rule is None or rule.pays((np.eye(3), None))
    assert rule is None or not rule.pays((np.eye(3)[None], None))
