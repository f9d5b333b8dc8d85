"""Eigenvalues and eigenvectors: results and errors of NumPy and SciPy, derivatives, and where they do not exist."""

import itertools
import warnings

import numpy as np
import pytest
import scipy.linalg

import linad as ln
import linad.linalg as la
import linad.numpy as lnp
from linad.check.differences import directional
from linad.errors import DegenerateError, GaugeError, NotHermitianError

EPS = np.finfo(float).eps


def hermitian(rng, n, batch=(), dtype=float):
    """Hermitian matrices whose eigenvalues are apart."""
    A = rng.uniform(-1, 1, (*batch, n, n)) * 0.3
    if np.dtype(dtype).kind == "c":
        A = A + 0.3j * rng.uniform(-1, 1, (*batch, n, n))
    return (A + A.conj().swapaxes(-1, -2) + np.diag(np.arange(1.0, n + 1))).astype(dtype)


def definite(rng, n, batch=(), dtype=float):
    return hermitian(rng, n, batch, dtype) / n + 2 * np.eye(n)


def general(rng, n, batch=(), dtype=float):
    A = rng.uniform(-1, 1, (*batch, n, n))
    if np.dtype(dtype).kind == "c":
        A = A + 1j * rng.uniform(-1, 1, (*batch, n, n))
    return A.astype(dtype) + np.diag(np.arange(1.0, n + 1)).astype(dtype)


def part(A):
    return 0.5 * (A + A.conj().swapaxes(-1, -2))


def traced(f, *args):
    """The results of a function of traced arguments."""
    return ln.vjp(f, *args)[0]


def assert_same(found, expected, scale=100):
    """Same container, shapes, dtypes and numbers."""
    assert type(found) is type(expected)
    pairs = zip(found, expected, strict=True) if isinstance(expected, (tuple, list)) else [(found, expected)]
    for x, y in pairs:
        assert (x.shape, x.dtype) == (y.shape, y.dtype)
        eps = np.finfo(y.dtype).eps
        np.testing.assert_allclose(x, y, rtol=0, atol=scale * eps * (1 + np.max(np.abs(y), initial=0)))


def assert_right(cost, A, direction, project=lambda d: d, tolerance=1e-7):
    """Gradient, tangent and all compositions of second order, against differences along a projected direction."""
    d = project(direction)
    first, error = directional(cost, (A,), (d,))
    g = ln.grad(cost)(A)
    assert g.shape == A.shape
    bound = tolerance * (1 + abs(first[0])) + 8 * error[0]
    assert abs(np.sum(g.conj() * d).real - first[0]) <= bound
    assert abs(ln.jvp(cost, (A,), (direction,))[1] - first[0]) <= bound
    second, error = directional(lambda A: ln.grad(cost)(A), (A,), (d,))
    bound = tolerance * (1 + np.max(np.abs(second))) + 8 * np.max(error)
    for product in (
        ln.hvp(cost, (A,), (direction,)),
        ln.grad(lambda A: ln.jvp(cost, (A,), (direction,))[1])(A),
        ln.vjp(ln.grad(cost), A)[1](direction)[0],
    ):
        np.testing.assert_allclose(np.ravel(product), second, rtol=0, atol=bound)
    twice = ln.jvp(lambda A: ln.jvp(cost, (A,), (direction,))[1], (A,), (direction,))[1]
    np.testing.assert_allclose(
        twice, np.sum(second.conj() * d.ravel()).real, rtol=0, atol=10 * bound * A.size
    )


def seen(w, V):
    """A cost that does not depend on phases."""
    n = V.shape[-1]
    C = np.arange(V.shape[-2] ** 2).reshape(V.shape[-2], -1) / V.shape[-2] ** 2 - 0.3
    P = (V * (1.0 + np.arange(n))) @ lnp.conj(lnp.swapaxes(V, -1, -2))
    return (
        lnp.sum(lnp.real(P * C))
        + lnp.sum(lnp.real(w) ** 2 * np.arange(1, w.shape[-1] + 1))
        + lnp.sum(lnp.abs(V) ** 4)
    )


