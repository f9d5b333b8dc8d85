"""Singular values and vectors, their norms, and the subspaces that they span."""

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import scipy.linalg

import linad as ln
import linad.linalg as la
from linad.errors import DegenerateError, GaugeError, NotHermitianError, OptionError  # noqa: F401
from linad.operations.clusters import numbers

SHAPES = [(3, 3), (5, 3), (2, 4), (2, 4, 3), (2, 1, 2, 3), (1, 1), (3, 1), (1, 3)]
DTYPES = [np.float32, np.float64, np.complex64, np.complex128]


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def _matrix(shape: tuple[int, ...], dtype: Any, seed: int = 0) -> Any:
    rng = np.random.default_rng(seed)
    x = rng.uniform(-1, 1, shape)
    if np.dtype(dtype).kind == "c":
        x = x + 1j * rng.uniform(-1, 1, shape)
    return (x + np.eye(*shape[-2:]) * (2 + np.arange(shape[-1]))).astype(dtype)


def _unitary(n: int, dtype: Any, seed: int) -> Any:
    return np.linalg.qr(_matrix((n, n), dtype, seed))[0]


def _tied(s: Any, shape: tuple[int, int] = (3, 3), dtype: Any = float) -> Any:
    """A matrix with given singular values."""
    S = np.zeros(shape)
    np.fill_diagonal(S, s)
    return _unitary(shape[0], dtype, 1) @ S @ _unitary(shape[1], dtype, 2)


def _adjoint(A: Any) -> Any:
    return np.conj(np.swapaxes(A, -1, -2))


def _close(found: Any, expected: Any, multiple: float = 200) -> None:
    eps = np.finfo(expected.dtype).eps if expected.dtype.kind in "fc" else 1
    scale = 1 + np.max(np.abs(expected), initial=0)
    np.testing.assert_allclose(found, expected, rtol=0, atol=multiple * eps * scale)
    assert found.dtype == expected.dtype
    assert found.shape == expected.shape


def _difference(f: Callable[[Any], Any], A: Any, t: Any, h: float = 1e-3) -> Any:
    """By central differences of order four."""
    return (8 * (f(A + h * t) - f(A - h * t)) - (f(A + 2 * h * t) - f(A - 2 * h * t))) / (12 * h)


def _assert_derivatives(f: Callable[[Any], Any], A: Any, second: bool = True, t: Any = None) -> None:
    """Both modes, and second derivatives by three compositions, against differences; errors are of size h^4 = 1e-12."""
    t = _matrix(A.shape, A.dtype, 5) if t is None else t
    expected = _difference(f, A, t)
    scale = 1e-8 * (1 + abs(expected))
    g = ln.grad(f)(A)
    assert abs(np.sum(np.conj(g) * t).real - expected) < scale
    assert abs(ln.jvp(f, (A,), (t,))[1] - expected) < scale
    if second:
        h = ln.hvp(f, (A,), (t,))
        H = _difference(ln.grad(f), A, t)
        bound = 1e-7 * (1 + np.max(np.abs(H)))
        assert np.max(np.abs(h - H)) < bound
        back = ln.grad(lambda A: np.sum(np.real(np.conj(t) * ln.grad(f)(A))))(A)
        assert np.max(np.abs(back - H)) < bound
        twice = ln.jvp(lambda A: ln.jvp(f, (A,), (t,))[1], (A,), (t,))[1]
        assert abs(twice - np.sum(np.conj(H) * t).real) < bound * A.size


# -- values ------------------------------------------------------------------


def _recorded(f: Callable[..., Any], *args: Any) -> Any:
    """What a function gives traced, in numbers."""
    out = ln.vjp(f, *args)[0]
    return out


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("full", [True, False])
def test_svd_is_scipys(shape: Any, dtype: Any, full: bool) -> None:
    A = _matrix(shape, dtype)
    for driver in ("gesdd", "gesvd"):
        expected = scipy.linalg.svd(A, full, lapack_driver=driver)
        found = _recorded(lambda A, driver=driver: la.svd(A, full, lapack_driver=driver), A)
        assert type(found) is type(expected)
        for x, y in zip(found, expected, strict=True):
            _close(x, y, 0)
    _close(_recorded(lambda A: la.svd(A, full, compute_uv=False), A), scipy.linalg.svdvals(A))
    _close(_recorded(la.svdvals, A), scipy.linalg.svdvals(A))


