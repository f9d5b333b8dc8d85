"""Vectors and matrices: values, errors and shapes are SciPy's, gradients symmetric, and a matrix is factored once."""

import numpy as np
import pytest
import scipy.linalg
import scipy.stats
from scipy.stats import Covariance

import linad as ln
import linad.linalg as la
import linad.stats as stats
from linad.check import assert_gradients
from linad.errors import NoRuleError, NotHermitianError, ShapeError

EPS = np.finfo(float).eps


def definite(rng, n=3):
    B = rng.uniform(-1, 1, (n, n))
    return B @ B.T + n * np.eye(n)


S = np.array([[2.0, 0.5, 0.1], [0.5, 3.0, -0.2], [0.1, -0.2, 1.5]])
m = np.array([0.3, -0.4, 0.1])
X = np.array([[0.5, 0.2, -1.0], [1.0, 0.0, 2.0]])
STACK = np.stack([S, S + np.eye(3)], axis=-1)
CALLS = [
    ("multivariate_normal", (X, m, S)),
    ("multivariate_normal", (X[0], m, S)),
    ("multivariate_normal", (X[None], m, S)),
    ("multivariate_normal", (X, None, S)),
    ("multivariate_normal", (X, m)),
    ("multivariate_normal", (X, m, None)),
    ("multivariate_normal", (X, m, 2.0)),
    ("multivariate_normal", (X, m, np.array([1.0, 2.0, 3.0]))),
    ("multivariate_normal", (X[0], 0.5, 2.0)),
    ("multivariate_normal", (0.7,)),
    ("multivariate_normal", (0.7, m, S)),
    ("multivariate_t", (X, m, S, 3.5)),
    ("multivariate_t", (X, m, S, 300.0)),
    ("multivariate_t", (X[0], None, S, 2)),
    ("multivariate_t", (X, m, None, None)),
    ("multivariate_t", (X[0], 0.5, 2.0, 4.0)),
    ("dirichlet", (np.array([0.2, 0.3, 0.5]), np.array([0.7, 1.0, 2.5]))),
    ("dirichlet", (np.array([0.2, 0.3]), np.array([0.7, 1.0, 2.5]))),
    ("dirichlet", (np.array([[0.2, 0.1], [0.3, 0.6]]), np.array([0.7, 1.0, 2.5]))),
    ("dirichlet", (np.array([0.0, 0.3, 0.7]), np.array([1.0, 1.0, 2.5]))),
    ("dirichlet", (np.array([0.0, 0.0, 1.0]), np.array([2.0, 1.0, 2.5]))),
    ("wishart", (S, 4.5, S)),
    ("wishart", (STACK, 4.5, S)),
    ("wishart", (S, None, S)),
    ("wishart", (np.array([1.0, 2.0, 3.0]), 4.5, np.array([1.0, 2.0, 3.0]))),
    ("wishart", (2.0, 4.5, S)),
    ("wishart", (np.array([1.0, 2.0]), 4.5, 3.0)),
    ("invwishart", (S, 4.5, S)),
    ("invwishart", (STACK, 4.5, S)),
    ("invwishart", (np.array([1.0, 2.0]), 4.5, 3.0)),
]


@pytest.mark.parametrize(("name", "args"), CALLS)
@pytest.mark.parametrize("method", ["logpdf", "pdf"])
def test_values_and_shapes_are_scipys(name, args, method):
    """Whichever argument is traced."""
    function, original = (getattr(getattr(module, name), method) for module in (stats, scipy.stats))
    with np.errstate(divide="ignore"):
        expected = original(*args)
    np.testing.assert_array_equal(function(*args), expected)
    for i, x in enumerate(args):
        if isinstance(x, (float, np.ndarray)) and np.all(np.isfinite(x)):
            with np.errstate(divide="ignore"):
                value, _ = ln.vjp(lambda x, i=i: function(*args[:i], x, *args[i + 1 :]), x)
            np.testing.assert_allclose(value, expected, rtol=1e-12)
            assert np.shape(value) == np.shape(expected)


@pytest.mark.parametrize(
    "f",
    [
        lambda x, m, A: stats.multivariate_normal(m, A).logpdf(x),
        lambda x, m, A: stats.multivariate_t.logpdf(x, m, A, 20 + m[0]),
        lambda x, m, A: stats.wishart.logpdf(A, 4.0 + m[0] ** 2, A @ A),
        lambda x, m, A: stats.invwishart.pdf(A, 4.0 + m[0] ** 2, A @ A),
    ],
    ids=["normal", "student", "wishart", "invwishart"],
)
def test_derivatives_hold_to_second_order(f):
    assert_gradients(f, X, m, "spd(3)")


