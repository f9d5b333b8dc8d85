"""qr_update, qr_insert, qr_delete: SciPy's factors and errors, derivatives of the changed matrix."""

import numpy as np
import pytest
import scipy.linalg

import linad as ln
import linad.linalg as la
from tests.linalg.drawing import normals as numbers

EPS = np.finfo(float).eps
BOTH = pytest.mark.parametrize("dtype", ["d", "D"])
SHAPES = pytest.mark.parametrize("shape", [(5, 3), (3, 3), (3, 4)], ids=str)
MODES = pytest.mark.parametrize("mode", ["full", "economic"])
CALLS = {
    "update": lambda m, Q, R, u, v: m.qr_update(Q, R, u, v),
    "rank two": lambda m, Q, R, u, v: m.qr_update(Q, R, np.stack([u, u * u], 1), np.stack([v * v, v], 1)),
    "row": lambda m, Q, R, u, v: m.qr_insert(Q, R, v, 1),
    "column": lambda m, Q, R, u, v: m.qr_insert(Q, R, u, -1, which="col"),
    "without row": lambda m, Q, R, u, v: m.qr_delete(Q, R, -1),
    "without columns": lambda m, Q, R, u, v: m.qr_delete(Q, R, 0, 2, "col"),
}
CHANGES = {
    "update": lambda A, u, v: A + np.outer(u, np.conj(v)),
    "rank two": lambda A, u, v: A + np.outer(u, np.conj(v * v)) + np.outer(u * u, np.conj(v)),
    "row": lambda A, u, v: np.concatenate((A[:1], v[None], A[1:])),
    "column": lambda A, u, v: np.concatenate((A[:, :-1], u[:, None], A[:, -1:]), axis=1),
    "without row": lambda A, u, v: A[:-1],
    "without columns": lambda A, u, v: A[:, 2:],
}


def traced(f, *args):
    """What a function gives for traced arguments."""
    seen = []
    ln.vjp(lambda *args: (seen.append(f(*args)), args[0])[1], *args)
    return seen[0]


def arguments(rng, shape, mode, dtype):
    Q, R = scipy.linalg.qr(numbers(rng, *shape, dtype=dtype), mode=mode)
    return Q, R, numbers(rng, shape[0], dtype=dtype), numbers(rng, shape[1], dtype=dtype)


@pytest.mark.parametrize("name", CALLS)
@MODES
@SHAPES
@pytest.mark.parametrize("dtype", ["d", "D", "f", "F"])
def test_values_are_scipys(name, shape, mode, dtype, rng):
    args = arguments(rng, shape, mode, dtype)
    expected = CALLS[name](scipy.linalg, *args)
    out = traced(lambda *args: CALLS[name](la, *args), *args)
    assert type(out) is type(expected)
    for own, other in zip(out, expected, strict=True):
        assert own.dtype == other.dtype
        np.testing.assert_allclose(
            ln.value(own), other, atol=10 * np.finfo(other.dtype).eps * np.max(np.abs(other))
        )


@pytest.mark.parametrize("name", CALLS)
@MODES
@SHAPES
@BOTH
def test_tangents_are_those_of_factors_of_the_changed_matrix(name, shape, mode, dtype, rng):
    args = arguments(rng, shape, mode, dtype)
    t = tuple(numbers(rng, *x.shape, dtype=dtype) for x in args)
    (Q, R), (dQ, dR) = ln.jvp(lambda *args: CALLS[name](la, *args), args, t)
    A, dA = ln.jvp(lambda Q, R, u, v: CHANGES[name](Q @ R, u, v), args, t)
    scale = 1e3 * EPS * (1 + np.max(np.abs(dQ))) * np.linalg.norm(A)
    np.testing.assert_allclose(Q @ R, A, atol=scale)
    np.testing.assert_allclose(dQ @ R + Q @ dR, dA, atol=scale)
    np.testing.assert_allclose(Q.conj().T @ dQ, -dQ.conj().T @ Q, atol=scale)
    assert not np.any(np.tril(dR, -1))