@pytest.mark.parametrize("shape", [*SHAPES, (0, 3), (2, 0), (0, 0), (2, 0, 3), (0, 2, 3)], ids=str)
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("full", [True, False])
def test_svd_is_numpys(shape: Any, dtype: Any, full: bool) -> None:
    A = _matrix(shape, dtype)
    expected = np.linalg.svd(A, full)
    found = _recorded(lambda A: np.linalg.svd(A, full), A)
    assert type(found) is type(expected)
    for x, y in zip(found, expected, strict=True):
        _close(x, y, 0)
    _close(_recorded(lambda A: np.linalg.svd(A, full, False), A), np.linalg.svdvals(A))
    _close(_recorded(np.linalg.svdvals, A), np.linalg.svdvals(A))


@pytest.mark.parametrize("dtype", DTYPES)
def test_svd_of_a_hermitian_matrix_is_numpys(dtype: Any) -> None:
    A = _matrix((2, 3, 3), dtype)
    A = A + _adjoint(A) - 6 * np.eye(3, dtype=dtype)
    expected = np.linalg.svd(A, hermitian=True)
    for x, y in zip(_recorded(lambda A: np.linalg.svd(A, hermitian=True), A), expected, strict=True):
        _close(x, y, 0)


@pytest.mark.parametrize("shape", [(0, 3), (2, 0), (0, 0)], ids=str)
@pytest.mark.parametrize("full", [True, False])
def test_empty_matrices_are_scipys(shape: Any, full: bool) -> None:
    A = np.zeros(shape)
    for x, y in zip(_recorded(lambda A: la.svd(A, full), A), scipy.linalg.svd(A, full), strict=True):
        _close(x, y, 0)
    for f, reference in ((la.orth, scipy.linalg.orth), (la.null_space, scipy.linalg.null_space)):
        _close(_recorded(f, A), reference(A), 0)


def test_plain_calls_are_the_originals() -> None:
    A = _matrix((4, 3), float)
    for x, y in zip(la.svd(A), scipy.linalg.svd(A), strict=True):
        np.testing.assert_array_equal(x, y)
    assert ln.numpy.linalg.svd(A).S.tobytes() == np.linalg.svd(A).S.tobytes()


# -- derivatives of functions that no phase changes --------------------------


def _invariant(svd: Callable[..., Any]) -> Callable[[Any], Any]:
    """A cost that sees U, s and Vh, and what completes them, but no phase."""

    def cost(A: Any) -> Any:
        U, s, Vh = svd(A)
        k = s.shape[-1]
        c = np.cos(np.arange(A.size)).reshape(A.shape)
        f = np.sin(1.0 + np.arange(k))
        X = (U[..., :k] * (f * s**2)[..., None, :]) @ Vh[..., :k, :]
        D = U @ _adjoint(U) * 0
        D = D + (U[..., k:] @ _adjoint(U[..., k:])) if U.shape[-1] > k else D
        E = _adjoint(Vh) @ Vh * 0
        E = E + (_adjoint(Vh[..., k:, :]) @ Vh[..., k:, :]) if Vh.shape[-2] > k else E
        P = (U[..., :k] * f) @ _adjoint(U[..., :k])
        m, n = A.shape[-2:]
        C = np.cos(np.arange(m * m)).reshape(m, m)
        K = np.sin(np.arange(n * n)).reshape(n, n)
        total = np.sum(c * X) + np.sum(C * (P + D)) + np.sum(K * E)
        return np.sum(np.real(total) + np.sum(np.log(s)))

    return cost


@pytest.mark.parametrize("shape", [(3, 3), (5, 3), (2, 4), (2, 3, 2)], ids=str)
@pytest.mark.parametrize("dtype", [float, complex])
@pytest.mark.parametrize("name", ["scipy", "scipy-economic", "numpy", "numpy-economic"])
def test_derivatives_agree_with_differences(shape: Any, dtype: Any, name: str) -> None:
    svd = la.svd if "scipy" in name else np.linalg.svd
    full = "economic" not in name
    _assert_derivatives(_invariant(lambda A: svd(A, full_matrices=full)), _matrix(shape, dtype))


