"""Balancing, sketches, discrete answers; and the whole of scipy.linalg has a door or a reason."""

import inspect

import numpy as np
import pytest
import scipy.linalg

import linad as ln
import linad.linalg as la
from linad.check.doors.reasons import listed

WIDE = np.array([[1.0, 2e6, 3.0], [0.0, 4.0, 0.0], [5e-5, 6.0, 7.0]])
MODULES = {
    "basic", "blas", "cython_blas", "cython_lapack", "decomp", "decomp_cholesky", "decomp_lu", "decomp_qr",
    "decomp_schur", "decomp_svd", "lapack", "matfuncs", "misc", "special_matrices",
}  # fmt: skip
CLASSES = {"LinAlgError", "LinAlgWarning"}


def traced(f, *args):
    """What a function gives for traced arguments."""
    seen = []
    ln.vjp(lambda *args: (seen.append(f(*args)), args[0])[1], *args)
    return seen[0]


def test_every_name_of_scipy_linalg_has_a_door_or_a_reason():
    named = set(la.__all__) | set(listed("scipy.linalg")) | MODULES | CLASSES
    assert set(scipy.linalg.__all__) - named == set()


@pytest.mark.parametrize("name", sorted(set(la.__all__) & set(scipy.linalg.__all__)))
def test_a_door_is_called_as_the_original(name):
    own, original = (inspect.signature(getattr(m, name)) for m in (la, scipy.linalg))
    assert list(own.parameters) == list(original.parameters)


@pytest.mark.parametrize("separate", [False, True])
@pytest.mark.parametrize("dtype", ["d", "F", "f", "l"])
@pytest.mark.parametrize("options", [{}, {"permute": False}, {"scale": 0}], ids=str)
@pytest.mark.parametrize(
    "A", [WIDE, np.stack([WIDE, WIDE.T]), np.zeros((0, 0)), np.array(3.0)], ids=lambda A: str(A.shape)
)
def test_balanced_matrices_are_scipys(A, options, dtype, separate):
    A = A.astype(dtype)
    admitted = A if dtype != "l" else A.astype(float)
    expected = scipy.linalg.matrix_balance(admitted, separate=separate, **options)
    out = traced(lambda A: la.matrix_balance(A, separate=separate, **options), A)
    assert type(out) is type(expected)
    np.testing.assert_array_equal(ln.value(out[0]), expected[0], strict=True)
    for own, other in zip(out[1], expected[1], strict=True):
        np.testing.assert_array_equal(own, other, strict=True)


def test_the_derivative_of_a_balanced_matrix_is_the_balanced_derivative(rng):
    dA = rng.normal(size=(3, 3))
    T = scipy.linalg.matrix_balance(WIDE)[1]
    (_, own), (dB, _) = ln.jvp(la.matrix_balance, (WIDE,), (dA,))
    np.testing.assert_array_equal(own, T)
    np.testing.assert_allclose(dB, np.linalg.solve(T, dA @ T), rtol=1e-14)
    gB = rng.normal(size=(3, 3))
    g = ln.grad(lambda A: np.sum(gB * la.matrix_balance(A)[0]))(WIDE)
    np.testing.assert_allclose(g, np.linalg.solve(T.T, gB) @ T.T, rtol=1e-14)


@pytest.mark.parametrize("shape", [(9, 3), (2, 9, 3), (9, 0)], ids=str)
@pytest.mark.parametrize("generator", [{"rng": 3}, {"seed": 3}], ids=str)
def test_a_sketch_is_scipys(shape, generator, rng):
    A = rng.normal(size=shape)
    expected = scipy.linalg.clarkson_woodruff_transform(A, 4, **generator)
    out = traced(lambda A: la.clarkson_woodruff_transform(A, 4, **generator), A)
    np.testing.assert_allclose(ln.value(out), expected, atol=1e-14)


def test_a_sketch_draws_as_scipys_does():
    own, other = np.random.default_rng(5), np.random.default_rng(5)
    traced(lambda A: la.clarkson_woodruff_transform(A, 4, rng=own), np.ones((9, 2)))
    scipy.linalg.clarkson_woodruff_transform(np.ones((9, 2)), 4, rng=other)
    assert own.random() == other.random()


def test_the_derivative_of_a_sketch_is_the_sketch(rng):
    A, dA, g = rng.normal(size=(9, 2)), rng.normal(size=(9, 2)), rng.normal(size=(4, 2))

    def f(A):
        return la.clarkson_woodruff_transform(A, 4, rng=0)

    S = f(np.eye(9))
    np.testing.assert_allclose(ln.jvp(f, (A,), (dA,))[1], S @ dA, atol=1e-14)
    np.testing.assert_allclose(ln.vjp(f, A)[1](g)[0], S.T @ g, atol=1e-14)


@pytest.mark.parametrize("name", ["bandwidth", "issymmetric", "ishermitian"])
@pytest.mark.parametrize(
    "A", [np.triu(np.ones((3, 3)), -1), np.ones((3, 3)), np.stack([np.eye(2), np.tri(2)])], ids=len
)
def test_discrete_answers_are_plain(name, A):
    own, expected = traced(getattr(la, name), A), getattr(scipy.linalg, name)(A)
    assert type(own) is type(expected)
    np.testing.assert_array_equal(own, expected)


def test_tolerances_of_symmetry_are_scipys():
    A = np.array([[1.0, 2.0], [2.001, 1.0]])
    assert not traced(la.issymmetric, A)
    assert traced(lambda A: la.issymmetric(A, atol=0.01), A)
    assert traced(lambda A: la.ishermitian(A, rtol=0.01), A)
