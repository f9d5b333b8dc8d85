"""Least squares and pseudo-inverses: values, derivatives at any shape, ties of singular values, deficient ranks."""

import numpy as np
import pytest
import scipy.linalg

import linad as ln
import linad.linalg as la
import linad.numpy as lnp

EPS = np.finfo(float).eps
SHAPES = [(3, 3), (4, 2), (2, 4), (1, 1), (3, 1), (1, 3)]
BATCHES = [(2, 3, 3), (2, 4, 2), (2, 2, 4)]
real_or_complex = pytest.mark.parametrize("kind", ["d", "D"])
kinds = pytest.mark.parametrize("kind", ["f", "d", "F", "D"])


def numbers(rng, shape, kind="d"):
    x = rng.uniform(-1, 1, shape) + (1j * rng.uniform(-1, 1, shape) if kind in "FD" else 0)
    return x.astype(kind)


def regular(rng, shape, kind="d"):
    """Well-conditioned matrices of full rank."""
    return (0.3 * numbers(rng, shape, kind) + np.eye(*shape[-2:]) * 1.5).astype(kind)


def of_rank(rng, shape, r, kind="d"):
    m, n = shape
    return regular(rng, (m, r), kind), regular(rng, (r, n), kind)


def traced(f, *args):
    """What f gives on traced arguments."""
    seen = []

    def run(*args):
        seen.append(f(*args))
        return args[0]

    ln.vjp(run, *args)
    return seen[0]


def agree(found, expected, kind):
    found, expected = (x if isinstance(x, (tuple, list)) else (x,) for x in (found, expected))
    for x, y in zip(found, expected, strict=True):
        if y is None:
            assert x is None
            continue
        x = ln.value(x)
        assert np.shape(x) == np.shape(y)
        assert np.asarray(x).dtype == np.asarray(y).dtype
        if np.asarray(y).dtype == object:  # a None for each matrix: this driver has no singular values
            assert all(part is None for part in np.ravel(x))
            continue
        scale = 1 + np.abs(y).max(initial=0)
        np.testing.assert_allclose(x, y, rtol=0, atol=300 * np.finfo(kind).eps * scale)


def weighed(x, seed=5):
    """A real number that depends on every entry."""
    W = numbers(np.random.default_rng(seed), x.shape, "D" if x.dtype.kind == "c" else "d")
    return lnp.sum(lnp.real(np.conj(W) * x)) + lnp.sum(lnp.abs(x) ** 4)


def check_gradient(cost, *args, rng):
    """Against differences along random directions, first and second order, in both modes."""
    directions = tuple(numbers(rng, np.shape(x), np.asarray(x).dtype.char) for x in args)
    weights = [
        (1, 3 / 4),
        (2, -3 / 20),
        (3, 1 / 60),
    ]  # of sixth-order differences: their error is below 1e-9 here
    h = 1e-3

    def difference(f):
        def along(t):
            return f(*[x + t * d for x, d in zip(args, directions, strict=True)])

        return sum(w * (along(k * h) - along(-k * h)) for k, w in weights) / h

    def rate(*args):
        return ln.jvp(cost, args, directions)[1]

    expected, second = difference(cost), difference(rate)
    gradients = ln.grad(cost, argnums=tuple(range(len(args))))(*args)
    slope = sum(np.sum(np.conj(g) * d).real for g, d in zip(gradients, directions, strict=True))
    np.testing.assert_allclose(slope, expected, rtol=1e-7, atol=1e-8)
    np.testing.assert_allclose(rate(*args), expected, rtol=1e-7, atol=1e-8)
    np.testing.assert_allclose(ln.jvp(rate, args, directions)[1], second, rtol=1e-6, atol=1e-7)
    products = ln.hvp(cost, args, directions)
    products = products if isinstance(products, tuple) else (products,)
    curvature = sum(np.sum(np.conj(p) * d).real for p, d in zip(products, directions, strict=True))
    np.testing.assert_allclose(curvature, second, rtol=1e-6, atol=1e-7)


# -- values --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", SHAPES + BATCHES, ids=str)
@kinds
@pytest.mark.parametrize("size", [(), (2,)], ids=["vector", "matrix"])
@pytest.mark.parametrize("driver", [None, "gelss", "gelsy"])
def test_lstsq_is_scipys(shape, kind, size, driver, rng):
    A, b = regular(rng, shape, kind), numbers(rng, (shape[-2], *size), kind)
    expected = scipy.linalg.lstsq(A, b, lapack_driver=driver)
    found = traced(lambda A, b: la.lstsq(A, b, lapack_driver=driver), A, b)
    assert type(found) is type(expected)
    agree(found, expected, kind)