@pytest.mark.parametrize("dtype", [float, complex])
def test_a_hermitian_svd_has_a_hermitian_gradient(dtype: Any) -> None:
    A = _matrix((3, 3), dtype)
    A = A + _adjoint(A) - 6 * np.eye(3)
    t = _matrix((3, 3), dtype, 5)
    f = _invariant(lambda A: np.linalg.svd(A, hermitian=True))
    g = ln.grad(f)(A)
    np.testing.assert_allclose(g, _adjoint(g), atol=1e-12)
    _assert_derivatives(f, A, t=t + _adjoint(t))
    with pytest.raises(NotHermitianError):
        ln.grad(f)(A + np.triu(np.ones((3, 3)), 1))


@pytest.mark.parametrize("dtype", [np.float32, np.complex64])
def test_a_gradient_has_the_dtype_of_its_argument(dtype: Any) -> None:
    assert ln.grad(_invariant(la.svd))(_matrix((4, 3), dtype)).dtype == dtype


def test_the_default_full_matrices_works_where_the_economic_part_is_used() -> None:
    A = _matrix((5, 2), float)

    def f(A: Any) -> Any:
        U, s, Vh = np.linalg.svd(A)
        return np.sum(((U[:, :2] * s) @ Vh) ** 3)

    np.testing.assert_allclose(ln.grad(f)(A), 3 * A**2, atol=1e-13 * np.max(np.abs(A)) ** 2)


def test_a_matrix_is_decomposed_once() -> None:
    A = _matrix((4, 3), float)
    with ln.counters() as ran:
        ln.grad(lambda A: np.linalg.norm(A, 2) + np.linalg.norm(A, "nuc") + np.linalg.cond(A))(A)
    assert ran["gesdd"] == 1


# -- gauge -------------------------------------------------------------------


def test_a_cost_that_depends_on_a_phase_is_reported() -> None:
    A = _matrix((3, 3), complex)
    with pytest.raises(GaugeError, match="phase"):
        ln.grad(lambda A: np.real(la.svd(A)[0])[0, 0])(A)
    with ln.errstate(gauge="ignore"):
        assert np.isfinite(ln.grad(lambda A: np.real(la.svd(A)[0])[0, 0])(A)).all()


@pytest.mark.parametrize("shape", [(5, 3), (3, 5)], ids=str)
def test_a_cost_that_depends_on_the_completing_basis_is_reported(shape: Any) -> None:
    A = _matrix(shape, float)
    tall = shape[0] > shape[1]

    def f(A: Any) -> Any:
        U, _, Vh = la.svd(A)
        return U[0, -1] if tall else Vh[-1, 0]

    with pytest.raises(GaugeError, match="basis"):
        ln.grad(f)(A)


def test_signs_of_real_vectors_are_no_gauge() -> None:
    """They are discrete: derivatives are those of the vectors that LAPACK gives."""
    A = _matrix((3, 3), float)
    f = lambda A: la.svd(A)[0][0, 0]  # noqa: E731  # a cost
    _assert_derivatives(f, A)


@pytest.mark.parametrize("c", [1e-200, 1e-120, 1e120, 1e200])
@pytest.mark.parametrize("dtype", [float, complex])
@pytest.mark.parametrize("shape", [(3, 3), (4, 3), (3, 4)], ids=str)
def test_derivatives_of_tiny_and_huge_matrices_are_those_of_matrices_near_one(
    shape: Any, dtype: Any, c: float
) -> None:
    """Along c T at c A the vectors move as along T at A, and the values c times as far."""
    A, T = _matrix(shape, dtype), _matrix(shape, dtype, 5)

    def f(A: Any, c: float = 1.0) -> Any:
        U, s, Vh = la.svd(A)
        return np.sum(np.abs(U[:, 0]) ** 4) + np.sum(np.abs(Vh[1]) ** 4) + np.sum((s / c) ** 3)

    along = lambda f, A, T: ln.jvp(f, (A,), (T,))[1]  # noqa: E731  # shorter than a function
    twice = along(lambda A: along(f, A, T), A, T)
    scaled = lambda A: f(A, c)  # noqa: E731  # shorter than a function
    orders = [
        along(lambda A: along(scaled, A, c * T), c * A, c * T),
        np.sum(np.conj(ln.hvp(scaled, (c * A,), (c * T,))) * (c * T)).real,
        np.sum(np.conj(ln.grad(lambda A: along(scaled, A, c * T))(c * A)) * (c * T)).real,
    ]
    np.testing.assert_allclose(along(scaled, c * A, c * T), along(f, A, T), rtol=1e-11)
    np.testing.assert_allclose(orders, twice, rtol=1e-10)