# -- results of the originals --------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [np.float32, float, np.complex64, complex])
@pytest.mark.parametrize("shape", [(0,), (1,), (4,), (2, 3), (0, 3)], ids=str)
@pytest.mark.parametrize("UPLO", ["L", "U", "l"])
def test_numpys_eigh_and_eigvalsh(rng, dtype, shape, UPLO):
    A = hermitian(rng, shape[-1], shape[:-1], dtype)
    expected = np.linalg.eigh(A, UPLO=UPLO)
    found = traced(lambda A: np.linalg.eigh(A, UPLO=UPLO), A)
    assert isinstance(found, type(expected))
    assert_same(found, expected)
    assert_same(traced(lambda A: lnp.linalg.eigvalsh(A, UPLO), A), np.linalg.eigvalsh(A, UPLO))


@pytest.mark.parametrize("dtype", [np.float32, float, np.complex64, complex])
@pytest.mark.parametrize("shape", [(0,), (1,), (4,), (2, 3)], ids=str)
def test_numpys_eig_and_eigvals(rng, dtype, shape):
    A = general(rng, shape[-1], shape[:-1], dtype)
    expected = np.linalg.eig(A)
    found = traced(np.linalg.eig, A)
    assert isinstance(found, type(expected))
    assert_same(found, expected)
    assert_same(traced(np.linalg.eigvals, A), np.linalg.eigvals(A), 1e3)


@pytest.mark.parametrize("kind", [float, complex])
@pytest.mark.parametrize(
    "options",
    [
        *[{"driver": driver} for driver in (None, "ev", "evd", "evr", "evx")],
        {"lower": False},
        {"eigvals_only": True},
        {"subset_by_index": [1, 2]},
        {"subset_by_index": [0, 0], "driver": "evx"},
        {"subset_by_value": [1.5, np.inf]},
        {"subset_by_value": [-100, -50]},
        {"overwrite_a": True, "check_finite": False},
    ],
    ids=str,
)
def test_scipys_eigh(rng, kind, options):
    A = hermitian(rng, 4, (), kind)
    keep = A.copy()
    assert_same(traced(lambda A: la.eigh(A, **options), A), scipy.linalg.eigh(keep.copy(), **options))
    assert np.array_equal(A, keep)


@pytest.mark.parametrize("kind", [float, complex])
@pytest.mark.parametrize("type", [1, 2, 3])
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"driver": "gv"},
        {"driver": "gvx"},
        {"lower": False},
        {"subset_by_index": [1, 2]},
        {"subset_by_value": [0.8, 9.0]},
    ],
    ids=str,
)
def test_scipys_generalized_eigh(rng, kind, type, options):
    A, B = hermitian(rng, 4, (), kind), definite(rng, 4, (), kind)
    w, V = scipy.linalg.eigh(A, B, type=type, **options)
    found = traced(lambda A, B: la.eigh(A, B, type=type, **options), A, B)
    assert_same(found[0], w)
    phases = np.sum(found[1].conj() * V, axis=0)
    assert_same(found[1] * (phases / np.abs(phases)), V)
    assert_same(traced(lambda A: la.eigvalsh(A, B, type=type, **options), A), w)


def test_scipys_batches(rng):
    A, B = hermitian(rng, 3, (2, 1)), definite(rng, 3, (2,))
    for b, type in [(None, 1), (B, 1), (B, 2), (B, 3)]:
        expected, found = (
            scipy.linalg.eigh(A, b, type=type),
            traced(lambda A, b=b, type=type: la.eigh(A, b, type=type), A),
        )
        assert isinstance(found, list)
        assert_same(found[0], expected[0])
        assert found[1].shape == expected[1].shape
        assert_right(
            lambda A, b=b, type=type: lnp.sum(la.eigvalsh(A, b, type=type) ** 2),
            A,
            rng.normal(size=A.shape),
            part,
        )
    assert_same(
        traced(lambda A: la.eigh(A, subset_by_index=[0, 1]), A), scipy.linalg.eigh(A, subset_by_index=[0, 1])
    )
    assert_same(traced(la.eig, A), scipy.linalg.eig(A))
    with pytest.raises(ValueError, match="zero-size batches"):
        traced(la.eigh, np.zeros((0, 3, 3)))


@pytest.mark.parametrize("kind", [np.float32, float, complex])
@pytest.mark.parametrize(("left", "right"), list(itertools.product([False, True], repeat=2)))
@pytest.mark.parametrize("with_b", [False, True])
def test_scipys_eig(rng, kind, left, right, with_b):
    A = general(rng, 4, (), kind)
    B = definite(rng, 4).astype(kind) if with_b else None
    expected = scipy.linalg.eig(A, B, left=left, right=right)
    assert_same(traced(lambda A: la.eig(A, B, left=left, right=right), A), expected, 1e3)
    assert_same(traced(lambda A: la.eigvals(A, B), A), scipy.linalg.eigvals(A, B), 1e3)


