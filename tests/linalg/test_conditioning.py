"""What is reported of doubtful derivatives: more than half of the digits lost, pivots that tie."""

import warnings

import numpy as np
import pytest

import linad as ln
import linad.linalg as la
from linad.errors import IllConditionedError, IllConditionedWarning, TieError


def with_condition(rng, n, condition, dtype="d"):
    """A symmetric positive definite matrix of a condition number."""
    Q = np.linalg.qr(rng.normal(size=(n, n)))[0]
    A = (Q * np.geomspace(1, 1 / condition, n)) @ Q.T
    return ((A + A.T) / 2).astype(dtype)


b = np.arange(1.0, 5.0)
COSTS = {
    "solve": lambda A: np.sum(np.linalg.solve(A, b)),
    "solve of the transpose": lambda A: np.sum(np.linalg.solve(A.T, b)),
    "solve, declared definite": lambda A: np.sum(la.solve(A, b, assume_a="pos")),
    "inv": lambda A: np.sum(np.linalg.inv(A)),
    "slogdet": lambda A: np.linalg.slogdet(A)[1],
    "factor": lambda A: la.factor(A).inv_quad(b),
    "qr": lambda A: np.sum(np.linalg.qr(A)[1] ** 2 * b),
    "least squares": lambda A: np.sum(np.linalg.lstsq(A, b)[0]),
    "pseudo-inverse": lambda A: np.sum(np.linalg.pinv(A)),
}


def forward(cost, A):
    return ln.jvp(cost, (A,), (np.eye(*A.shape, dtype=A.dtype),))


def reverse(cost, A):
    return ln.grad(cost)(A)


modes = pytest.mark.parametrize("mode", [forward, reverse])


@modes
@pytest.mark.parametrize("cost", COSTS.values(), ids=COSTS)
def test_more_than_half_of_the_digits_lost_is_reported_with_the_condition_number(cost, mode, rng):
    A = with_condition(rng, 4, 1e10)
    with pytest.warns(IllConditionedWarning, match=r"condition number \d\.\de\+(09|10|11): .* of 16 digits"):
        mode(cost, A)


@modes
@pytest.mark.parametrize("cost", COSTS.values(), ids=COSTS)
def test_fewer_lost_digits_are_not_reported(cost, mode, rng):
    mode(cost, with_condition(rng, 4, 1e6))  # warnings are errors


@modes
def test_a_triangle_is_reported_by_itself(mode):
    T = np.diag(np.geomspace(1, 1e-10, 4)) + np.tril(np.ones((4, 4)), -1)
    mode(lambda T: np.sum(la.solve_triangular(T, b, unit_diagonal=True)), T)
    with pytest.warns(IllConditionedWarning, match="solve_triangular"):
        mode(lambda T: np.sum(la.solve_triangular(T, b)), T)


def test_the_bound_belongs_to_the_precision(rng):
    A = with_condition(rng, 4, 1e5, "f")
    with pytest.warns(IllConditionedWarning, match="of 7 digits"):
        reverse(COSTS["slogdet"], A)


def test_the_value_alone_is_not_reported(rng):
    A = with_condition(rng, 4, 1e10)
    ln.jvp(lambda A: np.sum(np.linalg.solve(ln.stop_gradient(A), b)), (A,), (A,))
    ln.vjp(COSTS["solve"], A)


def test_the_matrix_of_a_batch_is_named(rng):
    A = np.stack([np.eye(4), with_condition(rng, 4, 1e10)])
    with pytest.warns(IllConditionedWarning, match=r"matrix \(1,\) of the batch"):
        reverse(lambda A: np.sum(np.linalg.inv(A)), A)


def test_the_state_decides(rng):
    A = with_condition(rng, 4, 1e10)
    with ln.errstate(conditioning="raise"), pytest.raises(IllConditionedError):
        reverse(COSTS["solve"], A)
    with ln.errstate(conditioning="ignore"):
        reverse(COSTS["solve"], A)


def test_the_warning_names_the_line_that_solved(rng):
    A = with_condition(rng, 4, 1e10)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        reverse(COSTS["solve"], A)
    assert {warning.filename for warning in caught} == {__file__}


@modes
@pytest.mark.parametrize(
    "cost",
    [lambda A: np.linalg.eigh(A)[1][0, 0] ** 2, lambda A: np.linalg.svd(A)[0][0, 1] ** 2],
    ids=["eigh", "svd"],
)
def test_a_narrow_gap_is_reported_where_vectors_count(cost, mode):
    A = np.diag([1.0, 1.0 + 1e-9, 2.0])
    A[0, 1] = A[1, 0] = 1e-10
    with pytest.warns(IllConditionedWarning, match="differ by"):
        mode(cost, A)


@modes
def test_a_narrow_gap_is_not_reported_where_values_count(mode):
    A = np.diag([1.0, 1.0 + 1e-9, 2.0])
    mode(lambda A: np.sum(np.linalg.eigvalsh(A) ** 2), A)


@modes
@pytest.mark.parametrize(
    ("function", "A"),
    [
        (lambda A: la.lu(A)[2], [[1.0, 2.0], [-1.0, 3.0]]),
        (lambda A: la.lu(A)[2], [[1.0, 1.0, 2.0], [0.0, 2.0, 1.0], [0.0, 2.0, 5.0], [0.5, 0.0, 1.0]]),
        (lambda A: la.qr(A, mode="economic", pivoting=True)[1], [[2.0, 0.0], [0.0, 2.0], [0.0, 0.0]]),
    ],
    ids=["lu", "lu-second-pivot", "qr"],
)
def test_pivots_that_tie_are_reported_where_that_is_asked_for(function, A, mode):
    with ln.errstate(tie="raise"), pytest.raises(TieError, match=r"pivot \d ties"):
        mode(lambda A: np.sum(function(A)), np.asarray(A))


@modes
@pytest.mark.parametrize(
    "function", [lambda A: la.lu(A)[2], lambda A: la.qr(A, pivoting=True)[1]], ids=["lu", "qr"]
)
def test_pivots_that_do_not_tie_are_not_reported(function, mode, rng):
    with ln.errstate(tie="raise"):
        mode(lambda A: np.sum(function(A)), rng.normal(size=(4, 4)))


def test_solving_never_asks_for_ties():
    A = np.array([[1.0, 2.0], [-1.0, 3.0]])
    with ln.errstate(tie="raise"):
        reverse(
            lambda A: np.sum(np.linalg.solve(A, np.ones(2))) + np.linalg.det(A) + np.sum(np.linalg.inv(A)), A
        )
