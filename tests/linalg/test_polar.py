"""Polar factors and orthogonal Procrustes problems."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import scipy.linalg

import linad as ln
import linad.linalg as la
from linad.errors import DegenerateError
from tests.linalg.test_svd import _assert_derivatives, _close, _matrix, _recorded, _tied

SHAPES = [(3, 3), (5, 3), (2, 4), (2, 4, 3), (2, 2, 3), (1, 1), (3, 1)]


def _cost(parts: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def cost(A: Any) -> Any:
        total = 0.0
        for X in parts(A):
            c = np.cos(np.arange(X.size)).reshape(X.shape)
            total = total + np.sum(np.real(X) * c) ** 2 + np.sum(np.imag(X) * (1 + c)) ** 2
        return total

    return cost


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.complex64, np.complex128])
@pytest.mark.parametrize("side", ["right", "left"])
def test_polar_is_scipys(shape: Any, dtype: Any, side: Any) -> None:
    A = _matrix(shape, dtype)
    expected = scipy.linalg.polar(A, side)
    found = _recorded(lambda A: la.polar(A, side), A)
    assert type(found) is type(expected)
    for x, y in zip(found, expected, strict=True):
        _close(x, y, 50)


@pytest.mark.parametrize("shape", [(3, 3), (4, 2), (2, 4), (2, 3, 2)], ids=str)
@pytest.mark.parametrize("dtype", [float, complex])
@pytest.mark.parametrize("side", ["right", "left"])
def test_derivatives_of_polar_agree_with_differences(shape: Any, dtype: Any, side: Any) -> None:
    _assert_derivatives(_cost(lambda A: la.polar(A, side)), _matrix(shape, dtype))


@pytest.mark.parametrize("side", ["right", "left"])
def test_polar_is_smooth_where_singular_values_tie(side: Any) -> None:
    _assert_derivatives(_cost(lambda A: la.polar(A, side)), _tied((2.0, 2.0, 1.0), (4, 3), complex))


def test_deficient_rank_raises() -> None:
    A = _tied((2.0, 1.0, 0.0))
    for i in range(2):
        with pytest.raises(DegenerateError, match="full rank"):
            ln.grad(lambda A, i=i: np.sum(la.polar(A)[i]))(A)
        with pytest.raises(DegenerateError, match="full rank"):
            ln.jvp(lambda A, i=i: np.sum(la.polar(A)[i]), (A,), (A,))
    assert ln.jvp(lambda A: (la.polar(A)[0], np.sum(A))[1], (A,), (A,))[1] == pytest.approx(np.sum(A))


@pytest.mark.parametrize("shape", [(5, 3), (3, 3), (2, 5, 2)], ids=str)
@pytest.mark.parametrize("dtype", [np.float32, float, complex])
def test_procrustes_is_scipys(shape: Any, dtype: Any) -> None:
    A, B = _matrix(shape, dtype), _matrix(shape, dtype, 3)
    expected = scipy.linalg.orthogonal_procrustes(A, B)
    found = _recorded(la.orthogonal_procrustes, A, B)
    for x, y in zip(found, expected, strict=True):
        _close(x, np.asarray(y), 50)


@pytest.mark.parametrize("shape", [(5, 3), (3, 3), (2, 5, 2)], ids=str)
@pytest.mark.parametrize("dtype", [float, complex])
def test_derivatives_of_procrustes_agree_with_differences(shape: Any, dtype: Any) -> None:
    A, B = _matrix(shape, dtype), _matrix(shape, dtype, 3)
    _assert_derivatives(_cost(lambda A: la.orthogonal_procrustes(A, B)), A)
    _assert_derivatives(_cost(lambda B: la.orthogonal_procrustes(A, B)), B)


def test_the_scale_of_too_few_points_has_a_subgradient_and_the_rotation_none() -> None:
    A, B = _matrix((2, 3), float), _matrix((2, 3), float, 3)
    g = ln.grad(lambda A: la.orthogonal_procrustes(A, B)[1])(A)
    assert np.isfinite(g).all()
    with pytest.raises(DegenerateError, match="full rank"):
        ln.grad(lambda A: la.orthogonal_procrustes(A, B)[0][0, 0])(A)


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("polar", (np.eye(2), "up")),
        ("polar", (np.ones(3),)),
        ("polar", (np.full((2, 2), np.nan),)),
        ("polar", (np.ones((0, 2, 2)),)),
        ("orthogonal_procrustes", (np.ones(3), np.ones(3))),
        ("orthogonal_procrustes", (np.ones((2, 3)), np.ones((3, 3)))),
        ("orthogonal_procrustes", (np.ones((2, 2)), np.full((2, 2), np.inf))),
    ],
)
def test_errors_are_of_the_same_type(name: str, args: Any) -> None:
    with pytest.raises(Exception) as expected:  # noqa: PT011  # whatever the original raises
        getattr(scipy.linalg, name)(*args)
    with pytest.raises(expected.type):
        ln.vjp(lambda x: getattr(la, name)(x, *args[1:]), args[0])


def test_empty_matrices() -> None:
    for side in ("right", "left"):
        for x, y in zip(
            _recorded(lambda A, side=side: la.polar(A, side), np.zeros((0, 3))),
            scipy.linalg.polar(np.zeros((0, 3)), side),
            strict=True,
        ):
            _close(x, y, 0)