def test_homogeneous_eigenvalues(rng):
    A = general(rng, 3, (2,))
    for left in (False, True):
        expected = scipy.linalg.eig(A[0], left=left, homogeneous_eigvals=True)
        assert_same(
            traced(lambda A, left=left: la.eig(A, left=left, homogeneous_eigvals=True), A[0]), expected
        )
    expected = scipy.linalg.eigvals(A, homogeneous_eigvals=True)
    assert_same(traced(lambda A: la.eigvals(A, homogeneous_eigvals=True), A), expected, 1e3)


@pytest.mark.parametrize(
    "options",
    [
        *[{"lapack_driver": driver} for driver in ("auto", "stemr", "stebz", "stev", "stevd")],
        {"select": "i", "select_range": (1, 2)},
        {"select": "v", "select_range": (0.0, 2.5)},
        {"eigvals_only": True, "lapack_driver": "sterf"},
    ],
    ids=str,
)
def test_scipys_tridiagonal(rng, options):
    d, e = np.arange(4.0) + 0.2 * rng.normal(size=4), rng.uniform(0.2, 0.5, 3)
    assert_same(
        traced(lambda d, e: la.eigh_tridiagonal(d, e, **options), d, e),
        scipy.linalg.eigh_tridiagonal(d, e, **options),
    )


@pytest.mark.parametrize("kind", [float, complex])
@pytest.mark.parametrize("lower", [False, True])
@pytest.mark.parametrize(
    "options", [{}, {"eigvals_only": True}, {"select": "i", "select_range": (0, 1)}], ids=str
)
def test_scipys_band_matrices(rng, kind, lower, options):
    band = rng.uniform(0.1, 0.4, (3, 5)).astype(kind)
    if kind is complex:
        band[0 if not lower else 1] *= 1 + 0.5j
        band[1] = band[1] * (1 - 0.3j)
    band[0 if lower else 2] = np.arange(1.0, 6)
    expected = scipy.linalg.eig_banded(band, lower=lower, **options)
    assert_same(traced(lambda x: la.eig_banded(x, lower=lower, **options), band), expected)
    cost = lambda x: lnp.sum(la.eigvals_banded(x, lower=lower) ** 3)  # noqa: E731  # shorter than a function
    direction = rng.normal(size=band.shape).astype(kind)
    diagonal_is_real = lambda d: np.where(np.arange(3)[:, None] == (0 if lower else 2), d.real, d)  # noqa: E731  # likewise
    assert_right(cost, band, direction, diagonal_is_real)
    g = ln.grad(cost)(band)
    assert not (g[1, -1] if lower else g[0, 0])


# -- derivatives ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [float, complex])
@pytest.mark.parametrize(
    "options",
    [{}, {"subset_by_index": [1, 2]}, {"subset_by_value": [1.5, 2.5]}, {"lower": False}],
    ids=str,
)
def test_derivatives_of_eigh(rng, kind, options):
    A = hermitian(rng, 3, (), kind)
    assert_right(lambda A: seen(*la.eigh(A, **options)), A, rng.normal(size=A.shape).astype(kind), part)


@pytest.mark.parametrize("kind", [float, complex])
@pytest.mark.parametrize("type", [1, 2, 3])
def test_derivatives_of_generalized_eigh(rng, kind, type):
    A, B = hermitian(rng, 3, (), kind), definite(rng, 3, (), kind)
    for cost, x in [
        (lambda A: seen(*la.eigh(A, B, type=type)), A),
        (lambda B: seen(*la.eigh(A, B, type=type)), B),
    ]:
        assert_right(cost, x, rng.normal(size=A.shape).astype(kind), part)


@pytest.mark.parametrize("kind", [float, complex])
@pytest.mark.parametrize("with_b", [False, True])
def test_derivatives_of_eig(rng, kind, with_b):
    A, B = general(rng, 3, (), kind), definite(rng, 3).astype(kind) if with_b else None

    def cost(A):
        w, W, V = la.eig(A, B, left=True)
        return (
            lnp.sum(lnp.abs(W) ** 4)
            + lnp.sum(lnp.abs(V) ** 4 * np.arange(3))
            + lnp.sum(lnp.abs(w - 0.3) ** 2)
        )

    assert_right(cost, A, rng.normal(size=A.shape).astype(kind))
    if with_b:
        assert_right(
            lambda B: lnp.sum(lnp.abs(la.eigvals(A, B)) ** 2), B, rng.normal(size=A.shape).astype(kind)
        )