@pytest.mark.parametrize("shape", [(3, 3), (4, 2), (2, 4)], ids=str)
def test_a_batch_of_right_sides_is_scipys(shape, rng):
    A, b = regular(rng, shape), numbers(rng, (2, shape[0], 1))
    agree(traced(lambda b: la.lstsq(A, b), b), scipy.linalg.lstsq(A, b), "d")


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@kinds
@pytest.mark.parametrize("size", [(), (2,)], ids=["vector", "matrix"])
@pytest.mark.parametrize("rcond", [None, -1, 1e-3])
def test_lstsq_is_numpys(shape, kind, size, rcond, rng):
    A, b = regular(rng, shape, kind), numbers(rng, (shape[0], *size), kind)
    expected = np.linalg.lstsq(A, b, rcond)
    found = traced(lambda A, b: np.linalg.lstsq(A, b, rcond), A, b)
    assert type(found[2]) is type(expected[2])
    agree(found, expected, kind)


@pytest.mark.parametrize("shape", SHAPES + BATCHES, ids=str)
@kinds
def test_pinv_is_scipys_and_numpys(shape, kind, rng):
    A = regular(rng, shape, kind)
    for options in ({}, {"rtol": 1e-3}, {"atol": 1e-3}, {"return_rank": True}):
        expected = scipy.linalg.pinv(A, **options)
        agree(traced(lambda A, options=options: la.pinv(A, **options), A), expected, kind)
    for options in ({}, {"rcond": 1e-3}, {"rtol": None}, {"rtol": 1e-3}):
        expected = np.linalg.pinv(A, **options)
        agree(traced(lambda A, options=options: np.linalg.pinv(A, **options), A), expected, kind)


@kinds
def test_pinvh_is_scipys_and_numpys(kind, rng):
    A = regular(rng, (3, 3), kind)
    A = A + A.conj().T
    for options in ({}, {"lower": False}, {"return_rank": True}):
        expected = scipy.linalg.pinvh(A, **options)
        agree(traced(lambda A, options=options: la.pinvh(A, **options), A), expected, kind)
    agree(traced(lambda A: np.linalg.pinv(A, hermitian=True), A), np.linalg.pinv(A, hermitian=True), kind)


@pytest.mark.parametrize("shape", [(0, 0), (0, 2), (3, 0)], ids=str)
def test_empty_matrices(shape):
    A, b = np.zeros(shape), np.ones(shape[0])
    agree(traced(la.lstsq, A, b), scipy.linalg.lstsq(A, b), "d")
    agree(traced(np.linalg.lstsq, A, b), np.linalg.lstsq(A, b), "d")
    agree(traced(la.pinv, A), scipy.linalg.pinv(A), "d")
    assert ln.grad(lambda A: np.linalg.pinv(A).sum())(A).shape == shape


@pytest.mark.parametrize("shape", [(4, 3), (3, 4), (3, 3)], ids=str)
def test_values_at_deficient_rank(shape, rng):
    U, V = of_rank(rng, shape, 2)
    A, b = U @ V, numbers(rng, (shape[0],))
    agree(traced(la.lstsq, A, b), scipy.linalg.lstsq(A, b), "d")
    agree(traced(np.linalg.lstsq, A, b), np.linalg.lstsq(A, b), "d")
    agree(traced(lambda A: la.pinv(A, return_rank=True), A), scipy.linalg.pinv(A, return_rank=True), "d")


def test_a_plain_call_is_scipys_bit_for_bit(rng):
    A, b = regular(rng, (4, 3)), numbers(rng, (4,))
    for x, y in zip(la.lstsq(A, b), scipy.linalg.lstsq(A, b), strict=True):
        np.testing.assert_array_equal(x, y, strict=True)
    np.testing.assert_array_equal(la.pinv(A), scipy.linalg.pinv(A), strict=True)


# -- derivatives ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", SHAPES + BATCHES, ids=str)
@real_or_complex
def test_gradients_of_lstsq(shape, kind, rng):
    A, b = regular(rng, shape, kind), numbers(rng, (*shape[:-1], 2), kind)

    def cost(A, b):
        x, residues, _, _ = la.lstsq(A, b)
        return weighed(x) + (weighed(residues, 6) if ln.value(residues).size else 0)

    check_gradient(cost, A, b, rng=rng)


