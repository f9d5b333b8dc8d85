"""QR and RQ: SciPy's and NumPy's values, derivatives of what does not depend on a choice, degenerate points."""

import itertools

import numpy as np
import pytest
import scipy.linalg

import linad as ln
import linad.linalg as la
import linad.numpy as lnp

EPS = np.finfo(float).eps
SHAPES = [(3, 3), (4, 2), (2, 4), (1, 1), (3, 1), (1, 3), (2, 3, 3), (2, 4, 2), (2, 2, 4)]
shapes = pytest.mark.parametrize("shape", SHAPES, ids=str)
kinds = pytest.mark.parametrize("kind", ["f", "d", "F", "D"])


def numbers(rng, shape, kind="d"):
    x = rng.uniform(-1, 1, shape) + (1j * rng.uniform(-1, 1, shape) if kind in "FD" else 0)
    return x.astype(kind)


def columns(rng, shape, kind="d"):
    """Well-conditioned, with norms of columns that lie apart, so that pivots do not tie."""
    m, n = shape[-2:]
    A = numbers(rng, shape, kind) * 0.3 + np.eye(m, n)
    return (A * (1 + 0.7 * rng.permutation(n))).astype(kind)


def agree(found, expected, kind):
    found, expected = (x if isinstance(x, (tuple, list)) else (x,) for x in (found, expected))
    for x, y in zip(found, expected, strict=True):
        x = ln.value(x)
        assert (x.shape, x.dtype) == (y.shape, y.dtype)
        np.testing.assert_allclose(
            x, y, rtol=0, atol=200 * np.finfo(kind).eps * (1 + np.abs(y).max(initial=0))
        )


def traced(f, *args):
    """What f gives on traced arguments."""
    seen = []

    def run(*args):
        seen.append(f(*args))
        return args[0]

    ln.vjp(run, *args)
    return seen[0]


def check_gradient(cost, *args, rng):
    """Against differences along random directions, first and second order, in both modes."""
    directions = tuple(numbers(rng, np.shape(x), np.asarray(x).dtype.char) for x in args)

    def along(t):
        return cost(*[x + t * d for x, d in zip(args, directions, strict=True)])

    h = 1e-3  # sixth-order differences: their error is below 1e-9 here
    weights = [(1, 3 / 4), (2, -3 / 20), (3, 1 / 60)]
    expected = sum(w * (along(k * h) - along(-k * h)) for k, w in weights) / h
    gradients = ln.grad(cost, argnums=tuple(range(len(args))))(*args)
    slope = sum(np.sum(np.conj(g) * d).real for g, d in zip(gradients, directions, strict=True))
    np.testing.assert_allclose(slope, expected, rtol=1e-7, atol=1e-8)
    _, pushed = ln.jvp(cost, args, directions)
    np.testing.assert_allclose(pushed, expected, rtol=1e-7, atol=1e-8)

    def rate(*args):
        return ln.jvp(cost, args, directions)[1]

    def rate_along(t):
        return rate(*[x + t * d for x, d in zip(args, directions, strict=True)])

    second = sum(w * (rate_along(k * h) - rate_along(-k * h)) for k, w in weights) / h
    np.testing.assert_allclose(ln.jvp(rate, args, directions)[1], second, rtol=1e-6, atol=1e-7)
    products = ln.hvp(cost, args, directions)
    products = products if isinstance(products, tuple) else (products,)
    curvature = sum(np.sum(np.conj(p) * d).real for p, d in zip(products, directions, strict=True))
    np.testing.assert_allclose(curvature, second, rtol=1e-6, atol=1e-7)


def weighed(x, seed=5):
    """A real number that depends on every entry."""
    W = numbers(np.random.default_rng(seed), x.shape, "D" if x.dtype.kind == "c" else "d")
    return lnp.sum(lnp.real(np.conj(W) * x)) + lnp.sum(lnp.abs(x) ** 4)


# -- values --------------------------------------------------------------------------------------------------


@shapes
@kinds
@pytest.mark.parametrize("mode", ["full", "qr", "r", "economic"])
@pytest.mark.parametrize("pivoting", [False, True], ids=["plain", "pivoted"])
def test_qr_is_scipys(shape, kind, mode, pivoting, rng):
    A = columns(rng, shape, kind)
    expected = scipy.linalg.qr(A, mode=mode, pivoting=pivoting)
    found = traced(lambda A: la.qr(A, mode=mode, pivoting=pivoting), A)
    assert type(found) is type(expected) or len(shape) > 2
    agree(found, expected, kind)