def test_the_gradient_in_a_covariance_is_symmetric(rng):
    A = definite(rng, 5)
    x = rng.uniform(-1, 1, 5)
    g = ln.grad(lambda A: stats.multivariate_normal.logpdf(x, None, A))(A)
    w = np.linalg.solve(A, x)
    np.testing.assert_allclose(g, 0.5 * (np.outer(w, w) - np.linalg.inv(A)), rtol=1e-11, atol=1e-13)
    np.testing.assert_array_equal(g, g.T)


def test_a_matrix_is_factored_once_for_all_that_uses_it(rng):
    A, b = definite(rng, 40), rng.uniform(-1, 1, 40)

    def cost(A, b):
        w = la.solve(A, b, assume_a="pos")
        density = stats.multivariate_normal(None, A).logpdf(b) + stats.multivariate_t.logpdf(b, None, A, 5.0)
        return density + stats.wishart.logpdf(A, 41.0, A) + w @ w + np.linalg.slogdet(A)[1]

    with ln.counters() as ran:
        ln.hvp(cost, (A, b), (np.eye(40), b))
    assert ran["potrf"] == 1
    assert not {"syevd", "syevr", "syev", "getrf"} & set(ran)


SINGULAR = S.copy()
SINGULAR[0] = SINGULAR[:, 0] = 0


@pytest.mark.parametrize(
    "cov", [SINGULAR, Covariance.from_diagonal([1.0, 0.0, 2.0])], ids=["array", "object"]
)
def test_a_constant_singular_covariance_is_differentiable_in_the_rest(cov):
    plain = cov if isinstance(cov, np.ndarray) else cov.covariance
    x = X.copy()
    x[0] = m + plain @ np.array([0.1, 0.2, 0.3])  # in the support, unlike the other
    f = lambda x, m: stats.multivariate_normal.logpdf(x, m, cov, allow_singular=True)  # noqa: E731
    value, pull = ln.vjp(f, x, m)
    np.testing.assert_array_equal(value[1], -np.inf)
    np.testing.assert_allclose(value, scipy.stats.multivariate_normal.logpdf(x, m, cov, allow_singular=True))
    gx, gm = pull(np.ones(2))
    np.testing.assert_allclose(gx, [-np.linalg.pinv(plain) @ (x[0] - m), np.zeros(3)], atol=1e-14)
    np.testing.assert_allclose(gm, -gx[0], atol=1e-14)


def test_covariance_objects_are_differentiable_in_the_rest():
    for cov in (
        Covariance.from_cholesky(np.linalg.cholesky(S)),
        Covariance.from_precision(np.linalg.inv(S)),
        Covariance.from_eigendecomposition(np.linalg.eigh(S)),
    ):
        value, pull = ln.vjp(lambda x, m, c=cov: stats.multivariate_normal.logpdf(x, m, c), X, m)
        expected, other = ln.vjp(lambda x, m: stats.multivariate_normal.logpdf(x, m, S), X, m)
        np.testing.assert_allclose(value, expected, rtol=1e-13)
        for g, same in zip(pull(np.ones(2)), other(np.ones(2)), strict=True):
            np.testing.assert_allclose(g, same, rtol=1e-12, atol=1e-14)