@pytest.mark.parametrize("shape", [(4, 2), (2, 4), (3, 3)], ids=str)
def test_gradients_of_numpys_lstsq(shape, rng):
    A, b = regular(rng, shape), numbers(rng, (shape[0],))

    def cost(A, b):
        x, residuals, _, s = np.linalg.lstsq(A, b)
        return weighed(x) + weighed(s, 7) + (weighed(residuals, 6) if ln.value(residuals).size else 0)

    check_gradient(cost, A, b, rng=rng)


@pytest.mark.parametrize("shape", SHAPES + BATCHES, ids=str)
@real_or_complex
def test_gradients_of_pinv(shape, kind, rng):
    check_gradient(lambda A: weighed(la.pinv(A)), regular(rng, shape, kind), rng=rng)


@pytest.mark.parametrize("shape", [(3, 3), (4, 2), (2, 4)], ids=str)
@real_or_complex
def test_singular_values_that_tie_do_no_harm(shape, kind, rng):
    A, b = np.eye(*shape).astype(kind), numbers(rng, (shape[0],), kind)
    check_gradient(lambda A: weighed(np.linalg.pinv(A)), A, rng=rng)
    check_gradient(lambda A, b: weighed(np.linalg.lstsq(A, b)[0]), A, b, rng=rng)


@real_or_complex
def test_the_gradient_of_pinvh_is_hermitian(kind, rng):
    A, dA = (x + x.conj().T for x in (regular(rng, (3, 3), kind), numbers(rng, (3, 3), kind)))
    for f in (la.pinvh, lambda A: np.linalg.pinv(A, hermitian=True)):
        g = ln.grad(lambda A, f=f: weighed(f(A)))(A)
        np.testing.assert_allclose(g, g.conj().T, atol=100 * EPS)
        slope = ln.jvp(lambda A: weighed(np.linalg.inv(A)), (A,), (dA,))[1]
        np.testing.assert_allclose(np.sum(np.conj(g) * dA).real, slope, rtol=1e-10)
    with pytest.raises(ln.errors.NotHermitianError):
        traced(la.pinvh, np.triu(np.ones((3, 3))))


def test_one_factorization_serves_all(rng):
    A, b = regular(rng, (5, 3)), numbers(rng, (5,))
    with ln.counters() as ran:
        ln.hvp(lambda A: weighed(np.linalg.lstsq(A, b)[0]) + weighed(np.linalg.pinv(A)), (A,), (A,))
    assert ran["geqrf"] == 1
    assert ran["getrf"] == 0


def test_float32_gradients_are_float32(rng):
    A = regular(rng, (4, 2), "f")
    assert ln.grad(lambda A: weighed(np.linalg.pinv(A)))(A).dtype == np.float32


# -- deficient rank ------------------------------------------------------------------------------------------


def golub_pereyra(A, dA):
    X, n, m = np.linalg.pinv(A), A.shape[1], A.shape[0]
    D, Xh = dA.conj().T, np.linalg.pinv(A).conj().T
    return -X @ dA @ X + X @ Xh @ D @ (np.eye(m) - A @ X) + (np.eye(n) - X @ A) @ D @ Xh @ X


@pytest.mark.parametrize("shape", [(3, 3), (4, 3), (3, 4)], ids=str)
def test_a_deficient_rank_raises(shape, rng):
    U, V = of_rank(rng, shape, 2)
    A, b = U @ V, numbers(rng, (shape[0],))
    for f in (
        lambda A: weighed(np.linalg.pinv(A)),
        lambda A: weighed(la.pinv(A)),
        lambda A: weighed(la.lstsq(A, b)[0]),
        lambda A: weighed(np.linalg.lstsq(A, b)[0]),
    ):
        with pytest.raises(ln.errors.DegenerateError, match="rank"):
            ln.grad(f)(A)
        with pytest.raises(ln.errors.DegenerateError, match="rank"):
            ln.jvp(f, (A,), (A,))
    assert ln.grad(lambda b: weighed(la.lstsq(A, b)[0]))(b).shape == b.shape


@pytest.mark.parametrize("shape", [(3, 3), (5, 3), (3, 4)], ids=str)
@real_or_complex
def test_the_formula_for_constant_rank(shape, kind, rng):
    U, V = of_rank(rng, shape, 2, kind)
    A, dA = U @ V, numbers(rng, shape, kind)
    with ln.errstate(degenerate="ignore"):
        np.testing.assert_allclose(
            ln.jvp(np.linalg.pinv, (A,), (dA,))[1], golub_pereyra(A, dA), atol=1e3 * EPS
        )
        g = numbers(rng, shape[::-1], kind)
        (gA,) = ln.vjp(np.linalg.pinv, A)[1](g)
    left, right = np.sum(np.conj(gA) * dA).real, np.sum(np.conj(g) * golub_pereyra(A, dA)).real
    np.testing.assert_allclose(left, right, rtol=1e3 * EPS, atol=1e3 * EPS)