@shapes
@kinds
@pytest.mark.parametrize("mode", ["reduced", "complete", "r"])
def test_qr_is_numpys(shape, kind, mode, rng):
    A = columns(rng, shape, kind)
    expected = np.linalg.qr(A, mode)
    found = traced(lambda A: np.linalg.qr(A, mode), A)
    if mode != "r":
        assert type(found) is type(expected)
        assert found.Q is found[0]
    agree(found, expected, kind)


@shapes
@kinds
@pytest.mark.parametrize("mode", ["full", "r", "economic"])
def test_rq_is_scipys(shape, kind, mode, rng):
    A = columns(rng, shape, kind)
    agree(traced(lambda A: la.rq(A, mode=mode), A), scipy.linalg.rq(A, mode=mode), kind)


@pytest.mark.parametrize("shape", SHAPES[:6], ids=str)
@kinds
@pytest.mark.parametrize(
    "options", list(itertools.product(["left", "right"], [False, True], [False, True])), ids=str
)
def test_qr_multiply_is_scipys(shape, kind, options, rng):
    mode, pivoting, conjugate = options
    A = columns(rng, shape, kind)
    k = min(shape)
    for size in [(k,), (k, 2)] if mode == "left" else [(shape[0],), (2, shape[0])]:
        c = numbers(rng, size, kind)
        expected = scipy.linalg.qr_multiply(A, c, mode, pivoting, conjugate)
        agree(traced(lambda A, c: la.qr_multiply(A, c, mode, pivoting, conjugate), A, c), expected, kind)


@pytest.mark.parametrize("shape", [(0, 0), (0, 2), (3, 0)], ids=str)
@pytest.mark.parametrize("mode", ["full", "r", "economic"])
def test_empty_matrices(shape, mode):
    A = np.zeros(shape)
    agree(traced(lambda A: la.qr(A, mode=mode), A), scipy.linalg.qr(A, mode=mode), "d")
    agree(traced(lambda A: la.rq(A, mode=mode), A), scipy.linalg.rq(A, mode=mode), "d")
    assert ln.grad(lambda A: la.qr(A, mode="economic")[1].sum())(A).shape == shape


def test_integers_become_floats(rng):
    A = rng.integers(-3, 4, (3, 2)) + 5 * np.eye(3, 2, dtype=int)
    assert ln.grad(lambda A: weighed(np.linalg.qr(A)[1]))(A).dtype == np.float64


def test_a_plain_call_is_scipys_bit_for_bit(rng):
    A = numbers(rng, (4, 3))
    for x, y in zip(la.qr(A), scipy.linalg.qr(A), strict=True):
        np.testing.assert_array_equal(x, y, strict=True)


# -- derivatives ---------------------------------------------------------------------------------------------


@shapes
@pytest.mark.parametrize("kind", "dD")
@pytest.mark.parametrize("pivoting", [False, True], ids=["plain", "pivoted"])
def test_gradients_of_thin_factors(shape, kind, pivoting, rng):
    def cost(A):
        Q, R = la.qr(A, mode="economic", pivoting=pivoting)[:2]
        return weighed(Q) + weighed(R, 6)

    check_gradient(cost, columns(rng, shape, kind), rng=rng)


@pytest.mark.parametrize("shape", [(4, 2), (3, 1), (2, 4, 2)], ids=str)
@pytest.mark.parametrize("kind", "dD")
@pytest.mark.parametrize("pivoting", [False, True], ids=["plain", "pivoted"])
def test_gradients_of_complete_factors(shape, kind, pivoting, rng):
    n = shape[-1]

    def cost(A):
        Q, R = la.qr(A, pivoting=pivoting)[:2]
        left = Q[..., n:]
        return weighed(Q[..., :n]) + weighed(R, 6) + weighed(left @ np.conj(np.swapaxes(left, -1, -2)), 7)

    check_gradient(cost, columns(rng, shape, kind), rng=rng)


@pytest.mark.parametrize("kind", "dD")
@pytest.mark.parametrize("shape", [(3, 3), (4, 2), (2, 4)], ids=str)
def test_gradients_of_r_alone(shape, kind, rng):
    check_gradient(lambda A: weighed(np.linalg.qr(A, "r")), columns(rng, shape, kind), rng=rng)
    check_gradient(lambda A: weighed(la.qr(A, mode="r")[0]), columns(rng, shape, kind), rng=rng)


@pytest.mark.parametrize("kind", "dD")
@pytest.mark.parametrize("shape", [(3, 3), (4, 2), (2, 4), (2, 2, 3)], ids=str)
def test_gradients_of_rq(shape, kind, rng):
    def cost(A):
        R, Q = la.rq(A, mode="economic")
        return weighed(R) + weighed(Q, 6)

    check_gradient(cost, columns(rng, shape, kind), rng=rng)


