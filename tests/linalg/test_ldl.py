"""ldl: SciPy's results and errors, derivatives through blocks of order two, singular pivots."""

import numpy as np
import pytest
import scipy.linalg

import linad as ln
import linad.linalg as la
from linad.derive import derive
from linad.errors import DegenerateError, DegenerateWarning, NotHermitianError
from tests.linalg.drawing import numbers

EPS = np.finfo(float).eps
either = pytest.mark.parametrize("lower", [True, False], ids=["lower", "upper"])
kinds = pytest.mark.parametrize(
    ("dtype", "hermitian"), [("d", True), ("D", True), ("D", False)], ids=["real", "hermitian", "symmetric"]
)


def part(A, hermitian=True):
    T = A.swapaxes(-1, -2)
    return (A + (T.conj() if hermitian else T)) / 2


def indefinite(rng, *shape, dtype="d", hermitian=True):
    """Matrices with zeros on the first half of the diagonal, so that blocks of order two come up."""
    n = shape[-1]
    A = part(numbers(rng, *shape, dtype=dtype), hermitian)
    A[..., np.arange(n // 2), np.arange(n // 2)] = 0
    return A


def factors(lower, hermitian):
    return lambda A: tuple(la.ldl(A, lower, hermitian)[:2])


def all_three(f, A):
    """What ldl gives for a traced matrix."""
    seen = []
    ln.vjp(lambda A: (seen.append(f(A)), A)[1], A)
    return seen[0]


@either
@pytest.mark.parametrize("hermitian", [True, False])
@pytest.mark.parametrize("dtype", ["d", "D", "f", "F", "e", "g"])
@pytest.mark.parametrize("batch", [(), (2,), (2, 3)], ids=str)
@pytest.mark.parametrize("n", [0, 1, 2, 5])
def test_values_are_scipys(lower, hermitian, dtype, batch, n, rng):
    A = indefinite(rng, *batch, n, n, dtype=dtype, hermitian=hermitian)
    expected = scipy.linalg.ldl(A, lower, hermitian)
    out = all_three(lambda A: la.ldl(A, lower, hermitian, True, False), A)
    assert type(out) is type(expected)
    for own, other in zip(out, expected, strict=True):
        np.testing.assert_array_equal(ln.value(own), other, strict=True)
    assert type(out[2]) is np.ndarray  # discrete: plain


def test_plain_arguments_are_scipys_own():
    assert isinstance(la.ldl(np.eye(2)), tuple)
    np.testing.assert_array_equal(la.ldl(np.eye(2))[2], [0, 1])


@either
@kinds
@pytest.mark.parametrize("n", [1, 2, 5, 8])
@pytest.mark.parametrize("batch", [(), (2,)], ids=str)
def test_derivatives_agree_with_differences(lower, dtype, hermitian, n, batch, rng):
    A = indefinite(rng, *batch, n, n, dtype=dtype, hermitian=hermitian)
    dA = part(numbers(rng, *batch, n, n, dtype=dtype), hermitian)
    G = [numbers(rng, *batch, n, n, dtype=dtype) for _ in range(2)]
    f = factors(lower, hermitian)

    def cost(A):
        return sum(np.sum(((g + y).conj() * y).real) for g, y in zip(G, f(A), strict=True))

    h = 1e-6

    def central(of):
        return (of(A + h * dA) - of(A - h * dA)) / (2 * h)

    slope = central(cost)
    gA = ln.grad(cost)(A)
    scale = 1 + max(float(np.max(np.abs(x))) for x in f(A)) ** 4
    np.testing.assert_allclose(np.sum(gA.conj() * dA).real, slope, rtol=1e-6, atol=1e-8 * scale)
    np.testing.assert_allclose(ln.jvp(cost, (A,), (dA,))[1], slope, rtol=1e-6, atol=1e-8 * scale)
    np.testing.assert_array_equal(gA, 2 * part(gA, hermitian) / 2)
    np.testing.assert_allclose(
        ln.hvp(cost, (A,), (dA,)), central(ln.grad(cost)), rtol=1e-5, atol=1e-7 * scale
    )


@either
@kinds
def test_tangents_keep_the_blocks(lower, dtype, hermitian, rng):
    A = indefinite(rng, 6, 6, dtype=dtype, hermitian=hermitian)
    A = A - np.diag(np.diag(A))  # the first block is of order two
    (lu, d), (dlu, dd) = ln.jvp(factors(lower, hermitian), (A,), (numbers(rng, 6, 6, dtype=dtype),))
    perm = scipy.linalg.ldl(A, lower, hermitian)[2]
    pairs = np.diag(np.diag(d, -1 if lower else 1), -1 if lower else 1) != 0
    assert pairs.any()
    blocks = (np.eye(6) != 0) | pairs | pairs.T
    assert np.all(dd[~blocks] == 0)
    L, dL = lu[perm], dlu[perm]
    assert np.all(dL[(np.triu if lower else np.tril)(np.ones((6, 6))) == 1] == 0)
    assert np.all(dL[blocks] == 0)
    assert np.all(L[blocks & (np.eye(6) == 0)] == 0)


@pytest.mark.parametrize("hermitian", [True, False], ids=["hermitian", "symmetric"])
def test_without_blocks_the_rule_is_that_of_the_equation(hermitian, rng):
    A = part(numbers(rng, 4, 4, dtype="D"), hermitian) / 4 + np.eye(4)
    G = [numbers(rng, 4, 4, dtype="D") for _ in range(2)]
    (L, D), pullback = ln.vjp(factors(True, hermitian), A)
    if hermitian:
        derived = derive(
            {"A": "n n hermitian"},
            {"L": "n n unit lower", "D": "n n real diagonal"},
            "L @ D @ L.H = A",
            name="x",
        )
    else:
        derived = derive(
            {"A": "n n symmetric"}, {"L": "n n unit lower", "D": "n n diagonal"}, "L @ D @ L.T = A", name="x"
        )
    d, gd = np.diag(D), np.diag(G[1])
    if hermitian:
        d, gd = d.real, gd.real
    gA = derived.vjp({"A": A, "L": L, "D": d}, {"L": G[0], "D": gd})["A"]
    np.testing.assert_allclose(pullback(tuple(G))[0], gA, atol=1000 * EPS)


def test_the_last_block_may_be_singular():
    A = np.array([[2.0, 1.0, 2.0], [1.0, 5.0, 1.0], [2.0, 1.0, 2.0]])
    assert scipy.linalg.ldl(A)[1][2, 2] == 0
    np.testing.assert_allclose(
        ln.grad(lambda A: np.sum(np.diag(la.ldl(A)[1])[2:]))(A),
        np.outer([-1, 0, 1], [-1, 0, 1]),
        atol=10 * EPS,
    )
    B = A[::-1, ::-1]
    assert abs(scipy.linalg.ldl(B, lower=False)[1][0, 0]) < EPS
    assert np.isfinite(ln.grad(lambda A: np.sum(la.ldl(A, lower=False)[0]))(B)).all()


@pytest.mark.parametrize(
    "A", [np.zeros((2, 2)), np.stack([np.eye(2), np.zeros((2, 2))])], ids=["one", "batch"]
)
def test_a_singular_block_before_the_last_has_no_derivative(A):
    where = r"of matrix \(1,\)" if A.ndim > 2 else "pivot 0 is zero"
    with pytest.raises(DegenerateError, match=where):
        ln.grad(lambda A: np.sum(la.ldl(A)[1]))(A)
    with pytest.raises(DegenerateError, match=where):
        ln.jvp(lambda A: np.sum(la.ldl(A)[0]), (A,), (A,))


def test_a_cost_that_does_not_use_the_factors_does_not_mind_in_forward_mode():
    A = np.zeros((2, 2))
    assert ln.jvp(lambda A: (la.ldl(A), np.sum(A))[1], (A,), (np.ones((2, 2)),))[1] == 4


def test_under_errstate_the_terms_of_a_singular_block_are_dropped():
    with ln.errstate(degenerate="warn"), pytest.warns(DegenerateWarning):
        g = ln.grad(lambda A: np.sum(la.ldl(A)[0] + la.ldl(A)[1]))(np.zeros((2, 2)))
    np.testing.assert_array_equal(g, np.eye(2))


@pytest.mark.parametrize("scale", [1e-180, 1e180])
def test_blocks_of_any_size_have_derivatives(scale):
    A = np.array([[0.0, 1.0, 2.0], [1.0, 0.0, 3.0], [2.0, 3.0, 1.0]])
    g = ln.grad(lambda A: np.sum(la.ldl(A)[0]))
    np.testing.assert_allclose(g(scale * A) * scale, g(A), rtol=100 * EPS)


@pytest.mark.parametrize(
    "A",
    [np.ones(3), np.ones((2, 3)), np.zeros((0, 2, 2)), np.full((2, 2), np.nan)],
    ids=lambda A: str(A.shape),
)
def test_errors_are_of_the_same_type(A):
    with pytest.raises(ValueError):  # noqa: PT011  # SciPy's
        scipy.linalg.ldl(A)
    with pytest.raises(ValueError):  # noqa: PT011  # the same
        all_three(la.ldl, A)


def test_hermitian_and_symmetric_are_told_apart(rng):
    A = part(numbers(rng, 3, 3, dtype="D"))
    with pytest.raises(NotHermitianError, match="not symmetric"):
        all_three(lambda A: la.ldl(A, hermitian=False), A)
    all_three(lambda A: la.ldl(A.real, hermitian=False), A)


def test_numbers_are_matrices():
    for own, other in zip(all_three(la.ldl, np.float64(3.0)), scipy.linalg.ldl(3.0), strict=True):
        np.testing.assert_array_equal(ln.value(own), other, strict=True)


def test_the_matrix_is_factored_once(rng):
    A = indefinite(rng, 4, 4)
    with ln.counters() as ran:
        ln.hvp(lambda A: np.sum(la.ldl(A)[0]) + np.sum(la.ldl(A)[1] ** 2), (A,), (A,))
    assert ran["sytrf"] == 1


def test_in_an_explicit_graph_the_permutation_is_recorded():
    A = ln.symbol("A", shape=(3, 3))
    lu, d, perm = la.ldl(A)
    S = np.array([[0.0, 1.0, 2.0], [1.0, 0.0, 3.0], [2.0, 3.0, 1.0]])
    for own, other in zip(ln.function([A], (lu, d, perm))(S), scipy.linalg.ldl(S), strict=True):
        np.testing.assert_array_equal(own, other)
