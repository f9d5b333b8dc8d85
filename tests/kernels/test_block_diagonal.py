"""Block diagonal matrices by bands are those that are written out."""

import numpy as np
import pytest

from linad.kernels.block_diagonal import add_product, bands_of, dense, inverse, multiply


def draw(rng, is_complex=True):
    """Blocks of order 1, 2, 1, 2, 2."""
    D, start = np.zeros((8, 8), complex if is_complex else float), 0
    for order in (1, 2, 1, 2, 2):
        block = rng.normal(size=(order, order)) + (1j * rng.normal(size=(order, order)) if is_complex else 0)
        D[start : start + order, start : start + order] = block
        start += order
    return D


def test_bands_hold_all_of_it(rng):
    D = draw(rng)
    np.testing.assert_array_equal(dense(bands_of(D)), D)


def test_a_vector_is_a_diagonal(rng):
    d = rng.normal(size=5)
    np.testing.assert_array_equal(dense(bands_of(d)), np.diag(d))


@pytest.mark.parametrize("is_complex", [False, True])
def test_the_inverse_by_blocks(is_complex, rng):
    D = draw(rng, is_complex)
    found = dense(inverse(bands_of(D), np.ones(8, bool)))
    np.testing.assert_allclose(found @ D, np.eye(8), rtol=0, atol=1e-12)


def test_blocks_that_nothing_divides_by_are_zero(rng):
    D = draw(rng)
    D[6:, 6:] = 0  # nothing divides by it, or the result would not be finite
    divide = np.arange(8) < 6
    found = dense(inverse(bands_of(D), divide))
    np.testing.assert_allclose((found @ D)[:6, :6], np.eye(6), rtol=0, atol=1e-12)
    assert not found[6:].any()


def test_an_inverse_that_does_not_overflow_on_the_way():
    D = np.array([[1e-200, 1e200], [1e200, 1e-200]])
    np.testing.assert_allclose(dense(inverse(bands_of(D), np.ones(2, bool)))[0, 1], 1e-200)


@pytest.mark.parametrize("order", "CF")
@pytest.mark.parametrize("side", "LR")
def test_products_from_both_sides(side, order, rng):
    D, X = draw(rng), np.array(rng.normal(size=(8, 8)) + 0j, order=order)
    expected = -2 * (D @ X if side == "L" else X @ D)
    multiply(X, bands_of(D), side, -2)
    np.testing.assert_allclose(X, expected, rtol=0, atol=1e-13)


def test_the_bands_of_a_product(rng):
    A, B, D = rng.normal(size=(8, 3)), rng.normal(size=(3, 8)), draw(rng)
    bands = bands_of(D)
    add_product(bands, A, B, 3)
    i, j = np.indices((8, 8))
    expected = np.where(abs(i - j) <= 1, D + 3 * A @ B, 0)
    np.testing.assert_allclose(dense(bands), expected, rtol=0, atol=1e-13)
