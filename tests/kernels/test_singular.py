"""Kernels of singular vectors and polar factors serve what is regular, as programs do, and are silent elsewhere."""

import numpy as np
import pytest

import linad as ln
import linad.linalg as la
from linad import errors
from linad.kernels import singular
from tests.kernels.serving import agree, answers_of

SHAPES = [(1, 1), (4, 4), (90, 90), (1, 3), (6, 2), (100, 60), (2, 5), (60, 100)]

# The Hermitian factor on the shorter side: on the longer one it is another rule's.
SIDES = [
    (shape, side) for shape in SHAPES for side, i in (("left", 0), ("right", 1)) if shape[i] == min(shape)
]


def regular(rng, shape, dtype):
    """A matrix whose singular values are far apart and from zero."""
    A = 0.3 * rng.normal(size=shape) / max(shape)
    if dtype in "FD":
        A = A + 0.3j * rng.normal(size=shape) / max(shape)
    k = min(shape)
    A[range(k), range(k)] += np.arange(k, 0, -1)
    return A.astype(dtype)


@pytest.mark.parametrize("dtype", "fdFD")
@pytest.mark.parametrize("present", ["U", "s", "V", "Us", "UV", "UsV"])
@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("full", [False, True])
def test_it_agrees_with_the_program(monkeypatch, full, shape, present, dtype, rng):
    A = regular(rng, shape, dtype)
    k = min(shape)
    left, right = rng.normal(size=(shape[0], k)), rng.normal(size=(k, shape[1]))
    left, right = left.astype(A.real.dtype), right.astype(A.real.dtype)

    def cost(A):
        U, s, Vh = np.linalg.svd(A, full_matrices=full)
        U, Vh = U[:, :k], Vh[:k]
        both = U * s @ Vh if present == "UsV" and dtype in "FD" else 0  # phases of both, that cancel
        parts = {
            "U": np.sum(left * np.abs(U) ** 2),
            "s": np.sum(s**2) / k,
            "V": np.sum(right * np.abs(Vh) ** 2),
        }
        return sum(part for name, part in parts.items() if name in present) + np.real(
            np.sum(both * (left @ right))
        )

    agree(monkeypatch, singular, "svd", cost, A)


@pytest.mark.parametrize("dtype", "fdFD")
@pytest.mark.parametrize("present", ["W", "P", "WP"])
@pytest.mark.parametrize(("shape", "side"), SIDES, ids=str)
def test_polar_agrees_with_the_program(monkeypatch, shape, side, present, dtype, rng):
    A, k = regular(rng, shape, dtype), min(shape)
    C, S = (rng.normal(size=size).astype(dtype) for size in (shape, (k, k)))

    def cost(A):
        W, P = la.polar(A, side=side)
        return sum(np.real(np.sum(X * Z)) for X, Z, name in ((W, C, "W"), (P, S, "P")) if name in present)

    agree(monkeypatch, singular, "polar", cost, A)


def test_polar_factors_of_a_nearly_dependent_matrix_are_left_to_the_program(monkeypatch):
    answers = answers_of(monkeypatch, singular, "polar")
    with pytest.raises(errors.DegenerateError):
        ln.grad(lambda A: np.sum(la.polar(A)[0]))(np.diag([1.0, 0.0]))
    assert answers == [None]


def test_it_writes_into_nothing_that_it_is_given(rng):
    given = [*np.linalg.svd(regular(rng, (7, 5), "d"), full_matrices=False)]
    given += [rng.normal(size=X.shape) for X in given]
    for X in given:
        X.flags.writeable = False
    assert singular.svd(*given) is not None


@pytest.mark.parametrize(
    "s", [[2.0, 1.0, 1.0], [2.0, 1.0, 0.0], [2.0, 1.0, 1e-9], [1e60, 1e59, 1e58], [np.nan] * 3]
)
def test_where_a_guard_may_speak_it_is_silent(s):
    eye = np.eye(3)
    assert singular.svd(eye, np.array(s), eye, eye, None, None) is None


def test_a_cost_that_sees_phases_is_left_to_the_guard(monkeypatch, rng):
    answers = answers_of(monkeypatch, singular, "svd")
    with pytest.raises(errors.GaugeError):
        ln.grad(lambda A: np.sum(np.linalg.svd(A)[0].imag))(regular(rng, (5, 5), "D"))
    assert answers == [None]


def test_equal_singular_values_are_left_to_the_program(monkeypatch):
    answers = answers_of(monkeypatch, singular, "svd")
    gA = ln.grad(lambda A: np.sum(np.linalg.svd(A)[1]))(np.eye(3))
    assert answers == [None]
    np.testing.assert_allclose(gA, np.eye(3), atol=1e-14)