# -- degenerate points -------------------------------------------------------

SYMMETRIC = {
    "sum": np.sum,
    "squares": lambda s: np.sum(s**2),
    "log": lambda s: np.sum(np.log(s)),
    "product": np.prod,
}


@pytest.mark.parametrize("name", SYMMETRIC)
@pytest.mark.parametrize("dtype", [float, complex])
@pytest.mark.parametrize("shape", [(3, 3), (4, 3), (3, 4)], ids=str)
@pytest.mark.parametrize("s", [(2.0, 2.0, 1.0), (1.0, 1.0, 1.0), (2.0, 1.0, 1.0)], ids=str)
def test_symmetric_functions_are_right_at_ties_in_both_modes(
    name: str, dtype: Any, shape: Any, s: Any
) -> None:
    A = _tied(s, shape, dtype)
    _assert_derivatives(lambda A: SYMMETRIC[name](la.svdvals(A)), A, second=False)


@pytest.mark.parametrize("shape", [(3, 3), (4, 3), (3, 4)], ids=str)
@pytest.mark.parametrize("dtype", [float, complex])
def test_the_sum_of_singular_values_has_second_derivatives_at_ties(shape: Any, dtype: Any) -> None:
    A, t = _tied((2.0, 2.0, 1.0), shape, dtype), _matrix(shape, dtype, 5)
    f = lambda A: np.sum(la.svdvals(A))  # noqa: E731  # a cost
    h, H = ln.hvp(f, (A,), (t,)), _difference(ln.grad(lambda A: np.linalg.norm(A, "nuc")), A, t)
    assert np.max(np.abs(h - H)) < 1e-8 * (1 + np.max(np.abs(H)))


def test_second_derivatives_that_singular_values_do_not_determine_raise_at_ties() -> None:
    A, t = _tied((2.0, 2.0, 1.0)), _matrix((3, 3), float, 5)
    with pytest.raises(DegenerateError):
        ln.hvp(lambda A: np.sum(la.svdvals(A) ** 3), (A,), (t,))


def test_a_cost_that_tells_equal_singular_values_apart_raises() -> None:
    A = _tied((2.0, 2.0, 1.0))
    with pytest.raises(DegenerateError, match="singular values 0 and 1 are equal"):
        ln.grad(lambda A: la.svdvals(A)[0])(A)
    ln.grad(lambda A: la.svdvals(A)[2])(A)
    with ln.errstate(degenerate="ignore"):
        assert np.isfinite(ln.grad(lambda A: la.svdvals(A)[0])(A)).all()


def test_forward_mode_gives_one_sided_derivatives_of_equal_singular_values() -> None:
    A, t = _tied((2.0, 2.0, 1.0)), _matrix((3, 3), float, 5)
    h = 1e-6
    expected = (scipy.linalg.svdvals(A + h * t) - scipy.linalg.svdvals(A)) / h
    np.testing.assert_allclose(ln.jvp(la.svdvals, (A,), (t,))[1], expected, atol=1e-4)


@pytest.mark.parametrize("shape", [(3, 3), (4, 3), (3, 4)], ids=str)
@pytest.mark.parametrize("cost", ["U V^H", "U f(s) V^H", "projector"])
def test_vectors_of_equal_singular_values_raise(shape: Any, cost: str) -> None:
    A = _tied((2.0, 2.0, 1.0), shape)
    c = np.cos(np.arange(A.size)).reshape(shape)

    def f(A: Any) -> Any:
        U, s, Vh = la.svd(A, full_matrices=False)
        if cost == "projector":
            return np.sum(np.cos(np.arange(shape[0] ** 2)).reshape(shape[0], -1) * (U[:, :2] @ U[:, :2].T))
        return np.sum(c * ((U if cost == "U V^H" else U * s**2) @ Vh))

    with pytest.raises(DegenerateError, match="equal"):
        ln.grad(f)(A)
    with pytest.raises(DegenerateError, match="equal"):
        ln.jvp(f, (A,), (_matrix(shape, float, 5),))


