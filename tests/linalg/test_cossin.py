"""cossin: SciPy's results, derivatives along unitary matrices for blocks of all sizes, ties, what is left open."""

from functools import partial

import numpy as np
import pytest
import scipy.linalg

import linad as ln
import linad.linalg as la
from linad.errors import ArgumentError, DegenerateError, GaugeError
from linad.kernels.cossin import Layout
from tests.linalg.drawing import normals as numbers

EPS = np.finfo(float).eps
BOTH = pytest.mark.parametrize("dtype", ["d", "D"])
SIZES = pytest.mark.parametrize(
    "sizes", [(2, 1, 1), (4, 2, 2), (5, 2, 3), (6, 2, 3), (6, 4, 4), (7, 2, 2), (7, 2, 5), (7, 5, 5)], ids=str
)
SWAP = pytest.mark.parametrize("swap_sign", [False, True])


def unitary(rng, *shape, dtype="d"):
    return np.linalg.qr(numbers(rng, *shape, dtype=dtype))[0]


def skew(rng, m, dtype):
    K = numbers(rng, m, m, dtype=dtype)
    return K - K.conj().T


def traced(f, *args):
    """What a function gives for traced arguments."""
    seen = []
    ln.vjp(lambda *args: (seen.append(f(*args)), args[0])[1], *args)
    return seen[0]


def flat(parts):
    return [x for part in parts for x in (part if isinstance(part, tuple) else (part,))]


def smooth(rng, sizes, swap_sign):
    """A cost that sees the angles, bases and how these belong together, but nothing that is open."""
    m, p, q = sizes
    layout = Layout(m, p, q)
    weights = np.concatenate(
        [rng.normal(size=layout.angles), *(i + 0 * g for i, g in enumerate(layout.groups) if i)]
    )
    G, above, below, left, _ = rng.normal(size=(5, m, m)), *layout.places

    def cost(X):
        (U1, U2), t, (V1h, V2h) = la.cossin(X, p, q, separate=True, swap_sign=swap_sign)
        bases = U1, U2, np.conj(V1h).T, np.conj(V2h).T
        total = np.sum(t**2 * weights[: layout.angles])
        for V, place, g in zip(bases, layout.places, G, strict=False):
            n, P = len(V), (V * (place @ weights)) @ np.conj(V).T
            total = total + np.sum(np.real(P) * g[:n, :n]) + np.sum(np.imag(P) * g[:n, :n].T)
        for U, place in ((U1, above), (U2, below)):
            M = U @ ((place * weights) @ left.T) @ V1h
            total = total + np.sum((np.real(M) + np.imag(M)) * G[4][: len(U), :q])
        return total

    return cost


def central(of, h):
    values = [of(s * h) for s in (-2, -1, 1, 2)]
    return (values[0] - 8 * values[1] + 8 * values[2] - values[3]) / (12 * h)


@pytest.mark.parametrize("separate", [False, True])
@SWAP
@SIZES
@pytest.mark.parametrize("dtype", ["d", "D", "f", "F"])
def test_values_are_scipys(sizes, dtype, swap_sign, separate, rng):
    X = unitary(rng, sizes[0], sizes[0], dtype=dtype)
    f = partial(scipy.linalg.cossin, p=sizes[1], q=sizes[2], separate=separate, swap_sign=swap_sign)
    own = partial(la.cossin, p=sizes[1], q=sizes[2], separate=separate, swap_sign=swap_sign)
    for a, b in zip(flat(traced(own, X)), flat(f(X)), strict=True):
        np.testing.assert_allclose(ln.value(a), b, atol=10 * np.finfo(dtype).eps)
        assert a.dtype == b.dtype


@SWAP
@SIZES
@BOTH
def test_derivatives_agree_with_differences(sizes, dtype, swap_sign, rng):
    X, K, cost = (
        unitary(rng, *sizes[:1] * 2, dtype=dtype),
        skew(rng, sizes[0], dtype),
        smooth(rng, sizes, swap_sign),
    )

    def along(t):
        return X @ scipy.linalg.expm(t * K)

    slope = central(lambda t: cost(along(t)), 1e-4)
    g = ln.grad(cost)(X)
    scale = 1e-8 * (1 + np.linalg.norm(g) * np.linalg.norm(K))
    np.testing.assert_allclose(np.sum((g.conj() * (X @ K)).real), slope, atol=scale)
    np.testing.assert_allclose(ln.jvp(cost, (X,), (X @ K,))[1], slope, atol=scale)
    # Gradients are tangent to the unitary matrices.
    np.testing.assert_allclose(X.conj().T @ g, -(g.conj().T @ X), atol=1e3 * EPS * (1 + np.linalg.norm(g)))


@pytest.mark.parametrize("sizes", [(4, 2, 2), (5, 2, 3), (6, 4, 4)], ids=str)
@BOTH
def test_second_derivatives_agree_with_differences(sizes, dtype, rng):
    X, K, cost = (
        unitary(rng, *sizes[:1] * 2, dtype=dtype),
        skew(rng, sizes[0], dtype),
        smooth(rng, sizes, False),
    )

    def slope(t):
        return ln.jvp(lambda t: cost(la.polar(X + t * (X @ K))[0]), (t,), (1.0,))[1]

    second = ln.jvp(slope, (0.0,), (1.0,))[1]
    difference = central(slope, 1e-4)
    np.testing.assert_allclose(second, difference, atol=1e-6 * (1 + abs(difference)))
    back = ln.grad(lambda t: ln.grad(lambda t: cost(la.polar(X + t * (X @ K))[0]))(t))(0.0)
    np.testing.assert_allclose(back, second, atol=1e5 * EPS * (1 + abs(difference)))