def test_the_gradient_of_a_real_matrix_with_complex_eigenvalues_is_real(rng):
    A = np.array([[1.0, 2.0], [-1.0, 0.5]])
    g = ln.grad(lambda A: np.sum(np.abs(np.linalg.eigvals(A)) ** 2))(A)
    assert g.dtype == float
    # |w|^2 of a conjugate pair is the determinant: twice
    np.testing.assert_allclose(g, 2 * np.linalg.det(A) * np.linalg.inv(A).T, rtol=0, atol=100 * EPS)


def test_derivatives_of_tridiagonal_matrices(rng):
    d, e = np.arange(4.0) + 0.2 * rng.normal(size=4), rng.uniform(0.2, 0.5, 3)
    cost = lambda d, e: seen(*la.eigh_tridiagonal(d, e))  # noqa: E731  # shorter than a function
    assert_right(lambda d: cost(d, e), d, rng.normal(size=4))
    assert_right(lambda e: cost(d, e), e, rng.normal(size=3))
    _, V = scipy.linalg.eigh_tridiagonal(d, e)
    gd, ge = ln.grad(lambda d, e: la.eigvalsh_tridiagonal(d, e)[0], argnums=(0, 1))(d, e)
    np.testing.assert_allclose(gd, V[:, 0] ** 2, atol=100 * EPS)
    np.testing.assert_allclose(ge, 2 * V[:-1, 0] * V[1:, 0], atol=100 * EPS)


def test_one_factorization_serves_all_orders(rng):
    A = hermitian(rng, 3)
    with ln.counters() as ran:
        ln.hvp(lambda A: np.sum(np.linalg.eigh(A)[0] ** 2) + np.sum(np.linalg.eigvalsh(A)), (A,), (A,))
    assert ran["syevd"] == 1


def test_integers_are_promoted_as_the_originals_do():
    B = np.array([[2.0, 0.5], [0.5, 3.0]])
    A = np.array([[1, 2], [2, 5]])
    assert_same(traced(lambda B: la.eigh(A, B), B), scipy.linalg.eigh(A, B))


# -- degenerate points -----------------------------------------------------------------------------------------


def tie(rng, kind=float, values=(1.0, 1.0, 2.0, 2.0, 4.0)):
    n = len(values)
    M = rng.normal(size=(n, n)) + (1j * rng.normal(size=(n, n)) if kind is complex else 0)
    Q = np.linalg.qr(M)[0]
    return part((Q * values) @ Q.conj().T)


@pytest.mark.parametrize("kind", [float, complex])
@pytest.mark.parametrize("f", [lambda w: w, np.log, lambda w: w**3], ids=["trace", "logdet", "cubes"])
def test_sums_over_equal_eigenvalues_have_gradients_and_tangents(rng, kind, f):
    A = tie(rng, kind)
    cost = lambda A: np.sum(f(np.linalg.eigvalsh(A)))  # noqa: E731  # shorter than a function
    d = part(rng.normal(size=A.shape).astype(kind))
    first, error = directional(cost, (A,), (d,))
    assert abs(np.sum(ln.grad(cost)(A).conj() * d).real - first[0]) <= 1e-8 + 8 * error[0]
    assert abs(ln.jvp(cost, (A,), (d,))[1] - first[0]) <= 1e-8 + 8 * error[0]


@pytest.mark.parametrize("kind", [float, complex])
def test_sums_of_the_lowest_eigenvalues_have_second_derivatives(rng, kind):
    """The cluster is whole, so its sum is smooth, and its Hessian finite, though no eigenvector has a derivative."""
    A = tie(rng, kind)
    assert_right(lambda A: np.sum(np.linalg.eigvalsh(A)[:2]), A, rng.normal(size=A.shape).astype(kind), part)
    assert_right(lambda A: np.sum(la.eigh(A)[0]), A, rng.normal(size=A.shape).astype(kind), part)