@pytest.mark.parametrize("shape", [(3, 3), (4, 3), (3, 4)], ids=str)
def test_vectors_of_other_singular_values_are_right_beside_a_tie(shape: Any) -> None:
    A = _tied((2.0, 2.0, 1.0), shape)
    c = np.cos(np.arange(A.size)).reshape(shape)

    def f(A: Any) -> Any:
        U, s, Vh = la.svd(A, full_matrices=False)
        return np.sum(c * (s[2] * U[:, 2:] @ Vh[2:])) + np.sum(s[:2])

    t, g = _matrix(shape, float, 5), ln.grad(f)(A)
    assert abs(np.sum(g * t) - _difference(f, A, t)) < 1e-7


@pytest.mark.parametrize("shape", [(3, 3), (4, 3), (3, 4)], ids=str)
@pytest.mark.parametrize("small", [0.0, 1e-17])
def test_a_zero_singular_value_has_no_derivative(shape: Any, small: float) -> None:
    A, t = _tied((3.0, 2.0, small), shape), _matrix(shape, float, 5)
    for full in (False, True):
        f = lambda A, full=full: np.sum(la.svd(A, full)[1])  # noqa: E731  # a cost
        with pytest.raises(DegenerateError, match="singular value 2 is zero"):
            ln.grad(f)(A)
        with pytest.raises(DegenerateError, match="singular value 2 is zero"):
            ln.jvp(f, (A,), (t,))
    g = ln.grad(lambda A: np.sum(la.svdvals(A)[:2]))(A)
    assert abs(np.sum(g * t) - _difference(lambda A: np.sum(scipy.linalg.svdvals(A)[:2]), A, t)) < 1e-8
    np.testing.assert_allclose(ln.grad(lambda A: np.sum(la.svdvals(A) ** 2))(A), 2 * A, atol=1e-13)


def test_forward_mode_sees_a_zero_singular_value_move_beyond_the_economic_vectors() -> None:
    A, t = np.zeros((3, 2)), np.zeros((3, 2))
    A[0, 0] = t[2, 1] = 1
    for a, dt in ((A, t), (A.T, t.T)):
        with pytest.raises(DegenerateError, match="zero"):
            ln.jvp(lambda a: la.svdvals(a)[1], (a,), (dt,))
    ln.jvp(lambda a: la.svdvals(a)[1], (A,), (A,))  # along A nothing moves


@pytest.mark.parametrize("shape", [(3, 3), (4, 3), (3, 4)], ids=str)
def test_leading_vectors_are_right_at_a_zero_singular_value(shape: Any) -> None:
    A = _tied((3.0, 2.0, 0.0), shape)
    c = np.cos(np.arange(A.size)).reshape(shape)

    def f(A: Any) -> Any:
        U, s, Vh = la.svd(A, full_matrices=False)
        return np.sum(c * ((U[:, :2] * s[:2] ** 2) @ Vh[:2]))

    t, g = _matrix(shape, float, 5), ln.grad(f)(A)
    assert abs(np.sum(g * t) - _difference(f, A, t)) < 1e-7


def test_a_vector_at_a_zero_singular_value_raises() -> None:
    A = _tied((3.0, 2.0, 0.0), (4, 3))
    with pytest.raises(DegenerateError, match="singular value 2 is zero"):
        ln.grad(lambda A: la.svd(A, full_matrices=False)[0][0, 2])(A)
    with pytest.raises(DegenerateError, match="singular value 2 is zero"):
        ln.jvp(lambda A: la.svd(A, full_matrices=False)[0], (A,), (A,))


def test_values_and_costs_that_do_not_touch_what_is_degenerate_work_in_forward_mode() -> None:
    A = np.eye(4, 3)
    assert ln.jvp(lambda A: np.sum(np.linalg.svd(A)[1]), (A,), (A,))[1] == pytest.approx(3.0)


def test_no_warning_and_no_nan_at_the_zero_matrix() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        g = ln.grad(lambda A: np.sum(la.svdvals(A) ** 2))(np.zeros((3, 2)))
    np.testing.assert_array_equal(g, np.zeros((3, 2)))


# -- norms -------------------------------------------------------------------


