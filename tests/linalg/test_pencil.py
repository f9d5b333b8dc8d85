"""eig of a pair of matrices: homogeneous eigenvalues, left eigenvectors, singular B."""

import itertools

import numpy as np
import pytest
import scipy.linalg

import linad as ln
import linad.linalg as la
import linad.numpy as lnp
from linad.errors import DegenerateError, GaugeError, NoRuleError
from tests.linalg.test_eigen import assert_right, assert_same, definite, general, traced

SINGULAR = np.diag([1.0, 2.0, 0.0])  # beside it, a general A has an infinite eigenvalue


@pytest.mark.parametrize("kind", [np.float32, float, complex])
@pytest.mark.parametrize(("left", "right"), list(itertools.product([False, True], repeat=2)))
def test_homogeneous_eigenvalues_are_scipys(rng, kind, left, right):
    A, B = general(rng, 4, (), kind), definite(rng, 4).astype(kind)
    expected = scipy.linalg.eig(A, B, left, right, homogeneous_eigvals=True)
    assert_same(traced(lambda A: la.eig(A, B, left, right, homogeneous_eigvals=True), A), expected, 0)


@pytest.mark.parametrize("with_b", [False, True])
@pytest.mark.parametrize("kind", [np.float32, complex])
def test_left_eigenvectors_are_scipys_bit_for_bit(rng, kind, with_b):
    A, B = general(rng, 4, (2,), kind), definite(rng, 4).astype(kind) if with_b else None
    assert_same(traced(lambda A: la.eig(A, B, True, False), A), scipy.linalg.eig(A, B, True, False), 0)


@pytest.mark.parametrize("kind", [float, complex])
def test_a_cost_of_the_quotients_of_homogeneous_eigenvalues(rng, kind):
    A, B = general(rng, 3, (), kind), definite(rng, 3).astype(kind)

    def cost(A, B):
        alpha, beta = la.eigvals(A, B, homogeneous_eigvals=True)
        return lnp.sum(lnp.abs(alpha - 2 * beta) ** 2 / (lnp.abs(alpha) ** 2 + lnp.abs(beta) ** 2))

    assert_right(lambda A: cost(A, B), A, rng.normal(size=(3, 3)).astype(kind))
    assert_right(lambda B: cost(A, B), B, rng.normal(size=(3, 3)).astype(kind))


@pytest.mark.parametrize("kind", [float, complex])
@pytest.mark.parametrize("right", [False, True])
@pytest.mark.parametrize("with_b", [False, True])
def test_a_cost_of_left_eigenvectors(rng, kind, right, with_b):
    A, B = general(rng, 3, (), kind), definite(rng, 3).astype(kind) if with_b else None

    def cost(A):
        W = la.eig(A, B, True, right)[1]
        W = W / lnp.sqrt(lnp.sum(lnp.abs(W) ** 2, axis=0))
        return lnp.sum(lnp.abs(W) ** 4 * np.arange(9.0).reshape(3, 3))

    assert_right(cost, A, rng.normal(size=(3, 3)).astype(kind))


@pytest.mark.parametrize(
    "cost",
    [
        lambda A, B: lnp.sum(lnp.abs(la.eigvals(A, B, homogeneous_eigvals=True)) ** 2),
        lambda A, B: lnp.sum(lnp.abs(la.eig(A, B, True, False)[1]) ** 2),
    ],
    ids=["homogeneous", "left"],
)
def test_a_cost_of_a_scale_that_is_lapacks_choice_is_reported(rng, cost):
    A, B = general(rng, 3), definite(rng, 3)
    with pytest.raises(GaugeError, match="scale"):
        ln.grad(lambda A: cost(A, B))(A)


def test_a_recorded_graph_does_not_have_lapacks_scales():
    A = ln.symbol("A", shape=(3, 3))
    for f in (
        lambda A: la.eigvals(A, np.eye(3), homogeneous_eigvals=True),
        lambda A: la.eig(A, np.eye(3), True, False),
    ):
        with pytest.raises(NoRuleError, match="scale"):
            f(A)


@pytest.mark.parametrize("homogeneous", [False, True])
def test_infinite_eigenvalues_have_values_in_both_modes(rng, homogeneous):
    A, dA = general(rng, 3), np.ones((3, 3))
    expected = scipy.linalg.eig(A, SINGULAR, homogeneous_eigvals=homogeneous)
    seen = []

    def f(A):
        seen.append(ln.value(la.eig(A, SINGULAR, homogeneous_eigvals=homogeneous)))
        return lnp.sum(A)

    assert ln.jvp(f, (A,), (dA,))[1] == 9
    np.testing.assert_array_equal(ln.grad(f)(A), dA)
    for w, V in seen:
        np.testing.assert_array_equal(w, expected[0])
        np.testing.assert_array_equal(V, expected[1])


def test_derivatives_at_infinite_eigenvalues_are_refused_when_they_are_asked_for(rng):
    A = general(rng, 3)
    for homogeneous in (False, True):
        cost = lambda A, h=homogeneous: lnp.abs(la.eigvals(A, SINGULAR, homogeneous_eigvals=h)).ravel()[0]  # noqa: E731  # shorter than a function
        with ln.errstate(gauge="ignore"), pytest.raises(DegenerateError, match="infinite"):
            ln.grad(cost)(A)
        with pytest.raises(DegenerateError, match="infinite"):
            ln.jvp(cost, (A,), (np.ones((3, 3)),))