def test_a_second_derivative_that_equal_eigenvalues_do_not_determine_raises(rng):
    A = tie(rng)
    cost = lambda A: np.sum(np.linalg.eigvalsh(A) ** 2)  # noqa: E731  # shorter than a function
    u, v = part(rng.normal(size=A.shape)), part(rng.normal(size=A.shape))
    with pytest.raises(DegenerateError, match=r"linalg\.spectral"):
        ln.hvp(cost, (A,), (u,))
    with pytest.raises(DegenerateError):
        ln.grad(lambda A: ln.jvp(cost, (A,), (u,))[1])(A)
    with pytest.raises(DegenerateError):
        ln.jvp(lambda A: ln.jvp(cost, (A,), (u,))[1], (A,), (v,))
    with pytest.raises(DegenerateError):
        ln.vjp(ln.grad(cost), A)[1](u)
    c = 1e-200  # whatever the scale
    with pytest.raises(DegenerateError):
        ln.jvp(
            lambda A: ln.jvp(lambda A: np.sum(np.linalg.eigvalsh(A)), (A,), (c * u,))[1], (c * A,), (c * v,)
        )
    # along one direction the eigenvalues split in one way: 2 |u|^2
    twice = ln.jvp(lambda A: ln.jvp(cost, (A,), (u,))[1], (A,), (u,))[1]
    np.testing.assert_allclose(twice, 2 * np.sum(u * u), rtol=1e-10)


def test_third_derivatives_at_equal_eigenvalues_raise(rng):
    A, u = tie(rng), part(rng.normal(size=(5, 5)))
    cost = lambda A: np.sum(np.linalg.eigvalsh(A)[:2])  # noqa: E731  # shorter than a function
    with pytest.raises(DegenerateError):
        ln.grad(lambda A: np.sum(ln.hvp(cost, (A,), (u,)) * u))(A)


def test_a_tangent_of_equal_eigenvalues_is_one_sided(rng):
    A, d = tie(rng), part(rng.normal(size=(5, 5)))
    found = ln.jvp(np.linalg.eigvalsh, (A,), (d,))[1]
    h = 1e-7
    np.testing.assert_allclose(found, (np.linalg.eigvalsh(A + h * d) - np.linalg.eigvalsh(A)) / h, atol=1e-5)


@pytest.mark.parametrize(
    "function", [np.linalg.eigvalsh, la.eigvalsh, lambda A: la.eigh(A, 2 * np.eye(5))[0]]
)
def test_one_of_several_equal_eigenvalues_has_no_gradient(rng, function):
    A = tie(rng)
    with pytest.raises(DegenerateError, match=r"linalg\.spectral"):
        ln.grad(lambda A: function(A)[0])(A)
    assert np.isfinite(ln.grad(lambda A: function(A)[4])(A)).all()


def test_generalized_sums_over_equal_eigenvalues(rng):
    A = tie(rng)
    cost = lambda A: np.sum(la.eigvalsh(A, 2 * np.eye(5)) ** 2)  # noqa: E731  # shorter than a function
    np.testing.assert_allclose(ln.grad(cost)(A), A / 2, atol=1e-12)
    with pytest.raises(DegenerateError):
        ln.jvp(cost, (A,), (A,))


def test_vectors_of_equal_eigenvalues_are_refused_and_not_answered(rng):
    """peers: functions of a matrix written through eigh are off by 3 % in silence, or NaN at diagonal matrices."""

    def f(A):
        w, V = np.linalg.eigh(A)
        return np.sum((V * np.exp(w)) @ V.T * np.arange(len(A)))

    for A in (tie(rng), np.diag([1.0, 1.0, 2.0]), np.eye(3)):
        with pytest.raises(DegenerateError, match=r"linalg\.spectral"):
            ln.grad(f)(A)
        with pytest.raises(DegenerateError):
            ln.jvp(f, (A,), (part(rng.normal(size=A.shape)),))


def test_vectors_of_simple_eigenvalues_beside_equal_ones_have_gradients(rng):
    """Forward mode refuses: the tangent of V has columns that do not exist."""
    A, d = tie(rng), part(rng.normal(size=(5, 5)))
    cost = lambda A: np.sum(np.linalg.eigh(A)[1][:, 4] ** 4)  # noqa: E731  # shorter than a function
    first, error = directional(cost, (A,), (d,))
    np.testing.assert_allclose(np.sum(ln.grad(cost)(A) * d), first[0], rtol=0, atol=1e-8 + 8 * error[0])
    with pytest.raises(DegenerateError):
        ln.jvp(cost, (A,), (d,))