@pytest.mark.parametrize("order", [2, -2, "nuc"])
@pytest.mark.parametrize("dtype", [float, complex])
@pytest.mark.parametrize("shape", [(3, 3), (4, 3), (2, 3, 4)], ids=str)
def test_norms_by_singular_values(order: Any, dtype: Any, shape: Any) -> None:
    A = _matrix(shape, dtype)
    for norm in (np.linalg.norm, la.norm):
        f = lambda A, norm=norm: np.sum(norm(A, order, axis=(-2, -1)))  # noqa: E731  # a cost
        assert ln.vjp(f, A)[0] == pytest.approx(f(A), rel=1e-14)
        _assert_derivatives(f, A)
    kept = _recorded(lambda A: np.linalg.norm(A, order, axis=(-2, -1), keepdims=True), A)
    _close(kept, np.linalg.norm(A, order, axis=(-2, -1), keepdims=True))


@pytest.mark.parametrize("dtype", [float, complex])
def test_the_nuclear_norm_at_ties_is_smooth_to_second_order(dtype: Any) -> None:
    _assert_derivatives(lambda A: np.linalg.norm(A, "nuc"), _tied((2.0, 2.0, 1.0), (4, 3), dtype))


def test_convex_norms_have_subgradients_at_kinks() -> None:
    A = _tied((2.0, 2.0, 1.0), (4, 3))
    U, _, Vh = np.linalg.svd(A, full_matrices=False)
    np.testing.assert_allclose(
        ln.grad(lambda A: np.linalg.norm(A, 2))(A), 0.5 * U[:, :2] @ Vh[:2], atol=1e-14
    )
    B = _tied((2.0, 1.0, 0.0), (4, 3))
    U, _, Vh = np.linalg.svd(B, full_matrices=False)
    nuclear = ln.grad(lambda A: np.linalg.norm(A, "nuc"))(B)
    np.testing.assert_allclose(nuclear, U[:, :2] @ Vh[:2], atol=1e-14)
    t = _matrix((4, 3), float, 5)
    pushed = ln.jvp(lambda A: np.linalg.norm(A, "nuc"), (B,), (t,))[1]
    assert pushed == pytest.approx(np.sum(nuclear * t), abs=1e-13)
    spectral = ln.jvp(lambda A: np.linalg.norm(A, 2), (B,), (t,))[1]
    assert spectral == pytest.approx(_difference(lambda A: np.linalg.norm(A, 2), B, t), abs=1e-9)
    for order in (2, "nuc"):
        np.testing.assert_array_equal(ln.grad(lambda A, o=order: np.linalg.norm(A, o))(np.zeros((2, 3))), 0)
    with pytest.raises(DegenerateError, match="smallest"):
        ln.grad(lambda A: np.linalg.norm(A, -2))(B)


@pytest.mark.parametrize("p", [None, 2, -2, 1, -1, np.inf, -np.inf, "fro"])
@pytest.mark.parametrize("dtype", [float, complex])
def test_cond(p: Any, dtype: Any) -> None:
    A = _matrix((2, 3, 3), dtype)
    _close(_recorded(lambda A: np.linalg.cond(A, p), A), np.linalg.cond(A, p), 1000)
    _assert_derivatives(lambda A: np.sum(np.linalg.cond(A, p)), A)
    if p in (None, 2, -2):
        _assert_derivatives(lambda A: np.linalg.cond(A, p), _matrix((4, 3), dtype))


def test_cond_of_a_singular_matrix_is_infinite_and_has_no_derivative() -> None:
    A = np.diag([1.0, 0.0])
    assert np.isinf(ln.vjp(np.linalg.cond, A)[0])
    assert np.isinf(ln.vjp(np.linalg.cond, 0 * A)[0])
    assert ln.vjp(lambda A: np.linalg.cond(A, -2), A)[0] == 0
    with pytest.raises(DegenerateError, match="zero"):
        ln.grad(lambda A: np.linalg.cond(A, -2))(A)
    with pytest.raises(DegenerateError, match="zero"):
        ln.grad(np.linalg.cond)(A)
    ln.grad(lambda A: np.linalg.cond(A)[1])(np.stack([A, np.diag([2.0, 1.0])]))
    assert np.array_equal(ln.vjp(np.linalg.cond, np.stack([A, 2 * np.eye(2)]))[0], [np.inf, 1])
    B = np.stack([A, np.diag([2.0, 1.0])])
    assert np.array_equal(ln.vjp(lambda A: np.linalg.cond(A, 1), B)[0], [np.inf, 2])
    assert ln.grad(lambda A: np.linalg.cond(A, 1)[1])(B)[1, 0, 0] == 1
    with pytest.raises(DegenerateError, match="zero"):
        ln.grad(lambda A: np.linalg.cond(A, 1))(A)
    with pytest.raises(np.linalg.LinAlgError, match="empty"):
        ln.vjp(np.linalg.cond, np.zeros((0, 0)))