@pytest.mark.parametrize("kind", "dD")
@pytest.mark.parametrize("mode", ["left", "right"])
def test_gradients_of_qr_multiply(kind, mode, rng):
    A, c = columns(rng, (4, 2), kind), numbers(rng, (2, 3) if mode == "left" else (3, 4), kind)
    check_gradient(
        lambda A, c: sum(weighed(x) for x in la.qr_multiply(A, c, mode, conjugate=True)), A, c, rng=rng
    )


@pytest.mark.parametrize("shape", [(2, 4), (3, 3, 3), (2, 3, 2)], ids=str)
def test_column_pivoted_qr_of_wide_and_batched_matrices(shape, rng):
    """A[:, P] = Q R, in differential form too."""
    A, dA = columns(rng, shape), numbers(rng, shape)
    P = scipy.linalg.qr(A, mode="economic", pivoting=True)[2]
    (Q, R), (dQ, dR) = ln.jvp(lambda A: tuple(la.qr(A, mode="economic", pivoting=True)[:2]), (A,), (dA,))
    np.testing.assert_allclose(dQ @ R + Q @ dR, np.take_along_axis(dA, P[..., None, :], -1), atol=100 * EPS)
    np.testing.assert_array_equal(dR, np.triu(dR))
    skew = np.swapaxes(Q, -1, -2) @ dQ
    np.testing.assert_allclose(skew + np.swapaxes(skew, -1, -2), 0, atol=100 * EPS)


def test_the_factors_are_computed_once(rng):
    A = columns(rng, (4, 3))

    def cost(A):
        return weighed(np.linalg.qr(A)[0]) + weighed(np.linalg.qr(A, "r")) + weighed(np.linalg.pinv(A))

    with ln.counters() as ran:
        ln.hvp(cost, (A,), (A,))
    assert ran["geqrf"] == 1


# -- gauge ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", "dD")
def test_a_cost_that_sees_which_basis_completes_q_is_reported(kind, rng):
    A = columns(rng, (4, 2), kind)

    def cost(A):
        return weighed(np.linalg.qr(A, "complete")[0])

    with pytest.raises(ln.errors.GaugeError, match="which orthonormal basis"):
        ln.grad(cost)(A)
    with ln.errstate(gauge="ignore"):
        assert np.all(np.isfinite(ln.grad(cost)(A)))


def test_columns_beyond_the_rank_are_seen_to_be_a_choice(rng):
    U, V = of_rank(rng, (5, 3), 2)

    def cost(A):
        left = np.linalg.qr(A)[0][:, 2:]
        return weighed(left @ left.T)

    with ln.errstate(degenerate="ignore"), pytest.raises(ln.errors.GaugeError):
        ln.grad(cost)(U @ V)


def test_one_real_column_completes_q_in_one_way(rng):
    check_gradient(lambda A: weighed(la.qr(A)[0]), columns(rng, (3, 2)), rng=rng)


# -- deficient rank ------------------------------------------------------------------------------------------


def of_rank(rng, shape, r, kind="d"):
    m, n = shape
    return columns(rng, (m, r), kind), numbers(rng, (r, n), kind) + np.eye(r, n)


@pytest.mark.parametrize("shape", [(3, 3), (4, 3), (3, 4)], ids=str)
def test_a_deficient_rank_raises(shape, rng):
    U, V = of_rank(rng, shape, 2)
    A = U @ V
    with pytest.raises(ln.errors.DegenerateError, match="pivot 2 of the matrix is zero"):
        ln.grad(lambda A: weighed(np.linalg.qr(A)[1]))(A)
    assert traced(lambda A: np.linalg.qr(A)[0], A).shape == (shape[0], min(shape))


def test_in_forward_mode_the_error_comes_with_the_use(rng):
    U, V = of_rank(rng, (3, 3), 2)
    _, t = ln.jvp(lambda A: (np.linalg.qr(A), A.sum())[1], (U @ V,), (np.ones((3, 3)),))
    assert t == 9
    with pytest.raises(ln.errors.DegenerateError):
        ln.jvp(lambda A: np.linalg.qr(A)[1], (U @ V,), (np.ones((3, 3)),))