@pytest.mark.parametrize("name", ["update", "row", "without columns"])
@BOTH
def test_gradients_are_those_of_a_cost_of_the_changed_matrix(name, dtype, rng):
    args, every = arguments(rng, (4, 3), "economic", dtype), (0, 1, 2, 3)

    def cost(A):
        return np.sum(np.abs(A) ** 4)

    def through(*args):
        Q, R = CALLS[name](la, *args)
        return cost(Q @ R)

    def directly(Q, R, u, v):
        return cost(CHANGES[name](Q @ R, u, v))

    t = tuple(numbers(rng, *x.shape, dtype=dtype) for x in args)
    pairs = zip(
        (*ln.grad(through, every)(*args), *ln.hvp(through, args, t)),
        (*ln.grad(directly, every)(*args), *ln.hvp(directly, args, t)),
        strict=True,
    )
    for own, other in pairs:
        np.testing.assert_allclose(own, other, atol=1e4 * EPS * (1 + np.max(np.abs(other))))


def test_a_batch_is_a_loop(rng):
    Q, R = np.linalg.qr(numbers(rng, 2, 4, 3))
    u, v = numbers(rng, 2, 4, 1), numbers(rng, 2, 3, 1)

    def cost(Q, R, u, v):
        Q1, R1 = la.qr_update(Q, R, u, v)
        return np.sum(Q1**2 * np.arange(3)) + np.sum(R1**4)

    whole = ln.grad(cost, (0, 1, 2, 3))(Q, R, u, v)
    for i in range(2):
        single = ln.grad(cost, (0, 1, 2, 3))(Q[i], R[i], u[i], v[i])
        for own, other in zip(whole, single, strict=True):
            np.testing.assert_allclose(own[i], other, atol=1e3 * EPS * (1 + np.max(np.abs(other))))


@pytest.mark.parametrize(
    "call",
    [
        lambda m, Q, R: m.qr_update(Q, R, np.ones(3), np.ones(3)),
        lambda m, Q, R: m.qr_update(Q, R, np.ones(4, complex), np.ones(3)),
        lambda m, Q, R: m.qr_insert(Q, R, np.ones(3), 5),
        lambda m, Q, R: m.qr_insert(Q, R, np.ones(3), 1, "diagonal"),
        lambda m, Q, R: m.qr_delete(Q, R, 1, 5),
        lambda m, Q, R: m.qr_delete(Q, R, 4),
        lambda m, Q, R: m.qr_delete(Q * np.inf, R, 1),
    ],
)
def test_errors_are_scipys(call, rng):
    Q, R = scipy.linalg.qr(numbers(rng, 4, 3))
    with np.errstate(invalid="ignore"), pytest.raises(ValueError) as expected:  # noqa: PT011  # compared below
        call(scipy.linalg, Q, R)
    with np.errstate(invalid="ignore"), pytest.raises(ValueError) as own:  # noqa: PT011  # the same
        traced(lambda R: call(la, Q, R), R)
    assert str(own.value) == str(expected.value)


def test_every_matrix_of_a_batch_may_have_its_own_place(rng):
    A, u = numbers(rng, 2, 4, 3), numbers(rng, 3)
    Q, R = np.linalg.qr(A, mode="complete")
    k = np.array([0, 2])

    def inserted(Q, R, u):
        return la.qr_insert(Q, R, u, k)[1]

    value, tangent = ln.jvp(inserted, (Q, R, u), (0 * Q, R, u))
    np.testing.assert_allclose(value, scipy.linalg.qr_insert(Q, R, u, k)[1], atol=1e-14)
    np.testing.assert_allclose(tangent, value, atol=1e-13)  # R of a multiple is that multiple of R
    deleted = ln.jvp(lambda R: la.qr_delete(Q, R, k)[1], (R,), (R,))
    np.testing.assert_allclose(deleted[0], scipy.linalg.qr_delete(Q, R, k)[1], atol=1e-14)
    np.testing.assert_allclose(deleted[1], deleted[0], atol=1e-13)