def test_matrix_rank_is_discrete() -> None:
    A = _tied((2.0, 1.0, 0.0))
    seen = []

    def f(A: Any) -> Any:
        seen.extend(
            [np.linalg.matrix_rank(A), np.linalg.matrix_rank(A, rtol=0.6), np.linalg.matrix_rank(A[None])]
        )
        return np.sum(A)

    ln.grad(f)(A)
    assert int(seen[0]) == 2
    assert int(seen[1]) == 1
    np.testing.assert_array_equal(numbers(seen[2]), [2])


# -- errors ------------------------------------------------------------------

WRONG: list[tuple[str, Callable[..., Any], tuple[Any, ...], dict[str, Any]]] = [
    ("vector", scipy.linalg.svd, (np.ones(3),), {}),
    ("nan", scipy.linalg.svd, (np.full((2, 2), np.nan),), {}),
    ("driver", scipy.linalg.svd, (np.eye(2),), {"lapack_driver": "gees"}),
    ("driver type", scipy.linalg.svd, (np.eye(2),), {"lapack_driver": 1}),
    ("empty batch", scipy.linalg.svd, (np.ones((0, 2, 2)),), {}),
    ("values of a vector", scipy.linalg.svdvals, (np.ones(3),), {}),
    ("diagonal", scipy.linalg.diagsvd, (np.ones(3), 2, 2), {}),
    ("null space driver", scipy.linalg.null_space, (np.ones((1, 2)),), {"lapack_driver": "gees"}),
    ("orth of a vector", scipy.linalg.orth, (np.ones(3),), {}),
    ("rows", scipy.linalg.subspace_angles, (np.eye(3), np.eye(2)), {}),
    ("nan in a subspace", scipy.linalg.subspace_angles, (np.eye(2), np.full((2, 2), np.inf)), {}),
    ("numpy, vector", np.linalg.svd, (np.ones(3),), {}),
    ("numpy, half", np.linalg.svd, (np.eye(2, dtype=np.float16),), {}),
    ("numpy, nan", np.linalg.svd, (np.full((2, 2), np.nan),), {}),
    ("numpy, hermitian", np.linalg.svd, (np.ones((2, 3)),), {"hermitian": True}),
    ("smallest of none", np.linalg.norm, (np.ones((0, 2)), -2), {}),
    ("both tolerances", np.linalg.matrix_rank, (np.eye(2), 0.1), {"rtol": 0.1}),
]


@pytest.mark.parametrize("case", range(len(WRONG)), ids=[name for name, *_ in WRONG])
def test_errors_are_of_the_same_type(case: int) -> None:
    _, original, args, options = WRONG[case]
    f = getattr(la if original.__module__.startswith("scipy") else ln.numpy.linalg, original.__name__)
    with pytest.raises(Exception) as expected:  # noqa: PT011  # whatever the original raises
        original(*args, **options)
    with pytest.raises(expected.type):
        ln.vjp(lambda x: f(x, *args[1:], **options), args[0])


# -- subspaces ---------------------------------------------------------------


@pytest.mark.parametrize("shape", [(5, 3), (3, 5), (3, 3), (2, 4, 2)], ids=str)
@pytest.mark.parametrize("dtype", [float, complex])
@pytest.mark.parametrize("name", ["orth", "null_space"])
def test_bases_of_subspaces(shape: Any, dtype: Any, name: str) -> None:
    A = _matrix(shape, dtype)
    f = getattr(la, name)
    _close(_recorded(f, A), getattr(scipy.linalg, name)(A), 0)
    m = shape[-2 if name == "orth" else -1]
    C = np.cos(np.arange(m * m)).reshape(m, m)

    def cost(A: Any) -> Any:
        Q = f(A)
        return np.sum(np.real(C * (Q @ _adjoint(Q)))) ** 2

    _assert_derivatives(cost, A)
    dQ = ln.jvp(f, (A,), (_matrix(shape, dtype, 5),))[1]
    np.testing.assert_allclose(_adjoint(f(A)) @ dQ, 0, atol=1e-13)