@pytest.mark.parametrize("shape", [(4, 4), (5, 3), (3, 5)], ids=str)
@pytest.mark.parametrize("kind", "dD")
@pytest.mark.parametrize("pivoting", [False, True], ids=["plain", "pivoted"])
@pytest.mark.parametrize("mode", ["economic", "full"])
def test_among_matrices_of_one_rank_there_is_a_derivative(shape, kind, pivoting, mode, rng):
    U, V = of_rank(rng, shape, 2, kind)

    def cost(U, V):
        Q, R, *P = la.qr(U @ V, mode=mode, pivoting=pivoting)
        left = Q[:, 2:]
        R = R[:2, np.argsort(P[0])] if pivoting else R[:2]  # the order of dependent columns is rounding
        determined = weighed(left @ np.conj(left.T), 7) if Q.shape[0] == Q.shape[1] else 0
        return weighed(Q[:, :2]) + weighed(R, 6) + determined

    with ln.errstate(degenerate="ignore"):
        check_gradient(cost, U, V, rng=rng)


def test_a_batch_of_different_ranks(rng):
    U, V = of_rank(rng, (4, 3), 2)
    A = np.stack([columns(rng, (4, 3)), U @ V])

    def cost(A):
        return weighed(np.linalg.qr(A)[0][..., :2]) + weighed(np.linalg.qr(A)[1][..., :2, :])

    with pytest.raises(ln.errors.DegenerateError, match=r"matrix \(1,\) of the batch"):
        ln.grad(cost)(A)
    with ln.errstate(degenerate="ignore"):
        whole, alone = (
            ln.grad(lambda A: weighed(np.linalg.qr(A)[1]))(A),
            ln.grad(lambda A: weighed(np.linalg.qr(np.stack([A, A]))[1]))(A[0]),
        )
    assert np.all(np.isfinite(whole))
    assert alone.shape == (4, 3)


def test_where_an_inner_column_depends_there_is_no_formula():
    A = np.array([[1.0, 1.0, 1.0], [0.0, 0.0, 1.0], [0.0, 0.0, 1.0]])
    with ln.errstate(degenerate="ignore"), pytest.raises(ln.errors.DegenerateError, match="pivoting"):
        ln.grad(lambda A: np.linalg.qr(A)[1].sum())(A)


def test_a_warning_says_so(rng):
    U, V = of_rank(rng, (3, 3), 2)
    with ln.errstate(degenerate="warn"), pytest.warns(ln.errors.DegenerateWarning, match="pivot 2"):
        ln.grad(lambda A: weighed(np.linalg.qr(A)[1][:2]))(U @ V)


# -- recorded, refused ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["economic", "full"])
def test_a_recorded_program_looks_at_the_rank_when_it_runs(mode, rng):
    A = ln.symbol("A", (2, 2))
    R = la.qr(A, mode=mode)[1]
    f = ln.function([A], ln.gradient((R * R).sum(), A))
    B = columns(rng, (2, 2))
    np.testing.assert_allclose(f(B), 2 * B, atol=100 * EPS * 4)
    with pytest.raises(ln.errors.DegenerateError):
        f(np.ones((2, 2)))


def test_what_is_refused_and_what_is_wrong(rng):
    A = columns(rng, (3, 2))
    for f in (lambda A: la.qr(A, mode="raw"), lambda A: np.linalg.qr(A, "raw")):
        with pytest.raises(ln.errors.NoRuleError, match="raw"):
            traced(f, A)
    with pytest.raises(ValueError, match="Mode argument"):
        traced(lambda A: la.qr(A, mode="reduced"), A)
    with pytest.raises(ValueError, match="Unrecognized mode"):
        traced(lambda A: np.linalg.qr(A, "thin"), A)
    with pytest.raises(ValueError, match="infs or NaNs"):
        traced(lambda A: la.qr(A), np.full((2, 2), np.nan))
    with pytest.raises(ValueError, match="2-D"):
        traced(lambda A: la.qr(A), np.ones(3))
    with pytest.raises(np.linalg.LinAlgError):
        traced(lambda A: np.linalg.qr(A), np.ones(3))
    with pytest.raises(ValueError, match="zero-size"):
        traced(lambda A: la.qr(A), np.ones((0, 3, 3)))
    with pytest.warns(DeprecationWarning, match="full"):
        traced(lambda A: np.linalg.qr(A, "full"), A)
    with pytest.warns(DeprecationWarning, match="economic"), pytest.raises(ln.errors.NoRuleError):
        traced(lambda A: np.linalg.qr(A, "economic"), A)


def test_a_recorded_value_at_deficient_rank_is_right():
    A = ln.symbol("A", (3, 3))
    f = ln.function([A], la.qr(A)[0] @ la.qr(A)[1])
    np.testing.assert_allclose(f(np.ones((3, 3))), np.ones((3, 3)), atol=100 * EPS)