def test_blocks_may_be_given(rng):
    X = unitary(rng, 5, 5)
    blocks = X[:2, :3], X[:2, 3:], X[2:, :3], X[2:, 3:]
    whole, parts = traced(lambda X: la.cossin(X, 2, 3), X), traced(lambda *blocks: la.cossin(blocks), *blocks)
    for a, b in zip(whole, parts, strict=True):
        np.testing.assert_array_equal(ln.value(a), ln.value(b))


@pytest.mark.parametrize("separate", [False, True])
def test_a_batch_is_a_loop(separate, rng):
    X, K = unitary(rng, 2, 4, 4), np.stack([skew(rng, 4, "d") for _ in range(2)])
    f = partial(la.cossin, p=2, q=2, separate=separate)
    expected = scipy.linalg.cossin(X, 2, 2, separate=separate)
    out, change = ln.jvp(f, (X,), (X @ K,))
    assert type(out) is type(expected)
    for i in range(2):
        single = ln.jvp(f, (X[i],), (X[i] @ K[i],))
        for own, other in zip([*out, *change], [*single[0], *single[1]], strict=True):
            np.testing.assert_allclose(own[i], other, atol=1e3 * EPS)


@pytest.mark.parametrize("kept", [{"compute_u": False}, {"compute_vh": False}], ids=str)
@pytest.mark.parametrize("separate", [False, True])
def test_what_is_not_computed_is_empty(kept, separate, rng):
    X = unitary(rng, 4, 4)
    expected = flat(scipy.linalg.cossin(X, 2, 2, separate=separate, **kept))
    out = flat(traced(lambda X: la.cossin(X, 2, 2, separate=separate, **kept), X))
    assert [a.shape for a in out] == [b.shape for b in expected]


# -- where there is no derivative ------------------------------------------------------------------------------


def tied(rng):
    """Two equal angles."""
    U, V = (scipy.linalg.block_diag(unitary(rng, 2, 2), unitary(rng, 2, 2)) for _ in range(2))
    D = np.kron([[np.cos(0.5), -np.sin(0.5)], [np.sin(0.5), np.cos(0.5)]], np.eye(2))
    return U @ D @ V


def test_the_basis_of_equal_angles_is_refused(rng):
    X = tied(rng)
    with pytest.raises(DegenerateError, match="equals another"):
        ln.grad(lambda X: la.cossin(X, 2, 2)[0][0, 0])(X)
    with pytest.raises(DegenerateError, match="equals another"):
        ln.jvp(lambda X: la.cossin(X, 2, 2)[0], (X,), (X @ skew(rng, 4, "d"),))


def test_the_sum_of_equal_angles_has_a_gradient(rng):
    X, K = tied(rng), skew(rng, 4, "d")

    def cost(X):
        return np.sum(la.cossin(X, 2, 2, separate=True)[1])

    slope = central(lambda t: cost(X @ scipy.linalg.expm(t * K)), 1e-3)
    np.testing.assert_allclose(np.sum(ln.grad(cost)(X) * (X @ K)), slope, atol=1e-8)
    np.testing.assert_allclose(ln.jvp(cost, (X,), (X @ K,))[1], slope, atol=1e-8)


@pytest.mark.parametrize(("sizes", "dtype"), [((4, 2, 2), "D"), ((6, 2, 2), "d")], ids=str)
def test_a_cost_that_sees_what_is_open_is_reported(sizes, dtype, rng):
    X, G = unitary(rng, *sizes[:1] * 2, dtype=dtype), rng.normal(size=sizes[:1] * 2)

    def cost(X):
        return np.sum(G * np.real(la.cossin(X, *sizes[1:])[0]))

    with pytest.raises(GaugeError, match="which cossin leaves"):
        ln.grad(cost)(X)
    with ln.errstate(gauge="ignore"):
        ln.grad(cost)(X)


def test_a_matrix_that_is_not_unitary_is_refused(rng):
    with pytest.raises(ArgumentError, match="X is not unitary"):
        traced(lambda X: la.cossin(X, 2, 2), numbers(rng, 4, 4))


@pytest.mark.parametrize(
    "call",
    [
        lambda m, X: m.cossin(X, 4, 2),
        lambda m, X: m.cossin(X, 2, -1),
        lambda m, X: m.cossin(X[:3], 2, 2),
        lambda m, X: m.cossin((X[:2, :2], X[:2, 2:], X[2:, :2])),
        lambda m, X: m.cossin((X[:2, :2], X[:2, 2:], X[2:, :2], X[2:, 3:])),
    ],
)
def test_errors_are_scipys(call, rng):
    X = unitary(rng, 4, 4)
    with pytest.raises(ValueError) as expected:  # noqa: PT011  # compared below
        call(scipy.linalg, X)
    with pytest.raises(ValueError) as own:  # noqa: PT011  # the same
        traced(lambda X: call(la, X), X)
    assert str(own.value) == str(expected.value)