@pytest.mark.parametrize("name", ["orth", "null_space"])
def test_a_cost_that_depends_on_the_basis_is_reported(name: str) -> None:
    A = _matrix((5, 3) if name == "orth" else (3, 5), float)
    with pytest.raises(GaugeError, match="basis"):
        ln.grad(lambda A: np.sum(getattr(la, name)(A)[:, 0]))(A)


@pytest.mark.parametrize("shape", [(4, 3), (3, 4), (3, 3)], ids=str)
@pytest.mark.parametrize("name", ["orth", "null_space"])
def test_deficient_rank_raises_and_under_errstate_the_rank_is_kept(name: str, shape: Any) -> None:
    B, C = _matrix((shape[0], 2), float), _matrix((2, shape[1]), float, 3)
    f = getattr(la, name)
    n = shape[0] if name == "orth" else shape[1]
    W = np.cos(np.arange(n * n)).reshape(n, n)

    def cost(A: Any) -> Any:
        Q = f(A)
        return np.sum(W * (Q @ Q.T))

    with pytest.raises(DegenerateError, match="rank"):
        ln.grad(cost)(B @ C)
    with pytest.raises(DegenerateError, match="rank"):
        ln.jvp(cost, (B @ C,), (B @ C,))
    with ln.errstate(degenerate="ignore"):
        _assert_derivatives(lambda B: cost(B @ C), B)
        _assert_derivatives(lambda C: cost(B @ C), C)


@pytest.mark.parametrize("dtype", [float, complex])
@pytest.mark.parametrize("shapes", [((6, 3), (6, 2)), ((6, 2), (6, 3)), ((2, 5, 2), (5, 2))], ids=str)
def test_subspace_angles(dtype: Any, shapes: Any) -> None:
    A, B = _matrix(shapes[0], dtype), _matrix(shapes[1], dtype, 3)
    B = B[..., ::-1, :].copy()
    _close(_recorded(la.subspace_angles, A, B), scipy.linalg.subspace_angles(A, B), 20)

    def cost(A: Any, B: Any) -> Any:
        return np.sum(la.subspace_angles(A, B) * (1 + np.arange(2)))

    _assert_derivatives(lambda A: cost(A, B), A)
    _assert_derivatives(lambda B: cost(A, B), B)


def test_small_and_right_angles_keep_their_digits() -> None:
    c, s, e = np.cos(1e-3), np.sin(1e-3), np.eye(4)
    A = e[:, :2]
    B = np.stack([c * e[0] + s * e[2], s * e[1] + c * e[3]], axis=1)
    t = np.stack([-s * e[0] + c * e[2], 2 * (c * e[1] - s * e[3])], axis=1)
    found = ln.jvp(lambda B: la.subspace_angles(A, B), (B,), (t,))[1]
    np.testing.assert_allclose(found, [-2, 1], atol=1e-11)


def test_diagsvd() -> None:
    s = np.array([3.0, 2.0])
    for M, N in [(2, 2), (2, 4), (3, 2)]:
        _close(_recorded(lambda s, M=M, N=N: la.diagsvd(s, M, N), s), scipy.linalg.diagsvd(s, M, N), 0)
        np.testing.assert_array_equal(ln.grad(lambda s, M=M, N=N: np.sum(la.diagsvd(s, M, N) ** 2))(s), 2 * s)


def test_small_singular_values_that_differ_have_vectors_with_derivatives(rng):
    s, dA = np.array([1.0, 3e-9, 1e-9]), rng.normal(size=(3, 3))
    with ln.errstate(conditioning="ignore"):
        dVh = ln.jvp(lambda A: np.linalg.svd(A)[2], (np.diag(s),), (dA,))[1]
    signs = np.diagonal(np.linalg.svd(np.diag(s))[2])
    gaps = (s[None, :] - s[:, None]) * (s[None, :] + s[:, None]) + np.eye(3)
    expected = (s[:, None] * dA + dA.T * s[None, :]) / gaps * (1 - np.eye(3))
    np.testing.assert_allclose(dVh, signs[:, None] * expected.T, rtol=1e-6)