def test_eigenvalues_that_nobody_uses_do_not_disturb(rng):
    A = tie(rng)

    def cost(A):
        w, _ = np.linalg.eigh(A)
        return w[4] ** 2

    d = part(rng.normal(size=A.shape))
    np.testing.assert_allclose(ln.jvp(cost, (A,), (d,))[1], np.sum(ln.grad(cost)(A) * d), rtol=1e-12)


def test_small_eigenvalues_that_rounding_makes_equal_keep_their_gradient():
    """The logarithms of a covariance matrix with jitter: gaps are rounding, and 1 / w differs by 1e-6."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(8, 3))
    A = X @ X.T + 1e-9 * np.eye(8)
    g = ln.grad(lambda A: np.sum(np.log(np.linalg.eigvalsh(A))))(part(A))
    w, V = np.linalg.eigh(part(A))
    np.testing.assert_allclose(g, (V / w) @ V.T, rtol=0, atol=1e-6 * np.max(np.abs(g)))


def test_a_batch_with_one_tie(rng):
    A = np.stack([hermitian(rng, 5), tie(rng)])
    cost = lambda A: np.sum(np.log(np.linalg.eigvalsh(A)))  # noqa: E731  # shorter than a function
    assert np.allclose(ln.grad(cost)(A), np.linalg.inv(A), atol=1e-12)
    with pytest.raises(DegenerateError, match=r"matrix \(1,\) in the batch"):
        ln.grad(lambda A: np.sum(np.linalg.eigvalsh(A)[:, 0]))(A)


def test_errstate_degenerate_continues(rng):
    A = tie(rng)
    with ln.errstate(degenerate="warn"), pytest.warns(ln.errors.DegenerateWarning):
        assert np.isfinite(ln.grad(lambda A: np.linalg.eigvalsh(A)[0])(A)).all()
    with ln.errstate(degenerate="ignore"), warnings.catch_warnings():
        warnings.simplefilter("error")
        assert np.isfinite(ln.grad(lambda A: np.linalg.eigvalsh(A)[0])(A)).all()


@pytest.mark.parametrize(
    "A",
    [
        np.array([[1.0, 1.0], [0.0, 1.0]]),
        np.diag([2.0, 2.0, 2.0]) + np.diag([1.0, 1.0], 1),
        np.array([[3.0, 1.0], [-1.0, 1.0]]),
    ],
    ids=["jordan-2", "jordan-3", "hidden"],
)
def test_defective_matrices_are_refused(A):
    """peers: sums of eigenvalue functions of defective matrices, or a refusal."""
    for f in (np.linalg.eigvals, la.eigvals):
        cost = lambda A, f=f: np.sum(np.abs(f(A)) ** 2)  # noqa: E731  # shorter than a function
        with pytest.raises(DegenerateError, match="defective"):
            ln.grad(cost)(A)
        with pytest.raises(DegenerateError):
            ln.jvp(cost, (A,), (np.ones_like(A),))


def test_equal_eigenvalues_of_general_matrices(rng):
    S = general(rng, 3)
    A = np.linalg.solve(S, np.diag([2.0, 2.0, 3.0]) @ S)
    cost = lambda A: np.sum(np.linalg.eigvals(A).real)  # noqa: E731  # shorter than a function
    np.testing.assert_allclose(ln.grad(cost)(A), np.eye(3), atol=1e-9)
    with pytest.raises(DegenerateError):
        ln.grad(lambda A: np.sort(np.linalg.eigvals(A).real)[0])(np.diag([2.0, 2.0, 3.0]))
    with pytest.raises(DegenerateError):
        ln.jvp(cost, (np.diag([2.0, 2.0, 3.0]),), (np.ones((3, 3)),))


def test_infinite_eigenvalues_are_refused(rng):
    A, B = general(rng, 3), np.diag([1.0, 2.0, 0.0])
    assert np.isinf(np.asarray(traced(lambda A: la.eigvals(A, B), A))).any()
    with pytest.raises(DegenerateError, match="infinite"):
        ln.grad(lambda A: np.sum(np.abs(la.eigvals(A, B)[:2]) ** 2))(A)


# -- errors ------------------------------------------------------------------------------------------------------


def test_a_triangle_is_no_hermitian_matrix(rng):
    A = np.tril(hermitian(rng, 3))
    for f in (np.linalg.eigvalsh, la.eigvalsh, np.linalg.eigh, la.eigh, lambda A: la.eigh(np.eye(3), A)):
        with pytest.raises(NotHermitianError, match=r"linalg\.hermitian"):
            traced(lambda A, f=f: f(A), A)
        traced(lambda A, f=f: f(la.hermitian(A)), A)


@pytest.mark.parametrize("function", [np.linalg.eigh, la.eigh, np.linalg.eig, la.eig])
def test_a_cost_that_sees_the_phase_is_reported(rng, function):
    A = hermitian(rng, 3, (), complex)
    with pytest.raises(GaugeError):
        ln.grad(lambda A: np.sum(np.imag(function(A)[1]) * np.arange(9).reshape(3, 3)))(A)


@pytest.mark.parametrize("function", [np.linalg.eigh, np.linalg.eig, lambda A: np.linalg.svd(A)[1::-1]])
@pytest.mark.parametrize("c", [1e-20, 1e20])
def test_the_phase_is_seen_beside_eigenvalues_of_any_size(rng, function, c):
    A = hermitian(rng, 3, (), complex)

    def cost(A, phase):
        w, V = function(A)
        return np.sum(np.real(w)) / c + phase * np.sum(np.imag(V) * np.arange(9).reshape(3, 3))

    assert np.isfinite(ln.grad(cost)(c * A, 0.0)).all()
    with pytest.raises(GaugeError):
        ln.grad(cost)(c * A, 1.0)


@pytest.mark.parametrize(
    ("call", "reference"),
    [
        (lambda m, A: m.eigh(A[:2]), ValueError),
        (lambda m, A: m.eigh(A, A[:2, :2]), ValueError),
        (lambda m, A: m.eigh(A, A, type=4), ValueError),
        (lambda m, A: m.eigh(A, driver="gvd"), ValueError),
        (lambda m, A: m.eigh(A, A, driver="evr"), ValueError),
        (lambda m, A: m.eigh(A, driver="wrong"), ValueError),
        (lambda m, A: m.eigh(A, driver="ev", subset_by_index=[0, 1]), ValueError),
        (lambda m, A: m.eigh(A, subset_by_index=[0, 3]), ValueError),
        (lambda m, A: m.eigh(A, subset_by_value=[1, 0]), ValueError),
        (lambda m, A: m.eigh(A, subset_by_index=[0, 1], subset_by_value=[0, 1]), ValueError),
        (lambda m, A: m.eigh(A, -A), np.linalg.LinAlgError),
        (lambda m, A: m.eigh(A, -A, type=2), np.linalg.LinAlgError),
        (lambda m, A: m.eigh(A * np.nan), ValueError),
        (lambda m, A: m.eig(A[:2]), ValueError),
        (lambda m, A: m.eig(A, A[:2, :2]), ValueError),
        (lambda m, A: m.eigh_tridiagonal(A[0], A[1]), ValueError),
        (lambda m, A: m.eigh_tridiagonal(A[0], A[1, :2], select="x"), ValueError),
        (lambda m, A: m.eigh_tridiagonal(A[0], A[1, :2], select="i", select_range=(0, 3)), ValueError),
        (lambda m, A: m.eigh_tridiagonal(A[0], A[1, :2], lapack_driver="x"), ValueError),
        (lambda m, A: m.eigh_tridiagonal(A[0], A[1, :2], lapack_driver="sterf"), ValueError),
        (lambda m, A: m.eigh_tridiagonal(A[0] * 1j, A[1, :2]), TypeError),
    ],
)
def test_errors_are_those_of_scipy(rng, call, reference):
    A = hermitian(rng, 3) + 2 * np.eye(3)
    with pytest.raises(reference):
        call(scipy.linalg, A)
    with pytest.raises(reference):
        traced(lambda A: call(la, A), A)


def test_errors_are_those_of_numpy(rng):
    for f in (np.linalg.eigh, np.linalg.eigvalsh, np.linalg.eig, np.linalg.eigvals):
        for shape in [(3,), (2, 3)]:
            with pytest.raises(np.linalg.LinAlgError):
                traced(f, np.ones(shape))
    with pytest.raises(ValueError, match="UPLO"):
        traced(lambda A: np.linalg.eigh(A, UPLO="X"), np.eye(2))
    with pytest.raises(np.linalg.LinAlgError):
        traced(np.linalg.eig, np.full((2, 2), np.nan))