@pytest.mark.parametrize("shape", [(3, 3), (5, 3), (3, 4)], ids=str)
@real_or_complex
def test_among_matrices_of_one_rank_all_orders_are_right(shape, kind, rng):
    U, V = of_rank(rng, shape, 2, kind)
    b = numbers(rng, (shape[0],), kind)
    with ln.errstate(degenerate="ignore"):
        check_gradient(lambda U, V: weighed(np.linalg.pinv(U @ V)), U, V, rng=rng)
        check_gradient(lambda U, V, b: weighed(la.lstsq(U @ V, b)[0]), U, V, b, rng=rng)


def test_a_warning_says_so(rng):
    U, V = of_rank(rng, (4, 3), 2)
    with ln.errstate(degenerate="warn"), pytest.warns(ln.errors.DegenerateWarning, match="rank is 2"):
        ln.grad(lambda A: weighed(np.linalg.pinv(A)))(U @ V)


def test_in_forward_mode_the_error_comes_with_the_use(rng):
    U, V = of_rank(rng, (4, 3), 2)
    A, b = U @ V, numbers(rng, (4,))
    t = ln.jvp(lambda A: np.linalg.lstsq(A, b)[3][0], (A,), (A,))[1]
    np.testing.assert_allclose(t, np.linalg.norm(A, 2), rtol=1e-12)


def test_singular_values_dropped_that_are_not_zero_are_refused(rng):
    A = np.diag([1.0, 0.5, 1e-3]) + 0
    np.testing.assert_allclose(traced(lambda A: np.linalg.pinv(A, 1e-2), A).value, np.linalg.pinv(A, 1e-2))
    for f in (lambda A: np.linalg.pinv(A, 1e-2), lambda A: np.linalg.lstsq(A, np.ones(3), 1e-2)[0]):
        with ln.errstate(degenerate="ignore"), pytest.raises(ln.errors.NoRuleError, match="dropped"):
            ln.grad(lambda A, f=f: f(A).sum())(A)


# -- recorded, refused ---------------------------------------------------------------------------------------


def test_a_recorded_program_looks_at_the_rank_when_it_runs(rng):
    A = ln.symbol("A", (2, 2))
    f = ln.function([A], ln.gradient((np.linalg.pinv(A) ** 2).sum(), A))
    B = regular(rng, (2, 2))
    np.testing.assert_allclose(f(B), ln.grad(lambda B: (np.linalg.pinv(B) ** 2).sum())(B), rtol=1e-12)
    with pytest.raises(np.linalg.LinAlgError):
        f(np.ones((2, 2)))


def test_what_is_refused_and_what_is_wrong(rng):
    A, b = regular(rng, (4, 2)), numbers(rng, (4,))
    with pytest.raises(ln.errors.NoRuleError, match="threshold"):
        ln.grad(lambda c: lnp.linalg.pinv(A, c).sum())(0.1)
    with pytest.raises(ln.errors.NoRuleError, match="threshold"):
        ln.grad(lambda c: la.lstsq(A, b, c)[0].sum())(0.1)
    with pytest.raises(ValueError, match="LAPACK driver"):
        traced(lambda A: la.lstsq(A, b, lapack_driver="gels"), A)
    with pytest.raises(ValueError, match="same number of rows"):
        traced(lambda A: la.lstsq(A, b[:3]), A)
    with pytest.raises(np.linalg.LinAlgError, match="Incompatible"):
        traced(lambda A: np.linalg.lstsq(A, b[:3]), A)
    with pytest.raises(np.linalg.LinAlgError, match="two-dimensional"):
        traced(lambda A: np.linalg.lstsq(A, b), A[None])
    with pytest.raises(ValueError, match="positive"):
        traced(lambda A: la.pinv(A, rtol=-1), A)
    with pytest.raises(ValueError, match="both"):
        traced(lambda A: np.linalg.pinv(A, 0.1, rtol=0.1), A)
    with pytest.raises(ValueError, match="infs or NaNs"):
        traced(la.pinv, np.full((2, 2), np.nan))