def raised(f, *args):
    try:
        f(*args)
    except Exception as error:
        return type(error)
    return None


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("multivariate_normal", (X, m, SINGULAR)),
        ("multivariate_normal", (X, m, -S)),
        ("multivariate_normal", (X, m, -S, True)),
        ("multivariate_normal", (X, m, np.diag([1.0, 1.0, 1e-11]))),
        ("multivariate_normal", (X, m[:2], S)),
        ("multivariate_normal", (X, X, S)),
        ("multivariate_normal", (X, m, S[:2])),
        ("multivariate_normal", (X, m, STACK)),
        ("multivariate_normal", (X[:, :2], m, S)),
        ("multivariate_t", (X, m, -S, 2.0)),
        ("multivariate_t", (X, m, S, -1.0)),
        ("multivariate_t", (X, m, S, np.nan)),
        ("dirichlet", (np.array([0.2, 0.9]), np.array([1.0, 1.0, 1.0]))),
        ("dirichlet", (np.array([0.2, 0.3, 0.6]), np.array([1.0, 1.0, 1.0]))),
        ("dirichlet", (np.array([0.2, 0.3, 0.5]), np.array([1.0, -1.0, 1.0]))),
        ("dirichlet", (np.array([0.2]), np.array([1.0, 1.0, 1.0]))),
        ("dirichlet", (np.array([0.0, 0.5, 0.5]), np.array([0.5, 1.0, 1.0]))),
        ("wishart", (S, 1.5, S)),
        ("wishart", (-S, 4.5, S)),
        ("wishart", (S, 4.5, -S)),
        ("wishart", (S[:2], 4.5, S)),
        ("wishart", (S, 4.5, S[:2])),
        ("wishart", (S, 4.5, STACK)),
        ("invwishart", (S[:2, :2], 4.5, S)),
    ],
)
def test_errors_are_scipys(name, args):
    function, original = (getattr(module, name).logpdf for module in (stats, scipy.stats))
    expected = raised(original, *args)
    assert expected is not None
    for i in (0, 1, 2):
        if i < len(args) and isinstance(args[i], np.ndarray):
            found = raised(ln.vjp, lambda x, i=i: function(*args[:i], x, *args[i + 1 :]), args[i])
            assert found is expected, i


def test_a_traced_matrix_of_lower_rank_is_refused_by_name():
    for f in (
        lambda A: stats.multivariate_normal.logpdf(X, m, A, allow_singular=True),
        lambda A: stats.multivariate_t.logpdf(X, m, A),
    ):
        with pytest.raises(NoRuleError, match=r"a traced matrix has rank 2 of 3.*\n.*linad\.value\(cov\)"):
            ln.vjp(f, SINGULAR)
    with pytest.raises(np.linalg.LinAlgError, match="allow_singular"):
        ln.vjp(lambda A: stats.multivariate_t(m, A, 3.0).logpdf(X), SINGULAR)


def test_a_traced_matrix_that_is_not_symmetric_is_refused():
    """SciPy reads one triangle: of a constant the same one is read here."""
    lopsided = S + np.triu(np.ones((3, 3)), 1)
    for f in (lambda A: stats.multivariate_normal.logpdf(X, m, A), lambda A: stats.wishart.logpdf(S, 4.5, A)):
        with pytest.raises(NotHermitianError):
            ln.vjp(f, lopsided)
    value, _ = ln.vjp(lambda x: stats.wishart.logpdf(x, 4.5, lopsided), S)
    np.testing.assert_allclose(value, scipy.stats.wishart.logpdf(S, 4.5, lopsided), rtol=1e-13)


def test_degrees_of_freedom_are_one_number():
    for f in (lambda df: stats.multivariate_t.logpdf(X, m, S, df), lambda df: stats.wishart.logpdf(S, df, S)):
        with pytest.raises(ShapeError, match="must be a number"):
            ln.vjp(f, np.array([4.0, 5.0]))


def test_the_density_of_dirichlet_has_one_sided_derivatives_at_the_edge():
    alpha = np.array([2.0, 1.0, 2.5])
    slope = ln.grad(lambda x: stats.dirichlet.pdf(x, alpha))(np.array([0.0, 0.4]))[0]
    constant = scipy.special.gamma(5.5) / scipy.special.gamma(2.5)
    np.testing.assert_allclose(slope, constant * 0.6**1.5, rtol=32 * EPS)


def test_student_of_several_variables_keeps_its_digits_in_the_degrees_of_freedom():
    """By the leading term of its derivative, of order 1 / df^2."""
    for k in (2, 3):
        x = np.linspace(0.1, 0.7, k)
        q = float(x @ x)
        leading = -(q * q / 4 - k * q / 2 + k * (k - 2) / 4)
        g = ln.grad(lambda df, x=x, k=k: stats.multivariate_t.logpdf(x, np.zeros(k), np.eye(k), df))(1e9)
        np.testing.assert_allclose(g * 1e18, leading, rtol=1e-7)


def test_student_with_infinitely_many_degrees_of_freedom_is_normal():
    value, pull = ln.vjp(lambda x, A: stats.multivariate_t.logpdf(x, m, A, np.inf), X, S)
    expected, other = ln.vjp(lambda x, A: stats.multivariate_normal.logpdf(x, m, A), X, S)
    np.testing.assert_allclose(value, expected, rtol=8 * EPS)
    for g, same in zip(pull(np.ones(2)), other(np.ones(2)), strict=True):
        np.testing.assert_allclose(g, same, rtol=1e-14, atol=EPS)
