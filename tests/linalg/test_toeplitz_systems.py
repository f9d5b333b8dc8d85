"""Toeplitz and circulant matrices, given by vectors: values, gradients of the vectors, errors."""

import tracemalloc

import numpy as np
import pytest
import scipy.linalg

import linad as ln
import linad.linalg as la
from linad.check.differences import directional
from tests.linalg.drawing import agrees, numbers

EPS = np.finfo(float).eps
fields = pytest.mark.parametrize("dtype", ["d", "D"])


def column(rng, *shape, dtype="d"):
    c = numbers(rng, *shape, dtype=dtype)
    c[..., 0] = 2 * shape[-1]
    return c


FUNCTIONS = {
    "solve-column-and-row": (
        lambda c, r, b: la.solve_toeplitz((c, r), b),
        lambda rng, t: (column(rng, 5, dtype=t), numbers(rng, 5, dtype=t), numbers(rng, 5, dtype=t)),
    ),
    "solve-column": (
        lambda c, b: la.solve_toeplitz(c, b),
        lambda rng, t: (column(rng, 4, dtype=t), numbers(rng, 4, 2, dtype=t)),
    ),
    "solve-batched": (
        lambda c, b: la.solve_toeplitz(c, b),
        lambda rng, t: (column(rng, 2, 1, 3, dtype=t), numbers(rng, 3, 3, 2, dtype=t)),
    ),
    "solve-of-order-one": (
        lambda c, b: la.solve_toeplitz(c, b),
        lambda rng, t: (column(rng, 1, dtype=t), numbers(rng, 1, dtype=t)),
    ),
    "product-tall": (
        lambda c, r, x: la.matmul_toeplitz((c, r), x),
        lambda rng, t: (numbers(rng, 5, dtype=t), numbers(rng, 3, dtype=t), numbers(rng, 3, dtype=t)),
    ),
    "product-wide-batched": (
        lambda c, r, x: la.matmul_toeplitz((c, r), x),
        lambda rng, t: (numbers(rng, 2, 2, dtype=t), numbers(rng, 4, dtype=t), numbers(rng, 4, 2, dtype=t)),
    ),
    "circulant": (
        lambda c, b: la.solve_circulant(c, b),
        lambda rng, t: (column(rng, 5, dtype=t), numbers(rng, 5, 2, dtype=t)),
    ),
    "circulant-axes": (
        lambda c, b: la.solve_circulant(c, b, caxis=0, baxis=-1, outaxis=-1),
        lambda rng, t: (np.moveaxis(column(rng, 2, 4, dtype=t), -1, 0), numbers(rng, 3, 2, 4, dtype=t)),
    ),
}
every = pytest.mark.parametrize(("function", "draw"), FUNCTIONS.values(), ids=FUNCTIONS)


@every
@fields
def test_first_derivatives(function, draw, dtype, rng):
    agrees(function, draw(rng, dtype), rng)


@every
@fields
def test_second_derivatives(function, draw, dtype, rng):
    x = draw(rng, dtype)
    y = function(*x)
    g = numbers(rng, *y.shape, dtype=y.dtype.char)
    agrees(lambda *x: ln.vjp(function, *x)[1](g)[0], x, rng)


@every
@fields
def test_values_are_those_of_scipy(function, draw, dtype, rng):
    x = draw(rng, dtype)
    np.testing.assert_allclose(ln.vjp(function, *x)[0], function(*x), rtol=100 * EPS, atol=100 * EPS)


def test_the_first_entry_of_the_row_is_not_read(rng):
    c, r, b = column(rng, 4), numbers(rng, 4), numbers(rng, 4)
    g = ln.grad(lambda r: np.sum(la.solve_toeplitz((c, r), b)))(r)
    assert g[0] == 0
    assert np.all(g[1:] != 0)


def test_least_squares_of_a_singular_circulant_matrix_hold_its_zeros(rng):
    """Its solution moves within the range: c is shifted along directions that keep the zero frequency zero."""
    c, b = np.array([1.0, -1, 0.5, -0.5]), numbers(rng, 4)
    direction = np.array([1.0, 2, -1, -2])
    x, dx = ln.jvp(lambda c: la.solve_circulant(c, b, singular="lstsq"), (c,), (direction,))
    np.testing.assert_allclose(x, scipy.linalg.lstsq(scipy.linalg.circulant(c), b)[0], atol=1e-13)
    difference, error = directional(
        lambda c: scipy.linalg.solve_circulant(c, b, singular="lstsq", tol=1e-9), (c,), (direction,)
    )
    np.testing.assert_array_less(np.abs(dx - difference), 10 * error + 1e-10)


def test_a_singular_circulant_matrix_raises():
    with pytest.raises(np.linalg.LinAlgError, match="near singular circulant"):
        ln.vjp(lambda c: la.solve_circulant(c, np.ones(2)), np.ones(2))


def test_incompatible_shapes_raise_as_scipy_does(rng):
    with pytest.raises(ValueError, match="Incompatible dimensions"):
        ln.vjp(lambda c: la.solve_toeplitz(c, np.ones(3)), column(rng, 4))
    with pytest.raises(ValueError, match=r"Shapes of c \(4,\) and b \(3,\)"):
        ln.vjp(lambda c: la.solve_circulant(c, np.ones(3)), column(rng, 4))


def test_memory_is_of_the_order_of_the_vectors(rng):
    n = 3000
    c, x = column(rng, n), numbers(rng, n)
    cost = ln.value_and_grad(lambda c, x: np.sum(la.matmul_toeplitz(c, x) ** 2), argnums=(0, 1))
    cost(c, x)
    tracemalloc.start()
    cost(c, x)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 100 * c.nbytes
